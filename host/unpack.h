/* SPDX-License-Identifier: MIT */
/*
 * Decompression of one stream in memory, with its end found: what follows it
 * in an initramfs is another archive, not rubbish. The formats are those of
 * the kernel (lib/decompress.c).
 */
#ifndef BOOTLET_UNPACK_H
#define BOOTLET_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct unpack;

/** struct unpack_format - a row of the table, found by its magic bytes */
struct unpack_format {
	const char *name, *magic;
	size_t magic_len;
	/* Return: 0; -errno, maybe with @u->what. */
	int (*open)(struct unpack *u);
	ssize_t (*next)(struct unpack *u, const unsigned char **p);
	void (*close)(struct unpack *u);
	/* libarchive's code of the filter, where it is used. */
	int filter;
};

/** struct unpack - a decompression under way */
struct unpack {
	const struct unpack_format *format;
	/** @in: the stream and what follows; @n: bytes; @used: bytes of the
	 * stream, right once unpack_next() has returned 0 */
	const unsigned char *in;
	size_t n, used;
	/** @what: after -EBADMSG what is wrong; static text */
	const char *what;
	void *state;
	unsigned char *buffer;
	/** @empty: nothing comes out, which libarchive tells at once */
	bool empty;
};

/** unpack_find() - the format that bytes begin with, or NULL */
const struct unpack_format *unpack_find(const unsigned char *p, size_t n);

/**
 * unpack_open() - begin to decompress
 * @u:      filled in; the caller calls unpack_close(), also after an error
 * @format: from unpack_find()
 * @p:      must stay until unpack_close()
 * @n:      bytes up to the end of the image
 *
 * Return: 0; -EBADMSG with @u->what; -ENOMEM; -ENOSYS.
 */
int unpack_open(struct unpack *u, const struct unpack_format *format,
		const unsigned char *p, size_t n);

/**
 * unpack_next() - the next decompressed bytes
 * @ctx: the struct unpack, as struct cpio_source has it
 * @p:   points to them until the next call
 *
 * Return: how many; 0 at the end of the stream; -EBADMSG with @u->what.
 */
ssize_t unpack_next(void *ctx, const unsigned char **p);

/** unpack_close() - free */
void unpack_close(struct unpack *u);

/**
 * unpack_all() - decompress a whole stream into memory
 * @p:   compressed bytes, of one of the formats
 * @n:   how many
 * @out: malloc()ed, the caller frees
 * @len: bytes of @out
 * @max: bytes at most
 *
 * Return: 0; -EINVAL (no format is known); -EFBIG above @max; as unpack_open().
 */
int unpack_all(const unsigned char *p, size_t n, char **out, size_t *len,
	       size_t max);

#endif
