/* SPDX-License-Identifier: MIT */
/* A command that is run and measured, from its start until it has ended. */
#ifndef BOOTLET_TESTS_TIMED_H
#define BOOTLET_TESTS_TIMED_H

/** enum timed_measure - what is measured */
enum timed_measure {
	TIMED_WALL, /* seconds by the clock */
	TIMED_CPU, /* user and system time, seconds */
	TIMED_MEMORY, /* peak memory, MiB; its children's where that is more */
};

/** struct timed - how to run it */
struct timed {
	enum timed_measure measure;
	/** @out: where it writes, begun anew, or NULL for /dev/null */
	const char *out;
	/** @timeout: seconds; it is killed after that */
	double timeout;
};

/** fail() - print a line on stderr and exit */
__attribute__((noreturn, format(printf, 2, 3))) void fail(int code,
							  const char *fmt, ...);

/**
 * timed_run() - run a command with /dev/null as its stdin
 * @argv: NULL-ended; looked for in PATH
 *
 * One that fails ends this program with 1, after the command's own last words.
 * A signal that ends this program ends the command, too.
 *
 * Return: what was measured.
 */
double timed_run(const struct timed *t, char *const *argv);

#endif
