// SPDX-License-Identifier: MIT
#include "host/imgnote.h"
#include "scratch.h"
#include "unit.h"

#include <errno.h>

static struct imgnote sample(void)
{
	struct imgnote n = { .image = { 1, 2, 3, 4, 5 }, .boot = "ab-cd" };

	put_text("a b", "one");
	put_text("second", "two");
	ck_assert_int_eq(imgnote_add(&n, at("a b")), 0);
	ck_assert_int_eq(imgnote_add(&n, at("second")), 0);
	ck_assert_int_eq(imgnote_add(&n, at("not-there")), 0);
	return n;
}

START_TEST(round_trip)
{
	struct imgnote n = sample(), got;
	struct buf b = { 0 }, again = { 0 };

	imgnote_format(&n, &b);
	ck_assert_int_eq(parse_imgnote(b.p, &got), 0);
	ck_assert_uint_eq(got.n, 3);
	ck_assert_str_eq(got.files[0].path, at("a b"));
	ck_assert_str_eq(got.boot, "ab-cd");
	ck_assert_uint_eq(got.image.ctime, 5);
	ck_assert_uint_eq(got.files[2].stamp.ctime, 0);
	imgnote_format(&got, &again);
	ck_assert_str_eq(b.p, again.p);
	ck_assert(imgnote_fresh(&got));
	ck_assert_uint_gt(imgnote_newest(&got), 1000000000000000000ULL);
	imgnote_free(&got);
	imgnote_free(&n);
	buf_free(&b);
	buf_free(&again);
}
END_TEST

/* Not one byte less is taken for a whole note. */
START_TEST(cut_off)
{
	struct imgnote n = sample(), got;
	struct buf b = { 0 };

	imgnote_format(&n, &b);
	for (size_t i = 0; i < b.n; i++) {
		char *copy = xasprintf("%.*s", (int)i, b.p);

		ck_assert_int_eq(parse_imgnote(copy, &got), -EINVAL);
		imgnote_free(&got);
		free(copy);
	}
	imgnote_free(&n);
	buf_free(&b);
}
END_TEST

START_TEST(wrong_words)
{
	static const char *const texts[] = {
		"bootlet-image 2\nimage 1 2 3 4 5 b\nend\n",
		"bootlet-image 1\nimage 1 2 3 4 b\nend\n",
		"bootlet-image 1\nimage 1 2 3 4 5\nend\n",
		"bootlet-image 1\nimage 1 2 3 4 5 b\nfile 1 2 3 4 5 rel\nend\n",
		"bootlet-image 1\nimage 1 2 3 4 5 b\nfile 1 2 3 4 x /a\nend\n",
		"bootlet-image 1\nimage 1 2 3 4 5 b\nend\nmore\n",
		("bootlet-image 1\nimage 1 2 3 4 5 "
		 "0123456789012345678901234567890123456789\nend\n"),
	};
	struct imgnote got, n = { 0 };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		ck_assert_int_eq(parse_imgnote(texts[i], &got), -EINVAL);
		imgnote_free(&got);
	}
	ck_assert_int_eq(parse_imgnote("bootlet-image 1\n"
				       "image 1 2 3 4 5 b\nend\n",
				       &got),
			 0);
	imgnote_free(&got);
	ck_assert_int_eq(imgnote_add(&n, "relative"), -EINVAL);
	ck_assert_int_eq(imgnote_add(&n, "/a\nb"), -EINVAL);
	imgnote_free(&n);
}
END_TEST

START_TEST(what_changes)
{
	struct imgnote n = sample();

	ck_assert(imgnote_fresh(&n));
	/* The same size, and another content. */
	unlink(at("second"));
	put_text("second", "2wo");
	ck_assert(!imgnote_fresh(&n));
	imgnote_free(&n);
	n = sample();
	put_text("not-there", "");
	ck_assert(!imgnote_fresh(&n));
	imgnote_free(&n);
	n = sample();
	unlink(at("a b"));
	ck_assert(!imgnote_fresh(&n));
	imgnote_free(&n);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("imgnote");
	TCase *t = tcase_create("imgnote");

	tcase_add_checked_fixture(t, scratch_make, scratch_remove);
	tcase_add_test(t, round_trip);
	tcase_add_test(t, cut_off);
	tcase_add_test(t, wrong_words);
	tcase_add_test(t, what_changes);
	suite_add_tcase(s, t);
	return s;
}
