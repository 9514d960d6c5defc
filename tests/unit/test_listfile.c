// SPDX-License-Identifier: MIT
#include "host/listfile.h"

#include "capture.h"
#include "host/str.h"
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct image img;
static char list[] = "/tmp/bootlet-unit-XXXXXX";

static void setup(void)
{
	int fd;

	img = (struct image){ 0 };
	strcpy(list + strlen(list) - 6, "XXXXXX");
	fd = mkstemp(list);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(close(fd), 0);
}

static void teardown(void)
{
	image_free(&img);
	unlink(list);
}

static int parse(const char *text)
{
	char *line = xstrdup(text);
	int err = listfile_parse(&img, line, "list:7");

	free(line);
	return err;
}

static void write_list(const char *text, size_t n)
{
	FILE *f = fopen(list, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(text, 1, n, f), n);
	ck_assert_int_eq(fclose(f), 0);
}

START_TEST(test_kinds)
{
	static const struct {
		const char *line, *path;
		uint32_t mode, uid, gid, major, minor;
	} lines[] = {
		{ "dir /dev 0755 1 2", "dev", S_IFDIR | 0755, 1, 2, 0, 0 },
		{ "nod /dev/c 0644 3 4 c 5 1", "dev/c", S_IFCHR | 0644, 3, 4, 5,
		  1 },
		{ "nod b 0 0 0 b 4095 1048575", "b", S_IFBLK, 0, 0, 4095,
		  1048575 },
		{ "pipe\tp \t4755 0 4294967295", "p", S_IFIFO | 04755, 0,
		  4294967295, 0, 0 },
		{ "sock s 777 0 0\r", "s", S_IFSOCK | 0777, 0, 0, 0, 0 },
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		const struct image_entry *e;

		ck_assert_int_eq(parse(lines[i].line), 0);
		ck_assert_uint_eq(img.n, i + 1);
		e = &img.e[i];
		ck_assert_str_eq(e->path, lines[i].path);
		ck_assert_uint_eq(e->mode, lines[i].mode);
		ck_assert_uint_eq(e->uid, lines[i].uid);
		ck_assert_uint_eq(e->gid, lines[i].gid);
		ck_assert_uint_eq(e->major, lines[i].major);
		ck_assert_uint_eq(e->minor, lines[i].minor);
		ck_assert_str_eq(e->src, "list:7");
		ck_assert_int_eq(e->rank, IMAGE_USER);
	}
}
END_TEST

START_TEST(test_slink)
{
	ck_assert_int_eq(parse("slink /a ../b 0777 0 0"), 0);
	ck_assert_uint_eq(img.e[0].mode, S_IFLNK | 0777);
	ck_assert_str_eq(img.e[0].data, "../b");
	ck_assert_uint_eq(img.e[0].size, 4);
}
END_TEST

START_TEST(test_file)
{
	char *line = xasprintf("file /a %s 0640 1 2", list);

	write_list("12345", 5);
	ck_assert_int_eq(parse(line), 0);
	ck_assert_uint_eq(img.n, 1);
	ck_assert_str_eq(img.e[0].src, list);
	ck_assert_uint_eq(img.e[0].size, 5);
	ck_assert_uint_eq(img.e[0].mode, S_IFREG | 0640);
	ck_assert_uint_eq(img.e[0].inode, 0);
	free(line);
}
END_TEST

START_TEST(test_hard_links)
{
	char *one = xasprintf("file a %s 0640 1 2 b dir/c", list);
	char *two = xasprintf("file d %s 0640 1 2 e", list);

	ck_assert_int_eq(parse(one), 0);
	ck_assert_int_eq(parse(two), 0);
	ck_assert_uint_eq(img.n, 5);
	ck_assert_int_eq(image_plan(&img), 0);
	/* a b d dir dir/c e */
	ck_assert_str_eq(img.order[4]->path, "dir/c");
	ck_assert_uint_eq(img.order[0]->nlink, 3);
	ck_assert_uint_eq(img.order[4]->ino, img.order[0]->ino);
	ck_assert(!img.order[4]->first);
	ck_assert_uint_eq(img.order[2]->nlink, 2);
	ck_assert_uint_ne(img.order[2]->ino, img.order[0]->ino);
	free(one);
	free(two);
}
END_TEST

