// SPDX-License-Identifier: MIT
/*
 * bootlet net for real, in a network namespace that each test makes for
 * itself and that ends with it. It needs root, or user namespaces.
 */
#include "hostnet.h"
#include "tests/skip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

START_TEST(status_of_nothing)
{
	net(0, "status");
	ck_assert_str_eq(r.out.p, "");
	ck_one_line(&r, vm_fmt("br0: there is no such network; with "
			       "192.168.100.50/24, and for root tap tap0, "
			       "it is made by: %s net up --owner root\n",
			       vm_bootlet()));
	ran_free(&r);
	vm_host(&r, "net", "status", "--bridge", "lab0", "--tap", "a", "--tap",
		"b");
	ck_code(&r, 0);
	ck_one_line(&r, "lab0: there is no such network; with "
			"192.168.100.50/24, and for root tap a, b, it is "
			"made by: ");
	ck_has(r.err, " net up --bridge lab0 --tap a --tap b --owner root\n");
	ran_free(&r);
	vm_host(&r, "net", "status", "--json");
	ck_assert_str_eq(r.out.p, "[]\n");
	ck_assert_str_eq(r.err.p, "");
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
	char *before;

	NEEDS_UNSHARE("-Ur");
	before = state();
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
	NEEDS_UNSHARE("-Ur");
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

Suite *suite(void)
{
	Suite *s = suite_create("hostnet");
	TCase *t = tcase_create("net");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, up_up_down_down);
	tcase_add_test(t, printed_lines_work);
	tcase_add_test(t, status_of_nothing);
	tcase_add_test(t, alias_of_any_bytes);
	tcase_add_test(t, without_rights);
	tcase_add_test(t, root_without_rights);
	tcase_add_test(t, sudo_uid);
	tcase_add_loop_test(t, refused_before_anything, 0, COUNT(refused));
	suite_add_tcase(s, t);
	return s;
}
