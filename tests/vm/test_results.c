// SPDX-License-Identifier: MIT
/* A test program's results, from a guest to the file that CI reads. */
#include "vm.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static struct ran r;

/* Kernel lines in between, subtests, bytes that no XML has; all is well. */
static const char good[] = "printf 'KTAP version 1\\n1..2\\n"
			   "[    1.5] usb 1-1: new\\n  KTAP version 1\\n"
			   "  1..2\\n  ok 1 read\\n  ok 2 <w&r> # SKIP no\\n"
			   "ok 1 io\\n\\033[1m\\377\\000\\nok 2 net\\n'";
static const char good_out[] = "KTAP version 1\n1..2\n"
			       "[    1.5] usb 1-1: new\n  KTAP version 1\n"
			       "  1..2\n  ok 1 read\n  ok 2 <w&r> # SKIP no\n"
			       "ok 1 io\n\033[1m\377\0\nok 2 net\n";

START_TEST(all_is_well)
{
	const char *path = vm_at("good.xml");
	struct text xml;

	vm_boot(&r, "--junit", path, "--name", "suite", "--", "sh", "-c", good);
	ck_code(&r, 0);
	ck_assert_uint_eq(r.out.n, sizeof(good_out) - 1);
	ck_assert_mem_eq(r.out.p, good_out, r.out.n);
	ck_one_line(&r, "2 passed, 0 failed, 1 skipped");
	xml = vm_slurp(path);
	ck_has(xml, "<testsuites name=\"suite\" tests=\"3\" failures=\"0\" "
		    "errors=\"0\"");
	ck_has(xml, "name=\"&lt;w&amp;r&gt;\" classname=\"suite.io\"");
	ck_has(xml, "<skipped message=\"no\"/>");
	ck_hasnt(xml, "<error");
}
END_TEST

START_TEST(plan_not_fulfilled)
{
	const char *path = vm_at("plan.xml");
	struct text xml;

	vm_boot(&r, "--junit", path, "--", "sh", "-c",
		"printf '1..5\\nok 1\\nok 2\\nok 3\\n'");
	ck_code(&r, 1);
	ck_has(r.err, "3 passed, 0 failed, 0 skipped, 1 error\n");
	ck_has(r.err, "planned 5, saw 3\n");
	ck_assert_str_eq(r.out.p, "1..5\nok 1\nok 2\nok 3\n");
	xml = vm_slurp(path);
	ck_has(xml, "<error type=\"results\" message=\"planned 5, saw 3\"/>");
}
END_TEST

START_TEST(the_command_fails_by_itself)
{
	vm_boot(&r, "--tap", "--", "sh", "-c",
		"printf '1..2\\nok 1 a\\nnot ok 2 b\\n'; exit 7");
	ck_code(&r, 7);
	ck_has(r.err, "1 passed, 1 failed, 0 skipped\n");
	ck_has(r.err, "b failed\n");
}
END_TEST

/* All that was printed has passed; what came then has not. */
START_TEST(the_kernel_panics)
{
	const char *path = vm_at("panic.xml");
	struct text xml;

	vm_boot(&r, "--junit", path, "--", "sh", "-c",
		"printf '1..1\\nok 1 a\\n'; sleep 1; "
		"echo c >/proc/sysrq-trigger; sleep 30");
	ck_code(&r, 123);
	xml = vm_slurp(path);
	ck_has(xml, "<error type=\"panic\" message=\"kernel panic: ");
	ck_has(xml, "Kernel panic - not syncing");
	/* From there on, and not what the boot was like. */
	ck_hasnt(xml, "Linux version");
	ck_has(r.err, "the console from there on:\n");
	ck_has(xml, "<testcase name=\"a\"");
}
END_TEST

/* The tests that have failed do not hide why. */
START_TEST(the_kernel_fails_and_so_does_a_test)
{
	const char *path = vm_at("oops.xml");
	struct text xml;

	vm_boot(&r, "--junit", path, "--", "sh", "-c",
		"printf '1..1\\nnot ok 1 a\\n'; echo '<2>BUG: kernel NULL pointer "
		"dereference, address: 8' >/dev/kmsg; exit 1");
	ck_code(&r, 1);
	xml = vm_slurp(path);
	ck_has(xml, "tests=\"2\" failures=\"1\" errors=\"1\"");
	ck_has(xml, "<error type=\"oops\" message=\"oops: BUG: kernel NULL "
		    "pointer dereference, address: 8\">");
	ck_has(xml, "<failure");
}
END_TEST

START_TEST(interrupted)
{
	const char *path = vm_at("int.xml");
	struct text xml, out = { 0 };
	int o[2];
	pid_t pid;

	ck_assert_int_eq(pipe(o), 0);
	pid = vm_spawn(VM_ARGV(vm_bootlet(), VM_RUN, "--junit", path, "--",
			       "sh", "-c",
			       "trap '' INT; echo 1..1; echo ok 1 a; "
			       "sleep 100"),
		       -1, o[1], -1);
	close(o[1]);
	vm_expect(o[0], &out, "ok 1 a\n", 120);
	kill(pid, SIGINT);
	ck_assert_int_eq(vm_wait(pid, 60), 130);
	close(o[0]);
	xml = vm_slurp(path);
	ck_has(xml, "<error type=\"interrupted\"");
	ck_has(xml, "<testcase name=\"a\"");
	vm_nothing_left(2);
}
END_TEST

/* Before anything is downloaded, packed or booted. */
START_TEST(usage)
{
	vm_host(&r, "run", VM_KERNEL, "--tap");
	ck_code(&r, 125);
	ck_one_line(&r, "--junit, --tap: need a command");
	vm_host(&r, "run", VM_KERNEL, "--junit", "-", "--", "true");
	ck_code(&r, 125);
	ck_one_line(&r, "--junit: stdout is the command's own");
	vm_host(&r, "run", VM_KERNEL, "--junit", vm_at("no/such/file"), "--",
		"true");
	ck_code(&r, 125);
	ck_one_line(&r, "cannot be written: No such file or directory");
	vm_host(&r, "run", VM_KERNEL, "--junit", vm_at("both"), "--report",
		vm_at("both"), "--", "true");
	ck_code(&r, 125);
	ck_one_line(&r, "--report writes that file, too; name another one");
}
END_TEST

/* Yesterday's success is not today's. */
START_TEST(no_guest_at_all)
{
	const char *path = vm_put("old.xml", "yesterday\n", false);

	vm_host(&r, "run", "-k", vm_at("none"), "--junit", path, "--", "true");
	ck_code(&r, 125);
	ck_has(vm_slurp(path), "<error type=\"not-run\"");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("results");
	TCase *t = tcase_create("results");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_test(t, all_is_well);
	tcase_add_test(t, plan_not_fulfilled);
	tcase_add_test(t, the_command_fails_by_itself);
	tcase_add_test(t, the_kernel_panics);
	tcase_add_test(t, the_kernel_fails_and_so_does_a_test);
	tcase_add_test(t, interrupted);
	tcase_add_test(t, usage);
	tcase_add_test(t, no_guest_at_all);
	suite_add_tcase(s, t);
	return s;
}
