// SPDX-License-Identifier: MIT
/* --net-background: the command is there first, then the network. */
#include "vm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the command sees at once, and after the address has come. */
static const char watch[] =
	"echo early=$(grep -c ^e1000 /proc/modules),$(ls /sys/class/net)\n"
	"ifconfig lo | grep -q inet.addr:127.0.0.1 && echo lo=up\n"
	"for i in $(seq 200); do ifconfig eth0 2>/dev/null | grep -q inet && "
	"break; sleep 0.1; done\n"
	"ifconfig eth0 | sed -n 's/.*inet addr:\\([^ ]*\\).*/address=\\1/p'\n"
	"echo late=$(grep -c ^e1000 /proc/modules)\n"
	"ping -c 1 -W 5 10.0.2.2 >/dev/null && echo ping=ok\n";

START_TEST(the_command_first_then_the_address)
{
	struct ran r;

	vm_host(&r, "run", VM_KERNEL, "-v", "--nic", "e1000",
		"--net-background", "--", "sh", "-c", watch);
	ck_code(&r, 0);
	ck_answer(&r, "early", "0,lo");
	ck_answer(&r, "lo", "up");
	ck_answer(&r, "address", "10.0.2.15");
	ck_answer(&r, "late", "1");
	ck_answer(&r, "ping", "ok");
	ck_has(r.err, "init: eth0: 10.0.2.15/24 gateway 10.0.2.2 dns 10.0.2.3 "
		      "after ");
	ran_free(&r);
}
END_TEST

/* Its descriptors are nobody's else: the command's end of file comes. */
START_TEST(streams_end_while_it_still_runs)
{
	static const char line[] = "a line\n";
	struct ran r;

	vm_exec(&r, line, sizeof(line) - 1,
		VM_ARGV(vm_bootlet(), VM_RUN, "--net-background", "--ip",
			"10.0.2.15:::24::none0", "--", "sh", "-c",
			"cat; echo end; exit 7"));
	ck_code(&r, 7);
	ck_assert_str_eq(r.out.p, "a line\nend\n");
	ran_free(&r);
}
END_TEST

START_TEST(a_device_that_never_comes_is_said)
{
	struct ran r;

	vm_host(&r, "run", VM_KERNEL, "-v", "--nic", "e1000",
		"--net-background", "--ip", "10.0.2.15:::24::none0", "--", "sh",
		"-c",
		"for i in $(seq 150); do dmesg | grep -q e1000 && break; "
		"sleep 0.1; done; sleep 6; ps -o pid,comm | grep -c ' init'");
	ck_code(&r, 0);
	ck_has(r.err, "init: none0: no such device; is its driver's module in "
		      "the image?");
	/* It has been reaped. */
	ck_assert_str_eq(r.out.p, "1\n");
	ran_free(&r);
}
END_TEST

START_TEST(a_module_that_fails_is_said)
{
	const char *bad = vm_put("bad.ko", "no module", false);
	struct ran r;

	vm_host(&r, "run", VM_KERNEL, "-v", "--net-background", "--file",
		vm_fmt("%s:/lib/modules/bad.ko", bad), "--", "sh", "-c",
		"for i in $(seq 200); do ifconfig eth0 2>/dev/null | grep -q "
		"inet && break; sleep 0.1; done; echo network=$?");
	ck_code(&r, 0);
	ck_answer(&r, "network", "0");
	ck_has(r.err, "init: bad.ko: ");
	ck_has(r.err, "init: eth0: 10.0.2.15/24");
	ran_free(&r);
}
END_TEST

/* By the kernel's own count: as many calls as modules that came of them. */
START_TEST(each_module_is_loaded_by_one_call)
{
	static const char count[] =
		"for i in $(seq 200); do ifconfig eth0 2>/dev/null | grep -q "
		"inet && break; sleep 0.1; done\n"
		"echo modules=$(wc -l </proc/modules)\n"
		"echo calls=$(grep -c 'sys_finit_module(' "
		"/sys/kernel/tracing/trace)";
	struct ran r;

	vm_boot(&r, "--append", "trace_event=syscalls:sys_enter_finit_module",
		"--net", "user", "--module", "libcrc32c,e1000,virtio_net",
		_i ? "--net-background" : "-v", "--", "sh", "-c", count);
	ck_code(&r, 0);
	ck_assert_int_ge(atoi(vm_answer(&r, "modules")), 8);
	ck_answer(&r, "calls", vm_answer(&r, "modules"));
	ran_free(&r);
}
END_TEST

START_TEST(without_a_network_there_is_nothing_to_wait_for)
{
	struct ran r;

	vm_host(&r, "run", "--net", "none", "--net-background", "--", "true");
	ck_code(&r, 125);
	ck_one_line(&r, "--net none");
	ran_free(&r);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("background");
	TCase *t = tcase_create("background");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_test(t, the_command_first_then_the_address);
	tcase_add_test(t, streams_end_while_it_still_runs);
	tcase_add_test(t, a_device_that_never_comes_is_said);
	tcase_add_test(t, a_module_that_fails_is_said);
	tcase_add_loop_test(t, each_module_is_loaded_by_one_call, 0, 2);
	tcase_add_test(t, without_a_network_there_is_nothing_to_wait_for);
	suite_add_tcase(s, t);
	return s;
}
