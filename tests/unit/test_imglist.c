// SPDX-License-Identifier: MIT
#include "host/imglist.h"

#include "unit.h"

#include <sys/stat.h>

static const struct {
	struct cpio_item item;
	const char *line;
} lines[] = {
	{ { .head = { .mode = S_IFREG | 0644, .nlink = 1, .size = 12 },
	    .name = "a b" },
	  "-rw-r--r--   1 0 0         12 a b\n" },
	{ { .head = { .mode = S_IFREG,
		      .nlink = 1000,
		      .uid = 1,
		      .gid = 2,
		      .size = 0xffffffff },
	    .name = "./x" },
	  "---------- 1000 1 2 4294967295 ./x\n" },
	{ { .head = { .mode = S_IFREG | 07777, .nlink = 1 }, .name = "x" },
	  "-rwsrwsrwt   1 0 0          0 x\n" },
	{ { .head = { .mode = S_IFREG | 07000, .nlink = 1 }, .name = "x" },
	  "---S--S--T   1 0 0          0 x\n" },
	{ { .head = { .mode = S_IFDIR | 0751, .nlink = 2 }, .name = "d" },
	  "drwxr-x--x   2 0 0          0 d\n" },
	{ { .head = { .mode = S_IFCHR | 0620,
		      .nlink = 1,
		      .rdevmajor = 5,
		      .rdevminor = 1 },
	    .name = "c" },
	  "crw--w----   1 0 0     5,   1 c\n" },
	{ { .head = { .mode = S_IFBLK | 0600,
		      .nlink = 1,
		      .rdevmajor = 259,
		      .rdevminor = 1048575 },
	    .name = "b" },
	  "brw-------   1 0 0 259,1048575 b\n" },
	{ { .head = { .mode = S_IFIFO | 0600, .nlink = 1 }, .name = "p" },
	  "prw-------   1 0 0          0 p\n" },
	{ { .head = { .mode = S_IFSOCK | 0600, .nlink = 1 }, .name = "s" },
	  "srw-------   1 0 0          0 s\n" },
	{ { .head = { .mode = 0600, .nlink = 1 }, .name = "?" },
	  "?rw-------   1 0 0          0 ?\n" },
	{ { .head = { .mode = S_IFLNK | 0777, .nlink = 1, .size = 3 },
	    .name = "l",
	    .target = "a\tb" },
	  "lrwxrwxrwx   1 0 0          3 l -> a\\x09b\n" },
	{ { .head = { .mode = S_IFREG | 0600, .nlink = 1 },
	    .name = "\x1b[1m\n\\\x7f\xc3\xa9" },
	  "-rw-------   1 0 0          0 "
	  "\\x1b[1m\\x0a\\x5c\\x7f\xc3\xa9\n" },
};

START_TEST(test_format)
{
	struct buf b = { 0 };

	imglist_format(&lines[_i].item, &b);
	ck_assert_str_eq(b.p, lines[_i].line);
	buf_free(&b);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("imglist");
	TCase *t = tcase_create("lines");

	tcase_add_loop_test(t, test_format, 0,
			    sizeof(lines) / sizeof(lines[0]));
	suite_add_tcase(s, t);
	return s;
}
