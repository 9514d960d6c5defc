// SPDX-License-Identifier: MIT
/* Did it get slower? */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

static bool same(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

static char *differ(const char *what, const char *was, const char *is)
{
	return xasprintf("%s %s, and here it is %s", what, was ? was : "?",
			 is ? is : "?");
}

static bool same_words(const struct strv *a, const struct strv *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->v[i], b->v[i]) != 0)
			return false;
	return true;
}

char *bench_unlike(const struct bench *was, const struct bench *is)
{
	if (was->icount != is->icount)
		return differ("time",
			      was->icount ? "by --icount" : "by the clock",
			      is->icount ? "by --icount" : "by the clock");
	if (!same_words(&was->command, &is->command))
		return xstrdup("another command");
	/* Until the first boot nobody knows. */
	if (is->what.machine && !same(was->what.machine, is->what.machine))
		return differ("machine", was->what.machine, is->what.machine);
	if (is->what.accel && !same(was->what.accel, is->what.accel))
		return differ("accelerator", was->what.accel, is->what.accel);
	return NULL;
}

/* The least that the ratio may be, by what was measured. */
static double least_ratio(const double *was, size_t n_was, const double *is,
			  size_t n_is, bool pairs)
{
	struct stats_ratio r;

	for (size_t i = 0; i < n_was; i++)
		if (!(was[i] > 0))
			return 0;
	if (pairs)
		stats_ratio(is, was, n_was < n_is ? n_was : n_is, &r);
	else
		stats_ratio_apart(is, n_is, was, n_was, &r);
	return r.low;
}

void bench_compare(const struct bench_series *was,
		   const struct bench_series *is, bool icount, bool pairs,
		   double most, struct bench_verdict *out)
{
	double floor = icount ? BENCH_FLOOR_ICOUNT : BENCH_FLOOR_WALL;
	double *a = xrealloc(NULL, (was->n + 1) * sizeof(*a));
	double *b = xrealloc(NULL, (is->n + 1) * sizeof(*b));
	const char *names[BENCH_SPANS];
	size_t n = bench_names(is, names);

	*out = (struct bench_verdict){
		.few = !icount && (was->n < BENCH_LEAST || is->n < BENCH_LEAST),
	};
	for (size_t i = 0; i < n; i++) {
		struct stats sa, sb;

		if (!bench_values(was, names[i], a) ||
		    !bench_values(is, names[i], b))
			continue;
		stats_of(a, was->n, &sa);
		stats_of(b, is->n, &sb);
		if (sb.median <= sa.median * (1 + most) ||
		    sb.median - sa.median < floor)
			continue;
		if (!icount && least_ratio(a, was->n, b, is->n, pairs) <= 1)
			continue;
		out->slower[out->n++] = (struct bench_slower){
			.name = names[i],
			.was = sa.median,
			.is = sb.median,
		};
	}
	free(a);
	free(b);
}
