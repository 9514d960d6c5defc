// SPDX-License-Identifier: MIT
#include "elfutil.h"
#include "host/gdbmods.h"
#include "scratch.h"
#include "unit.h"

#include <errno.h>

static const struct elf_part parts[] = {
	{ ".text", "code", 4, 0, SHF_ALLOC | SHF_EXECINSTR },
	{ ".init.text", "code", 4, 0, SHF_ALLOC | SHF_EXECINSTR },
	{ ".data", "data", 4, 0, SHF_ALLOC | SHF_WRITE },
	{ ".bss", "", 0, SHT_NOBITS, SHF_ALLOC | SHF_WRITE },
	{ ".rodata.str1.1", "text", 5, 0, SHF_ALLOC },
	{ ".comment", "gcc", 4, 0, 0 },
};

static void put_module(const char *name)
{
	struct buf b = elf_make(parts, 6, -1);

	put(name, b.p, b.n, 0644);
	buf_free(&b);
}

#define AWAY(name)   " -s " name " 0xdead000000000000"
#define ALL_BUT_TEXT AWAY(".init.text") AWAY(".data") AWAY(".rodata.str1.1")

/* --- one line --------------------------------------------------------------- */

static void expect_line(const char *report, const char *rest)
{
	struct buf out = { 0 };
	char *want = xasprintf("add-symbol-file %s%s", at("foo.ko"), rest);

	ck_assert_int_eq(gdbmods_line(report, at("foo.ko"), &out), 0);
	ck_assert_str_eq(out.p, want);
	free(want);
	buf_free(&out);
}

START_TEST(line)
{
	put_module("foo.ko");
	expect_line("foo .text=0xffffffffa0000000 .data=0xffffffffa0002000",
		    " 0xffffffffa0000000 -s .data 0xffffffffa0002000" AWAY(
			    ".init.text") AWAY(".rodata.str1.1"));
	/* Not in the file, not in memory (any more), empty. */
	expect_line("foo .text=0x1000 .symtab=0x2000 .comment=0x3000 "
		    ".init.text=0x4000 .bss=0x5000 .rodata.str1.1=0x6000",
		    " 0x1000 -s .rodata.str1.1 0x6000" AWAY(".init.text")
			    AWAY(".data"));
	/* The first counts; there may be no .text. */
	expect_line("foo .data=0x1000",
		    " -s .data 0x1000" AWAY(".text") AWAY(".init.text")
			    AWAY(".rodata.str1.1"));
	/* What is no address is left out. */
	expect_line("foo .text=0x1000 .data=0x0 .rodata.str1.1=0x1;shell",
		    " 0x1000" ALL_BUT_TEXT);
	expect_line("foo .text=0x1000 .data=4096 .data=0x .data=",
		    " 0x1000" ALL_BUT_TEXT);
}
END_TEST

START_TEST(no_line)
{
	static const char *const bad[] = {
		"foo",
		"foo ",
		"foo .text",
		"foo .text=0x0000",
		"foo .text=0x11112222333344445",
		"foo .symtab=0x1000",
		"foo =0x1000",
	};
	struct buf out = { 0 };

	put_module("foo.ko");
	put_text("no.ko", "no ELF file");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(gdbmods_line(bad[i], at("foo.ko"), &out) ==
				      -EINVAL,
			      "%s", bad[i]);
	ck_assert_int_eq(gdbmods_line("foo .text=0x1", at("no.ko"), &out),
			 -ENOEXEC);
	ck_assert_int_eq(gdbmods_line("foo .text=0x1", at("missing"), &out),
			 -ENOENT);
	ck_assert_int_eq(gdbmods_line("foo .text=0x1", "a\nb", &out), -EINVAL);
	ck_assert_uint_eq(out.n, 0);
}
END_TEST

START_TEST(quoted_for_gdb)
{
	struct buf out = { 0 };
	char *name = xasprintf("%s/a b'\"$\\,#.ko", scratch), *want;

	put_module("a b'\"$\\,#.ko");
	ck_assert_int_eq(gdbmods_line("foo .text=0x1000", name, &out), 0);
	want = xasprintf(
		"add-symbol-file %s/a\\ b\\'\\\"\\$\\\\,\\#.ko 0x1000" ALL_BUT_TEXT,
		scratch);
	ck_assert_str_eq(out.p, want);
	free(want);
	free(name);
	buf_free(&out);
}
END_TEST

/* Bytes of UTF-8 stay together: gdb.py reads the file as text. */
START_TEST(not_ascii)
{
	struct buf out = { 0 };
	char *want = xasprintf("add-symbol-file %s/b\303\244um/m.ko "
			       "0x1000" ALL_BUT_TEXT,
			       scratch);

	put_module("b\303\244um/m.ko");
	ck_assert_int_eq(gdbmods_line("m .text=0x1000", at("b\303\244um/m.ko"),
				      &out),
			 0);
	ck_assert_str_eq(out.p, want);
	free(want);
	buf_free(&out);
}
END_TEST

/* --- the file --------------------------------------------------------------- */

static struct gdbmods mods;

static void setup(void)
{
	scratch_make();
	put_module("tree/kernel/foo-bar.ko");
	put_module("tree/kernel/baz.ko");
	put_text("tree/modules.order", "kernel/foo-bar.ko\nkernel/baz.ko\n");
	mods = (struct gdbmods){ .path = strdup(at("modules.gdb")),
				 .moddir = strdup(at("tree")) };
}

static void teardown(void)
{
	free((char *)mods.path);
	free((char *)mods.moddir);
	gdbmods_free(&mods);
	scratch_remove();
}

