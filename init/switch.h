/* SPDX-License-Identifier: MIT */
/*
 * switch_root(8): another file system becomes the root directory, and its
 * init takes the place of this process.
 */
#ifndef BOOTLET_SWITCH_H
#define BOOTLET_SWITCH_H

#include <stdbool.h>

/* Where it is mounted before. */
#define SWITCH_DIR "/sysroot"

/** switch_possible() - whether / is a ramfs or a tmpfs, as an initramfs is */
bool switch_possible(void);

/**
 * switch_apply() - make what is mounted on SWITCH_DIR the root directory
 * @init:     of the new root; NULL: the first of those that the kernel tries
 * @for_ever: @init is to be executed: there must be one, and the old root's
 *            files, which nobody will see again, are removed from memory
 *
 * /proc, /sys, /dev, /run and /tmp go along where they are mounted. The new
 * root must be another device than the old one, and @init a file that can be
 * executed, as found inside of the new root, links included. Only when all
 * that can fail is done is the first file removed. No link is followed then,
 * and what is mounted anywhere in the old root is left alone.
 *
 * Return: 0; -errno, which has been said.
 */
int switch_apply(const char *init, bool for_ever);

/**
 * switch_clear() - remove all files of a ramfs or tmpfs
 * @dir: its root directory
 *
 * Only what is on the device that @dir is on, no link followed. What cannot be
 * removed stays: it takes memory, no more.
 */
void switch_clear(int dir);

/** switch_init() - what switch_exec() would execute; NULL: nothing */
const char *switch_init(void);

/**
 * switch_exec() - execute switch_init() in the place of this process
 *
 * As the kernel starts it: with the arguments and the environment that it gave
 * to this process, no signal blocked, Ctrl-Alt-Del an instant restart. Where
 * that fails, which is said, PID 1 ends, and the kernel panics as it does of its
 * own where there is no init.
 */
_Noreturn void switch_exec(void);

#endif
