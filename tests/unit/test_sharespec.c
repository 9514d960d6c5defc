// SPDX-License-Identifier: MIT
#include "host/sharespec.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GOLDEN TOPDIR "/tests/unit/golden/"

/* --- values --------------------------------------------------------------- */

static bool exists(const char *path)
{
	static const char *const have[] = { "d", "a:b", "a", "x:rw", "o:ro/p" };

	for (size_t i = 0; i < sizeof(have) / sizeof(have[0]); i++)
		if (!strcmp(path, have[i]))
			return true;
	return false;
}

static const struct {
	const char *text, *dir, *at;
	bool rw;
} shares[] = {
	{ "d", "d", NULL, false },
	{ "d:rw", "d", NULL, true },
	{ "d:ro", "d", NULL, false },
	{ "d:/m", "d", "/m", false },
	{ "d:/m:rw", "d", "/m", true },
	{ "d:/m:ro", "d", "/m", false },
	{ "d:/m:n:rw", "d", "/m:n", true },
	{ "d:/m:rx", "d", "/m:rx", false },
	/* The longest name that is there. */
	{ "a:b", "a:b", NULL, false },
	{ "a:b:rw", "a:b", NULL, true },
	{ "a:b:/m", "a:b", "/m", false },
	{ "a:/b", "a", "/b", false },
	{ "x:rw", "x:rw", NULL, false },
	{ "x:rw:rw", "x:rw", NULL, true },
	{ "x:rw:/m:rw", "x:rw", "/m", true },
	{ "o:ro/p", "o:ro/p", NULL, false },
	/* Not there: said by whoever looks for it. */
	{ "none", "none", NULL, false },
	{ "none:/m:rw", "none", "/m", true },
	{ "a b\n,:/m", "a b\n,", "/m", false },
	{ "rw", "rw", NULL, false },
	{ "d:", "d", "", false },
};

START_TEST(a_share)
{
	struct share s;

	ck_assert_pstr_eq(parse_share(shares[_i].text, exists, &s), NULL);
	ck_assert_str_eq(s.dir, shares[_i].dir);
	ck_assert_pstr_eq(s.at, shares[_i].at);
	ck_assert_int_eq(s.rw, shares[_i].rw);
	free(s.dir);
	free(s.at);
}
END_TEST

START_TEST(no_share)
{
	struct share s;

	ck_assert_ptr_nonnull(parse_share("", exists, &s));
	ck_assert_ptr_null(s.dir);
}
END_TEST

START_TEST(environment)
{
	struct strv env = { 0 };

	setenv("BOOTLET_T", "here", 1);
	unsetenv("BOOTLET_U");
	ck_assert_pstr_eq(parse_env("A=1", &env), NULL);
	ck_assert_pstr_eq(parse_env("AB=2", &env), NULL);
	ck_assert_pstr_eq(parse_env("E=", &env), NULL);
	ck_assert_pstr_eq(parse_env("A=x=y\n", &env), NULL);
	ck_assert_pstr_eq(parse_env("BOOTLET_T", &env), NULL);
	ck_assert_pstr_eq(parse_env("BOOTLET_U", &env), NULL);
	ck_assert_ptr_nonnull(parse_env("", &env));
	ck_assert_ptr_nonnull(parse_env("=v", &env));
	ck_assert_uint_eq(env.n, 4);
	ck_assert_str_eq(env.v[0], "A=x=y\n");
	ck_assert_str_eq(env.v[1], "AB=2");
	ck_assert_str_eq(env.v[2], "E=");
	ck_assert_str_eq(env.v[3], "BOOTLET_T=here");
	strv_free(&env);
}
END_TEST

static const struct {
	const char *in, *out; /* out NULL: refused */
} places[] = {
	{ "/m", "/m" },
	{ "/m//n/./o/", "/m/n/o" },
	{ "/", "/" },
	{ "/dev/x", "/dev/x" },
	{ "/process", "/process" },
	{ "/tmp", "/tmp" },
	{ "m", NULL },
	{ "", NULL },
	{ "/a/../b", NULL },
	{ "/..", NULL },
	{ "/proc", NULL },
	{ "/proc/x", NULL },
	{ "//sys/", NULL },
	{ "/dev", NULL },
	{ "/.bootlet/rw", NULL },
};

START_TEST(mountpoints)
{
	char out[64];
	const char *wrong = parse_mountpoint(places[_i].in, out);

	ck_assert_msg(!wrong == !!places[_i].out, "%s: %s", places[_i].in,
		      wrong ? wrong : "taken");
	if (places[_i].out)
		ck_assert_str_eq(out, places[_i].out);
}
END_TEST

/* --- the plan ------------------------------------------------------------- */

static void add(struct sharespec *s, const char *dir, const char *at, bool rw,
		enum share_type type)
{
	struct share *share = &s->share[s->n];

