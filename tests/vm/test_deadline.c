// SPDX-License-Identifier: MIT
/* Every part of a run has its deadline, and a guest that stands still in a way
 * that can be told is not waited for. */
#include "init/protocol.h"
#include "vm.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct ran r;

/* That it was this one and that it was not late. */
static void ck_passed(const char *what, const char *phase, const char *option,
		      double least, double most)
{
	ck_code(&r, 124);
	ck_has(r.err, what);
	ck_has(r.err, vm_fmt(" passed in phase %s", phase));
	ck_has(r.err, vm_fmt("%s gives it more", option));
	ck_assert_msg(r.seconds >= least && r.seconds < most, "it took %.1f s",
		      r.seconds);
	vm_nothing_left(0);
}

START_TEST(of_the_boot)
{
	vm_boot(&r, "--boot-timeout", "0.5", "--", "true");
	ck_passed("deadline of 0.5 seconds for the boot", "boot",
		  "--boot-timeout", 0.5, 6);
}
END_TEST

/* 6.1 stands still there, before its console is: a minute more is no help. */
START_TEST(of_a_boot_without_memory)
{
	vm_host(&r, "run", VM_KERNEL, "-m", "64", "--boot-timeout", "4", "--",
		"true");
	ck_passed("deadline of 4 seconds for the boot", "boot",
		  "--boot-timeout", 4, 10);
	ck_has(r.err, "not a word came from the console; the guest may need "
		      "more memory (-m)");
}
END_TEST

static void add_frame(struct text *t, char type, const char *payload)
{
	const char header[] = { type, 0, (char)strlen(payload), 0 };

	text_add(t, header, sizeof(header));
	text_add(t, payload, strlen(payload));
}

/* What an init says that hangs while it loads modules. */
static const char *words_of_one_that_hangs(void)
{
	const char *path = vm_put("words", "", false);
	struct text t = { 0 };
	FILE *f = fopen(path, "w");

	text_add(&t, BOOTLET_SYNC, BOOTLET_SYNC_LEN);
	add_frame(&t, FRAME_READY,
		  vm_fmt("%d 4096 ttyS1 6.1", BOOTLET_PROTOCOL));
	add_frame(&t, FRAME_PHASE, "kernel 1000000000 console");
	add_frame(&t, FRAME_PHASE, "console 1000000 modules");
	ck_assert_uint_eq(fwrite(t.p, 1, t.n, f), t.n);
	ck_assert_int_eq(fclose(f), 0);
	free(t.p);
	return path;
}

START_TEST(of_init)
{
	const char *init = vm_put("init",
				  "#!/bin/sh\n"
				  "mount -t devtmpfs none /dev\n"
				  "stty -F /dev/ttyS1 raw -echo\n"
				  "echo it is here that I hang\n"
				  "cat /words >/dev/ttyS1\n"
				  "sleep 1000\n",
				  true);

	vm_boot(&r, "--init-timeout", "1.5", "--init", init, "--file",
		vm_fmt("%s:/words", words_of_one_that_hangs()), "--", "true");
	ck_passed("deadline of 1.5 seconds for init", "modules",
		  "--init-timeout", 1.5, 100);
	ck_has(r.err, "the command was not started");
	ck_has(r.err, "the console's last lines:\n");
	/* Which has a line of the kernel's about PCI, where there is none. */
	ck_has(r.err, "\n  it is here that I hang\n");
}
END_TEST

START_TEST(of_the_command)
{
	vm_boot(&r, "--command-timeout", "1", "--", "sh", "-c",
		"echo up; sleep 1000");
	ck_passed("deadline of 1 second for the command", "command",
		  "--command-timeout", 1, 100);
	ck_assert_str_eq(r.out.p, "up\n");
	ck_hasnt(r.err, "nobody");
}
END_TEST

START_TEST(of_all)
{
	vm_boot(&r, "--timeout", "1", "--", "true");
	ck_passed("deadline of 1 second for all of it", "boot", "--timeout", 1,
		  6);
}
END_TEST

/* Something that ignores TERM holds init up for two seconds. */
#define STUBBORN "(trap '' TERM; exec sleep 1000) </dev/null >/dev/null 2>&1 &"

START_TEST(of_switching_off)
{
	vm_boot(&r, "--shutdown-timeout", "0.3", "--", "sh", "-c",
		STUBBORN " sleep 0.2");
	ck_passed("deadline of 0.3 seconds for switching off", "shutdown",
		  "--shutdown-timeout", 0.3, 100);
}
END_TEST

/* A failure of the command's own is what counts; the other is told. */
START_TEST(of_switching_off_after_a_failure)
{
	vm_boot(&r, "--shutdown-timeout", "0.3", "--", "sh", "-c",
		STUBBORN " sleep 0.2; exit 3");
	ck_code(&r, 3);
	ck_one_line(&r, "deadline of 0.3 seconds for switching off");
}
END_TEST

/* The default has room for it. */
START_TEST(switching_off_may_take_time)
{
	vm_boot(&r, "--", "sh", "-c", STUBBORN " sleep 0.2");
	ck_code(&r, 0);
	ck_assert_str_eq(r.err.p, "");
}
END_TEST

