/* SPDX-License-Identifier: MIT */
/* Doing what a plan says, by ip(8). */
#ifndef BOOTLET_BRIDGE_APPLY_H
#define BOOTLET_BRIDGE_APPLY_H

#include "bridge_plan.h"

/** enum - milliseconds */
enum {
	/** @BRIDGE_IP_MS: that ip may take for all of it */
	BRIDGE_IP_MS = 20000,
};

/**
 * bridge_may() - whether this process may configure this network namespace
 *
 * The kernel is asked by a request that changes nothing whoever makes it: a
 * set of capabilities says little where the namespace belongs to another user
 * namespace, see user_namespaces(7).
 *
 * Return: 0; -EPERM; -errno of netlink(7).
 */
int bridge_may(void);

/**
 * bridge_apply() - run a plan by `ip -batch -`
 * @plan:  the operations
 * @at:    the one that failed, or NULL where that cannot be told
 * @words: what ip said, one line, appended
 *
 * Return: 0; -EIO where ip failed; -errno where it could not be run.
 */
int bridge_apply(const struct netplan *plan, const struct netop **at,
		 struct buf *words);

/**
 * parse_batch_line() - which line of a batch failed
 * @words: what ip said
 *
 * Source: "Command failed -:N" of ip/ip.c and lib/utils.c of iproute2.
 *
 * Return: N, from 1 on; 0 where it is not there.
 */
size_t parse_batch_line(const char *words);

/** bridge_tidy_words() - what ip said as one line, without what only says that
 * there was an error */
void bridge_tidy_words(struct buf *words);

/** bridge_no_ip() - append why ip could not be run; @err: of spawn_run() */
void bridge_no_ip(int err, struct buf *why);

/**
 * bridge_sudo_line() - a command of bootlet's as root, by sudo for others
 * @words: that follow the program's name
 * @out:   the line for sh(1), without a newline, is appended
 *
 * The program is named as it was called, or in full where it was found along
 * PATH: sudo has another one.
 */
void bridge_sudo_line(const struct strv *words, struct buf *out);

#endif
