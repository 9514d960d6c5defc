// SPDX-License-Identifier: MIT
/* Where in the guest the command starts. */
#include "host/share.h"
#include "scratch.h"
#include "unit.h"

static struct sharespec s;

static void setup(void)
{
	memset(&s, 0, sizeof(s));
	scratch_make();
	put_text("d/f", "");
	put_text("e/f", "");
	put_text("c:d/f", "");
	ck_assert_int_eq(chdir(scratch), 0);
	said_begin();
}

static void teardown(void)
{
	sharespec_free(&s);
	scratch_remove();
}

START_TEST(where_the_command_starts)
{
	ck_assert_int_eq(chdir(at("d")), 0);
	strv_push(&s.args, scratch);
	ck_assert_int_eq(share_settle(&s, "/x"), 0);
	ck_assert_str_eq(s.cwd, at("d"));
	sharespec_free(&s);
	/* At another place it is not the current directory any more. */
	strv_pushf(&s.args, "%s:/m", scratch);
	ck_assert_int_eq(share_settle(&s, "/x"), 0);
	ck_assert_ptr_null(s.cwd);
	sharespec_free(&s);
	s.root_arg = "/";
	ck_assert_int_eq(share_settle(&s, "/x"), 0);
	ck_assert_str_eq(s.cwd, at("d"));
	sharespec_free(&s);
	s.root_arg = scratch;
	ck_assert_int_eq(share_settle(&s, "/x"), 0);
	ck_assert_str_eq(s.cwd, "/d");
	sharespec_free(&s);
	s.root_arg = ".";
	ck_assert_int_eq(share_settle(&s, "/x"), 0);
	ck_assert_str_eq(s.cwd, "/");
	sharespec_free(&s);
	/* "d" begins as "de" does, and is another one. */
	s.root_arg = at("e");
	ck_assert_int_eq(share_settle(&s, "/x"), 0);
	ck_assert_str_eq(s.cwd, "/");
	sharespec_free(&s);
	s.root_arg = "/";
	s.cwd_arg = "/any where";
	ck_assert_int_eq(share_settle(&s, "/x"), 0);
	ck_assert_str_eq(s.cwd, "/any where");
}
END_TEST

/* Whoever stands in a directory by way of a link has shared it by that name. */
START_TEST(starts_behind_a_link)
{
	put_text("d/sub/f", "");
	ck_assert_int_eq(symlink("d", at("link")), 0);
	ck_assert_int_eq(chdir(at("link/sub")), 0);
	strv_push(&s.args, at("link"));
	ck_assert_int_eq(share_settle(&s, "/x"), 0);
	ck_assert_str_eq(s.cwd, at("link/sub"));
	sharespec_free(&s);
	/* A place that exists here, and is another directory. */
	strv_pushf(&s.args, "%s:%s/e", at("link"), scratch);
	ck_assert_int_eq(share_settle(&s, "/x"), 0);
	ck_assert_ptr_null(s.cwd);
}
END_TEST

/* The guest's own file systems hide what the root has there. */
START_TEST(starts_elsewhere_where_the_guest_has_it_not)
{
	put_text("run/d/f", "");
	put_text("runner/f", "");
	ck_assert_int_eq(chdir(at("run/d")), 0);
	s.root_arg = scratch;
	ck_assert_int_eq(share_settle(&s, "/x"), 0);
	ck_assert_str_eq(s.cwd, "/");
	ck_assert_ptr_nonnull(strstr(said(), "with --share ."));
	sharespec_free(&s);
	/* As it is told to. */
	s.root_arg = scratch;
	strv_pushl(&s.args, ".", NULL);
	ck_assert_int_eq(share_settle(&s, "/x"), 0);
	ck_assert_str_eq(s.cwd, at("run/d"));
	sharespec_free(&s);
	/* It is there by itself; and a name that only begins so. */
	ck_assert_int_eq(chdir(at("run")), 0);
	s.root_arg = scratch;
	ck_assert_int_eq(share_settle(&s, "/x"), 0);
	ck_assert_str_eq(s.cwd, "/run");
	sharespec_free(&s);
	ck_assert_int_eq(chdir(at("runner")), 0);
	s.root_arg = scratch;
	ck_assert_int_eq(share_settle(&s, "/x"), 0);
	ck_assert_str_eq(s.cwd, "/runner");
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("share_cwd");
	TCase *t = tcase_create("cwd");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, where_the_command_starts);
	tcase_add_test(t, starts_behind_a_link);
	tcase_add_test(t, starts_elsewhere_where_the_guest_has_it_not);
	suite_add_tcase(suite, t);
	return suite;
}
