/* SPDX-License-Identifier: MIT */
/* What `bootlet config` says about a .config. */
#ifndef BOOTLET_KCONFIG_REPORT_H
#define BOOTLET_KCONFIG_REPORT_H

#include "kcheck.h"

#include <stdbool.h>

/** struct kreport - how to say it */
struct kreport {
	/** @json: one object; @all: what holds is listed too */
	bool json, all;
};

/**
 * kreport_print() - print a result: symbols on stdout, the sum on stderr
 * @how:  in which form
 * @c:    from kcheck_run() with @spec
 * @file: name of the .config
 *
 * Return: 0; -errno of writing, after a message.
 */
int kreport_print(const struct kreport *how, const struct kcheck *c,
		  const struct kcheck_spec *spec, const char *file);

/** kreport_put() - write text to stdout. Return: 0; -errno after a message */
int kreport_put(const struct buf *text);

/**
 * kreport_tree() - read the source that explains a .config
 * @tree:   its directory as the user gave it, or NULL: the one that @file is
 *          the .config of, if any
 * @file:   the .config
 * @srcdir: directory of arch/
 * @out:    stays empty where there is no source; the caller calls ktree_free()
 *
 * Return: 0; -errno after a message.
 */
int kreport_tree(const char *tree, const char *file, const char *srcdir,
		 struct ktree *out);

#endif
