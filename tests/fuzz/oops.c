// SPDX-License-Identifier: MIT
/* A console's stream, in which kernel failures are looked for. The first byte:
 * how many bytes come at a time. */
#include "fuzz.h"

#include "host/oops.c"

#include <stdio.h>

struct heard {
	struct buf text;
	unsigned long long line, offset;
	size_t n;
};

static void found(const struct oops_finding *f, void *ctx)
{
	struct heard *h = ctx;

	fuzz_assert(f->class < OOPS_N);
	fuzz_assert(*f->title && strlen(f->title) < sizeof(f->title));
	fuzz_assert(strlen(f->function) < sizeof(f->function));
	for (const char *s = f->title; *s; s++)
		fuzz_assert(*s >= ' ' && *s < 0x7f);
	fuzz_assert(f->offset < h->n && f->line >= 1);
	fuzz_assert(f->line >= h->line && f->offset >= h->offset);
	h->line = f->line;
	h->offset = f->offset;
	buf_addf(&h->text, "%llu:%llu: ", f->line, f->offset);
	oops_print(f, &h->text);
	buf_addc(&h->text, '\n');
}

static void scan(const uint8_t *p, size_t n, size_t step, struct heard *h)
{
	struct oops_scan *s = oops_open(found, h);

	h->n = n;
	while (n) {
		size_t take = n < step ? n : step;
		uint8_t *piece = fuzz_copy(p, take);

		oops_feed(s, piece, take);
		free(piece);
		p += take;
		n -= take;
	}
	oops_end(s);
	fuzz_assert(!oops_pending(s));
	oops_close(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	size_t step = 1 + (size_t)fuzz_byte(&p, &n);
	struct heard whole = { 0 }, parts = { 0 };

	scan(p, n, SIZE_MAX, &whole);
	scan(p, n, step, &parts);
	fuzz_assert(whole.text.n == parts.text.n);
	fuzz_assert(!whole.text.n ||
		    !memcmp(whole.text.p, parts.text.p, whole.text.n));
	buf_free(&whole.text);
	buf_free(&parts.text);
	return 0;
}
