/* SPDX-License-Identifier: MIT */
/*
 * An initramfs image as a plan: entries are added in any order, image_plan()
 * makes the archive's order and content of them, image_write() writes it.
 *
 * All that fails here has said why: one line, by msg_error().
 */
#ifndef BOOTLET_IMAGE_H
#define BOOTLET_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "codec.h"

/* Of two entries with one path the higher rank wins. */
enum image_rank {
	IMAGE_WEAK, /* offered: applets, usual directories and nodes */
	IMAGE_BASE, /* lies in the image that this one is appended to */
	IMAGE_OWN, /* init, BusyBox, modules, configuration */
	IMAGE_USER, /* asked for by name */
};

/** struct image_entry - one path of the image */
struct image_entry {
	/** @path: without slashes at the ends, no "." or ".." in it */
	const char *path;
	/**
	 * @src: a regular file's source; of all else, and of files with
	 * @data, what it comes from, for messages; @rel: if not NULL the
	 * source is @src/@rel
	 */
	const char *src, *rel;
	/** @data: content of a file that has no source, or link target */
	const char *data;
	/** @size: bytes of the content */
	uint64_t size;
	/** @dev, @inode: same pair, same file: hard links; @inode 0: none */
	uint64_t dev, inode;
	/** @mode: st_mode; @ino: set by image_plan() */
	uint32_t mode, uid, gid, major, minor, ino;
	/** @nlink: names of it in the image; @first: the content comes with a
	 * later name; both set by image_plan() */
	uint32_t nlink;
	bool first;
	enum image_rank rank;
};

struct image_chunk;

/** struct image - the plan; zero it to begin with */
struct image {
	struct image_entry *e;
	size_t n, cap;
	/** @order: what is written, after image_plan() */
	struct image_entry **order;
	size_t n_order;
	/** @made: directories that image_plan() has added */
	struct image_entry *made;
	size_t n_made;
	/** @chunks: memory of all strings and contents */
	struct image_chunk *chunks;
	/** @skip_dev, @skip_ino: the output's own file, left out of trees */
	uint64_t skip_dev, skip_ino;
	/** @links: number of the last group of hard links made by name */
	uint64_t links;
};

/** image_free() - free all; @img is empty and usable again */
void image_free(struct image *img);

/** image_dup() - a copy of @n bytes, NUL-ended, that lives as long as @img */
char *image_dup(struct image *img, const void *p, size_t n);

/**
 * image_path() - make a path of the image from what a user wrote
 * @path: leading, trailing and double slashes and "." are taken away
 * @out:  at most as long as @path, "" for the root directory
 *
 * Return: NULL; or what is wrong with it in a few words (static text): "..",
 * a component over 255 bytes, over 4095 bytes in all, the trailer's name.
 */
const char *image_path(const char *path, char *out);

/**
 * image_add() - add an entry
 * @img: the plan
 * @e:   copied; @e->path as in image_path(), copied; the other strings must
 *       live as long as @img (see image_dup())
 *
 * The root directory itself is left out.
 *
 * Return: 0; -EINVAL (path); -EFBIG (over 4 GiB - 1); -ENAMETOOLONG (target).
 */
int image_add(struct image *img, const struct image_entry *e);

/** image_add_data() - add a file (@mode: permission bits) with these bytes */
int image_add_data(struct image *img, const char *path, const void *p, size_t n,
		   unsigned int mode);
/** image_add_mkdir() - add a directory; @from: for messages, static */
int image_add_mkdir(struct image *img, enum image_rank rank, const char *path,
		    unsigned int mode, const char *from);
/** image_add_symlink() - add a symbolic link; @from: for messages, static */
int image_add_symlink(struct image *img, enum image_rank rank, const char *path,
		      const char *target, const char *from);
/** image_add_node() - add a device; @mode: with S_IFCHR or S_IFBLK */
int image_add_node(struct image *img, enum image_rank rank, const char *path,
		   unsigned int mode, unsigned int maj, unsigned int min,
		   const char *from);

/**
 * image_add_file() - add a file of this machine
 * @img:  the plan
 * @rank: its rank
 * @path: where in the image
 * @src:  a regular file, symbolic links are followed; or a pipe, read now,
 *        as are files of /proc and /sys, whose size nothing else tells
 * @mode: permission bits, or -1 for the file's own
 *
 * Return: 0; -errno.
 */
int image_add_file(struct image *img, enum image_rank rank, const char *path,
		   const char *src, int mode);

/**
 * image_add_tree() - add what is in a directory of this machine
 * @img:  the plan
 * @rank: its rank
 * @path: where in the image
 * @src:  a directory
 *
 * Links, nodes, pipes and sockets are taken as such, hard links stay hard
 * links, permission bits stay; owners do not.
 *
 * Return: 0; -errno.
 */
int image_add_tree(struct image *img, enum image_rank rank, const char *path,
		   const char *src);

/**
 * image_plan() - decide what is written, in which order
 *
 * Of several entries with one path the highest rank stays; directories merge,
 * anything else twice in the user's rank is an error. A path that leads
 * through a symbolic link of the image is made to lead where the link does, so
 * that the kernel can unpack it. Directories that nobody added are made with
 * mode 0755. A pure function of the entries.
 *
 * Return: 0; -EEXIST, -ENOTDIR, -ELOOP, -EINVAL (a link leads out).
 */
int image_plan(struct image *img);

/** image_number() - the last step of image_plan(): @ino, @nlink and @first of
 * the entries in @img->order; a function of its own for its length */
void image_number(struct image *img);

/**
 * image_write() - plan and write an image
 * @img:       the plan, used up
 * @path:      file, written atomically, or "-" for stdout
 * @choice:    compression
 * @append_to: existing image to copy first, "-" for stdin, or NULL
 *
 * Time stamps are SOURCE_DATE_EPOCH or 0. Takes memory for the entries' names,
 * not for their contents.
 *
 * Return: 0; -errno, and nothing is left of @path.
 */
int image_write(struct image *img, const char *path,
		const struct codec_choice *choice, const char *append_to);

/**
 * image_write_behind() - image_write() for an @img that has, with IMAGE_BASE,
 * what is in @base: a plain archive, as image_write() makes it
 */
int image_write_behind(struct image *img, const char *path,
		       const struct codec_choice *choice, const char *base);

/**
 * image_has() - whether an entry was added
 * @img:      the plan; links in it are not followed, its base is not looked at
 * @name:     a path without a slash before it; or a path's last part
 * @anywhere: @name is a last part, in whatever directory
 */
bool image_has(const struct image *img, const char *name, bool anywhere);

/** image_source() - the source of an entry for messages and open(2); valid
 * until the next call */
const char *image_source(const struct image_entry *e);

#endif
