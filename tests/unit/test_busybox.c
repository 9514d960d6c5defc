// SPDX-License-Identifier: MIT
#include "unit.h"

#include "host/busybox.h"
#include "scratch.h"

#include <elf.h>
#include <errno.h>

#if defined(__aarch64__)
enum { HERE = EM_AARCH64, OTHER = EM_X86_64 };
#else
enum { HERE = EM_X86_64, OTHER = EM_AARCH64 };
#endif

enum { SIZE = 256 };

static unsigned char exe[SIZE];

static void build(unsigned int machine, unsigned int type, unsigned int segment)
{
	Elf64_Ehdr e = { .e_type = type,
			 .e_machine = machine,
			 .e_phoff = sizeof(e),
			 .e_phnum = 2,
			 .e_phentsize = sizeof(Elf64_Phdr) };
	Elf64_Phdr h[2] = { { .p_type = PT_LOAD }, { .p_type = segment } };

	memset(exe, 0, sizeof(exe));
	memcpy(e.e_ident, ELFMAG, SELFMAG);
	e.e_ident[EI_CLASS] = ELFCLASS64;
	e.e_ident[EI_DATA] = ELFDATA2LSB;
	memcpy(exe, &e, sizeof(e));
	memcpy(exe + sizeof(e), h, sizeof(h));
}

static void setup(void)
{
	scratch_make();
	said_begin();
	setenv("XDG_CACHE_HOME", at("cache"), 1);
	setenv("PATH", at("bin"), 1);
}

static void teardown(void)
{
	setenv("PATH", "/usr/bin:/bin", 1);
	scratch_remove();
}

static const struct {
	unsigned int machine, type, segment;
	const char *why;
} kinds[] = {
	{ HERE, ET_EXEC, PT_LOAD, NULL },
	{ HERE, ET_DYN, PT_DYNAMIC, NULL }, /* static PIE */
	{ HERE, ET_DYN, PT_INTERP, "dynamically linked" },
	{ HERE, ET_EXEC, PT_INTERP, "dynamically linked" },
	{ HERE, ET_REL, PT_LOAD, "another kind" },
	{ OTHER, ET_EXEC, PT_LOAD, "wrong architecture" },
};

START_TEST(parse)
{
	const char *why;

	build(kinds[_i].machine, kinds[_i].type, kinds[_i].segment);
	why = busybox_parse(exe, SIZE);
	if (kinds[_i].why)
		ck_assert_ptr_nonnull(strstr(why, kinds[_i].why));
	else
		ck_assert_ptr_null(why);
}
END_TEST

START_TEST(parse_every_length)
{
	build(HERE, ET_EXEC, PT_LOAD);
	for (size_t n = 0; n < sizeof(Elf64_Ehdr) + 2 * sizeof(Elf64_Phdr);
	     n++) {
		unsigned char *copy = malloc(n ? n : 1);

		memcpy(copy, exe, n);
		ck_assert_ptr_nonnull(busybox_parse(copy, n));
		free(copy);
	}
}
END_TEST

START_TEST(given)
{
	char *path;

	build(HERE, ET_EXEC, PT_LOAD);
	put("-my 'busy'\n", exe, SIZE, 0755);
	ck_assert_int_eq(busybox_find(at("-my 'busy'\n"), &path), 0);
	ck_assert_str_eq(path, at("-my 'busy'\n"));
	free(path);
}
END_TEST

static const struct {
	const char *name;
	int err;
	const char *words;
} bad[] = {
	{ "none", -ENOENT, "No such file" },
	{ "dir", -ENOEXEC, "not a regular file" },
	{ "script", -ENOEXEC, "no ELF file" },
	{ "empty", -ENOEXEC, "no ELF file" },
	{ "dynamic", -ENOEXEC, "take a static one" },
	{ "two\nlines", -ENOEXEC, "two\\x0alines" },
};

START_TEST(given_bad)
{
	char *path;

	put_text("dir/x", "");
	put_text("script", "#!/bin/sh\n");
	put_text("two\nlines", "");
	put_text("empty", "");
	build(HERE, ET_DYN, PT_INTERP);
	put("dynamic", exe, SIZE, 0755);
	ck_assert_int_eq(busybox_find(at(bad[_i].name), &path), bad[_i].err);
	ck_assert_ptr_null(path);
	ck_assert_said(bad[_i].words);
	ck_assert_int_eq(said_lines(), 1);
}
END_TEST

/* The cache wins over PATH, where a dynamic one is passed over. */
START_TEST(order)
{
	char *path, dirs[256];

	ck_assert_ptr_null(busybox_local());
	snprintf(dirs, sizeof(dirs), "%s:%s", at("bin"), at("bin2"));
	setenv("PATH", dirs, 1);
	build(HERE, ET_DYN, PT_INTERP);
	put("bin/busybox", exe, SIZE, 0755);
	ck_assert_ptr_null(busybox_local());
	build(HERE, ET_EXEC, PT_LOAD);
	put("bin2/busybox", exe, SIZE, 0755);
	ck_assert_int_eq(busybox_find(NULL, &path), 0);
	ck_assert_str_eq(path, at("bin2/busybox"));
	free(path);
	put("cache/bootlet/packages/busybox-static/usr/bin/busybox", exe, SIZE,
	    0755);
	put_text("cache/bootlet/packages/busybox-static/.bootlet-complete",
		 "1\n");
	ck_assert_int_eq(busybox_find(NULL, &path), 0);
	ck_assert_str_eq(path, at("cache/bootlet/packages/busybox-static/"
				  "usr/bin/busybox"));
	free(path);
	ck_assert_str_eq(said(), "");
}
END_TEST

START_TEST(nowhere)
{
	char *path;

	ck_assert_int_eq(busybox_find(NULL, &path), -EOPNOTSUPP);
	ck_assert_ptr_null(path);
	ck_assert_said("--busybox");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("busybox");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, parse, 0, sizeof(kinds) / sizeof(*kinds));
	tcase_add_test(t, parse_every_length);
	tcase_add_test(t, given);
	tcase_add_loop_test(t, given_bad, 0, sizeof(bad) / sizeof(*bad));
	tcase_add_test(t, order);
	tcase_add_test(t, nowhere);
	suite_add_tcase(s, t);
	return s;
}
