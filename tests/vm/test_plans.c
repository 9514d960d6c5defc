// SPDX-License-Identifier: MIT
/* What gdb and build would execute: printed, read back by sh, and executed by
 * programs that show what they were given. */
#include "vm.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct ran r;

#define CONFIG                                     \
	"# Linux/x86 6.1.7 Kernel Configuration\n" \
	"CONFIG_64BIT=y\nCONFIG_WANT=y\n"

/* A word a line, so that none can be taken for two. */
#define SHOW "#!/bin/sh\nprintf '<%s>\\n' \"$@\"\n"

static void setup(void)
{
	static const char *const dirs[] = { "tree", "bin", "tree/include",
					    "tree/include/linux" };

	vm_setup();
	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++)
		ck_assert_int_eq(mkdir(vm_at(dirs[i]), 0755), 0);
	vm_put("tree/Makefile", "VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 7\n",
	       false);
	vm_put("tree/Kconfig", "config WANT\n\tbool \"want\"\n", false);
	vm_put("tree/vmlinux", "", false);
}

static void teardown(void)
{
	const char *left;

	ran_free(&r);
	left = vm_cleanup();
	ck_assert_msg(!left, "left behind: %s", left ? left : "");
}

/* What it prints is read by sh, where bin/ goes before all. */
static void run_printed(void)
{
	struct text t = r.out;
	const char *here = strrchr(vm_bootlet(), '/');

	ck_assert_ptr_nonnull(here);
	r.out = (struct text){ 0 };
	ran_free(&r);
	vm_exec(&r, t.p, t.n,
		VM_ARGV("env",
			vm_fmt("PATH=%s:%.*s:%s", vm_at("bin"),
			       (int)(here - vm_bootlet()), vm_bootlet(),
			       getenv("PATH")),
			"sh", "-e"));
	free(t.p);
}

/* --- gdb ------------------------------------------------------------------ */

START_TEST(gdb_reads_its_files)
{
	vm_put("bin/show me", SHOW "[ -s \"$4\" ] || exit 9\ncat \"$6\"\n",
	       true);
	vm_put("a file", "", false);
	vm_host(&r, "gdb", "--connect", "tcp:127.0.0.1:9", "-k", vm_at("tree"),
		"--print", "--batch", "--break", "it's $(x) \\a", "--break",
		"start_kernel", "-x", vm_at("a file"), "--gdb-program",
		vm_at("bin/show me"));
	ck_code(&r, 0);
	run_printed();
	ck_code(&r, 0);
	ck_assert_str_eq(r.err.p, "");
	ck_assert_int_eq(strncmp(r.out.p, "<-q>\n<-batch>\n<-x>\n", 18), 0);
	ck_has(r.out, vm_fmt("<%s>\n", vm_at("tree/vmlinux")));
	ck_has(r.out, vm_fmt("%s>\n", vm_at("a file")));
	ck_has(r.out, "\ntarget remote 127.0.0.1:9\n");
	ck_has(r.out, "\nbootlet-break it's $(x) \\a\n"
		      "bootlet-break start_kernel\n");
}
END_TEST

START_TEST(gdb_has_its_script)
{
	vm_host(&r, "gdb", "--script");
	ck_code(&r, 0);
	ck_has(r.out, "import gdb\n");
	ck_has(r.out, "bootlet-attach");
	ck_assert_str_eq(r.err.p, "");
}
END_TEST

START_TEST(gdb_on_a_full_disk)
{
	vm_sh(&r, "\"$@\" >/dev/full", "gdb", "--connect", "tcp:127.0.0.1:9",
	      "-k", vm_at("tree"), "--print");
	ck_code(&r, 1);
	ck_one_line(&r, "stdout: cannot be written: No space left on device");
}
END_TEST

static const struct {
	const char *argv[7];
	int code;
	const char *says;
} refused[] = {
	{ { "gdb", "--connect", "tcp:1", "--name", "x" },
	  2,
	  "each names a guest; give one of them" },
	{ { "gdb", "--break", "" }, 2, "--break" },
	{ { "gdb", "-x", "/no/such" }, 2, "/no/such: No such file" },
	{ { "gdb", "-k", "" }, 2, "is empty" },
	{ { "gdb", "--connect", "tcp:1", "-k", "tree", "--vmlinux", "none" },
	  1,
	  "none" },
	{ { "build" }, 2, "build: needs the kernel's source: -k TREE" },
	{ { "build", "-k", "tree" },
	  1,
	  "no .config there; say what it shall have: bootlet build -k tree" },
	{ { "build", "-k", "tree", "-j", "0" }, 2, "a number from 1 on" },
	{ { "build", "-k", "tree", "-j", "9999" }, 2, "a number from 1 on" },
	{ { "build", "-k", "tree", "ARCH=vax" }, 2, "build: needs --arch" },
	{ { "build", "-k", "tree", "M=x" }, 2, "M=: not taken" },
	{ { "build", "-k", "tree", "nonesuch" }, 1, "no such fragment" },
	{ { "build", "-k", "tree", "--optimize", "9" }, 2, "--optimize 9" },
};

