// SPDX-License-Identifier: MIT
/* The command's stdin, stdout and stderr are bootlet's own: bytes unchanged,
 * apart from each other, and their ends felt on the other side. */
#include "vm.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MIB (1U << 20)

static struct ran r;

/* Every byte value, in an order that repeats nowhere nearby. */
static char *pattern(size_t n)
{
	char *p = malloc(n);
	unsigned int x = 1;

	ck_assert_ptr_nonnull(p);
	for (size_t i = 0; i < n; i++) {
		x = x * 1103515245 + 12345;
		p[i] = i < 256 ? (char)i : (char)(x >> 16);
	}
	return p;
}

static void ck_same(const struct text *got, const char *want, size_t n)
{
	size_t i = 0;

	while (i < n && i < got->n && got->p[i] == want[i])
		i++;
	ck_assert_msg(got->n == n && i == n,
		      "%zu bytes, not %zu; first difference at %zu", got->n, n,
		      i);
}

START_TEST(stdin_comes_back_on_stdout)
{
	char *bytes = pattern(MIB);

	vm_exec(&r, bytes, MIB, VM_ARGV(vm_bootlet(), VM_RUN, "--", "cat"));
	ck_code(&r, 0);
	ck_same(&r.out, bytes, MIB);
	ck_assert_str_eq(r.err.p, "");
	free(bytes);
}
END_TEST

/* All at once: neither waits for the other, neither takes the other's. */
START_TEST(stdout_and_stderr_are_apart)
{
	char *bytes = pattern(MIB);

	vm_exec(&r, bytes, MIB,
		VM_ARGV(vm_bootlet(), VM_RUN, "--", "sh", "-c",
			"tee /tmp/copy; cat /tmp/copy >&2 & cat /tmp/copy; "
			"wait; exit 7"));
	ck_code(&r, 7);
	ck_assert_uint_eq(r.out.n, 2 * MIB);
	ck_assert(!memcmp(r.out.p, bytes, MIB) &&
		  !memcmp(r.out.p + MIB, bytes, MIB));
	ck_same(&r.err, bytes, MIB);
	free(bytes);
}
END_TEST

START_TEST(stdin_unread)
{
	char *bytes = pattern(MIB);

	vm_exec(&r, bytes, MIB,
		VM_ARGV(vm_bootlet(), VM_RUN, "--", "sh", "-c",
			"head -c 3; exec <&-; sleep 1; exit 9"));
	ck_code(&r, 9);
	ck_same(&r.out, bytes, 3);
	free(bytes);
}
END_TEST

/* A pipe that nobody closes: the command's end is what counts. */
START_TEST(stdin_stays_open)
{
	struct text out = { 0 };
	int in[2], o[2];
	pid_t pid;

	ck_assert(!pipe2(in, O_CLOEXEC) && !pipe2(o, O_CLOEXEC));
	pid = vm_spawn(VM_ARGV(vm_bootlet(), VM_RUN, "--", "sh", "-c",
			       "read a; echo \"<$a>\"; read b; "
			       "echo \"<$b>\"; exit 4"),
		       in[0], o[1], -1);
	close(in[0]);
	close(o[1]);
	ck_assert_int_eq(write(in[1], "one\n", 4), 4);
	vm_expect(o[0], &out, "<one>\n", 120);
	ck_assert_int_eq(write(in[1], "two\n", 4), 4);
	vm_expect(o[0], &out, "<two>\n", 60);
	ck_assert_int_eq(vm_wait(pid, 60), 4);
}
END_TEST

START_TEST(stdin_empty)
{
	vm_sh(&r, "exec \"$@\" </dev/null", VM_RUN, "--", "wc", "-c");
	ck_code(&r, 0);
	ck_assert_str_eq(r.out.p, "0\n");
	ck_assert_str_eq(r.err.p, "");
}
END_TEST

START_TEST(stdin_closed)
{
	vm_sh(&r, "exec \"$@\" <&-", VM_RUN, "--", "wc", "-c");
	ck_code(&r, 0);
	ck_assert_str_eq(r.out.p, "0\n");
	ck_assert_str_eq(r.err.p, "");
}
END_TEST

START_TEST(all_closed)
{
	vm_sh(&r, "exec \"$@\" <&- >&- 2>&-", VM_RUN, "--", "sh", "-c",
	      "exit 6");
	ck_code(&r, 6);
	/* Words that nobody gets are lost. */
	vm_sh(&r, "exec \"$@\" >&-", VM_RUN, "--", "echo", "out");
	ck_code(&r, 125);
	ck_one_line(&r, "the command's output was lost: Bad file descriptor");
	vm_nothing_left(0);
}
END_TEST

/* BusyBox's cat sits in sendfile(2) there, and on the lock of its stdout. */
START_TEST(pipe_is_locked)
{
	vm_boot(&r, "--", "sh", "-c",
		"cat /sys/kernel/tracing/trace_pipe & sleep 1; exit 3");
	ck_code(&r, 3);
	vm_nothing_left(0);
}
END_TEST

