// SPDX-License-Identifier: MIT
#include "tsc.h"

#include "bootid.h"
#include "cache.h"
#include "cachefile.h"
#include "str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define INTERVAL_NS 4000000
/* From here on the mean since then is better than what was measured then. */
#define LONG_NS 1000000000ULL
#define TRIES	8

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

static uint64_t read_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

/* Both clocks at once: the try between whose readings nothing came. */
static struct tsc_moment now(void)
{
	struct tsc_moment best = { 0 };
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < TRIES; i++) {
		uint64_t before = read_clock();
		uint64_t ticks = read_tsc();
		uint64_t took = read_clock() - before;

		if (took >= least)
			continue;
		least = took;
		best = (struct tsc_moment){ before + took / 2, ticks };
	}
	return best;
}

static unsigned int khz_between(const struct tsc_moment *a,
				const struct tsc_moment *b)
{
	return (unsigned int)((double)(b->ticks - a->ticks) * 1e6 /
			      (double)(b->ns - a->ns));
}

/* --- the cache ------------------------------------------------------------ */

/* Another counter than then, after a move to another machine say, shows in
 * what it has counted since. */
unsigned int parse_tsc_note(const char *text, const char *boot,
			    const struct tsc_moment *now)
{
	struct tsc_moment then;
	size_t n = strlen(boot);
	unsigned int khz, mean;
	unsigned long long ns, ticks;

	if (!n || strncmp(text, boot, n) || text[n] != ' ' ||
	    sscanf(text + n, " %u %llu %llu", &khz, &ns, &ticks) != 3)
		return 0;
	then = (struct tsc_moment){ ns, ticks };
	if (!khz || now->ns <= then.ns || now->ticks <= then.ticks ||
	    now->ns - then.ns > TSC_NOTE_S * 1000000000ULL)
		return 0;
	/* The clocks are read within some 50 ns of each other. */
	if (now->ns - then.ns < INTERVAL_NS)
		return khz;
	mean = khz_between(&then, now);
	if (mean + khz / 5000 < khz || mean > khz + khz / 5000)
		return 0;
	return now->ns - then.ns < LONG_NS ? khz : mean;
}

static unsigned int kept(const char *boot, const struct tsc_moment *t)
{
	char *path = cache_path("tsc");
	struct buf text = { 0 };
	unsigned int khz = 0;

	if (path && cachefile_read(path, &text, 4096) == 0 && text.n)
		khz = parse_tsc_note(text.p, boot, t);
	buf_free(&text);
	free(path);
	return khz;
}

/* Not a problem if it fails: the next run measures again. */
static void keep(const char *boot, unsigned int khz, const struct tsc_moment *t)
{
	char *path = *boot && !cache_make() ? cache_path("tsc") : NULL;
	char *tmp = path ? xasprintf("%s.%d", path, getpid()) : NULL;
	FILE *f = tmp ? fopen(tmp, "we") : NULL;

	if (f) {
		fprintf(f, "%s %u %llu %llu\n", boot, khz,
			(unsigned long long)t->ns,
			(unsigned long long)t->ticks);
		/* Renamed into place: two runs may begin at once. */
		if (fclose(f) || cachefile_rename(tmp, path))
			unlink(tmp);
	}
	free(tmp);
	free(path);
}

unsigned int tsc_khz(void)
{
	struct timespec wait = { .tv_nsec = INTERVAL_NS };
	struct tsc_moment a = now(), b;
	unsigned int khz;
	const char *boot = boot_id();

	if (!a.ticks)
		return 0;
	khz = kept(boot, &a);
	if (!khz) {
		/* Cut short by a signal it is less exact, and long enough. */
		nanosleep(&wait, 0);
		b = now();
		khz = khz_between(&a, &b);
		keep(boot, khz, &b);
	}
	return khz;
}
