/* SPDX-License-Identifier: MIT */
/*
 * Reading any initramfs image as the kernel does: archives and compressed
 * archives one after the other, with zero bytes between them
 * (Documentation/driver-api/early-userspace/buffer-format.rst).
 */
#ifndef BOOTLET_IMGREAD_H
#define BOOTLET_IMGREAD_H

#include "cpio.h"

/** struct imgfile - an image, open for reading */
struct imgfile {
	/** @fd: positioned at its start; @map: its bytes */
	int fd;
	const unsigned char *map;
	/** @size: bytes of it */
	size_t size;
	/** @offset: where imgfile_read() stopped, in bytes of the file, and in
	 * @inside also of what was decompressed from there when > 0 */
	uint64_t offset, inside;
	/** @what: what is wrong there, static text */
	const char *what;
	/** @last: name of the compression at the end, "" for none */
	const char *last;
};

/**
 * imgfile_open() - open an image
 * @path: a file or a pipe; "-" is stdin
 * @f:    filled in on 0; the caller calls imgfile_close()
 *
 * What is no regular file is copied to a temporary one first.
 *
 * Return: 0; -errno of open(2), read(2), mmap(2); -EISDIR.
 */
int imgfile_open(const char *path, struct imgfile *f);

/** imgfile_close() - free */
void imgfile_close(struct imgfile *f);

/**
 * imgfile_read() - read all entries
 * @f:   the image
 * @cb:  called for each entry. Return: 0, or what ends the reading
 * @ctx: for @cb
 *
 * Return: 0; -EBADMSG with @f->what and @f->offset; what @cb returned.
 */
int imgfile_read(struct imgfile *f,
		 int (*cb)(void *ctx, const struct cpio_item *item), void *ctx);

/**
 * imgfile_tell() - say what is wrong with an image
 * @f:    the image
 * @path: its name for the message
 * @err:  what imgfile_read() returned; 0 says nothing
 *
 * Return: @err.
 */
int imgfile_tell(const struct imgfile *f, const char *path, int err);

#endif
