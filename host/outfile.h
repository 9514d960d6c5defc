/* SPDX-License-Identifier: MIT */
/*
 * A file that is there whole or not at all: written without a name (or under
 * a name that a signal handler removes), named when all is written.
 */
#ifndef BOOTLET_OUTFILE_H
#define BOOTLET_OUTFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct outfile;

/**
 * outfile_is_stdout() - whether outfile_open() writes a name to stdout
 * @path: "-"; or a name of the file that stdout already is, such as
 *        /dev/stdout: renaming over it would lose what was written before
 */
bool outfile_is_stdout(const char *path);

/**
 * outfile_open() - begin a file
 * @path: its name; stdout where outfile_is_stdout() says so. What is there and is no regular file (a
 *        pipe, /dev/null) is written to directly; a symbolic link is followed,
 *        one that leads nowhere is an error
 * @out:  for outfile_close() or outfile_abort() to free
 *
 * Return: 0; -EISDIR; -errno of open(2).
 */
int outfile_open(const char *path, struct outfile **out);

/**
 * outfile_fd() - the file itself, for who writes to it without outfile_write()
 *
 * Return: a descriptor, to read and to write, which stays @of's; -ESPIPE where
 * it is no regular file, or stdout.
 */
int outfile_fd(const struct outfile *of);

/** outfile_write() - append @n bytes, buffered. Return: 0; -errno */
int outfile_write(struct outfile *of, const void *p, size_t n);

/**
 * outfile_room() - where the next bytes may be put without a copy
 * @of: the file
 * @p:  the place
 * @n:  bytes that fit there, 1 at least; 0 where it returns an error
 *
 * Valid until the next call for @of; then outfile_took() says how many of them
 * are to be written. Return: 0; -errno.
 */
int outfile_room(struct outfile *of, char **p, size_t *n);

/** outfile_took() - append the first @n bytes of outfile_room()'s place */
void outfile_took(struct outfile *of, size_t n);

/**
 * outfile_copy() - append bytes of another file inside the kernel
 * @of:  the file
 * @fd:  what to read, from its file position on
 * @n:   bytes at most
 * @did: bytes taken; fewer than @n at the end of @fd, or where the kernel
 *       cannot copy between these two: the rest is for read(2)
 *
 * Return: 0; -errno of writing, or -EIO for what @fd could not give.
 */
int outfile_copy(struct outfile *of, int fd, uint64_t n, uint64_t *did);

/**
 * outfile_close() - write what is buffered, give the file its name, free
 *
 * Its mode is 0666 without the umask. An older file of that name is replaced
 * in one step.
 *
 * Return: 0; -errno, and then nothing is left.
 */
int outfile_close(struct outfile *of);

/** outfile_doom() - remove what outfile_abort() would, from a signal's handler */
void outfile_doom(void);

/** outfile_abort() - forget the file, leave nothing, free; NULL is allowed */
void outfile_abort(struct outfile *of);

#endif
