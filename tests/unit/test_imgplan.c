// SPDX-License-Identifier: MIT
#include "host/image.h"

#include "capture.h"
#include "host/str.h"
#include "unit.h"

#include <errno.h>
#include <string.h>

static struct image img;

static void setup(void)
{
	img = (struct image){ 0 };
}

static void teardown(void)
{
	image_free(&img);
}

static void add(const char *path, uint32_t mode, enum image_rank rank,
		const char *from)
{
	struct image_entry e = {
		.path = path, .mode = mode, .rank = rank, .src = from
	};

	ck_assert_int_eq(image_add(&img, &e), 0);
}

static void add_hard(const char *path, uint64_t dev, uint64_t inode,
		     uint32_t mode)
{
	struct image_entry e = { .path = path,
				 .mode = mode,
				 .dev = dev,
				 .inode = inode,
				 .size = 7,
				 .rank = IMAGE_USER };

	ck_assert_int_eq(image_add(&img, &e), 0);
}

/* The plan as "path:mode " in its order. */
static const char *order(void)
{
	static char text[4096];
	struct buf b = { 0 };

	buf_adds(&b, "");
	for (size_t i = 0; i < img.n_order; i++)
		buf_addf(&b, "%s:%o ", img.order[i]->path, img.order[i]->mode);
	ck_assert_uint_lt(b.n, sizeof(text));
	memcpy(text, b.p, b.n + 1);
	buf_free(&b);
	return text;
}

static void expect_plan(const char *text)
{
	ck_assert_int_eq(image_plan(&img), 0);
	ck_assert_str_eq(order(), text);
}

static void expect_error(int err, const char *part)
{
	int got;

	capture_begin();
	got = image_plan(&img);
	capture_expect(part);
	ck_assert_int_eq(got, err);
}

START_TEST(test_order)
{
	add("b", S_IFREG | 0600, IMAGE_USER, "x");
	add("a-b", S_IFREG | 0600, IMAGE_USER, "x");
	add("a/b", S_IFREG | 0600, IMAGE_USER, "x");
	add("\xff", S_IFREG | 0600, IMAGE_USER, "x");
	add("a/b-c", S_IFREG | 0600, IMAGE_USER, "x");
	add("/", S_IFDIR | 0700, IMAGE_USER, "x");
	expect_plan("a:40755 a/b:100600 a/b-c:100600 a-b:100600 b:100600 "
		    "\xff:100600 ");
	for (size_t i = 0; i < img.n_order; i++)
		ck_assert_uint_eq(img.order[i]->ino, i + 1);
	/* A plan can be made again. */
	expect_plan("a:40755 a/b:100600 a/b-c:100600 a-b:100600 b:100600 "
		    "\xff:100600 ");
}
END_TEST

/* Whichever part was in order already. */
START_TEST(test_order_runs)
{
	char path[16];
	struct buf b = { 0 };

	for (int i = 0; i < 26; i++)
		buf_addf(&b, "%c:100644 ", 'a' + i);
	for (int first = 0; first < 26; first++) {
		/* The last of it backwards. */
		for (int i = 0; i < 26; i++) {
			int k = (first + (i < 20 ? i : 45 - i)) % 26;

			snprintf(path, sizeof(path), "%c", 'a' + k);
			add(path, S_IFREG | 0644, IMAGE_USER, "x");
		}
		expect_plan(b.p);
		image_free(&img);
	}
	buf_free(&b);
}
END_TEST

START_TEST(test_parents)
{
	add("a/b/c/d", S_IFREG | 0600, IMAGE_USER, "x");
	add("a/b", S_IFDIR | 0700, IMAGE_USER, "x");
	add("a/b/e/f", S_IFREG | 0600, IMAGE_USER, "x");
	add("a/bb/c/d", S_IFREG | 0600, IMAGE_USER, "x");
	expect_plan("a:40755 a/b:40700 a/b/c:40755 a/b/c/d:100600 "
		    "a/b/e:40755 a/b/e/f:100600 a/bb:40755 a/bb/c:40755 "
		    "a/bb/c/d:100600 ");
	ck_assert_uint_eq(img.order[0]->nlink, 2);
	ck_assert_uint_eq(img.order[3]->nlink, 1);
}
END_TEST

/* Many at once: their memory moves while it grows. */
START_TEST(test_parents_many)
{
	for (int i = 0; i < 500; i++) {
		char path[64];

		snprintf(path, sizeof(path), "d%03d/e/f", i);
		add(path, S_IFREG | 0600, IMAGE_USER, "x");
	}
	ck_assert_int_eq(image_plan(&img), 0);
	ck_assert_uint_eq(img.n_order, 1500);
	ck_assert_str_eq(img.order[1497]->path, "d499");
	ck_assert_str_eq(img.order[1498]->path, "d499/e");
}
END_TEST

