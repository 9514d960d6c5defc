// SPDX-License-Identifier: MIT
/* Commands that boot nothing, as a user types them: what they print where, and
 * the exit code. Kernels' own makefiles are full_kconfig.c's. */
#include "vm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct ran r;

static void teardown(void)
{
	const char *left;

	ran_free(&r);
	left = vm_cleanup();
	ck_assert_msg(!left, "left behind: %s", left ? left : "");
}

/* --- the command itself --------------------------------------------------- */

static const char *const names[] = {
	"run",	  "initramfs", "config", "build", "gdb",    "dump",
	"inject", "net",       "scan",	 "bench", "doctor",
};

START_TEST(usage)
{
	static const char *const words[] = { "--help", "-h", "help", NULL };
	const char *told;

	vm_exec(&r, NULL, 0, VM_ARGV(vm_bootlet(), words[_i]));
	ck_code(&r, words[_i] ? 0 : 2);
	told = words[_i] ? r.out.p : r.err.p;
	ck_assert_str_eq(words[_i] ? r.err.p : r.out.p, "");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		ck_assert_msg(strstr(told, vm_fmt("\n  bootlet %s ", names[i])),
			      "%s is not in: %s", names[i], told);
}
END_TEST

START_TEST(version)
{
	vm_host(&r, "--version");
	ck_code(&r, 0);
	ck_assert_int_eq(strncmp(r.out.p, "bootlet ", 8), 0);
	ck_assert_int_eq(text_lines(&r.out), 1);
}
END_TEST

static const struct {
	const char *argv[9];
	int code;
	const char *says;
} refused[] = {
	{ { "gbd" }, 2, "gbd: no such command; did you mean gdb?" },
	{ { "frobnicate" }, 2, "no such command; see bootlet --help" },
	{ { "completion" }, 2, "for bash only: bootlet completion bash" },
	{ { "completion", "zsh" }, 2, "for bash only" },
	{ { "doctor", "me" }, 2, "doctor: me: takes no arguments" },
	{ { "config" }, 2, "list, print, apply or check?" },
	{ { "config", "prnt" },
	  2,
	  "prnt: no such thing to do; did you mean "
	  "print?" },
	{ { "config", "xxxxxxxx" }, 2, "there are list, print, apply, check" },
	{ { "config", "list", "base" }, 2, "base: list takes no name" },
	{ { "config", "print" }, 2, "print: needs the name of a fragment" },
	{ { "config", "print", "nonesuch" }, 1, "nonesuch: no such fragment" },
	{ { "config", "check" }, 2, "check: needs a .config and names" },
	{ { "config", "check", "/no/such", "base" }, 2, "/no/such: " },
	{ { "config", "apply", "base" }, 2, "needs the kernel's source: -k" },
	{ { "config", "apply", "-k", "/no/such", "base" }, 1, "/no/such" },
	{ { "config", "apply", "-k", "tree" }, 2, "needs the name of a frag" },
	{ { "config", "apply", "-k", "tree", "--from", "x", "base" },
	  2,
	  "must be tinyconfig, defconfig or current" },
	{ { "config", "apply", "-k", "tree", "--arch", "vax", "base" },
	  2,
	  "no architecture that the fragments know (x86_64, arm64)" },
	{ { "config", "apply", "-k", "tree", "ARCH=vax", "base" },
	  2,
	  "apply: needs --arch: no architecture" },
	{ { "config", "apply", "-k", "tree", "--arch", "arm64", "ARCH=x86",
	    "base" },
	  2,
	  "ARCH=x86: not what --arch arm64 says" },
	{ { "config", "apply", "-k", "tree", "M=here", "base" },
	  2,
	  "M=: not taken" },
	{ { "config", "apply", "-k", "a tree", "base" },
	  2,
	  "has a \" \" in its name, which the kernel's makefiles" },
	{ { "gdb" }, 1, "no guest waits for gdb; start one first" },
	{ { "gdb", "--name", "x" }, 1, "x: " },
	{ { "gdb", "-k", "/no/such" }, 1, "/no/such: No such file" },
	{ { "gdb", "start_kernel" }, 2, "a breakpoint is --break start_k" },
	{ { "gdb", "--guest", "/no/such" },
	  1,
	  "/no/such: no run that waits for gdb has this directory" },
	{ { "gdb", "--connect", "tcp:x" }, 2, "tcp:x" },
};

