// SPDX-License-Identifier: MIT
/* What must hold even if somebody around the guest misbehaves: a reader that
 * stops, a script around QEMU, an accelerator that lies; and that what --print
 * says is what happens. */
#include "vm.h"

#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct ran r;

START_TEST(deadline_passes_while_nobody_reads)
{
	int p[2];
	pid_t pid;
	double begin = vm_now();

	ck_assert_int_eq(pipe(p), 0);
	pid = vm_spawn(VM_ARGV(vm_bootlet(), VM_RUN, "--timeout", "6", "--",
			       "yes"),
		       -1, p[1], -1);
	close(p[1]);
	ck_assert_int_eq(vm_wait(pid, 60), 124);
	ck_assert_double_lt(vm_now() - begin, 6 + 5);
	close(p[0]);
	vm_nothing_left(1);
}
END_TEST

/* A terminal polls writable and waits all the same: it is no pipe. */
START_TEST(deadline_passes_while_a_terminal_stands_still)
{
	double begin = vm_now();
	int master, slave;
	pid_t pid;

	ck_assert_int_eq(openpty(&master, &slave, NULL, NULL, NULL), 0);
	pid = vm_spawn(VM_ARGV(vm_bootlet(), VM_RUN, "--timeout", "6", "--",
			       "yes"),
		       -1, slave, -1);
	close(slave);
	ck_assert_int_eq(vm_wait(pid, 60), 124);
	ck_assert_double_lt(vm_now() - begin, 6 + 5);
	close(master);
	vm_nothing_left(1);
}
END_TEST

START_TEST(a_garbled_channel_ends_the_run)
{
	vm_boot(&r, "--channel", "uart", "--timeout", "150", "--", "sh", "-c",
		"echo x >/dev/ttyS1; sleep 1000");
	ck_code(&r, 125);
	ck_has(r.err, "garbled");
	ck_assert_double_lt(r.seconds, 100);
}
END_TEST

START_TEST(stdin_that_cannot_be_read_is_not_empty)
{
	vm_sh(&r, "exec \"$@\" </", VM_RUN, "--", "wc", "-c");
	ck_code(&r, 125);
	ck_one_line(&r, "stdin cannot be read: Is a directory");
}
END_TEST

START_TEST(a_script_around_qemu_leaves_none)
{
	const char *wrapper = vm_put("wrapper",
				     "#!/bin/sh\n"
				     "qemu-system-x86_64 \"$@\"\n"
				     "exit $?\n",
				     true);

	vm_host(&r, VM_RUN, "--qemu", wrapper, "--timeout", "4", "--", "sleep",
		"100");
	ck_code(&r, 124);
	vm_nothing_left(1);
}
END_TEST

START_TEST(auto_finds_an_accelerator_that_boots)
{
	vm_host(&r, "run", "-k", "distro", "--append", "quiet", "--", "echo",
		"hi");
	ck_code(&r, 0);
	ck_assert_str_eq(r.out.p, "hi\n");
}
END_TEST

/* It takes QEMU's own words for a KVM that fails, and time for one that is
 * silent; either way the second start has what is left of the time. */
START_TEST(a_silent_kvm_costs_time_but_no_verdict)
{
	const char *silent = vm_put("silent",
				    "#!/bin/sh\n"
				    "case \" $* \" in *accel=kvm*)\n"
				    "	exec sleep 1000 ;;\n"
				    "esac\n"
				    "exec qemu-system-x86_64 \"$@\"\n",
				    true);

	/* Another cache, so that what is known of this machine stays; what was
	 * downloaded is in it. */
	vm_sh(&r,
	      "mkdir -p $TMPDIR/other/bootlet; for d in apt packages; do "
	      "ln -s ${XDG_CACHE_HOME:-$HOME/.cache}/bootlet/$d "
	      "$TMPDIR/other/bootlet/$d; done; "
	      "XDG_CACHE_HOME=$TMPDIR/other exec \"$@\"",
	      "run", "-k", vm_kernel_image(NULL), "--append", "quiet", "--qemu",
	      silent, "--timeout", "90", "--", "echo", "hi");
	ck_code(&r, 0);
	ck_assert_str_eq(r.out.p, "hi\n");
	if (access("/dev/kvm", R_OK | W_OK) == 0)
		ck_one_line(&r, "KVM: no sign of life");
}
END_TEST

START_TEST(an_empty_command_is_none)
{
	vm_boot(&r, "--");
	ck_code(&r, 125);
	ck_one_line(&r, "no command follows");
}
END_TEST

/* A file of the user's and the list of modules are both obeyed. */
START_TEST(own_conf_and_modules_go_together)
{
	const char *conf = vm_put("conf", "# mine\nhostname=conftest\n", false);

	vm_boot(&r, "--module", "e1000", "--file",
		vm_fmt("%s:/etc/bootlet.conf", conf), "--", "sh", "-c",
		"echo host=$(hostname); echo e1000=$(test -d /sys/module/e1000 "
		"&& echo yes)");
	ck_code(&r, 0);
	ck_answer(&r, "host", "conftest");
	ck_answer(&r, "e1000", "yes");
}
END_TEST

/* sh executes the printed lines, with nobody at the other end. */
START_TEST(printed_lines_boot_by_themselves)
{
	struct ran printed;

	vm_boot(&printed, "--print", "--name", "it's", "--net", "user", "--",
		"sh", "-c",
		"echo \"$(ifconfig eth0 | grep -o 'addr:10[0-9.]*')\" "
		"'a  b'");
	ck_code(&printed, 0);
	ck_assert_int_eq(text_lines(&printed.err), 0);
	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-c",
			"PATH=$(dirname \"$2\"):$PATH; eval \"$1\"; code=$?; "
			"rm -r \"$TMPDIR\"/bootlet-*; exit $code",
			"sh", printed.out.p, vm_bootlet()));
	ck_code(&r, 0);
	ck_has(r.out, "addr:10.0.2.15 a  b");
	ck_has(r.out, "no host answers");
	ran_free(&printed);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("honest");
	TCase *t = tcase_create("honest");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_test(t, deadline_passes_while_nobody_reads);
	tcase_add_test(t, deadline_passes_while_a_terminal_stands_still);
	tcase_add_test(t, a_garbled_channel_ends_the_run);
	tcase_add_test(t, stdin_that_cannot_be_read_is_not_empty);
	tcase_add_test(t, a_script_around_qemu_leaves_none);
	tcase_add_test(t, auto_finds_an_accelerator_that_boots);
	tcase_add_test(t, a_silent_kvm_costs_time_but_no_verdict);
	tcase_add_test(t, an_empty_command_is_none);
	tcase_add_test(t, own_conf_and_modules_go_together);
	tcase_add_test(t, printed_lines_boot_by_themselves);
	suite_add_tcase(s, t);
	return s;
}
