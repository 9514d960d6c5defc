/* SPDX-License-Identifier: MIT */
/* bootlet bench: the boots. */
#ifndef BOOTLET_BENCH_RUN_H
#define BOOTLET_BENCH_RUN_H

#include "bench.h"

/**
 * bench_run() - boot, one after the other, A and B in turn
 * @b: its options and command are there; the rest is filled in, whatever is
 *     returned
 * @n: boots of each side, after one that is not counted, which fills caches
 *     (none with --icount, whose time has nothing to do with caches)
 * @chart: A is booted three times more (with --icount once, since all are the
 *     same), drawn and not counted, and this is the picture, SVG, of the boot
 *     in the middle, which the caller frees, NULL after an error; or NULL
 *
 * Each boot is a process of its own, /proc/self/exe run: what is measured is
 * what users run. Its streams are empty. A signal to bootlet ends it.
 *
 * Return: 0; after a message what a boot has ended with, 125 for 1 and 2;
 * 128+S where signal S came.
 */
int bench_run(struct bench *b, size_t n, char **chart);

#endif
