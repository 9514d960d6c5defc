// SPDX-License-Identifier: MIT
#include "host/findings.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static const struct oops_finding warning = {
	.class = OOPS_WARNING,
	.title = "WARNING: CPU: 0 PID: 1 at x.c:1 foo+0x1/0x2",
};
static const struct oops_finding panic = {
	.class = OOPS_PANIC,
	.title = "Kernel panic - not syncing: first",
};
static const struct oops_finding second_panic = {
	.class = OOPS_PANIC,
	.title = "Kernel panic - not syncing: second",
};
static const struct oops_finding program = {
	.class = OOPS_PROGRAM,
	.title = "x: segfault",
};

static struct findings all;
static struct strv lines;
static struct oops_allow allow;

static void cleanup(void)
{
	findings_free(&all);
	strv_free(&lines);
	oops_allow_free(&allow);
}

START_TEST(order_and_the_first_panic)
{
	char *before;

	ck_assert_ptr_null(findings_panic(&all));
	ck_assert_ptr_null(findings_before_panic(&all));
	findings_add(&program, &all);
	findings_add(&warning, &all);
	ck_assert_ptr_null(findings_panic(&all));
	ck_assert_ptr_null(findings_before_panic(&all));
	findings_add(&panic, &all);
	findings_add(&second_panic, &all);
	ck_assert_str_eq(findings_panic(&all), "first");
	ck_assert_uint_eq(all.n, 3);
	ck_assert_uint_eq(all.total, 3);
	before = findings_before_panic(&all);
	ck_assert_ptr_nonnull(strstr(before, warning.title));
	free(before);
	findings_judge(&all, &allow, false, &lines);
	ck_assert_uint_eq(lines.n, 3);
	ck_assert_ptr_nonnull(strstr(lines.v[0], warning.title));
	ck_assert_ptr_nonnull(strstr(lines.v[2], "second"));
	cleanup();
}
END_TEST

START_TEST(a_panic_with_nothing_before_it)
{
	findings_add(&panic, &all);
	findings_add(&warning, &all);
	ck_assert_ptr_null(findings_before_panic(&all));
	cleanup();
}
END_TEST

START_TEST(what_is_allowed_does_not_count)
{
	ck_assert_ptr_null(oops_allow_add(&allow, "x\\.c:1"));
	findings_add(&warning, &all);
	findings_add(&panic, &all);
	findings_judge(&all, &allow, false, &lines);
	ck_assert_uint_eq(lines.n, 1);
	ck_assert_ptr_nonnull(strstr(lines.v[0], "first"));
	ck_assert(all.allowed[0] && !all.allowed[1]);
	strv_free(&lines);
	ck_assert_ptr_null(oops_allow_add(&allow, "not syncing"));
	findings_judge(&all, &allow, false, &lines);
	ck_assert_uint_eq(lines.n, 0);
	/* But it was there. */
	ck_assert_str_eq(findings_panic(&all), "first");
	cleanup();
}
END_TEST

START_TEST(all_are_ignored)
{
	findings_add(&warning, &all);
	findings_add(&panic, &all);
	findings_judge(&all, &allow, true, &lines);
	ck_assert_uint_eq(lines.n, 0);
	ck_assert(all.allowed[0] && all.allowed[1]);
	cleanup();
}
END_TEST

/* A kernel that repeats itself: memory is bounded, the panic is not lost, and
 * what nobody has looked at is not allowed. */
START_TEST(more_than_are_kept)
{
	for (int i = 0; i < 10 * FINDINGS_MAX; i++)
		findings_add(&warning, &all);
	findings_add(&panic, &all);
	ck_assert_uint_eq(all.n, FINDINGS_MAX);
	ck_assert_uint_eq(all.total, 10 * FINDINGS_MAX + 1);
	ck_assert_str_eq(findings_panic(&all), "first");
	ck_assert_ptr_null(oops_allow_add(&allow, "WARNING"));
	findings_judge(&all, &allow, false, &lines);
	ck_assert_uint_eq(lines.n, 1);
	ck_assert_ptr_nonnull(strstr(lines.v[0], "first"));
	strv_free(&lines);
	ck_assert_ptr_null(oops_allow_add(&allow, "panic"));
	findings_judge(&all, &allow, false, &lines);
	ck_assert_uint_eq(lines.n, 1);
	ck_assert_ptr_nonnull(strstr(lines.v[0], "641 failures"));
	/* A second one changes nothing. */
	findings_add(&second_panic, &all);
	ck_assert_str_eq(findings_panic(&all), "first");
	cleanup();
}
END_TEST

START_TEST(none_at_all)
{
	findings_judge(&all, &allow, false, &lines);
	ck_assert_uint_eq(lines.n, 0);
	cleanup();
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("findings");
	TCase *t = tcase_create("findings");

	tcase_add_test(t, order_and_the_first_panic);
	tcase_add_test(t, a_panic_with_nothing_before_it);
	tcase_add_test(t, what_is_allowed_does_not_count);
	tcase_add_test(t, all_are_ignored);
	tcase_add_test(t, more_than_are_kept);
	tcase_add_test(t, none_at_all);
	suite_add_tcase(s, t);
	return s;
}
