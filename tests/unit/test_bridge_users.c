// SPDX-License-Identifier: MIT
#include "unit.h"

#include "host/bridge_users.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *text, *name; /* NULL: none */
} infos[] = {
	{ "pos:\t0\nflags:\t02004002\nmnt_id:\t24\niff:\ttap0\n", "tap0" },
	{ "iff:\tfifteen-bytes.0\n", "fifteen-bytes.0" },
	{ "iff:\ta b\n", "a b" },
	{ "pos:\t0\nflags:\t02\niff:\t\n", NULL },
	{ "pos:\t0\n", NULL },
	{ "", NULL },
	{ "xiff:\ttap0\n", NULL },
	{ "iff:\tsixteen-bytes-00\n", NULL },
};

START_TEST(fdinfo)
{
	char name[BRIDGE_NAME_SIZE] = "x";

	ck_assert(parse_fdinfo_iff(infos[_i].text, name) ==
		  (infos[_i].name != NULL));
	ck_assert_str_eq(name, infos[_i].name ? infos[_i].name : "");
}
END_TEST

#define WORDS(s)             \
	{                    \
		s, sizeof(s) \
	}

static const struct {
	struct {
		const char *p;
		size_t n;
	} words;
	const char *name; /* NULL: none */
} runs[] = {
	{ WORDS("qemu\0-chardev\0socket,id=channel,path=/tmp/"
		"bootlet-1000-test/channel,server=on"),
	  "test" },
	{ WORDS("qemu\0-chardev\0socket,path=/tmp/bootlet-0-a,,b c-1/channel"),
	  "a,,b c-1" },
	{ WORDS("path=/tmp/bootlet-0-812-0a1b2c3d/channel"), "812" },
	{ WORDS("path=/tmp/bootlet-0-812-0a1b2c3/channel"), "812-0a1b2c3" },
	{ WORDS("path=/tmp/bootlet-0-812-0a1b2c3dx/channel"), "812-0a1b2c3dx" },
	{ WORDS("/bootlet-0-x/initrd\0/bootlet-0-y/channel"), "y" },
	{ WORDS("/tmp/bootlet-1000-/channel"), NULL },
	{ WORDS("/tmp/bootlet-x/channel"), NULL },
	{ WORDS("/tmp/bootlet-12"), NULL },
	{ WORDS("/tmp/bootlet-12-x/chann"), NULL },
	{ WORDS("/tmp/bootlet-12-"), NULL },
	{ WORDS("/tmp/bootlet-"), NULL },
	{ WORDS(""), NULL },
};

/* The bytes end where they end: beyond is nothing to read. */
START_TEST(run_name)
{
	size_t n = runs[_i].words.n - 1;
	char *copy = malloc(n ? n : 1), *name;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, runs[_i].words.p, n);
	name = parse_run_name(copy, n);
	ck_assert_pstr_eq(name, runs[_i].name);
	free(name);
	free(copy);
}
END_TEST

START_TEST(in_words)
{
	struct tap_user u = { .tap = "tap0",
			      .pid = 12,
			      .program = (char[]){ "qemu-system-x86" } };
	const struct tap_users users = { &u, 1 };
	struct buf text = { 0 };

	tap_user_text(&u, &text);
	buf_addc(&text, '\n');
	u.run = (char[]){ "x" };
	tap_user_text(&u, &text);
	ck_assert_str_eq(text.p, "qemu-system-x86 (pid 12)\n"
				 "qemu-system-x86 (pid 12, bootlet run x)");
	ck_assert_ptr_eq(tap_users_find(&users, "tap0"), &u);
	ck_assert_ptr_null(tap_users_find(&users, "tap"));
	buf_free(&text);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("bridge_users");
	TCase *t = tcase_create("text");

	tcase_add_loop_test(t, fdinfo, 0, COUNT(infos));
	tcase_add_loop_test(t, run_name, 0, COUNT(runs));
	tcase_add_test(t, in_words);
	suite_add_tcase(s, t);
	return s;
}
