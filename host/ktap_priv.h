/* SPDX-License-Identifier: MIT */
/* Inside of ktap.c: the stream's levels, and what is kept of its tests. Only
 * the ktap*.c files include this. */
#ifndef BOOTLET_KTAP_PRIV_H
#define BOOTLET_KTAP_PRIV_H

#include "ktap.h"
#include "ktap_line.h"

/* One level of subtests; the outermost is level[0]. */
struct ktap_level {
	/* What a line of it begins with: blanks, or "# " of kselftest. */
	char prefix[KTAP_PREFIX_MAX + 1];
	size_t n_prefix;
	/* Index of its suite; -1 for none. */
	long suite;
	/* A version line, a plan, a plan behind the results, "Bail out!", a
	 * name for its suite was seen; the version was KTAP's. */
	bool version, planned, trailing, bailed, named, ktap;
	/* The plan says that all is skipped. */
	bool skipped;
	/* Neither a result of a test that is no suite, nor of one without a
	 * plan. */
	bool suites_only;
	unsigned long long plan, seen, last;
	/* In it and below. */
	unsigned long failed, errors;
	/* Reason that the plan gives for being 1..0, or NULL. */
	char *plan_why;
};

struct ktap {
	/* --- lines: ktap.c --- */
	struct buf line;
	/* More of the line came than fits; lines so far. */
	bool cut, ended;
	unsigned long line_no;

	/* --- levels: ktap_level.c, ktap_take.c --- */
	struct ktap_level level[KTAP_DEPTH_MAX];
	size_t depth;
	/* The outermost level begins behind a blank, as cut(1) leaves it. */
	bool shifted;
	/* "# Subtest: NAME" of a level that is to come, or NULL. */
	char *subtest;
	bool too_deep;
	/* The last line was a result of that level; -1: was none. */
	int after_result;
	/* What the lines of a YAML block begin with; "" outside of one. */
	char yaml[KTAP_PREFIX_MAX + 1];

	/* --- tests: ktap_tree.c --- */
	struct ktap_test *tests;
	size_t n, cap, bytes;
	unsigned long count[KTAP_STATUS_N], lost;
	/* The first failure or error, -1: none so far. */
	long first_bad;
	/* Output since the last result; and of the failure that it belongs to
	 * also, or -1. */
	struct buf recent, more;
	long failure;
};

/* ktap_take.c: one line without newline, printk's prefix and blanks at its
 * end. */
void ktap_take_line(struct ktap *t, const char *line);

/* ktap_result.c: a result line of level @d. */
void ktap_take_result(struct ktap *t, size_t d, const struct ktap_line *l);

/* ktap_level.c */

/* Return: the new innermost level; NULL where it would be too deep. */
struct ktap_level *ktap_level_open(struct ktap *t, size_t parent,
				   const char *prefix, size_t n);
void ktap_level_reset(struct ktap_level *lv);
/* End the levels from @depth on, which have no parent's result. */
void ktap_close_below(struct ktap *t, size_t depth);
void ktap_check_plan(struct ktap *t, struct ktap_level *lv, bool outermost);
/* A run of the outermost level ends; another may follow. */
void ktap_document_end(struct ktap *t);
/* Nothing follows. */
void ktap_levels_end(struct ktap *t);

/* ktap_tree.c */

/* Return: its index; -1 where it was only counted. Strings are copied. */
long ktap_add(struct ktap *t, enum ktap_status status, long parent,
	      const char *name, const char *why);
/* A suite turns out to be a test. */
void ktap_turn(struct ktap *t, long i, enum ktap_status status);
void ktap_rename(struct ktap *t, long i, const char *name);
void ktap_explain(struct ktap *t, long i, const char *why);
/* Failures behind index @from were expected. Return: how many. */
unsigned long ktap_expect(struct ktap *t, long from);
__attribute__((format(printf, 4, 5))) void ktap_error(struct ktap *t,
						      struct ktap_level *lv,
						      const char *name,
						      const char *fmt, ...);
/* A line that belongs to the test before it, or behind it. */
void ktap_output(struct ktap *t, const char *line);
/* A result line: output from here on is another test's. @failure: the test
 * that still gets it, or -1. */
void ktap_output_of(struct ktap *t, long failure, bool follows);

#endif
