// SPDX-License-Identifier: MIT
/* A console under initcall_debug. The first byte: how many bytes come at a
 * time. */
#include "fuzz.h"

#include "host/initcall.c"

#include "host/str.h"

#include <stdio.h>

static void check(const struct initcalls *x, struct buf *out)
{
	size_t n;
	const struct initcall *c = initcalls_all(x, &n);

	fuzz_assert(n <= INITCALLS_MAX);
	for (size_t i = 0; i < n; i++) {
		long long at = 0;

		fuzz_assert(c[i].kind <= INITCALL_LEVEL && c[i].name);
		fuzz_assert(*c[i].name &&
			    strlen(c[i].name) < INITCALL_NAME_MAX);
		fuzz_assert(c[i].end >= c[i].begin);
		initcalls_host(x, c[i].begin, &at);
		buf_addf(out, "%d %s %s %lld %lld %d %d\n", c[i].kind,
			 c[i].name, c[i].module ? c[i].module : "-", c[i].begin,
			 c[i].end, c[i].result, c[i].open);
	}
}

static void read_whole(const uint8_t *p, size_t n, size_t step, struct buf *out)
{
	struct initcalls *x = initcalls_new();

	while (n) {
		size_t take = n < step ? n : step;

		initcalls_feed(x, p, take, 1000);
		p += take;
		n -= take;
	}
	initcalls_end(x);
	check(x, out);
	initcalls_free(x);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	size_t step = 1 + (size_t)fuzz_byte(&p, &n);
	struct buf whole = { 0 }, parts = { 0 };

	read_whole(p, n, SIZE_MAX, &whole);
	read_whole(p, n, step, &parts);
	fuzz_assert(whole.n == parts.n);
	fuzz_assert(!whole.n || !memcmp(whole.p, parts.p, whole.n));
	buf_free(&whole);
	buf_free(&parts);
	return 0;
}
