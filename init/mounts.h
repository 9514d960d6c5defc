/* SPDX-License-Identifier: MIT */
/*
 * The file systems that programs expect under /proc, /sys, /dev, /run, /tmp.
 */
#ifndef BOOTLET_MOUNTS_H
#define BOOTLET_MOUNTS_H

struct boot_config;

/**
 * mounts_apply() - phase: mount everything of the table that the kernel has
 * @cfg: not used
 *
 * Already mounted is success; what the kernel was built without is left out in
 * silence. Without devtmpfs, /dev is a tmpfs. Mount points are made, except
 * below /sys, where the kernel makes them or has no use for them.
 *
 * Return: 0, or -errno of /proc, which nothing else works without.
 */
int mounts_apply(struct boot_config *cfg);

#endif
