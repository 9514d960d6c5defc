/* SPDX-License-Identifier: MIT */
/* What leaves the cache of unpacked kernels, see vmcache.h. */
#ifndef BOOTLET_VMSWEEP_H
#define BOOTLET_VMSWEEP_H

#include <stdbool.h>
#include <stddef.h>

/** VMSWEEP_NOTE - behind KEY; VMSWEEP_TMP - before a file that is written */
#define VMSWEEP_NOTE ".note"
#define VMSWEEP_TMP  ".tmp-"

/** vmsweep_is_note() - whether a name is a digest's and VMSWEEP_NOTE */
bool vmsweep_is_note(const char *name);

/**
 * vmsweep() - remove what was not used for long, and what the dead left
 * @dir:  the directory
 * @keep: kernels that stay: those with the latest time on their note
 *
 * Not a problem if it fails: the next one tries again.
 */
void vmsweep(const char *dir, size_t keep);

#endif
