/* SPDX-License-Identifier: MIT */
/*
 * Many runs of bootlet, as many at a time as there are processors, and what
 * each must end with: in the exit code and in the report.
 */
#ifndef BOOTLET_TESTS_POOL_H
#define BOOTLET_TESTS_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A run, and what it must end with. */
struct job {
	const char *label; /* what is provoked */
	char *argv[40]; /* bootlet's, from "run" on; --report is added */
	int code; /* its exit code */
	const char *outcome; /* as the report has it */
	const char *key; /* there: "code", "signal" or "errno"; NULL: none */
	int number; /* what it is */
	const char *phase; /* and "phase"; NULL: any */
	const char *says; /* in stderr; NULL: any words */
	const char *prints; /* stdout is this and no more; NULL: any */
	size_t prints_n; /* its length; 0: to its NUL */
	bool or_worse; /* 122 for an oops and 123 for a panic are right, too */
	bool kill_qemu; /* KILL its QEMU once the command has said something */

	/* While it runs. */
	pid_t pid;
	double since;
	char *out, *err, *report;
};

struct pool {
	struct job *jobs;
	size_t n;
};

/*
 * A run more, of these words behind "bootlet run". All is copied but @label.
 * Return: the job, for what it must end with, until the next is added.
 */
struct job *pool_add(struct pool *p, const char *label,
		     const char *const argv[]);

/*
 * Run all, each @times times, @at_once at a time (0: one a processor). Fails
 * the test if one of them ended otherwise: says which and how. Frees the jobs.
 */
void pool_run(struct pool *p, unsigned int times, size_t at_once);

/* How often each outcome is provoked: the environment's BOOTLET_TIMES, or 20. */
unsigned int pool_times(void);

#endif
