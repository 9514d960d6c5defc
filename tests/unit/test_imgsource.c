// SPDX-License-Identifier: MIT
/* How the bytes of many sources get into an image. */
#include "imgutil.h"
#include "unit.h"

#include "host/unpack.h"

#define BUFFER (256 * 1024) /* as much as is written at a time */

static const struct codec_choice packed = { .type = CODEC_GZIP };

static void put_bytes(const char *path, size_t n, unsigned int seed)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	for (size_t i = 0; i < n; i++) {
		seed = seed * 1103515245 + 12345;
		fputc((int)(seed >> 16 & 255), f);
	}
	ck_assert_int_eq(fclose(f), 0);
}

static void add_all(const char *const names[])
{
	for (; *names; names++)
		ck_assert_int_eq(image_add_file(&img, IMAGE_USER, *names,
						*names, 0644),
				 0);
}

/* Read into the file's buffer or, to be compressed, not: the same bytes. Where
 * the buffer ends a source is split. */
START_TEST(test_ends_of_buffers)
{
	static const char *const names[] = { "a", "b", "c", NULL };
	struct buf plain_bytes = { 0 }, gzip = { 0 };
	char *bytes;
	size_t n;

	/* 112 bytes are the first one's header and name. */
	put_bytes("a", (size_t)(BUFFER - 112 + _i), 1);
	put_bytes("b", 2 * BUFFER + 5, 2);
	put_bytes("c", 3, 3);
	add_all(names);
	write_image("plain", NULL);
	add_all(names);
	ck_assert_int_eq(image_write(&img, "gzip", &packed, NULL), 0);
	ck_assert_int_eq(read_file("plain", &plain_bytes, 1 << 20), 0);
	ck_assert_int_eq(read_file("gzip", &gzip, 1 << 20), 0);
	ck_assert_int_eq(unpack_all((const unsigned char *)gzip.p, gzip.n,
				    &bytes, &n, 1 << 20),
			 0);
	ck_assert_uint_eq(n, plain_bytes.n);
	ck_assert_uint_gt(n, 3 * BUFFER);
	ck_assert(!memcmp(bytes, plain_bytes.p, n));
	free(bytes);
	buf_free(&gzip);
	buf_free(&plain_bytes);
}
END_TEST

/* Where nothing is left of the buffer for the byte that there must not be. */
START_TEST(test_grown_at_the_end)
{
	static const char *const names[] = { "a", NULL };
	FILE *f;

	put_bytes("a", (size_t)(BUFFER - 112 + _i), 1);
	add_all(names);
	f = fopen("a", "a");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fputs("x", f), 1);
	ck_assert_int_eq(fclose(f), 0);
	expect_failure("a: has grown", -EAGAIN);
}
END_TEST

/* Neighbours are opened from one directory: that of their own tree. */
START_TEST(test_two_trees)
{
	static const char *const dirs[] = { "1", "1/d", "1/d/e", "2", "2/d" };

	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(mkdir(dirs[i], 0755), 0);
	put_file("1/d/a", "1");
	put_file("1/d/c", "333");
	put_file("1/d/e/c", "55555");
	put_file("1/d/f", "666666");
	put_file("2/d/b", "22");
	put_file("2/d/c", "is not the one");
	put_file("1/z", "7777777");
	ck_assert_int_eq(image_add_tree(&img, IMAGE_OWN, "", "2"), 0);
	ck_assert_int_eq(image_add_tree(&img, IMAGE_USER, "", "1"), 0);
	write_image("out", NULL);
	expect_list("out", "drwxr-xr-x   2 0 0          0 d\n"
			   "-rw-r--r--   1 0 0          1 d/a\n"
			   "-rw-r--r--   1 0 0          2 d/b\n"
			   "-rw-r--r--   1 0 0          3 d/c\n"
			   "drwxr-xr-x   2 0 0          0 d/e\n"
			   "-rw-r--r--   1 0 0          5 d/e/c\n"
			   "-rw-r--r--   1 0 0          6 d/f\n"
			   "-rw-r--r--   1 0 0          7 z\n");
}
END_TEST

/* What is there no longer has the name that the user knows it by. */
START_TEST(test_directory_gone)
{
	ck_assert_int_eq(mkdir("t", 0755), 0);
	ck_assert_int_eq(mkdir("t/d", 0755), 0);
	put_file("t/a", "1");
	put_file("t/d/a", "1");
	ck_assert_int_eq(image_add_tree(&img, IMAGE_USER, "", "t"), 0);
	ck_assert_int_eq(rename("t/d", "t/e"), 0);
	if (_i)
		put_file("t/d", "a file");
	expect_failure(_i ? "t/d/a: cannot read: Not a directory" :
			    "t/d/a: cannot read: No such file",
		       _i ? -ENOTDIR : -ENOENT);
}
END_TEST

/* Under another path than the source's: through a link of the image. */
START_TEST(test_moved)
{
	ck_assert_int_eq(mkdir("t", 0755), 0);
	put_file("t/a", "1");
	put_file("t/b", "22");
	ck_assert_int_eq(
		image_add_symlink(&img, IMAGE_USER, "lib", "usr/lib", "x"), 0);
	ck_assert_int_eq(image_add_tree(&img, IMAGE_USER, "/lib//x/", "t"), 0);
	write_image("out", NULL);
	expect_list("out", "lrwxrwxrwx   1 0 0          7 lib -> usr/lib\n"
			   "drwxr-xr-x   2 0 0          0 usr\n"
			   "drwxr-xr-x   2 0 0          0 usr/lib\n"
			   "drwxr-xr-x   2 0 0          0 usr/lib/x\n"
			   "-rw-r--r--   1 0 0          1 usr/lib/x/a\n"
			   "-rw-r--r--   1 0 0          2 usr/lib/x/b\n");
}
END_TEST

/* More names than one call of getdents64(2) gives. */
START_TEST(test_large_directory)
{
	char path[128], last[128] = "";
	size_t n = 0;

	ck_assert_int_eq(mkdir("t", 0755), 0);
	for (int i = 0; i < 1500; i++) {
		snprintf(path, sizeof(path), "t/%0100d", i * 7919 % 1500);
		put_file(path, "");
	}
	ck_assert_int_eq(image_add_tree(&img, IMAGE_USER, "", "t"), 0);
	ck_assert_int_eq(image_plan(&img), 0);
	for (; n < img.n_order; n++) {
		ck_assert_int_gt(strcmp(img.order[n]->path, last), 0);
		strcpy(last, img.order[n]->path);
	}
	ck_assert_uint_eq(n, 1500);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("imgsource");
	TCase *t = tcase_create("sources");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, test_ends_of_buffers, -5, 6);
	tcase_add_loop_test(t, test_grown_at_the_end, -2, 3);
	tcase_add_test(t, test_two_trees);
	tcase_add_loop_test(t, test_directory_gone, 0, 2);
	tcase_add_test(t, test_moved);
	tcase_add_test(t, test_large_directory);
	suite_add_tcase(s, t);
	return s;
}
