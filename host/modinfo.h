/* SPDX-License-Identifier: MIT */
/* What a module says about itself in its section .modinfo. */
#ifndef BOOTLET_MODINFO_H
#define BOOTLET_MODINFO_H

#include "str.h"

/** struct modinfo - names as the module writes them ('-' or '_') */
struct modinfo {
	struct strv depends, softpre, softpost, alias;
	/** @name: of the module, NULL before Linux 4.16; @vermagic: its first
	 * word is the release that it was built for; NULL for none */
	char *name, *vermagic;
};

/**
 * modinfo_read() - ask a module file
 * @path: .ko, or compressed as .ko.xz, .ko.zst, .ko.gz
 * @out:  filled in on 0; the caller calls modinfo_free()
 *
 * Return: 0; -errno of open(2); -ENOEXEC no module, or a damaged one.
 * Source: modules-load and modprobe's manual pages (softdep), MODULE_INFO() of
 * include/linux/moduleparam.h.
 */
int modinfo_read(const char *path, struct modinfo *out);

/** modinfo_free() - free all; @out is empty and usable again */
void modinfo_free(struct modinfo *out);

/**
 * modinfo_parse() - take one key and value of .modinfo
 * @out:   appended to
 * @key:   "depends", "softdep", "alias", "name", "vermagic"; others are ignored
 * @value: e.g. "mii,libphy", "pre: crc32c post: foo"
 */
void modinfo_parse(struct modinfo *out, const char *key, const char *value);

#endif
