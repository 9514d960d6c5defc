// SPDX-License-Identifier: MIT
/* Where things are: nothing is lost, nothing covers another. */
#include "host/chart_layout.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#define MS 1000000LL

static unsigned int seed;

static unsigned int chance(unsigned int n)
{
	seed = seed * 1103515245 + 12345;
	return seed / 65536 % n;
}

START_TEST(test_ticks)
{
	static const struct {
		long long range, want;
		int max;
	} rows[] = {
		{ 1, 1, 10 },
		{ 10, 1, 10 },
		{ 12, 2, 10 },
		{ 2830 * MS, 500 * MS, 10 },
		{ 2830 * MS, 500 * MS, 5 },
		{ 665 * MS, 100 * MS, 10 },
		{ 3600000 * MS, 500000 * MS, 10 },
		{ 4999999, 500000, 10 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_int_eq(chart_tick(rows[i].range, rows[i].max),
				 rows[i].want);
	ck_assert_int_gt(chart_tick(0x7fffffffffffffff, 1), 0);
}
END_TEST

START_TEST(test_scale)
{
	struct chart_scale s = { .from = 100, .to = 200, .x0 = 10, .x1 = 110 };

	ck_assert_double_eq(chart_x(&s, 100), 10);
	ck_assert_double_eq(chart_x(&s, 150), 60);
	ck_assert_double_eq(chart_x(&s, 200), 110);
	/* What is outside ends at the edge. */
	ck_assert_double_eq(chart_x(&s, -5), 10);
	ck_assert_double_eq(chart_x(&s, 1000), 110);
	s.to = 1100;
	s.cut_from = 150;
	s.cut_to = 1050;
	ck_assert_double_eq(chart_x(&s, 140), 50);
	ck_assert_double_eq(chart_x(&s, 150), 60);
	ck_assert_double_eq(chart_x(&s, 600), 60);
	ck_assert_double_eq(chart_x(&s, 1050), 60);
	ck_assert_double_eq(chart_x(&s, 1075), 85);
	ck_assert_double_eq(chart_x(&s, 1100), 110);
	/* Of no length. */
	s = (struct chart_scale){ .from = 5, .to = 5, .x0 = 3, .x1 = 9 };
	ck_assert_double_eq(chart_x(&s, 5), 3);
}
END_TEST

/* Bars of many spans: each span is in one, and they are as few as can be seen. */
START_TEST(test_bars)
{
	struct chart_scale s = { .to = 1000 * MS, .x0 = 0, .x1 = 500 };
	struct chart_plan p;
	struct timeline t = { 0 };
	struct chart_bar *bars;
	long long at = 0, sum = 0, all = 0;
	size_t n, spans = 0;

	seed = (unsigned int)_i;
	for (int i = 0; i < 3000; i++) {
		long long took = chance(20) ? chance(200000) : chance(9000000);

		timeline_add(&t, LANE_INITCALL, "x", at, at + took);
		all += took;
		at += took + chance(100000);
	}
	s.to = at;
	chart_plan(&t, &p);
	bars = calloc(t.n, sizeof(*bars));
	n = chart_bars(&s, p.span[LANE_INITCALL], p.n[LANE_INITCALL], bars);
	for (size_t i = 0; i < n; i++) {
		spans += bars[i].n;
		sum += bars[i].sum;
		ck_assert_double_ge(bars[i].x, 0);
		ck_assert_double_le(bars[i].x + bars[i].w, 500.001);
		ck_assert_int_ge(bars[i].end - bars[i].begin, bars[i].sum);
		/* What can be seen alone stands alone. */
		if (bars[i].n > 1)
			ck_assert_double_lt(bars[i].w, 6);
	}
	ck_assert_uint_eq(spans, 3000);
	ck_assert_int_eq(sum, all);
	ck_assert_uint_lt(n, 500);
	ck_assert_uint_gt(n, 50);
	free(bars);
	chart_plan_free(&p);
	timeline_free(&t);
}
END_TEST

START_TEST(test_rank)
{
	const struct timeline_span *rank[CHART_RANKS];
	struct timeline t = { 0 };

	ck_assert_uint_eq(chart_rank(&t, rank), 0);
	timeline_add(&t, LANE_KERNEL, "kernel", 0, 999);
	timeline_add(&t, LANE_PROBE, "probe", 0, 999);
	timeline_add(&t, LANE_INITCALL, "nothing", 7, 7);
	ck_assert_uint_eq(chart_rank(&t, rank), 0);
	for (int i = 0; i < 30; i++)
		timeline_add(&t, i % 2 ? LANE_MODULE : LANE_INIT, "x", i,
			     i + 100 + i * 7 % 30);
	ck_assert_uint_eq(chart_rank(&t, rank), CHART_RANKS);
	for (int i = 0; i < CHART_RANKS; i++)
		ck_assert_int_eq(rank[i]->end - rank[i]->begin, 129 - i);
	timeline_free(&t);
}
END_TEST

START_TEST(test_spread)
{
	double x[] = { 100, 101, 102 }, y[] = { 0, 1, 50, 99, 100 },
	       z[] = { 10, 50, 90 };

	chart_spread(x, 3, 20, 0, 200);
	ck_assert_double_eq_tol(x[0], 81, 1e-9);
	ck_assert_double_eq_tol(x[1], 101, 1e-9);
	ck_assert_double_eq_tol(x[2], 121, 1e-9);
	chart_spread(y, 5, 10, 0, 100);
	for (int i = 1; i < 5; i++)
		ck_assert_double_ge(y[i] - y[i - 1], 10 - 1e-9);
	ck_assert_double_ge(y[0], 0);
	ck_assert_double_le(y[4], 100);
	/* Where there is room nothing moves. */
	chart_spread(z, 3, 20, 0, 100);
	ck_assert_double_eq(z[0], 10);
	ck_assert_double_eq(z[1], 50);
	ck_assert_double_eq(z[2], 90);
	chart_spread(z, 0, 20, 0, 100);
}
END_TEST

static double low_of(const struct chart_label *l)
{
	return l->left ? l->x + l->before - l->width : l->x - l->before;
}

static int by_x(const void *a, const void *b)
{
	const struct chart_label *l = a, *m = b;

	return l->x < m->x ? -1 : l->x > m->x;
}

/* Anywhere: no label covers another, no line crosses a label. */
START_TEST(test_labels)
{
	struct chart_label v[CHART_RANKS];
	double x[CHART_RANKS];
	int rows, placed = 0;

	for (seed = 0; seed < 4000000; seed += 1999) {
		unsigned int keep = seed, n;

		n = 1 + chance(CHART_RANKS);
		for (unsigned int i = 0; i < n; i++)
			v[i] = (struct chart_label){
				.x = 132 + chance(1044),
				.width = 18 + chance(260),
				.before = 9,
			};
		qsort(v, n, sizeof(*v), by_x);
		for (unsigned int i = 0; i < n; i++)
			x[i] = v[i].x;
		chart_spread(x, n, 11, 132, 1176);
		for (unsigned int i = 0; i < n; i++)
			v[i].x = x[i];
		rows = chart_labels(v, n, 0, 1200);
		seed = keep;
		placed += rows > 0;
		ck_assert_int_le(rows, CHART_RANKS);
		for (unsigned int i = 0; rows && i < n; i++) {
			double a = low_of(&v[i]), b = a + v[i].width;

			ck_assert_double_ge(a, 0);
			ck_assert_double_le(b, 1200);
			ck_assert_int_lt(v[i].row, rows);
			for (unsigned int k = 0; k < n; k++) {
				double c = low_of(&v[k]);

				if (k != i && v[k].row == v[i].row)
					ck_assert(c >= b ||
						  c + v[k].width <= a);
				if (v[k].row > v[i].row)
					ck_assert(v[k].x <= a || v[k].x >= b);
			}
		}
	}
	ck_assert_int_gt(placed, 1500);
	/* No room at all. */
	v[0] = (struct chart_label){ .x = 50, .width = 200, .before = 9 };
	ck_assert_int_eq(chart_labels(v, 1, 0, 100), 0);
	ck_assert_int_eq(chart_labels(v, 0, 0, 100), 0);
}
END_TEST

START_TEST(test_plan)
{
	struct timeline t = { 0 };
	struct chart_plan p;

	timeline_add(&t, LANE_KERNEL, "kernel", 0, 900 * MS);
	timeline_add(&t, LANE_BOOT, "init", 900 * MS, 1000 * MS);
	timeline_add(&t, LANE_COMMAND, "command", 1000 * MS, 1010 * MS);
	chart_plan(&t, &p);
	ck_assert_int_eq(p.whole.to, 1010 * MS);
	ck_assert_int_eq(p.whole.cut_from, p.whole.cut_to);
	ck_assert(p.has_zoom);
	ck_assert_int_eq(p.zoom.from, 900 * MS);
	ck_assert_int_eq(p.zoom.to, 1010 * MS);
	chart_plan_free(&p);
	/* A minute of it is left out, the boot stays to be seen. */
	t.span[2].end = 61000 * MS;
	chart_plan(&t, &p);
	ck_assert_int_gt(p.whole.cut_from, 1000 * MS);
	ck_assert_int_lt(p.whole.cut_to, 61000 * MS);
	ck_assert_int_lt(p.whole.to - (p.whole.cut_to - p.whole.cut_from),
			 1300 * MS);
	ck_assert_int_lt(p.zoom.to, 1030 * MS);
	chart_plan_free(&p);
	timeline_free(&t);
	chart_plan(&t, &p);
	ck_assert(!p.has_zoom);
	ck_assert_int_gt(p.whole.to, p.whole.from);
	chart_plan_free(&p);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("chart_layout");
	TCase *t = tcase_create("chart_layout");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_ticks);
	tcase_add_test(t, test_scale);
	tcase_add_loop_test(t, test_bars, 1, 6);
	tcase_add_test(t, test_rank);
	tcase_add_test(t, test_spread);
	tcase_add_test(t, test_labels);
	tcase_add_test(t, test_plan);
	suite_add_tcase(s, t);
	return s;
}
