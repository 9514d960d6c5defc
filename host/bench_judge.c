// SPDX-License-Identifier: MIT
#include "bench_judge.h"

#include "msg.h"

#include <string.h>

/* A time stands in a column elsewhere. */
static const char *trimmed(struct buf *b)
{
	while (b->n && b->p[b->n - 1] == ' ')
		b->p[--b->n] = '\0';
	return b->p + strspn(b->p, " ");
}

static void say_slower(const struct bench_slower *s, double most)
{
	struct buf is = { 0 }, was = { 0 };

	bench_time(s->is, &is);
	bench_time(s->was, &was);
	msg_error("%s: slower: %s, was %s: %.2f %% more, %g %% is allowed",
		  s->name, trimmed(&is), trimmed(&was),
		  (s->is / s->was - 1) * 100, most * 100);
	buf_free(&is);
	buf_free(&was);
}

/* In a log of CI nothing said would be nothing compared. */
static void say_none(const char *path, double most)
{
	if (path)
		msg_info(
			"--baseline %s: no phase got slower by more than %g %%",
			path, most * 100);
	else
		msg_info("--against: no phase is slower by more than %g %%",
			 most * 100);
}

size_t bench_judge(const struct bench *was, const char *path,
		   const struct bench *is, double most)
{
	const struct bench_series *a = was ? &was->side[BENCH_A] :
					     &is->side[BENCH_A];
	const struct bench_series *b = was ? &is->side[BENCH_A] :
					     &is->side[BENCH_B];
	struct bench_verdict v;

	bench_compare(a, b, is->icount, !was, most, &v);
	if (v.few)
		msg_warn("too few boots to tell noise from a change; take "
			 "-n 10, or --icount");
	else if (!v.n)
		say_none(path, most);
	for (size_t i = 0; i < v.n; i++)
		say_slower(&v.slower[i], most);
	return v.n;
}