	*share = (struct share){
		.dir = xstrdup(dir), .at = xstrdup(at), .rw = rw, .type = type
	};
	snprintf(share->tag, sizeof(share->tag), "share%u",
		 (unsigned int)s->n++);
	if (type == SHARE_VIRTIOFS)
		share->socket = xasprintf("/tmp/x,y/%s", share->tag);
}

/* Strings, one a line, an empty line where a row of mounts ends. */
static void add_lines(struct buf *text, const char *title,
		      const struct buf *strings, size_t row)
{
	size_t n = 0;

	buf_addf(text, "%s:\n", title);
	for (const char *p = strings->p;
	     strings->n && p < strings->p + strings->n; p += strlen(p) + 1)
		buf_addf(text, "%s%s", p, ++n % row ? "|" : "\n");
}

/* All that follows from what was asked for, as one text. */
static void same_as_golden(const struct sharespec *s, const char *machine,
			   const char *name)
{
	const struct machine *m = machine_find(machine);
	struct buf text = { 0 }, mounts = { 0 }, env = { 0 }, want = { 0 };
	struct strv argv = { 0 }, drivers = { 0 };
	char *path = xasprintf(GOLDEN "%s", name);

	sharespec_argv(s, m, 512, &argv);
	for (size_t i = 0; i < argv.n; i++)
		buf_addf(&text, "%s\n", argv.v[i]);
	sharespec_drivers(s, m, &drivers);
	for (size_t i = 0; i < drivers.n; i++)
		buf_addf(&text, "%s%s", i ? " " : "drivers: ", drivers.v[i]);
	buf_addc(&text, '\n');
	sharespec_mounts(s, &mounts);
	add_lines(&text, "mounts", &mounts, 5);
	sharespec_env(s, &env);
	add_lines(&text, "env", &env, 1);
	if (getenv("UPDATE_GOLDEN")) {
		FILE *f = fopen(path, "w");

		fputs(text.p, f);
		fclose(f);
	}
	ck_assert_int_eq(read_file(path, &want, 65536), 0);
	ck_assert_str_eq(text.p, want.p);
	strv_free(&argv);
	strv_free(&drivers);
	buf_free(&text);
	buf_free(&mounts);
	buf_free(&env);
	buf_free(&want);
	free(path);
}

START_TEST(nothing_is_nothing)
{
	struct sharespec s = { 0 };
	struct strv words = { 0 };
	struct buf text = { 0 };

	sharespec_argv(&s, machine_of(NULL), 512, &words);
	sharespec_drivers(&s, machine_of(NULL), &words);
	sharespec_mounts(&s, &text);
	sharespec_env(&s, &text);
	ck_assert_uint_eq(words.n, 0);
	ck_assert_uint_eq(text.n, 0);
	ck_assert(!sharespec_any(&s));
}
END_TEST

START_TEST(a_root_and_shares)
{
	struct sharespec s = { .root = xstrdup("/"),
			       .cwd = xstrdup("/home/a b"),
			       .shell = "/bin/bash" };

	add(&s, "/home/a,b", "/mnt/a b", false, SHARE_9P);
	add(&s, "/srv/x", "/mnt/x", true, SHARE_9P);
	add(&s, "/k/lib/modules/6.1", "/lib/modules/6.1", false, SHARE_BIND);
	parse_env("LANG=de_DE", &s.env);
	parse_env("A=b c", &s.env);
	same_as_golden(&s, "pc", "share-root.txt");
	sharespec_free(&s);
}
END_TEST

START_TEST(virtiofs_on_microvm)
{
	struct sharespec s = { 0 };

	add(&s, "/srv/x", "/mnt/x", true, SHARE_VIRTIOFS);
	add(&s, "/srv/y", "/mnt/y", false, SHARE_9P);
	same_as_golden(&s, "microvm", "share-virtiofs.txt");
	sharespec_free(&s);
}
END_TEST

START_TEST(a_command_of_its_own)
{
	struct sharespec s = { .cwd = xstrdup("/tmp/b"), .make_cwd = true };

	strv_push(&s.bare, "/tmp");
	same_as_golden(&s, "pc", "share-auto.txt");
	sharespec_free(&s);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("sharespec");
	TCase *t = tcase_create("values");

	tcase_add_loop_test(t, a_share, 0, sizeof(shares) / sizeof(shares[0]));
	tcase_add_test(t, no_share);
	tcase_add_test(t, environment);
	tcase_add_loop_test(t, mountpoints, 0,
			    sizeof(places) / sizeof(places[0]));
	suite_add_tcase(s, t);
	t = tcase_create("plan");
	tcase_add_test(t, nothing_is_nothing);
	tcase_add_test(t, a_root_and_shares);
	tcase_add_test(t, virtiofs_on_microvm);
	tcase_add_test(t, a_command_of_its_own);
	suite_add_tcase(s, t);
	return s;
}
