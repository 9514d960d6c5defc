// SPDX-License-Identifier: MIT
/*
 * Lines to tests: which level a line belongs to, and what it says there.
 *
 * A level is known by what its lines begin with. A version line opens one
 * wherever it stands; so do "# Subtest: NAME" and a plan that are indented. A
 * result closes the level below it, whose parent it is.
 */
#include "ktap_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* TAP 14 indents a subtest by that much, and may say nothing before it. */
#define BARE_INDENT 4

static void take_version(struct ktap *t, size_t d, bool ktap)
{
	struct ktap_level *lv = &t->level[d];
	bool begun = lv->planned || lv->seen;

	/* The next subtest, and the one before it has no result. */
	if (d && begun) {
		char prefix[KTAP_PREFIX_MAX + 1];
		size_t n = lv->n_prefix;

		memcpy(prefix, lv->prefix, n);
		ktap_close_below(t, d);
		lv = ktap_level_open(t, d - 1, prefix, n);
	} else {
		ktap_close_below(t, d + 1);
		if (begun || lv->version)
			ktap_document_end(t);
	}
	lv->version = true;
	lv->ktap = ktap;
}

static void take_subtest(struct ktap *t, struct ktap_level *lv,
			 const char *name)
{
	bool begun = lv->planned || lv->seen;

	if (lv != t->level && !lv->named && !begun) {
		lv->named = true;
		ktap_rename(t, lv->suite, name);
		return;
	}
	free(t->subtest);
	t->subtest = xstrdup(name);
}

static void take_plan(struct ktap *t, size_t d, const struct ktap_line *l)
{
	struct ktap_level *lv = &t->level[d];

	ktap_close_below(t, d + 1);
	if (lv->planned && !d)
		ktap_document_end(t);
	else if (lv->planned)
		ktap_error(t, lv, "plan", "a second plan, 1..%llu", l->number);
	lv->planned = true;
	lv->trailing = lv->seen > 0;
	lv->plan = l->number;
	lv->skipped = l->directive == KTAP_SKIP;
	free(lv->plan_why);
	lv->plan_why = *l->why ? xstrdup(l->why) : NULL;
}

static void take_bail(struct ktap *t, size_t d, const struct ktap_line *l)
{
	struct ktap_level *lv = &t->level[d];

	ktap_error(t, &t->level[t->depth - 1], "bail out", "bailed out%s%s",
		   *l->name ? ": " : "", l->name);
	for (; lv < t->level + t->depth; lv++)
		lv->bailed = true;
}

/* The innermost level that the line can be of. */
static size_t level_of(const struct ktap *t, const char *line)
{
	size_t d = t->depth - 1;

	while (strncmp(line, t->level[d].prefix, t->level[d].n_prefix) != 0)
		d--;
	return d;
}

/* Whether a line that is indented below a level is the first of a subtest. */
static bool begins_subtest(const struct ktap *t, const struct ktap_level *lv,
			   const struct ktap_line *l, const char *indent,
			   size_t n)
{
	bool begun = lv->version || lv->planned || lv->seen;

	if (n < 2 && *indent != '\t')
		return false;
	if (l->kind != KTAP_RESULT || t->subtest)
		return true;
	return begun && !lv->ktap && n == BARE_INDENT &&
	       (!l->ok || (l->numbered && l->number == 1));
}

/* Return: whether it was one; it may stand behind blanks and "#". */
static bool version_line(struct ktap *t, size_t d, const char *line)
{
	size_t n = t->level[d].n_prefix;
	size_t more = strspn(line + n, " \t#");
	struct ktap_level *lv;
	bool ktap;

	if (!parse_ktap_version(line + n + more, &ktap) ||
	    (more && line[n + more - 1] == '#'))
		return false;
	if (more == 1 && *line == ' ' && t->depth == 1 && !t->level->version &&
	    !t->level->planned && !t->level->seen) {
		t->shifted = true;
		more = 0;
	}
	if (!more) {
		take_version(t, d, ktap);
		return true;
	}
	lv = ktap_level_open(t, d, line, n + more);
	if (lv) {
		lv->version = true;
		lv->ktap = ktap;
	}
	return true;
}

static void take(struct ktap *t, size_t d, const struct ktap_line *l)
{
	switch (l->kind) {
	case KTAP_PLAN:
		take_plan(t, d, l);
		break;
	case KTAP_RESULT:
		ktap_take_result(t, d, l);
		t->after_result = (int)d;
		break;
	default:
		take_subtest(t, &t->level[d], l->name);
	}
}

/* Return: false for a line that says nothing of a test. */
static bool take_test_line(struct ktap *t, const char *line)
{
	size_t d = level_of(t, line), n = t->level[d].n_prefix;
	size_t indent = strspn(line + n, " \t");
	int after = t->after_result;
	char text[KTAP_LINE_MAX + 1];
	struct ktap_line l;

	t->after_result = -1;
	if (version_line(t, d, line))
		return true;
	strcpy(text, line + n + indent);
	parse_ktap_line(text, &l);
	if (l.kind == KTAP_OTHER)
		return false;
	if (l.kind == KTAP_YAML) {
		if (after == (int)d && indent && !t->level[d].ktap &&
		    n + indent <= KTAP_PREFIX_MAX)
			snprintf(t->yaml, sizeof(t->yaml), "%.*s",
				 (int)(n + indent), line);
		return false;
	}
	if (l.kind == KTAP_BAIL) {
		take_bail(t, d, &l);
		return true;
	}
	if (indent) {
		if (!begins_subtest(t, &t->level[d], &l, line + n, indent))
			return false;
		if (!ktap_level_open(t, d, line, n + indent))
			return true;
		d = t->depth - 1;
	}
	/* A kernel's "ok" may be any message; a "not ok" is never dropped. */
	if (l.kind == KTAP_RESULT && t->level[d].ktap && l.ok && !l.numbered)
		return false;
	take(t, d, &l);
	return true;
}

/* Return: whether the line is of a YAML block. */
static bool take_yaml(struct ktap *t, const char *line)
{
	size_t n = strlen(t->yaml);

	if (!n)
		return false;
	if (*line && strncmp(line, t->yaml, n) != 0) {
		t->yaml[0] = '\0';
		return false;
	}
	if (*line && !strcmp(line + n, "..."))
		t->yaml[0] = '\0';
	return true;
}

void ktap_take_line(struct ktap *t, const char *line)
{
	line += t->shifted && *line == ' ';
	if (take_yaml(t, line) || !take_test_line(t, line))
		ktap_output(t, line);
}
