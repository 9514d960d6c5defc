/* SPDX-License-Identifier: MIT */
/* What there is of bootlet's networks, for people and for programs. */
#ifndef BOOTLET_BRIDGE_SHOW_H
#define BOOTLET_BRIDGE_SHOW_H

#include "bridge_state.h"
#include "bridge_users.h"

/**
 * bridge_show_text() - a line for each interface
 * @spec:  its bridge and taps are shown also where they are not bootlet's
 * @have:  the interfaces that there are
 * @users: who has taps
 * @out:   appended
 *
 * Shown are what bootlet has made, for whatever bridge, what it has left, and
 * the members of its bridges.
 */
void bridge_show_text(const struct bridge_spec *spec, const struct netifs *have,
		      const struct tap_users *users, struct buf *out);

/** bridge_show_json() - the same as a JSON array, see bootlet(1) */
void bridge_show_json(const struct bridge_spec *spec, const struct netifs *have,
		      const struct tap_users *users, struct buf *out);

#endif
