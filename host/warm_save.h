/* SPDX-License-Identifier: MIT */
/* The state of a running guest into a file, by QEMU's migration. */
#ifndef BOOTLET_WARM_SAVE_H
#define BOOTLET_WARM_SAVE_H

#include "str.h"

/**
 * warm_save() - save the state of a guest's devices, and end QEMU
 * @socket: of QEMU's monitor
 * @fd:     empty file for the state
 * @why:    set on failure, to a few words; valid until the next call
 *
 * The guest's memory is a file of its own, shared with QEMU, and complete when
 * QEMU has ended. The guest stops while its devices are written; where it runs
 * again because that did not work, it does not notice.
 *
 * Source: QEMU's QMP reference, migrate, MigrationCapability x-ignore-shared.
 *
 * Return: 0; -EIO where QEMU cannot, and the guest runs on; -errno where nobody
 * knows what became of it.
 */
int warm_save(const char *socket, int fd, const char **why);

/**
 * warm_load_words() - what a QEMU that waits for a state is told
 * @fd:  descriptor that it has inherited
 * @out: lines for its monitor are appended, all to be sent at once
 */
void warm_load_words(int fd, struct buf *out);

#endif