START_TEST(test_ranks)
{
	add("f", S_IFREG | 0601, IMAGE_USER, "x");
	add("f", S_IFREG | 0602, IMAGE_OWN, "x");
	add("f", S_IFIFO | 0777, IMAGE_WEAK, "x");
	add("g", S_IFIFO | 0777, IMAGE_WEAK, "x");
	add("g", S_IFREG | 0604, IMAGE_OWN, "x");
	add("g", S_IFREG | 0605, IMAGE_OWN, "x");
	add("h", S_IFREG | 0604, IMAGE_BASE, "x");
	add("h", S_IFREG | 0605, IMAGE_WEAK, "x");
	add("i", S_IFREG | 0606, IMAGE_BASE, "x");
	add("i", S_IFREG | 0607, IMAGE_OWN, "x");
	expect_plan("f:100601 g:100605 i:100607 ");
}
END_TEST

START_TEST(test_dirs_merge)
{
	add("d", S_IFDIR | 0700, IMAGE_USER, "x");
	add("d", S_IFDIR | 0750, IMAGE_USER, "y");
	expect_plan("d:40750 ");
}
END_TEST

START_TEST(test_twice)
{
	add("d/f", S_IFREG | 0700, IMAGE_USER, "one");
	add("d/f", S_IFREG | 0750, IMAGE_USER, "two");
	expect_error(-EEXIST, "d/f: is given twice, by one and by two");
}
END_TEST

START_TEST(test_twice_kinds)
{
	add("d", S_IFREG | 0700, IMAGE_USER, "one");
	add("d", S_IFDIR | 0750, IMAGE_USER, "two");
	expect_error(-EEXIST, "d: is given twice, by one and by two");
}
END_TEST

START_TEST(test_below_file)
{
	add("d", S_IFREG | 0700, IMAGE_USER, "one");
	add("d/a/f", S_IFREG | 0750, IMAGE_OWN, "two");
	expect_error(-ENOTDIR, "d/a/f: from two, but d is no directory there, "
			       "by one");
}
END_TEST

START_TEST(test_below_file_weak)
{
	add("d", S_IFREG | 0700, IMAGE_USER, "one");
	add("d/a/f", S_IFREG | 0750, IMAGE_WEAK, "two");
	add("d/b", S_IFREG | 0750, IMAGE_WEAK, "two");
	add("e/b", S_IFREG | 0750, IMAGE_WEAK, "two");
	expect_plan("d:100700 e:40755 e/b:100750 ");
}
END_TEST

/* What the base has is not written again, nor are its directories. */
START_TEST(test_base)
{
	add("usr", S_IFDIR | 0700, IMAGE_BASE, "x");
	add("usr/bin", S_IFDIR | 0700, IMAGE_BASE, "x");
	add("usr/bin/sh", S_IFREG | 0700, IMAGE_BASE, "x");
	add("usr/bin/sh", S_IFREG | 0755, IMAGE_WEAK, "x");
	add("usr/bin/ls", S_IFREG | 0755, IMAGE_WEAK, "x");
	add("usr/sbin/x", S_IFREG | 0755, IMAGE_USER, "x");
	expect_plan("usr/bin/ls:100755 usr/sbin:40755 usr/sbin/x:100755 ");
}
END_TEST

/* The kernel follows no link to a directory that comes later. */
START_TEST(test_links)
{
	image_add_symlink(&img, IMAGE_USER, "bin", "usr/bin", "x");
	image_add_symlink(&img, IMAGE_USER, "lib", "/usr/lib", "x");
	image_add_symlink(&img, IMAGE_USER, "usr/lib/up", "../../var/./x/..",
			  "x");
	image_add_symlink(&img, IMAGE_USER, "top", "../../..", "x");
	add("bin/sh", S_IFREG | 0755, IMAGE_WEAK, "x");
	add("bin/ls", S_IFREG | 0755, IMAGE_WEAK, "x");
	add("usr/bin/ls", S_IFREG | 0700, IMAGE_USER, "x");
	add("lib/modules/m", S_IFREG | 0644, IMAGE_OWN, "x");
	add("lib/up/v", S_IFREG | 0644, IMAGE_OWN, "x");
	add("top/t", S_IFREG | 0644, IMAGE_OWN, "x");
	expect_plan("bin:120777 lib:120777 t:100644 top:120777 usr:40755 "
		    "usr/bin:40755 usr/bin/ls:100700 usr/bin/sh:100755 "
		    "usr/lib:40755 usr/lib/modules:40755 "
		    "usr/lib/modules/m:100644 usr/lib/up:120777 var:40755 "
		    "var/v:100644 ");
}
END_TEST

