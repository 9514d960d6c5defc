// SPDX-License-Identifier: MIT
/* ip=dhcp, against QEMU's own server and against dnsmasq. */
#include "tests/skip.h"
#include "tests/unit/netns.h"
#include "vm.h"

#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

static struct ran r;

/* What there is of each interface, when all is over. */
static const char show[] =
	"for i in eth0 eth1; do\n"
	"  echo \"$i=$(ifconfig $i 2>/dev/null | sed -n 's/.*inet addr:"
	"\\([^ ]*\\).*Mask:\\([^ ]*\\).*/\\1 \\2/p')\"\n"
	"  echo \"$i mtu=$(cat /sys/class/net/$i/mtu 2>/dev/null)\"\n"
	"done\n"
	"echo \"route=$(route -n | awk '$1 == \"0.0.0.0\" {print $2, $8}')\"\n"
	"echo \"resolv=$(tr '\\n' ' ' </etc/resolv.conf)\"\n"
	"echo \"hostname=$(hostname)\"\n";

/* --- QEMU's ----------------------------------------------------------------- */

#define QEMU_LINE                                                 \
	"init: eth0: 10.0.2.15/24 gateway 10.0.2.2 dns 10.0.2.3 " \
	"server 10.0.2.2 lease 86400 s"

START_TEST(of_qemu)
{
	static const char *const nics[] = { "virtio", "e1000" };

	vm_host(&r, "run", VM_KERNEL, "-v", "--net", "user", "--nic", nics[_i],
		"--ip", _i ? "::::box:eth0:dhcp" : "dhcp", "--", "sh", "-c",
		show);
	ck_code(&r, 0);
	ck_answer(&r, "eth0", "10.0.2.15 255.255.255.0");
	ck_answer(&r, "route", "10.0.2.2 eth0");
	ck_answer(&r, "resolv", "nameserver 10.0.2.3 ");
	ck_answer(&r, "hostname", _i ? "box" : "(none)");
	ck_has(r.err, QEMU_LINE);
	ran_free(&r);
}
END_TEST

START_TEST(in_the_background)
{
	static const char watch[] =
		"echo early=$(ifconfig eth0 2>/dev/null | grep -c inet.addr)\n"
		"for i in $(seq 300); do grep -q nameserver /etc/resolv.conf "
		"2>/dev/null && break; sleep 0.1; done\n";

	vm_host(&r, "run", VM_KERNEL, "-v", "--nic", "e1000",
		"--net-background", "--ip", "dhcp", "--", "sh", "-c",
		vm_fmt("%s%s", watch, show));
	ck_code(&r, 0);
	ck_answer(&r, "early", "0");
	ck_answer(&r, "eth0", "10.0.2.15 255.255.255.0");
	ck_answer(&r, "route", "10.0.2.2 eth0");
	ck_has(r.err, QEMU_LINE " after ");
	ran_free(&r);
}
END_TEST

/* QEMU, and another card of the same kind with a network of its own. */
static const char *two_cards(void)
{
	return vm_put("qemu-two",
		      "#!/bin/sh\n"
		      "card=virtio-net-pci\n"
		      "case \" $* \" in *virtio-net-device*) "
		      "card=virtio-net-device ;; esac\n"
		      "case \" $* \" in *netdev*) set -- \"$@\" -netdev "
		      "user,id=two,net=10.9.0.0/24 -device $card,netdev=two "
		      ";; esac\n"
		      "exec qemu-system-x86_64 \"$@\"\n",
		      true);
}

START_TEST(two_interfaces)
{
	vm_host(&r, "run", VM_KERNEL, "-v", "--qemu", two_cards(), "--net",
		"user", "--nic", "virtio", "--ip", "eth0:dhcp", "--append",
		"ip=eth1:dhcp", "--", "sh", "-c", show);
	ck_code(&r, 0);
	ck_assert_ptr_nonnull(strstr(r.out.p, "=10.0.2.15 255.255.255.0\n"));
	ck_assert_ptr_nonnull(strstr(r.out.p, "=10.9.0.15 255.255.255.0\n"));
	ck_has(r.err, ": 10.0.2.15/24 gateway 10.0.2.2 dns 10.0.2.3 server ");
	ck_has(r.err, ": 10.9.0.15/24 gateway 10.9.0.2 dns 10.9.0.3 server ");
	ran_free(&r);
}
END_TEST

/* bond0 has no carrier, having no slave; the boot goes on. */
START_TEST(no_carrier)
{
	vm_host(&r, "run", VM_KERNEL, "-v", "--net", "user", "--module",
		"bonding", "--append", "ip=bond0:dhcp", "--", "sh", "-c", show);
	ck_code(&r, 0);
	ck_answer(&r, "eth0", "10.0.2.15 255.255.255.0");
	ck_has(r.err, "init: bond0: no carrier; is its cable plugged in?");
	ran_free(&r);
}
END_TEST

/* --- dnsmasq ----------------------------------------------------------------- */

/* A namespace of the test's own with a tap in it. Return: whether there is. */
static bool lab_enter(void)
{
	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-c",
			"test -w /dev/net/tun && { unshare -n true || unshare "
			"-rn true; }"));
	if (r.code) {
		skip_test("no namespaces, or no taps, are to be had here");
		ran_free(&r);
		return false;
	}
	ran_free(&r);
	netns_enter();
	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-ec",
			"ip link set lo up; ip tuntap add dev lab0 mode tap; "
			"ip address add 10.44.0.1/24 dev lab0; "
			"ip link set lab0 up"));
	ck_code(&r, 0);
	ran_free(&r);
	return true;
}

