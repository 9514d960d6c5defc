/* SPDX-License-Identifier: MIT */
/*
 * What goes into an image: the options that `initramfs` and `run` share, and
 * what becomes of them.
 */
#ifndef BOOTLET_RECIPE_H
#define BOOTLET_RECIPE_H

#include "cli.h"
#include "codec.h"
#include "image.h"
#include "kernel.h"
#include "str.h"

/** struct recipe_item - an option that adds to the image, in their order */
struct recipe_item {
	/** @add: Return: 0; -errno after a message */
	int (*add)(struct image *img, const char *arg);
	const char *arg;
};

/** struct recipe - zero it to begin with; strings are not owned */
struct recipe {
	/** @init: file to be /init, NULL for bootlet's own; @no_init: none */
	const char *init;
	bool no_init;
	/** @busybox: file, NULL to look for one; @no_busybox: none */
	const char *busybox;
	bool no_busybox;
	/** @modules: to be loaded by init, names or files (modfile_is()); one
	 * that is unknown is an error */
	struct strv modules;
	/** @drivers: likewise, but one that is unknown is passed over: it may
	 * be built into a kernel that does not say so */
	struct strv drivers;
	/** @carried: likewise, but init is not told to load them */
	struct strv carried;
	struct recipe_item *items;
	size_t n_items;
	/** @append_to: image to begin with, or NULL */
	const char *append_to;
	struct codec_choice codec;
	/** @command: words for BOOTLET_COMMAND, NULL-ended, or NULL */
	char *const *command;
	/** @held: name of a descriptor that is closed with the recipe, see
	 * recipe_hold(); "" for none */
	char held[32];
	/** @conf: lines for BOOTLET_CONF_MADE, each ended by a newline */
	struct buf conf;
};

/** The rows that fill in a struct recipe. */
enum { N_RECIPE_OPTS = 14 };
extern const struct cli_opt recipe_opts[N_RECIPE_OPTS];

/**
 * recipe_command_text() - BOOTLET_COMMAND, see init/protocol.h
 * @command: words, NULL-ended, or NULL
 * @out:     appended to
 *
 * Return: 0; -E2BIG after a message.
 */
int recipe_command_text(char *const *command, struct buf *out);

/** recipe_needs_kernel() - whether recipe_apply() asks for a kernel */
bool recipe_needs_kernel(const struct recipe *r);

/**
 * recipe_apply() - add all that was asked for to an image
 * @r:   what
 * @k:   whose modules; may be NULL unless recipe_needs_kernel()
 * @img: added to; more may be added before and afterwards
 *
 * May download BusyBox. Return: 0; -errno after a message.
 */
int recipe_apply(const struct recipe *r, const struct kernel *k,
		 struct image *img);

/** recipe_base() - recipe_apply() but for the command, which is of one run */
int recipe_base(const struct recipe *r, const struct kernel *k,
		struct image *img);

/** recipe_command() - add the command alone. Return: as recipe_apply() */
int recipe_command(const struct recipe *r, struct image *img);

/**
 * recipe_hold() - begin with the image behind a descriptor
 * @r:  @r->append_to is set, to a name of it
 * @fd: closed by recipe_free()
 */
void recipe_hold(struct recipe *r, int fd);

/** recipe_free() - free what is owned */
void recipe_free(struct recipe *r);

/** struct recipe_node - a device as parse_node() reads it */
struct recipe_node {
	/** @path: bytes of the option's value that are the path */
	size_t path_len;
	/** @mode: with S_IFCHR or S_IFBLK */
	unsigned int mode, major, minor;
};

/**
 * parse_node() - read "PATH:c|b:MAJ:MIN[:MODE]"
 * @text: PATH may hold colons; MODE is octal, 0600 if it is left out
 * @out:  filled in
 *
 * Return: NULL; or what is wrong in a few words (static text).
 */
const char *parse_node(const char *text, struct recipe_node *out);

/**
 * parse_src_dst() - split "SRC[:DST]"
 * @text: where a file of that whole name exists, all of it is SRC; else SRC is
 *        the longest part before a colon that exists; else what stands before
 *        the last colon
 * @exists: whether a file exists
 *
 * Return: bytes of SRC; what follows is empty or ":DST".
 */
size_t parse_src_dst(const char *text, bool (*exists)(const char *path));

#endif
