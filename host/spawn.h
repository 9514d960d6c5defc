/* SPDX-License-Identifier: MIT */
/*
 * Run a program to its end. No shell is ever involved: an argument is an
 * argument, whatever bytes it holds.
 */
#ifndef BOOTLET_SPAWN_H
#define BOOTLET_SPAWN_H

#include "str.h"

#include <stdbool.h>

/** struct spawn - how to run it; all zero runs it here, as it is */
struct spawn {
	/** @file: the program, where it shall see another name of itself as
	 * argv[0]; or NULL */
	const char *file;
	/** @cwd: directory to run in, or NULL */
	const char *cwd;
	/** @in: bytes for its stdin, or NULL for none */
	const struct buf *in;
	/** @out: stdout is appended here; NULL sends it to stderr, so that
	 * bootlet's own stdout stays clean */
	struct buf *out;
	/** @err: stderr is appended here, or NULL to leave it alone; may be
	 * the same as @out */
	struct buf *err;
	/** @env: "NAME=VALUE" to add to the environment, NULL-ended, or NULL */
	const char *const *env;
	/** @timeout_ms: kill the program after that long; 0 waits for ever */
	int timeout_ms;
	/** @until: stop (and kill the program) as soon as stdout holds this
	 * text, which then counts as exit status 0; NULL for none */
	const char *until;
};

/**
 * spawn_run() - run a program and wait for its end
 * @s:    how
 * @argv: the program, found through PATH, and its arguments
 *
 * stdin is /dev/null, or has @s->in. The program stays in bootlet's process group and is
 * killed when bootlet dies, however it dies. At most 64 MiB of each stream
 * are kept.
 *
 * Return: its exit status, 0 to 255; 128+S where signal S ended it;
 * -ENOENT, -EACCES ... where it could not be started; -ETIMEDOUT.
 */
int spawn_run(const struct spawn *s, const struct strv *argv);

/**
 * spawn_which() - find a program in PATH
 * @name: without a slash
 *
 * Return: its path, which the caller frees, or NULL.
 */
char *spawn_which(const char *name);

#endif