static int report(const char *text)
{
	/* No NUL behind it: the sanitizer sees who reads on. */
	size_t n = strlen(text);
	char *p = memcpy(xrealloc(NULL, n + !n), text, n);
	int err = gdbmods_report(&mods, p, n);

	free(p);
	return err;
}

/* @want: lines, "%" for the directory. */
static void expect_file(const char *want)
{
	struct buf have = { 0 }, text = { 0 };

	for (; *want; want++)
		if (*want == '%')
			buf_adds(&text, scratch);
		else
			buf_addc(&text, *want);
	ck_assert_int_eq(read_file(mods.path, &have, 65536), 0);
	ck_assert_str_eq(have.p ? have.p : "", text.p ? text.p : "");
	buf_free(&have);
	buf_free(&text);
}

#define FOO "add-symbol-file %/tree/kernel/foo-bar.ko "
#define BAZ "add-symbol-file %/tree/kernel/baz.ko "

START_TEST(loaded_moved_gone)
{
	ck_assert_int_eq(report("foo_bar .text=0x1000"), 0);
	expect_file(FOO "0x1000" ALL_BUT_TEXT "\n");
	ck_assert_int_eq(report("baz .text=0x2000"), 0);
	expect_file(FOO "0x1000" ALL_BUT_TEXT "\n" BAZ "0x2000" ALL_BUT_TEXT
			"\n");
	ck_assert_int_eq(report("foo_bar .text=0x3000"), 0);
	expect_file(BAZ "0x2000" ALL_BUT_TEXT "\n" FOO "0x3000" ALL_BUT_TEXT
			"\n");
	ck_assert_int_eq(report("baz"), 0);
	expect_file(FOO "0x3000" ALL_BUT_TEXT "\n");
	ck_assert_int_eq(report("foo_bar"), 0);
	expect_file("");
}
END_TEST

START_TEST(same_again_writes_nothing)
{
	ck_assert_int_eq(report("baz .text=0x2000"), 0);
	ck_assert_int_eq(unlink(mods.path), 0);
	ck_assert_int_eq(report("baz .text=0x2000"), 0);
	ck_assert_int_eq(report("foo_bar"), 0);
	ck_assert_int_ne(access(mods.path, F_OK), 0);
	/* A name that begins with another's is another. */
	ck_assert_int_eq(report("ba"), 0);
	ck_assert_uint_eq(mods.lines.n, 1);
}
END_TEST

/* What is not found is said in a comment, and gone with the module. */
START_TEST(unknown_module)
{
	ck_assert_int_eq(report("other .text=0x1000"), 0);
	expect_file("# other: no symbols: its .ko is not in %/tree\n");
	ck_assert_int_eq(report("other"), 0);
	expect_file("");
	put_text("tree/kernel/baz.ko", "compressed");
	ck_assert_int_eq(report("baz .text=0x1000"), 0);
	expect_file("# baz: no symbols: its .ko cannot be read: no ELF file, "
		    "maybe compressed\n");
	gdbmods_free(&mods);
	free((char *)mods.moddir);
	mods.moddir = NULL;
	ck_assert_int_eq(report("baz .text=0x1000"), 0);
	expect_file("# baz: no symbols: its .ko is not in any tree\n");
}
END_TEST

/* The directory is looked at once, and what is wrong with it is said once. */
START_TEST(no_index)
{
	ck_assert_int_eq(unlink(at("tree/modules.order")), 0);
	put_text("tree/modules.order/no", "file");
	said_begin();
	ck_assert_int_eq(report("baz .text=0x1000"), 0);
	ck_assert_int_eq(report("foo_bar .text=0x1000"), 0);
	ck_assert_int_eq(said_lines(), 1);
	ck_assert_uint_eq(mods.lines.n, 2);
}
END_TEST

START_TEST(hostile_guest)
{
	static const char *const bad[] = {
		"",
		" .text=0x1000",
		"../baz .text=0x1000",
		"baz\n .text=0x1000",
		"baz .text=0x1000\nshell rm x",
		"baz .text=0x1000\tx",
		"b\x80z .text=0x1000",
	};
	char longest[200];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(report(bad[i]) == -EINVAL, "%s", bad[i]);
	ck_assert_int_eq(gdbmods_report(&mods, "baz\0 .text=0x1", 14), -EINVAL);
	memset(longest, 'a', sizeof(longest));
	ck_assert_int_eq(gdbmods_report(&mods, longest, sizeof(longest)),
			 -EINVAL);
	ck_assert_uint_eq(mods.lines.n, 0);
	ck_assert_int_ne(access(mods.path, F_OK), 0);
}
END_TEST

START_TEST(directory_is_gone)
{
	free((char *)mods.path);
	mods.path = strdup(at("nowhere/modules.gdb"));
	ck_assert_int_eq(report("baz .text=0x2000"), -ENOENT);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("gdbmods");
	TCase *one = tcase_create("line"), *all = tcase_create("file");

	tcase_add_checked_fixture(one, scratch_make, scratch_remove);
	tcase_add_test(one, line);
	tcase_add_test(one, no_line);
	tcase_add_test(one, quoted_for_gdb);
	tcase_add_test(one, not_ascii);
	suite_add_tcase(s, one);
	tcase_add_checked_fixture(all, setup, teardown);
	tcase_add_test(all, loaded_moved_gone);
	tcase_add_test(all, same_again_writes_nothing);
	tcase_add_test(all, unknown_module);
	tcase_add_test(all, no_index);
	tcase_add_test(all, hostile_guest);
	tcase_add_test(all, directory_is_gone);
	suite_add_tcase(s, all);
	return s;
}
