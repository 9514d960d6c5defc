// SPDX-License-Identifier: MIT
#include "unit.h"

#include "init/file.h"
#include "init/io.h"
#include "scratch.h"

#include <errno.h>

START_TEST(reads_what_fits)
{
	char buf[6];

	put_text("five", "12345");
	put_text("six", "123456");
	put_text("none", "");
	ck_assert_int_eq(file_read(at("five"), buf, sizeof(buf)), 5);
	ck_assert_str_eq(buf, "12345");
	ck_assert_int_eq(file_read(at("six"), buf, sizeof(buf)), 5);
	ck_assert_str_eq(buf, "12345");
	ck_assert_int_eq(file_read(at("none"), buf, sizeof(buf)), 0);
	ck_assert_str_eq(buf, "");
}
END_TEST

START_TEST(leaves_an_empty_string_behind_a_failure)
{
	char buf[6] = "old";

	ck_assert_int_eq(file_read(at("missing"), buf, sizeof(buf)), -ENOENT);
	ck_assert_str_eq(buf, "");
	buf[0] = 'x';
	ck_assert_int_eq(file_read(scratch, buf, sizeof(buf)), -EISDIR);
	ck_assert_str_eq(buf, "");
}
END_TEST

START_TEST(writes_and_replaces)
{
	char buf[16];
	int flags = O_CREAT | O_TRUNC;

	ck_assert_int_eq(file_write(at("f"), 0, "x", 1), -ENOENT);
	ck_assert_int_eq(file_write(at("f"), flags, "longer", 6), 0);
	ck_assert_int_eq(file_write(at("f"), flags, "short", 5), 0);
	ck_assert_int_eq(file_read(at("f"), buf, sizeof(buf)), 5);
	ck_assert_str_eq(buf, "short");
	ck_assert_int_eq(file_write("/dev/full", 0, "x", 1), -ENOSPC);
}
END_TEST

/* As an image may have them in the place of any file. */
START_TEST(fifos_do_not_block)
{
	char buf[6] = "old";

	ck_assert_int_eq(mkfifo(at("fifo"), 0644), 0);
	ck_assert_int_eq(file_read(at("fifo"), buf, sizeof(buf)), 0);
	ck_assert_str_eq(buf, "");
	ck_assert_int_eq(file_write(at("fifo"), O_CREAT | O_TRUNC, "x", 1),
			 -ENXIO);
}
END_TEST

START_TEST(reads_what_the_kernel_makes)
{
	static const char *const paths[] = {
		"/proc/cmdline",
		"/proc/self/mounts",
		"/proc/sys/kernel/osrelease",
		"/sys/devices/system/cpu/possible",
	};
	char buf[64];

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		ck_assert_msg(file_read(paths[i], buf, sizeof(buf)) > 0, "%s",
			      paths[i]);
}
END_TEST

START_TEST(maps_files_that_have_something)
{
	size_t size = 1;
	const char *p;
	int fd;

	put_text("empty", "");
	put_text("text", "abc");
	fd = open(at("empty"), O_RDONLY);
	ck_assert_ptr_null(file_map(fd, &size));
	ck_assert_uint_eq(size, 0);
	close(fd);
	fd = open(at("text"), O_RDONLY);
	p = file_map(fd, &size);
	ck_assert_uint_eq(size, 3);
	ck_assert_mem_eq(p, "abc", 3);
	io_unmap(p, size);
	close(fd);
}
END_TEST

START_TEST(finds_words)
{
	static const char list[] = "a\0bc\0";
	static const char spaces[] = " \t\n\v\f\r";

	ck_assert_str_eq(text_after("HOME=/", "HOME="), "/");
	ck_assert_str_eq(text_after("HOME=", "HOME="), "");
	ck_assert_str_eq(text_after("x", ""), "x");
	ck_assert_ptr_null(text_after("HOM", "HOME="));
	ck_assert(text_listed(list, "a"));
	ck_assert(text_listed(list, "bc"));
	ck_assert(!text_listed(list, "b"));
	ck_assert(!text_listed(list, ""));
	ck_assert(!text_listed("", "a"));
	for (const char *p = spaces; *p; p++)
		ck_assert(text_is_space(*p));
	ck_assert(!text_is_space('\0') && !text_is_space('x'));
	ck_assert_int_eq(text_fold('-'), '_');
	ck_assert_int_eq(text_fold('_'), '_');
	ck_assert_int_eq(text_fold('a'), 'a');
}
END_TEST

static const struct {
	const char *text;
	int max, number;
	const char *rest; /* NULL: anywhere */
} numbers[] = {
	{ "0", 9, 0, "" },
	{ "007x", 9, 7, "x" },
	{ "255.", 255, 255, "." },
	{ "256", 255, -1, NULL },
	{ "99999999999999999999", (1 << 27) - 1, -1, NULL },
	{ "134217727", (1 << 27) - 1, (1 << 27) - 1, "" },
	{ "", 9, -1, "" },
	{ "-1", 9, -1, "-1" },
	{ " 1", 9, -1, " 1" },
};

START_TEST(reads_numbers)
{
	const char *p = numbers[_i].text;

	ck_assert_int_eq(parse_number(&p, numbers[_i].max), numbers[_i].number);
	if (numbers[_i].rest)
		ck_assert_str_eq(p, numbers[_i].rest);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("file");
	TCase *t = tcase_create("file");

	tcase_add_checked_fixture(t, scratch_make, scratch_remove);
	tcase_add_test(t, reads_what_fits);
	tcase_add_test(t, leaves_an_empty_string_behind_a_failure);
	tcase_add_test(t, writes_and_replaces);
	tcase_add_test(t, fifos_do_not_block);
	tcase_add_test(t, reads_what_the_kernel_makes);
	tcase_add_test(t, maps_files_that_have_something);
	tcase_add_test(t, finds_words);
	tcase_add_loop_test(t, reads_numbers, 0,
			    sizeof(numbers) / sizeof(numbers[0]));
	suite_add_tcase(s, t);
	return s;
}
