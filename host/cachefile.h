/* SPDX-License-Identifier: MIT */
/*
 * Single files in the cache, where anything may stand in their place: a
 * directory, a link to itself, a pipe. Nothing of it is worth more than a run.
 */
#ifndef BOOTLET_CACHEFILE_H
#define BOOTLET_CACHEFILE_H

#include "str.h"

/**
 * cachefile_open() - open a file for reading
 * @path: in the cache
 *
 * Never waits, as open(2) does for a pipe that nobody writes to.
 *
 * Return: descriptor; -EINVAL for what is no regular file; -errno of open(2).
 */
int cachefile_open(const char *path);

/**
 * cachefile_read() - read a whole file
 * @path: in the cache
 * @out:  appended to
 * @max:  bytes at most
 *
 * Return: 0; -EFBIG; -errno of cachefile_open() or of read(2).
 */
int cachefile_read(const char *path, struct buf *out, size_t max);

/**
 * cachefile_clear() - remove whatever is no regular file
 * @path: in the cache, where a file is to be made
 */
void cachefile_clear(const char *path);

/**
 * cachefile_rename() - give a new file its name, whatever has it now
 * @tmp:  the file, on the same file system
 * @path: in the cache
 *
 * Return: 0; -errno of rename(2).
 */
int cachefile_rename(const char *tmp, const char *path);

#endif
