/* SPDX-License-Identifier: MIT */
/* A QEMU that says what none would, and who listens to its monitor. */
#ifndef BOOTLET_TESTS_GARBAGE_H
#define BOOTLET_TESTS_GARBAGE_H

#include "vm.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FAKE BUILD "/vm/guest/fakeqemu"
/* By which vm_qemu_of() knows it. */
#define QEMU vm_at("qemu-fake")

/* 1 GB of addresses: what grows without a bound fails. */
#define SMALL "ulimit -v 1000000; exec \"$@\""
#define RUN   "run", "-k", "distro", "--accel", "tcg", "--qemu", QEMU

#define N(table) (int)(sizeof(table) / sizeof((table)[0]))

static struct ran r;

/* Of the monitor; each file has its own. */
extern const char *const modes[];

static inline void link_fake(void)
{
	ck_assert_int_eq(symlink(FAKE, QEMU), 0);
}

static inline void unlink_fake(void)
{
	unlink(QEMU);
}

static inline void only(const char *key, const char *mode)
{
	unsetenv("FAKE_QMP");
	unsetenv("FAKE_CHANNEL");
	unsetenv("FAKE_CONSOLE");
	unsetenv("FAKE_WORDS");
	setenv(key, mode, 1);
}

static inline void ck_failed(const char *mode)
{
	ck_assert_msg(r.code == 124 || r.code == 125,
		      "%s: exit code %d: %.600s", mode, r.code, r.err.p);
	ck_assert_msg(r.err.n < 40000, "%s: %zu bytes of words", mode, r.err.n);
	ck_assert_str_eq(r.out.p, "");
	vm_nothing_left(2);
}

/* The monitor that a run itself has, for --dump-on. */
START_TEST(monitor_of_a_run)
{
	only("FAKE_QMP", modes[_i]);
	vm_sh(&r, SMALL, RUN, "--dump-on", vm_fmt("panic=%s", vm_at("core")),
	      "--boot-timeout", "3", "--", "true");
	ck_failed(modes[_i]);
	ck_assert_double_lt(r.seconds, 45);
	ck_assert(access(vm_at("core"), F_OK));
}
END_TEST

/* Of whoever asks from outside. */
static const char *const askers[][4] = {
	{ "dump", "core" },
	{ "inject", "nmi" },
	{ "inject", "panic" },
	{ "inject", "link-down" },
};

START_TEST(monitor_of_another)
{
	pid_t pid;

	only("FAKE_QMP", modes[_i]);
	pid = vm_spawn(VM_ARGV(vm_bootlet(), RUN, "--name", "fake",
			       "--boot-timeout", "300", "--", "true"),
		       -1, -1, -1);
	vm_qemu_of(pid, 60);
	vm_sleep_ms(300);
	for (int i = 0; i < N(askers); i++) {
		vm_sh(&r, "cd \"$TMPDIR\"; " SMALL, askers[i][0], "--name",
		      "fake", askers[i][1]);
		ck_assert_msg(r.code == 1, "%s, %s %s: exit code %d: %.600s",
			      modes[_i], askers[i][0], askers[i][1], r.code,
			      r.err.p);
		ck_assert_msg(text_lines(&r.err) == 1, "%s, %s %s: %.600s",
			      modes[_i], askers[i][0], askers[i][1], r.err.p);
		ck_assert_double_lt(r.seconds, 30);
		ran_free(&r);
	}
	ck_assert(access(vm_at("core"), F_OK));
	kill(pid, SIGTERM);
	ck_assert_int_eq(vm_wait(pid, 10), 128 + SIGTERM);
	vm_nothing_left(2);
}
END_TEST

static inline void add(Suite *s, const char *name, const TTest *test, int n)
{
	TCase *t = tcase_create(name);

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_unchecked_fixture(t, link_fake, unlink_fake);
	tcase_add_loop_test(t, test, 0, n);
	suite_add_tcase(s, t);
}

#endif
