// SPDX-License-Identifier: MIT
/*
 * The kernel of the fragments base net fast: it does what it is for, and is
 * quick. Under -icount an instruction is a nanosecond, so how long it takes is
 * a count, however busy the machine is.
 */
#include "source.h"
#include "vm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Two builds, and the wait for those of others. */
#define TCASE_S 6000

static const struct {
	const char *machine, *append, *net;
	/* To init's main(), by the guest's clock, in milliseconds. */
	unsigned int limit;
} machines[] = {
	/* What QEMU counts is what the kernel is told to believe. Quiet: for a
	 * console that nobody has time to read, a guest waits. */
	{ "microvm", "quiet tsc_early_khz=1000000", "none", 35 },
	/* One CPU needs no timer of its own, whose calibration takes 104 ms. */
	{ "pc", "quiet nolapic_timer", "user", 120 },
};

#define N_MACHINES (sizeof(machines) / sizeof(machines[0]))

static const char *counting_qemu(void)
{
	return vm_put("qemu",
		      "#!/bin/sh\n"
		      "exec qemu-system-x86_64 \"$@\" "
		      "-icount shift=0,sleep=off -seed 1\n",
		      true);
}

START_TEST(holds)
{
	char *tree = source_fast();
	struct ran r;

	vm_host(&r, "config", "check", tree, "base", "net", "fast");
	ck_code(&r, 0);
	ran_free(&r);
	free(tree);
}
END_TEST

START_TEST(works)
{
	char *tree = source_fast();
	struct ran r;

	vm_host(&r, "run", "-k", tree, "--accel", "tcg", "--machine",
		machines[_i].machine, "--net", machines[_i].net, "--", "sh",
		"-c",
		"sleep 0.1; ifconfig -a; lsmod; "
		"echo tick=$(grep -c . /proc/interrupts); exit 7");
	ck_code(&r, 7);
	if (!strcmp(machines[_i].net, "user")) {
		ck_has(r.out, "10.0.2.15");
		ck_has(r.out, "e1000");
	}
	ran_free(&r);
	free(tree);
	vm_nothing_left(2);
}
END_TEST

/* Milliseconds to init's main(), as init says. */
static unsigned int boot_ms(const char *tree, int machine)
{
	unsigned int s, ms;
	const char *said;
	struct ran r;

	vm_host(&r, "run", "-k", tree, "--accel", "tcg", "--qemu",
		counting_qemu(), "--machine", machines[machine].machine,
		"--net", machines[machine].net, "--append",
		machines[machine].append, "--", "cat", "/run/bootlet/timing");
	ck_code(&r, 0);
	said = strstr(r.out.p, "kernel ");
	ck_assert_msg(said && sscanf(said, "kernel %u.%3u s", &s, &ms) == 2,
		      "%s", r.out.p);
	ran_free(&r);
	return s * 1000 + ms;
}

START_TEST(quick)
{
	char *fast = source_fast(), *small = source_small();
	unsigned int ms = boot_ms(fast, _i), reference = boot_ms(small, _i);

	ck_assert_msg(ms <= machines[_i].limit, "%u ms, limit %u", ms,
		      machines[_i].limit);
	/* It was counted, and it is the fragment that did it. */
	ck_assert_msg(ms && ms * 10 <= reference * 7, "%u ms, %u without it",
		      ms, reference);
	free(fast);
	free(small);
	vm_nothing_left(2);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("fast");
	TCase *t = tcase_create("6.1");

	tcase_set_timeout(t, TCASE_S);
	tcase_add_test(t, holds);
	tcase_add_loop_test(t, works, 0, N_MACHINES);
	tcase_add_loop_test(t, quick, 0, N_MACHINES);
	suite_add_tcase(s, t);
	return s;
}
