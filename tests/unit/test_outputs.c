// SPDX-License-Identifier: MIT
#include "host/msg.h"
#include "host/outputs.h"
#include "scratch.h"
#include "unit.h"

#include <errno.h>

static int check(const char *a, const char *b)
{
	const struct output v[] = { { "--a", a },
				    { "--none", NULL },
				    { "--b", b } };

	return outputs_check(v, 3);
}

START_TEST(files_of_their_own)
{
	put("there", "x", 1, 0644);
	ck_assert_int_eq(check(at("there"), at("other")), 0);
	ck_assert_int_eq(check(at("a"), at("b")), 0);
	ck_assert_int_eq(check(NULL, NULL), 0);
	ck_assert_int_eq(check(at("a"), at("no/such/a")), 0);
	/* These may take several. */
	ck_assert_int_eq(check("/dev/null", "/dev/null"), 0);
}
END_TEST

START_TEST(one_file_by_two_names)
{
	put("there", "x", 1, 0644);
	ck_assert_int_eq(link(at("there"), at("linked")), 0);
	ck_assert_int_eq(check(at("there"), at("./there")), -EBUSY);
	ck_assert_int_eq(check(at("there"), at("linked")), -EBUSY);
	ck_assert_ptr_nonnull(
		strstr(msg_last_error(), "--a writes that file, too"));
	/* Not there yet. */
	ck_assert_int_eq(check(at("a"), at("./a")), -EBUSY);
	ck_assert_int_eq(chdir(scratch), 0);
	ck_assert_int_eq(check("a", at("a")), -EBUSY);
	ck_assert_int_eq(check("no/such/a", "no/such/a"), -EBUSY);
}
END_TEST

START_TEST(where_stdout_goes)
{
	int saved = dup(1), err;

	put("out", "kept", 4, 0644);
	ck_assert_int_ge(dup2(open(at("out"), O_WRONLY | O_APPEND), 1), 0);
	err = check(at("out"), NULL);
	dup2(saved, 1);
	ck_assert_int_eq(err, -EBUSY);
	ck_assert_ptr_nonnull(strstr(msg_last_error(), "own output"));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("outputs");
	TCase *t = tcase_create("outputs");

	tcase_add_checked_fixture(t, scratch_make, scratch_remove);
	tcase_add_test(t, files_of_their_own);
	tcase_add_test(t, one_file_by_two_names);
	tcase_add_test(t, where_stdout_goes);
	suite_add_tcase(s, t);
	return s;
}
