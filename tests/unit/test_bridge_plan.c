// SPDX-License-Identifier: MIT
/*
 * What is done up to any point, as a kill leaves it, has to be put right by
 * the next call.
 */
#include "unit.h"

#include "bridge_model.h"

static struct tap_users users;

START_TEST(up_and_down)
{
	make_up();
	ck_model(&have, UP);
	ck_assert_int_eq(bridge_up_plan(&spec, &have, &plan, &why), 0);
	ck_assert_uint_eq(plan.n, 0);
	ck_assert_int_eq(
		bridge_down_plan("br0", &have, &users, false, &plan, &why), 0);
	ck_assert_uint_eq(plan.n, 3);
	apply(&have, &plan, plan.n);
	ck_model(&have, "");
	netplan_free(&plan);
	ck_assert_int_eq(
		bridge_down_plan("br0", &have, &users, false, &plan, &why), 0);
	ck_assert_uint_eq(plan.n, 0);
}
END_TEST

enum { STEPS = 15 };

/* Killed behind any step: then up, or down, or the way back of a failure. */
START_TEST(killed_then_up)
{
	ck_assert_int_eq(bridge_up_plan(&spec, &have, &plan, &why), 0);
	ck_assert_uint_eq(plan.n, STEPS);
	apply(&have, &plan, _i);
	netplan_free(&plan);
	make_up();
	ck_model(&have, UP);
}
END_TEST

START_TEST(killed_then_down)
{
	ck_assert_int_eq(bridge_up_plan(&spec, &have, &plan, &why), 0);
	apply(&have, &plan, _i);
	netplan_free(&plan);
	ck_assert_int_eq(
		bridge_down_plan("br0", &have, &users, false, &plan, &why), 0);
	apply(&have, &plan, plan.n);
	ck_model(&have, "");
}
END_TEST

START_TEST(failed_then_undone)
{
	struct netplan undo = { 0 };

	model_addr(model_add(&have, "eth0", NETIF_OTHER), "10.0.0.1/24");
	ck_assert_int_eq(bridge_up_plan(&spec, &have, &plan, &why), 0);
	apply(&have, &plan, _i);
	bridge_undo_plan(&plan, &have, &undo);
	apply(&have, &undo, undo.n);
	ck_model(&have, "eth0 veth in= up=0 of=-1 - 10.0.0.1/24\n");
	netplan_free(&undo);
}
END_TEST

/* What was incomplete before is so again: it is not this call's to remove. */
START_TEST(completion_undone)
{
	struct netplan undo = { 0 };
	struct netif *i;
	char *before;

	i = model_add(&have, "br0", NETIF_BRIDGE);
	i->alias = xstrdup("bootlet net br0");
	i = model_add(&have, "tap0", NETIF_TAP);
	i->alias = xstrdup("bootlet net br0");
	i->has_owner = true;
	i->owner = 1000;
	before = model_text(&have);
	ck_assert_int_eq(bridge_up_plan(&spec, &have, &plan, &why), 0);
	ck_assert_uint_eq(plan.n, 9);
	apply(&have, &plan, _i);
	bridge_undo_plan(&plan, &have, &undo);
	apply(&have, &undo, undo.n);
	ck_model(&have, before);
	netplan_free(&undo);
	apply(&have, &plan, plan.n);
	ck_model(&have, UP);
	free(before);
}
END_TEST

/* Somebody who made one of that name meanwhile keeps it. */
START_TEST(undo_leaves_others)
{
	struct netplan undo = { 0 };

	ck_assert_int_eq(bridge_up_plan(&spec, &have, &plan, &why), 0);
	model_add(&have, "tap0", NETIF_TAP);
	apply(&have, &plan, 7);
	bridge_undo_plan(&plan, &have, &undo);
	apply(&have, &undo, undo.n);
	ck_model(&have, "tap0 tap in= up=0 of=-1 -\n");
	netplan_free(&undo);
}
END_TEST

/* What an interrupted call left, also one for another network. */
START_TEST(left_is_removed)
{
	model_add(&have, "bootlet-new0", NETIF_BRIDGE);
	model_add(&have, "bootlet-new3", NETIF_TAP)->alias =
		xstrdup("bootlet net br7");
	model_add(&have, "bootlet-newt", NETIF_TAP);
	make_up();
	ck_model(&have, "bootlet-newt tap in= up=0 of=-1 -\n" UP);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("bridge_plan");
	TCase *t = tcase_create("plans");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, up_and_down);
	tcase_add_loop_test(t, killed_then_up, 0, STEPS + 1);
	tcase_add_loop_test(t, killed_then_down, 0, STEPS + 1);
	tcase_add_loop_test(t, failed_then_undone, 0, STEPS + 1);
	tcase_add_loop_test(t, completion_undone, 0, 10);
	tcase_add_test(t, undo_leaves_others);
	tcase_add_test(t, left_is_removed);
	suite_add_tcase(s, t);
	return s;
}
