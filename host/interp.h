/* SPDX-License-Identifier: MIT */
/* What the kernel needs beside a file in order to start it. */
#ifndef BOOTLET_INTERP_H
#define BOOTLET_INTERP_H

#include "image.h"

#include <stddef.h>

/** INTERP_SCRIPT - it is a script, INTERP_LOADER - a dynamic ELF program */
enum { INTERP_SCRIPT = 1, INTERP_LOADER };

/**
 * parse_interpreter() - what the kernel needs to start a file
 * @head: its first bytes, a NUL behind them
 * @n:    how many
 * @out:  of a script: the word behind "#!"; of a dynamic ELF program: its
 *        loader (PT_INTERP), where that lies in @head; the caller frees
 *
 * Source: execve(2), elf(5). Return: INTERP_SCRIPT, INTERP_LOADER, 0 for
 * anything else.
 */
int parse_interpreter(const char *head, size_t n, char **out);

/**
 * interp_missing() - what a file of this machine needs and an image lacks
 * @path: the file; one that cannot be read needs nothing
 * @img:  a loader counts wherever it lies, an interpreter at its own path
 * @out:  what is missing, an absolute path; NULL where nothing is; the caller
 *        frees
 *
 * Return: as parse_interpreter(); 0 where nothing is missing.
 */
int interp_missing(const char *path, const struct image *img, char **out);

#endif
