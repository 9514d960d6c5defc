// SPDX-License-Identifier: MIT
#include "host/netspec.h"
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct {
	const char *text;
	enum qemu_net_type type;
	const char *ifname;
} nets[] = {
	{ "none", QEMU_NET_NONE, NULL },
	{ "user", QEMU_NET_USER, NULL },
	{ "tap=tap0", QEMU_NET_TAP, "tap0" },
	{ "bridge=br0", QEMU_NET_BRIDGE, "br0" },
	{ "tap=fifteen-bytes-1", QEMU_NET_TAP, "fifteen-bytes-1" },
	{ "tap=-x", QEMU_NET_TAP, "-x" },
};

START_TEST(networks)
{
	struct netspec n = { 0 };

	ck_assert_pstr_eq(parse_net(nets[_i].text, &n), NULL);
	ck_assert(n.given);
	ck_assert_int_eq(n.type, nets[_i].type);
	ck_assert_pstr_eq(n.ifname, nets[_i].ifname);
}
END_TEST

static const char *const no_nets[] = {
	"",	     "tap",
	"bridge",    "users",
	"none=x",    "tap=",
	"tap=a/b",   "tap=a b",
	"tap=a,b",   "tap=a\n",
	"tap=a:1",   "bridge=.",
	"tap=..",    "bridge=sixteen-bytes-12",
	"user=tap0",
};

START_TEST(no_networks)
{
	struct netspec n = { 0 };

	ck_assert_msg(parse_net(no_nets[_i], &n), "%s was taken", no_nets[_i]);
}
END_TEST

static const struct {
	const char *text, *hostfwd;
} forwards[] = {
	{ "2222:22", "tcp:127.0.0.1:2222-:22" },
	{ "tcp:1:65535", "tcp:127.0.0.1:1-:65535" },
	{ "udp:5353:53", "udp:127.0.0.1:5353-:53" },
	{ "0.0.0.0:80:8080", "tcp:0.0.0.0:80-:8080" },
	{ "udp:192.168.1.2:53:53", "udp:192.168.1.2:53-:53" },
};

START_TEST(ports_forwarded)
{
	struct netforward f;
	char *text;

	ck_assert_pstr_eq(parse_forward(forwards[_i].text, &f), NULL);
	text = netspec_hostfwd(&f);
	ck_assert_str_eq(text, forwards[_i].hostfwd);
	free(text);
}
END_TEST

static const char *const no_forwards[] = {
	"",
	":",
	"22",
	"22:",
	":22",
	"0:22",
	"22:0",
	"65536:1",
	"1:65536",
	"-1:22",
	"a:b",
	"1:2:3",
	"::1:22",
	"1.2.3:1:2",
	"1.2.3.4:1",
	"[::1]:1:2",
	"localhost:1:2",
	"sctp:1:2",
	"tcp:",
	"tcp:udp:1:2",
	"1:2,hostfwd=tcp::1-:1",
};

START_TEST(ports_not_forwarded)
{
	struct netforward f;

	ck_assert_msg(parse_forward(no_forwards[_i], &f), "%s was taken",
		      no_forwards[_i]);
}
END_TEST

START_TEST(what_is_left_open_is_settled)
{
	struct netforward f = { .guest = 22 };
	struct netspec n = { 0 };

	ck_assert_pstr_eq(netspec_settle(&n), NULL);
	ck_assert_int_eq(n.type, QEMU_NET_NONE);
	ck_assert_ptr_null(n.nic);
	n.ip = "dhcp";
	ck_assert_pstr_eq(netspec_settle(&n), NULL);
	ck_assert_int_eq(n.type, QEMU_NET_USER);
	ck_assert_str_eq(n.nic->name, "e1000");
	n = (struct netspec){ .background = true };
	ck_assert_pstr_eq(netspec_settle(&n), NULL);
	ck_assert_int_eq(n.type, QEMU_NET_USER);
	parse_net("none", &n);
	n.nic = NULL;
	ck_assert_ptr_nonnull(netspec_settle(&n));
	n = (struct netspec){ .nic = qemu_nic_find("virtio") };
	ck_assert_pstr_eq(netspec_settle(&n), NULL);
	ck_assert_int_eq(n.type, QEMU_NET_USER);
	n = (struct netspec){ 0 };
	netspec_forward(&n, &f);
	ck_assert_pstr_eq(netspec_settle(&n), NULL);
	ck_assert_int_eq(n.type, QEMU_NET_USER);
	ck_assert_ptr_nonnull(n.nic);
	/* A forwarded port is QEMU's own network's alone. */
	parse_net("tap=t", &n);
	ck_assert_ptr_nonnull(netspec_settle(&n));
	parse_net("none", &n);
	ck_assert_ptr_nonnull(netspec_settle(&n));
	netspec_free(&n);
	n.nic = NULL;
	ck_assert_pstr_eq(netspec_settle(&n), NULL);
	n.nic = qemu_nic_find("virtio");
	ck_assert_ptr_nonnull(netspec_settle(&n));
	parse_net("bridge=b", &n);
	ck_assert_pstr_eq(netspec_settle(&n), NULL);
	ck_assert_str_eq(n.nic->name, "virtio");
}
END_TEST

