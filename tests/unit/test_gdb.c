// SPDX-License-Identifier: MIT
#include "host/gdb.h"
#include "scratch.h"
#include "unit.h"

#define GOLDEN TOPDIR "/tests/unit/golden/"

static struct gdbport private_port = { .path = "/tmp/bootlet-0-x/gdb" };

static struct gdb_spec basic(void)
{
	return (struct gdb_spec){
		.program = "gdb",
		.vmlinux = "/home/me/linux/vmlinux",
		.dir = "/tmp/bootlet-0-y",
		.loader = "/home/me/linux/vmlinux-gdb.py",
		.source = "/home/me/linux",
		.moddir = "/home/me/linux",
		.port = &private_port,
	};
}

/* The printed lines are the contract: README and users paste them. */
static void same_as_golden(struct gdb_spec *s, const char *name)
{
	char *path = xasprintf(GOLDEN "%s", name);
	struct buf out = { 0 }, want = { 0 };

	gdb_print(s, &out);
	if (getenv("UPDATE_GOLDEN")) {
		FILE *f = fopen(path, "w");

		fputs(out.p, f);
		fclose(f);
	}
	ck_assert_int_eq(read_file(path, &want, 65536), 0);
	ck_assert_str_eq(out.p, want.p);
	strv_free(&s->breaks);
	strv_free(&s->files);
	buf_free(&out);
	buf_free(&want);
	free(path);
}

START_TEST(plain)
{
	struct gdb_spec s = basic();

	same_as_golden(&s, "gdb-plain.txt");
}
END_TEST

START_TEST(out_of_tree_batch)
{
	struct gdb_spec s = basic();

	s.vmlinux = "/home/me/build/vmlinux";
	s.loader = "/home/me/build/vmlinux-gdb.py";
	s.moddir = "/home/me/build";
	s.batch = true;
	strv_push(&s.files, "/home/me/commands");
	same_as_golden(&s, "gdb-out-of-tree-batch.txt");
}
END_TEST

START_TEST(two_breaks)
{
	struct gdb_spec s = basic();

	strv_pushl(&s.breaks, "ep_poll_callback", "fs/proc/cmdline.c:8", NULL);
	same_as_golden(&s, "gdb-two-breaks.txt");
}
END_TEST

START_TEST(any_qemu)
{
	struct gdbport tcp = { .host = "127.0.0.1", .port = "1234" };
	struct gdb_spec s = basic();

	s.port = &tcp;
	s.loader = s.source = NULL;
	same_as_golden(&s, "gdb-connect-tcp.txt");
}
END_TEST

#define ODD "a b'c\"d,e$HOME`f`\\g"

static struct gdbport odd_port = { .path = "/run/a:" ODD };

static struct gdb_spec odd(void)
{
	struct gdb_spec s = {
		.program = "gdb",
		.vmlinux = "/src/" ODD "/vmlinux",
		.dir = "/tmp/bootlet-0-y",
		.loader = "/src/" ODD "/vmlinux-gdb.py",
		.source = "/src/" ODD,
		.moddir = "/src/" ODD,
		.port = &odd_port,
	};

	strv_push(&s.breaks, "foo if $x == '$'");
	strv_push(&s.files, "/home/me/-" ODD);
	return s;
}

START_TEST(hostile_names)
{
	struct gdb_spec s = odd();

	same_as_golden(&s, "gdb-hostile.txt");
}
END_TEST

/* --- through sh ------------------------------------------------------------- */

/* What is printed, done by sh: a gdb that notes its arguments, and keeps the
 * script, since the last line removes it. A newline, too, in a file's name. */
