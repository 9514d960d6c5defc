// SPDX-License-Identifier: MIT
#include "bridge_plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct netop *add(struct netplan *plan, enum netop_type type,
			 const char *dev, const char *final)
{
	struct netop *op;

	plan->v = xrealloc(plan->v, (plan->n + 1) * sizeof(*plan->v));
	op = &plan->v[plan->n++];
	*op = (struct netop){ .type = type };
	snprintf(op->dev, sizeof(op->dev), "%s", dev);
	snprintf(op->final, sizeof(op->final), "%s", final);
	return op;
}

void netplan_free(struct netplan *plan)
{
	free(plan->v);
	*plan = (struct netplan){ 0 };
}

bool netplan_has(const struct netplan *plan, enum netop_type type)
{
	for (size_t i = 0; i < plan->n; i++)
		if (plan->v[i].type == type)
			return true;
	return false;
}

/* --- up: what is refused ---------------------------------------------------- */

/* How far what is there is from what is asked for. */
static int refuse_bridge(const struct bridge_spec *spec, const struct netif *i,
			 struct buf *why)
{
	const struct ipv4 *want = &spec->addr;

	if (!netif_is_ours(i, spec->bridge)) {
		buf_addf(why,
			 "%s: is there already (%s) and bootlet net has not "
			 "made it; choose another --bridge NAME",
			 i->name, i->what);
		return -EEXIST;
	}
	for (size_t n = 0; n < i->n_addrs; n++)
		if (i->addrs[n].addr == want->addr &&
		    i->addrs[n].prefix == want->prefix)
			return 0;
	if (!i->n_addrs)
		return 0;
	buf_addf(why,
		 "%s: is there already with %s/%u, not %s/%u; use that, or "
		 "bootlet net down --bridge %s first",
		 i->name, ipv4_text(i->addrs[0].addr), i->addrs[0].prefix,
		 ipv4_text(want->addr), want->prefix, i->name);
	return -EEXIST;
}

static int refuse_tap(const struct bridge_spec *spec, const struct netif *i,
		      struct buf *why)
{
	const char *network = netif_network(i);

	if (!network || i->kind != NETIF_TAP)
		buf_addf(why,
			 "%s: is there already (%s) and bootlet net has not "
			 "made it; choose another --tap NAME",
			 i->name, i->what);
	else if (strcmp(network, spec->bridge) != 0)
		buf_addf(why,
			 "%s: is there already, of the network %s; choose "
			 "another --tap NAME",
			 i->name, network);
	else if (i->master[0] && strcmp(i->master, spec->bridge) != 0)
		buf_addf(why,
			 "%s: is a member of %s, not of %s; choose another "
			 "--tap NAME",
			 i->name, i->master, spec->bridge);
	else if (!i->has_owner || i->owner != spec->owner)
		buf_addf(why,
			 "%s: is there already and belongs to %s, not to %s; "
			 "bootlet net down --bridge %s first",
			 i->name, i->has_owner ? owner_text(i->owner) : "all",
			 owner_text(spec->owner), spec->bridge);
	else
		return 0;
	return -EEXIST;
}

static int refuse_network(const struct bridge_spec *spec, const struct netif *i,
			  struct buf *why)
{
	const struct ipv4 *want = &spec->addr;

	for (size_t n = 0; n < i->n_addrs; n++) {
		const struct ipv4 *a = &i->addrs[n];

		/* Behind a prefix of 0 there is everything. */
		if (!a->prefix || !ipv4_overlap(a, want))
			continue;
		buf_addf(why,
			 "%s/%u: %s is in that network already, with %s/%u; "
			 "choose another --address A.B.C.D/PREFIX",
			 ipv4_text(want->addr), want->prefix, i->name,
			 ipv4_text(a->addr), a->prefix);
		return -EADDRINUSE;
	}
	return 0;
}

static int refuse(const struct bridge_spec *spec, const struct netifs *have,
		  struct buf *why)
{
	const struct netif *bridge = netifs_find(have, spec->bridge);
	int err = bridge ? refuse_bridge(spec, bridge, why) : 0;

