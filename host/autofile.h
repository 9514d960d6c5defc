/* SPDX-License-Identifier: MIT */
/*
 * A command that is a file of this machine goes into the image by itself, where
 * it can run there, and so do the files that its arguments name.
 */
#ifndef BOOTLET_AUTOFILE_H
#define BOOTLET_AUTOFILE_H

#include "image.h"
#include "sharespec.h"
#include "str.h"

/** AUTOFILE_MAX - bytes of all that goes into the image by itself */
#define AUTOFILE_MAX (256ULL << 20)

/**
 * autofile_add() - add the command's file and those of its arguments
 * @command: words, NULL-ended, or NULL
 * @s:       settled; @cwd and what comes with it are set where nobody has
 *           said where the command starts
 * @img:     all else is in it already; what it has at that path stays
 * @added:   "SRC:DST" of each file, as --file takes it, is appended
 *
 * The first word counts where it has a slash in it. Arguments count that are
 * relative, have no ".." in them and name a regular file; of a first word
 * without a slash, where the image has that program, and has none of these
 * files where the command would start without them.
 *
 * Return: 0; -ELIBACC after a message, where the file is dynamically linked,
 * or a script, and what it needs is not in the image, or where a file lies
 * below /dev, /proc or /sys; -EFBIG above AUTOFILE_MAX, other -errno, after a
 * message.
 */
int autofile_add(char *const *command, struct sharespec *s, struct image *img,
		 struct strv *added);

#endif
