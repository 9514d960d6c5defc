/* SPDX-License-Identifier: MIT */
/* Which guest a command is for, and the way to its QEMU. */
#ifndef BOOTLET_GUESTPICK_H
#define BOOTLET_GUESTPICK_H

#include "cli.h"
#include "guestinfo.h"
#include "qmp.h"
#include "vm.h"

/** struct guestpick - how the user names a guest; all zero: the only one */
struct guestpick {
	/** @name: of `bootlet run --name`, or NULL; @pid: of it, or 0 */
	const char *name;
	pid_t pid;
};

/** guestpick_opts - the options that fill it in */
enum { N_GUESTPICK_OPTS = 2 };
extern const struct cli_opt guestpick_opts[N_GUESTPICK_OPTS];

/**
 * guestpick_check() - whether at most one guest is named
 *
 * Return: NULL; or what is wrong, for a message.
 */
const char *guestpick_check(const struct guestpick *p);

/**
 * guestpick_choose() - the guest that is meant, where it is clear
 * @v:   the guests that run; @n: how many
 * @why: on NULL what is wrong and what to do, one line, appended
 *
 * Return: one of @v, or NULL.
 */
const struct guestinfo *guestpick_choose(const struct guestpick *p,
					 const struct guestinfo *v, size_t n,
					 struct buf *why);

/**
 * guestpick_open() - find it and connect to its QEMU
 * @g: filled in on 0; the caller calls guestinfo_free()
 * @q: filled in on 0; the caller calls qmp_close()
 *
 * Return: 0; -errno after a message.
 */
int guestpick_open(const struct guestpick *p, struct guestinfo *g,
		   struct qmp *q);

#endif
