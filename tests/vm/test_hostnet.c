// SPDX-License-Identifier: MIT
/*
 * bootlet net for real, in a network namespace that each test makes for
 * itself and that ends with it. It needs root, or user namespaces.
 */
#include "host/bridge_apply.h"
#include "host/tap.h"
#include "hostnet.h"
#include "tests/unit/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_tun.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

START_TEST(up_up_down_down)
{
	char *before = state(), *after;

	net(0, "up");
	ck_has(r.err, "br0: made: bridge, 192.168.100.50/24\n");
	ck_has(r.err, "tap0: made: tap of root in br0; bootlet run --net "
		      "tap=tap0 gives its guest 192.168.100.224\n");
	ck_assert_int_eq(text_lines(&r.err), 2);
	is_up();
	after = state();
	ck_assert_str_ne(after, before);
	net(0, "up");
	ck_has(r.err, "br0: was there already");
	ck_has(r.err, "tap0: was there already");
	is_up();
	net(0, "down");
	ck_assert_str_eq(r.err.p, "bootlet: tap0: removed\n"
				  "bootlet: br0: removed\n");
	ck_state(before);
	net(0, "down");
	ck_one_line(&r, "br0: nothing to remove");
	ck_state(before);
	free(before);
	free(after);
}
END_TEST

/* The printed lines are what sh needs to do the same, and to undo it. */
START_TEST(printed_lines_work)
{
	static const char line[] =
		"\"$@\" --owner 0 | sh -e && ip -br link | grep -q ^tap0 && "
		"\"$@\" --undo | sh -e";
	char *before = state();

	vm_sh(&r, line, "net", "print");
	ck_code(&r, 0);
	ck_state(before);
	free(before);
}
END_TEST

/* Somebody else's interface may be called anything at all. */
START_TEST(alias_of_any_bytes)
{
	vm_exec(&r, NULL, 0,
		VM_ARGV("ip", "link", "set", "eth7", "alias",
			"caf\351 \001\377\303"));
	ck_code(&r, 0);
	net(0, "up");
	is_up();
	net(0, "down");
}
END_TEST

/* --- rights ----------------------------------------------------------------- */

START_TEST(without_rights)
{
	char *before = state();

	/* Another user namespace has no say in this network. */
	vm_exec(&r, NULL, 0,
		VM_ARGV("unshare", "-U", vm_bootlet(), "net", "up", "--owner",
			"0", "--tap", "tap$1"));
	ck_code(&r, 1);
	ck_one_line(&r, vm_fmt("br0: changing the network is root's "
			       "(CAP_NET_ADMIN); run: sudo %s net up --tap "
			       "'tap$1' --owner root\n",
			       vm_bootlet()));
	ck_state(before);
	net(0, "up");
	ran_free(&r);
	vm_exec(&r, NULL, 0,
		VM_ARGV("unshare", "-U", vm_bootlet(), "net", "down"));
	ck_code(&r, 1);
	ck_one_line(&r, vm_fmt("run: sudo %s net down\n", vm_bootlet()));
	is_up();
	/* What is up needs nobody's rights. */
	ran_free(&r);
	vm_exec(&r, NULL, 0,
		VM_ARGV("unshare", "-Ur", vm_bootlet(), "net", "up"));
	ck_code(&r, 0);
	free(before);
}
END_TEST

START_TEST(root_without_rights)
{
	vm_exec(&r, NULL, 0,
		VM_ARGV("unshare", "-Ur", vm_bootlet(), "net", "up"));
	ck_code(&r, 1);
	ck_one_line(&r, "root has no CAP_NET_ADMIN");
	ck_hasnt(r.err, "sudo");
}
END_TEST

