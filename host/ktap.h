/* SPDX-License-Identifier: MIT */
/*
 * The results in a stream of TAP 12, 13, 14 or KTAP 1, as they come: what has
 * passed, failed, was skipped, and what is wrong with the stream itself.
 *
 * The stream is a guest's, so that nothing in it is trusted: lines, depth and
 * memory are bounded, and what was not taken for that reason is an error.
 *
 * What counts is the innermost result: a subtest's own result line counts only
 * where the subtest printed none, or where it is "not ok" and nothing in it has
 * failed. An error, which is a failure, is:
 *   - a plan that does not match what was seen;
 *   - no plan at all. Only a subtest may lack it, since its parent's result
 *     line marks its end; and the outermost level of KUnit's old form, which
 *     has neither version nor plan, and nothing but subtests with plans;
 *   - a plan of 1..0 that does not say SKIP;
 *   - a number that is missing, double or out of order;
 *   - a subtest without its parent's result line;
 *   - an "ok" or "SKIP" for a subtest in which something has failed;
 *   - "Bail out!";
 *   - no results at all.
 * Source: the kernel's Documentation/dev-tools/ktap.rst, the specifications of
 * testanything.org, prove(1).
 */
#ifndef BOOTLET_KTAP_H
#define BOOTLET_KTAP_H

#include "str.h"

#include <stdbool.h>
#include <stddef.h>

/* Bytes of a line that are read; of a name or reason, of a test's output that
 * are kept. */
#define KTAP_LINE_MAX 4096
#define KTAP_NAME_MAX 512
#define KTAP_TEXT_MAX 8192
/* Levels; bytes before a line of the innermost. */
#define KTAP_DEPTH_MAX	16
#define KTAP_PREFIX_MAX 64
/* Tests that are kept, bytes of what is kept of them; and how many failures
 * above that. */
#define KTAP_TESTS_MAX 100000
#define KTAP_BYTES_MAX (32UL << 20)
#define KTAP_EXTRA_MAX 1000

enum ktap_status {
	KTAP_PASSED,
	KTAP_FAILED,
	KTAP_SKIPPED,
	/** KTAP_TODO - failed, as is known that it does (TODO, XFAIL) */
	KTAP_TODO,
	/** KTAP_ERROR - no test: something is wrong with the stream */
	KTAP_ERROR,
	/** KTAP_SUITE - no test: its children are */
	KTAP_SUITE,
	KTAP_STATUS_N
};

/** struct ktap_test - a test, an error or a suite; strings may be NULL */
struct ktap_test {
	enum ktap_status status;
	/** @parent: index of its suite, -1 where it is in none */
	long parent;
	/** @line: number of the line of the stream, from 1 */
	unsigned long line;
	/** @name: its description; @why: what its directive or an error says */
	char *name, *why;
	/** @text: of a failure: the lines around it */
	char *text;
};

struct ktap;

/** ktap_new() - begin a stream. Return: for ktap_free() to free */
struct ktap *ktap_new(void);

/** ktap_feed() - take the stream's next bytes, cut anywhere */
void ktap_feed(struct ktap *t, const void *p, size_t n);

/** ktap_end() - the stream has ended; once, before anything is asked of it */
void ktap_end(struct ktap *t);

/** ktap_free() - free all; NULL is allowed */
void ktap_free(struct ktap *t);

/**
 * ktap_tests() - all of them, in the order they began in
 * @n: filled with how many
 *
 * Return: an array that lives until ktap_free().
 */
const struct ktap_test *ktap_tests(const struct ktap *t, size_t *n);

/** ktap_count() - how many of a kind there were, kept or not */
unsigned long ktap_count(const struct ktap *t, enum ktap_status status);

/**
 * ktap_path() - append the names of a test's suites, and its own
 * @i:   its index, or -1, which appends nothing
 * @sep: stands between two
 */
void ktap_path(const struct ktap *t, long i, const char *sep, struct buf *out);

/**
 * ktap_summary() - append "12 passed, 1 failed, 2 skipped"
 *
 * Failures that were expected and errors are in it only where there are some.
 */
void ktap_summary(const struct ktap *t, struct buf *out);

/**
 * ktap_reason() - why the results are a failure
 *
 * Return: the first thing that failed, in one line, the caller frees; NULL
 * where nothing has.
 */
char *ktap_reason(const struct ktap *t);

#endif
