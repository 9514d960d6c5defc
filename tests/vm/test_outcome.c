// SPDX-License-Identifier: MIT
/* What became of the guest, and the exit code that says it: one boot each. */
#include "vm.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct ran r;

/* --- the command's own ---------------------------------------------------- */

static const struct {
	const char *script;
	int code;
	const char *says; /* on stderr; NULL: nothing at all */
} ends[] = {
	{ "exit 0", 0, NULL },
	{ "exit 1", 1, NULL },
	{ "exit 42", 42, NULL },
	{ "exit 255", 255, NULL },
	{ "kill -9 $$", 137, "signal 9" },
	{ "kill -TERM $$", 143, "signal 15" },
};

START_TEST(command_ends)
{
	vm_boot(&r, "--", "sh", "-c", ends[_i].script);
	ck_code(&r, ends[_i].code);
	ck_assert_str_eq(r.out.p, "");
	if (ends[_i].says)
		ck_one_line(&r, ends[_i].says);
	else
		ck_assert_str_eq(r.err.p, "");
	vm_nothing_left(0);
}
END_TEST

static const struct {
	const char *content; /* of /x; NULL: there is none */
	bool exec;
	int code;
	const char *says;
} unstartable[] = {
	{ NULL, true, 127, "/x: not in the image" },
	{ "#!/no/such/interpreter\n", true, 127, "interpreter" },
	{ "text", false, 126, "Permission denied" },
	{ "neither text nor ELF\n", true, 126, "xec format" },
};

START_TEST(command_cannot_be_executed)
{
	const char *content = unstartable[_i].content;
	const char *file = vm_put(vm_fmt("x%d", _i), content ? content : "",
				  unstartable[_i].exec);

	vm_boot(&r, "--file", vm_fmt("%s:%s", file, content ? "/x" : "/y"),
		"--", "/x", "word");
	ck_code(&r, unstartable[_i].code);
	ck_one_line(&r, unstartable[_i].says);
	ck_assert_str_eq(r.out.p, "");
}
END_TEST

START_TEST(command_missing_in_path)
{
	vm_boot(&r, "--", "no-such-command");
	ck_code(&r, 127);
	ck_one_line(&r, "no-such-command: not in the image");
}
END_TEST

/* --- deadlines ------------------------------------------------------------ */

START_TEST(deadline_passes)
{
	vm_boot(&r, "--timeout", "3", "--", "sleep", "100");
	ck_code(&r, 124);
	ck_assert_msg(r.seconds >= 3 && r.seconds < 8, "it took %.1f s",
		      r.seconds);
	ck_has(r.err, "deadline of 3 seconds");
	vm_nothing_left(0);
}
END_TEST

/* A command that ignores what asks it to end. */
START_TEST(deadline_is_not_a_request)
{
	vm_boot(&r, "--timeout", "12", "--", "sh", "-c",
		"trap '' TERM INT HUP; echo up; while :; do sleep 1; done");
	ck_code(&r, 124);
	ck_assert_str_eq(r.out.p, "up\n");
	ck_assert_msg(r.seconds >= 12 && r.seconds < 17, "it took %.1f s",
		      r.seconds);
	ck_has(r.err, "phase command");
}
END_TEST

START_TEST(boot_deadline_passes)
{
	vm_boot(&r, "--boot-timeout", "0.5", "--", "true");
	ck_code(&r, 124);
	ck_has(r.err, "deadline of 0.5 seconds");
	ck_assert_msg(r.seconds < 6, "it took %.1f s", r.seconds);
}
END_TEST

/* --- the kernel's end ----------------------------------------------------- */

START_TEST(kernel_panics)
{
	vm_boot(&r, "--timeout", "120", "--", "sh", "-c",
		"echo before; sleep 1; echo c >/proc/sysrq-trigger; sleep 60");
	ck_code(&r, 123);
	ck_has(r.err, "kernel panic: sysrq triggered crash");
	ck_assert_str_eq(r.out.p, "before\n");
	vm_nothing_left(0);
}
END_TEST

/* The title in the command's own output is data; on the console it cannot be
 * told from the kernel's, and makes a good end bad, never a bad one good. */
static const struct {
	const char *script;
	int code;
} forgers[] = {
	{ "echo \"$0\"; echo \"$0\" >&2", 0 },
	{ "echo \"$0\"; echo \"$0\" >&2; exit 7", 7 },
	{ "echo \"$0\"; echo \"$0\" >&2; echo \"$0\" >/dev/console", 122 },
	{ "echo \"$0\"; echo \"$0\" >&2; echo \"<0>$0\" >/dev/kmsg; exit 7",
	  7 },
};

START_TEST(panic_that_was_printed)
{
	static const char forged[] = "Kernel panic - not syncing: no";

	vm_boot(&r, "--", "sh", "-c", forgers[_i].script, forged);
	ck_code(&r, forgers[_i].code);
	ck_has(r.out, forged);
	ck_has(r.err, forged);
}
END_TEST

/* The kernel is told a program that ends: PID 1 must not. */
START_TEST(other_init_ends)
{
	vm_boot(&r, "--append", "rdinit=/bin/true", "--timeout", "120", "--",
		"true");
	ck_code(&r, 123);
	ck_has(r.err, "kernel panic: Attempted to kill init!");
}
END_TEST

START_TEST(no_init_in_image)
{
	vm_boot(&r, "--no-init", "--no-busybox", "--timeout", "120", "--",
		"true");
	ck_code(&r, 123);
	ck_has(r.err, "kernel panic: ");
}
END_TEST

/* A program that knows nothing of the channel and switches off. */
START_TEST(silent_init_gives_no_success)
{
	const char *file =
		vm_put("mute", "#!/bin/sh\n/bin/busybox poweroff -f\n", true);

	vm_boot(&r, "--init", file, "--timeout", "120", "--", "true");
	ck_code(&r, 125);
	ck_has(r.err, "without a word from init");
}
END_TEST

