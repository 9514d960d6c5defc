/* SPDX-License-Identifier: MIT */
/* What a kernel's own make needs on this machine, and which package has it. */
#ifndef BOOTLET_KCONFIG_TOOLS_H
#define BOOTLET_KCONFIG_TOOLS_H

#include "kconfig.h"
#include "str.h"

enum ktool_use {
	/* make olddefconfig and the like. */
	KTOOL_CONFIG,
	/* Building a kernel: the above too. */
	KTOOL_BUILD,
};

/**
 * ktools_missing() - look for what is not installed
 * @use:      for what
 * @config:   the .config to be built: some tools are needed only where it has
 *            a symbol; NULL: those are left out
 * @what:     names of what is missing appended ("flex", "libelf's header")
 * @packages: Debian's packages that have it appended, each once
 *
 * A compiler chosen by CC, HOSTCC or LLVM in the environment is looked for
 * instead of gcc. Source: Documentation/process/changes.rst.
 */
void ktools_missing(enum ktool_use use, const struct kconfig *config,
		    struct strv *what, struct strv *packages);

/**
 * ktools_require() - the same, and one message that names all of it
 *
 * Return: 0; -ENOENT after the message.
 */
int ktools_require(enum ktool_use use, const struct kconfig *config);

#endif
