/* SPDX-License-Identifier: MIT */
/* A line of words as a person types it for sh: the other way of quote.h. */
#ifndef BOOTLET_WORDS_H
#define BOOTLET_WORDS_H

#include "str.h"

/**
 * parse_words() - split a line as sh does
 * @text: words, '...', "..." and \; nothing is expanded: a $ or a * is itself
 * @out:  the words are appended
 *
 * Source: POSIX.1-2017, Shell Command Language, 2.2 Quoting.
 *
 * Return: NULL; or what is wrong in a few words (static text).
 */
const char *parse_words(const char *text, struct strv *out);

#endif
