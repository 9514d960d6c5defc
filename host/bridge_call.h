/* SPDX-License-Identifier: MIT */
/* `bootlet net up` and `down`: all or nothing, and said what came of it. */
#ifndef BOOTLET_BRIDGE_CALL_H
#define BOOTLET_BRIDGE_CALL_H

#include "bridge.h"

/** struct bridge_call - one call; nothing is owned */
struct bridge_call {
	const struct bridge_spec *spec;
	/** @force: down also removes what is in use */
	bool force;
};

/**
 * bridge_up() - make the network, or complete it
 * @c: what is asked for
 *
 * A failure takes back what this call has made. What was left by a call that
 * was killed is removed first.
 *
 * Return: 0, and each interface was told of; -errno after one message.
 */
int bridge_up(const struct bridge_call *c);

/**
 * bridge_down() - remove what bridge_up() has made for that bridge
 * @c: of @c->spec only the bridge's name counts
 *
 * Return: 0, also where there was nothing; -errno after one message.
 */
int bridge_down(const struct bridge_call *c);

#endif
