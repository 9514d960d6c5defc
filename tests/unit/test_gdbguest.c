// SPDX-License-Identifier: MIT
#include "elfutil.h"
#include "host/gdbguest.h"
#include "scratch.h"
#include "unit.h"

#include <errno.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* --- which guest ------------------------------------------------------------ */

static const struct guestinfo guests[] = {
	{ .dir = "/tmp/bootlet-0-1", .name = "one", .tree = "/src/a" },
	{ .dir = "/tmp/bootlet-0-2", .release = "6.1.0", .tree = "/src/b" },
	{ .dir = "/tmp/bootlet-0-3", .tree = "/src/b" },
};

static void expect_guest(size_t n, struct gdbguest_wish w, int index,
			 const char *part)
{
	struct buf why = { 0 };
	const struct guestinfo *g = gdbguest_choose(guests, n, &w, &why);

	if (index >= 0) {
		ck_assert_ptr_eq(g, &guests[index]);
		ck_assert_uint_eq(why.n, 0);
	} else {
		ck_assert_ptr_null(g);
		ck_assert_msg(strstr(why.p, part) != NULL, "%s", why.p);
		ck_assert_ptr_null(strchr(why.p, '\n'));
	}
	buf_free(&why);
}

START_TEST(clear)
{
	struct gdbguest_wish any = { 0 }, one = { .name = "one" };
	struct gdbguest_wish a = { .tree = "/src/a" }, c = { .tree = "/c" };

	expect_guest(1, any, 0, NULL);
	expect_guest(3, one, 0, NULL);
	expect_guest(3, a, 0, NULL);
	/* The only one, though it is of another tree: the build id tells. */
	expect_guest(1, c, 0, NULL);
}
END_TEST

START_TEST(unclear)
{
	struct gdbguest_wish any = { 0 }, b = { .tree = "/src/b" };
	struct gdbguest_wish two = { .name = "two" };
	struct gdbguest_wish odd = { .tree = "/src/a b" };

	expect_guest(0, any, -1, "bootlet run --gdb -k TREE");
	expect_guest(0, b, -1, "bootlet run --gdb -k /src/b");
	expect_guest(0, two, -1, "bootlet run --gdb --name two");
	/* What is to be typed is for sh. */
	expect_guest(0, odd, -1, "bootlet run --gdb -k '/src/a b'");
	expect_guest(3, any, -1,
		     "3 guests wait for gdb, choose one: --name one, "
		     "--guest /tmp/bootlet-0-2 (6.1.0), "
		     "--guest /tmp/bootlet-0-3");
	expect_guest(3, b, -1, "choose one");
	expect_guest(3, two, -1, "there are: --name one");
}
END_TEST

/* --- what stands where ------------------------------------------------------ */

START_TEST(source)
{
	char *dir;

	put_text("src/Kconfig", "");
	put_text("o/x", "");
	ck_assert_int_eq(symlink("../src", at("o/source")), 0);
	dir = gdbguest_source(at("o"));
	ck_assert_str_eq(dir, at("src"));
	free(dir);
	/* In the source itself; a directory of that name is no link. */
	put_text("src/source/x", "");
	dir = gdbguest_source(at("src"));
	ck_assert_str_eq(dir, at("src"));
	free(dir);
	ck_assert_int_eq(unlink(at("o/source")), 0);
	ck_assert_int_eq(symlink("../gone", at("o/source")), 0);
	ck_assert_ptr_null(gdbguest_source(at("o")));
}
END_TEST

START_TEST(loader)
{
	char *file;

	put_text("o/vmlinux", "");
	ck_assert_ptr_null(gdbguest_loader(at("o/vmlinux")));
	ck_assert_int_eq(symlink("gone", at("o/vmlinux-gdb.py")), 0);
	ck_assert_ptr_null(gdbguest_loader(at("o/vmlinux")));
	put_text("o/gone", "");
	file = gdbguest_loader(at("o/vmlinux"));
	ck_assert_str_eq(file, at("o/vmlinux-gdb.py"));
	free(file);
}
END_TEST

/* --- whether it can work ---------------------------------------------------- */

static void put_vmlinux(bool debug, bool id)
{
	const struct elf_part parts[] = {
		{ ".notes", ELF_NOTES, sizeof(ELF_NOTES) - 1,
		  id ? SHT_NOTE : SHT_PROGBITS, SHF_ALLOC },
		{ debug ? ".debug_info" : ".text", "bytes", 5, 0, 0 },
	};
	struct buf b = elf_make(parts, 2, -1);

	put("vmlinux", b.p, b.n, 0644);
	buf_free(&b);
}

static void expect_check(const char *running, int err, const char *part)
{
	said_begin();
	ck_assert_int_eq(gdbguest_check(at("vmlinux"), "/src/a", running), err);
	ck_assert_int_eq(said_lines(), err ? 1 : 0);
	if (part)
		ck_assert_said(part);
}

START_TEST(vmlinux)
{
	expect_check(NULL, -ENOENT, "bootlet build -k /src/a base debug");
	put_text("vmlinux", "text");
	expect_check(NULL, -ENOEXEC, "gdb needs vmlinux, not bzImage");
	put_vmlinux(false, true);
	expect_check(NULL, -ENODATA, "has no debug info");
	put_vmlinux(true, true);
	expect_check(NULL, 0, NULL);
	expect_check("deadbeef", 0, NULL);
	expect_check("deadbeee", -ESTALE, "is not the kernel that runs");
	/* Nothing to compare. */
	put_vmlinux(true, false);
	expect_check("deadbeee", -ESTALE, "has no build id");
}
END_TEST

START_TEST(program)
{
	static const struct {
		const char *script, *part;
		int err;
	} cases[] = {
		{ "echo python 42", NULL, 0 },
		{ "echo Python scripting is not supported in this copy of GDB. "
		  ">&2; exit 1",
		  "without Python", -ENOEXEC },
		{ "echo broken; exit 1", "does not work as gdb: broken",
		  -ENOEXEC },
		{ ":", "does not work as gdb\n", -ENOEXEC },
		{ "echo 'python 6 * 7'", "does not work as gdb", -ENOEXEC },
	};
	char *path;

	for (size_t i = 0; i < COUNT(cases); i++) {
		char *text = xasprintf("#!/bin/sh\n%s\n", cases[i].script);

		put_script("gdb", text);
		said_begin();
		ck_assert_int_eq(gdbguest_program(at("gdb"), true),
				 cases[i].err);
		ck_assert_int_eq(said_lines(), cases[i].err ? 1 : 0);
		if (cases[i].part)
			ck_assert_said(cases[i].part);
		free(text);
	}
	path = xstrdup(getenv("PATH"));
	said_begin();
	ck_assert_int_eq(gdbguest_program(at("none"), true), -ENOENT);
	ck_assert_said("none: cannot be started: No such file");
	setenv("PATH", scratch, 1);
	ck_assert_int_eq(unlink(at("gdb")), 0);
	said_begin();
	ck_assert_int_eq(gdbguest_program("gdb", false), -ENOENT);
	ck_assert_said("apt-get install gdb");
	setenv("PATH", path, 1);
	free(path);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("gdbguest");
	TCase *t = tcase_create("choose"), *files = tcase_create("files");

	tcase_add_test(t, clear);
	tcase_add_test(t, unclear);
	suite_add_tcase(s, t);
	tcase_add_checked_fixture(files, scratch_make, scratch_remove);
	tcase_add_test(files, source);
	tcase_add_test(files, loader);
	tcase_add_test(files, vmlinux);
	tcase_add_test(files, program);
	suite_add_tcase(s, files);
	return s;
}
