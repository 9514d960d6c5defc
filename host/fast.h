/* SPDX-License-Identifier: MIT */
/* --fast: words for the kernel that save time at a price. */
#ifndef BOOTLET_FAST_H
#define BOOTLET_FAST_H

#include "str.h"

#include <stdbool.h>

/** struct fast_word - a row; all strings are static */
struct fast_word {
	/** @word: for the kernel command line; @price: what is given up, as a
	 * sentence without a full stop */
	const char *word, *price;
};

/** FAST_LEVEL - the word in place of ignore_loglevel, a row as well */
#define FAST_LEVEL "loglevel=5"

/** fast_words - all of them; the last has a @word of NULL */
extern const struct fast_word fast_words[];

/**
 * fast_add() - add them to a kernel command line
 * @level: with FAST_LEVEL
 * @out:   each is appended, with a blank before it
 */
void fast_add(bool level, struct buf *out);

#endif
