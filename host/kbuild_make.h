/* SPDX-License-Identifier: MIT */
/*
 * Run a make that runs for minutes, line by line, in a process group of its
 * own: all of it ends when the user interrupts bootlet, or when bootlet is
 * killed.
 */
#ifndef BOOTLET_KBUILD_MAKE_H
#define BOOTLET_KBUILD_MAKE_H

#include "str.h"

#include <stdbool.h>

/** struct kmake - how to run it */
struct kmake {
	/** @env: "NAME=VALUE" to add, "NAME" to remove, NULL-ended, or NULL */
	const char *const *env;
	/** @line: called for each line of stdout and stderr, in their order;
	 * NUL-ended, without its newline */
	void (*line)(void *ctx, const char *line);
	void *ctx;
	/** @stop: set by @line: enough was seen, make shall end */
	bool stop;
	/** @signal: the signal by which the user ended it, or 0 */
	int signal;
};

/**
 * kmake_run() - run a program and wait for its end
 * @m:    how; @signal is set
 * @argv: the program, found through PATH, and its arguments
 *
 * stdin is /dev/null. SIGINT, SIGTERM, SIGHUP and SIGQUIT are sent on to the
 * group, which has 5 seconds to end by it; SIGTSTP stops it with bootlet. One
 * that is ignored stays so.
 *
 * Return: its exit status; 128+S where signal S ended it; -EINTR where the
 * user did; -errno where it could not be started.
 */
int kmake_run(struct kmake *m, const struct strv *argv);

#endif
