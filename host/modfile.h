/* SPDX-License-Identifier: MIT */
/* A module that the user has as a file: --module ./test.ko. */
#ifndef BOOTLET_MODFILE_H
#define BOOTLET_MODFILE_H

#include "modindex.h"

#include <stdbool.h>

/**
 * modfile_is() - whether a value of --module is a file's path, not a name
 * @value: with a slash in it it is; else where it ends as a module's file does
 *         (.ko, .ko.xz, .ko.zst, .ko.gz) and there is such a regular file
 */
bool modfile_is(const char *value);

/**
 * modfile_take() - make an index give this file for the module that it is
 * @x:       the index; the file goes before its own of that name
 * @path:    .ko, compressed or not
 * @release: of the kernel, to warn of a module that another one was built for;
 *           or NULL
 * @name:    on 0 the module's canonical name, which the caller frees
 *
 * The name is the one that the module itself says; where it says none, that of
 * the file.
 *
 * Return: 0; -errno after a message (-ENOEXEC no module, -EEXIST another file
 * is the same module).
 */
int modfile_take(struct modindex *x, const char *path, const char *release,
		 char **name);

#endif
