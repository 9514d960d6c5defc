// SPDX-License-Identifier: MIT
/* What ip prints, as it was recorded, and what is shown of it. */
#include "unit.h"

#include "host/bridge_show.h"
#include "host/tap.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct netifs have;

static void setup(void)
{
	struct buf json = { 0 };

	ck_assert_int_eq(read_file(TOPDIR "/tests/unit/golden/ip-address.json",
				   &json, 65536),
			 0);
	ck_assert_int_eq(parse_netifs(json.p, json.n, &have), 0);
	buf_free(&json);
}

static void teardown(void)
{
	netifs_free(&have);
}

static const struct {
	const char *name, *what, *master;
	enum netif_kind kind;
	bool up, has_owner;
	uid_t owner;
	const char *alias, *network;
	size_t n_addrs;
	bool left;
} recorded[] = {
	{ .name = "lo", .what = "loopback", .master = "" },
	{ .name = "br0",
	  .what = "bridge",
	  .master = "",
	  .kind = NETIF_BRIDGE,
	  .up = true,
	  .alias = "bootlet net br0",
	  .network = "br0",
	  .n_addrs = 1 },
	{ .name = "tap0",
	  .what = "tap",
	  .master = "br0",
	  .kind = NETIF_TAP,
	  .up = true,
	  .has_owner = true,
	  .owner = 0,
	  .alias = "bootlet net br0",
	  .network = "br0" },
	{ .name = "tun5", .what = "tun", .master = "" },
	{ .name = "mq",
	  .what = "tap",
	  .master = "",
	  .kind = NETIF_TAP,
	  .has_owner = true,
	  .owner = 4242 },
	{ .name = "v1", .what = "veth", .master = "br0" },
	{ .name = "v0", .what = "veth", .master = "", .n_addrs = 1 },
	{ .name = "bootlet-new1",
	  .what = "tap",
	  .master = "",
	  .kind = NETIF_TAP,
	  .left = true },
	{ .name = "mine",
	  .what = "tap",
	  .master = "",
	  .kind = NETIF_TAP,
	  .has_owner = true,
	  .owner = 4242,
	  .alias = "my own" },
};

START_TEST(as_recorded)
{
	const struct netif *i = netifs_find(&have, recorded[_i].name);
	const char *network;

	ck_assert_uint_eq(have.n, COUNT(recorded));
	ck_assert_ptr_nonnull(i);
	network = netif_network(i);
	ck_assert_str_eq(i->what, recorded[_i].what);
	ck_assert_str_eq(i->master, recorded[_i].master);
	ck_assert_int_eq(i->kind, recorded[_i].kind);
	ck_assert(i->up == recorded[_i].up);
	ck_assert(!i->carrier);
	ck_assert(i->has_owner == recorded[_i].has_owner);
	ck_assert_uint_eq(i->owner, recorded[_i].owner);
	ck_assert_pstr_eq(i->alias, recorded[_i].alias);
	ck_assert_pstr_eq(network, recorded[_i].network);
	ck_assert_uint_eq(i->n_addrs, recorded[_i].n_addrs);
	ck_assert(netif_is_left(i) == recorded[_i].left);
}
END_TEST

START_TEST(addresses)
{
	const struct netif *i = netifs_find(&have, "br0");

	ck_assert_str_eq(ipv4_text(i->addrs[0].addr), "192.168.100.50");
	ck_assert_uint_eq(i->addrs[0].prefix, 24);
	i = netifs_find(&have, "v0");
	ck_assert_str_eq(ipv4_text(i->addrs[0].addr), "10.1.2.3");
	ck_assert_ptr_null(netifs_find(&have, "v"));
	ck_assert(netif_is_ours(netifs_find(&have, "tap0"), "br0"));
	ck_assert(!netif_is_ours(netifs_find(&have, "tap0"), "br"));
	ck_assert(!netif_is_ours(netifs_find(&have, "mine"), "br0"));
}
END_TEST

static const struct {
	const char *json;
	int err;
	size_t n;
} texts[] = {
	{ "[]", 0, 0 },
	{ "[{},{\"ifname\":\"lo\"},{}]", 0, 1 },
	{ "[{\"ifname\":\"a\",\"linkinfo\":7,\"addr_info\":{},\"flags\":\"x\"}]",
	  0, 1 },
	{ "", -EINVAL, 0 },
	{ "{}", -EINVAL, 0 },
	{ "1: lo: <LOOPBACK>", -EINVAL, 0 },
	{ "[{\"ifname\":\"lo\"}", -EINVAL, 0 },
	{ "[{\"ifindex\":1}]", -EINVAL, 0 },
	{ "[{\"ifname\":\"lo\"},{\"ifname\":17}]", -EINVAL, 0 },
	{ "[{\"ifname\":\"sixteen-bytes-00\"}]", -EINVAL, 0 },
	{ "[{\"ifname\":\"lo\",\"addr_info\":[{\"family\":\"inet\","
	  "\"local\":\"300.0.0.1\",\"prefixlen\":8}]}]",
	  -EINVAL, 0 },
	{ "[{\"ifname\":\"lo\",\"addr_info\":[{\"family\":\"inet\","
	  "\"local\":\"10.0.0.1\",\"prefixlen\":33}]}]",
	  -EINVAL, 0 },
};

