/* SPDX-License-Identifier: MIT */
/* What the cache of images notes about one of them. */
#ifndef BOOTLET_IMGNOTE_H
#define BOOTLET_IMGNOTE_H

#include "str.h"
#include "vmnote.h"

#include <stdbool.h>

/** struct imgnote_file - a file or directory that the image depends on; @stamp
 * is all zero where there is none */
struct imgnote_file {
	char *path;
	struct filestamp stamp;
};

/** struct imgnote - zero it to begin with */
struct imgnote {
	/** @image: its stamp; @boot: as struct vmnote's */
	struct filestamp image;
	char boot[BOOT_ID_SIZE];
	struct imgnote_file *files;
	size_t n;
};

/**
 * imgnote_add() - take the stamp of a path as it is now
 *
 * Return: 0; -EINVAL for a path that is not absolute, or has a newline.
 */
int imgnote_add(struct imgnote *n, const char *path);

/** imgnote_fresh() - whether all paths are what they were */
bool imgnote_fresh(const struct imgnote *n);

/** imgnote_newest() - the latest ctime of a file among them, nanoseconds */
unsigned long long imgnote_newest(const struct imgnote *n);

/** imgnote_format() - as text, appended to @out */
void imgnote_format(const struct imgnote *n, struct buf *out);

/**
 * parse_imgnote() - read what imgnote_format() wrote
 * @text: NUL-ended
 * @out:  filled in; the caller calls imgnote_free() in any case
 *
 * Return: 0; -EINVAL.
 */
int parse_imgnote(const char *text, struct imgnote *out);

/** imgnote_free() - free all; @n is empty and usable again */
void imgnote_free(struct imgnote *n);

#endif
