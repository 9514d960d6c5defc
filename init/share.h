/* SPDX-License-Identifier: MIT */
/*
 * The user's files: what the host shares is mounted, a directory of the host
 * becomes the root, and the command's working directory is entered.
 */
#ifndef BOOTLET_SHARE_H
#define BOOTLET_SHARE_H

struct boot_config;

/**
 * share_apply() - phase: do what BOOTLET_MOUNTS and BOOTLET_ENV say
 * @cfg: @env is set
 *
 * Without these files nothing is done. With a new root the image can be seen
 * no more; what is mounted on /proc, /sys, /dev and /run goes along where a
 * row moves it. PID 1's working directory is then the one for the command.
 *
 * Return: 0; -errno of the first row that fails, which has been said; -E2BIG
 * for a file above its limit, -EINVAL for one that ends within a row.
 */
int share_apply(struct boot_config *cfg);

/**
 * share_rows() - the rows of BOOTLET_MOUNTS
 * @p:   the first, changed meanwhile; a NUL stands at @end
 * @end: behind the last
 *
 * Return: as share_apply().
 */
int share_rows(char *p, const char *end);

/**
 * share_enter() - make a mount point the root directory, and the current one
 * @path: where it is mounted
 *
 * As switch_root(8) does it: a mere chroot(2) would forbid user namespaces
 * inside.
 *
 * Return: 0; -errno.
 */
int share_enter(const char *path);

#endif
