// SPDX-License-Identifier: MIT
/* What a user can get wrong: one clear line, a code that is not 0, and
 * nothing left behind. And names that are odd, but not wrong. */
#include "tests/skip.h"
#include "vm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct ran r;

/* --- wrong ---------------------------------------------------------------- */

#define K "-k", "distro"
#define LONG                                                             \
	"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn" \
	"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"

static const struct {
	const char *argv[12];
	const char *says;
} wrong[] = {
	{ { "frobnicate" }, "frobnicate" },
	{ { "run", "--frobnicate" }, "frobnicate" },
	{ { "run", "-k" }, "-k" },
	{ { "run", K, "true" }, "true: not an option; a command follows --" },
	{ { "run", "-k", "/no/such" }, "/no/such: " },
	{ { "run", "-k", "9.99-no-such" }, "9.99-no-such: " },
	{ { "run", "-k", "garbage", "--", "true" }, "garbage: " },
	{ { "run", "-k", "./garbage", "--", "true" }, "garbage: " },
	{ { "run", "-k", "./empty", "--", "true" }, "empty: " },
	{ { "run", "-k", "./dir", "--", "true" }, "dir: " },
	{ { "run", K, "-i", "./none", "--", "true" }, "none: " },
	{ { "run", K, "-i", "./none" }, "none: " },
	{ { "run", K, "-i", "./garbage", "--", "true" }, "garbage: " },
	{ { "run", K, "-i", "./dir", "--", "true" }, "dir: " },
	{ { "run", K, "--module", "ext5" }, "ext5: no such module" },
	{ { "run", K, "--module", "ext5" }, "did you mean ext4?" },
	{ { "run", K, "--module", "" }, "module" },
	{ { "run", K, "--module", "../../etc/passwd" }, "not a kernel module" },
	{ { "run", K, "--file", "/no/such" }, "/no/such: " },
	{ { "run", K, "--file", "dir:/d" }, "dir: " },
	{ { "run", K, "--file", "empty:/../x" }, ".." },
	{ { "run", K, "--dir", "/no/such" }, "/no/such: " },
	{ { "run", K, "--dir", "empty:/d" }, "empty: " },
	{ { "run", K, "--init", "/no/such" }, "/no/such: " },
	{ { "run", K, "--busybox", "/no/such" }, "/no/such: " },
	{ { "run", K, "--busybox", "empty" }, "empty: " },
	{ { "run", K, "--list-file", "/no/such" }, "/no/such: " },
	{ { "run", K, "--list-file", "garbage" }, "garbage:1: " },
	{ { "run", K, "--append", "a\nb" }, "one line" },
	{ { "run", K, "--node", "/x:c:1" }, "PATH:c:MAJ:MIN" },
	{ { "run", K, "--node", "/x:c:1:2000000" }, "MIN" },
	{ { "run", K, "--link", "x" }, "TARGET:PATH" },
	{ { "run", K, "--compress", "rar" }, "rar" },
	{ { "run", K, "--compress", "xz:77" }, "77" },
	{ { "run", K, "-m", "1" }, "MiB" },
	{ { "run", K, "-m", "99999G" }, "MiB" },
	{ { "run", K, "--cpus", "0" }, "cpus" },
	{ { "run", K, "--accel", "magic" }, "auto, kvm or tcg" },
	{ { "run", K, "--net", "wan" }, "none, user, tap=NAME" },
	{ { "run", K, "--net", "none", "--nic", "e1000" }, "--net none" },
	{ { "run", K, "--nic", "rtl" }, "e1000 or virtio" },
	{ { "run", K, "--ip", "a b" }, "ip=" },
	{ { "run", K, "--timeout", "soon" }, "seconds" },
	{ { "run", K, "--timeout", "-1" }, "seconds" },
	{ { "run", K, "--log", "/no/such/log", "--", "true" },
	  "/no/such/log: " },
	{ { "run", K, "--log", "dir", "--", "true" }, "dir: " },
	{ { "run", K, "--name", "a/b", "--", "true" }, "a/b" },
	{ { "run", K, "--name", "", "--", "true" }, "--name" },
	{ { "run", K, "--name", LONG, "--", "true" }, "shorter" },
	{ { "initramfs" }, "-o" },
	{ { "initramfs", "-o", "/no/such/x" }, "/no/such/x: " },
	{ { "initramfs", "-o", "dir" }, "dir: " },
	{ { "initramfs", "--list", "/no/such" }, "/no/such: " },
	{ { "initramfs", "--list", "garbage" }, "garbage: " },
	{ { "initramfs", "-o", "x", "--append-to", "garbage" }, "garbage: " },
	{ { "initramfs", "-o", "x", "--module", "ext4", "-k", "/no" },
	  "/no: " },
};

