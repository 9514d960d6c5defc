/* SPDX-License-Identifier: MIT */
/*
 * Lists as the kernel's usr/gen_init_cpio reads them: one entry a line, "#"
 * for comments.
 *
 *   file  NAME LOCATION MODE UID GID [NAME...]   more names are hard links
 *   dir   NAME MODE UID GID
 *   nod   NAME MODE UID GID b|c MAJOR MINOR
 *   slink NAME TARGET MODE UID GID
 *   pipe  NAME MODE UID GID
 *   sock  NAME MODE UID GID
 */
#ifndef BOOTLET_LISTFILE_H
#define BOOTLET_LISTFILE_H

#include "image.h"

/**
 * listfile_parse() - add the entries of one line
 * @img:   added to, in the user's rank
 * @line:  the line, without its newline; used up
 * @where: "FILE:LINE", for messages
 *
 * ${NAME} in LOCATION is a variable of the environment, or nothing where there
 * is none. MODE is octal, the other numbers decimal.
 *
 * Return: 0, also for an empty line or a comment; -errno after a message.
 */
int listfile_parse(struct image *img, char *line, const char *where);

/**
 * listfile_add() - add the entries of a list
 * @img:  added to
 * @path: the list, or "-" for stdin
 *
 * Return: 0; -errno after a message.
 */
int listfile_add(struct image *img, const char *path);

#endif
