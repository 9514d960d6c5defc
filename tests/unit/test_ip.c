// SPDX-License-Identifier: MIT
#include "unit.h"

#include "init/ip.h"
#include "init/resolv.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

static const struct good {
	const char *text, *addr, *netmask, *gateway, *device, *host, *domain;
	enum ip_kind kind;
} goods[] = {
	{ .text = "192.168.100.224:::255.255.255.0::eth0:off",
	  .addr = "192.168.100.224",
	  .netmask = "255.255.255.0",
	  .device = "eth0",
	  .kind = IP_KIND_STATIC },
	{ .text = "10.0.2.15:10.0.2.1:10.0.2.2:24:box.example.org:enp0s3:none"
		  ":1.1.1.1:8.8.8.8:9.9.9.9",
	  .addr = "10.0.2.15",
	  .netmask = "255.255.255.0",
	  .gateway = "10.0.2.2",
	  .device = "enp0s3",
	  .host = "box",
	  .domain = "example.org",
	  .kind = IP_KIND_STATIC },
	/* Classes. */
	{ .text = "10.1.2.3",
	  .addr = "10.1.2.3",
	  .netmask = "255.0.0.0",
	  .kind = IP_KIND_STATIC },
	{ .text = "127.255.0.1",
	  .addr = "127.255.0.1",
	  .netmask = "255.0.0.0",
	  .kind = IP_KIND_STATIC },
	{ .text = "128.0.0.1",
	  .addr = "128.0.0.1",
	  .netmask = "255.255.0.0",
	  .kind = IP_KIND_STATIC },
	{ .text = "191.255.0.1",
	  .addr = "191.255.0.1",
	  .netmask = "255.255.0.0",
	  .kind = IP_KIND_STATIC },
	{ .text = "192.0.0.1",
	  .addr = "192.0.0.1",
	  .netmask = "255.255.255.0",
	  .kind = IP_KIND_STATIC },
	{ .text = "223.0.0.1",
	  .addr = "223.0.0.1",
	  .netmask = "255.255.255.0",
	  .kind = IP_KIND_STATIC },
	/* 0.0.0.0 is nothing, as empty is. */
	{ .text = "10.1.2.3::0.0.0.0:0.0.0.0",
	  .addr = "10.1.2.3",
	  .netmask = "255.0.0.0",
	  .kind = IP_KIND_STATIC },
	/* Prefix lengths. */
	{ .text = "10.1.2.3:::32",
	  .addr = "10.1.2.3",
	  .netmask = "255.255.255.255",
	  .kind = IP_KIND_STATIC },
	{ .text = "10.1.2.3:::1",
	  .addr = "10.1.2.3",
	  .netmask = "128.0.0.0",
	  .kind = IP_KIND_STATIC },
	{ .text = "224.1.2.3:::4",
	  .addr = "224.1.2.3",
	  .netmask = "240.0.0.0",
	  .kind = IP_KIND_STATIC },
	/* An address is used whatever the method. */
	{ .text = "10.1.2.3::::::dhcp",
	  .addr = "10.1.2.3",
	  .netmask = "255.0.0.0",
	  .kind = IP_KIND_STATIC },
	/* Fifteen bytes of name. */
	{ .text = "10.1.2.3:::::abcdefghijklmno",
	  .addr = "10.1.2.3",
	  .netmask = "255.0.0.0",
	  .device = "abcdefghijklmno",
	  .kind = IP_KIND_STATIC },
	{ .text = "::::onlyname::off",
	  .host = "onlyname",
	  .kind = IP_KIND_NONE },
	/* One word. */
	{ .text = "", .kind = IP_KIND_NONE },
	{ .text = "off", .kind = IP_KIND_NONE },
	{ .text = "none", .kind = IP_KIND_NONE },
	{ .text = "on", .kind = IP_KIND_AUTO },
	{ .text = "any", .kind = IP_KIND_AUTO },
	{ .text = "dhcp", .kind = IP_KIND_AUTO },
	{ .text = "bootp", .kind = IP_KIND_AUTO },
	{ .text = "rarp", .kind = IP_KIND_AUTO },
	{ .text = "both", .kind = IP_KIND_AUTO },
	{ .text = "eth0:dhcp", .device = "eth0", .kind = IP_KIND_AUTO },
	{ .text = ":::::eth1", .device = "eth1", .kind = IP_KIND_AUTO },
	{ .text = "::::::rarp", .kind = IP_KIND_AUTO },
};

static void is_addr(uint32_t addr, const char *want)
{
	char buf[INET_ADDRSTRLEN];

	ck_assert_str_eq(inet_ntop(AF_INET, &addr, buf, sizeof(buf)),
			 want ? want : "0.0.0.0");
}

