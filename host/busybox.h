/* SPDX-License-Identifier: MIT */
/* A static BusyBox for the image. */
#ifndef BOOTLET_BUSYBOX_H
#define BOOTLET_BUSYBOX_H

#include <stddef.h>

/**
 * busybox_find() - find a static BusyBox for this machine's architecture
 * @given: the user's own file, or NULL for: the cache, PATH, the
 *         distribution's package, which is then downloaded into the cache
 * @path:  the file; the caller frees
 *
 * Return: 0; -errno after a message.
 */
int busybox_find(const char *given, char **path);

/** busybox_local() - what busybox_find(NULL) finds without downloading. Return:
 * the file, which the caller frees, or NULL */
char *busybox_local(void);

/**
 * busybox_parse() - check that bytes are a static executable
 * @p: the file's first bytes, 4096 are plenty
 * @n: how many
 *
 * Return: NULL; or what is wrong in a few words (static text). Source: elf(5).
 */
const char *busybox_parse(const unsigned char *p, size_t n);

#endif
