// SPDX-License-Identifier: MIT
/* The network as ifconfig would have set it up, from ip= and the modules. */
#include "vm.h"

#include <stdlib.h>
#include <string.h>

static struct ran r;
static struct text console;

static const char script[] =
	"for i in eth0 lo; do\n"
	"  echo \"$i=$(ifconfig $i | sed -n 's/.*inet addr:\\([^ ]*\\).*"
	"Mask:\\([^ ]*\\).*/\\1 \\2/p')\"\n"
	"  echo \"$i up=$(ifconfig $i | grep -c ' UP ')\"\n"
	"done\n"
	"echo \"route=$(route -n | awk '$1 == \"0.0.0.0\" {print $2, $8}')\"\n"
	"echo \"hostname=$(hostname)\"\n"
	"echo \"dns=$(tr '\\n' ' ' </etc/resolv.conf)\"\n"
	"echo \"module=$(cut -d' ' -f1 /proc/modules | "
	"grep -e '^e1000$' -e '^virtio_net$' | tr '\\n' ' ')\"\n"
	"echo \"ping=$(ping -c 1 -W 5 10.0.2.2 >/dev/null 2>&1; echo $?)\"\n";

static void boot(const char *nic, const char *ip)
{
	vm_host(&r, "run", VM_KERNEL, "--net", "user", "--nic", nic, "--ip", ip,
		"--log", vm_at("console"), "--", "sh", "-c", script);
	ck_code(&r, 0);
	console = vm_slurp(vm_at("console"));
	ck_answer(&r, "lo", "127.0.0.1 255.0.0.0");
	ck_answer(&r, "lo up", "1");
}

START_TEST(defaults)
{
	vm_host(&r, "run", VM_KERNEL, "--net", "user", "--", "sh", "-c",
		script);
	ck_code(&r, 0);
	ck_answer(&r, "eth0", "10.0.2.15 255.255.255.0");
	ck_answer(&r, "eth0 up", "1");
	ck_answer(&r, "lo", "127.0.0.1 255.0.0.0");
	ck_answer(&r, "route", "10.0.2.2 eth0");
	ck_assert_ptr_nonnull(
		strstr(vm_answer(&r, "dns"), "nameserver 10.0.2.3"));
	ck_answer(&r, "module", "virtio_net ");
	ck_answer(&r, "ping", "0");
}
END_TEST

START_TEST(whole_syntax)
{
	boot("virtio", "10.0.2.77::10.0.2.2:255.255.0.0:vm-77:eth0:off:"
		       "10.0.2.3:10.0.2.4");
	ck_answer(&r, "eth0", "10.0.2.77 255.255.0.0");
	ck_answer(&r, "route", "10.0.2.2 eth0");
	ck_answer(&r, "hostname", "vm-77");
	ck_assert_ptr_nonnull(strstr(vm_answer(&r, "dns"),
				     "nameserver 10.0.2.3 nameserver "
				     "10.0.2.4"));
	ck_assert_ptr_nonnull(strstr(vm_answer(&r, "module"), "virtio_net"));
	ck_answer(&r, "ping", "0");
	ck_has(console, "eth0: 10.0.2.77");
}
END_TEST

/* The netmask is the class's; neither gateway nor DNS are made up. */
START_TEST(classful)
{
	boot("e1000", "172.20.1.2:::::eth0:off");
	ck_answer(&r, "eth0", "172.20.1.2 255.255.0.0");
	ck_answer(&r, "route", "");
	ck_answer(&r, "hostname", "(none)");
}
END_TEST

START_TEST(malformed_warns)
{
	boot("e1000", "10.0.2.999::::nonsense:::");
	ck_answer(&r, "eth0", "");
	ck_has(console, "ip=10.0.2.999");
}
END_TEST

/* A bounded wait, one line, and the boot goes on. */
START_TEST(device_that_never_comes)
{
	boot("e1000", "10.0.2.15::10.0.2.2:255.255.255.0::eth7:off");
	ck_answer(&r, "eth0", "");
	ck_has(console, "eth7: ");
}
END_TEST

START_TEST(none)
{
	vm_boot(&r, "--", "sh", "-c", script);
	ck_code(&r, 0);
	ck_answer(&r, "eth0", "");
	ck_answer(&r, "lo up", "1");
	ck_answer(&r, "module", "");
}
END_TEST

/* More than one device, each with its own ip=. */
START_TEST(two_devices)
{
	static const char two[] =
		"for i in eth0 dummy0; do ifconfig $i | grep -o "
		"'inet addr:[0-9.]*'; done";

	vm_host(&r, "run", VM_KERNEL, "--net", "user", "--module", "dummy",
		"--append", "ip=192.168.9.1:::255.255.255.0::dummy0:off", "--",
		"sh", "-c", two);
	ck_code(&r, 0);
	ck_assert_str_eq(r.out.p,
			 "inet addr:10.0.2.15\ninet addr:192.168.9.1\n");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("net");
	TCase *t = tcase_create("static");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_test(t, defaults);
	tcase_add_test(t, whole_syntax);
	tcase_add_test(t, classful);
	tcase_add_test(t, malformed_warns);
	tcase_add_test(t, device_that_never_comes);
	tcase_add_test(t, none);
	tcase_add_test(t, two_devices);
	suite_add_tcase(s, t);
	return s;
}
