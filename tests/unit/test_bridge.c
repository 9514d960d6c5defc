// SPDX-License-Identifier: MIT
/* Words of a network: names, addresses, and the command that makes it. */
#include "unit.h"

#include "host/bridge.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *name, *wrong; /* NULL: it is right */
} names[] = {
	{ "br0", NULL },
	{ "a", NULL },
	{ "fifteen-bytes.0", NULL },
	{ "-x", NULL },
	{ "a$b,c;d&e", NULL },
	{ "bootlet-new", NULL },
	{ "bootlet-newt0", NULL },
	{ "...", NULL },
	{ "", "empty" },
	{ "sixteen-bytes-00", "15 bytes" },
	{ ".", "no name" },
	{ "..", "no name" },
	{ "all", "settings of all" },
	{ "default", "settings of all" },
	{ "all0", NULL },
	{ "default1", NULL },
	{ "a/b", "without \"/\"" },
	{ "a:b", "without \"/\"" },
	{ "a b", "white space" },
	{ "a\tb", "white space" },
	{ "a\nb", "white space" },
	{ "br%d", "without %" },
	{ "a#b", "without %" },
	{ "a\"b", "quotes" },
	{ "a'b", "quotes" },
	{ "a\\", "backslash" },
	{ "a\001b", "control" },
	{ "a\177b", "control" },
	{ "br\303\266", "non-ASCII" },
	{ "bootlet-new0", "needs for itself" },
	{ "bootlet-new123", "needs for itself" },
};

START_TEST(name)
{
	const char *got = parse_ifname(names[_i].name);

	if (!names[_i].wrong)
		ck_assert_msg(!got, "%s: %s", names[_i].name, got);
	else
		ck_assert_msg(got && strstr(got, names[_i].wrong), "%s: %s",
			      names[_i].name, got ? got : "is taken");
}
END_TEST

static const struct {
	const char *text;
	uint32_t addr;
	unsigned int prefix;
} addrs[] = {
	{ "192.168.100.50/24", 0xc0a86432, 24 },
	{ "1.0.0.1/1", 0x01000001, 1 },
	{ "10.0.0.1/30", 0x0a000001, 30 },
	{ "10.0.0.2/30", 0x0a000002, 30 },
	{ "223.255.255.254/24", 0xdffffffe, 24 },
};

static const struct {
	const char *text, *wrong;
} not_addrs[] = {
	{ "", "prefix length" },
	{ "192.168.100.50", "prefix length" },
	{ "192.168.100.50/", "1 to 30" },
	{ "192.168.100.50/0", "1 to 30" },
	{ "192.168.100.50/31", "1 to 30" },
	{ "192.168.100.50/32", "1 to 30" },
	{ "192.168.100.50/-1", "1 to 30" },
	{ "192.168.100.50/ 24", "1 to 30" },
	{ "192.168.100.50/24x", "1 to 30" },
	{ "192.168.100.50/255.255.255.0", "1 to 30" },
	{ "192.168.100.50/99999999999999999999", "1 to 30" },
	{ "/24", "no IPv4" },
	{ "192.168.100.256/24", "no IPv4" },
	{ "192.168.100/24", "no IPv4" },
	{ "192.168.100.50.1/24", "no IPv4" },
	{ "1111111111111111111111111111111/24", "no IPv4" },
	{ "fd00::1/24", "no IPv4" },
	{ " 10.0.0.1/24", "no IPv4" },
	{ "br0/24", "no IPv4" },
	{ "192.168.100.0/24", "network itself" },
	{ "10.0.0.4/30", "network itself" },
	{ "192.168.100.255/24", "broadcast" },
	{ "10.0.0.3/30", "broadcast" },
	{ "0.0.0.1/8", "0.x.x.x" },
	{ "0.0.0.0/8", "0.x.x.x" },
	{ "127.0.0.1/8", "loopback" },
	{ "127.1.2.3/24", "loopback" },
	{ "224.0.0.1/24", "multicast" },
	{ "239.255.255.1/24", "multicast" },
	{ "240.0.0.1/24", "reserved" },
	{ "255.255.255.255/24", "reserved" },
};