static void put_tree(const char *name)
{
	static const char *const dirs[] = { "",
					    "/scripts",
					    "/scripts/basic",
					    "/scripts/kconfig",
					    "/include",
					    "/include/linux" };
	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++)
		ck_assert_int_eq(
			mkdir(vm_at(vm_fmt("%s%s", name, dirs[i])), 0755), 0);
	vm_put(vm_fmt("%s/Makefile", name),
	       "VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 7\n", false);
	vm_put(vm_fmt("%s/Kconfig", name),
	       "config WANT\n\tbool \"want\"\n\tdepends on MORE\n"
	       "config MORE\n\tbool \"more\"\n",
	       false);
	vm_put(vm_fmt("%s/scripts/basic/fixdep.c", name), "", false);
	vm_put(vm_fmt("%s/scripts/kconfig/conf.c", name), "", false);
	vm_put(vm_fmt("%s/include/linux/a.h", name), "", false);
}

START_TEST(refused_in_one_line)
{
	const char *argv[16] = { "sh", "-c", "cd \"$TMPDIR\"; exec \"$@\"",
				 "sh", vm_bootlet() };

	put_tree("tree");
	put_tree("a tree");
	for (size_t i = 0; refused[_i].argv[i]; i++)
		argv[5 + i] = refused[_i].argv[i];
	vm_exec(&r, NULL, 0, argv);
	ck_code(&r, refused[_i].code);
	ck_one_line(&r, refused[_i].says);
	ck_assert_str_eq(r.out.p, "");
	ck_assert_int_lt(access(vm_at("tree/.config"), F_OK), 0);
}
END_TEST

/* What a shell makes of it, and not only that it takes it. */
START_TEST(completion)
{
	static const char script[] =
		"eval \"$(\"$1\" completion bash)\" || exit 9\n"
		"complete_it() { COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1))\n"
		"	COMPREPLY=(); _bootlet; echo \"${COMPREPLY[*]}\"; }\n"
		"complete_it bootlet in\n"
		"complete_it bootlet config --js\n"
		"complete_it bootlet run --accel t\n"
		"cd / && complete_it bootlet run -- et\n";

	vm_exec(&r, NULL, 0, VM_ARGV("bash", "-c", script, "b", vm_bootlet()));
	ck_code(&r, 0);
	ck_assert_str_eq(r.out.p, "initramfs inject\n--json\ntcg\netc\n");
	ck_assert_str_eq(r.err.p, "");
}
END_TEST

/* A full disk behind stdout is no success. */
START_TEST(full_stdout)
{
	static const char *const argv[][5] = {
		{ "config", "list" },
		{ "config", "print", "base" },
		{ "run", "-k", "distro", "--print" },
	};
	const char *run[10] = { "sh", "-c", "exec \"$@\" >/dev/full", "sh",
				vm_bootlet() };

	for (size_t i = 0; argv[_i][i]; i++)
		run[5 + i] = argv[_i][i];
	vm_exec(&r, NULL, 0, run);
	ck_assert_int_ne(r.code, 0);
	ck_one_line(&r, "stdout: cannot be written: No space left on device");
}
END_TEST

/* --- doctor --------------------------------------------------------------- */

