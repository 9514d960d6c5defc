// SPDX-License-Identifier: MIT
#include "moments.h"

#include <time.h>

static long long began;

long long moments_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000000000 + t.tv_nsec;
}

void moments_begin(void)
{
	began = moments_now();
}

long long moments_began(void)
{
	return began;
}

void moments_mark(struct moments *m, enum moment which)
{
	if (!m->ns[which])
		m->ns[which] = moments_now();
}

void moments_guest(struct moments *m, long long clock)
{
	long long zero = moments_now() - clock;

	if (!m->kernel || zero < m->kernel)
		m->kernel = zero;
}
