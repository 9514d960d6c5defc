/* SPDX-License-Identifier: MIT */
/* The files that a run writes, each of which has to be one of its own. */
#ifndef BOOTLET_OUTPUTS_H
#define BOOTLET_OUTPUTS_H

#include <stddef.h>

/** struct output - one of them */
struct output {
	/** @option: as the user knows it; @path: NULL: not asked for */
	const char *option, *path;
};

/**
 * outputs_check() - before anything is written
 * @v: @n of them
 *
 * Two names of one regular file are one, there already or not; so are those of
 * what stdout and stderr are. A pipe, a terminal, /dev/null may take several.
 *
 * Return: 0; -EBUSY after a message.
 */
int outputs_check(const struct output *v, size_t n);

#endif
