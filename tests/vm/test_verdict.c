// SPDX-License-Identifier: MIT
/* What the kernel says counts, and --report says what became of the guest,
 * whatever that was. */
#include "vm.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct ran r;
static struct text report;

/* As the kernel's own lines come: with a level that "quiet" lets pass. */
#define KMSG(line) "echo '<2>" line "' >/dev/kmsg"
#define WARNING	   "WARNING: CPU: 0 PID: 7 at kernel/a.c:12 a_fn+0x1/0x2"
#define BUG	   "BUG: kernel NULL pointer dereference, address: 0000000000000008"

static const char *path(void)
{
	return vm_at("report.json");
}

#define REPORT "--report", path()

static void read_report(void)
{
	free(report.p);
	report = vm_slurp(path());
}

/* A line of the report, wherever it stands. */
#define ck_report(line) ck_has(report, line)

/* --- the kernel's failures ------------------------------------------------ */

static const struct {
	const char *script;
	const char *option; /* or NULL */
	int code;
	const char *says[3], *reports[3];
} failures[] = {
	{ KMSG(WARNING),
	  NULL,
	  122,
	  { "the command ended well, but the kernel reported: ", "a_fn+0x1/0x2",
	    "the console from there on:" },
	  { "\"outcome\": \"oops\"", "\"exit_code\": 122", "a_fn+0x1/0x2" } },
	{ KMSG(WARNING) "; " KMSG(BUG),
	  "--allow=a_fn",
	  122,
	  { "NULL pointer" },
	  { "\"oops\": [\n    {\n      \"class\": \"",
	    "\"oops_allowed\": [\n    {\n      \"class\": \"" } },
	{ KMSG(WARNING), "--allow=a_fn", 0, { NULL }, { "\"oops\": []" } },
	{ KMSG(WARNING), "--oops=ignore", 0, { NULL }, { "\"oops\": []" } },
	{ KMSG(WARNING), "--allow=another_fn", 122, { "a_fn" }, { "oops" } },
	/* Its own failure stands; what may be the reason is said. */
	{ KMSG(BUG) "; kill -9 $$",
	  NULL,
	  137,
	  { "signal 9",
	    "the kernel reported: ", "the console from there on:\n" },
	  { "\"outcome\": \"signal\"", "\"signal\": 9", "NULL pointer" } },
	{ KMSG(BUG) "; exit 9",
	  NULL,
	  9,
	  { "the kernel reported: ", "NULL pointer",
	    "the console from there on:\n" },
	  { "\"outcome\": \"exit\"", "\"code\": 9", "NULL pointer" } },
	/* What is allowed is not shown, either. */
	{ KMSG(BUG) "; exit 9",
	  "--oops=ignore",
	  9,
	  { NULL },
	  { "\"outcome\": \"exit\"", "\"oops\": []" } },
	/* What came first is the reason. */
	{ KMSG(BUG) "; echo c >/proc/sysrq-trigger; sleep 100",
	  NULL,
	  123,
	  { "kernel panic: sysrq triggered crash; before it: ",
	    "NULL pointer" },
	  { "\"outcome\": \"panic\"", "\"phase\": \"command\"" } },
	/* In the command's own output it is data. */
	{ "echo '" WARNING "'; echo '" BUG "' >&2",
	  NULL,
	  0,
	  { "a_fn+0x1/0x2", BUG },
	  { "\"oops\": []" } },
};

START_TEST(the_kernel_has_failed)
{
	const char *option = failures[_i].option;

	if (option)
		vm_boot(&r, REPORT, option, "--", "sh", "-c",
			failures[_i].script);
	else
		vm_boot(&r, REPORT, "--", "sh", "-c", failures[_i].script);
	ck_code(&r, failures[_i].code);
	read_report();
	for (int i = 0; i < 3 && failures[_i].says[i]; i++)
		ck_assert_msg(strstr(r.err.p, failures[_i].says[i]) ||
				      strstr(r.out.p, failures[_i].says[i]),
			      "%s", r.err.p);
	if (!failures[_i].says[0])
		ck_assert_str_eq(r.err.p, "");
	for (int i = 0; i < 3 && failures[_i].reports[i]; i++)
		ck_report(failures[_i].reports[i]);
	vm_nothing_left(0);
}
END_TEST