START_TEST(any_text)
{
	struct netifs s;

	ck_assert_int_eq(parse_netifs(texts[_i].json, strlen(texts[_i].json),
				      &s),
			 texts[_i].err);
	ck_assert_uint_eq(s.n, texts[_i].n);
	netifs_free(&s);
	ck_assert_int_eq(parse_netifs(NULL, 0, &s), -EINVAL);
}
END_TEST

static const struct {
	const char *alias, *want;
} aliases[] = {
	{ "caf\351", "caf?" },
	{ "caf\303\251 \342\202\254 \360\237\230\200",
	  "caf\303\251 \342\202\254 \360\237\230\200" },
	{ "\303", "?" },
	{ "\342\202", "??" },
	{ "\360\237\230", "???" },
	{ "\251\377x", "??x" },
	{ "\300\200", "??" },
	{ "\340\200\200", "???" },
	{ "\355\240\200", "???" },
	{ "\360\200\200\200", "????" },
	{ "\364\220\200\200", "????" },
	{ "\365\200\200\200", "????" },
	{ "\303(", "?(" },
	{ "a\001b\033c\177", "a?b?c?" },
	{ "a\\u001b[2J\\u007f\\n", "a?[2J??" },
};

/* The one whose alias it is, and those after it, are there nonetheless. */
START_TEST(any_alias)
{
	struct buf json = { 0 };
	struct netifs s;

	buf_addf(&json,
		 "[{\"ifname\":\"a\",\"ifalias\":\"%s\"},"
		 "{\"ifname\":\"br0\"}]\n",
		 aliases[_i].alias);
	ck_assert_int_eq(parse_netifs(json.p, json.n, &s), 0);
	ck_assert_uint_eq(s.n, 2);
	ck_assert_str_eq(s.v[0].alias, aliases[_i].want);
	ck_assert_str_eq(s.v[1].name, "br0");
	netifs_free(&s);
	buf_free(&json);
}
END_TEST

/* A text that ends within a character is not read beyond its end. */
START_TEST(cut_off)
{
	char *text = malloc(3);
	struct netifs s;

	memcpy(text, "[\342\202", 3);
	ck_assert_int_eq(parse_netifs(text, 3, &s), -EINVAL);
	ck_assert_int_eq(parse_netifs(text, 2, &s), -EINVAL);
	free(text);
}
END_TEST

/* An owner that nobody on this machine has the name of is nobody we know. */
START_TEST(unknown_owner)
{
	static const char json[] =
		"[{\"ifname\":\"t\",\"flags\":[\"UP\",\"LOWER_UP\"],"
		"\"linkinfo\":{\"info_kind\":\"tun\",\"info_data\":{"
		"\"type\":\"tap\",\"user\":\"no such user\"}}}]";
	struct netifs s;

	ck_assert_int_eq(parse_netifs(json, sizeof(json) - 1, &s), 0);
	ck_assert(s.v[0].has_owner && s.v[0].carrier);
	ck_assert_uint_eq(s.v[0].owner, (uid_t)-1);
	netifs_free(&s);
}
END_TEST

START_TEST(only_network)
{
	struct netif two[2] = { 0 };
	const struct netifs s = { two, 2 };

	ck_assert_ptr_eq(netifs_network(&have), netifs_find(&have, "br0"));
	for (size_t i = 0; i < 2; i++) {
		snprintf(two[i].name, sizeof(two[i].name), "lab%zu", i);
		two[i].kind = NETIF_BRIDGE;
	}
	ck_assert_ptr_null(netifs_network(&s));
	two[1].alias = (char[]){ "bootlet net lab1" };
	ck_assert_ptr_eq(netifs_network(&s), &two[1]);
	two[0].alias = (char[]){ "bootlet net lab0" };
	ck_assert_ptr_null(netifs_network(&s));
	/* A tap is no network. */
	two[0].kind = NETIF_TAP;
	ck_assert_ptr_eq(netifs_network(&s), &two[1]);
}
END_TEST

/* --- shown ------------------------------------------------------------------ */

static struct bridge_spec spec = { .bridge = "br0" };
static struct tap_user two[] = {
	{ .tap = "tap0",
	  .pid = 42,
	  .program = (char[]){ "qemu-system-x86" },
	  .run = (char[]){ "t \"1\"" } },
	{ .tap = "tap0", .pid = 43, .program = (char[]){ "nc" } },
};
static const struct tap_users users = { two, COUNT(two) };

