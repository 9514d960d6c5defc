// SPDX-License-Identifier: MIT
/* A result line: of a test, or of the subtest before it. */
#include "ktap_priv.h"

#include <stdio.h>
#include <stdlib.h>

static enum ktap_status status_of(const struct ktap_line *l)
{
	switch (l->directive) {
	case KTAP_SKIP:
		return KTAP_SKIPPED;
	case KTAP_EXPECTED:
		return l->ok && l->todo ? KTAP_PASSED : KTAP_TODO;
	case KTAP_BROKEN:
		return KTAP_FAILED;
	default:
		return l->ok ? KTAP_PASSED : KTAP_FAILED;
	}
}

static void check_number(struct ktap *t, struct ktap_level *lv,
			 const struct ktap_line *l)
{
	unsigned long long want = lv->last + 1;

	lv->last = l->numbered ? l->number : want;
	if (!l->numbered || l->number == want)
		return;
	if (l->number < want)
		ktap_error(t, lv, "number", "test %llu comes behind test %llu",
			   l->number, want - 1);
	else if (l->number == want + 1)
		ktap_error(t, lv, "number", "test %llu is missing", want);
	else
		ktap_error(t, lv, "number", "tests %llu to %llu are missing",
			   want, l->number - 1);
}

/* A result without a description is named after its number. */
static const char *name_of(const struct ktap_line *l,
			   const struct ktap_level *lv, char name[32])
{
	if (*l->name)
		return l->name;
	snprintf(name, 32, "test %llu", lv->last);
	return name;
}

/* A level with nothing in it: its parent's result is one of a test. Return:
 * of which status, KTAP_SUITE if not. */
static enum ktap_status alone(struct ktap *t, struct ktap_level *sub,
			      enum ktap_status status)
{
	if (sub->seen || sub->errors)
		return KTAP_SUITE;
	if (status != KTAP_PASSED)
		return status;
	if (sub->planned)
		return KTAP_SKIPPED;
	ktap_error(t, sub, "results", "no results in this subtest");
	return KTAP_SUITE;
}

/* Where the parent's result and those below do not agree. Return: what is to
 * be counted for the parent, or KTAP_SUITE. */
static enum ktap_status compare(struct ktap *t, struct ktap_level *sub,
				enum ktap_status status, long suite)
{
	if (status == KTAP_TODO)
		sub->failed -= ktap_expect(t, suite);
	else if (status == KTAP_FAILED && !sub->failed && !sub->errors)
		return KTAP_FAILED;
	else if (status != KTAP_FAILED && sub->failed)
		ktap_error(t, sub, "result",
			   "reported as %s, but %lu in it failed",
			   status == KTAP_PASSED ? "ok" : "skipped",
			   sub->failed);
	return KTAP_SUITE;
}

/* The level below has come to its end with this result. Return: index of the
 * failure that it is by itself, or -1. */
static long adopt(struct ktap *t, struct ktap_level *lv,
		  const struct ktap_line *l)
{
	struct ktap_level *sub = lv + 1;
	long suite = sub->suite != lv->suite ? sub->suite : -1;
	const char *why = *l->why ? l->why : sub->plan_why;
	char name[32];
	enum ktap_status status;

	lv->suites_only &= sub->planned;
	if (!sub->named || *l->name)
		ktap_rename(t, suite, name_of(l, lv, name));
	ktap_check_plan(t, sub, false);
	status = alone(t, sub, status_of(l));
	if (status == KTAP_SUITE && sub->seen) {
		status = compare(t, sub, status_of(l), suite);
		if (status == KTAP_FAILED && !why)
			why = "not ok, though nothing in it failed";
	}
	if (status != KTAP_SUITE) {
		ktap_explain(t, suite, why);
		ktap_turn(t, suite, status);
	}
	lv->failed += sub->failed + (status == KTAP_FAILED);
	lv->errors += sub->errors;
	ktap_level_reset(sub);
	t->depth--;
	return status == KTAP_FAILED ? suite : -1;
}

static long add_result(struct ktap *t, struct ktap_level *lv,
		       const struct ktap_line *l)
{
	enum ktap_status status = status_of(l);
	char name[32];
	long i;

	lv->suites_only = false;
	i = ktap_add(t, status, lv->suite, name_of(l, lv, name), l->why);
	if (status != KTAP_FAILED)
		return -1;
	lv->failed++;
	return i;
}

void ktap_take_result(struct ktap *t, size_t d, const struct ktap_line *l)
{
	struct ktap_level *lv = &t->level[d];
	bool nested;
	long failure;

	ktap_close_below(t, d + 2);
	nested = t->depth > d + 1;
	if (!d && lv->trailing && l->numbered && l->number == 1)
		ktap_document_end(t);
	/* KUnit's results one behind the other are each of them number 1. */
	if (!nested || !lv[1].planned || !lv->suites_only || lv->version ||
	    lv->planned)
		check_number(t, lv, l);
	lv->seen++;
	if (t->cut)
		ktap_error(t, lv, "line",
			   "line %lu is longer than %d bytes; what it says "
			   "is not known",
			   t->line_no, KTAP_LINE_MAX);
	failure = nested ? adopt(t, lv, l) : add_result(t, lv, l);
	ktap_output_of(t, failure, !lv->ktap);
	free(t->subtest);
	t->subtest = NULL;
}
