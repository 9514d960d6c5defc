// SPDX-License-Identifier: MIT
#include "unit.h"

#include "fake_sys.h"
#include "init/share.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* The bytes behind the text are NULs, as in the file's buffer. */
static char text[256];

#define rows(bytes) share_rows(fill(bytes, sizeof(bytes)), text + sizeof(bytes))

static char *fill(const char *bytes, size_t n)
{
	memset(text, 0, sizeof(text));
	return memcpy(text, bytes, n);
}

START_TEST(mounts_in_order)
{
	fake_reset();
	ck_assert_int_eq(rows("1\0009p\0share0\0/m/n o\0trans=virtio\0"
			      "0\0tmpfs\0x\0/t\0"),
			 0);
	ck_assert_str_eq(fake_text(),
			 "mkdir /m 0755\n"
			 "mkdir /m/n o 0755\n"
			 "mount share0 /m/n o 9p 0x1 trans=virtio\n"
			 "mkdir /t 0755\n"
			 "mount x /t tmpfs 0x0 \n");
}
END_TEST

START_TEST(a_directory_alone)
{
	fake_reset();
	ck_assert_int_eq(rows("0\0-\0\0/a/b\0"), 0);
	ck_assert_str_eq(fake_text(), "mkdir /a 0755\nmkdir /a/b 0755\n");
	fake_reset();
	fake_fail("mkdir", EEXIST, -1);
	ck_assert_int_eq(rows("0\0-\0\0/a/b\0"), 0);
	fake_reset();
	fake_fail("mkdir /a/b", EROFS, -1);
	ck_assert_int_eq(rows("0\0-\0\0/a/b\0"), -EROFS);
}
END_TEST

/* As switch_root(8) does it, from inside. */
START_TEST(a_root)
{
	char before[512], after[512];

	ck_assert_ptr_nonnull(getcwd(before, sizeof(before)));
	fake_reset();
	ck_assert_int_eq(rows("0\0/\0\0/tmp\0\0"
			      "0\0009p\0s\0/m\0"),
			 0);
	ck_assert_str_eq(fake_text(), "mkdir /tmp 0755\n"
				      "mount . / - 0x2000 -\n"
				      "chroot .\n"
				      "mkdir /m 0755\n"
				      "mount s /m 9p 0x0 \n");
	ck_assert_str_eq(getcwd(after, sizeof(after)), "/tmp");
	ck_assert_int_eq(chdir(before), 0);
	fake_reset();
	fake_fail("mount . ", EINVAL, -1);
	ck_assert_int_eq(rows("0\0/\0\0/tmp\0"), -EINVAL);
	ck_assert_uint_eq(fake_count("chroot"), 0);
	ck_assert_int_eq(chdir(before), 0);
	fake_reset();
	ck_assert_int_eq(rows("0\0/\0\0/none such\0"), -ENOENT);
	ck_assert_uint_eq(fake_count("mount"), 0);
}
END_TEST

/* A kernel without sysfs has nothing at /sys that could be moved. */
START_TEST(a_move_may_fail)
{
	fake_reset();
	fake_fail("mount ", EINVAL, -1);
	ck_assert_int_eq(rows("8192\0none\0/sys\0/r/sys\0"), 0);
	ck_assert(fake_has("mount /sys /r/sys none 0x2000 "));
}
END_TEST

START_TEST(the_first_failure_ends_it)
{
	fake_reset();
	fake_fail("mount a ", ENODEV, -1);
	ck_assert_int_eq(rows("0\0009p\0a\0/m\0\0"
			      "0\0009p\0b\0/n\0"),
			 -ENODEV);
	ck_assert_uint_eq(fake_count("mount"), 1);
}
END_TEST

/* Why the directory is missing says more than that it is. */
START_TEST(a_directory_that_cannot_be_made)
{
	fake_reset();
	fake_fail("mkdir /m", EROFS, -1);
	fake_fail("mount", ENOENT, -1);
	ck_assert_int_eq(rows("0\0009p\0a\0/m\0"), -EROFS);
	/* 9p has no device of that name: the directory is not to blame. */
	fake_reset();
	fake_fail("mount", ENOENT, -1);
	ck_assert_int_eq(rows("0\0009p\0a\0/m\0"), -ENOENT);
	fake_reset();
	fake_fail("mkdir /m", EEXIST, -1);
	fake_fail("mount", ENOENT, -1);
	ck_assert_int_eq(rows("0\0009p\0a\0/m\0"), -ENOENT);
}
END_TEST

static const struct {
	const char *bytes;
	size_t n;
} cut[] = {
	{ "0", 2 },
	{ "0\0009p", 5 },
	{ "0\0009p\0a\0/m", 10 },
};

START_TEST(half_a_row)
{
	fake_reset();
	fill(cut[_i].bytes, cut[_i].n);
	ck_assert_int_eq(share_rows(text, text + cut[_i].n), -EINVAL);
	ck_assert_uint_eq(fake_count(""), 0);
}
END_TEST

START_TEST(nothing)
{
	fake_reset();
	ck_assert_int_eq(share_rows(text, text), 0);
	ck_assert_uint_eq(fake_count(""), 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("share_guest");
	TCase *t = tcase_create("rows");

	tcase_add_test(t, mounts_in_order);
	tcase_add_test(t, a_directory_alone);
	tcase_add_test(t, a_root);
	tcase_add_test(t, a_move_may_fail);
	tcase_add_test(t, the_first_failure_ends_it);
	tcase_add_test(t, a_directory_that_cannot_be_made);
	tcase_add_loop_test(t, half_a_row, 0, sizeof(cut) / sizeof(cut[0]));
	tcase_add_test(t, nothing);
	suite_add_tcase(s, t);
	return s;
}