/* Under sudo the tap is for the one who typed it. */
START_TEST(sudo_uid)
{
	vm_exec(&r, NULL, 0,
		VM_ARGV("env", "SUDO_UID=4242", vm_bootlet(), "net", "print"));
	ck_code(&r, 0);
	ck_has(r.out, "mode tap user 4242\n");
	ran_free(&r);
	vm_exec(&r, NULL, 0,
		VM_ARGV("env", "SUDO_UID=4242", vm_bootlet(), "net", "print",
			"--owner", "0"));
	ck_has(r.out, "mode tap user 0\n");
	ran_free(&r);
	vm_exec(&r, NULL, 0,
		VM_ARGV("env", "SUDO_UID=-1", vm_bootlet(), "net", "print"));
	ck_has(r.out, "mode tap user 0\n");
}
END_TEST

/* --- refused ---------------------------------------------------------------- */

static const struct {
	int code;
	const char *want, *words[6];
} refused[] = {
	{ 2, "15 bytes", { "up", "--bridge", "sixteen-bytes-00" } },
	{ 2, "is empty", { "up", "--tap", "" } },
	{ 2, "is no name", { "up", "--bridge", ".." } },
	{ 2, "settings of all", { "up", "--bridge", "all" } },
	{ 2, "settings of all", { "up", "--tap", "default" } },
	{ 2, "white space", { "up", "--tap", "a b" } },
	{ 2, "without %", { "up", "--tap", "tap%d" } },
	{ 2, "broadcast", { "up", "--address", "192.168.100.255/24" } },
	{ 2, "1 to 30", { "up", "--address", "192.168.100.1/31" } },
	{ 2, "multicast", { "up", "--address", "224.0.0.1/24" } },
	{ 2, "loopback", { "up", "--address", "127.0.0.2/8" } },
	{ 2, "no such user", { "up", "--owner", "no such user" } },
	{ 2, "no such user", { "up", "--owner", "4294967295" } },
	{ 2, "is the name of two", { "up", "--tap", "br0" } },
	{ 2, "is the name of two", { "up", "--tap", "a", "--tap", "a" } },
	{ 2, "takes no name", { "up", "br0" } },
	{ 2, "did you mean status", { "statsu" } },
	{ 1, "eth7: is there already (bridge)", { "up", "--bridge", "eth7" } },
	{ 1, "lo: is there already (loopback)", { "up", "--bridge", "lo" } },
	{ 1, "mine: is there already (tap)", { "up", "--tap", "mine" } },
	{ 1, "eth7 is in that network", { "up", "--address", "10.7.0.9/24" } },
	{ 1, "eth7 is in that network", { "up", "--address", "10.9.0.9/8" } },
	{ 0, "eth7: left alone", { "down", "--bridge", "eth7" } },
};

START_TEST(refused_before_anything)
{
	const char *const *w = refused[_i].words;
	char *before = state();

	vm_host(&r, "net", w[0], w[1], w[2], w[3], w[4], w[5]);
	ck_code(&r, refused[_i].code);
	ck_one_line(&r, refused[_i].want);
	ck_assert_str_eq(r.out.p, "");
	ck_state(before);
	free(before);
}
END_TEST

/* --- in use ----------------------------------------------------------------- */

/* As QEMU opens it. */
static int hold(const char *tap)
{
	struct ifreq req = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	strcpy(req.ifr_name, tap);
	ck_assert_msg(!ioctl(fd, TUNSETIFF, &req), "%s", strerror(errno));
	return fd;
}

START_TEST(in_use)
{
	char *before = state();
	int fd;

	net(0, "up");
	ck_assert_int_eq(tap_check("tap0"), 0);
	fd = hold("tap0");
	net(1, "down");
	ck_one_line(&r, "tap0: in use by ");
	ck_has(r.err, vm_fmt("(pid %d)", getpid()));
	net(0, "status");
	ck_has(r.out, vm_fmt("(pid %d)", getpid()));
	capture_begin();
	ck_assert_int_eq(tap_check("tap0"), -EBUSY);
	capture_expect(vm_fmt("(pid %d)", getpid()));
	ran_free(&r);
	vm_host(&r, "net", "down", "--force");
	ck_code(&r, 0);
	close(fd);
	ck_state(before);
	free(before);
}
END_TEST

/* --- before a run ----------------------------------------------------------- */

static void said(int (*check)(const char *), const char *name, int err,
		 const char *want)
{
	capture_begin();
	ck_assert_int_eq(check(name), err);
	capture_expect(want);
}