static pid_t dnsmasq(void)
{
	const char *argv[] = {
		"env",
		vm_fmt("PATH=%s:/usr/sbin", getenv("PATH")),
		"dnsmasq",
		"--keep-in-foreground",
		"--conf-file=/dev/null",
		"--user=root",
		"--pid-file",
		"--port=0",
		"--log-facility=/dev/null",
		"--interface=lab0",
		"--bind-interfaces",
		vm_fmt("--dhcp-leasefile=%s", vm_at("leases")),
		"--dhcp-authoritative",
		"--dhcp-range=10.44.0.50,10.44.0.50,255.255.255.0,2h",
		"--dhcp-option=option:router,10.44.0.9,10.44.0.8",
		"--dhcp-option=option:dns-server,10.44.0.7,10.44.0.6,10.44.0.5",
		"--dhcp-option=option:mtu,1400",
		"--domain=lab.example",
		NULL,
	};

	return vm_spawn(argv, -1, -1, 2);
}

static void dnsmasq_end(pid_t pid)
{
	kill(pid, SIGTERM);
	ck_assert_int_eq(vm_wait(pid, 10), 0);
}

#define LAB_LINE                                                     \
	"init: eth0: 10.44.0.50/24 gateway 10.44.0.9 dns 10.44.0.7 " \
	"dns 10.44.0.6 server 10.44.0.1 lease 7200 s"

static void ck_lab(void)
{
	struct text leases = vm_slurp(vm_at("leases"));

	ck_code(&r, 0);
	ck_answer(&r, "eth0", "10.44.0.50 255.255.255.0");
	ck_answer(&r, "eth0 mtu", "1400");
	ck_answer(&r, "route", "10.44.0.9 eth0");
	ck_answer(&r, "resolv",
		  "search lab.example nameserver 10.44.0.7 "
		  "nameserver 10.44.0.6 ");
	ck_has(r.err, LAB_LINE);
	/* And so says the server, by the name that it was told. */
	ck_has(leases, " 10.44.0.50 vm-44 ");
	free(leases.p);
	ran_free(&r);
}

#define LAB_RUN                                                         \
	"run", VM_KERNEL, "-v", "--net", "tap=lab0", "--nic", "virtio", \
		"--ip", "::::vm-44:eth0:dhcp", "--", "sh", "-c", show

START_TEST(as_dnsmasq_was_told)
{
	pid_t pid;

	if (!lab_enter())
		return;
	pid = dnsmasq();
	vm_host(&r, LAB_RUN);
	ck_lab();
	dnsmasq_end(pid);
}
END_TEST

/* Until the first message has come there is no server; who waits for it
 * starts one. */
START_TEST(server_that_comes_late)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(67) };
	struct timeval patience = { .tv_sec = VM_DEADLINE_S };
	socklen_t len = sizeof(a);
	unsigned char first[1500];
	pid_t pid, server;
	int fd, status;

	if (!lab_enter())
		return;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	pid = fork();
	if (pid == 0) {
		close(fd);
		vm_host(&r, LAB_RUN);
		ck_lab();
		_exit(0);
	}
	ck_assert_int_gt(recvfrom(fd, first, sizeof(first), 0,
				  (struct sockaddr *)&a, &len),
			 240);
	/* RFC 2131, section 4.1: from nobody's address, and port 68. */
	ck_assert_uint_eq(a.sin_addr.s_addr, 0);
	ck_assert_uint_eq(ntohs(a.sin_port), 68);
	close(fd);
	server = dnsmasq();
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	dnsmasq_end(server);
}
END_TEST

/* A bounded wait, one line, and the boot goes on; who answers elsewhere is
 * not held up, and is found where no device is named. */
START_TEST(no_server)
{
	double start = vm_now();

	if (!lab_enter())
		return;
	vm_host(&r, "run", VM_KERNEL, "-v", "--qemu", two_cards(), "--net",
		"tap=lab0", "--nic", "virtio", "--ip", "dhcp", "--append",
		"ip=dhcp", "--", "sh", "-c", show);
	ck_code(&r, 0);
	ck_assert(vm_now() - start >= 15);
	ck_assert_ptr_nonnull(strstr(r.out.p, "=10.9.0.15 255.255.255.0\n"));
	ck_has(r.err, ": 10.9.0.15/24 gateway 10.9.0.2 dns 10.9.0.3 server ");
	ck_has(r.err, "init: network: no DHCP server answers");
	ck_answer(&r, "resolv", "nameserver 10.9.0.3 ");
	ran_free(&r);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("dhcp");
	TCase *t = tcase_create("dhcp");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_loop_test(t, of_qemu, 0, 2);
	tcase_add_test(t, in_the_background);
	tcase_add_test(t, two_interfaces);
	tcase_add_test(t, no_carrier);
	tcase_add_test(t, as_dnsmasq_was_told);
	tcase_add_test(t, server_that_comes_late);
	tcase_add_test(t, no_server);
	suite_add_tcase(s, t);
	return s;
}