START_TEST(doctor_tells_each_check)
{
	static const char *const checks[] = { "qemu",	 "kvm",	    "kernel",
					      "modules", "busybox", "packages",
					      "cache",	 "tun",	    "gdb" };
	char *line;

	vm_host(&r, "doctor");
	ck_code(&r, 0);
	ck_has(r.out, "ok    qemu      QEMU ");
	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++)
		ck_has(r.out, vm_fmt(" %-9s ", checks[i]));
	for (line = strtok(r.out.p, "\n"); line; line = strtok(NULL, "\n"))
		ck_assert_msg(!strncmp(line, "ok    ", 6) ||
				      !strncmp(line, "warn  ", 6) ||
				      !strncmp(line, "                -> ", 19),
			      "%s", line);
}
END_TEST

/* The path of the cache is no UTF-8; what is JSON has to be. */
START_TEST(doctor_in_json)
{
	static const char script[] =
		"import json, sys\n"
		"for r in json.load(sys.stdin.buffer):\n"
		"    print(r['state'], r['name'], r['remedy'] != '')\n";

	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-c",
			"X=$(printf \"$TMPDIR/a\\377b\"); mkdir \"$X\";"
			"P=$(command -v python3);"
			"{ XDG_CACHE_HOME=$X PATH=/nowhere \"$1\" doctor --json;"
			"echo $? >&2; } | \"$P\" -c \"$2\"",
			"sh", vm_bootlet(), script));
	ck_code(&r, 0);
	/* bootlet run cannot work without QEMU. */
	ck_assert_str_eq(r.err.p, "1\n");
	ck_has(r.out, "fail qemu True\n");
	ck_has(r.out, "warn gdb True\n");
	ck_has(r.out, " cache False\n");
}
END_TEST

/* --- config --------------------------------------------------------------- */

START_TEST(list_and_print)
{
	vm_host(&r, "config", "list");
	ck_code(&r, 0);
	ck_assert_int_eq(strncmp(r.out.p, "base       boots with bootlet", 29),
			 0);
	ck_assert_int_ge(text_lines(&r.out), 10);
	ran_free(&r);
	vm_host(&r, "config", "print", "net", "virtio");
	ck_code(&r, 0);
	ck_has(r.out, "\nCONFIG_NET=y\n");
	ck_has(r.out, "\nCONFIG_VIRTIO_NET=");
	ck_assert_str_eq(r.err.p, "");
}
END_TEST

static void put_wants(void)
{
	vm_put("a.config", "CONFIG_WANT=y\n", false);
}

START_TEST(check_without_a_tree)
{
	put_wants();
	vm_put("have",
	       "# Linux/x86 6.1.7 Kernel Configuration\n"
	       "CONFIG_WANT=y\n",
	       false);
	vm_host(&r, "config", "check", vm_at("have"), vm_at("a.config"));
	ck_code(&r, 0);
	ck_assert_str_eq(r.out.p, "");
	ck_one_line(&r, "have: all 1 symbols hold");
	ran_free(&r);
	vm_host(&r, "config", "check", "--all", vm_at("have"),
		vm_at("a.config"));
	ck_code(&r, 0);
	ck_has(r.out, "WANT");
}
END_TEST

/* A directory stands for its .config, which its own source explains. */
START_TEST(check_explains)
{
	put_wants();
	put_tree("tree");
	vm_put("tree/.config",
	       "# Linux/x86 6.1.7 Kernel Configuration\n"
	       "CONFIG_64BIT=y\n",
	       false);
	vm_host(&r, "config", "check", vm_at("tree"), vm_at("a.config"));
	ck_code(&r, 1);
	ck_has(r.out, "CONFIG_WANT");
	ck_has(r.out, "CONFIG_MORE=y");
	ck_one_line(&r, "tree/.config: 1 of 1 symbols do not hold");
	ran_free(&r);
	vm_host(&r, "config", "check", "--json", vm_at("tree"),
		vm_at("a.config"));
	ck_code(&r, 1);
	ck_has(r.out, "\"CONFIG_MORE=y\"");
	ck_assert_str_eq(r.err.p, "");
}
END_TEST

