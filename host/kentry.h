/* SPDX-License-Identifier: MIT */
/* How QEMU enters a kernel: by its boot code, or at once. */
#ifndef BOOTLET_KENTRY_H
#define BOOTLET_KENTRY_H

#include "str.h"

#include <stdbool.h>

/** enum kentry - --entry */
enum kentry {
	KENTRY_AUTO, /* PVH where the kernel can, else the image as it is */
	KENTRY_PVH, /* the ELF kernel itself, in 32-bit mode */
	KENTRY_BZIMAGE, /* by firmware and the image's own boot code */
};

/**
 * parse_kentry() - read "auto", "pvh" or "bzimage"
 *
 * Return: NULL; or what is wrong in a few words (static text).
 */
const char *parse_kentry(const char *text, enum kentry *out);

/**
 * kentry_wants_image() - whether words ask for what only boot code does
 * @append: the user's words for the kernel command line
 *
 * Return: the word, static; or NULL.
 */
const char *kentry_wants_image(const struct strv *append);

/**
 * kentry_find() - the file that QEMU shall load
 * @image:  the kernel's image
 * @how:    as it was asked for
 * @append: the user's words for the kernel command line
 * @path:   set on 0, the caller frees
 *
 * The kernel inside a bzImage comes from the cache, see vmcache.h. With -v it
 * says what was chosen and why. Without the boot code, there is neither KASLR
 * nor a change to five-level page tables.
 *
 * Return: 0; -errno after a message where @how cannot be had: -ENOEXEC.
 */
int kentry_find(const char *image, enum kentry how, const struct strv *append,
		char **path);

/** kentry_is_pvh() - whether QEMU enters the file that kentry_find() has found
 * through PVH: all ELF files, and nothing else */
bool kentry_is_pvh(const char *path);

#endif
