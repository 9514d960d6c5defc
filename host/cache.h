/* SPDX-License-Identifier: MIT */
/*
 * The cache, ${XDG_CACHE_HOME:-~/.cache}/bootlet. A directory comes into it
 * whole or not at all: it is filled under another name, stamped, and renamed.
 */
#ifndef BOOTLET_CACHE_H
#define BOOTLET_CACHE_H

#include <stdbool.h>

/** struct cache_stage - a directory on its way into the cache */
struct cache_stage {
	/** @dir: the directory to fill, absolute */
	char *dir;
	/** @name: what it was begun for; @lock: descriptor of its lock */
	char *name;
	int lock;
};

/**
 * cache_dir() - the cache's directory, made with mode 0700 where missing
 *
 * Says so itself where there is none. Return: its absolute path, which the
 * caller frees, or NULL with errno set. Source: XDG Base Directory
 * Specification (a relative XDG_CACHE_HOME is ignored).
 */
char *cache_dir(void);

/**
 * cache_path() - where a name of the cache lies, whether it exists or not
 * @name: relative to the cache, e.g. "kernels/sid"
 *
 * Creates nothing, says nothing. Return: absolute path, which the caller
 * frees, or NULL where there is no cache directory to be had.
 */
char *cache_path(const char *name);

/**
 * cache_make() - make the cache's directory where it is missing
 *
 * cache_dir() without words. Return: 0; -errno.
 */
int cache_make(void);

/**
 * cache_lookup() - find a complete directory of the cache
 * @name: relative to the cache; a link is followed
 *
 * Return: its path, without links, which the caller frees; NULL where it is
 * missing or has no stamp.
 */
char *cache_lookup(const char *name);

/**
 * cache_stage() - begin to fill a directory of the cache
 * @name: relative to the cache, at most one slash
 * @st:   filled in on 0
 *
 * Waits for another process that fills the same name, with a line that says
 * so. Sweeps what killed processes left behind.
 *
 * Return: 0; -errno after a message.
 */
int cache_stage(const char *name, struct cache_stage *st);

/**
 * cache_commit() - stamp the directory and give it its name, atomically
 * @st:   from cache_stage(); freed in any case
 * @name: final name, relative to the cache; where it differs from the name
 *        given to cache_stage(), that one becomes a link to it
 *
 * What had the name before is removed. Return: 0; -errno after a message.
 */
int cache_commit(struct cache_stage *st, const char *name);

/**
 * cache_lock() - keep other bootlets out while something is used
 * @name: relative to the cache
 *
 * Waits, with a line that says so. Return: a descriptor, whose close(2) ends
 * it; -errno after a message.
 */
int cache_lock(const char *name);

/** cache_drop() - give up: remove the staging directory, free @st */
void cache_drop(struct cache_stage *st);

/** cache_remove() - remove a file or directory tree. Return: 0; -errno */
int cache_remove(const char *path);

/** cache_size() - bytes that a directory tree takes on the disk */
unsigned long long cache_size(const char *path);

/** cache_format_size() - "110 MB" in a static buffer (decimal units) */
const char *cache_format_size(unsigned long long bytes);

#endif
