/* SPDX-License-Identifier: MIT */
/* Which boot of this machine it is: what is known of its memory, its clocks and
 * its devices holds until the next. */
#ifndef BOOTLET_BOOTID_H
#define BOOTLET_BOOTID_H

/** BOOT_ID_SIZE - of the longest, with its NUL */
#define BOOT_ID_SIZE 40

/**
 * boot_id() - random/boot_id (proc(5)), e.g. "d5dbd0a7-..."
 *
 * Return: static; "" where it cannot be read.
 */
const char *boot_id(void);

#endif
