/* SPDX-License-Identifier: MIT */
/* Kernels: what names one, where its image and its modules lie. */
#ifndef BOOTLET_KERNEL_H
#define BOOTLET_KERNEL_H

#include "kimage.h"
#include "str.h"

/** struct kernel - one kernel; all strings are owned */
struct kernel {
	/** @spec: the name it was asked for by; "" where nobody gave one */
	char *spec;
	/** @image: path of the bzImage (or ELF vmlinux) */
	char *image;
	/** @release: as `uname -r` prints it; NULL where nothing tells it */
	char *release;
	/** @moddir: directory that holds modules.order, a build tree's top
	 * included; NULL where no modules were found */
	char *moddir;
	/** @tree: build tree, or NULL */
	char *tree;
};

/**
 * kernel_find() - find the kernel that a word names
 * @spec: a build tree, a directory with an unpacked package, an image file, a
 *        release, "distro" or "distro:SUITE"; NULL for the tree one stands
 *        in, then the running kernel, then "distro"
 * @k:    filled in on 0; the caller calls kernel_free()
 *
 * May download (only "distro", or NULL where it comes to that). Says what is
 * wrong itself. Return: 0; -errno: -ENOENT nothing there, -ENOEXEC not a
 * kernel, -EINVAL ambiguous or not built.
 */
int kernel_find(const char *spec, struct kernel *k);

/**
 * kernel_at() - the kernel in a directory: build tree or unpacked package
 * @dir: any directory
 * @k:   filled in on 0
 *
 * Return: 0; -errno after a message, as kernel_find().
 */
int kernel_at(const char *dir, struct kernel *k);

/**
 * kernel_find_local() - what kernel_find(NULL) finds without downloading
 * @k: filled in on 0; the caller calls kernel_free()
 *
 * Says nothing. Return: 0; -ENOENT.
 */
int kernel_find_local(struct kernel *k);

/** kernel_free() - free what kernel_find() filled in */
void kernel_free(struct kernel *k);

/** kernel_tree_above() - the build tree that @dir lies in. Return: its path,
 * which the caller frees, or NULL */
char *kernel_tree_above(const char *dir);

#endif