	for (size_t i = 0; i < spec->taps.n && !err; i++) {
		const struct netif *tap = netifs_find(have, spec->taps.v[i]);

		err = tap ? refuse_tap(spec, tap, why) : 0;
	}
	for (size_t i = 0; i < have->n && !err; i++)
		if (&have->v[i] != bridge && !netif_is_left(&have->v[i]))
			err = refuse_network(spec, &have->v[i], why);
	return err;
}

/* --- up: what is made ------------------------------------------------------- */

/*
 * Each has a temporary name of its own: an ip that remembers which number a
 * name had would take the second for the first.
 */
static void make(enum netop_type type, const char *final, const char *arg,
		 const char *bridge, struct netplan *plan, size_t n)
{
	char temp[BRIDGE_NAME_SIZE];
	struct netop *op;

	snprintf(temp, sizeof(temp), BRIDGE_TEMP "%zu", n % 1000);
	op = add(plan, type, temp, final);
	snprintf(op->arg, sizeof(op->arg), "%s", arg);
	op = add(plan, NETOP_MARK, temp, final);
	snprintf(op->arg, sizeof(op->arg), BRIDGE_MARK "%s", bridge);
	op = add(plan, NETOP_RENAME, temp, final);
	snprintf(op->arg, sizeof(op->arg), "%s", final);
}

static void up_bridge(const struct bridge_spec *spec, const struct netif *i,
		      struct netplan *plan)
{
	const struct ipv4 *a = &spec->addr;
	struct netop *op;

	if (!i)
		make(NETOP_ADD_BRIDGE, spec->bridge, "", spec->bridge, plan, 0);
	if (!i || !i->n_addrs) {
		op = add(plan, NETOP_ADDRESS, spec->bridge, spec->bridge);
		snprintf(op->arg, sizeof(op->arg), "%s/%u", ipv4_text(a->addr),
			 a->prefix);
		snprintf(op->arg2, sizeof(op->arg2), "%s",
			 ipv4_text(a->addr | ~ipv4_mask(a->prefix)));
	}
	if (!i || !i->up)
		add(plan, NETOP_UP, spec->bridge, spec->bridge);
}

static void up_tap(const struct bridge_spec *spec, const char *name, size_t n,
		   const struct netif *i, struct netplan *plan)
{
	char owner[BRIDGE_NAME_SIZE];
	struct netop *op;

	snprintf(owner, sizeof(owner), "%u", (unsigned int)spec->owner);
	if (!i)
		make(NETOP_ADD_TAP, name, owner, spec->bridge, plan, n);
	if (!i || !i->master[0]) {
		op = add(plan, NETOP_MASTER, name, name);
		snprintf(op->arg, sizeof(op->arg), "%s", spec->bridge);
	}
	if (!i || !i->up)
		add(plan, NETOP_UP, name, name);
}

static void remove_left(const struct netifs *have, struct netplan *plan)
{
	for (size_t i = 0; i < have->n; i++)
		if (netif_is_left(&have->v[i]))
			add(plan, NETOP_DELETE, have->v[i].name, "");
}

int bridge_up_plan(const struct bridge_spec *spec, const struct netifs *have,
		   struct netplan *plan, struct buf *why)
{
	int err = refuse(spec, have, why);

	if (err)
		return err;
	remove_left(have, plan);
	up_bridge(spec, netifs_find(have, spec->bridge), plan);
	for (size_t i = 0; i < spec->taps.n; i++)
		up_tap(spec, spec->taps.v[i], i + 1,
		       netifs_find(have, spec->taps.v[i]), plan);
	return 0;
}

/* --- down ------------------------------------------------------------------- */

static int refuse_user(const struct netif *i, const struct tap_users *users,
		       struct buf *why)
{
	const struct tap_user *u = tap_users_find(users, i->name);

	if (i->kind != NETIF_TAP || (!u && !i->carrier))
		return 0;
	buf_addf(why, "%s: in use by ", i->name);
	if (u)
		tap_user_text(u, why);
	else
		buf_adds(why, "a program that this user cannot see");
	buf_adds(why, "; end it first, or add --force");
	return -EBUSY;
}

