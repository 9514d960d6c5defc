/* SPDX-License-Identifier: MIT */
/*
 * Modules of one kernel by name, with what they need. Each module is asked
 * itself (.modinfo), so modules.dep and depmod are not needed and build trees,
 * unpacked packages and installed trees work alike.
 */
#ifndef BOOTLET_MODINDEX_H
#define BOOTLET_MODINDEX_H

#include "str.h"

#include <stdbool.h>
#include <stddef.h>

struct modindex;

/** struct modset_entry - one module to take along; all strings are owned */
struct modset_entry {
	/** @name: canonical, with '_' */
	char *name;
	/** @path: the file on this machine, compressed or not */
	char *path;
	/** @rel: path relative to the module directory, always ending in .ko,
	 * e.g. "kernel/drivers/net/ethernet/intel/e1000/e1000.ko" */
	char *rel;
	/** @deps: canonical names of what it depends on directly (built-ins
	 * left out); @softpre, @softpost: those soft ones that exist */
	struct strv deps, softpre, softpost;
};

/** struct modset - modules without duplicates, dependencies first; zero it to
 * begin with */
struct modset {
	struct modset_entry *v;
	size_t n, cap;
};

/**
 * modindex_open() - begin to ask about a kernel's modules
 * @moddir:  directory with modules.order, or a build tree; NULL: no modules
 * @release: for messages, or NULL
 * @out:     the index; the caller calls modindex_close()
 *
 * Return: 0; -errno after a message.
 */
int modindex_open(const char *moddir, const char *release,
		  struct modindex **out);

/**
 * modindex_replace() - take a file of the user's for one module
 * @x:    the index
 * @name: canonical
 * @path: the file; it wins over what the kernel has of that name, and its
 *        place is "extra/NAME.ko"
 *
 * Return: 0; 1 where the kernel has it built in; -EEXIST where another file
 * was taken for it.
 */
int modindex_replace(struct modindex *x, const char *name, const char *path);

/** modindex_first_dirs - below a module directory: their modules come before
 * those of the same name elsewhere; NULL-ended */
extern const char *const modindex_first_dirs[];

/**
 * modindex_files() - what decides on the answers, for who keeps them
 * @moddir: as for modindex_open(), not NULL
 * @out:    appended to: paths of the lists, and of the directories that come
 *          before them, whether they exist or not
 *
 * A module file itself is named by what modindex_find() says of it. Return: 0;
 * -ENOENT where there is no list, so that all directories decide.
 */
int modindex_files(const char *moddir, struct strv *out);

/** modindex_close() - free the index; NULL is fine */
void modindex_close(struct modindex *x);

/**
 * modindex_find() - the file of one module
 * @x:    the index
 * @name: as for modindex_resolve()
 * @path: on 0, the file on this machine; the caller frees
 * @rel:  on 0, as struct modset_entry's; the caller frees
 *
 * Return: 0; 1 where it is built in; -ENOENT unknown; -ENOEXEC listed but
 * missing, after a message.
 */
int modindex_find(struct modindex *x, const char *name, char **path,
		  char **rel);

/**
 * modindex_each() - call a function with each listed module of a directory
 * @x:    the index
 * @part: directory with a slash at its end, anywhere in the path: "crypto/"
 * @fn:   gets the canonical name and the file; non-zero ends the walk
 * @ctx:  goes along
 *
 * Return: what @fn returned last, or 0.
 */
int modindex_each(struct modindex *x, const char *part,
		  int (*fn)(void *ctx, const char *name, const char *path),
		  void *ctx);

/** modindex_where() - what to call this index in a message */
const char *modindex_where(const struct modindex *x);

/**
 * modindex_resolve() - add a module and all it needs to a set
 * @x:    the index
 * @name: '-' and '_' are the same; ".ko", ".ko.xz" ... at the end is ignored
 * @set:  appended to; left as it was on failure
 *
 * Return: 0; 1 where it is built in (nothing added); -ENOENT unknown (no
 * message: see modindex_nearest()); other -errno after a message
 * (-ENOEXEC: a dependency is missing, or the file is damaged).
 */
int modindex_resolve(struct modindex *x, const char *name, struct modset *set);

/** modindex_nearest() - the known name most like @name, '-' and '_' folded, or
 * NULL; valid until modindex_close() */
const char *modindex_nearest(struct modindex *x, const char *name);

/** modindex_count() - how many modules are known, files and built-ins */
size_t modindex_count(struct modindex *x);

/**
 * modindex_canonical() - canonical name of a module's name or path
 * @name: "foo-bar", "foo_bar.ko", "kernel/net/foo-bar.ko.xz"
 * @out:  text of @n bytes
 *
 * Return: 0; -EINVAL empty or too long.
 */
int modindex_canonical(const char *name, char *out, size_t n);

/** modindex_is_file() - whether a file's name ends as a module's does */
bool modindex_is_file(const char *name);

/** modset_free() - free all; @set is empty and usable again */
void modset_free(struct modset *set);

#endif
