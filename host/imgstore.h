/* SPDX-License-Identifier: MIT */
/* The files of the cache of images, see imgcache.h: KEY and KEY.note. */
#ifndef BOOTLET_IMGSTORE_H
#define BOOTLET_IMGSTORE_H

#include "imgnote.h"

#include <sha2.h>

/** struct imgstore - the directory, and one image in it */
struct imgstore {
	/** @dir: absolute */
	char *dir;
	/** @key: of the image; set by the caller */
	char key[SHA256_DIGEST_STRING_LENGTH];
	/** @boot: random/boot_id (proc(5)), or "-" */
	char boot[BOOT_ID_SIZE];
};

/**
 * imgstore_open() - make the directory where it is missing
 * @s: filled in; the caller calls imgstore_close() in any case
 *
 * Says nothing. Return: 0; -errno where nothing can be written there.
 */
int imgstore_open(struct imgstore *s);

/** imgstore_close() - free */
void imgstore_close(struct imgstore *s);

/**
 * imgstore_room() - whether an image could be added, before one is begun
 * @bytes: of its files
 *
 * Says nothing. Return: 0; -ENOSPC; -errno of statvfs(3).
 */
int imgstore_room(const struct imgstore *s, unsigned long long bytes);

/** imgstore_path() - where the image lies; the caller frees */
char *imgstore_path(const struct imgstore *s);

/**
 * imgstore_find() - an image that its note holds for
 *
 * Return: a descriptor; -ENOENT where there is none, or it is damaged, or what
 * it was made from has changed.
 */
int imgstore_find(const struct imgstore *s);

/**
 * imgstore_note() - write an image's note
 * @n:  its @files are filled in
 * @fd: of the image
 *
 * Return: 0; -errno, and then there is no new note.
 */
int imgstore_note(const struct imgstore *s, struct imgnote *n, int fd);

#endif