START_TEST(address)
{
	struct ipv4 a;
	const char *got = parse_bridge_addr(addrs[_i].text, &a);

	ck_assert_msg(!got, "%s: %s", addrs[_i].text, got);
	ck_assert_uint_eq(a.addr, addrs[_i].addr);
	ck_assert_uint_eq(a.prefix, addrs[_i].prefix);
}
END_TEST

START_TEST(no_address)
{
	struct ipv4 a = { 7, 7 };
	const char *got = parse_bridge_addr(not_addrs[_i].text, &a);

	ck_assert_msg(got && strstr(got, not_addrs[_i].wrong), "%s: %s",
		      not_addrs[_i].text, got ? got : "is taken");
	ck_assert_uint_eq(a.addr, 7);
	ck_assert_uint_eq(a.prefix, 7);
}
END_TEST

START_TEST(masks)
{
	ck_assert_uint_eq(ipv4_mask(0), 0);
	ck_assert_uint_eq(ipv4_mask(1), 0x80000000);
	ck_assert_uint_eq(ipv4_mask(24), 0xffffff00);
	ck_assert_uint_eq(ipv4_mask(32), 0xffffffff);
	ck_assert_str_eq(ipv4_text(0xc0a86432), "192.168.100.50");
	ck_assert_str_eq(ipv4_text(0xffffffff), "255.255.255.255");
}
END_TEST

static const struct {
	struct ipv4 a, b;
	bool overlap;
} pairs[] = {
	{ { 0xc0a86401, 24 }, { 0xc0a86402, 24 }, true },
	{ { 0xc0a86401, 24 }, { 0xc0a86501, 24 }, false },
	{ { 0xc0a80001, 16 }, { 0xc0a86501, 24 }, true },
	{ { 0xc0a86481, 25 }, { 0xc0a86401, 25 }, false },
	{ { 0xc0a86481, 25 }, { 0xc0a864f0, 32 }, true },
};

START_TEST(overlap)
{
	ck_assert(ipv4_overlap(&pairs[_i].a, &pairs[_i].b) ==
		  pairs[_i].overlap);
	ck_assert(ipv4_overlap(&pairs[_i].b, &pairs[_i].a) ==
		  pairs[_i].overlap);
}
END_TEST

static const struct {
	/* @taps: of the bridge, by spaces; @guest: NULL: none */
	const char *net, *taps, *name, *guest;
} guests[] = {
	{ "192.168.100.50/24", "", "br0", "192.168.100.224" },
	{ "192.168.100.50/24", "", "br7", "192.168.100.224" },
	{ "192.168.100.50/24", "tap0", "br0", "192.168.100.225" },
	{ "192.168.100.50/24", "tap0", "tap0", "192.168.100.224" },
	{ "192.168.100.50/24", "tap1", "tap1", "192.168.100.225" },
	{ "192.168.100.50/24", "guest", "guest", "192.168.100.224" },
	{ "192.168.100.50/24", "alice bob", "alice", "192.168.100.224" },
	{ "192.168.100.50/24", "alice bob", "bob", "192.168.100.225" },
	{ "192.168.100.50/24", "a tap0 b", "a", "192.168.100.225" },
	{ "192.168.100.50/24", "a tap0 b", "tap0", "192.168.100.224" },
	{ "192.168.100.50/24", "a tap0 b", "b", "192.168.100.226" },
	{ "192.168.100.50/24", "a tap0 b", "br0", "192.168.100.227" },
	{ "192.168.100.50/24", "a1 b1", "a1", "192.168.100.225" },
	{ "192.168.100.50/24", "a1 b1", "b1", "192.168.100.224" },
	{ "192.168.100.50/24", "vm-30", "vm-30", "192.168.100.254" },
	{ "192.168.100.50/24", "tap31", "tap31", NULL },
	{ "192.168.100.50/24", "tap99999999999", "tap99999999999",
	  "192.168.100.224" },
	{ "192.168.100.224/24", "tap0", "tap0", NULL },
	{ "192.168.100.224/24", "tap1", "tap1", "192.168.100.225" },
	{ "192.168.100.50/25", "tap0", "tap0", NULL },
	{ "192.168.100.129/25", "tap0", "tap0", NULL },
	{ "172.16.5.6/16", "tap0", "tap0", "172.16.0.224" },
	{ "172.16.5.6/16", "tap100", "tap100", "172.16.1.68" },
	{ "10.0.0.1/30", "tap0", "tap0", NULL },
};

