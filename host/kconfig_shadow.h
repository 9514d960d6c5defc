/* SPDX-License-Identifier: MIT */
/*
 * A kernel's source by links, in a directory of its own: make can configure
 * there, and not a byte of the real one changes. It goes when bootlet ends,
 * however that ends.
 */
#ifndef BOOTLET_KCONFIG_SHADOW_H
#define BOOTLET_KCONFIG_SHADOW_H

#include <sys/types.h>

/** struct kshadow - the directory */
struct kshadow {
	/** @dir: to be removed; @src: where to run make */
	char *dir, *src;
	/** @guard: its process, which waits for the end of @guard_fd */
	pid_t guard;
	int guard_fd;
};

/**
 * kshadow_make() - make it, in $TMPDIR or /tmp
 * @s:   filled in on 0; the caller calls kshadow_free()
 * @top: the source's top directory
 *
 * What a configuration writes to (.config, include/config, scripts/basic ...)
 * is real there and starts without what an earlier one has built.
 *
 * Return: 0; -errno after a message.
 */
int kshadow_make(struct kshadow *s, const char *top);

/** kshadow_free() - remove it */
void kshadow_free(struct kshadow *s);

#endif