START_TEST(test_variables)
{
	setenv("BOOTLET_UNIT_DIR", "/tmp", 1);
	setenv("BOOTLET_UNIT_REST", list + strlen("/tmp"), 1);
	unsetenv("BOOTLET_UNIT_NONE");
	ck_assert_int_eq(parse("file /${X} ${BOOTLET_UNIT_NONE}"
			       "${BOOTLET_UNIT_DIR}${BOOTLET_UNIT_REST} "
			       "0640 1 2"),
			 0);
	ck_assert_str_eq(img.e[0].src, list);
	/* Only locations are expanded. */
	ck_assert_str_eq(img.e[0].path, "${X}");
	/* A value is taken as it is. */
	setenv("BOOTLET_UNIT_DIR", "${BOOTLET_UNIT_DIR}", 1);
	capture_begin();
	parse("file /x ${BOOTLET_UNIT_DIR}/${x 0640 1 2");
	capture_expect("list:7: ${BOOTLET_UNIT_DIR}/${x: No such file");
}
END_TEST

START_TEST(test_nothing)
{
	ck_assert_int_eq(parse(""), 0);
	ck_assert_int_eq(parse("  \t "), 0);
	ck_assert_int_eq(parse("# file a b"), 0);
	ck_assert_int_eq(parse("#"), 0);
	ck_assert_uint_eq(img.n, 0);
}
END_TEST

static const struct {
	const char *line, *what;
} wrong[] = {
	{ "foo /a 0755 0 0", "list:7: foo: no such kind" },
	{ "dir /a 0755 0", "list:7: wrong number of words; it is dir NAME" },
	{ "dir /a 0755 0 0 0", "wrong number of words" },
	{ "dir /a 0855 0 0", "0855: is no mode" },
	{ "dir /a 10000 0 0", "10000: is no mode" },
	{ "dir /a -1 0 0", "-1: is no mode" },
	{ "dir /a x 0 0", "x: is no mode" },
	{ "dir /a 0755 -1 0", "-1: is no user number" },
	{ "dir /a 0755 0 4294967296", "4294967296: is no group number" },
	{ "nod /a 0755 0 0 d 1 2", "d: is neither b nor c" },
	{ "nod /a 0755 0 0 cc 1 2", "cc: is neither b nor c" },
	{ "nod /a 0755 0 0 c 4096 2", "4096: is no major" },
	{ "nod /a 0755 0 0 c 1 1048576", "1048576: is no minor" },
	{ "file /a /nonexistent/x 0755 0 0",
	  "list:7: /nonexistent/x: No such file" },
	{ "file /a /tmp 0755 0 0", "/tmp: is not a regular file" },
	{ "dir /../a 0755 0 0", "/../a: leads out" },
	{ "file", "wrong number of words; it is file NAME" },
};

START_TEST(test_wrong)
{
	int err;

	capture_begin();
	err = parse(wrong[_i].line);
	capture_expect(wrong[_i].what);
	ck_assert_int_lt(err, 0);
	ck_assert_uint_eq(img.n, 0);
}
END_TEST

START_TEST(test_add)
{
	static const char text[] = "# a list\n\ndir /a 0755 0 0\n"
				   "pipe /b 0600 0 0";

	write_list(text, sizeof(text) - 1);
	ck_assert_int_eq(listfile_add(&img, list), 0);
	ck_assert_uint_eq(img.n, 2);
	ck_assert_str_eq(img.e[1].path, "b");
	ck_assert_str_eq(img.e[1].src + strlen(list), ":4");
}
END_TEST

START_TEST(test_add_empty)
{
	ck_assert_int_eq(listfile_add(&img, list), 0);
	ck_assert_uint_eq(img.n, 0);
}
END_TEST

START_TEST(test_add_wrong)
{
	int err;

	write_list("dir a 755 0 0\ndir b\0", 20);
	capture_begin();
	err = listfile_add(&img, list);
	capture_expect(":2: has a NUL byte");
	ck_assert_int_eq(err, -EINVAL);
	write_list("dir c 755 0 0\ndir b\ndir\n", 24);
	capture_begin();
	err = listfile_add(&img, list);
	capture_expect(":2: wrong number");
	ck_assert_int_eq(err, -EINVAL);
	capture_begin();
	err = listfile_add(&img, "/nonexistent/list");
	capture_expect("/nonexistent/list: cannot read: No such file");
	ck_assert_int_eq(err, -ENOENT);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("listfile");
	TCase *t = tcase_create("listfile");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_kinds);
	tcase_add_test(t, test_slink);
	tcase_add_test(t, test_file);
	tcase_add_test(t, test_hard_links);
	tcase_add_test(t, test_variables);
	tcase_add_test(t, test_nothing);
	tcase_add_loop_test(t, test_wrong, 0, sizeof(wrong) / sizeof(wrong[0]));
	tcase_add_test(t, test_add);
	tcase_add_test(t, test_add_empty);
	tcase_add_test(t, test_add_wrong);
	suite_add_tcase(s, t);
	return s;
}
