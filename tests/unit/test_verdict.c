// SPDX-License-Identifier: MIT
#include "host/verdict.h"
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define EXITED(n) ((n) << 8)
#define KILLED(n) (n)

static char bug[] = "BUG: x", warning[] = "WARNING: y";
static char *found[] = { bug, warning, NULL };
static const struct strv one = { .v = found, .n = 1 };
static const struct strv two = { .v = found, .n = 2 };
static const struct strv none = { 0 };

/* One row of the contract's table of outcomes, and every tie between two. */
static const struct {
	struct facts facts;
	enum outcome outcome;
	int code;
	const char *text; /* part of it, NULL: no text */
} rows[] = {
	{ { .status = true, .outcome = "exit", .ready = true },
	  OUTCOME_EXIT,
	  0,
	  NULL },
	{ { .status = true, .outcome = "exit", .number = 255 },
	  OUTCOME_EXIT,
	  255,
	  NULL },
	{ { .status = true, .outcome = "signal", .number = 9 },
	  OUTCOME_SIGNAL,
	  137,
	  "signal 9" },
	{ { .status = true, .outcome = "signal", .number = 9, .word = "oom" },
	  OUTCOME_SIGNAL,
	  137,
	  "no memory left; --memory" },
	{ { .status = true,
	    .outcome = "init-error",
	    .number = 11,
	    .word = "signal",
	    .phase = "command" },
	  OUTCOME_INIT_ERROR,
	  125,
	  "in phase command: signal 11" },
	{ { .status = true, .outcome = "exec-failed", .number = ENOENT },
	  OUTCOME_EXEC_FAILED,
	  127,
	  "No such file" },
	{ { .status = true, .outcome = "exec-failed", .number = EACCES },
	  OUTCOME_EXEC_FAILED,
	  126,
	  "Permission denied" },
	{ { .status = true,
	    .outcome = "init-error",
	    .number = ENODEV,
	    .word = "mounts" },
	  OUTCOME_INIT_ERROR,
	  125,
	  "phase mounts: No such device" },
	/* A panic after the verdict (at power off) does not undo a failure. */
	{ { .status = true,
	    .outcome = "exit",
	    .number = 3,
	    .panic = "x",
	    .oops = &one },
	  OUTCOME_EXIT,
	  3,
	  NULL },
	/* But a success: somebody may have forged the panic, or the verdict. */
	{ { .status = true, .outcome = "exit", .panic = "x", .oops = &one },
	  OUTCOME_OOPS,
	  122,
	  "the kernel reported: BUG: x" },
	{ { .status = true, .outcome = "exit", .oops = &two },
	  OUTCOME_OOPS,
	  122,
	  "BUG: x; and 1 more" },
	/* All of them are allowed. */
	{ { .status = true, .outcome = "exit", .panic = "x", .oops = &none },
	  OUTCOME_EXIT,
	  0,
	  NULL },
	{ { .status = true, .outcome = "exit", .shell = true, .oops = &one },
	  OUTCOME_EXIT,
	  0,
	  NULL },
	{ { .status = true, .outcome = "signal", .number = 9, .oops = &one },
	  OUTCOME_SIGNAL,
	  137,
	  "signal 9" },
	{ { .panic = "x", .before = "boot: y", .oops = &two },
	  OUTCOME_PANIC,
	  123,
	  "kernel panic: x; before it: boot: y" },
	/* It is allowed, and yet there is no verdict. */
	{ { .panic = "x", .oops = &none }, OUTCOME_PANIC, 123, "panic: x" },
	/* The guest did not switch off. */
	{ { .status = true,
	    .outcome = "exit",
	    .phase = "command",
	    .deadline = DEADLINE_SHUTDOWN,
	    .timeout = 10,
	    .killed = true },
	  OUTCOME_TIMEOUT,
	  124,
	  "for switching off passed in phase shutdown" },
	{ { .signal = 15, .killed = true, .ready = true },
	  OUTCOME_INTERRUPTED,
	  143,
	  "ended by signal 15" },
	/* The command had its own idea of the signal. */
	{ { .signal = 15, .status = true, .outcome = "exit", .number = 3 },
	  OUTCOME_EXIT,
	  3,
	  NULL },
	{ { .signal = 2, .status = true, .outcome = "exit", .shell = true },
	  OUTCOME_INTERRUPTED,
	  130,
	  "signal 2" },
	/* Ctrl-C in a guest that has panicked: it is the user's end. */
	{ { .signal = 2, .panic = "x", .killed = true },
	  OUTCOME_INTERRUPTED,
	  130,
	  "signal 2" },
	{ { .panic = "sysrq triggered crash", .ready = true },
	  OUTCOME_PANIC,
	  123,
	  "kernel panic: sysrq triggered crash" },
	/* A panic that hangs: the panic is the reason, not the deadline. */
	{ { .panic = "x", .timeout = 3, .killed = true, .qemu = KILLED(9) },
	  OUTCOME_PANIC,
	  123,
	  "panic" },
	{ { .timeout = 2.5, .killed = true, .qemu = KILLED(9) },
	  OUTCOME_TIMEOUT,
	  124,
	  "2.5 seconds for all of it passed in phase boot" },
	{ { .deadline = DEADLINE_INIT,
	    .timeout = 3,
	    .ready = true,
	    .phase = "modules",
	    .killed = true },
	  OUTCOME_TIMEOUT,
	  124,
	  "for init passed in phase modules" },
	{ { .deadline = DEADLINE_COMMAND,
	    .timeout = 30,
	    .unread = 12,
	    .ready = true,
	    .phase = "command",
	    .killed = true },
	  OUTCOME_TIMEOUT,
	  124,
	  "12 seconds nobody had read its output; --command-timeout" },
	/* It never said anything: that is not only slow. */
	{ { .deadline = DEADLINE_BOOT,
	    .timeout = 120,
	    .listened = true,
	    .silent = true,
	    .killed = true },
	  OUTCOME_TIMEOUT,
	  124,
	  "phase boot: not a word came from the console; the guest may need "
	  "more memory (-m); --boot-timeout" },
	{ { .timeout = 9, .listened = true, .silent = true, .killed = true },
	  OUTCOME_TIMEOUT,
	  124,
	  "not a word came from the console" },
	{ { .deadline = DEADLINE_BOOT, .timeout = 120, .killed = true },
	  OUTCOME_TIMEOUT,
	  124,
	  "phase boot: no word from init; --boot-timeout" },
	{ { .deadline = DEADLINE_INIT,
	    .timeout = 9,
	    .ready = true,
	    .silent = true,
	    .killed = true },
	  OUTCOME_TIMEOUT,
	  124,
	  "phase init: the command was not started" },
	{ { .qemu = EXITED(1), .words = "warning: a\nqemu: no such file\n" },
	  OUTCOME_QEMU_FAILED,
	  125,
	  "exit code 1: qemu: no such file" },
	/* QEMU would wait for a person at its monitor. */
	{ { .paused = true,
	    .killed = true,
	    .kvm = true,
	    .qemu = KILLED(9),
	    .words = "KVM internal error. Suberror: 1\nRAX=0\n" },
	  OUTCOME_QEMU_FAILED,
	  125,
	  "QEMU has stopped the guest: KVM internal error. Suberror: 1; KVM "
	  "does not work here: --accel tcg" },
	{ { .paused = true,
	    .killed = true,
	    .ready = true,
	    .qemu = KILLED(9),
	    .words = "x\nerror: kvm run failed Bad address\n" },
	  OUTCOME_QEMU_FAILED,
	  125,
	  "QEMU has stopped the guest: kvm run failed Bad address" },
	{ { .qemu = KILLED(11), .words = NULL, .ready = true },
	  OUTCOME_QEMU_FAILED,
	  125,
	  "signal 11" },
	/* An assertion helps nobody who only wants to boot. */
	{ { .kvm = true,
	    .qemu = KILLED(6),
	    .words = "q: x/kvm.c:29: `a == b'\n" },
	  OUTCOME_QEMU_FAILED,
	  125,
	  "`a == b'; KVM does not work here: --accel tcg" },
	{ { .kvm = true,
	    .qemu = EXITED(1),
	    .words = "Could not access KVM kernel module: x\nq: failed\n" },
	  OUTCOME_QEMU_FAILED,
	  125,
	  "q: failed; KVM does not work here: --accel tcg" },
	{ { .timeout = 9, .kvm = true, .silent = true, .killed = true },
	  OUTCOME_TIMEOUT,
	  124,
	  "KVM may not work here (--accel tcg)" },
	{ { .qemu = EXITED(0), .silent = true },
	  OUTCOME_QEMU_FAILED,
	  125,
	  "QEMU ended at once without a word" },
	{ { .qemu = EXITED(0), .listened = true, .silent = true },
	  OUTCOME_NO_INIT,
	  125,
	  "more memory (-m)" },
	{ { .qemu = EXITED(0) },
	  OUTCOME_NO_INIT,
	  125,
	  "without a word from init" },
	/* init was there and said nothing: never a success. */
	{ { .qemu = EXITED(0), .ready = true, .phase = "command" },
	  OUTCOME_INIT_ERROR,
	  125,
	  "without a verdict in phase command" },
	/* The command ended well, but what it wrote is not all there. */
	{ { .status = true, .outcome = "exit", .output_error = ENOSPC },
	  OUTCOME_LOST_OUTPUT,
	  125,
	  "No space left" },
	{ { .status = true, .outcome = "exit", .log_error = ENOSPC },
	  OUTCOME_LOST_OUTPUT,
	  125,
	  "log is not all there" },
	{ { .status = true, .outcome = "exit", .input_error = EISDIR },
	  OUTCOME_LOST_OUTPUT,
	  125,
	  "stdin cannot be read" },
};

