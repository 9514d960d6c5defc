/* SPDX-License-Identifier: MIT */
/*
 * Configure a kernel's source: fragments are merged into a .config, the
 * kernel's own make completes it, and only what holds is put in place. Until
 * then all happens in a shadow of the tree (kconfig_shadow.h).
 */
#ifndef BOOTLET_KCONFIG_APPLY_H
#define BOOTLET_KCONFIG_APPLY_H

#include "kcheck.h"
#include "kconfig.h"
#include "kconfig_frag.h"
#include "kconfig_tree.h"

#include <stdbool.h>

/** struct ktree_at - where a kernel's source and its .config lie */
struct ktree_at {
	/** @src: the source's top; @out: where it is built, the same or not */
	char *src, *out;
};

/** ktree_is() - whether a directory is a kernel's source, or has a link to
 * it as a build directory has */
bool ktree_is(const char *dir);

/**
 * ktree_locate() - find source and build directory
 * @tree: either of them
 * @out:  the build directory (O=), or NULL: $KBUILD_OUTPUT, or @tree itself
 * @at:   filled in on 0; the caller calls ktree_at_free()
 *
 * Return: 0; -ENOEXEC after a message where no source is there.
 */
int ktree_locate(const char *tree, const char *out, struct ktree_at *at);

/** ktree_at_free() - free all */
void ktree_at_free(struct ktree_at *at);

/** struct kapply_spec - what to do */
struct kapply_spec {
	struct ktree_at at;
	/** @from: "tinyconfig", "defconfig", "current"; NULL: current where
	 * there is a .config, or else tinyconfig */
	const char *from;
	const struct karch *arch;
	/** @wants: after kfrags_merge(); @known: see kbuiltin_load() */
	const struct kfrags *wants, *known;
	/** @vars: NAME=VALUE words for make */
	const struct strv *vars;
	/** @force: put it in place even where symbols are missing */
	bool force;
};

/** struct kapply - the result; kapply_free() frees it */
struct kapply {
	/** @path: the .config; @kept: where the old one is, or NULL */
	char *path, *kept;
	/** @from: what it began from */
	const char *from;
	/** @written: false where the .config was right already, or where
	 * symbols are missing */
	bool written;
	struct kcheck_spec spec;
	struct kcheck check;
	struct kconfig config;
	struct ktree tree;
};

/**
 * kapply_run() - configure a tree
 * @spec: how
 * @out:  filled in; the caller calls kapply_free(), also after an error
 *
 * An old .config is kept as .config.old-N beside the new one. After any error
 * and when killed, source and build directory are as they were.
 *
 * Return: 0; -ENODATA where symbols are missing (see @out->check; nothing is
 * said, and without @force nothing written); other -errno after a message.
 */
int kapply_run(const struct kapply_spec *spec, struct kapply *out);

/** kapply_free() - free all */
void kapply_free(struct kapply *a);

/**
 * kapply_merge() - a .config's text with the fragments' lines in place of its
 * own
 * @base:    text of a .config
 * @wants:   after kfrags_merge(); those that @version has not are left out
 * @version: as parse_kversion()
 * @out:     appended
 */
void kapply_merge(const char *base, const struct kfrags *wants,
		  unsigned int version, struct buf *out);

/**
 * kapply_install() - put a .config in place and keep the old one
 * @dir:  the build directory; made where missing
 * @text: the new .config
 * @out:  @path, @kept and @written are set
 *
 * Return: 0; -errno after a message, and then nothing is changed.
 */
int kapply_install(const char *dir, const struct buf *text, struct kapply *out);

#endif
