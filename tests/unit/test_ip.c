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
	enum ip_method method;
} goods[] = {
	{ .text = "192.168.100.224:::255.255.255.0::eth0:off",
	  .addr = "192.168.100.224",
	  .netmask = "255.255.255.0",
	  .device = "eth0",
	  .kind = IP_KIND_STATIC,
	  .method = IP_OFF },
	{ .text = "10.0.2.15:10.0.2.1:10.0.2.2:24:box.example.org:enp0s3:none"
		  ":1.1.1.1:8.8.8.8:9.9.9.9",
	  .addr = "10.0.2.15",
	  .netmask = "255.255.255.0",
	  .gateway = "10.0.2.2",
	  .device = "enp0s3",
	  .host = "box",
	  .domain = "example.org",
	  .kind = IP_KIND_STATIC,
	  .method = IP_OFF },
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
	  .kind = IP_KIND_STATIC,
	  .method = IP_DHCP },
	/* Fifteen bytes of name. */
	{ .text = "10.1.2.3:::::abcdefghijklmno",
	  .addr = "10.1.2.3",
	  .netmask = "255.0.0.0",
	  .device = "abcdefghijklmno",
	  .kind = IP_KIND_STATIC },
	{ .text = "::::onlyname::off",
	  .host = "onlyname",
	  .kind = IP_KIND_NONE,
	  .method = IP_OFF },
	/* One word. */
	{ .text = "", .kind = IP_KIND_NONE },
	{ .text = "off", .kind = IP_KIND_NONE, .method = IP_OFF },
	{ .text = "none", .kind = IP_KIND_NONE, .method = IP_OFF },
	{ .text = "on", .kind = IP_KIND_AUTO, .method = IP_ANY },
	{ .text = "any", .kind = IP_KIND_AUTO, .method = IP_ANY },
	{ .text = "dhcp", .kind = IP_KIND_AUTO, .method = IP_DHCP },
	{ .text = "dhcp,0102", .kind = IP_KIND_AUTO, .method = IP_DHCP },
	{ .text = "bootp", .kind = IP_KIND_AUTO, .method = IP_BOOTP },
	{ .text = "rarp", .kind = IP_KIND_AUTO, .method = IP_RARP },
	{ .text = "both", .kind = IP_KIND_AUTO, .method = IP_BOTH },
	{ .text = "eth0:dhcp",
	  .device = "eth0",
	  .kind = IP_KIND_AUTO,
	  .method = IP_DHCP },
	{ .text = ":::::eth1", .device = "eth1", .kind = IP_KIND_AUTO },
	{ .text = "::::::rarp", .kind = IP_KIND_AUTO, .method = IP_RARP },
};

static void is_addr(uint32_t addr, const char *want)
{
	char buf[IP_TEXT_SIZE];

	ck_assert_str_eq(ip_format(addr, buf), want ? want : "0.0.0.0");
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
	ck_assert_int_eq(ip.method, g->method);
}
END_TEST

START_TEST(test_every_field)
{
	struct ip_config ip;

	ck_assert_int_eq(ip_parse(&ip, "10.0.0.2:10.0.0.3:10.0.0.4:8:h:e:off:"
				       "10.0.0.5:10.0.0.6:10.0.0.7"),
			 0);
	is_addr(ip.server, "10.0.0.3");
	is_addr(ip.dns[0], "10.0.0.5");
	is_addr(ip.dns[1], "10.0.0.6");
	is_addr(ip.ntp, "10.0.0.7");
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
	{ "1.2.3.4:x", "server", "x" },
	{ "1.2.3.4::1.2.3", "gateway", "1.2.3" },
	{ "1.2.3.4:::255.0.255.0", "netmask", "255.0.255.0" },
	{ "1.2.3.4:::0.0.0.255", "netmask", "0.0.0.255" },
	{ "1.2.3.4:::33", "netmask", "33" },
	{ "1.2.3.4:::0", "netmask", "0" },
	{ "1.2.3.4:::/24", "netmask", "/24" },
	{ "224.1.2.3", "netmask", "" },
	{ "255.255.255.255", "netmask", "" },
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

START_TEST(test_ipv6_and_length)
{
	struct ip_config ip;
	char text[513];

	ck_assert_int_eq(ip_parse(&ip, "[fe80::1]:::64::eth0:none"),
			 -EAFNOSUPPORT);
	memset(text, ':', sizeof(text));
	text[512] = '\0';
	ck_assert_int_eq(ip_parse(&ip, text), -E2BIG);
	text[511] = '\0';
	ck_assert_int_eq(ip_parse(&ip, text), -EINVAL);
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
	char text[RESOLV_SIZE];

	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(ip_parse(&ip[i], lines[i]), 0);
	ck_assert_uint_eq(resolv_plan(ip, 4, text, sizeof(text)), 57);
	ck_assert_str_eq(text, "nameserver 1.1.1.1\nnameserver 2.2.2.2\n"
			       "nameserver 3.3.3.3\n");
	ck_assert_uint_eq(resolv_plan(ip + 3, 1, text, sizeof(text)), 0);
	ck_assert_uint_eq(resolv_plan(ip, 0, text, sizeof(text)), 0);
}
END_TEST

START_TEST(test_resolv_most)
{
	static struct ip_config ip[BOOT_MAX_IP];
	char text[RESOLV_SIZE], one[IP_TEXT_SIZE];
	size_t len;

	for (unsigned int i = 0; i < BOOT_MAX_IP; i++) {
		ip[i].kind = IP_KIND_STATIC;
		ip[i].dns[0] = htonl(0xffffff64 + 2 * i);
		ip[i].dns[1] = htonl(0xffffff65 + 2 * i);
	}
	len = resolv_plan(ip, BOOT_MAX_IP, text, sizeof(text));
	ck_assert_uint_eq(len, RESOLV_SIZE - 1);
	ck_assert_uint_eq(strlen(text), len);
	ck_assert_ptr_nonnull(
		strstr(text, ip_format(ip[BOOT_MAX_IP - 1].dns[1], one)));
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
	tcase_add_test(t, test_ipv6_and_length);
	tcase_add_test(t, test_prefix);
	tcase_add_test(t, test_resolv_plan);
	tcase_add_test(t, test_resolv_most);
	suite_add_tcase(s, t);
	return s;
}