START_TEST(sh_reads_it_back)
{
	struct gdb_spec s = odd();
	struct strv argv = { 0 };
	struct buf out = { 0 }, script = { 0 }, want = { 0 }, got = { 0 };
	char *dir = xasprintf("%s/private '$dir", scratch), *cmd;
	char link[256] = "";

	put_script("bin/gdb", "#!/bin/sh\n"
			      "printf '%s\\n' gdb \"$@\" >\"$OUT/argv\"\n"
			      "cp \"$DIR/script\" \"$DIR/gdb.py\" \"$OUT\"\n"
			      "readlink -n \"$DIR/socket\" >\"$OUT/link\"\n");
	put_script("bin/bootlet", "#!/bin/sh\necho \"$@\"\n");
	s.dir = dir;
	strv_push(&s.files, "/home/me/new\nline");
	gdb_print(&s, &out);
	put("print", out.p, out.n, 0644);
	setenv("OUT", scratch, 1);
	setenv("DIR", dir, 1);
	cmd = xasprintf("PATH=%s/bin:$PATH sh -eu %s/print", scratch, scratch);
	ck_assert_int_eq(system(cmd), 0);

	gdb_argv(&s, &argv);
	for (size_t i = 0; i < argv.n; i++)
		buf_addf(&want, "%s\n", argv.v[i]);
	ck_assert_int_eq(read_file(at("argv"), &got, 65536), 0);
	ck_assert_str_eq(got.p, want.p);
	buf_free(&got);
	gdb_script(&s, &script);
	ck_assert_int_eq(read_file(at("script"), &got, 65536), 0);
	ck_assert_str_eq(got.p, script.p);
	buf_free(&got);
	ck_assert_int_eq(read_file(at("gdb.py"), &got, 65536), 0);
	ck_assert_str_eq(got.p, "gdb --script\n");
	buf_free(&got);
	ck_assert_int_eq(read_file(at("link"), &got, 65536), 0);
	ck_assert_str_eq(got.p, odd_port.path);
	ck_assert_int_lt(readlink(dir, link, sizeof(link)), 0);
	ck_assert_int_ne(access(dir, F_OK), 0);
	buf_free(&got);
	buf_free(&out);
	buf_free(&want);
	buf_free(&script);
	strv_free(&argv);
	strv_free(&s.breaks);
	strv_free(&s.files);
	free(cmd);
	free(dir);
}
END_TEST

/* --- what gdb cannot take --------------------------------------------------- */

START_TEST(newlines)
{
	struct gdbport bad_port = { .path = "/tmp/a\nb" };
	const char *what;
	struct gdb_spec s = basic();

	ck_assert_ptr_null(gdb_plan_check(&s, &what));
	s.vmlinux = "/a\nb/vmlinux";
	ck_assert_ptr_nonnull(gdb_plan_check(&s, &what));
	ck_assert_str_eq(what, s.vmlinux);
	s = basic();
	s.moddir = "/a\rb";
	ck_assert_ptr_nonnull(gdb_plan_check(&s, &what));
	s = basic();
	s.port = &bad_port;
	ck_assert_ptr_nonnull(gdb_plan_check(&s, &what));
	s = basic();
	strv_pushl(&s.breaks, "good", "a\nshell x", NULL);
	ck_assert_ptr_nonnull(gdb_plan_check(&s, &what));
	ck_assert_str_eq(what, "a\nshell x");
	strv_free(&s.breaks);
}
END_TEST

START_TEST(sockets)
{
	static const struct {
		const char *path;
		bool link;
	} cases[] = {
		{ "/tmp/x/gdb", false }, { "/tmp/a b/gdb", false },
		{ "/tmp/a:b", true },	 { "/tmp/end ", true },
		{ "|x", true },
	};
	const char *what;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct gdbport p = { .path = (char *)cases[i].path };
		struct gdb_spec s = basic();

		s.port = &p;
		ck_assert_msg(gdb_socket_link(&s) == cases[i].link, "%s",
			      p.path);
		s.dir = "/tmp/di:r";
		ck_assert_int_eq(gdb_plan_check(&s, &what) != NULL,
				 cases[i].link);
	}
}
END_TEST

START_TEST(python_is_there)
{
	size_t n = (size_t)(gdb_py_end - gdb_py);
	struct buf file = { 0 };

	ck_assert_int_eq(read_file(TOPDIR "/host/gdb.py", &file, 1 << 20), 0);
	ck_assert_uint_eq(file.n, n);
	ck_assert_int_eq(memcmp(file.p, gdb_py, n), 0);
	/* Each command that the script uses. */
	ck_assert_ptr_nonnull(strstr(gdb_py, "\"\"\"bootlet-attach "));
	ck_assert_ptr_nonnull(strstr(gdb_py, "\"\"\"bootlet-modules DIR:"));
	ck_assert_ptr_nonnull(strstr(gdb_py, "\"\"\"bootlet-break LOCATION:"));
	buf_free(&file);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("gdb");
	TCase *t = tcase_create("plan"), *sh = tcase_create("sh");

	tcase_add_test(t, plain);
	tcase_add_test(t, out_of_tree_batch);
	tcase_add_test(t, two_breaks);
	tcase_add_test(t, any_qemu);
	tcase_add_test(t, hostile_names);
	tcase_add_test(t, newlines);
	tcase_add_test(t, sockets);
	tcase_add_test(t, python_is_there);
	suite_add_tcase(s, t);
	tcase_add_checked_fixture(sh, scratch_make, scratch_remove);
	tcase_add_test(sh, sh_reads_it_back);
	suite_add_tcase(s, sh);
	return s;
}