static void make_inputs(void)
{
	mkdir(vm_at("dir"), 0755);
	vm_put("garbage", "this is neither one thing nor the other\n", false);
	vm_put("empty", "", false);
}

/* Run in the directory, so that names may be relative. */
static void run_here(const char *const words[])
{
	const char *argv[40] = { "sh", "-c", "cd \"$TMPDIR\"; exec \"$@\"",
				 "sh", vm_bootlet() };
	size_t n = 5;

	for (size_t i = 0; words[i]; i++)
		argv[n++] = words[i];
	vm_exec(&r, NULL, 0, argv);
}

START_TEST(wrong_input)
{
	run_here(wrong[_i].argv);
	ck_assert_msg(r.code == 125 || r.code == 2 || r.code == 1,
		      "exit code %d: %s", r.code, r.err.p);
	ck_one_line(&r, wrong[_i].says);
	ck_assert_msg(!strncmp(r.err.p, "bootlet: ", 9), "%s", r.err.p);
	ck_assert_str_eq(r.out.p, "");
	ck_assert(access(vm_at("x"), F_OK) < 0);
	vm_nothing_left(0);
}
END_TEST

/* Root reads everything, so somebody else has to try. */
START_TEST(unreadable_kernel)
{
	const char *file = strdup(vm_put("secret", "x", false));

	ck_assert_int_eq(chmod(file, 0), 0);
	ck_assert_int_eq(chmod(vm_at("."), 0777), 0);
	if (geteuid() == 0)
		vm_exec(&r, NULL, 0,
			VM_ARGV("setpriv", "--reuid=65534", "--regid=65534",
				"--clear-groups", vm_bootlet(), "run", "-k",
				file, "--", "true"));
	else
		vm_host(&r, "run", "-k", file, "--", "true");
	ck_code(&r, 125);
	ck_one_line(&r, "Permission denied");
	ck_has(r.err, "/secret: ");
}
END_TEST

/* The kernel is told to take it as it is, and says what it thinks of that. */
START_TEST(corrupt_image_boots_to_panic)
{
	vm_sh(&r, "cd \"$TMPDIR\"; exec \"$@\" </dev/null", VM_RUN, "-i",
	      "garbage", "--timeout", "120");
	ck_code(&r, 123);
	ck_has(r.err, "kernel panic: ");
	vm_nothing_left(0);
}
END_TEST

/* --- a full disk ---------------------------------------------------------- */

static void on_full_disk(const char *size, const char *words)
{
	const char *dir = strdup(vm_at("dir"));

	vm_exec(&r, NULL, 0,
		/* Root needs no user namespace for it, which containers
			 * often have none of. */
		VM_ARGV("unshare", geteuid() ? "-rm" : "-m", "sh", "-c",
			vm_fmt("mount -t tmpfs -o size=%s none \"$2\" || exit "
			       "99; cd \"$2\"; %s; code=$?; ls -A; exit $code",
			       size, words),
			"sh", vm_bootlet(), dir));
}

static const struct {
	const char *size, *words;
} full[] = {
	{ "64k", "\"$1\" initramfs -o image" },
	{ "64k", "\"$1\" initramfs -o image --compress gzip" },
	{ "64k", "TMPDIR=$2 \"$1\" run -k distro --accel tcg -- true" },
	{ "4k", "\"$1\" initramfs -o image --compress xz" },
};

START_TEST(disk_is_full)
{
	NEEDS_UNSHARE("-m");
	on_full_disk(full[_i].size, full[_i].words);
	ck_assert_msg(r.code == 125 || r.code == 2 || r.code == 1,
		      "exit code %d: %s", r.code, r.err.p);
	ck_one_line(&r, "No space left on device");
	ck_assert_str_eq(r.out.p, "");
}
END_TEST

START_TEST(console_log_on_full_disk)
{
	vm_boot(&r, "--log", "/dev/full", "--append", "ignore_loglevel", "--",
		"true");
	ck_code(&r, 125);
	ck_has(r.err, "No space left on device");
}
END_TEST

/* --- odd names ------------------------------------------------------------ */

/* The last ones are not booted, to save the time: see all_at_once. */
#define N_BOOTED 6

static const char *const odd[] = {
	LONG,	  "new\nline",	      "com,ma=x", "quo'te\"s",
	"-dash",  "$(touch x)* \xff", "--help",	  " sp  ace ",
	"col:on", "back\\slash",
};