START_TEST(decision)
{
	struct verdict v = verdict_decide(&rows[_i].facts);

	ck_assert_int_eq(v.outcome, rows[_i].outcome);
	ck_assert_int_eq(v.exit_code, rows[_i].code);
	if (!rows[_i].text)
		ck_assert_ptr_null(v.text);
	else
		ck_assert_msg(v.text && strstr(v.text, rows[_i].text), "%s",
			      v.text);
	verdict_free(&v);
}
END_TEST

START_TEST(all_exit_codes_and_signals)
{
	struct facts f = { .status = true };

	for (int n = 0; n < 256; n++) {
		f.outcome = "exit";
		f.number = n;
		ck_assert_int_eq(verdict_decide(&f).exit_code, n);
	}
	for (int n = 1; n < 65; n++) {
		struct verdict v;

		f.outcome = "signal";
		f.number = n;
		v = verdict_decide(&f);
		ck_assert_int_eq(v.exit_code, 128 + n);
		verdict_free(&v);
	}
}
END_TEST

START_TEST(names_are_the_contract)
{
	static const char *const names[] = {
		[OUTCOME_EXIT] = "exit",
		[OUTCOME_SIGNAL] = "signal",
		[OUTCOME_EXEC_FAILED] = "exec-failed",
		[OUTCOME_INIT_ERROR] = "init-error",
		[OUTCOME_PANIC] = "panic",
		[OUTCOME_OOPS] = "oops",
		[OUTCOME_NO_INIT] = "no-init",
		[OUTCOME_TIMEOUT] = "timeout",
		[OUTCOME_QEMU_FAILED] = "qemu-failed",
		[OUTCOME_LOST_OUTPUT] = "lost-output",
		[OUTCOME_TESTS_FAILED] = "tests-failed",
		[OUTCOME_INTERRUPTED] = "interrupted",
		[OUTCOME_NOT_STARTED] = "not-started",
		[OUTCOME_SWITCHED] = "switched",
		[OUTCOME_UNFINISHED] = "unfinished",
	};

	for (int i = 0; i < OUTCOME_N; i++)
		ck_assert_str_eq(verdict_name(i), names[i]);
}
END_TEST

