// SPDX-License-Identifier: MIT
/* For people. */
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	double ns;
	const char *name;
} units[] = { { 1e9, "s " }, { 1e6, "ms" }, { 1e3, "us" } };

#define N_UNITS (sizeof(units) / sizeof(units[0]))

void bench_time(double ns, struct buf *out)
{
	size_t i = 0;
	double v;

	while (i < N_UNITS - 1 && ns < units[i].ns)
		i++;
	v = ns / units[i].ns;
	buf_addf(out, "%7.*f %s",
		 v < 10	 ? 3 :
		 v < 100 ? 2 :
			   1,
		 v, units[i].name);
}

#define NAME_WIDTH 12

/* A unit of one letter has a blank behind it. */
static void end_row(struct buf *out)
{
	while (out->n && out->p[out->n - 1] == ' ')
		out->n--;
	buf_addc(out, '\n');
}

/* Columns stand two blanks apart; a heading stands over its figures. */
static void heading(struct buf *out, const char *const *columns)
{
	buf_addf(out, "%-*s", NAME_WIDTH, "phase");
	for (; *columns; columns++)
		buf_addf(out, "  %10s", *columns);
}

static void row_of_one(const struct bench *b, const char *name, double *v,
		       struct buf *out)
{
	const struct bench_series *s = &b->side[BENCH_A];
	struct stats stats;

	if (!bench_values(s, name, v))
		return;
	stats_of(v, s->n, &stats);
	buf_addf(out, "%-*s  ", NAME_WIDTH, name);
	bench_time(stats.min, out);
	buf_adds(out, "  ");
	bench_time(stats.median, out);
	buf_adds(out, "  ");
	bench_time(stats.p95, out);
	end_row(out);
}

static void table_of_one(const struct bench *b, struct buf *out)
{
	static const char *const columns[] = { "min   ", "median   ", "p95   ",
					       NULL };
	const struct bench_series *s = &b->side[BENCH_A];
	const char *names[BENCH_SPANS];
	double *v = xrealloc(NULL, (s->n + 1) * sizeof(*v));
	size_t n = bench_names(s, names);

	heading(out, columns);
	end_row(out);
	for (size_t i = 0; i < n; i++)
		row_of_one(b, names[i], v, out);
	free(v);
}

static const char *mark(double low, double high)
{
	if (low > 1)
		return "  slower";
	return high < 1 ? "  faster" : "";
}

/* Counted times are exact: there is no interval. This part of them is what two
 * boots of the same thing may differ by. */
#define ICOUNT_DOUBT 0.002

/* A phase that took no time at all has no ratio. */
static void add_ratio(const struct stats_ratio *r, bool icount, struct buf *out)
{
	if (!(r->ratio > 0))
		return;
	buf_addf(out, "  %7.4f", r->ratio);
	if (icount)
		buf_adds(out, mark(r->ratio - ICOUNT_DOUBT,
				   r->ratio + ICOUNT_DOUBT));
	else if (isinf(r->high))
		buf_adds(out, "  [too few boots]");
	else
		buf_addf(out, "  [%.4f, %.4f]%s", r->low, r->high,
			 mark(r->low, r->high));
}

static bool all_positive(const double *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!(v[i] > 0))
			return false;
	return true;
}

/* B's phases that A does not have, and the other way, have no row: the total
 * has them. */
static void row_of_two(const struct bench *b, const char *name, double *va,
		       double *vb, struct buf *out)
{
	const struct bench_series *sa = &b->side[BENCH_A];
	const struct bench_series *sb = &b->side[BENCH_B];
	size_t n = sa->n < sb->n ? sa->n : sb->n;
	struct stats_ratio ratio = { 0 };
	struct stats a, bb;

	if (!bench_values(sa, name, va) || !bench_values(sb, name, vb))
		return;
	stats_of(va, sa->n, &a);
	stats_of(vb, sb->n, &bb);
	if (all_positive(va, n))
		stats_ratio(vb, va, n, &ratio);
	buf_addf(out, "%-*s  ", NAME_WIDTH, name);
	bench_time(a.median, out);
	buf_adds(out, "  ");
	bench_time(bb.median, out);
	add_ratio(&ratio, b->icount, out);
	end_row(out);
}

static void table_of_two(const struct bench *b, struct buf *out)
{
	static const char *const columns[] = { "A median", "B median", NULL };
	const struct bench_series *a = &b->side[BENCH_A],
				  *bb = &b->side[BENCH_B];
	size_t most = (a->n > bb->n ? a->n : bb->n) + 1, n;
	const char *names[BENCH_SPANS];
	double *v = xrealloc(NULL, 2 * most * sizeof(*v));

	heading(out, columns);
	buf_addf(out, "      B/A%s\n", b->icount ? "" : "  interval of 95 %");
	n = bench_names(a, names);
	for (size_t i = 0; i < n; i++)
		row_of_two(b, names[i], v, v + most, out);
	free(v);
}

static const char *said(const char *s)
{
	return s ? s : "?";
}

void bench_table(const struct bench *b, struct buf *out)
{
	size_t n = b->side[BENCH_A].n;

	buf_addf(out, "%zu %s%s of %s on %s under %s: %s\n\n", n,
		 b->pairs ? "pair" : "boot", n == 1 ? "" : "s",
		 said(b->what.kernel), said(b->what.machine),
		 said(b->what.accel),
		 b->icount ? "guest time, an instruction a nanosecond" :
			     "wall clock");
	if (b->pairs)
		table_of_two(b, out);
	else
		table_of_one(b, out);
}
