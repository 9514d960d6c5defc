/* SPDX-License-Identifier: MIT */
/*
 * Growing strings and vectors of strings, as in git's strbuf and strvec. No
 * function here fails: without memory the program ends with one line.
 */
#ifndef BOOTLET_STR_H
#define BOOTLET_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/** struct buf - growing bytes; @p is always NUL-ended, or NULL when unused */
struct buf {
	char *p;
	size_t n, cap;
};

/** struct strv - growing vector of owned strings; @v is NULL-ended */
struct strv {
	char **v;
	size_t n, cap;
};

/** xrealloc() - realloc(3) that ends the program instead of failing */
void *xrealloc(void *p, size_t size);
/** xstrdup() - strdup(3), likewise; the caller frees */
char *xstrdup(const char *s);
/** xasprintf() - asprintf(3), likewise; the caller frees */
__attribute__((format(printf, 1, 2))) char *xasprintf(const char *fmt, ...);

/** buf_add() - append bytes */
void buf_add(struct buf *b, const void *p, size_t n);
/** buf_adds() - append a string */
void buf_adds(struct buf *b, const char *s);
/** buf_addc() - append one byte */
void buf_addc(struct buf *b, char c);
/** buf_addf() - append formatted text */
__attribute__((format(printf, 2, 3))) void buf_addf(struct buf *b,
						    const char *fmt, ...);
/** buf_free() - free the bytes; @b is empty and usable again */
void buf_free(struct buf *b);

/** strv_push() - append a copy of @s */
void strv_push(struct strv *v, const char *s);
/** strv_pushl() - append copies of strings up to a NULL */
__attribute__((sentinel)) void strv_pushl(struct strv *v, ...);
/** strv_pushf() - append formatted text */
__attribute__((format(printf, 2, 3))) void strv_pushf(struct strv *v,
						      const char *fmt, ...);
/** strv_take() - append @s itself, which must be free()able */
void strv_take(struct strv *v, char *s);
/** strv_has() - whether a string equal to @s is in the vector */
bool strv_has(const struct strv *v, const char *s);
/** strv_free() - free all; @v is empty and usable again */
void strv_free(struct strv *v);

/**
 * str_nearest() - the name most like a misspelt one
 * @name:  what the user wrote
 * @names: candidates
 * @n:     how many
 *
 * Return: the candidate with the least edit distance (Damerau-Levenshtein,
 * optimal string alignment), or NULL where none is near: at most a third of
 * @name's length, at least 1.
 */
const char *str_nearest(const char *name, char *const *names, size_t n);

/**
 * read_file() - read a whole file
 * @path: any readable file, also of /proc
 * @out:  appended to
 * @max:  bytes at most
 *
 * Return: 0; -errno of open(2) or read(2); -EFBIG above @max.
 */
int read_file(const char *path, struct buf *out, size_t max);

/**
 * read_all() - read a descriptor to its end
 * @fd:  at whatever place it stands; stays open
 * @out: appended to
 * @max: bytes at most
 *
 * Return: 0; -errno of read(2); -EFBIG above @max.
 */
int read_all(int fd, struct buf *out, size_t max);

/** write_fd() - write(2) all of @n bytes. Return: 0; -errno */
int write_fd(int fd, const char *p, size_t n);

#endif
