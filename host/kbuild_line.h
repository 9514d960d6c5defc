/* SPDX-License-Identifier: MIT */
/* What a kernel's make prints, line by line. */
#ifndef BOOTLET_KBUILD_LINE_H
#define BOOTLET_KBUILD_LINE_H

#include "str.h"

#include <stdbool.h>

enum kbuild_kind {
	/* A compiler's words, among others. */
	KBUILD_WORDS,
	/* "  CC [M]  net/ipv4/tcp.o": @target is the object */
	KBUILD_STEP,
	/* "make[3]: *** [Makefile.build:250: mm/shmem.o] Error 1": likewise */
	KBUILD_FAILED,
	/* make itself cannot go on; @target is what it says */
	KBUILD_STOPPED,
	/* A linker or modpost misses a symbol: @target */
	KBUILD_UNDEFINED,
	/* What else make says about itself. */
	KBUILD_MAKE,
};

/** struct kbuild_line - a line that was read; all point into it */
struct kbuild_line {
	enum kbuild_kind kind;
	/** @step: "CC [M]"; only of KBUILD_STEP */
	const char *step, *target;
	int step_len, target_len;
	/** @warning: a compiler warns */
	bool warning;
};

/**
 * parse_kbuild_line() - read a line
 * @line: NUL-ended, without its newline
 * @out:  filled in; it stays valid as long as @line
 *
 * Source: kbuild's quiet_cmd_* (scripts/Kbuild.include), make's "Errors in
 * Recipes", the messages of ld, ld.lld and scripts/mod/modpost.
 */
void parse_kbuild_line(const char *line, struct kbuild_line *out);

/**
 * kbuild_bar() - a line of progress
 * @out:   appended: "[ 412/1834] ####...... CC net/ipv4/tcp.o"
 * @done:  objects done; @total: of all, or 0 where nobody knows
 * @step:  of the last step, e.g. "CC"; @target: what it was about
 * @width: columns of the terminal; what has no room is left out
 */
void kbuild_bar(struct buf *out, size_t done, size_t total, const char *step,
		const char *target, unsigned int width);

#endif
