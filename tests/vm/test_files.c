// SPDX-License-Identifier: MIT
/* The user's files in the guest: a root, shares, a program of one's own, and
 * what the command finds around itself. */
#include "tests/skip.h"
#include "vm.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct ran r;

/* What a directory holds, with owners, modes, times and contents. */
#define SUM                                                            \
	"sum() { find \"$1\" -printf '%p %y %m %U %G %s %l %T@\\n' | " \
	"sort; find \"$1\" -type f -exec sha256sum {} + | sort; }; "

static void make_tree(const char *dir)
{
	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-c",
			"mkdir -p \"$1/sub\" && cd \"$1\" && echo text >file && "
			"echo secret >sub/secret && chmod 600 sub/secret && "
			"ln -s file link && mkfifo fifo",
			"sh", dir));
	ck_code(&r, 0);
}

static struct text sum_of(const char *dir)
{
	vm_exec(&r, NULL, 0, VM_ARGV("sh", "-c", SUM "sum \"$1\"", "sh", dir));
	ck_code(&r, 0);
	ck_has(r.out, "/sub/secret");
	return r.out;
}

/* Everything that a test may do wrong to its files. */
#define HAVOC                                                            \
	"cd \"$1\" && echo PWD=$PWD; echo more >>file; rm link fifo; "   \
	"chmod 777 . sub sub/secret; chown -R 5:5 .; mknod null c 1 3; " \
	"mv sub bus; mkdir -p a/b; ln -s / a/l; mount -o remount,rw /; " \
	"rm -rf /etc/passwd; echo x >/etc/bootlet-was-here; sync; "      \
	"echo FILE=$(tail -n 1 file); echo BUS=$(cat bus/secret); "

/* One boot for all of it: the host's programs, modules and user namespaces;
 * the directory and the environment; and nothing of the host is changed. */
START_TEST(a_root)
{
	const char *dir = vm_at("tree, a'b");
	struct text before, after;
	char here[4096];

	make_tree(dir);
	before = sum_of(dir);
	setenv("BOOTLET_T_HERE", "of the host", 1);
	unsetenv("BOOTLET_T_NONE");
	vm_boot(&r, "--root", "/", "--env", "A=b c\nd", "--env",
		"BOOTLET_T_HERE", "--env", "BOOTLET_T_NONE", "--", "/bin/sh",
		"-c",
		"echo CWD=$(pwd); echo A=$(echo \"$A\" | tail -n 1); "
		"echo HERE=$BOOTLET_T_HERE; echo NONE=${BOOTLET_T_NONE-unset}; "
		"echo SHELL=$SHELL; echo ID=$(id -un); "
		"echo FS=$(stat -f -c %T /); "
		"echo PROC=$(cut -d' ' -f1 /proc/self/stat); "
		"unshare -U true; echo USERNS=$?; "
		"ls /lib/modules/$(uname -r) >/dev/null; echo MODULES=$?; "
		"ls /.bootlet 2>/dev/null; echo IMAGE=$?; " HAVOC,
		"sh", dir);
	ck_code(&r, 0);
	ck_assert_ptr_nonnull(getcwd(here, sizeof(here)));
	ck_answer(&r, "CWD", here);
	ck_answer(&r, "A", "d");
	ck_answer(&r, "HERE", "of the host");
	ck_answer(&r, "NONE", "unset");
	ck_answer(&r, "ID", "root");
	ck_answer(&r, "FS", "overlayfs");
	ck_answer(&r, "USERNS", "0");
	ck_answer(&r, "MODULES", "0");
	ck_answer(&r, "IMAGE", "2");
	ck_answer(&r, "PWD", dir);
	ck_answer(&r, "FILE", "more");
	ck_answer(&r, "BUS", "secret");
	after = sum_of(dir);
	ck_assert_str_eq(before.p, after.p);
	ck_assert_int_eq(access("/etc/passwd", F_OK), 0);
	ck_assert_int_ne(access("/etc/bootlet-was-here", F_OK), 0);
}
END_TEST

