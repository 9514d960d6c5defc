/* SPDX-License-Identifier: MIT */
/* What is said of a comparison. */
#ifndef BOOTLET_BENCH_JUDGE_H
#define BOOTLET_BENCH_JUDGE_H

#include "bench.h"

/**
 * bench_judge() - compare, and say what got slower, or that nothing did
 * @was:  the baseline, comparable by bench_unlike(); NULL: B is compared with A
 *        of @is
 * @path: what the baseline is called; NULL where there is none
 * @is:   what was measured
 * @most: allowed, as a part: 0.02 for 2 %
 *
 * Return: how many phases are slower.
 */
size_t bench_judge(const struct bench *was, const char *path,
		   const struct bench *is, double most);

#endif
