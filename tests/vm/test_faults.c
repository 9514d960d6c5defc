// SPDX-License-Identifier: MIT
/* What goes wrong under PID 1, and in it. */
#include "vm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INIT_FAULT TOPDIR "/build/vm/init-fault"

static struct ran r;

/* --- init itself ---------------------------------------------------------- */

static const struct {
	const char *fault;
	int code;
	const char *says; /* bootlet */
	const char *console;
	const char *never; /* on the console */
} faults[] = {
	{ "null", 125, "init itself was at fault in phase command: signal 11",
	  "init: signal 11 in init itself; powering off", "Kernel panic" },
	{ "stack", 125, "init itself was at fault in phase command: signal 11",
	  "init: signal 11 in init itself; powering off", "Kernel panic" },
	/* Before there is a channel there is the console. */
	{ "mounts", 125, "init: signal 11 in init itself; powering off",
	  "reboot: Power down", "Kernel panic" },
	/* It has said its verdict; then the kernel's is added. */
	{ "twice", 125, "signal 11", "Attempted to kill init", "Power down" },
};

START_TEST(init_is_at_fault)
{
	struct text log;

	vm_host(&r, "run", VM_KERNEL, "--init", INIT_FAULT, "--append",
		vm_fmt("fault=%s", faults[_i].fault), "--timeout", "120",
		"--log", vm_at("console"), "--", "sh", "-c",
		"kill -TERM 1; exec sleep 100");
	log = vm_slurp(vm_at("console"));
	ck_code(&r, faults[_i].code);
	ck_has(r.err, faults[_i].says);
	ck_has(log, faults[_i].console);
	ck_hasnt(log, faults[_i].never);
	vm_nothing_left(0);
	free(log.p);
}
END_TEST

#define ADD_LOOP(t, test, table) \
	tcase_add_loop_test(t, test, 0, sizeof(table) / sizeof((table)[0]))

Suite *suite(void)
{
	Suite *s = suite_create("faults");
	TCase *t = tcase_create("init");

	tcase_set_timeout(t, VM_TCASE_S);
	ADD_LOOP(t, init_is_at_fault, faults);
	suite_add_tcase(s, t);
	return s;
}
