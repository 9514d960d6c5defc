// SPDX-License-Identifier: MIT
#include "host/str.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

START_TEST(buf_grows_and_stays_ended)
{
	struct buf b = { 0 };

	for (int i = 0; i < 10000; i++)
		buf_addf(&b, "%d,", i % 10);
	ck_assert_uint_eq(b.n, 20000);
	ck_assert_uint_eq(strlen(b.p), 20000);
	buf_add(&b, "\0x", 2);
	ck_assert_uint_eq(b.n, 20002);
	ck_assert_int_eq(b.p[20002], '\0');
	buf_free(&b);
	ck_assert_ptr_null(b.p);
	buf_adds(&b, "");
	ck_assert_str_eq(b.p, "");
	buf_free(&b);
}
END_TEST

START_TEST(strv_is_null_ended)
{
	struct strv v = { 0 };

	strv_pushl(&v, "a", "b", NULL);
	strv_pushf(&v, "%03d", 7);
	strv_take(&v, xstrdup("d"));
	ck_assert_uint_eq(v.n, 4);
	ck_assert_ptr_null(v.v[4]);
	ck_assert_str_eq(v.v[2], "007");
	ck_assert(strv_has(&v, "d"));
	ck_assert(!strv_has(&v, "e"));
	for (int i = 0; i < 100; i++)
		strv_push(&v, "x");
	ck_assert_ptr_null(v.v[104]);
	strv_free(&v);
	ck_assert_ptr_null(v.v);
}
END_TEST

static char *names[] = { "e1000", "e1000e", "ext4", "virtio_net", "9p" };

static const struct {
	const char *wrong, *near;
} misspelt[] = {
	{ "e10000", "e1000" },
	{ "e1000e", "e1000e" },
	{ "virtio-net", "virtio_net" },
	{ "virtionet", "virtio_net" },
	{ "etx4", "ext4" },
	{ "p9", "9p" },
	{ "zfs", NULL },
	{ "", NULL },
	{ "an_extremely_long_name_that_is_longer_than_any_module_ever_was_1234",
	  NULL },
};

START_TEST(nearest)
{
	const char *s = str_nearest(misspelt[_i].wrong, names, 5);

	if (misspelt[_i].near)
		ck_assert_pstr_eq(s, misspelt[_i].near);
	else
		ck_assert_ptr_null(s);
}
END_TEST

START_TEST(files_are_read_whole_or_refused)
{
	char path[] = "/tmp/bootlet-str-XXXXXX";
	int fd = mkstemp(path);
	struct buf b = { 0 };
	static char data[200000];

	memset(data, 'q', sizeof(data));
	ck_assert_int_eq(write(fd, data, sizeof(data)), sizeof(data));
	close(fd);
	ck_assert_int_eq(read_file(path, &b, sizeof(data)), 0);
	ck_assert_uint_eq(b.n, sizeof(data));
	ck_assert_mem_eq(b.p, data, sizeof(data));
	ck_assert_int_eq(read_file(path, &b, 100), -EFBIG);
	unlink(path);
	ck_assert_int_eq(read_file(path, &b, 100), -ENOENT);
	ck_assert_int_eq(read_file("/", &b, 100), -EISDIR);
	buf_free(&b);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("str");
	TCase *t = tcase_create("str");

	tcase_add_test(t, buf_grows_and_stays_ended);
	tcase_add_test(t, strv_is_null_ended);
	tcase_add_loop_test(t, nearest, 0,
			    sizeof(misspelt) / sizeof(misspelt[0]));
	tcase_add_test(t, files_are_read_whole_or_refused);
	suite_add_tcase(s, t);
	return s;
}