START_TEST(test_good)
{
	const struct good *g = &goods[_i];
	struct ip_config ip;

	memset(&ip, 0xa5, sizeof(ip));
	ck_assert_int_eq(ip_parse(&ip, g->text), 0);
	is_addr(ip.addr, g->addr);
	is_addr(ip.netmask, g->netmask);
	is_addr(ip.gateway, g->gateway);
	ck_assert_str_eq(ip.device, g->device ? g->device : "");
	ck_assert_str_eq(ip.hostname, g->host ? g->host : "");
	ck_assert_str_eq(ip.domain, g->domain ? g->domain : "");
	ck_assert_int_eq(ip.kind, g->kind);
}
END_TEST

START_TEST(test_every_field)
{
	struct ip_config ip;

	ck_assert_int_eq(ip_parse(&ip, "10.0.0.2:10.0.0.3:10.0.0.4:8:h:e:off:"
				       "10.0.0.5:10.0.0.6:10.0.0.7"),
			 0);
	is_addr(ip.dns[0], "10.0.0.5");
	is_addr(ip.dns[1], "10.0.0.6");
	is_addr(ip.unused, "10.0.0.7");
	/* What ip= says is not what DHCP has said. */
	is_addr(ip.server, "0.0.0.0");
}
END_TEST

static const struct {
	const char *text, *field, *bad;
} bads[] = {
	{ "300.1.1.1", "client address", "300.1.1.1" },
	{ "1.2.3", "client address", "1.2.3" },
	{ "1.2.3.4.5", "client address", "1.2.3.4.5" },
	{ "1.2.3.", "client address", "1.2.3." },
	{ "1..3.4", "client address", "1..3.4" },
	{ "01.2.3.4", "client address", "01.2.3.4" },
	{ "1.2.3.4 ", "client address", "1.2.3.4 " },
	{ "-1.2.3.4", "client address", "-1.2.3.4" },
	{ "99999999999999999999.2.3.4", "client address",
	  "99999999999999999999.2.3.4" },
	{ "fe80::1", "client address", "fe80" },
	{ "eth0:dchp", "client address", "eth0" },
	{ "DHCP", "client address", "DHCP" },
	{ "dhcp,1,abc", "client address", "dhcp,1,abc" },
	{ "eth0:dhcp,1,abc", "client address", "eth0" },
	{ "256.1.1.1", "client address", "256.1.1.1" },
	{ "1.2.3.0x4", "client address", "1.2.3.0x4" },
	{ "1.2.3.4:1.2.3.4.", "server", "1.2.3.4." },
	{ "::1.2.3.4:255.255.255", "netmask", "255.255.255" },
	{ "1.2.3.4:::255.255.255.256", "netmask", "255.255.255.256" },
	{ "1.2.3.4::::a.b c", "hostname", "a.b c" },
	{ "::::a\x7f", "hostname", "a\x7f" },
	{ ":::::.", "device", "." },
	{ ":::::a b:dhcp", "device", "a b" },
	{ "::::::dhcp,1,abc", "autoconf", "dhcp,1,abc" },
	{ "::::::DHCP", "autoconf", "DHCP" },
	{ ":::::eth0:dhcp:1.2.3.4.5", "dns0", "1.2.3.4.5" },
	{ "1.2.3.4:x", "server", "x" },
	{ "1.2.3.4::1.2.3", "gateway", "1.2.3" },
	{ "1.2.3.4:::255.0.255.0", "netmask", "255.0.255.0" },
	{ "1.2.3.4:::0.0.0.255", "netmask", "0.0.0.255" },
	{ "1.2.3.4:::33", "netmask", "33" },
	{ "1.2.3.4:::0", "netmask", "0" },
	{ "1.2.3.4:::/24", "netmask", "/24" },
	{ "224.1.2.3", "it has no default netmask", "" },
	{ "240.0.0.0", "it has no default netmask", "" },
	{ "255.255.255.255", "it has no default netmask", "" },
	{ "1.2.3.4::::a b", "hostname", "a b" },
	{ "1.2.3.4::::a.b/c", "hostname", "a.b/c" },
	{ "1.2.3.4::::"
	  "0123456789012345678901234567890123456789012345678901234567890123x",
	  "hostname",
	  "0123456789012345678901234567890123456789012345678901234567890123x" },
	{ "1.2.3.4:::::abcdefghijklmnop", "device", "abcdefghijklmnop" },
	{ "1.2.3.4:::::..", "device", ".." },
	{ "1.2.3.4:::::a/b", "device", "a/b" },
	{ "1.2.3.4::::::maybe", "autoconf", "maybe" },
	{ "1.2.3.4:::::::x", "dns0", "x" },
	{ "1.2.3.4::::::::x", "dns1", "x" },
	{ "1.2.3.4:::::::::x", "ntp0", "x" },
	{ "1.2.3.4::::::::::x", "eleventh field", "x" },
};

