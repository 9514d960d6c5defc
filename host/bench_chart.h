/* SPDX-License-Identifier: MIT */
/* The file of bench --chart. */
#ifndef BOOTLET_BENCH_CHART_H
#define BOOTLET_BENCH_CHART_H

#include "outfile.h"

/** struct bench_chart - begun, and not there yet; all zeros is none */
struct bench_chart {
	/** @path: as the user knows it, not owned; @of: NULL where it is done */
	const char *path;
	struct outfile *of;
};

/**
 * bench_chart_begin() - see that it can be written, before there is work to be
 * lost
 * @c:    filled in; the caller calls bench_chart_end()
 * @path: NULL: none is wanted
 * @json, @baseline: files that are written and read besides, or NULL
 *
 * Return: 0; -errno after a message.
 */
int bench_chart_begin(struct bench_chart *c, const char *path, const char *json,
		      const char *baseline);

/**
 * bench_chart_end() - write it, whole or not at all
 * @svg: NULL: nothing is left but what was there before
 *
 * Return: 0; -errno after a message.
 */
int bench_chart_end(struct bench_chart *c, const char *svg);

#endif