START_TEST(addresses_of_cards)
{
	char a[NETSPEC_MAC_SIZE], b[NETSPEC_MAC_SIZE];

	netspec_mac("tap0", a);
	netspec_mac("tap0", b);
	ck_assert_str_eq(a, b);
	ck_assert_uint_eq(strlen(a), NETSPEC_MAC_SIZE - 1);
	ck_assert_int_eq(strncmp(a, "52:54:00:", 9), 0);
	netspec_mac("tap1", b);
	ck_assert_str_ne(a, b);
	netspec_mac("br0/1234", a);
	netspec_mac("br0/1235", b);
	ck_assert_str_ne(a, b);
}
END_TEST

START_TEST(address_of_the_guest)
{
	struct netspec n = { .type = QEMU_NET_USER };
	char *ip = netspec_ip(&n);

	ck_assert_str_eq(ip, QEMU_IP_USER);
	free(ip);
	n.ip = "dhcp";
	ip = netspec_ip(&n);
	ck_assert_str_eq(ip, "dhcp");
	free(ip);
	n = (struct netspec){ 0 };
	ck_assert_ptr_null(netspec_ip(&n));
}
END_TEST

/* A port that somebody has, of a kind. Return: the descriptor. */
static int take_port(int type, unsigned int *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, type, 0);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, len), 0);
	ck_assert(type == SOCK_DGRAM || listen(fd, 1) == 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

START_TEST(ports_in_use)
{
	struct in_addr here = { htonl(INADDR_LOOPBACK) };
	struct hostport v[2] = { { .address = here }, { .address = here } };
	size_t failed = 9;
	int fd;

	v[0].udp = v[1].udp = _i;
	fd = take_port(_i ? SOCK_DGRAM : SOCK_STREAM, &v[1].port);
	ck_assert_int_eq(hostports_check(&v[1], 1, &failed), -EADDRINUSE);
	ck_assert_uint_eq(failed, 0);
	close(fd);
	/* It was not kept, and one that is there twice is in its own way. */
	ck_assert_int_eq(hostports_check(&v[1], 1, &failed), 0);
	ck_assert_int_eq(hostports_check(&v[1], 1, &failed), 0);
	v[0].port = v[1].port;
	ck_assert_int_eq(hostports_check(v, 2, &failed), -EADDRINUSE);
	ck_assert_uint_eq(failed, 1);
	v[0].udp = !v[0].udp;
	ck_assert_int_eq(hostports_check(v, 2, &failed), 0);
	inet_pton(AF_INET, "203.0.113.7", &v[0].address);
	ck_assert_int_eq(hostports_check(v, 2, &failed), -EADDRNOTAVAIL);
}
END_TEST

START_TEST(ports_in_words)
{
	static const struct {
		int err;
		const char *want;
	} words[] = {
		{ -EADDRINUSE, "the port is in use; take another one" },
		{ -EADDRNOTAVAIL, "no address of this machine; see: ip addr" },
		{ -EACCES, "not allowed; ports below 1024 are root's" },
		{ -EMFILE, "Too many open files" },
	};
	struct hostport v = { .address = { htonl(INADDR_LOOPBACK) } };
	struct rlimit old, few = { 0 };
	size_t failed = 9;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		ck_assert_ptr_eq(strstr(hostport_explain(words[i].err),
					words[i].want),
				 hostport_explain(words[i].err));
	getrlimit(RLIMIT_NOFILE, &old);
	few.rlim_max = old.rlim_max;
	setrlimit(RLIMIT_NOFILE, &few);
	ck_assert_int_eq(hostports_check(&v, 1, &failed), -EMFILE);
	setrlimit(RLIMIT_NOFILE, &old);
	ck_assert_uint_eq(failed, 0);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

Suite *suite(void)
{
	Suite *s = suite_create("netspec");
	TCase *t = tcase_create("netspec");

	tcase_add_loop_test(t, networks, 0, COUNT(nets));
	tcase_add_loop_test(t, no_networks, 0, COUNT(no_nets));
	tcase_add_loop_test(t, ports_forwarded, 0, COUNT(forwards));
	tcase_add_loop_test(t, ports_not_forwarded, 0, COUNT(no_forwards));
	tcase_add_test(t, what_is_left_open_is_settled);
	tcase_add_test(t, addresses_of_cards);
	tcase_add_test(t, address_of_the_guest);
	tcase_add_loop_test(t, ports_in_use, 0, 2);
	tcase_add_test(t, ports_in_words);
	suite_add_tcase(s, t);
	return s;
}
