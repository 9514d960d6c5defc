/* SPDX-License-Identifier: MIT */
/*
 * Images in the cache: images/KEY and images/KEY.note, KEY being the digest of
 * what was asked for. An image holds what runs have in common, init, BusyBox
 * and modules; what is of one run alone, such as its command, is an archive
 * behind it, which the kernel unpacks likewise.
 *
 * Of each file that an image was made from, and of the lists that say which
 * they are, the note has the stamp (see struct filestamp); so it has of the
 * image. Where one of them is another one now, the image is made anew.
 */
#ifndef BOOTLET_IMGCACHE_H
#define BOOTLET_IMGCACHE_H

#include "image.h"
#include "kernel.h"
#include "recipe.h"

#include <stdbool.h>

/** IMGCACHE_KEEP - images that stay: those that were used last */
#define IMGCACHE_KEEP 16

/**
 * imgcache_takes() - whether a recipe is one for the cache
 *
 * It is where nothing goes into the image that the user has named by itself: a
 * directory would have to be read anew each time.
 */
bool imgcache_takes(const struct recipe *r);

/**
 * imgcache_apply() - recipe_apply(), with what the cache has
 * @r:   imgcache_takes() it; @r->append_to is then what image_write() begins
 *       with, valid until recipe_free()
 * @k:   as recipe_apply()'s
 * @img: what the cache has is added with IMAGE_BASE, so that it can be asked
 *       for, and then what has to be written behind it
 *
 * Without a cache to write to it does what recipe_apply() does.
 *
 * Return: as recipe_apply().
 */
int imgcache_apply(struct recipe *r, const struct kernel *k, struct image *img);

/**
 * imgcache_write() - write the image of a run, unless it is there
 * @r:    from imgcache_apply(), which has held an image
 * @img:  likewise; maybe more was added
 * @path: where, absolute; nothing is there yet
 *
 * The same command again has the same image: @path is another name of it then,
 * where both lie on one file system, and it has neither a file of this machine
 * nor an environment or a nonce in it. Who has it must not write to it. Return:
 * as image_write().
 */
int imgcache_write(const struct recipe *r, struct image *img, const char *path);

#endif
