/* SPDX-License-Identifier: MIT */
/*
 * The real root: root= and what goes with it, found, mounted and entered.
 */
#ifndef BOOTLET_ROOT_H
#define BOOTLET_ROOT_H

#include <stdbool.h>

struct boot_config;

/* Seconds for its device to come: as a rule, and with rootwait. */
#define ROOT_WAIT_S 30
#define ROOT_LONG_S 600
#define ROOT_MAX_S  3600

/**
 * root_apply() - phase: make what root= names the root directory
 * @cfg:     the keys root, rootfstype, rootflags, rootwait, rootdelay, ro, rw,
 *           init and BOOTLET_KEY_OVERLAY of it are read, which mean what they
 *           mean to the kernel (Documentation/admin-guide/kernel-parameters.txt)
 * @for_ever: its init takes over, see switch_apply()
 *
 * Without root=, and with root=/dev/ram*, nothing is done. Where / is neither
 * ramfs nor tmpfs it stays, with a message: the kernel has followed root=
 * already. What cannot be done is
 * said, the block devices that there are included.
 *
 * Return: 0; -errno, after messages.
 */
int root_apply(struct boot_config *cfg, bool for_ever);

#endif
