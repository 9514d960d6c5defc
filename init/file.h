/* SPDX-License-Identifier: MIT */
/* Whole files, and the words and numbers in them. */
#ifndef BOOTLET_FILE_H
#define BOOTLET_FILE_H

#include "io.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/**
 * file_read() - read a file as a string
 * @path: its path
 * @buf:  what fits, ended by a NUL
 * @size: bytes of @buf
 *
 * Return: bytes without the NUL, @size - 1 where the file is as long or
 * longer; -errno, @buf being "" then.
 */
ssize_t file_read(const char *path, char *buf, size_t size);

/**
 * file_load() - file_read() that leaves @buf alone where there is no file: what
 * is written to is a page of memory, and a large static buffer is "" already
 */
ssize_t file_load(const char *path, char *buf, size_t size);

/**
 * file_write() - write a file
 * @path:  its path
 * @flags: for open(2) beside O_WRONLY; a new file has mode 644
 * @text:  what to write
 * @len:   bytes of @text
 *
 * Return: 0; -errno.
 */
int file_write(const char *path, int flags, const char *text, size_t len);

/**
 * file_find() - look for some text in a small file, such as one of /proc
 * @path: of it; the first 16 KiB are read
 *
 * Return: what stands behind @text, valid until the next call; NULL.
 */
const char *file_find(const char *path, const char *text);

/** write_all() - write(2) until all is written; Return: 0, -errno */
int write_all(int fd, const char *text, size_t len);

/**
 * file_open() - open for reading what is to be read now: a file, a directory
 * @dir:  where @path starts, or AT_FDCWD
 * @path: its path; a FIFO is opened, too, without waiting for a writer
 *
 * Return: an fd, closed on exec; -errno.
 */
int file_open(int dir, const char *path);

/**
 * dir_each() - go through a directory
 * @dir:   open; -1 is -EBADF
 * @found: called for each entry but . and ..; may call dir_each()
 *
 * Return: what the first @found() returned that is not 0; 0; -errno.
 */
int dir_each(int dir, int (*found)(int dir, const struct io_dirent *entry));

/**
 * file_map() - map a file
 * @fd:   open for reading
 * @size: set to its size; 0 where it cannot be mapped
 *
 * Return: where, to be released by io_unmap(); NULL.
 */
const char *file_map(int fd, size_t *size);

/**
 * text_after() - what follows a prefix
 *
 * Return: @s behind @prefix; NULL where it does not start with it.
 */
const char *text_after(const char *s, const char *prefix);

/** text_until() - bytes of @s before @end, or all of them */
size_t text_until(const char *s, char end);

/** text_next() - the string behind the NUL of @s */
const char *text_next(const char *s);

/** text_listed() - whether @s is in @list, strings one behind the other, each
 * ended by a NUL, the last by two */
bool text_listed(const char *list, const char *s);

/**
 * text_is_space() - white space as the kernel sees it
 *
 * Return: whether @c is a space or one of \t \n \v \f \r.
 */
bool text_is_space(char c);

/** text_ends() - whether @c ends a word: a space, or anything below it */
static inline bool text_ends(char c)
{
	return (unsigned char)c <= ' ';
}

/** text_fold() - '_' for '-', else @c: in names the kernel tells them not
 * apart */
char text_fold(char c);

/**
 * parse_number() - read decimal digits
 * @p:   moved behind them
 * @max: the largest number that is one, below 2^27
 *
 * Return: the number; -1 without a digit or above @max, @p being anywhere in
 * the digits then.
 */
int parse_number(const char **p, int max);

#endif