/* Names with everything in them; read-only whatever the guest does. */
START_TEST(shares)
{
	const char *ro = vm_at("ro, a:b c"), *rw = vm_at("rw");
	struct text before, after, got;
	char *path;

	make_tree(ro);
	before = sum_of(ro);
	ck_assert_int_eq(mkdir(rw, 0755), 0);
	vm_boot(&r, "--share", vm_fmt("%s:/mnt/r o,:x", ro), "--share",
		vm_fmt("%s:/mnt/r o,:x/sub:rw", rw), "--share",
		vm_fmt("%s", ro), "--cwd", "/mnt/r o,:x", "--", "sh", "-c",
		"echo CWD=\"$(pwd)\"; echo TEXT=$(cat file); "
		"mount -o remount,rw /mnt/*x; echo x 2>/dev/null >file; "
		"echo WRITE=$?; touch new 2>&1 | sed 's/.*: /WHY=/'; "
		"chmod 777 file 2>/dev/null; echo CHMOD=$?; "
		"rm link 2>/dev/null; echo RM=$?; "
		"echo OWN=$(cat \"$1/file\"); "
		"cd sub && printf 'a\\0b' >'n w' && mkdir d && mv 'n w' d; "
		"echo RW=$?",
		"sh", ro);
	ck_code(&r, 0);
	ck_answer(&r, "CWD", "/mnt/r o,:x");
	ck_answer(&r, "TEXT", "text");
	ck_answer(&r, "OWN", "text");
	ck_answer(&r, "WRITE", "1");
	ck_answer(&r, "WHY", "Read-only file system");
	ck_answer(&r, "CHMOD", "1");
	ck_answer(&r, "RM", "1");
	ck_answer(&r, "RW", "0");
	after = sum_of(ro);
	ck_assert_str_eq(before.p, after.p);
	path = strdup(vm_fmt("%s/d/n w", rw));
	got = vm_slurp(path);
	ck_assert_uint_eq(got.n, 3);
	ck_assert(!memcmp(got.p, "a\0b", 3));
	free(path);
}
END_TEST

/* A static program, with the files that its arguments name, from a directory
 * below /tmp, where the guest mounts an empty one. Thousands of words. */
START_TEST(a_program_of_ones_own)
{
	struct text want = { 0 };

	ck_assert_int_eq(mkdir(vm_at("my dir"), 0755), 0);
	ck_assert_int_eq(mkdir(vm_at("my dir/sub"), 0755), 0);
	vm_put("my dir/data", "of this machine\n", false);
	vm_put("my dir/sub/x", "below\n", false);
	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-c",
			"cp \"$1\" \"$2/cat\" && chmod 755 \"$2/cat\"", "sh",
			vm_busybox(), vm_at("my dir")));
	ck_code(&r, 0);
	vm_sh(&r,
	      "cd \"$TMPDIR/my dir\" && exec \"$@\" -- ./cat data sub/x "
	      "$(yes ./data | head -n 20000)",
	      VM_RUN);
	ck_code(&r, 0);
	ck_assert_str_eq(r.err.p, "");
	text_add(&want, "of this machine\nbelow\n", 22);
	for (int i = 0; i < 20000; i++)
		text_add(&want, "of this machine\n", 16);
	ck_assert_str_eq(r.out.p, want.p);
	free(want.p);
}
END_TEST

/* The shell is the root's, with job control, where one stands. */
START_TEST(a_shell_in_a_root)
{
	vm_sh(&r,
	      "printf 'echo CWD=$(pwd)\\necho FS=$(stat -f -c %%T /)\\n"
	      "sleep 0 & wait $!; echo JOB=$?\\necho FLAGS=$-\\nexit 9\\n' | "
	      "\"$@\" --root /",
	      VM_RUN);
	ck_code(&r, 9);
	ck_has(r.out, "FS=overlayfs");
	ck_has(r.out, "JOB=0");
	ck_hasnt(r.out, "no job control");
	ck_hasnt(r.err, "no job control");
}
END_TEST