START_TEST(a_shell_keeps_its_code)
{
	static const char input[] = STUBBORN " sleep 0.2; exit 0\n";

	vm_exec(&r, input, strlen(input),
		VM_ARGV(vm_bootlet(), VM_RUN, "--shutdown-timeout", "0.3"));
	ck_code(&r, 0);
	ck_has(r.err, "for switching off");
}
END_TEST

START_TEST(none_where_it_is_zero)
{
	vm_boot(&r, "--timeout", "0", "--boot-timeout", "0", "--init-timeout",
		"0", "--command-timeout", "0", "--shutdown-timeout", "0", "--",
		"sleep", "1");
	ck_code(&r, 0);
	ck_assert_str_eq(r.err.p, "");
}
END_TEST

/* It counts whose fault it is not, and says whose it may be. */
START_TEST(while_nobody_reads)
{
	struct text err = { 0 };
	int out[2], e[2];
	pid_t pid;

	ck_assert(!pipe2(out, 02000000) && !pipe2(e, 02000000));
	pid = vm_spawn(VM_ARGV(vm_bootlet(), VM_RUN, "--command-timeout", "4",
			       "--", "yes"),
		       -1, out[1], e[1]);
	close(out[1]);
	close(e[1]);
	ck_assert_int_eq(vm_wait(pid, 120), 124);
	vm_expect(e[0], &err, "seconds nobody had read its output", 5);
	close(out[0]);
	vm_nothing_left(1);
}
END_TEST

/* Ctrl-Z: what passes before `fg` is not the guest's time. */
START_TEST(while_bootlet_is_stopped)
{
	struct text out = { 0 };
	int in[2], o[2];
	pid_t pid;

	ck_assert(!pipe2(in, 02000000) && !pipe2(o, 02000000));
	pid = vm_spawn(VM_ARGV(vm_bootlet(), VM_RUN, "--command-timeout", "4",
			       "--", "sh", "-c", "echo up; read x; exit 7"),
		       in[0], o[1], -1);
	close(o[1]);
	vm_expect(o[0], &out, "up", 120);
	ck_assert_int_eq(kill(pid, SIGSTOP), 0);
	vm_sleep_ms(5000);
	ck_assert_int_eq(kill(pid, SIGCONT), 0);
	vm_sleep_ms(300);
	close(in[0]);
	ck_assert_int_eq(write(in[1], "x\n", 2), 2);
	ck_assert_int_eq(vm_wait(pid, 60), 7);
	close(in[1]);
	close(o[0]);
	vm_nothing_left(1);
}
END_TEST

/* --- a guest that stands still -------------------------------------------- */

/* Told to stay where it has panicked. */
START_TEST(a_panic_that_hangs)
{
	const char *log = vm_at("log");
	struct text console;

	vm_boot(&r, "--append", "panic=0", "--log", log, "--", "sh", "-c",
		"echo c >/proc/sysrq-trigger; sleep 1000");
	ck_code(&r, 123);
	ck_has(r.err, "kernel panic: sysrq triggered crash");
	/* All of its words are waited for. */
	console = vm_slurp(log);
	ck_has(console, "end Kernel panic");
	free(console.p);
	ck_assert_msg(r.seconds < 100, "it took %.1f s", r.seconds);
	vm_nothing_left(0);
}
END_TEST

/* Before init: it cannot tell us more than its console. */
START_TEST(a_panic_that_hangs_before_init)
{
	vm_boot(&r, "--append", "panic=0 rdinit=/no/such/init", "--no-init",
		"--no-busybox", "--", "true");
	ck_code(&r, 123);
	ck_has(r.err, "kernel panic: ");
	ck_assert_msg(r.seconds < 100, "it took %.1f s", r.seconds);
}
END_TEST

START_TEST(a_guest_that_halts)
{
	vm_boot(&r, "--", "sh", "-c", "halt -f; sleep 1000");
	ck_code(&r, 125);
	ck_has(r.err, "without a verdict in phase command");
	ck_has(r.err, "System halted");
	ck_assert_msg(r.seconds < 100, "it took %.1f s", r.seconds);
}
END_TEST

/* A script on stdin has nobody who would look at it. */
START_TEST(a_guest_that_halts_under_a_script)
{
	static const char input[] = "halt -f\n";

	vm_exec(&r, input, strlen(input), VM_ARGV(vm_bootlet(), VM_RUN));
	ck_code(&r, 125);
	ck_has(r.out, "System halted");
	ck_assert_msg(r.seconds < 100, "it took %.1f s", r.seconds);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("deadline");
	TCase *t = tcase_create("deadline");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_test(t, of_the_boot);
	tcase_add_test(t, of_a_boot_without_memory);
	tcase_add_test(t, of_init);
	tcase_add_test(t, of_the_command);
	tcase_add_test(t, of_all);
	tcase_add_test(t, of_switching_off);
	tcase_add_test(t, of_switching_off_after_a_failure);
	tcase_add_test(t, switching_off_may_take_time);
	tcase_add_test(t, a_shell_keeps_its_code);
	tcase_add_test(t, none_where_it_is_zero);
	tcase_add_test(t, while_nobody_reads);
	tcase_add_test(t, while_bootlet_is_stopped);
	tcase_add_test(t, a_panic_that_hangs);
	tcase_add_test(t, a_panic_that_hangs_before_init);
	tcase_add_test(t, a_guest_that_halts);
	tcase_add_test(t, a_guest_that_halts_under_a_script);
	suite_add_tcase(s, t);
	return s;
}
