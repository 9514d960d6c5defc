/* SPDX-License-Identifier: MIT */
/*
 * What the distribution packages: kernel and BusyBox, downloaded and unpacked
 * in the cache, never installed, without root.
 */
#ifndef BOOTLET_DISTRO_H
#define BOOTLET_DISTRO_H

#include "kernel.h"

#include <stdbool.h>

/**
 * distro_kernel() - the distribution's packaged kernel, out of the cache
 * @suite: a release of the same distribution ("trixie"), or NULL for the one
 *         this machine follows
 * @out:   filled in on 0; the caller calls kernel_free()
 *
 * Downloads where the cache has none, and BusyBox along with it; with it there,
 * asks nobody anything. Return: 0; -errno after a message.
 */
int distro_kernel(const char *suite, struct kernel *out);

/**
 * distro_kernel_cached() - this machine's packaged kernel, if the cache has it
 * @out: filled in on 0; the caller calls kernel_free()
 *
 * Return: 0; -ENOENT; other -errno after a message where it is damaged.
 */
int distro_kernel_cached(struct kernel *out);

/**
 * distro_package() - a package of this machine's distribution, unpacked
 * @package: e.g. "busybox-static"
 * @dir:     directory it is unpacked in; the caller frees
 *
 * Return: 0; -errno after a message.
 */
int distro_package(const char *package, char **dir);

/** distro_available() - whether this machine has what downloads need: apt,
 * dpkg-deb, a distribution and an architecture that are known */
bool distro_available(void);

/** distro_package_cached() - the same, but only if the cache has it. Return:
 * its directory, which the caller frees, or NULL */
char *distro_package_cached(const char *package);

/** distro_cached() - append the paths of complete kernels in the cache */
void distro_cached(struct strv *dirs);

#endif
