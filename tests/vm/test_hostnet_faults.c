// SPDX-License-Identifier: MIT
/* bootlet net killed and failing at every step, by an ip that does so. */
#include "hostnet.h"
#include "tests/skip.h"

#include <unistd.h>

/* Operations of `up` with one tap. */
enum { STEPS = 10 };

/* An ip that does the first $STOP lines of a batch, then what $THEN says;
 * once, unless it is told to do so always. */
static const char fake[] =
	"#!/bin/sh\n"
	"PATH=$REAL\n"
	"if [ \"$1\" != -batch ] || [ -e \"$0.done\" ]; then\n"
	"	exec ip \"$@\"\n"
	"fi\n"
	": >\"$0.done\"\n"
	"[ \"$THEN\" != old ] || { echo 'Error: Unknown device type.' >&2; "
	"echo 'Command failed -:1' >&2; exit 1; }\n"
	"[ \"$THEN\" != fail ] ||\n"
	"	{ head -n $STOP; echo link set dev nope7 up; } | exec ip \"$@\"\n"
	"[ \"$THEN\" != kill ] || { head -n $STOP | ip \"$@\"; kill -9 $PPID; "
	"exec sleep 9; }\n"
	"[ \"$THEN\" != die ] || { head -n $STOP | ip \"$@\"; kill -9 $$; }\n"
	"exit 1\n";

static void with_fake(const char *then, int stop, const char *verb)
{
	vm_exec(&r, NULL, 0, VM_ARGV("mkdir", "-p", vm_at("bin")));
	ran_free(&r);
	vm_put("bin/ip", fake, true);
	unlink(vm_at("bin/ip.done"));
	vm_exec(&r, NULL, 0,
		VM_ARGV("env", vm_fmt("REAL=%s", getenv("PATH")),
			vm_fmt("PATH=%s:%s", vm_at("bin"), getenv("PATH")),
			vm_fmt("THEN=%s", then), vm_fmt("STOP=%d", stop),
			vm_bootlet(), "net", verb));
	ck_assert_msg(access(vm_at("bin/ip.done"), F_OK) == 0,
		      "ip was not asked to do anything");
}

START_TEST(killed_then_up)
{
	with_fake("kill", _i, "up");
	ck_code(&r, 137);
	net(0, "up");
	is_up();
}
END_TEST

START_TEST(killed_then_down)
{
	char *before = state();

	with_fake("kill", _i, "up");
	ck_code(&r, 137);
	net(0, "down");
	ck_state(before);
	free(before);
}
END_TEST

START_TEST(killed_in_down)
{
	char *before = state();

	net(0, "up");
	with_fake("kill", _i, "down");
	ck_code(&r, 137);
	net(0, "down");
	ck_state(before);
	free(before);
}
END_TEST

START_TEST(failure_is_rolled_back)
{
	char *before = state();

	with_fake(_i % 2 ? "fail" : "die", _i, "up");
	ck_code(&r, 1);
	ck_one_line(&r, _i % 2 ? "Cannot find device \"nope7\"" :
				 "killed by signal 9");
	ck_has(r.err, "what was made before is removed again");
	ck_state(before);
	net(0, "up");
	is_up();
	free(before);
}
END_TEST

/* An ip that never ends well, and one that does nothing any more. */
START_TEST(faulty_way_back)
{
	static const char *const ends[] = {
		"is removed again",
		"could not be removed: try bootlet net down",
	};
	static const char *const scripts[] = {
		"#!/bin/sh\nPATH=$REAL\nip \"$@\"\n[ \"$1\" != -batch ]\n",
		"#!/bin/sh\nPATH=$REAL\n[ \"$1\" = -batch ] || exec ip \"$@\"\n"
		"! [ -e \"$0.done\" ] || exit 1\n: >\"$0.done\"\nip \"$@\"\n"
		"exit 1\n",
	};
	char *before = state();

	vm_exec(&r, NULL, 0, VM_ARGV("mkdir", "-p", vm_at("bin")));
	ran_free(&r);
	unlink(vm_at("bin/ip.done"));
	vm_put("bin/ip", scripts[_i], true);
	vm_exec(&r, NULL, 0,
		VM_ARGV("env", vm_fmt("REAL=%s", getenv("PATH")),
			vm_fmt("PATH=%s:%s", vm_at("bin"), getenv("PATH")),
			vm_bootlet(), "net", "up"));
	ck_code(&r, 1);
	ck_one_line(&r, ends[_i]);
	net(0, "down");
	ck_state(before);
	free(before);
}
END_TEST

START_TEST(kernel_without_bridges)
{
	char *before = state();

	with_fake("old", 0, "up");
	ck_code(&r, 1);
	ck_one_line(&r, "br0: this kernel has no bridges: modprobe bridge");
	ck_has(r.err, "Unknown device type");
	ck_state(before);
	free(before);
}
END_TEST

START_TEST(no_ip)
{
	vm_exec(&r, NULL, 0,
		VM_ARGV("env", "PATH=/nonexistent", vm_bootlet(), "net", "up"));
	ck_code(&r, 1);
	ck_one_line(&r, "ip: not installed, or not in PATH");
}
END_TEST

START_TEST(no_tun)
{
	char *before;

	NEEDS_UNSHARE("-m");
	before = state();
	vm_exec(&r, NULL, 0,
		VM_ARGV("unshare", "-m", "sh", "-ec",
			"mount -t tmpfs none /dev/net; exec \"$@\"", "sh",
			vm_bootlet(), "net", "up"));
	ck_code(&r, 1);
	ck_one_line(&r, "/dev/net/tun: not there");
	ck_state(before);
	free(before);
}
END_TEST

/* Both come to an end, and there is one network. */
START_TEST(two_at_once)
{
	vm_sh(&r, "\"$@\" & \"$@\" || exit; wait $!", "net", "up");
	ck_code(&r, 0);
	is_up();
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("hostnet_faults");
	TCase *t = tcase_create("net");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_loop_test(t, killed_then_up, 0, STEPS + 1);
	tcase_add_loop_test(t, killed_then_down, 0, STEPS + 1);
	tcase_add_loop_test(t, killed_in_down, 0, 3);
	tcase_add_loop_test(t, failure_is_rolled_back, 0, STEPS + 1);
	tcase_add_loop_test(t, faulty_way_back, 0, 2);
	tcase_add_test(t, kernel_without_bridges);
	tcase_add_test(t, no_ip);
	tcase_add_test(t, no_tun);
	tcase_add_test(t, two_at_once);
	suite_add_tcase(s, t);
	return s;
}
