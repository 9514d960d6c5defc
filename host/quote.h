/* SPDX-License-Identifier: MIT */
/* Words for sh(1) and for QEMU's option lists. */
#ifndef BOOTLET_QUOTE_H
#define BOOTLET_QUOTE_H

#include "str.h"

/**
 * quote_sh() - append a word so that sh reads back exactly it
 *
 * Plain words stay as they are; all others stand in single quotes.
 */
void quote_sh(struct buf *out, const char *word);

/**
 * quote_line() - append an argv as one command for sh
 *
 * Words stand on one line up to 78 columns; then " \" and a new line indented
 * by four, options kept together with their argument.
 */
void quote_line(struct buf *out, const struct strv *argv);

/**
 * quote_qemu() - a value of a QEMU option list: each comma doubled
 *
 * Source: qemu(1), "-drive file=": a comma in a value is written twice.
 *
 * Return: new string, the caller frees.
 */
char *quote_qemu(const char *value);

#endif
