// SPDX-License-Identifier: MIT
/* Whatever ends bootlet, KILL included, no process and no file of it stays. */
#include "vm.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const int signals[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGKILL };
#define N_SIGNALS (sizeof(signals) / sizeof(signals[0]))
/* A shell's end is the same for the first ones. */
#define SHELL_FROM 2

static struct text out;
static int from;

static pid_t begin(const char *const argv[])
{
	int p[2];
	pid_t pid;

	ck_assert(!pipe2(p, O_CLOEXEC));
	pid = vm_spawn(argv, -1, p[1], -1);
	close(p[1]);
	from = p[0];
	return pid;
}

/* Until the run has its directory: it builds the image then. */
static void wait_for_dir(void)
{
	double end = vm_now() + 60;
	bool found = false;

	while (!found && vm_now() < end) {
		DIR *d = opendir(vm_at("."));
		struct dirent *e;

		while (d && (e = readdir(d)))
			found |= !strncmp(e->d_name, "bootlet-", 8);
		if (d)
			closedir(d);
		vm_sleep_ms(2);
	}
	ck_assert_msg(found, "no directory was made");
}

/* An image that takes minutes to pack must not outlast a Ctrl-C. */
START_TEST(while_the_image_is_packed)
{
	const char *file = vm_at("random");
	struct ran r;
	pid_t pid;

	vm_exec(&r, NULL, 0,
		VM_ARGV("dd", "if=/dev/urandom", vm_fmt("of=%s", file), "bs=1M",
			"count=200"));
	ck_code(&r, 0);
	pid = begin(VM_ARGV(vm_bootlet(), VM_RUN, "--compress", "xz:9",
			    "--file", vm_fmt("%s:/random", file), "--",
			    "true"));
	wait_for_dir();
	vm_sleep_ms(200);
	kill(pid, signals[_i]);
	ck_assert_int_eq(vm_wait(pid, 10), 128 + signals[_i]);
	vm_nothing_left(5);
	unlink(file);
}
END_TEST

START_TEST(while_it_boots)
{
	pid_t pid = begin(VM_ARGV(vm_bootlet(), VM_RUN, "--", "true"));

	vm_qemu_of(pid, 60);
	/* At another moment each time. */
	vm_sleep_ms(_i * 150);
	kill(pid, signals[_i]);
	ck_assert_int_eq(vm_wait(pid, 10), 128 + signals[_i]);
	vm_nothing_left(5);
}
END_TEST

START_TEST(while_the_command_runs)
{
	pid_t pid = begin(VM_ARGV(vm_bootlet(), VM_RUN, "--", "sh", "-c",
				  "echo up; exec sleep 1000"));

	vm_expect(from, &out, "up\n", 120);
	kill(pid, signals[_i]);
	ck_assert_int_eq(vm_wait(pid, 20), 128 + signals[_i]);
	vm_nothing_left(5);
}
END_TEST

START_TEST(while_a_shell_runs)
{
	struct text said = { 0 };
	int in[2], o[2];
	pid_t pid;

	ck_assert(!pipe2(in, O_CLOEXEC) && !pipe2(o, O_CLOEXEC));
	pid = vm_spawn(VM_ARGV(vm_bootlet(), VM_RUN), in[0], o[1], -1);
	close(o[1]);
	ck_assert_int_eq(write(in[1], "echo u\"\"p\n", 10), 10);
	vm_expect(o[0], &said, "\nup\r\n", 120);
	kill(pid, signals[SHELL_FROM + _i]);
	ck_assert_int_eq(vm_wait(pid, 20), 128 + signals[SHELL_FROM + _i]);
	vm_nothing_left(5);
}
END_TEST

/* The command may have its own opinion of a signal. */
START_TEST(signal_goes_to_the_command)
{
	pid_t pid = begin(VM_ARGV(vm_bootlet(), VM_RUN, "--", "sh", "-c",
				  "trap 'echo caught; exit 5' TERM; echo up; "
				  "while :; do sleep 0.1; done"));

	vm_expect(from, &out, "up\n", 120);
	kill(pid, SIGTERM);
	ck_assert_int_eq(vm_wait(pid, 30), 5);
	vm_expect(from, &out, "caught\n", 5);
	vm_nothing_left(0);
}
END_TEST

/* One that will not hear: the second signal ends the guest at once. */
START_TEST(second_signal_ends_it)
{
	pid_t pid = begin(VM_ARGV(vm_bootlet(), VM_RUN, "--", "sh", "-c",
				  "trap '' TERM; echo up; "
				  "while :; do sleep 1; done"));

	vm_expect(from, &out, "up\n", 120);
	kill(pid, SIGTERM);
	vm_sleep_ms(500);
	kill(pid, SIGTERM);
	ck_assert_int_eq(vm_wait(pid, 3), 128 + SIGTERM);
	vm_nothing_left(5);
}
END_TEST

/* Two at once with one name: the second says so and disturbs nothing. */
START_TEST(name_is_taken)
{
	pid_t pid = begin(VM_ARGV(vm_bootlet(), VM_RUN, "--name", "it", "--",
				  "sh", "-c", "echo up; sleep 3; echo end"));
	struct ran r;

	vm_expect(from, &out, "up\n", 120);
	vm_boot(&r, "--name", "it", "--", "true");
	ck_code(&r, 125);
	ck_one_line(&r, "it: a run of this name is alive");
	vm_expect(from, &out, "end\n", 60);
	ck_assert_int_eq(vm_wait(pid, 30), 0);
	vm_nothing_left(0);
}
END_TEST

static void add(Suite *s, const char *name, const TTest *test, int n)
{
	TCase *t = tcase_create(name);

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_loop_test(t, test, 0, n);
	suite_add_tcase(s, t);
}

Suite *suite(void)
{
	Suite *s = suite_create("leftover");

	add(s, "packing", while_the_image_is_packed, N_SIGNALS);
	add(s, "booting", while_it_boots, N_SIGNALS);
	add(s, "command", while_the_command_runs, N_SIGNALS);
	add(s, "shell", while_a_shell_runs, N_SIGNALS - SHELL_FROM);
	add(s, "forwarded", signal_goes_to_the_command, 1);
	add(s, "second signal", second_signal_ends_it, 1);
	add(s, "name", name_is_taken, 1);
	return s;
}