/* What was looked up for one entry is known for the next: its parents, but not
 * the entry itself. */
START_TEST(test_links_neighbours)
{
	add("d", S_IFDIR | 0700, IMAGE_USER, "x");
	ck_assert_int_eq(
		image_add_symlink(&img, IMAGE_USER, "d/e/l", "../m", "x"), 0);
	add("d/e/l/f", S_IFREG | 0644, IMAGE_USER, "x");
	add("d/e/l/g/h", S_IFREG | 0644, IMAGE_USER, "x");
	add("d/e/n/o", S_IFREG | 0600, IMAGE_USER, "x");
	expect_plan("d:40700 d/e:40755 d/e/l:120777 d/e/n:40755 "
		    "d/e/n/o:100600 d/m:40755 d/m/f:100644 d/m/g:40755 "
		    "d/m/g/h:100644 ");
}
END_TEST

START_TEST(test_links_base)
{
	struct image_entry e = { .path = "lib",
				 .mode = S_IFLNK | 0777,
				 .data = "usr/lib",
				 .size = 7,
				 .rank = IMAGE_BASE };

	ck_assert_int_eq(image_add(&img, &e), 0);
	add("usr", S_IFDIR | 0755, IMAGE_BASE, "x");
	add("usr/lib", S_IFDIR | 0755, IMAGE_BASE, "x");
	add("lib/m", S_IFREG | 0644, IMAGE_OWN, "x");
	expect_plan("usr/lib/m:100644 ");
}
END_TEST

START_TEST(test_links_twice)
{
	image_add_symlink(&img, IMAGE_USER, "bin", "usr/bin", "x");
	add("bin/ls", S_IFREG | 0755, IMAGE_USER, "one");
	add("usr/bin/ls", S_IFREG | 0755, IMAGE_USER, "two");
	expect_error(-EEXIST, "usr/bin/ls: is given twice");
}
END_TEST

START_TEST(test_links_circle)
{
	image_add_symlink(&img, IMAGE_USER, "a", "b", "x");
	image_add_symlink(&img, IMAGE_USER, "b", "a", "x");
	add("a/f", S_IFREG | 0755, IMAGE_USER, "x");
	expect_error(-ELOOP, "a/f: symbolic links above it lead in a circle");
}
END_TEST

START_TEST(test_hard_links)
{
	add_hard("c", 1, 10, S_IFREG | 0644);
	add_hard("a", 1, 10, S_IFREG | 0644);
	add_hard("b", 2, 10, S_IFREG | 0644);
	add_hard("d", 1, 10, S_IFREG | 0644);
	/* Another mode cannot be the same file. */
	add_hard("e", 1, 10, S_IFREG | 0600);
	expect_plan("a:100644 b:100644 c:100644 d:100644 e:100600 ");
	ck_assert_uint_eq(img.order[0]->nlink, 3);
	ck_assert_uint_eq(img.order[0]->ino, 1);
	ck_assert(img.order[0]->first);
	ck_assert_uint_eq(img.order[2]->ino, 1);
	ck_assert(img.order[2]->first);
	ck_assert_uint_eq(img.order[3]->ino, 1);
	ck_assert(!img.order[3]->first);
	ck_assert_uint_eq(img.order[1]->nlink, 1);
	ck_assert_uint_eq(img.order[1]->ino, 2);
	ck_assert(!img.order[1]->first);
	ck_assert_uint_eq(img.order[4]->nlink, 1);
	ck_assert_uint_eq(img.order[4]->ino, 5);
}
END_TEST

START_TEST(test_empty)
{
	expect_plan("");
	ck_assert_uint_eq(img.n_order, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("imgplan");
	TCase *t = tcase_create("plan");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_order);
	tcase_add_test(t, test_order_runs);
	tcase_add_test(t, test_parents);
	tcase_add_test(t, test_parents_many);
	tcase_add_test(t, test_ranks);
	tcase_add_test(t, test_dirs_merge);
	tcase_add_test(t, test_twice);
	tcase_add_test(t, test_twice_kinds);
	tcase_add_test(t, test_below_file);
	tcase_add_test(t, test_below_file_weak);
	tcase_add_test(t, test_base);
	tcase_add_test(t, test_links);
	tcase_add_test(t, test_links_neighbours);
	tcase_add_test(t, test_links_base);
	tcase_add_test(t, test_links_twice);
	tcase_add_test(t, test_links_circle);
	tcase_add_test(t, test_hard_links);
	tcase_add_test(t, test_empty);
	suite_add_tcase(s, t);
	return s;
}
