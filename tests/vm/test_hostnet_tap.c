// SPDX-License-Identifier: MIT
/* What a run says of a tap before it is started; see test_hostnet.c. */
#include "host/tap.h"
#include "hostnet.h"
#include "tests/skip.h"
#include "tests/unit/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_tun.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <sched.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

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
	if (!was_root) {
		skip_test("only root makes a tap of another user");
		return;
	}
	NEEDS_UNSHARE("-U");
	vm_host(&r, "net", "up", "--owner", "4242");
	ck_code(&r, 0);
	ck_assert_int_eq(tap_check("tap0"), 0);
	ck_assert_int_eq(unshare(CLONE_NEWUSER), 0);
	said(tap_check, "tap0", -EPERM, "tap0: belongs to ");
}
END_TEST

/* What is printed for sh is one word there. */
START_TEST(odd_names)
{
	vm_host(&r, "net", "up", "--bridge", "br;x", "--tap", "t$(id)&;1");
	ck_code(&r, 0);
	ck_has(r.err, "bootlet run --net 'tap=t$(id)&;1' gives its guest ");
	ran_free(&r);
	vm_host(&r, "net", "down");
	ck_code(&r, 0);
	ck_has(r.err, "bootlet net down --bridge 'br;x' removes it\n");
	ran_free(&r);
	vm_exec(&r, NULL, 0,
		VM_ARGV("ip", "link", "set", "dev", "t$(id)&;1", "down"));
	ck_code(&r, 0);
	capture_begin();
	ck_assert_int_eq(tap_check("t$(id)&;1"), 0);
	capture_expect("ip link set dev 't$(id)&;1' up\n");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("hostnet_tap");
	TCase *t = tcase_create("net");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, in_use);
	tcase_add_test(t, checks);
	tcase_add_test(t, hint_is_for_the_network_there);
	tcase_add_test(t, every_error_is_told);
	tcase_add_test(t, tap_of_another_user);
	tcase_add_test(t, odd_names);
	suite_add_tcase(s, t);
	return s;
}
