// SPDX-License-Identifier: MIT
/* What `bench --baseline` reads, and the report of one boot. */
#include "fuzz.h"

#include "host/bench_json.c"

static void try_report(const char *text)
{
	static const struct bench_ends ends = { .begin = 0, .end = 1 << 30 };
	struct bench_boot boot;
	struct bench_what what = { 0 };

	for (int icount = 0; icount < 2; icount++) {
		memset(&boot, 0, sizeof(boot));
		bench_read(text, icount, &ends, &boot, &what);
		fuzz_assert(boot.n <= BENCH_SPANS);
		for (size_t i = 0; i < boot.n; i++)
			fuzz_assert(memchr(boot.span[i].name, '\0',
					   sizeof(boot.span[i].name)));
	}
	free(what.kernel);
	free(what.machine);
	free(what.accel);
}

static void compare(const struct bench *a, const struct bench *b)
{
	struct bench_verdict v = { 0 };
	char *unlike = bench_unlike(a, b);

	bench_compare(&a->side[BENCH_A], &b->side[BENCH_A], a->icount, a->pairs,
		      0.02, &v);
	/* Nothing has changed. */
	fuzz_assert(!v.n && !unlike);
	free(unlike);
}

/* Written and read again it is whole nanoseconds, and stays the same then. */
static char *again(const char *text)
{
	struct bench b = { 0 };
	char *next = NULL;

	/* Phases that not all boots have were left out, maybe all. */
	if (!bench_load(text, &b)) {
		compare(&b, &b);
		next = bench_json(&b);
	}
	bench_free(&b);
	return next;
}

static void check_round_trip(const struct bench *b)
{
	char *once = bench_json(b), *twice = again(once), *thrice;

	if (twice) {
		thrice = again(twice);
		fuzz_assert(thrice && !strcmp(twice, thrice));
		free(thrice);
	}
	free(once);
	free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *text = fuzz_string(p, n);
	struct bench b = { 0 };
	struct buf table = { 0 };

	try_report(text);
	if (!bench_load(text, &b)) {
		for (int side = 0; side <= b.pairs; side++)
			fuzz_assert(b.side[side].n);
		bench_table(&b, &table);
		check_round_trip(&b);
	}
	buf_free(&table);
	bench_free(&b);
	free(text);
	return 0;
}
