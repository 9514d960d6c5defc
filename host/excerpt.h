/* SPDX-License-Identifier: MIT */
/* What is shown of a console when something went wrong: on stderr, and in
 * JUnit. Nothing here makes a system call. */
#ifndef BOOTLET_EXCERPT_H
#define BOOTLET_EXCERPT_H

#include "str.h"

#include <stdbool.h>
#include <stddef.h>

/** EXCERPT_LINES - from the console's end; EXCERPT_TRACE - from a kernel's
 * failure on; EXCERPT_REPORT - the same, where the report's "---[ end" is not
 * farther */
#define EXCERPT_LINES  20
#define EXCERPT_TRACE  40
#define EXCERPT_REPORT 100

/** EXCERPT_COLUMNS - bytes of one line that are shown; a kernel's are shorter:
 * LOG_LINE_MAX of kernel/printk/printk.c */
#define EXCERPT_COLUMNS 1024

/** struct excerpt - what of which console */
struct excerpt {
	/** @tail: its last bytes; @cut: there were others before them */
	const struct buf *tail;
	bool cut;
	/** @failure: where in @tail the kernel's failure has its title, or NULL:
	 * the last lines */
	const char *failure;
	/** @end: with a failure the last lines, too */
	bool end;
	/** @log: file that has all of the console, or NULL */
	const char *log;
};

/**
 * excerpt_text() - the lines to show
 *
 * A report begins with its "[ cut here ]" where that stands shortly before the title;
 * what is left out behind it is said. Source: warn_slowpath and oops_exit() of
 * kernel/panic.c.
 *
 * Return: lines with a newline each, without bytes for a terminal to obey; NULL
 * where there are none. The caller frees.
 */
char *excerpt_text(const struct excerpt *e);

#endif