static int refuse_member(const char *bridge, const struct netif *i,
			 const struct tap_users *users, struct buf *why)
{
	int err = refuse_user(i, users, why);

	if (err || netif_is_ours(i, bridge))
		return err;
	buf_addf(why,
		 "%s: its member %s is not bootlet's; take it out first (ip "
		 "link set dev %s nomaster), or add --force",
		 bridge, i->name, i->name);
	return -EBUSY;
}

int bridge_down_plan(const char *bridge, const struct netifs *have,
		     const struct tap_users *users, bool force,
		     struct netplan *plan, struct buf *why)
{
	const struct netif *b = netifs_find(have, bridge);
	int err = 0;

	if (b && !netif_is_ours(b, bridge))
		b = NULL;
	for (size_t n = 0; n < have->n && !force && !err; n++) {
		const struct netif *i = &have->v[n];

		if (b && !strcmp(i->master, bridge) && !netif_is_left(i))
			err = refuse_member(bridge, i, users, why);
		else if (netif_is_ours(i, bridge))
			err = refuse_user(i, users, why);
	}
	if (err)
		return err;
	remove_left(have, plan);
	/* As they were made, from the end on. */
	for (size_t n = have->n; n-- > 0;)
		if (&have->v[n] != b && netif_is_ours(&have->v[n], bridge))
			add(plan, NETOP_DELETE, have->v[n].name,
			    have->v[n].name);
	if (b)
		add(plan, NETOP_DELETE, b->name, b->name);
	return 0;
}

/* --- undo ------------------------------------------------------------------- */

static bool has_addr(const struct netif *i, const struct netop *op)
{
	for (size_t n = 0; n < i->n_addrs; n++) {
		char *text = xasprintf("%s/%u", ipv4_text(i->addrs[n].addr),
				       i->addrs[n].prefix);
		bool same = !strcmp(text, op->arg);

		free(text);
		if (same)
			return true;
	}
	return false;
}

/* Whether @done makes the interface, so that it is to go as a whole. */
static bool is_made(const struct netplan *done, const char *final)
{
	for (size_t n = 0; n < done->n; n++)
		if (done->v[n].type == NETOP_RENAME &&
		    !strcmp(done->v[n].final, final))
			return true;
	return false;
}

static void undo_made(const struct netop *op, const char *network,
		      const struct netifs *have, struct netplan *plan)
{
	const struct netif *i = have ? netifs_find(have, op->final) : NULL;

	if (have && netifs_find(have, op->dev))
		add(plan, NETOP_DELETE, op->dev, op->final);
	/* By now somebody else may have made one of that name. */
	if (!have || (i && netif_is_ours(i, network)))
		add(plan, NETOP_DELETE, op->final, op->final);
}

static void undo_change(const struct netop *op, const struct netifs *have,
			struct netplan *plan)
{
	const struct netif *i = have ? netifs_find(have, op->dev) : NULL;

	if (have && !i)
		return;
	if (op->type == NETOP_ADDRESS && (!i || has_addr(i, op)))
		strcpy(add(plan, NETOP_ADDRESS_DELETE, op->dev, op->dev)->arg,
		       op->arg);
	if (op->type == NETOP_MASTER && (!i || !strcmp(i->master, op->arg)))
		add(plan, NETOP_NO_MASTER, op->dev, op->dev);
	if (op->type == NETOP_UP && (!i || i->up))
		add(plan, NETOP_DOWN, op->dev, op->dev);
}

void bridge_undo_plan(const struct netplan *done, const struct netifs *have,
		      struct netplan *plan)
{
	for (size_t n = done->n; n-- > 0;) {
		const struct netop *op = &done->v[n];

		/* The mark is in the line behind, see make(). */
		if (op->type == NETOP_ADD_BRIDGE || op->type == NETOP_ADD_TAP)
			undo_made(op, op[1].arg + strlen(BRIDGE_MARK), have,
				  plan);
		else if (!is_made(done, op->dev))
			undo_change(op, have, plan);
	}
}