static void make_odd(const char *name, const char *kernel)
{
	ck_assert_int_eq(mkdir(vm_at("odd"), 0755), 0);
	ck_assert_int_eq(mkdir(vm_fmt("%s/%s.d", vm_at("odd"), name), 0755), 0);
	ck_assert_int_eq(mkdir(vm_fmt("%s/%s.t", vm_at("odd"), name), 0755), 0);
	vm_put(vm_fmt("odd/%s.f", name), "file\n", false);
	vm_put(vm_fmt("odd/%s.d/x", name), "in dir\n", false);
	vm_put(vm_fmt("odd/%s.l", name),
	       vm_fmt("file /l %s 644 0 0\n", vm_busybox()), false);
	ck_assert_int_eq(
		symlink(vm_init(), vm_fmt("%s/%s.i", vm_at("odd"), name)), 0);
	ck_assert_int_eq(symlink(vm_busybox(),
				 vm_fmt("%s/%s.b", vm_at("odd"), name)),
			 0);
	ck_assert_int_eq(symlink(kernel, vm_fmt("%s/%s.k", vm_at("odd"), name)),
			 0);
}

/* Everything that takes a path gets that name, relative and all at once. */
static const char all_at_once[] =
	"cd \"$TMPDIR/odd\" && n=$2 && TMPDIR=$PWD/$n.t && export TMPDIR && "
	"\"$1\" initramfs -o \"$n.o\" --init \"$n.i\" --busybox \"$n.b\" "
	"  --file \"$n.f:/f\" --dir \"$n.d:/d\" --list-file \"$n.l\" && "
	"\"$1\" initramfs --list \"$n.o\" >/dev/null && "
	"\"$1\" run -k \"$n.k\" --accel tcg --append quiet -i \"$n.o\" "
	"  --file \"$n.f:/$n.f\" --log \"$n.log\" ${3:+--name \"$n\"} "
	"  ${4:+--print} -- cat /f /d/x \"/$n.f\" >out && "
	"{ test -n \"$4\" || test -s \"$n.log\"; } && "
	"test -z \"$(ls -A \"$TMPDIR\")\" && cat out";

START_TEST(odd_name)
{
	const char *name = odd[_i];
	char *kernel = strdup(vm_kernel_image(NULL));

	vm_exec(&r, NULL, 0, VM_ARGV("rm", "-rf", vm_at("odd")));
	make_odd(name, kernel);
	free(kernel);
	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-c", all_at_once, "sh", vm_bootlet(), name,
			strlen(name) > 60 ? "" : "named",
			_i < N_BOOTED ? "" : "print"));
	ck_assert_str_eq(r.err.p, "");
	ck_code(&r, 0);
	if (_i < N_BOOTED)
		ck_assert_str_eq(r.out.p, "file\nin dir\nfile\n");
	else
		ck_has(r.out, "qemu-system-x86_64 ");
	vm_nothing_left(0);
}
END_TEST

/* The same names, of things that are not there: one line, whatever is in it. */
static const char *const takers[] = {
	"-k",	     "-i",	    "--file",	"--dir",  "--init",
	"--busybox", "--list-file", "--module", "--qemu",
};

START_TEST(odd_name_of_nothing)
{
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		const char *name = vm_fmt("./%s", odd[i]);

		vm_host(&r, "run", "-k", "distro", "--accel", "tcg", takers[_i],
			name, "--", "true");
		ck_code(&r, 125);
		ck_assert_msg(text_lines(&r.err) == 1, "%s \"%s\": %s",
			      takers[_i], name, r.err.p);
		vm_nothing_left(0);
		ran_free(&r);
	}
}
END_TEST

#define ADD_LOOP(t, test, table) \
	tcase_add_loop_test(t, test, 0, sizeof(table) / sizeof((table)[0]))

Suite *suite(void)
{
	Suite *s = suite_create("bad input");
	TCase *t = tcase_create("wrong");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_unchecked_fixture(t, make_inputs, NULL);
	ADD_LOOP(t, wrong_input, wrong);
	tcase_add_test(t, unreadable_kernel);
	tcase_add_test(t, corrupt_image_boots_to_panic);
	ADD_LOOP(t, disk_is_full, full);
	tcase_add_test(t, console_log_on_full_disk);
	suite_add_tcase(s, t);

	t = tcase_create("odd names");
	tcase_set_timeout(t, VM_TCASE_S);
	ADD_LOOP(t, odd_name, odd);
	ADD_LOOP(t, odd_name_of_nothing, takers);
	suite_add_tcase(s, t);
	return s;
}