START_TEST(check_with_another_release)
{
	put_wants();
	put_tree("tree");
	vm_put("have",
	       "# Linux/x86 5.10.1 Kernel Configuration\n"
	       "CONFIG_MORE=y\nCONFIG_WANT=y\n",
	       false);
	vm_host(&r, "config", "check", "-k", vm_at("tree"), vm_at("have"),
		vm_at("a.config"));
	ck_code(&r, 0);
	ck_has(r.err, "is of 5.10.1, but ");
	ck_has(r.err, "have: all 1 symbols hold");
}
END_TEST

/* As the kernel's make, which drops what @DROP says. */
static const char make_script[] =
	"#!/bin/sh\n"
	"for t; do :; done\n"
	"mkdir -p include/config scripts/kconfig && : >scripts/kconfig/conf &&\n"
	"	: >include/config/auto.conf && : >scripts/basic/fixdep || exit 8\n"
	"case $t in\n"
	"tinyconfig) echo CONFIG_64BIT=y >.config;;\n"
	"olddefconfig) grep -v \"${DROP:-none}\" .config >x; mv x .config;;\n"
	"*) exit 7;;\n"
	"esac\n";

static void apply(const char *drop, const char *option)
{
	ran_free(&r);
	vm_exec(&r, NULL, 0,
		VM_ARGV("env",
			vm_fmt("PATH=%s:%s", vm_at("bin"), getenv("PATH")),
			vm_fmt("DROP=%s", drop), vm_bootlet(), "config",
			"apply", "-k", vm_at("tree"), "--from", "tinyconfig",
			vm_at("a.config"), option));
}

START_TEST(apply_writes_once)
{
	static const char *const tools[] = { "gcc", "ld", "flex", "bison" };
	struct text t;

	vm_put("a.config", "CONFIG_MORE=y\nCONFIG_WANT=y\n", false);
	put_tree("tree");
	mkdir(vm_at("bin"), 0755);
	vm_put("bin/make", make_script, true);
	for (size_t i = 0; i < sizeof(tools) / sizeof(*tools); i++)
		vm_put(vm_fmt("bin/%s", tools[i]), "#!/bin/sh\n", true);

	/* What make drops is not there: nothing is written. */
	apply("WANT", NULL);
	ck_code(&r, 1);
	ck_has(r.out, "CONFIG_WANT");
	ck_has(r.err, "tree: left as it was; --force writes the .config");
	ck_assert_int_lt(access(vm_at("tree/.config"), F_OK), 0);

	apply("none", NULL);
	ck_code(&r, 0);
	ck_has(r.err, "tree/.config: written, begun with tinyconfig\n");
	t = vm_slurp(vm_at("tree/.config"));
	ck_has(t, "CONFIG_WANT=y\n");
	free(t.p);

	apply("none", NULL);
	ck_code(&r, 0);
	ck_has(r.err, "tree/.config: was right already\n");

	apply("WANT", "--force");
	ck_code(&r, 1);
	ck_has(r.err, "tree/.config: written, begun with tinyconfig; the old "
		      "one is ");
	t = vm_slurp(vm_at("tree/.config"));
	ck_hasnt(t, "CONFIG_WANT=y");
	free(t.p);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

Suite *suite(void)
{
	Suite *suite = suite_create("commands");
	TCase *t = tcase_create("host");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_checked_fixture(t, vm_setup, teardown);
	tcase_add_loop_test(t, usage, 0, 4);
	tcase_add_test(t, version);
	tcase_add_loop_test(t, refused_in_one_line, 0, COUNT(refused));
	tcase_add_test(t, completion);
	tcase_add_loop_test(t, full_stdout, 0, 3);
	tcase_add_test(t, doctor_tells_each_check);
	tcase_add_test(t, doctor_in_json);
	tcase_add_test(t, list_and_print);
	tcase_add_test(t, check_without_a_tree);
	tcase_add_test(t, check_explains);
	tcase_add_test(t, check_with_another_release);
	tcase_add_test(t, apply_writes_once);
	suite_add_tcase(suite, t);
	return suite;
}
