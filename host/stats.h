/* SPDX-License-Identifier: MIT */
/* What a series of measurements says. */
#ifndef BOOTLET_STATS_H
#define BOOTLET_STATS_H

#include <stddef.h>

/** struct stats - of a series; all 0 of an empty one */
struct stats {
	size_t n;
	double min, median, p95, max;
};

/**
 * stats_of() - sum up a series
 * @v: values, in any order
 * @n: how many
 *
 * The median of an even number is the mean of the two in the middle; p95 is
 * the nearest rank: the smallest value that 95 of 100 do not exceed.
 */
void stats_of(const double *v, size_t n, struct stats *out);

/** struct stats_ratio - how much one series is of another */
struct stats_ratio {
	/** @ratio: median of a[i] / b[i]; @low, @high: its confidence interval
	 * of 95 %; all 0 where there is none */
	double ratio, low, high;
};

/**
 * stats_ratio() - compare two series that were measured in turn
 * @a, @b: pairs; no b[i] is 0
 * @n:     how many pairs
 *
 * The interval is the percentile bootstrap's (Efron, 1979) over the pairs,
 * 10,000 times with a fixed seed: the same pairs have the same interval. Of
 * fewer than 3 pairs the interval is from 0 to infinity.
 */
void stats_ratio(const double *a, const double *b, size_t n,
		 struct stats_ratio *out);

/**
 * stats_ratio_apart() - compare two series that have nothing to do with each
 * other: measured at other times, or not as often
 * @a, @n_a, @b, @n_b: values; no b[i] is 0
 *
 * @out->ratio is that of the medians. The interval is the bootstrap's over
 * each series by itself; of fewer than 3 values it is from 0 to infinity.
 */
void stats_ratio_apart(const double *a, size_t n_a, const double *b, size_t n_b,
		       struct stats_ratio *out);

#endif
