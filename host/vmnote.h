/* SPDX-License-Identifier: MIT */
/* What the cache of unpacked kernels notes about one of them. */
#ifndef BOOTLET_VMNOTE_H
#define BOOTLET_VMNOTE_H

#include "bootid.h"
#include "str.h"

#include <stdbool.h>
#include <sys/stat.h>

/** struct filestamp - by which a file is known again without reading it: who
 * writes to it cannot keep its ctime, see stat(2); all zero is of no file */
struct filestamp {
	unsigned long long dev, ino, size, mtime, ctime;
};

/** struct vmnote - what came of a bzImage */
struct vmnote {
	/** @image: of the bzImage when it was read last */
	struct filestamp image;
	/** @pvh: it has a kernel that can be entered; then @elf is the stamp of
	 * the file in the cache, @crc the CRC-64 of its bytes */
	bool pvh;
	struct filestamp elf;
	unsigned long long crc;
	/** @boot: random/boot_id (proc(5)) of this machine when @elf was found
	 * whole, e.g. "d5dbd0a7-...", or "-": a crash keeps stamps and loses
	 * bytes */
	char boot[BOOT_ID_SIZE];
};

/** filestamp_of() - the stamp of what stat(2) said; times in nanoseconds */
struct filestamp filestamp_of(const struct stat *st);

/** filestamp_at() - the stamp of a path, symbolic links followed; all zero where
 * there is nothing, or @path is NULL */
struct filestamp filestamp_at(const char *path);

/** filestamp_same() - whether it is the same file, unchanged */
bool filestamp_same(const struct filestamp *a, const struct filestamp *b);

/** FILESTAMP_RACY_NS - a file that was changed so recently may be changed again
 * within the same tick of the clock that stamps it, whatever that clock is */
#define FILESTAMP_RACY_NS 2000000000LL

/** filestamp_age() - nanoseconds since a moment of a stamp; negative where that
 * is yet to come */
long long filestamp_age(unsigned long long moment);

/** vmnote_format() - as text, appended to @out */
void vmnote_format(const struct vmnote *n, struct buf *out);

/**
 * parse_vmnote() - read what vmnote_format() wrote
 * @text: NUL-ended
 * @out:  filled in on 0
 *
 * Return: 0; -EINVAL.
 */
int parse_vmnote(const char *text, struct vmnote *out);

#endif
