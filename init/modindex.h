/* SPDX-License-Identifier: MIT */
/*
 * What depmod(8) wrote for one kernel, mapped: it may be megabytes.
 */
#ifndef BOOTLET_MODINDEX_H
#define BOOTLET_MODINDEX_H

#include "moddep.h"

/** enum modindex_file - the files that are read */
enum modindex_file {
	MODINDEX_DEP,
	MODINDEX_SOFTDEP,
	MODINDEX_BUILTIN,
	MODINDEX_ALIAS,
	MODINDEX_FILES,
};

/** struct modindex - their texts; all zeros: none of them */
struct modindex {
	struct span text[MODINDEX_FILES];
};

/**
 * modindex_map() - map the files of a directory
 * @index: all zeros, filled in; the maps stay
 * @dir:   /lib/modules/RELEASE, or -1
 *
 * A file that is missing or cannot be read is an empty text. Behind a text, or
 * at its end, is something that text_ends().
 */
void modindex_map(struct modindex *index, int dir);

/** modindex_present() - whether a module is built into the kernel or there
 * already, whoever loaded it */
bool modindex_present(const struct modindex *index, struct span name);

#endif
