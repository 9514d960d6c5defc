/* SPDX-License-Identifier: MIT */
/* The user's files: what was asked for against what is on this machine, and
 * into the image. */
#ifndef BOOTLET_SHARE_H
#define BOOTLET_SHARE_H

#include "image.h"
#include "kernel.h"
#include "sharespec.h"

/**
 * share_settle() - look at the directories, decide where the command starts
 * @s:   @args, @root_arg, @cwd_arg, @type are set; the rest is filled in
 * @dir: private directory of the run, for sockets
 *
 * Return: 0; -errno after a message.
 */
int share_settle(struct sharespec *s, const char *dir);

/**
 * share_kernel() - whether a kernel can do it, and its modules as a share
 * @s: settled
 * @k: the kernel
 * @m: the machine
 *
 * With a root that does not have them the kernel's modules are shared at their
 * usual place, for modprobe(8).
 *
 * Return: 0; -ENOENT after a message where the kernel is known to lack
 * something.
 */
int share_kernel(struct sharespec *s, const struct kernel *k,
		 const struct machine *m);

/**
 * share_texts() - what init has to know of files, as it reads it
 * @s:      settled, for its kernel too
 * @mounts: as BOOTLET_MOUNTS has it; appended to
 * @env:    as BOOTLET_ENV has it; appended to
 *
 * Return: 0; -E2BIG after a message.
 */
int share_texts(const struct sharespec *s, struct buf *mounts, struct buf *env);

/**
 * share_image() - put into an image what init has to know
 *
 * Return: 0; -errno after a message.
 */
int share_image(const struct sharespec *s, struct image *img);

/**
 * share_print() - what sh has to do for share_image()
 * @s:     settled
 * @dir:   private directory of the run, which exists by then
 * @lines: lines of sh are appended
 * @argv:  options for `bootlet initramfs` are appended
 */
void share_print(const struct sharespec *s, const char *dir, struct buf *lines,
		 struct strv *argv);

#endif