START_TEST(checks)
{
	char *ip;

	net(0, "up");
	said(tap_check, "br0", -EINVAL, "br0: is no tap (bridge)");
	said(bridge_check, "tap0", -EINVAL, "tap0: is no bridge (tap)");
	said(tap_check, "tap1", -ENODEV, "net up --tap tap1 --owner root");
	ck_assert_uint_eq(if_nametoindex("tap1"), 0);
	said(tap_check, "mine", 0, "mine: is down");
	ip = tap_guest_ip("tap0");
	ck_assert_pstr_eq(ip, "192.168.100.224:::255.255.255.0::eth0:off");
	free(ip);
	ck_assert_ptr_null(tap_guest_ip("mine"));
	ck_assert_ptr_null(tap_guest_ip("lo7"));
}
END_TEST

/* The line that a message ends with makes what is missing. */
START_TEST(hint_is_for_the_network_there)
{
	static const char *const want =
		" net up --bridge lab0 --address 10.9.8.1/24 --tap %s --owner "
		"root\n";
	const char *text;
	int fd;

	vm_host(&r, "net", "up", "--bridge", "lab0", "--address", "10.9.8.1/24",
		"--owner", "0");
	ck_code(&r, 0);
	ran_free(&r);
	fd = hold("tap0");
	said(tap_check, "tap0", -EBUSY, vm_fmt(want, "NAME"));
	close(fd);
	capture_begin();
	ck_assert_int_eq(tap_check("tap1"), -ENODEV);
	text = strstr(capture_end(), " net up ");
	ck_assert_pstr_eq(text, vm_fmt(want, "tap1"));
	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-c", vm_fmt("\"$0\"%s", text), vm_bootlet()));
	ck_code(&r, 0);
	ck_has(r.err, "lab0: was there already");
	ck_has(r.err, "tap1: made");
	ck_assert_int_eq(tap_check("tap1"), 0);
	/* Which of two is not for us to say. */
	ran_free(&r);
	vm_host(&r, "net", "up", "--bridge", "lab1", "--address", "10.9.9.1/24",
		"--tap", "t0", "--owner", "0");
	ck_code(&r, 0);
	said(tap_check, "tap2", -ENODEV, " net up --tap tap2 --owner root\n");
	fd = hold("tap0");
	said(tap_check, "tap0", -EBUSY, vm_fmt(want, "NAME"));
	close(fd);
}
END_TEST

/* What the kernel says once in a hundred years. */
static void fail_tunsetiff(unsigned int err)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, args[1])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TUNSETIFF, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | err),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog prog = { COUNT(code), code };

	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog), 0);
}

START_TEST(every_error_is_told)
{
	fail_tunsetiff(ENOMEM);
	said(tap_check, "mine", -ENOMEM,
	     "mine: cannot be opened: Cannot allocate memory");
}
END_TEST

/* Only root can make one that is another user's. */
START_TEST(tap_of_another_user)
{
	if (!was_root)
		return;
	vm_host(&r, "net", "up", "--owner", "4242");
	ck_code(&r, 0);
	ck_assert_int_eq(tap_check("tap0"), 0);
	ck_assert_int_eq(unshare(CLONE_NEWUSER), 0);
	said(tap_check, "tap0", -EPERM, "tap0: belongs to ");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("hostnet");
	TCase *t = tcase_create("net");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, up_up_down_down);
	tcase_add_test(t, printed_lines_work);
	tcase_add_test(t, alias_of_any_bytes);
	tcase_add_test(t, without_rights);
	tcase_add_test(t, root_without_rights);
	tcase_add_test(t, sudo_uid);
	tcase_add_loop_test(t, refused_before_anything, 0, COUNT(refused));
	tcase_add_test(t, in_use);
	tcase_add_test(t, checks);
	tcase_add_test(t, hint_is_for_the_network_there);
	tcase_add_test(t, every_error_is_told);
	tcase_add_test(t, tap_of_another_user);
	suite_add_tcase(s, t);
	return s;
}