/* Who types into a shell wants its code, and to hear of the kernel. */
START_TEST(a_shell_keeps_its_code)
{
	/* What is typed is echoed, and must not be what is found. */
	static const char input[] = "echo '<2>BU''G: kernel NULL pointer "
				    "dereference, address: 8' >/dev/kmsg\n"
				    "exit 0\n";

	vm_exec(&r, input, strlen(input),
		VM_ARGV(vm_bootlet(), VM_RUN, REPORT));
	ck_code(&r, 0);
	ck_one_line(&r, "the kernel reported: ");
	read_report();
	ck_report("\"command\": null");
	ck_report("\"outcome\": \"exit\"");
	ck_report("NULL pointer");
}
END_TEST

/* The image is no image: what the kernel said of it explains its panic. */
START_TEST(garbage_in_place_of_an_image)
{
	const char *garbage = vm_put("garbage", "this is no archive\n", false);

	vm_boot(&r, REPORT, "-i", garbage, "--timeout", "120");
	ck_code(&r, 123);
	ck_has(r.err, "kernel panic: ");
	ck_has(r.err, "nitramfs unpacking failed");
	read_report();
	ck_report("\"outcome\": \"panic\"");
	ck_report("\"channel\": \"none\"");
}
END_TEST

/* --- the report ----------------------------------------------------------- */

START_TEST(it_tells_all_of_a_good_end)
{
	vm_boot(&r, REPORT, "--", "sh", "-c",
		"echo hi; echo '\xff' >/dev/console");
	ck_code(&r, 0);
	ck_assert_str_eq(r.out.p, "hi\n");
	ck_assert_str_eq(r.err.p, "");
	read_report();
	ck_report("\"outcome\": \"exit\"");
	ck_report("\"exit_code\": 0,");
	ck_report("\"code\": 0,");
	ck_report("\"phase\": \"shutdown\"");
	ck_report("\"release\": \"6.1.");
	ck_report("\"name\": \"tcg\"");
	ck_report("\"why\": \"--accel\"");
	ck_report("\"microvm,acpi=on,accel=tcg\"");
	ck_report("\"name\": \"mounts\"");
	ck_hasnt(report, "\"kernel_us\": null");
	ck_hasnt(report, "_ms\": null");
	ck_report("\xef\xbf\xbd");
	ck_hasnt(report, "\xff");
}
END_TEST

START_TEST(it_is_written_when_qemu_is_not_there)
{
	vm_boot(&r, REPORT, "--qemu", "/nonexistent/qemu", "--", "true");
	ck_code(&r, 125);
	read_report();
	ck_report("\"outcome\": \"qemu-failed\"");
	ck_report("/nonexistent/qemu: not found");
}
END_TEST

START_TEST(it_is_written_when_there_is_nothing_to_boot)
{
	vm_host(&r, "run", REPORT, "-k", "/nonexistent", "--", "true");
	ck_code(&r, 125);
	read_report();
	ck_report("\"outcome\": \"not-started\"");
	ck_report("\"text\": \"/nonexistent: ");
}
END_TEST

START_TEST(it_is_written_when_a_deadline_passes)
{
	vm_boot(&r, REPORT, "--timeout", "1", "--", "true");
	ck_code(&r, 124);
	read_report();
	ck_report("\"outcome\": \"timeout\"");
	ck_report("\"deadline\": \"all\",\n    \"seconds\": 1.0");
	ck_report("\"phase\": \"boot\"");
}
END_TEST

START_TEST(it_has_qemus_words)
{
	const char *mute =
		vm_put("qemu", "#!/bin/sh\necho no luck >&2\nexit 3\n", true);

	vm_boot(&r, REPORT, "--qemu", mute, "--", "true");
	ck_code(&r, 125);
	read_report();
	ck_report("\"outcome\": \"qemu-failed\"");
	ck_report("\"qemu_words\": \"no luck\\n\"");
}
END_TEST

/* Found out before a minute of boot is lost. */
START_TEST(it_cannot_be_written)
{
	vm_boot(&r, "--report", vm_at("no/such/report"), "--", "true");
	ck_code(&r, 125);
	ck_one_line(&r, "no/such/report: cannot be written");
	ck_assert_double_lt(r.seconds, 3);
	vm_boot(&r, "--report", "-", "--", "true");
	ck_code(&r, 125);
	vm_nothing_left(0);
}
END_TEST

START_TEST(none_is_written_for_what_is_only_printed)
{
	unlink(path());
	vm_boot(&r, REPORT, "--print", "--", "true");
	ck_code(&r, 0);
	ck_assert_int_ne(access(path(), F_OK), 0);
}
END_TEST