START_TEST(shown)
{
	struct buf text = { 0 };

	netifs_find(&have, "mine")->carrier = true;
	strv_push(&spec.taps, "mine");
	bridge_show_text(&spec, &have, &users, &text);
	ck_assert_str_eq(
		text.p,
		"br0              bridge  up    192.168.100.50/24; members "
		"tap0, v1\n"
		"tap0             tap     up    of root; in br0; used by "
		"qemu-system-x86 (pid 42, bootlet run t \"1\"), nc (pid 43)\n"
		"v1               veth    down  in br0; not made by bootlet "
		"net\n"
		"bootlet-new1     tap     down  of all; free; left by an "
		"interrupted bootlet net: the next up or down removes it\n"
		"mine             tap     down  of 4242; used by a program of "
		"another user; not made by bootlet net\n");
	buf_free(&text);
	strv_free(&spec.taps);
}
END_TEST

START_TEST(shown_as_json)
{
	struct buf text = { 0 };
	json_t *all, *o, *u;

	bridge_show_json(&spec, &have, &users, &text);
	all = json_loads(text.p, 0, NULL);
	ck_assert_uint_eq(json_array_size(all), 4);
	o = json_array_get(all, 0);
	ck_assert_str_eq(json_string_value(json_object_get(o, "name")), "br0");
	ck_assert_uint_eq(json_array_size(json_object_get(o, "members")), 2);
	ck_assert_str_eq(json_string_value(json_array_get(
				 json_object_get(o, "addresses"), 0)),
			 "192.168.100.50/24");
	o = json_array_get(all, 1);
	ck_assert_str_eq(json_string_value(json_object_get(o, "owner")),
			 "root");
	ck_assert(json_is_true(json_object_get(o, "in_use")));
	u = json_array_get(json_object_get(o, "users"), 0);
	ck_assert_int_eq(json_integer_value(json_object_get(u, "pid")), 42);
	ck_assert_str_eq(json_string_value(json_object_get(u, "run")),
			 "t \"1\"");
	ck_assert(json_is_null(json_object_get(
		json_array_get(json_object_get(o, "users"), 1), "run")));
	ck_assert(json_is_true(
		json_object_get(json_array_get(all, 3), "unfinished")));
	json_decref(all);
	buf_free(&text);
}
END_TEST

START_TEST(nothing_shown)
{
	const struct netifs none = { 0 };
	const struct tap_users nobody = { 0 };
	struct buf text = { 0 };

	bridge_show_text(&spec, &none, &nobody, &text);
	ck_assert_uint_eq(text.n, 0);
	bridge_show_json(&spec, &none, &nobody, &text);
	ck_assert_str_eq(text.p, "[]\n");
	buf_free(&text);
}
END_TEST

/* --- a guest's address ------------------------------------------------------ */

static const struct {
	const char *name, *ip; /* NULL: none */
} guests[] = {
	{ "br0", "192.168.100.225:::255.255.255.0::eth0:off" },
	{ "tap0", "192.168.100.224:::255.255.255.0::eth0:off" },
	{ "v0", "10.0.0.224:::255.0.0.0::eth0:off" },
	{ "mine", NULL }, /* in no bridge, and without an address */
	{ "nope", NULL },
};

START_TEST(guest_ip)
{
	char *ip = tap_plan_ip(&have, guests[_i].name);

	ck_assert_pstr_eq(ip, guests[_i].ip);
	free(ip);
}
END_TEST

START_TEST(guest_ip_of_next_tap)
{
	char *ip;

	strcpy(netifs_find(&have, "tap0")->name, "tap3");
	ip = tap_plan_ip(&have, "tap3");
	ck_assert_pstr_eq(ip, "192.168.100.227:::255.255.255.0::eth0:off");
	free(ip);
	strcpy(netifs_find(&have, "tap3")->master, "v1");
	ck_assert_ptr_null(tap_plan_ip(&have, "tap3"));
	strcpy(netifs_find(&have, "tap3")->master, "gone");
	ck_assert_ptr_null(tap_plan_ip(&have, "tap3"));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("bridge_state");
	TCase *t = tcase_create("state");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, as_recorded, 0, COUNT(recorded));
	tcase_add_test(t, addresses);
	tcase_add_loop_test(t, any_text, 0, COUNT(texts));
	tcase_add_loop_test(t, any_alias, 0, COUNT(aliases));
	tcase_add_test(t, cut_off);
	tcase_add_test(t, unknown_owner);
	tcase_add_test(t, only_network);
	tcase_add_test(t, shown);
	tcase_add_test(t, shown_as_json);
	tcase_add_test(t, nothing_shown);
	tcase_add_loop_test(t, guest_ip, 0, COUNT(guests));
	tcase_add_test(t, guest_ip_of_next_tap);
	suite_add_tcase(s, t);
	return s;
}