/* Another init goes on: QEMU's end and the console tell, no STATUS does. */
START_TEST(what_comes_after_switched)
{
	struct facts f = { .ready = true, .switched = true, .shell = true };
	struct verdict v = verdict_decide(&f);

	ck_assert_int_eq(v.outcome, OUTCOME_SWITCHED);
	ck_assert_int_eq(v.exit_code, 0);
	ck_assert_str_eq(verdict_reached(&f), "switched");
	verdict_free(&v);
	f.oops = &two;
	v = verdict_decide(&f);
	ck_assert_int_eq(v.outcome, OUTCOME_OOPS);
	ck_assert_int_eq(v.exit_code, 122);
	ck_assert_ptr_nonnull(strstr(v.text, "the guest ended well, but"));
	verdict_free(&v);
	f.panic = "Attempted to kill init!";
	v = verdict_decide(&f);
	ck_assert_int_eq(v.outcome, OUTCOME_PANIC);
	verdict_free(&v);
	f.panic = NULL;
	f.oops = NULL;
	f.timeout = 3;
	f.deadline = DEADLINE_COMMAND;
	f.killed = true;
	v = verdict_decide(&f);
	ck_assert_int_eq(v.outcome, OUTCOME_TIMEOUT);
	verdict_free(&v);
	f.timeout = 0;
	v = verdict_decide(&f);
	ck_assert_int_eq(v.outcome, OUTCOME_INIT_ERROR);
	verdict_free(&v);
	f.killed = false;
	f.qemu = 1 << 8;
	v = verdict_decide(&f);
	ck_assert_int_eq(v.outcome, OUTCOME_QEMU_FAILED);
	verdict_free(&v);
	f.qemu = 0;
	f.signal = 15;
	v = verdict_decide(&f);
	ck_assert_int_eq(v.outcome, OUTCOME_INTERRUPTED);
	verdict_free(&v);
}
END_TEST

