// SPDX-License-Identifier: MIT
#include "unit.h"

#include "host/stats.h"

#include <math.h>

START_TEST(nothing_is_all_zeros)
{
	struct stats s;
	struct stats_ratio r;

	stats_of(NULL, 0, &s);
	ck_assert_uint_eq(s.n, 0);
	ck_assert_double_eq(s.median, 0);
	stats_ratio(NULL, NULL, 0, &r);
	ck_assert_double_eq(r.ratio, 0);
	ck_assert_double_eq(r.high, 0);
}
END_TEST

START_TEST(ranks_are_as_documented)
{
	double v[100];
	struct stats s;

	for (int i = 0; i < 100; i++)
		v[i] = 100 - i;
	stats_of(v, 100, &s);
	ck_assert_double_eq(s.min, 1);
	ck_assert_double_eq(s.median, 50.5);
	ck_assert_double_eq(s.p95, 95);
	ck_assert_double_eq(s.max, 100);
	ck_assert_double_eq(v[0], 100);
	stats_of(v, 3, &s);
	ck_assert_double_eq(s.median, 99);
	ck_assert_double_eq(s.p95, 100);
	stats_of(v, 1, &s);
	ck_assert_double_eq(s.p95, 100);
	ck_assert_double_eq(s.min, 100);
}
END_TEST

START_TEST(a_ratio_of_pairs_outlives_their_drift)
{
	double a[15], b[15];
	struct stats_ratio r, again;

	/* The machine gets slower, and one run was disturbed. */
	for (int i = 0; i < 15; i++) {
		b[i] = 10 + i;
		a[i] = 0.5 * b[i] * (1 + 0.01 * (i % 3 - 1));
	}
	a[4] *= 10;
	stats_ratio(a, b, 15, &r);
	ck_assert_double_eq_tol(r.ratio, 0.5, 0.006);
	ck_assert(r.low <= r.ratio && r.ratio <= r.high);
	ck_assert_double_ge(r.low, 0.494);
	ck_assert_double_le(r.high, 0.506);
	stats_ratio(a, b, 15, &again);
	ck_assert_double_eq(again.low, r.low);
	ck_assert_double_eq(again.high, r.high);
}
END_TEST

START_TEST(the_interval_is_the_medians_not_a_runs)
{
	double a[20], b[20];
	struct stats_ratio r;

	/* Ten of each: either may be the median, nothing beyond. */
	for (int i = 0; i < 20; i++) {
		b[i] = 1;
		a[i] = i % 2 ? 2 : 1;
	}
	stats_ratio(a, b, 20, &r);
	ck_assert_double_eq(r.ratio, 1.5);
	ck_assert_double_eq(r.low, 1);
	ck_assert_double_eq(r.high, 2);
}
END_TEST

START_TEST(two_pairs_say_next_to_nothing)
{
	const double a[] = { 1, 2 }, b[] = { 2, 2 };
	struct stats_ratio r;

	stats_ratio(a, b, 2, &r);
	ck_assert_double_eq(r.ratio, 0.75);
	ck_assert_double_eq(r.low, 0);
	ck_assert(isinf(r.high));
}
END_TEST

START_TEST(series_that_have_nothing_to_do_with_each_other)
{
	const double a[] = { 11, 12, 13, 11, 12 }, b[] = { 10, 10, 10 };
	const double mixed[] = { 1, 9, 2, 8, 5 };
	struct stats_ratio r, again;

	stats_ratio_apart(a, 5, b, 3, &r);
	ck_assert_double_eq(r.ratio, 1.2);
	ck_assert_double_eq(r.low, 1.1);
	ck_assert_double_eq(r.high, 1.3);
	stats_ratio_apart(mixed, 5, mixed, 5, &r);
	ck_assert_double_eq(r.ratio, 1);
	ck_assert(r.low < 1 && r.high > 1);
	stats_ratio_apart(mixed, 5, mixed, 5, &again);
	ck_assert_double_eq(again.low, r.low);
	stats_ratio_apart(a, 5, b, 2, &r);
	ck_assert_double_eq(r.low, 0);
	ck_assert(isinf(r.high));
	stats_ratio_apart(a, 0, b, 3, &r);
	ck_assert_double_eq(r.ratio, 0);
	ck_assert_double_eq(r.high, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("stats");
	TCase *t = tcase_create("stats");

	tcase_add_test(t, nothing_is_all_zeros);
	tcase_add_test(t, ranks_are_as_documented);
	tcase_add_test(t, a_ratio_of_pairs_outlives_their_drift);
	tcase_add_test(t, the_interval_is_the_medians_not_a_runs);
	tcase_add_test(t, two_pairs_say_next_to_nothing);
	tcase_add_test(t, series_that_have_nothing_to_do_with_each_other);
	suite_add_tcase(s, t);
	return s;
}
