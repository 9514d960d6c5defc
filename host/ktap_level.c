// SPDX-License-Identifier: MIT
/* Levels of subtests: their begin, and what is said at their end. */
#include "ktap_priv.h"

#include <stdlib.h>
#include <string.h>

void ktap_level_reset(struct ktap_level *lv)
{
	free(lv->plan_why);
	*lv = (struct ktap_level){ .suite = -1, .suites_only = true };
}

/* --- the end of a level --------------------------------------------------- */

/* Without a parent's result line nothing but a plan tells an end from a
 * break. */
void ktap_check_plan(struct ktap *t, struct ktap_level *lv, bool outermost)
{
	bool whole = lv->suites_only && !lv->version;

	if (lv->bailed)
		return;
	if (lv->planned && lv->seen != lv->plan)
		ktap_error(t, lv, "plan", "planned %llu, saw %llu", lv->plan,
			   lv->seen);
	else if (!lv->planned && outermost && lv->seen && !whole)
		ktap_error(t, lv, "plan",
			   "no plan: whether all %llu were all is unknown",
			   lv->seen);
}

/* A run of the outermost level; another may follow in the same stream. */
void ktap_document_end(struct ktap *t)
{
	struct ktap_level *lv = &t->level[0];

	ktap_check_plan(t, lv, true);
	if (lv->version && !lv->planned && !lv->seen && !lv->bailed)
		ktap_error(t, lv, "results", "no results behind the version");
	if (lv->planned && !lv->plan && !lv->seen && lv->skipped)
		ktap_add(t, KTAP_SKIPPED, -1, "all tests", lv->plan_why);
	else if (lv->planned && !lv->plan && !lv->seen && !lv->bailed)
		ktap_error(t, lv, "plan",
			   "planned 0, and nothing says that it is skipped");
	ktap_level_reset(lv);
}

/* Nobody has said what became of it. */
static void end_dangling(struct ktap *t)
{
	struct ktap_level *lv = &t->level[t->depth - 1];

	ktap_check_plan(t, lv, false);
	if (!lv->bailed)
		ktap_error(t, lv, "subtest",
			   "no result line for this subtest; it was cut off");
	lv[-1].failed += lv->failed;
	lv[-1].errors += lv->errors;
	ktap_level_reset(lv);
	t->depth--;
}

void ktap_close_below(struct ktap *t, size_t depth)
{
	while (t->depth > depth)
		end_dangling(t);
}

void ktap_levels_end(struct ktap *t)
{
	ktap_close_below(t, 1);
	ktap_document_end(t);
	ktap_output_of(t, -1, false);
}

/* --- the begin of a level ------------------------------------------------- */

struct ktap_level *ktap_level_open(struct ktap *t, size_t parent,
				   const char *prefix, size_t n)
{
	struct ktap_level *lv;

	ktap_close_below(t, parent + 1);
	if (t->depth == KTAP_DEPTH_MAX || n > KTAP_PREFIX_MAX) {
		t->too_deep = true;
		return NULL;
	}
	lv = &t->level[t->depth++];
	ktap_level_reset(lv);
	memcpy(lv->prefix, prefix, n);
	lv->prefix[n] = '\0';
	lv->n_prefix = n;
	lv->suite = ktap_add(t, KTAP_SUITE, lv[-1].suite, t->subtest, NULL);
	if (lv->suite < 0)
		lv->suite = lv[-1].suite;
	lv->named = t->subtest;
	lv->ktap = lv[-1].ktap;
	free(t->subtest);
	t->subtest = NULL;
	return lv;
}
