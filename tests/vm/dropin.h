/* SPDX-License-Identifier: MIT */
/*
 * init in an image that somebody packed by hand, with no tool of ours: find,
 * cpio and gzip, BusyBox, one flat module, plain QEMU and the command line of
 * the old recipe.
 */
#ifndef BOOTLET_TESTS_DROPIN_H
#define BOOTLET_TESTS_DROPIN_H

#include "vm.h"

/* The whole of it on the packaged kernel of a Debian @suite, NULL: the
 * machine's own. */
void dropin_check(const char *suite);

#endif
