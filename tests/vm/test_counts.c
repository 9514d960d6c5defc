// SPDX-License-Identifier: MIT
/*
 * What must not grow and can be counted: system calls of our own command, and
 * the short form of `make bench`, whose rows do not depend on time.
 */
#include "vm.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

/* To start and to end, the loader's of seven libraries among them: 83 today.
 * libarchive alone would add 60, libkmod 30. */
#define START_CALLS 100
/* fstatat, openat, read, close; a write for many files together. */
#define CALLS_PER_FILE 4
/* fstatat, openat, getdents64 twice, close; and openat and close once more,
 * for its files to be opened from it. */
#define CALLS_PER_DIR 7

static struct ran r;

static void child(const char *const argv[])
{
	if (!freopen("/dev/null", "w", stdout) ||
	    ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		_exit(errno == EPERM ? 77 : 78);
	raise(SIGSTOP);
	execv(argv[0], (char *const *)argv);
	_exit(78);
}

/* System calls of a command from its exec on, which must end with 0; -1 where
 * nobody may trace here. */
static long count_calls(const char *const argv[])
{
	long stops = 0;
	int status;
	pid_t pid = fork();

	if (!pid)
		child(argv);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		return -1;
	ck_assert(WIFSTOPPED(status));
	ck_assert(!ptrace(PTRACE_SETOPTIONS, pid, NULL,
			  (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL)));
	for (;;) {
		ck_assert(!ptrace(PTRACE_SYSCALL, pid, NULL, NULL));
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		if (!WIFSTOPPED(status))
			break;
		stops += WSTOPSIG(status) == (SIGTRAP | 0x80);
	}
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
	/* Each call stops twice, but the one that ends it. */
	return (stops + 1) / 2;
}

START_TEST(a_start)
{
	long calls = count_calls(VM_ARGV(vm_bootlet(), "--version"));

	ck_assert_msg(calls < 0 || (calls > 10 && calls <= START_CALLS),
		      "%ld system calls", calls);
}
END_TEST

/* Of an image of @dirs directories with @files each. */
static long pack(int dirs, int files)
{
	static const char make[] =
		"for d in $(seq $2); do mkdir -p $1/$d; cd $1/$d; "
		"for f in $(seq $3); do echo $f >a-file-$f; done; done";
	const char *dir = vm_at(vm_fmt("tree-%d-%d", dirs, files));

	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-c", make, "sh", dir, vm_fmt("%d", dirs),
			vm_fmt("%d", files)));
	ck_code(&r, 0);
	return count_calls(VM_ARGV(vm_bootlet(), "initramfs", "--no-init",
				   "--no-busybox", "--dir", vm_fmt("%s:/", dir),
				   "-o", vm_at("image")));
}

START_TEST(calls_per_file_and_directory)
{
	long few = pack(10, 10), files = pack(10, 60), dirs = pack(60, 10);
	long file, dir;

	if (few < 0)
		return;
	/* What the heap needs from time to time is no file's. */
	file = files - few;
	ck_assert_msg(file > 500 && file <= 500 * CALLS_PER_FILE + 20,
		      "%ld system calls for 500 files more", file);
	dir = dirs - few - 500L * CALLS_PER_FILE;
	ck_assert_msg(dir > 50 && dir <= 50 * CALLS_PER_DIR + 20,
		      "%ld system calls for 50 directories more", dir);
}
END_TEST

/* The rows that are the same on a busy machine; their limits are in them. */
START_TEST(bench_short)
{
	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-c",
			"cd \"$1\" && BOOTLET=$2 BOOTLET_BENCH=short "
			"exec sh tests/bench/run.sh",
			"sh", TOPDIR, vm_bootlet()));
	ck_assert_msg(!r.code, "exit status %d\n%s%s", r.code, r.out.p,
		      r.err.p);
	ck_assert_ptr_nonnull(strstr(r.out.p, " 0 above their limit"));
	ck_assert_ptr_null(strstr(r.out.p, "bench: 0 rows"));
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("counts");
	TCase *t = tcase_create("counts");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_test(t, a_start);
	tcase_add_test(t, calls_per_file_and_directory);
	tcase_add_test(t, bench_short);
	suite_add_tcase(suite, t);
	return suite;
}
