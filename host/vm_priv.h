/* SPDX-License-Identifier: MIT */
/* Inside of vm.c: what its process half and its directory half share. Only
 * vm.c and vmdir.c include this. */
#ifndef BOOTLET_VM_PRIV_H
#define BOOTLET_VM_PRIV_H

#include "vm.h"

/* What the guard is told: QEMU's pid, 0 when it has ended, or this when all
 * ends in good order and the terminal is back already. */
#define GUARD_GOOD_END (-1)

/* vmdir.c */
void vm_tell_guard(struct vm *vm, pid_t what);
void vm_free_paths(struct vm *vm);
/* What somebody else has put in its place stays. */
void vm_remove_outside(const struct vm *vm);

#endif
