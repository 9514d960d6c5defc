// SPDX-License-Identifier: MIT
#include "stats.h"

#include "str.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS	  10000
#define LEAST	  3
#define SEED	  0x9e3779b97f4a7c15U
#define LOW_RANK  (ROUNDS / 40) /* 2.5 % */
#define HIGH_RANK (ROUNDS - 1 - LOW_RANK)

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median_of_sorted(const double *v, size_t n)
{
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static double *copy_sorted(const double *v, size_t n)
{
	double *copy = xrealloc(NULL, n * sizeof(*v));

	memcpy(copy, v, n * sizeof(*v));
	qsort(copy, n, sizeof(*copy), compare);
	return copy;
}

void stats_of(const double *v, size_t n, struct stats *out)
{
	double *sorted;

	*out = (struct stats){ .n = n };
	if (!n)
		return;
	sorted = copy_sorted(v, n);
	out->min = sorted[0];
	out->median = median_of_sorted(sorted, n);
	out->p95 = sorted[(n * 95 + 99) / 100 - 1];
	out->max = sorted[n - 1];
	free(sorted);
}

/* xorshift64*: Marsaglia, 2003; Vigna, 2016. */
static size_t draw(uint64_t *state, size_t n)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (size_t)((*state * 0x2545f4914f6cdd1dU >> 32) * n >> 32);
}

/* What the median might have been as well. */
static void bootstrap(const double *v, size_t n, uint64_t seed, double *medians)
{
	double *sample = xrealloc(NULL, n * sizeof(*sample));
	uint64_t state = seed;

	for (size_t i = 0; i < ROUNDS; i++) {
		for (size_t k = 0; k < n; k++)
			sample[k] = v[draw(&state, n)];
		qsort(sample, n, sizeof(*sample), compare);
		medians[i] = median_of_sorted(sample, n);
	}
	free(sample);
}

static void interval(double *v, struct stats_ratio *out)
{
	qsort(v, ROUNDS, sizeof(*v), compare);
	out->low = v[LOW_RANK];
	out->high = v[HIGH_RANK];
}

void stats_ratio(const double *a, const double *b, size_t n,
		 struct stats_ratio *out)
{
	double *ratios, *medians;

	*out = (struct stats_ratio){ 0 };
	if (!n)
		return;
	ratios = xrealloc(NULL, n * sizeof(*ratios));
	for (size_t i = 0; i < n; i++)
		ratios[i] = a[i] / b[i];
	qsort(ratios, n, sizeof(*ratios), compare);
	out->ratio = median_of_sorted(ratios, n);
	out->high = INFINITY;
	if (n >= LEAST) {
		medians = xrealloc(NULL, ROUNDS * sizeof(*medians));
		bootstrap(ratios, n, SEED, medians);
		interval(medians, out);
		free(medians);
	}
	free(ratios);
}

void stats_ratio_apart(const double *a, size_t n_a, const double *b, size_t n_b,
		       struct stats_ratio *out)
{
	struct stats sa, sb;
	double *medians, *others;

	*out = (struct stats_ratio){ 0 };
	if (!n_a || !n_b)
		return;
	stats_of(a, n_a, &sa);
	stats_of(b, n_b, &sb);
	out->ratio = sa.median / sb.median;
	out->high = INFINITY;
	if (n_a < LEAST || n_b < LEAST)
		return;
	medians = xrealloc(NULL, ROUNDS * sizeof(*medians));
	others = xrealloc(NULL, ROUNDS * sizeof(*others));
	bootstrap(a, n_a, SEED, medians);
	/* Another seed, or equal series would always draw alike. */
	bootstrap(b, n_b, ~SEED, others);
	for (size_t i = 0; i < ROUNDS; i++)
		medians[i] /= others[i];
	interval(medians, out);
	free(medians);
	free(others);
}
