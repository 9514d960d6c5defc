// SPDX-License-Identifier: MIT
#include "host/verdict.h"
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define EXITED(n) ((n) << 8)
#define KILLED(n) (n)

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
	/* A panic after the verdict (at power off) does not undo it. */
	{ { .status = true, .outcome = "exit", .number = 3, .panic = "x" },
	  OUTCOME_EXIT,
	  3,
	  NULL },
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
	  "2.5 seconds passed in phase boot" },
	{ { .timeout = 3, .ready = true, .phase = "command", .killed = true },
	  OUTCOME_TIMEOUT,
	  124,
	  "phase command" },
	{ { .qemu = EXITED(1), .words = "warning: a\nqemu: no such file\n" },
	  OUTCOME_QEMU_FAILED,
	  125,
	  "exit code 1: qemu: no such file" },
	{ { .qemu = KILLED(11), .words = NULL, .ready = true },
	  OUTCOME_QEMU_FAILED,
	  125,
	  "signal 11" },
	{ { .qemu = EXITED(0), .silent = true },
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
	free(v.text);
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
		free(v.text);
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
		[OUTCOME_NO_INIT] = "no-init",
		[OUTCOME_TIMEOUT] = "timeout",
		[OUTCOME_QEMU_FAILED] = "qemu-failed",
		[OUTCOME_LOST_OUTPUT] = "lost-output",
		[OUTCOME_TESTS_FAILED] = "tests-failed",
	};

	for (int i = 0; i < OUTCOME_N; i++)
		ck_assert_str_eq(verdict_name(i), names[i]);
}
END_TEST

START_TEST(panic_titles)
{
	static const char log[] = "a\0b[ 1.0] Kernel panic - not syncing: "
				  "sysrq triggered crash\r\n[ 1.1] CPU: 0";
	char *title = verdict_panic_title(log, sizeof(log) - 1);

	ck_assert_str_eq(title, "sysrq triggered crash");
	free(title);
	title = verdict_panic_title("Kernel panic - not syncing: x", 29);
	ck_assert_str_eq(title, "x");
	free(title);
	ck_assert_ptr_null(verdict_panic_title("Kernel panic - not sync", 23));
	ck_assert_ptr_null(verdict_panic_title("", 0));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("verdict");
	TCase *t = tcase_create("verdict");

	tcase_add_loop_test(t, decision, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(t, all_exit_codes_and_signals);
	tcase_add_test(t, names_are_the_contract);
	tcase_add_test(t, panic_titles);
	suite_add_tcase(s, t);
	return s;
}
