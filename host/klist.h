/* SPDX-License-Identifier: MIT */
/* Which kernels lie in a directory, by the names that packages give them. */
#ifndef BOOTLET_KLIST_H
#define BOOTLET_KLIST_H

#include "str.h"

/**
 * klist_root() - the kernels that lie in a directory as packages lay them out
 * @root: "/" or a directory that a package was unpacked in
 * @out:  image paths appended: boot/vmlinuz-*, [usr/]lib/modules/REL/vmlinuz
 *        where no boot/vmlinuz-REL is there
 *
 * Return: 0; -errno of opendir(3).
 */
int klist_root(const char *root, struct strv *out);

/**
 * klist_boot() - the images vmlinuz-* of one directory
 * @dir: e.g. "/boot"; rescue images and *.old are left out
 * @out: paths appended
 *
 * Return: 0; -errno of opendir(3).
 */
int klist_boot(const char *dir, struct strv *out);

/**
 * klist_sibling() - the image in boot/ that belongs to a module directory
 * @dir: e.g. "/lib/modules/6.1.0"
 * @out: its path appended where @out is empty and the file exists
 */
void klist_sibling(const char *dir, struct strv *out);

/**
 * klist_release() - the release that an image's path names
 * @image: ".../vmlinuz-REL" or ".../REL/vmlinuz"
 *
 * Return: REL, which the caller frees.
 */
char *klist_release(const char *image);

#endif