/* --- signals -------------------------------------------------------------- */

static pid_t begin(const char *script, int *from)
{
	pid_t pid;
	int p[2];

	unlink(path());
	ck_assert(!pipe2(p, O_CLOEXEC));
	pid = vm_spawn(VM_ARGV(vm_bootlet(), VM_RUN, REPORT, "--", "sh", "-c",
			       script),
		       -1, p[1], -1);
	close(p[1]);
	*from = p[0];
	return pid;
}

/* Whoever is killed leaves no verdict, and none of an earlier run. */
START_TEST(bootlet_is_killed)
{
	struct text out = { 0 };
	int from;
	pid_t pid = begin("echo up; sleep 1000", &from);

	vm_expect(from, &out, "up\n", 120);
	kill(pid, SIGKILL);
	ck_assert_int_eq(vm_wait(pid, 5), 137);
	read_report();
	ck_report("\"outcome\": \"unfinished\"");
	ck_report("\"exit_code\": null");
	vm_nothing_left(5);
}
END_TEST

START_TEST(a_signal_while_it_boots)
{
	int from;
	pid_t pid = begin("true", &from);

	vm_qemu_of(pid, 60);
	vm_sleep_ms(500);
	kill(pid, SIGINT);
	ck_assert_int_eq(vm_wait(pid, 5), 130);
	read_report();
	ck_report("\"outcome\": \"interrupted\"");
	ck_report("\"signal\": 2,");
	ck_report("\"signal_received\": 2");
	ck_report("\"phase\": \"boot\"");
	vm_nothing_left(5);
}
END_TEST

START_TEST(a_signal_that_the_command_obeys)
{
	struct text out = { 0 };
	int from;
	pid_t pid = begin("trap 'echo caught; exit 3' INT; echo up; "
			  "while :; do sleep 0.1; done",
			  &from);

	vm_expect(from, &out, "up\n", 120);
	kill(pid, SIGINT);
	ck_assert_int_eq(vm_wait(pid, 30), 3);
	vm_expect(from, &out, "caught\n", 5);
	read_report();
	ck_report("\"outcome\": \"exit\"");
	ck_report("\"code\": 3");
	ck_report("\"signal_received\": 2");
	vm_nothing_left(0);
}
END_TEST

/* It has the time for switching off, no more; a second signal, none. */
START_TEST(a_signal_that_the_command_ignores)
{
	struct text out = { 0 };
	double begun;
	int from;
	pid_t pid = begin("trap '' TERM; echo up; while :; do sleep 1; done",
			  &from);

	vm_expect(from, &out, "up\n", 120);
	begun = vm_now();
	kill(pid, SIGTERM);
	vm_sleep_ms(300);
	if (_i == 1)
		kill(pid, SIGTERM);
	ck_assert_int_eq(vm_wait(pid, 30), 143);
	ck_assert_msg(_i == 1 ? vm_now() - begun < 5 :
				vm_now() - begun >= 10 && vm_now() - begun < 15,
		      "it took %.1f s", vm_now() - begun);
	read_report();
	ck_report("\"outcome\": \"interrupted\"");
	ck_report("\"phase\": \"command\"");
	vm_nothing_left(5);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("verdict");
	TCase *t = tcase_create("kernel");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_loop_test(t, the_kernel_has_failed, 0,
			    sizeof(failures) / sizeof(failures[0]));
	tcase_add_test(t, a_shell_keeps_its_code);
	tcase_add_test(t, garbage_in_place_of_an_image);
	suite_add_tcase(s, t);

	t = tcase_create("report");
	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_test(t, it_tells_all_of_a_good_end);
	tcase_add_test(t, it_is_written_when_qemu_is_not_there);
	tcase_add_test(t, it_is_written_when_there_is_nothing_to_boot);
	tcase_add_test(t, it_is_written_when_a_deadline_passes);
	tcase_add_test(t, it_has_qemus_words);
	tcase_add_test(t, it_cannot_be_written);
	tcase_add_test(t, none_is_written_for_what_is_only_printed);
	suite_add_tcase(s, t);

	t = tcase_create("signals");
	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_test(t, bootlet_is_killed);
	tcase_add_test(t, a_signal_while_it_boots);
	tcase_add_test(t, a_signal_that_the_command_obeys);
	tcase_add_loop_test(t, a_signal_that_the_command_ignores, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
