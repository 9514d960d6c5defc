// SPDX-License-Identifier: MIT
#include "bzutil.h"
#include "host/kentry.h"
#include "host/msg.h"
#include "scratch.h"
#include "unit.h"

#include <errno.h>

static struct strv words;

static void setup(void)
{
	struct pvh none = PVH_GOOD;
	struct buf elf = pvh_make(&PVH_GOOD, "one"), bare, b;

	none.note = 1;
	bare = pvh_make(&none, "one");
	scratch_make();
	setenv("XDG_CACHE_HOME", at("cache"), 1);
	b = bz_make(elf.p, elf.n, CODEC_XZ);
	put("bzImage", b.p, b.n, 0644);
	buf_free(&b);
	b = bz_make(bare.p, bare.n, CODEC_XZ);
	put("without", b.p, b.n, 0644);
	buf_free(&b);
	put("vmlinux", elf.p, elf.n, 0644);
	put("bare", bare.p, bare.n, 0644);
	buf_free(&elf);
	buf_free(&bare);
	said_begin();
	msg_verbosity = 1;
}

static void teardown(void)
{
	strv_free(&words);
	scratch_remove();
}

/* Whether the kernel is entered through PVH. */
static bool unpacked(const char *name, enum kentry how)
{
	char *path = NULL;
	bool is;

	ck_assert_int_eq(kentry_find(at(name), how, &words, &path), 0);
	is = strstr(path, "/cache/bootlet/vmlinux/") != NULL;
	if (!is)
		ck_assert_str_eq(path, at(name));
	free(path);
	return is;
}

static void refused(const char *name, enum kentry how)
{
	char *path;

	ck_assert_int_eq(kentry_find(at(name), how, &words, &path), -ENOEXEC);
	ck_assert_int_eq(said_lines(), 1);
	ck_assert_said(at(name));
}

START_TEST(bzimage)
{
	ck_assert(unpacked("bzImage", KENTRY_AUTO));
	ck_assert_int_eq(said_lines(), 1);
	ck_assert_said("entered through PVH, without its boot code and KASLR");
	ck_assert(unpacked("bzImage", KENTRY_PVH));
	ck_assert(!unpacked("bzImage", KENTRY_BZIMAGE));
	ck_assert_int_eq(said_lines(), 2);
}
END_TEST

START_TEST(kaslr_is_asked_for)
{
	strv_push(&words, "quiet nokaslr");
	ck_assert(unpacked("bzImage", KENTRY_AUTO));
	strv_push(&words, "a=kaslr\tkaslr b");
	ck_assert(!unpacked("bzImage", KENTRY_AUTO));
	ck_assert_said("the command line has \"kaslr\"");
	/* Who names it gets it. */
	ck_assert(unpacked("bzImage", KENTRY_PVH));
}
END_TEST

static const struct {
	const char *line;
	bool asks;
} lines[] = {
	{ "kaslr", true },    { " kaslr ", true },  { "quiet\tkaslr", true },
	{ "nokaslr", false }, { "kaslr=1", false }, { "x.kaslr", false },
	{ "", false },	      { "  ", false },	    { "kasl r kaslrr", false },
};

START_TEST(word)
{
	strv_push(&words, lines[_i].line);
	ck_assert_int_eq(kentry_wants_image(&words) != NULL, lines[_i].asks);
}
END_TEST

START_TEST(without_entry)
{
	ck_assert(!unpacked("without", KENTRY_AUTO));
	ck_assert_int_eq(said_lines(), 1);
	ck_assert_said("booted as bzImage, not through PVH: it has no PVH");
	ck_assert(!unpacked("without", KENTRY_BZIMAGE));
}
END_TEST

START_TEST(without_entry_but_named)
{
	refused("without", KENTRY_PVH);
	ck_assert_said("--entry pvh: it has no PVH entry (CONFIG_PVH)");
}
END_TEST

START_TEST(elf)
{
	ck_assert(!unpacked("vmlinux", KENTRY_AUTO));
	ck_assert(!unpacked("vmlinux", KENTRY_PVH));
	ck_assert_int_eq(said_lines(), 0);
}
END_TEST

START_TEST(elf_as_bzimage)
{
	refused("vmlinux", KENTRY_BZIMAGE);
}
END_TEST

START_TEST(elf_without_entry)
{
	refused("bare", KENTRY_AUTO);
	ck_assert_said("name the bzImage");
}
END_TEST

/* Then there is more to wait for, and nothing else. */
START_TEST(no_cache)
{
	setenv("XDG_CACHE_HOME", "/dev/null/none", 1);
	ck_assert(!unpacked("bzImage", KENTRY_AUTO));
	ck_assert_said("booted as bzImage, not through PVH: the cache: Not a "
		       "directory");
}
END_TEST

START_TEST(names)
{
	enum kentry e;

	ck_assert_ptr_null(parse_kentry("bzimage", &e));
	ck_assert_int_eq(e, KENTRY_BZIMAGE);
	ck_assert_ptr_null(parse_kentry("pvh", &e));
	ck_assert_int_eq(e, KENTRY_PVH);
	ck_assert_ptr_null(parse_kentry("auto", &e));
	ck_assert_int_eq(e, KENTRY_AUTO);
	ck_assert_ptr_nonnull(parse_kentry("", &e));
	ck_assert_ptr_nonnull(parse_kentry("PVH", &e));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("kentry");
	TCase *t = tcase_create("kentry");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, bzimage);
	tcase_add_test(t, kaslr_is_asked_for);
	tcase_add_loop_test(t, word, 0, sizeof(lines) / sizeof(lines[0]));
	tcase_add_test(t, without_entry);
	tcase_add_test(t, without_entry_but_named);
	tcase_add_test(t, elf);
	tcase_add_test(t, elf_as_bzimage);
	tcase_add_test(t, elf_without_entry);
	tcase_add_test(t, no_cache);
	tcase_add_test(t, names);
	suite_add_tcase(s, t);
	return s;
}
