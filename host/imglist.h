/* SPDX-License-Identifier: MIT */
/* What `bootlet initramfs --list` prints. */
#ifndef BOOTLET_IMGLIST_H
#define BOOTLET_IMGLIST_H

#include "cpio.h"
#include "str.h"

/**
 * imglist_format() - one line for an entry, like `ls -l`
 * @item: the entry
 * @out:  appended to: type and permissions, links, owner, group, size or
 *        device number, name, target of a link; bytes that are not printable
 *        ASCII or UTF-8's, and the backslash, as \xNN
 */
void imglist_format(const struct cpio_item *item, struct buf *out);

/**
 * imglist_print() - list an image on stdout
 * @path: the image, compressed and concatenated ones too, or "-" for stdin
 *
 * Of a damaged image what could be read is printed, then what is wrong.
 *
 * Return: 0; -errno after a message.
 */
int imglist_print(const char *path);

#endif
