/* SPDX-License-Identifier: MIT */
/* Kernel modules as part of an image. */
#ifndef BOOTLET_IMGMOD_H
#define BOOTLET_IMGMOD_H

#include "image.h"
#include "modindex.h"
#include "str.h"

/**
 * imgmod_dep() - modules.dep for a set of modules
 * @set: dependencies first
 * @out: appended to, one line a module: path, then all that it needs, what is
 *       to be loaded first at the end (modules.dep(5))
 */
void imgmod_dep(const struct modset *set, struct buf *out);

/** imgmod_softdep() - modules.softdep for a set of modules (modprobe.d(5)) */
void imgmod_softdep(const struct modset *set, struct buf *out);

/**
 * imgmod_alias() - modules.alias for a set of modules, as depmod(8) writes it
 * @set: their files are read
 * @out: appended to, a line for each alias
 *
 * Return: 0; -errno after a message.
 */
int imgmod_alias(const struct modset *set, struct buf *out);

/**
 * imgmod_add() - add modules, decompressed, and their indexes
 * @img:     added to, below lib/modules/@release
 * @set:     the modules
 * @release: as `uname -r` in the guest prints it
 * @aliases: modules.alias too, by which a device finds its driver
 *
 * Return: 0; -errno after a message.
 */
int imgmod_add(struct image *img, const struct modset *set, const char *release,
	       bool aliases);

#endif
