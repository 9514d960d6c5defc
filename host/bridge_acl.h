/* SPDX-License-Identifier: MIT */
/* Which bridges qemu-bridge-helper lets guests of users without root use. */
#ifndef BOOTLET_BRIDGE_ACL_H
#define BOOTLET_BRIDGE_ACL_H

#include "str.h"

#include <stdbool.h>

/** struct bridge_acl - what the rules say about one bridge */
struct bridge_acl {
	bool allowed, denied;
	/** @bad: number of the line that the helper gives up at, 0: none */
	unsigned int bad;
};

/** struct bridge_helper - where QEMU's packages put the two */
struct bridge_helper {
	const char *program, *acl;
};

/**
 * bridge_acl_read() - read the rules as qemu-bridge-helper does
 * @file:   its ACL file
 * @bridge: the name to look for
 * @out:    filled in
 *
 * Lines are "allow NAME", "deny NAME" or "include FILE", NAME may be "all",
 * "#" begins a comment line; "deny" wins, whatever the order; an include that
 * fails is passed over. Source: qemu-bridge-helper.c of QEMU.
 *
 * Return: 0; -errno of open(2) or read(2).
 */
int bridge_acl_read(const char *file, const char *bridge,
		    struct bridge_acl *out);

/**
 * bridge_helper_find() - the helper of this machine
 * @root: directory that it is looked for in, "" for all of it
 *
 * Return: a row of the table, or NULL.
 */
const struct bridge_helper *bridge_helper_find(const char *root);

#endif