START_TEST(guest)
{
	struct strv taps = { 0 };
	char *words, *save;
	struct ipv4 net;
	uint32_t got;

	ck_assert_ptr_null(parse_bridge_addr(guests[_i].net, &net));
	words = strdup(guests[_i].taps);
	for (char *w = strtok_r(words, " ", &save); w;
	     w = strtok_r(NULL, " ", &save))
		strv_push(&taps, w);
	got = bridge_guest_addr(&net, &taps, guests[_i].name);
	strv_free(&taps);
	free(words);
	if (guests[_i].guest)
		ck_assert_str_eq(ipv4_text(got), guests[_i].guest);
	else
		ck_assert_uint_eq(got, 0);
}
END_TEST

static struct bridge_spec basic(void)
{
	struct bridge_spec spec = { .bridge = BRIDGE_NAME, .owner = 0 };

	ck_assert_ptr_null(parse_bridge_addr(BRIDGE_ADDRESS, &spec.addr));
	return spec;
}

START_TEST(twice)
{
	struct bridge_spec spec = basic();

	strv_pushl(&spec.taps, "tap0", "tap1", NULL);
	ck_assert_ptr_null(bridge_check_names(&spec));
	strv_push(&spec.taps, "tap0");
	ck_assert_str_eq(bridge_check_names(&spec), "tap0");
	spec.bridge = "tap1";
	spec.taps.n = 2;
	ck_assert_str_eq(bridge_check_names(&spec), "tap1");
	spec.taps.n = 3;
	strv_free(&spec.taps);
}
END_TEST

static void words_are(const struct strv *words, const char *want)
{
	struct buf line = { 0 };

	for (size_t i = 0; i < words->n; i++)
		buf_addf(&line, "%s<%s>", i ? " " : "", words->v[i]);
	ck_assert_str_eq(line.p, want);
	buf_free(&line);
}

START_TEST(words)
{
	struct bridge_spec spec = basic();
	struct strv up = { 0 }, down = { 0 };

	strv_push(&spec.taps, "tap0");
	bridge_up_words(&spec, &up);
	words_are(&up, "<net> <up> <--owner> <root>");
	strv_free(&up);
	spec.bridge = "b$r";
	spec.owner = 3999999999;
	ck_assert_ptr_null(getpwuid(spec.owner));
	ck_assert_ptr_null(parse_bridge_addr("10.1.2.3/16", &spec.addr));
	strv_push(&spec.taps, "-x,y");
	bridge_up_words(&spec, &up);
	words_are(&up, "<net> <up> <--bridge> <b$r> <--address> <10.1.2.3/16> "
		       "<--tap> <tap0> <--tap> <-x,y> <--owner> <3999999999>");
	bridge_down_words(&spec, true, &down);
	words_are(&down, "<net> <down> <--bridge> <b$r> <--force>");
	strv_free(&up);
	strv_free(&down);
	strv_free(&spec.taps);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("bridge");
	TCase *t = tcase_create("words");

	tcase_add_loop_test(t, name, 0, COUNT(names));
	tcase_add_loop_test(t, address, 0, COUNT(addrs));
	tcase_add_loop_test(t, no_address, 0, COUNT(not_addrs));
	tcase_add_test(t, masks);
	tcase_add_loop_test(t, overlap, 0, COUNT(pairs));
	tcase_add_loop_test(t, guest, 0, COUNT(guests));
	tcase_add_test(t, twice);
	tcase_add_test(t, words);
	suite_add_tcase(s, t);
	return s;
}