/* A file of the current directory, for an applet. */
START_TEST(files_for_an_applet)
{
	vm_put("lines", "2\n1\n", false);
	vm_sh(&r, "cd \"$TMPDIR\"; exec \"$@\"", VM_RUN, "--", "sort",
	      "./lines", "lines");
	ck_code(&r, 0);
	ck_assert_str_eq(r.out.p, "1\n1\n2\n2\n");
}
END_TEST

START_TEST(what_is_not_there)
{
	vm_boot(&r, "--root", "/", "--cwd", "/none such", "--", "true");
	ck_code(&r, 125);
	ck_has(r.err, "bootlet: /none such: the command cannot start there: "
		      "No such file or directory; --cwd names a directory");
	ck_has(r.err, "init: /none such: cannot be entered");
	/* A name that the console cannot show as it is. */
	vm_boot(&r, "--cwd", "/none\nsuch\x1b", "--", "true");
	ck_code(&r, 125);
	ck_has(r.err, "such\\x1b: the command cannot start there");
}
END_TEST

/* Said before anything boots. */
START_TEST(what_cannot_be)
{
	vm_host(&r, VM_RUN, "--share", "/none such", "--", "true");
	ck_code(&r, 125);
	ck_one_line(&r, "--share /none such: No such file or directory");
	vm_host(&r, VM_RUN, "--root", "/etc/passwd", "--", "true");
	ck_code(&r, 125);
	ck_one_line(&r, "--root /etc/passwd: not a directory");
	vm_put("script", "#!/none/such\n", true);
	vm_host(&r, VM_RUN, "--", vm_at("script"));
	ck_code(&r, 127);
	ck_one_line(&r,
		    "is a script for /none/such, which is not in the image");
	vm_host(&r, VM_RUN, "--print", "--root", "/", "--file", "/etc/passwd",
		"--", "true");
	ck_code(&r, 0);
	ck_one_line(&r, "--root: the command sees nothing of what --file");
	vm_nothing_left(0);
}
END_TEST

/* By the daemon, where there is one and this user may run it so. */
START_TEST(virtiofs)
{
	const char *dir = vm_at("fs");
	struct text out = { 0 };
	int o[2];
	pid_t pid;

	if (geteuid() != 0 || (access("/usr/lib/qemu/virtiofsd", X_OK) &&
			       access("/usr/libexec/virtiofsd", X_OK))) {
		skip_test("virtiofsd is not there, or this is not root");
		return;
	}
	ck_assert_int_eq(mkdir(dir, 0755), 0);
	ck_assert_int_eq(pipe2(o, O_CLOEXEC), 0);
	pid = vm_spawn(VM_ARGV(vm_bootlet(), VM_RUN, "--share",
			       vm_fmt("%s:/m:rw", dir), "--share-type",
			       "virtiofs", "--", "sh", "-c",
			       "echo text >/m/file; grep ' /m ' /proc/mounts; "
			       "sleep 1000"),
		       -1, o[1], -1);
	close(o[1]);
	vm_expect(o[0], &out, "share0 /m virtiofs rw", 120);
	ck_assert_str_eq(vm_slurp(vm_fmt("%s/file", dir)).p, "text\n");
	/* The daemon does not outlive what started it, however that ends. */
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(vm_wait(pid, 10), 128 + SIGKILL);
	vm_nothing_left(10);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("files");
	TCase *t = tcase_create("files");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_test(t, a_root);
	tcase_add_test(t, shares);
	tcase_add_test(t, a_program_of_ones_own);
	tcase_add_test(t, a_shell_in_a_root);
	tcase_add_test(t, files_for_an_applet);
	tcase_add_test(t, what_is_not_there);
	tcase_add_test(t, what_cannot_be);
	tcase_add_test(t, virtiofs);
	suite_add_tcase(s, t);
	return s;
}
