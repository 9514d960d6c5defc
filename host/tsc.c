// SPDX-License-Identifier: MIT
#include "tsc.h"

#include <stdint.h>
#include <time.h>

#define INTERVAL_NS 4000000
#define TRIES	    8

#ifdef __x86_64__
static uint64_t read_tsc(void)
{
	return __builtin_ia32_rdtsc();
}
#else
static uint64_t read_tsc(void)
{
	return 0;
}
#endif

struct moment {
	uint64_t ns, ticks;
};

static uint64_t read_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

/* Both clocks at once: the try between whose readings nothing came. */
static struct moment now(void)
{
	struct moment best = { 0 };
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < TRIES; i++) {
		uint64_t before = read_clock();
		uint64_t ticks = read_tsc();
		uint64_t took = read_clock() - before;

		if (took >= least)
			continue;
		least = took;
		best = (struct moment){ before + took / 2, ticks };
	}
	return best;
}

unsigned int tsc_khz(void)
{
	struct timespec wait = { .tv_nsec = INTERVAL_NS };
	struct moment a = now(), b;

	if (!a.ticks)
		return 0;
	/* Cut short by a signal it is less exact, and long enough. */
	nanosleep(&wait, 0);
	b = now();
	return (unsigned int)((b.ticks - a.ticks) * 1000000 / (b.ns - a.ns));
}