/* As `bootlet run -- yes | head -n 1` has it. */
START_TEST(reader_goes_away)
{
	vm_sh(&r, "{ timeout 100 \"$@\"; echo \"code=$?\" >&2; } | head -n 1",
	      VM_RUN, "--", "yes");
	ck_assert_str_eq(r.out.p, "y\n");
	/* SIGPIPE, or what the command makes of EPIPE; not a time-out. */
	ck_assert_msg(strstr(r.err.p, "code=141\n") ||
			      strstr(r.err.p, "code=1\n"),
		      "%s", r.err.p);
	vm_nothing_left(0);
}
END_TEST

/* What was lost must not pass for a success. */
START_TEST(stdout_full)
{
	vm_sh(&r, "exec \"$@\" >/dev/full", VM_RUN, "--", "echo", "text");
	ck_code(&r, 125);
	ck_one_line(&r, "No space left on device");
}
END_TEST

/* The command's background child holds the pipes; the command's end ends it.*/
START_TEST(background_child_holds_stdout)
{
	vm_boot(&r, "--timeout", "100", "--", "sh", "-c",
		"sleep 1000 & echo done; exit 3");
	ck_code(&r, 3);
	ck_assert_str_eq(r.out.p, "done\n");
}
END_TEST

/* The last words of a command that is killed are not lost. */
START_TEST(much_output_then_death)
{
	vm_boot(&r, "--", "sh", "-c", "head -c 300000 /dev/zero; kill -9 $$");
	ck_code(&r, 137);
	ck_assert_uint_eq(r.out.n, 300000);
}
END_TEST

static const char *const words[] = {
	"",   " ",  "a b",  "it's",	"\"", "$HOME `id` \\",
	"-n", "--", "a\nb", "\xff\xfe", ",",  "*",
};

START_TEST(argv_arrives_unchanged)
{
	const char *argv[64] = {
		vm_bootlet(), VM_RUN, "--",
		"sh",	      "-c",   "for w; do printf '[%s]' \"$w\"; done",
		"sh"
	};
	size_t n = 0, want_n = 0;
	char want[512] = "";

	while (argv[n])
		n++;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		argv[n++] = words[i];
		want_n += (size_t)sprintf(want + want_n, "[%s]", words[i]);
	}
	vm_exec(&r, NULL, 0, argv);
	ck_code(&r, 0);
	ck_same(&r.out, want, want_n);
}
END_TEST

/* 60 KB of command: it travels in the image, not on the command line. */
START_TEST(long_command)
{
	char *script = malloc(60001);

	ck_assert_ptr_nonnull(script);
	memset(script, ' ', 60000);
	memcpy(script, "echo begin;", 11);
	memcpy(script + 59990, "; echo end", 10);
	memcpy(script + 30000, ":", 1);
	script[60000] = '\0';
	vm_boot(&r, "--", "sh", "-c", script);
	ck_code(&r, 0);
	ck_assert_str_eq(r.out.p, "begin\nend\n");
	free(script);
}
END_TEST

/* The console, which -v shows, was all that there was to read for a while. */
START_TEST(nobody_reads_stderr_before_it_begins)
{
	int e[2];
	pid_t pid;
	char c;

	ck_assert_int_eq(pipe2(e, 02000000), 0);
	pid = vm_spawn(VM_ARGV(vm_bootlet(), "run", VM_KERNEL, "-v", "--", "sh",
			       "-c", "yes >&2"),
		       -1, -1, e[1]);
	close(e[1]);
	ck_assert_int_eq(read(e[0], &c, 1), 1);
	close(e[0]);
	/* As SIGPIPE ends it where it has no VM around it: 128+13, or sh says
	 * that of yes. */
	ck_assert_int_eq(vm_wait(pid, 120), 141);
	vm_nothing_left(1);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("streams");
	TCase *t = tcase_create("bytes");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_test(t, stdin_comes_back_on_stdout);
	tcase_add_test(t, stdout_and_stderr_are_apart);
	tcase_add_test(t, much_output_then_death);
	tcase_add_test(t, argv_arrives_unchanged);
	tcase_add_test(t, long_command);
	suite_add_tcase(s, t);

	t = tcase_create("ends");
	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_test(t, stdin_unread);
	tcase_add_test(t, stdin_stays_open);
	tcase_add_test(t, stdin_empty);
	tcase_add_test(t, stdin_closed);
	tcase_add_test(t, all_closed);
	tcase_add_test(t, pipe_is_locked);
	tcase_add_test(t, reader_goes_away);
	tcase_add_test(t, stdout_full);
	tcase_add_test(t, background_child_holds_stdout);
	tcase_add_test(t, nobody_reads_stderr_before_it_begins);
	suite_add_tcase(s, t);
	return s;
}
