/* SPDX-License-Identifier: MIT */
/*
 * modules.alias: which modules drive what a device, or a user, names.
 */
#ifndef BOOTLET_MODALIAS_H
#define BOOTLET_MODALIAS_H

#include "moddep.h"

#include <stdint.h>

/*
 * Which beginnings the names have that are looked for, by a hash of each: most
 * of 30,000 lines end a few letters behind "pci:", however many devices there
 * are. One too many costs time and is no fault.
 */
struct modalias_starts {
	unsigned char has[1 << 16];
};

/**
 * modalias_expect() - enter a name, letter by letter
 * @hash: what the letter before gave; 0 for the first
 */
uint16_t modalias_expect(struct modalias_starts *starts, uint16_t hash, char c);

/**
 * modalias_match() - compare a name with a pattern as fnmatch(3) does
 * @pattern: with * ? [a-z]; no other specials, as depmod(8) writes none
 * @name:    "-" and "_" are the same in it
 *
 * Either ends as text_ends() says. Bounded: at most the squared length of @name
 * beside that of @pattern.
 */
bool modalias_match(const char *pattern, const char *name);

/**
 * modalias_next() - modules that modules.alias gives to names
 * @text:   what is left of the file, see modindex_map(); shortened by the call
 * @names:  where there is @starts, strings one behind the other, each ended by
 *          a NUL, the last by two; else one that ends as text_ends() says
 * @starts: all of @names were entered there; NULL: look at each line
 *
 * Return: the next module's name; @p NULL when there is no more.
 */
struct span modalias_next(struct span *text, const char *names,
			  const struct modalias_starts *starts);

#endif
