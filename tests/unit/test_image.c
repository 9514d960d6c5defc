// SPDX-License-Identifier: MIT
#include "host/image.h"

#include "capture.h"
#include "host/str.h"
#include "tests/skip.h"
#include "unit.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static struct image img;

static void setup(void)
{
	img = (struct image){ 0 };
}

static void teardown(void)
{
	image_free(&img);
}

START_TEST(test_path)
{
	static const struct {
		const char *in, *out;
	} paths[] = {
		{ "", "" },
		{ "/", "" },
		{ ".", "" },
		{ "/a", "a" },
		{ "a/", "a" },
		{ "//a///b//", "a/b" },
		{ "./a/./b/.", "a/b" },
		{ "...", "..." },
		{ "a\nb,\"", "a\nb,\"" },
		{ "-x", "-x" },
		{ "a/TRAILER!!!", "a/TRAILER!!!" },
		{ "\xff\x80", "\xff\x80" },
	};
	char out[64];

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		ck_assert_ptr_null(image_path(paths[i].in, out));
		ck_assert_str_eq(out, paths[i].out);
	}
}
END_TEST

START_TEST(test_path_wrong)
{
	static char name[300], deep[4200], out[4200];

	ck_assert_ptr_nonnull(strstr(image_path("..", out), "leads out"));
	ck_assert_ptr_nonnull(strstr(image_path("a/../b", out), "leads out"));
	ck_assert_ptr_nonnull(strstr(image_path("/TRAILER!!!/", out), "ends"));
	memset(name, 'n', 256);
	ck_assert_ptr_nonnull(strstr(image_path(name, out), "255"));
	name[255] = '\0';
	ck_assert_ptr_null(image_path(name, out));
	memset(deep, 'd', sizeof(deep) - 1);
	for (size_t i = 100; i < sizeof(deep); i += 100)
		deep[i] = '/';
	deep[4096] = '\0';
	ck_assert_ptr_nonnull(strstr(image_path(deep, out), "4095"));
	deep[4095] = '\0';
	ck_assert_ptr_null(image_path(deep, out));
}
END_TEST

START_TEST(test_add_wrong)
{
	static char target[4097];
	struct image_entry big = { .path = "big",
				   .mode = S_IFREG,
				   .size = 0x100000000 };
	int err;

	capture_begin();
	err = image_add(&img, &big);
	capture_expect("4 GiB");
	ck_assert_int_eq(err, -EFBIG);
	big.size--;
	ck_assert_int_eq(image_add(&img, &big), 0);
	capture_begin();
	err = image_add_mkdir(&img, IMAGE_USER, "a/..", 0755, "x");
	capture_expect("a/..: leads out");
	ck_assert_int_eq(err, -EINVAL);
	memset(target, 't', 4096);
	capture_begin();
	err = image_add_symlink(&img, IMAGE_USER, "l", target, "x");
	capture_expect("l: the target");
	ck_assert_int_eq(err, -ENAMETOOLONG);
	capture_begin();
	err = image_add_symlink(&img, IMAGE_USER, "l", "", "x");
	capture_expect("l: the target");
	ck_assert_int_eq(err, -ENAMETOOLONG);
	ck_assert_uint_eq(img.n, 1);
}
END_TEST

START_TEST(test_source)
{
	struct image_entry e = { .src = "dir", .rel = "a/b" };

	ck_assert_str_eq(image_source(&e), "dir/a/b");
	e.src = "/";
	ck_assert_str_eq(image_source(&e), "/a/b");
	e.rel = NULL;
	ck_assert_str_eq(image_source(&e), "/");
	e.src = NULL;
	ck_assert_str_eq(image_source(&e), "bootlet");
}
END_TEST

/* Files whose size is 0, or a page, until they are read. */
START_TEST(test_size_unknown)
{
	static const char *const sources[] = { "/proc/sys/kernel/ostype",
					       "/sys/class/net/lo/mtu" };
	struct buf want = { 0 };
	const struct image_entry *e;

	/* Not everybody has a /sys. */
	if (_i && access(sources[_i], R_OK)) {
		skip_test("no /sys");
		return;
	}
	ck_assert_int_eq(read_file(sources[_i], &want, 4096), 0);
	ck_assert_uint_gt(want.n, 1);
	ck_assert_int_eq(
		image_add_file(&img, IMAGE_USER, "f", sources[_i], 04711), 0);
	e = &img.e[0];
	ck_assert_uint_eq(e->size, want.n);
	ck_assert_uint_eq(e->mode, S_IFREG | 04711);
	ck_assert_int_eq(memcmp(e->data, want.p, want.n), 0);
	buf_free(&want);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("image");
	TCase *t = tcase_create("entries");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_path);
	tcase_add_test(t, test_path_wrong);
	tcase_add_test(t, test_add_wrong);
	tcase_add_test(t, test_source);
	tcase_add_loop_test(t, test_size_unknown, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