/* What is more than one fact: a note, and a text with two names. */
START_TEST(a_failure_of_its_own_stands)
{
	struct facts f = {
		.status = true,
		.outcome = "exit",
		.number = 7,
		.oops = &two,
		.deadline = DEADLINE_SHUTDOWN,
		.timeout = 10,
		.killed = true,
	};
	struct verdict v = verdict_decide(&f);

	ck_assert_int_eq(v.outcome, OUTCOME_EXIT);
	ck_assert_int_eq(v.exit_code, 7);
	ck_assert_ptr_null(v.text);
	ck_assert_ptr_nonnull(strstr(v.note, "switching off"));
	verdict_free(&v);
	/* Two things that make a good end bad: both are said. */
	f.number = 0;
	v = verdict_decide(&f);
	ck_assert_int_eq(v.exit_code, 122);
	ck_assert_ptr_nonnull(strstr(v.note, "switching off"));
	verdict_free(&v);
	/* A shell's code stands, a good one, too. */
	f.shell = true;
	v = verdict_decide(&f);
	ck_assert_int_eq(v.exit_code, 0);
	ck_assert_ptr_null(v.text);
	verdict_free(&v);
}
END_TEST

/* No fact at all, and no combination without STATUS, is a success. */
START_TEST(nothing_but_a_status_is_a_success)
{
	for (unsigned int bits = 0; bits < 1 << 9; bits++) {
		struct facts f = {
			.outcome = "exit",
			.ready = bits & 1,
			.phase = bits & 2 ? "command" : NULL,
			.timeout = bits & 4 ? 1 : 0,
			.deadline = bits & 4 ? DEADLINE_SHUTDOWN : 0,
			.silent = bits & 8,
			.panic = bits & 16 ? "x" : NULL,
			.killed = bits & 32,
			.channel = bits & 64 ? "x" : NULL,
			.signal = bits & 128 ? 2 : 0,
			.shell = bits & 256,
		};
		struct verdict v = verdict_decide(&f);

		ck_assert_int_ne(v.exit_code, 0);
		ck_assert_int_ge(v.exit_code, 123);
		ck_assert_ptr_nonnull(v.text);
		verdict_free(&v);
	}
}
END_TEST

START_TEST(numbers_have_a_meaning)
{
	ck_assert_int_eq(verdict_number(OUTCOME_EXIT), VERDICT_CODE);
	ck_assert_int_eq(verdict_number(OUTCOME_SIGNAL), VERDICT_SIGNAL);
	ck_assert_int_eq(verdict_number(OUTCOME_INTERRUPTED), VERDICT_SIGNAL);
	ck_assert_int_eq(verdict_number(OUTCOME_EXEC_FAILED), VERDICT_ERRNO);
	ck_assert_int_eq(verdict_number(OUTCOME_PANIC), VERDICT_NO_NUMBER);
}
END_TEST

/* It is for who asked for KVM, and only where that is the reason. */
static const struct facts not_kvm[] = {
	{ .qemu = EXITED(1), .words = "kvm\n" },
	{ .kvm = true, .qemu = EXITED(1), .words = "no such option\n" },
	{ .kvm = true, .qemu = KILLED(9) },
	{ .kvm = true, .qemu = KILLED(6), .words = "kvm\n", .ready = true },
};

START_TEST(kvm_is_not_blamed)
{
	struct verdict v = verdict_decide(&not_kvm[_i]);

	ck_assert_int_eq(v.outcome, OUTCOME_QEMU_FAILED);
	ck_assert_ptr_null(strstr(v.text, "--accel"));
	verdict_free(&v);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("verdict");
	TCase *t = tcase_create("verdict");

	tcase_add_loop_test(t, decision, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(t, all_exit_codes_and_signals);
	tcase_add_test(t, names_are_the_contract);
	tcase_add_test(t, what_comes_after_switched);
	tcase_add_test(t, a_failure_of_its_own_stands);
	tcase_add_test(t, nothing_but_a_status_is_a_success);
	tcase_add_test(t, numbers_have_a_meaning);
	tcase_add_loop_test(t, kvm_is_not_blamed, 0,
			    sizeof(not_kvm) / sizeof(not_kvm[0]));
	suite_add_tcase(s, t);
	return s;
}
