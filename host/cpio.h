/* SPDX-License-Identifier: MIT */
/*
 * The newc format: what the kernel unpacks as an initramfs
 * (Documentation/driver-api/early-userspace/buffer-format.rst).
 */
#ifndef BOOTLET_CPIO_H
#define BOOTLET_CPIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Bytes of a header: magic, then 13 numbers of 8 hex digits. */
#define CPIO_HEAD    110
#define CPIO_TRAILER "TRAILER!!!"
/* The kernel passes over names and link targets that are longer (PATH_MAX),
 * the NUL of a name counted. */
#define CPIO_PATH_MAX 4096
/* A size has 8 hex digits. */
#define CPIO_SIZE_MAX 0xffffffffULL

/** struct cpio_head - the numbers of one header, in the order of the format */
struct cpio_head {
	uint32_t ino, mode, uid, gid, nlink, mtime, size;
	uint32_t devmajor, devminor, rdevmajor, rdevminor, namesize, check;
};

/** struct cpio_item - one entry as cpio_read() found it */
struct cpio_item {
	struct cpio_head head;
	/** @name: as stored; @target: of a symbolic link, else NULL */
	const char *name, *target;
	/** @offset: of its header, in bytes from the start of the source */
	uint64_t offset;
};

/** struct cpio_writer - where an archive goes; @pos starts as 0 */
struct cpio_writer {
	/** @write: takes @n bytes. Return: 0 or -errno */
	int (*write)(void *ctx, const void *p, size_t n);
	void *ctx;
	/** @pos: bytes written so far */
	uint64_t pos;
};

/** struct cpio_source - where archives come from; all else starts as 0 */
struct cpio_source {
	/** @next: points @p at more bytes, which stay until the next call.
	 * Return: how many; 0 at the end; -errno */
	ssize_t (*next)(void *ctx, const unsigned char **p);
	void *ctx;
	/** @p: bytes not consumed yet; @n: how many; @pos: offset of @p */
	const unsigned char *p;
	size_t n;
	uint64_t pos;
	/** @what: after -EBADMSG what is wrong at @pos; static text */
	const char *what;
	/** @archives: trailers seen so far */
	unsigned int archives;
};

/**
 * cpio_head_format() - write a header
 * @out:  CPIO_HEAD bytes, not NUL-ended
 * @head: the numbers
 */
void cpio_head_format(char *out, const struct cpio_head *head);

/**
 * parse_cpio_head() - read a header
 * @in:   CPIO_HEAD bytes
 * @head: the numbers
 * @crc:  whether it is of the variant with checksums, 070702
 *
 * Return: 0; -EINVAL where it is no header of newc.
 */
int parse_cpio_head(const unsigned char *in, struct cpio_head *head, bool *crc);

/**
 * cpio_put_head() - begin an entry
 * @w:    the writer
 * @head: its numbers; namesize is filled in here
 * @name: its name, below CPIO_PATH_MAX bytes
 *
 * @head->size bytes must follow by cpio_put_data(), then cpio_put_pad().
 *
 * Return: 0; -ENAMETOOLONG; what @w->write returned.
 */
int cpio_put_head(struct cpio_writer *w, const struct cpio_head *head,
		  const char *name);

/** cpio_put_data() - some of the entry's bytes. Return: 0 or -errno */
int cpio_put_data(struct cpio_writer *w, const void *p, size_t n);

/** cpio_put_pad() - end the entry. Return: 0 or -errno */
int cpio_put_pad(struct cpio_writer *w);

/** cpio_put_trailer() - end the archive. Return: 0 or -errno */
int cpio_put_trailer(struct cpio_writer *w);

/**
 * cpio_read() - read archives and the zero bytes between them
 * @s:   the source
 * @cb:  called for each entry but trailers. Return: 0, or what ends the reading
 * @ctx: for @cb
 *
 * Ends at the end of @s, or, between archives, at a byte that is neither 0 nor
 * the "0" that begins a header: it is not consumed. An archive may lack its
 * trailer, as the kernel allows.
 *
 * Return: 0; -EBADMSG with @s->what; what @s->next or @cb returned.
 */
int cpio_read(struct cpio_source *s,
	      int (*cb)(void *ctx, const struct cpio_item *item), void *ctx);

#endif