START_TEST(test_bad)
{
	struct ip_config ip;

	ck_assert_int_eq(ip_parse(&ip, bads[_i].text), -EINVAL);
	ck_assert_str_eq(ip.bad_field, bads[_i].field);
	ck_assert_str_eq(ip.bad_text, bads[_i].bad);
}
END_TEST

START_TEST(test_wrong_as_a_whole)
{
	struct ip_config ip;
	char text[513];

	ck_assert_int_eq(ip_parse(&ip, "[fe80::1]:::64::eth0:none"), -EINVAL);
	ck_assert_str_eq(ip.bad_field, "IPv6 is not supported");
	ck_assert_str_eq(ip.bad_text, "");
	memset(text, ':', sizeof(text));
	text[512] = '\0';
	ck_assert_int_eq(ip_parse(&ip, text), -EINVAL);
	ck_assert_str_eq(ip.bad_field, "longer than 511 bytes");
	ck_assert_str_eq(ip.bad_text, "");
	text[511] = '\0';
	ck_assert_int_eq(ip_parse(&ip, text), -EINVAL);
	ck_assert_str_eq(ip.bad_field, "eleventh field");
}
END_TEST

START_TEST(test_prefix)
{
	ck_assert_uint_eq(ip_prefix(0), 0);
	ck_assert_uint_eq(ip_prefix(inet_addr("255.255.240.0")), 20);
	ck_assert_uint_eq(ip_prefix(~0U), 32);
}
END_TEST

START_TEST(test_resolv_plan)
{
	static const char *const lines[] = {
		"10.0.0.1:::::a::1.1.1.1:2.2.2.2",
		"10.0.0.2:::::b::2.2.2.2:3.3.3.3",
		"10.0.0.3:::::c:::1.1.1.1",
		":::::d:dhcp:4.4.4.4",
	};
	static struct ip_config ip[4];
	static struct resolv_text t;

	for (int i = 0; i < 4; i++) {
		ck_assert_int_eq(ip_parse(&ip[i], lines[i]), 0);
		if (ip[i].kind == IP_KIND_STATIC)
			ip[i].kind = IP_KIND_SET;
	}
	resolv_plan(&t, ip, ip + 4);
	ck_assert_str_eq(t.text, "nameserver 1.1.1.1\nnameserver 2.2.2.2\n"
				 "nameserver 3.3.3.3\n");
	ck_assert_uint_eq(t.len, 57);
	strcpy(ip[1].search, "example.org");
	resolv_plan(&t, ip, ip + 2);
	ck_assert_str_eq(t.text, "nameserver 1.1.1.1\nnameserver 2.2.2.2\n"
				 "search example.org\nnameserver 3.3.3.3\n");
	/* Of one that has failed nothing counts. */
	ip[0].kind = IP_KIND_NONE;
	ip[1].kind = IP_KIND_STATIC;
	resolv_plan(&t, ip, ip + 3);
	ck_assert_str_eq(t.text, "nameserver 1.1.1.1\n");
	resolv_plan(&t, ip + 3, ip + 4);
	ck_assert_uint_eq(t.len, 0);
	resolv_plan(&t, ip, ip + 0);
	ck_assert_uint_eq(t.len, 0);
}
END_TEST

START_TEST(test_resolv_most)
{
	static struct ip_config ip[BOOT_MAX_IP];
	static struct resolv_text t;

	for (unsigned int i = 0; i < BOOT_MAX_IP; i++) {
		ip[i].kind = IP_KIND_SET;
		memset(ip[i].search, 'a' + (int)i, IP_SEARCH_SIZE - 1);
		ip[i].dns[0] = htonl(0xffffff64 + 2 * i);
		ip[i].dns[1] = htonl(0xffffff65 + 2 * i);
	}
	resolv_plan(&t, ip, ip + BOOT_MAX_IP);
	ck_assert_uint_eq(t.len, RESOLV_SIZE - 1);
	ck_assert_uint_eq(strlen(t.text), t.len);
	ck_assert_ptr_nonnull(strstr(t.text, "nameserver 255.255.255.115\n"));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("ip");
	TCase *t = tcase_create("ip");

	tcase_add_loop_test(t, test_good, 0,
			    (int)(sizeof(goods) / sizeof(goods[0])));
	tcase_add_loop_test(t, test_bad, 0,
			    (int)(sizeof(bads) / sizeof(bads[0])));
	tcase_add_test(t, test_every_field);
	tcase_add_test(t, test_wrong_as_a_whole);
	tcase_add_test(t, test_prefix);
	tcase_add_test(t, test_resolv_plan);
	tcase_add_test(t, test_resolv_most);
	suite_add_tcase(s, t);
	return s;
}