/* The guest is switched off behind init's back, the command unfinished. */
START_TEST(guest_switched_off)
{
	vm_boot(&r, "--timeout", "120", "--", "sh", "-c",
		"echo out; sleep 1; poweroff -f");
	ck_code(&r, 125);
	ck_assert_str_eq(r.out.p, "out\n");
	ck_has(r.err, "without a verdict");
}
END_TEST

/* A kernel without the UART that the channel is on. */
START_TEST(no_channel_no_success)
{
	vm_boot(&r, "--channel", "uart", "--append", "8250.nr_uarts=1",
		"--timeout", "120", "--", "sh", "-c", "exit 0");
	ck_code(&r, 125);
	ck_has(r.err, "bootlet: the guest ended ");
	ck_assert_str_eq(r.out.p, "");
}
END_TEST

/* The console is there to say what is wrong. */
START_TEST(no_port_no_success)
{
	vm_boot(&r, "--append", "bootlet.port=ttyS9", "--timeout", "120", "--",
		"sh", "-c", "exit 0");
	ck_code(&r, 125);
	ck_has(r.err, "ttyS9: cannot open the port to the host");
}
END_TEST

/* --- QEMU's end ----------------------------------------------------------- */

START_TEST(qemu_is_killed)
{
	int p[2], e[2];
	struct text out = { 0 }, err = { 0 };
	pid_t pid;

	ck_assert(!pipe2(p, 02000000) && !pipe2(e, 02000000));
	pid = vm_spawn(VM_ARGV(vm_bootlet(), VM_RUN, "--", "sh", "-c",
			       "echo up; sleep 100"),
		       -1, p[1], e[1]);
	close(e[1]);
	vm_expect(p[0], &out, "up\n", 120);
	kill(vm_qemu_of(pid, 20), SIGKILL);
	ck_assert_int_eq(vm_wait(pid, 30), 125);
	vm_expect(e[0], &err, "QEMU was killed by signal 9", 5);
	vm_nothing_left(5);
}
END_TEST

START_TEST(qemu_missing)
{
	vm_boot(&r, "--qemu", "/nonexistent/qemu", "--", "true");
	ck_code(&r, 125);
	ck_one_line(&r, "/nonexistent/qemu: not found; install QEMU");
	vm_nothing_left(0);
}
END_TEST

START_TEST(qemu_not_in_path)
{
	const char *dir = vm_at("path");

	ck_assert(mkdir(dir, 0755) == 0);
	ck_assert(symlink(vm_busybox(), vm_at("path/busybox")) == 0);
	vm_sh(&r, vm_fmt("PATH=%s exec \"$@\"", dir), "run", "-k",
	      vm_kernel_image(NULL), "--accel", "tcg", "--", "true");
	ck_code(&r, 125);
	ck_one_line(&r, "qemu-system-x86_64: not found; install QEMU");
	vm_nothing_left(0);
}
END_TEST

/* It is there and fails: its own words are what helps. */
START_TEST(qemu_refuses)
{
	const char *mute =
		vm_put("qemu", "#!/bin/sh\necho no luck >&2\nexit 3\n", true);

	vm_boot(&r, "--qemu", mute, "--", "true");
	ck_code(&r, 125);
	ck_one_line(&r, "QEMU failed with exit code 3: no luck");
	vm_nothing_left(0);
}
END_TEST

/* As one that has no /dev/kvm; and what to do. */
START_TEST(qemu_has_no_kvm)
{
	const char *mute =
		vm_put("qemu-nokvm",
		       "#!/bin/sh\necho failed to initialize kvm >&2\n"
		       "exit 1\n",
		       true);

	vm_boot(&r, "--accel", "kvm", "--qemu", mute, "--", "true");
	ck_code(&r, 125);
	ck_one_line(&r, "exit code 1: failed to initialize kvm; KVM does not "
			"work here: --accel tcg");
	vm_nothing_left(0);
}
END_TEST

START_TEST(qemu_ends_well_at_once)
{
	vm_boot(&r, "--qemu", "/bin/true", "--", "true");
	ck_code(&r, 125);
	ck_one_line(&r, "without a word");
	vm_nothing_left(0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("outcome");
	TCase *t = tcase_create("command");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_loop_test(t, command_ends, 0, sizeof(ends) / sizeof(ends[0]));
	tcase_add_loop_test(t, command_cannot_be_executed, 0,
			    sizeof(unstartable) / sizeof(unstartable[0]));
	tcase_add_test(t, command_missing_in_path);
	tcase_add_test(t, deadline_passes);
	tcase_add_test(t, deadline_is_not_a_request);
	tcase_add_test(t, boot_deadline_passes);
	suite_add_tcase(s, t);

	t = tcase_create("kernel and QEMU");
	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_test(t, kernel_panics);
	tcase_add_loop_test(t, panic_that_was_printed, 0,
			    sizeof(forgers) / sizeof(forgers[0]));
	tcase_add_test(t, other_init_ends);
	tcase_add_test(t, no_init_in_image);
	tcase_add_test(t, silent_init_gives_no_success);
	tcase_add_test(t, guest_switched_off);
	tcase_add_test(t, no_channel_no_success);
	tcase_add_test(t, no_port_no_success);
	tcase_add_test(t, qemu_is_killed);
	tcase_add_test(t, qemu_missing);
	tcase_add_test(t, qemu_not_in_path);
	tcase_add_test(t, qemu_refuses);
	tcase_add_test(t, qemu_has_no_kvm);
	tcase_add_test(t, qemu_ends_well_at_once);
	suite_add_tcase(s, t);
	return s;
}