START_TEST(refused_in_one_line)
{
	const char *argv[16] = { "sh", "-c", "cd \"$TMPDIR\"; exec \"$@\"",
				 "sh", vm_bootlet() };

	for (size_t i = 0; i < 7 && refused[_i].argv[i]; i++)
		argv[5 + i] = refused[_i].argv[i];
	vm_exec(&r, NULL, 0, argv);
	ck_code(&r, refused[_i].code);
	ck_one_line(&r, refused[_i].says);
	ck_assert_str_eq(r.out.p, "");
}
END_TEST

/* --- build ---------------------------------------------------------------- */

START_TEST(build_prints_what_it_does)
{
	vm_put("bin/make", SHOW, true);
	vm_put("tree/.config", CONFIG, false);
	vm_host(&r, "build", "-k", vm_at("tree"), "--print", "-j", "3",
		"KCFLAGS=-DX=\"a b\"", "--optimize", "1");
	ck_code(&r, 0);
	run_printed();
	ck_code(&r, 0);
	ck_has(r.out, "<-j3>\n");
	ck_has(r.out, "-DX=\"a b\"");
	ck_has(r.out, "<bzImage>\n");
	ck_hasnt(r.out, "<modules>");
}
END_TEST

START_TEST(build_prints_both_steps)
{
	vm_host(&r, "build", "-k", vm_at("tree"), "--print", "--from",
		"tinyconfig", "--force", "--arch", "x86_64", "-O", vm_at("out"),
		"net");
	ck_code(&r, 0);
	ck_has(r.out, vm_fmt("bootlet config apply -k %s", vm_at("tree")));
	ck_has(r.out, "--force -- net\n");
	ck_has(r.out, vm_fmt("O=%s", vm_at("out")));
	/* What net asks for is one. */
	ck_has(r.out, "modules");
}
END_TEST

/* A make that makes, or says what is wrong. */
static void build(const char *make)
{
	static const char *const tools[] = { "gcc", "ld", "flex", "bison",
					     "bc" };

	vm_put("bin/make", make, true);
	for (size_t i = 0; i < sizeof(tools) / sizeof(*tools); i++)
		vm_put(vm_fmt("bin/%s", tools[i]), "#!/bin/sh\n", true);
	vm_put("tree/.config", CONFIG, false);
	ran_free(&r);
	vm_exec(&r, NULL, 0,
		VM_ARGV("env",
			vm_fmt("PATH=%s:%s", vm_at("bin"), getenv("PATH")),
			vm_bootlet(), "build", "-k", vm_at("tree"), "-j", "2",
			"-v"));
}

START_TEST(build_fails_in_words)
{
	build("#!/bin/sh\n"
	      "case \"$*\" in *--eval*) exit 3;; esac\n"
	      "echo '  CC      mm/a.o'\n"
	      "echo 'mm/a.c:1:2: error: odd' >&2\n"
	      "echo 'make[1]: *** [x:250: mm/a.o] Error 1' >&2\n"
	      "echo 'make: *** [x:9: .] Error 2' >&2\n"
	      "exit 2\n");
	ck_assert_int_ne(r.code, 0);
	ck_has(r.err, "mm/a.o");
	ck_has(r.err, "mm/a.c:1:2: error: odd");
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

Suite *suite(void)
{
	Suite *suite = suite_create("plans");
	TCase *t = tcase_create("printed");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, gdb_reads_its_files);
	tcase_add_test(t, gdb_has_its_script);
	tcase_add_test(t, gdb_on_a_full_disk);
	tcase_add_loop_test(t, refused_in_one_line, 0, COUNT(refused));
	tcase_add_test(t, build_prints_what_it_does);
	tcase_add_test(t, build_prints_both_steps);
	tcase_add_test(t, build_fails_in_words);
	suite_add_tcase(suite, t);
	return suite;
}
