// SPDX-License-Identifier: MIT
#include "findings.h"

#include <stdlib.h>
#include <string.h>

#define PANIC_MARK "Kernel panic - not syncing: "

void findings_add(const struct oops_finding *found, void *ctx)
{
	struct findings *f = ctx;

	if (!oops_is_kernel(found->class))
		return;
	f->total++;
	if (f->n == FINDINGS_MAX &&
	    (found->class != OOPS_PANIC || findings_panic(f)))
		return;
	f->n -= f->n == FINDINGS_MAX;
	f->v = xrealloc(f->v, (f->n + 1) * sizeof(*f->v));
	f->v[f->n++] = *found;
}

static void add_line(const struct oops_finding *found, struct strv *lines)
{
	struct buf b = { 0 };

	oops_print(found, &b);
	strv_take(lines, b.p);
}

void findings_judge(struct findings *f, const struct oops_allow *allow,
		    bool ignore, struct strv *lines)
{
	f->allowed = xrealloc(f->allowed, f->n + 1);
	for (size_t i = 0; i < f->n; i++) {
		f->allowed[i] = ignore || oops_allow_match(allow, &f->v[i]);
		if (!f->allowed[i])
			add_line(&f->v[i], lines);
	}
	/* Nobody has looked at those that were not kept. */
	if (!ignore && !lines->n && f->total > f->n)
		strv_pushf(lines,
			   "%llu failures, of which only the first %d were "
			   "held against --allow",
			   f->total, FINDINGS_MAX);
}

const char *findings_panic(const struct findings *f)
{
	const char *title = NULL;

	for (size_t i = 0; i < f->n && !title; i++)
		if (f->v[i].class == OOPS_PANIC)
			title = f->v[i].title;
	if (title && !strncmp(title, PANIC_MARK, strlen(PANIC_MARK)))
		title += strlen(PANIC_MARK);
	return title;
}

char *findings_before_panic(const struct findings *f)
{
	struct buf b = { 0 };

	if (!findings_panic(f) || f->v[0].class == OOPS_PANIC)
		return NULL;
	oops_print(&f->v[0], &b);
	return b.p;
}

void findings_free(struct findings *f)
{
	free(f->v);
	free(f->allowed);
	*f = (struct findings){ 0 };
}
