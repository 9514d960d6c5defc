/* SPDX-License-Identifier: MIT */
/*
 * From the network that is asked for, and the interfaces that there are, to
 * what ip(8) has to do. All of it is pure.
 *
 * Whose an interface is can be told without a file that remembers it: each is
 * made under a name that begins with BRIDGE_TEMP, gets BRIDGE_MARK as its
 * ifalias, and only then its own name, which is one step for the kernel. What
 * has name and mark is ours; what has the first name was left by an `up` that
 * was killed; what has the name without the mark is somebody else's.
 */
#ifndef BOOTLET_BRIDGE_PLAN_H
#define BOOTLET_BRIDGE_PLAN_H

#include "bridge_state.h"
#include "bridge_users.h"

/** enum netop_type - what is done to an interface */
enum netop_type {
	NETOP_ADD_BRIDGE,
	NETOP_ADD_TAP,
	NETOP_MARK,
	NETOP_RENAME,
	NETOP_ADDRESS,
	NETOP_MASTER,
	NETOP_UP,
	NETOP_DELETE,
	NETOP_ADDRESS_DELETE,
	NETOP_NO_MASTER,
	NETOP_DOWN,
	NETOP_TYPES
};

/** struct netop - one operation, one line of ip */
struct netop {
	enum netop_type type;
	/** @dev: the name it has then; @final: the one it will have */
	char dev[BRIDGE_NAME_SIZE], final[BRIDGE_NAME_SIZE];
	/** @arg: what is set: a name, a mark, an address, a user's number;
	 * @arg2: of an address, its broadcast address */
	char arg[40], arg2[BRIDGE_ADDR_SIZE];
};

/** struct netplan - operations in order; zero it to begin with */
struct netplan {
	struct netop *v;
	size_t n;
};

/**
 * bridge_up_plan() - make the network, or what is missing of it
 * @spec: what is asked for
 * @have: the interfaces that there are
 * @plan: appended to; nothing where all is there already
 * @why:  where it is refused: one line for the user
 *
 * Return: 0; -EEXIST: something of that name is not ours, or not as asked
 * for; -EADDRINUSE: another interface is in that network.
 */
int bridge_up_plan(const struct bridge_spec *spec, const struct netifs *have,
		   struct netplan *plan, struct buf *why);

/**
 * bridge_down_plan() - remove what `up` has made
 * @bridge: its network
 * @have:   the interfaces that there are
 * @users:  who has taps
 * @force:  also what is in use
 * @plan:   appended to; nothing where there is nothing
 * @why:    where it is refused: one line for the user
 *
 * Return: 0; -EBUSY: a guest is on it, or an interface that is not ours.
 */
int bridge_down_plan(const char *bridge, const struct netifs *have,
		     const struct tap_users *users, bool force,
		     struct netplan *plan, struct buf *why);

/**
 * bridge_undo_plan() - the opposite of a plan, from its end to its begin
 * @done: of bridge_up_plan()
 * @have: the interfaces that there are now: what is not done need not be
 *        undone; NULL: all was done
 * @plan: appended to
 *
 * What was left by another call and removed by this one stays removed.
 */
void bridge_undo_plan(const struct netplan *done, const struct netifs *have,
		      struct netplan *plan);

/** netop_argv() - the words of an operation, from "ip" on, appended to @argv */
void netop_argv(const struct netop *op, struct strv *argv);

/** netplan_sh() - the lines of a plan for sh(1), appended to @out */
void netplan_sh(const struct netplan *plan, struct buf *out);

/** netplan_batch() - the lines of a plan for `ip -batch`, appended to @out */
void netplan_batch(const struct netplan *plan, struct buf *out);

/** netplan_has() - whether the plan has an operation of that type */
bool netplan_has(const struct netplan *plan, enum netop_type type);

/** netplan_free() - free all; @plan is empty and usable again */
void netplan_free(struct netplan *plan);

#endif
