// SPDX-License-Identifier: MIT
/* What is refused before anything is made or removed. */
#include "unit.h"

#include "bridge_model.h"

#include <errno.h>

static struct tap_users users;

static void refused_up(int err, const char *want)
{
	char *before = model_text(&have);

	ck_assert_int_eq(bridge_up_plan(&spec, &have, &plan, &why), err);
	ck_assert_msg(why.p && strstr(why.p, want), "\"%s\" is not in: %s",
		      want, why.p ? why.p : "");
	ck_assert_uint_eq(plan.n, 0);
	ck_model(&have, before);
	free(before);
}

static void refused_down(const char *want)
{
	ck_assert_int_eq(bridge_down_plan("br0", &have, &users, false, &plan,
					  &why),
			 -EBUSY);
	ck_assert_msg(why.p && strstr(why.p, want), "\"%s\" is not in: %s",
		      want, why.p ? why.p : "");
	ck_assert_uint_eq(plan.n, 0);
	/* By force it goes all the same. */
	ck_assert_int_eq(
		bridge_down_plan("br0", &have, &users, true, &plan, &why), 0);
	ck_assert_uint_eq(plan.n, 3);
}

START_TEST(foreign_bridge)
{
	model_add(&have, "br0", NETIF_BRIDGE);
	refused_up(-EEXIST, "br0: is there already (bridge) and bootlet net "
			    "has not made it");
	ck_assert_int_eq(
		bridge_down_plan("br0", &have, &users, false, &plan, &why), 0);
	ck_assert_uint_eq(plan.n, 0);
}
END_TEST

/* A mark alone is not enough: it was copied, or the bridge was renamed. */
START_TEST(foreign_though_marked)
{
	model_add(&have, "br0", NETIF_BRIDGE)->alias =
		xstrdup("bootlet net br1");
	refused_up(-EEXIST, "bootlet net has not made it");
}
END_TEST

START_TEST(no_bridge_at_all)
{
	model_add(&have, "br0", NETIF_OTHER)->alias =
		xstrdup("bootlet net br0");
	refused_up(-EEXIST, "br0: is there already (veth)");
}
END_TEST

START_TEST(foreign_tap)
{
	model_add(&have, "tap1", NETIF_TAP)->alias = xstrdup("mine");
	refused_up(-EEXIST, "tap1: is there already (tap) and bootlet net has "
			    "not made it");
}
END_TEST

START_TEST(tap_of_another_network)
{
	model_add(&have, "tap1", NETIF_TAP)->alias = xstrdup("bootlet net br7");
	refused_up(-EEXIST, "tap1: is there already, of the network br7");
}
END_TEST

START_TEST(tap_elsewhere)
{
	make_up();
	strcpy(netifs_find(&have, "tap1")->master, "br7");
	refused_up(-EEXIST, "tap1: is a member of br7, not of br0");
}
END_TEST

START_TEST(other_owner)
{
	make_up();
	spec.owner = 0;
	refused_up(-EEXIST, "tap0: is there already and belongs to ");
	ck_assert_ptr_nonnull(strstr(why.p, ", not to root"));
}
END_TEST

START_TEST(other_address)
{
	make_up();
	ck_assert_ptr_null(parse_bridge_addr("192.168.100.51/24", &spec.addr));
	refused_up(-EEXIST, "br0: is there already with 192.168.100.50/24, not "
			    "192.168.100.51/24");
}
END_TEST

START_TEST(other_prefix)
{
	make_up();
	ck_assert_ptr_null(parse_bridge_addr("192.168.100.50/25", &spec.addr));
	refused_up(-EEXIST, "not 192.168.100.50/25");
}
END_TEST

START_TEST(network_in_use)
{
	struct netif *i = model_add(&have, "eth0", NETIF_OTHER);

	model_addr(i, "10.0.0.1/24");
	model_addr(i, "192.168.1.2/16");
	refused_up(-EADDRINUSE, "192.168.100.50/24: eth0 is in that network "
				"already, with 192.168.1.2/16");
}
END_TEST

/* --- down: refusals --------------------------------------------------------- */

START_TEST(in_use_by_guest)
{
	static char qemu[] = "qemu-system-x86", name[] = "two";
	static struct tap_user u = {
		.tap = "tap1", .pid = 42, .program = qemu, .run = name
	};

	make_up();
	users = (struct tap_users){ &u, 1 };
	refused_down("tap1: in use by qemu-system-x86 (pid 42, bootlet run "
		     "two); end it first, or add --force");
}
END_TEST

START_TEST(in_use_by_unseen)
{
	make_up();
	netifs_find(&have, "tap0")->carrier = true;
	refused_down("tap0: in use by a program that this user cannot see");
}
END_TEST

START_TEST(foreign_member)
{
	make_up();
	strcpy(model_add(&have, "eth1", NETIF_OTHER)->master, "br0");
	refused_down("br0: its member eth1 is not bootlet's");
}
END_TEST

/* A guest that came through qemu-bridge-helper. */
START_TEST(foreign_member_in_use)
{
	struct netif *i;

	make_up();
	i = model_add(&have, "tap5", NETIF_TAP);
	i->carrier = true;
	strcpy(i->master, "br0");
	refused_down("tap5: in use by");
}
END_TEST

/* Two networks do not know each other. */
START_TEST(two_networks)
{
	make_up();
	spec.bridge = "br7";
	ck_assert_ptr_null(parse_bridge_addr("10.0.0.1/24", &spec.addr));
	strv_free(&spec.taps);
	strv_push(&spec.taps, "tap7");
	make_up();
	netifs_find(&have, "tap7")->carrier = true;
	ck_assert_int_eq(
		bridge_down_plan("br0", &have, &users, false, &plan, &why), 0);
	apply(&have, &plan, plan.n);
	ck_model(&have,
		 "br7 bridge in= up=1 of=-1 bootlet net br7 10.0.0.1/24\n"
		 "tap7 tap in=br7 up=1 of=1000 bootlet net br7\n");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("bridge_refuse");
	TCase *t = tcase_create("plans");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, foreign_bridge);
	tcase_add_test(t, foreign_though_marked);
	tcase_add_test(t, no_bridge_at_all);
	tcase_add_test(t, foreign_tap);
	tcase_add_test(t, tap_of_another_network);
	tcase_add_test(t, tap_elsewhere);
	tcase_add_test(t, other_owner);
	tcase_add_test(t, other_address);
	tcase_add_test(t, other_prefix);
	tcase_add_test(t, network_in_use);
	tcase_add_test(t, in_use_by_guest);
	tcase_add_test(t, in_use_by_unseen);
	tcase_add_test(t, foreign_member);
	tcase_add_test(t, foreign_member_in_use);
	tcase_add_test(t, two_networks);
	suite_add_tcase(s, t);
	return s;
}
