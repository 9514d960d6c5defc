/* SPDX-License-Identifier: MIT */
/* What the scanner found in a text, as lines to be compared. */
#ifndef BOOTLET_OOPS_FOUND_H
#define BOOTLET_OOPS_FOUND_H

#include "host/oops.h"

#include <check.h>
#include <string.h>

struct found {
	struct buf lines;
	size_t n;
	struct oops_finding first, last;
};

static inline void found_add(const struct oops_finding *f, void *ctx)
{
	struct found *all = ctx;

	ck_assert_uint_lt(f->class, OOPS_N);
	ck_assert_msg(*f->title != '\0', "a title is empty");
	if (!all->n++)
		all->first = *f;
	all->last = *f;
	oops_print(f, &all->lines);
	buf_addc(&all->lines, '\n');
}

/* Scan @text in pieces of @piece bytes; the caller frees what is found. */
static inline void found_scan(struct found *out, const void *text, size_t n,
			      size_t piece)
{
	struct oops_scan *s = oops_open(found_add, out);

	for (size_t i = 0; i < n; i += piece)
		oops_feed(s, (const char *)text + i,
			  n - i < piece ? n - i : piece);
	oops_end(s);
	oops_close(s);
	if (!out->lines.p)
		buf_adds(&out->lines, "");
}

static inline void found_free(struct found *f)
{
	buf_free(&f->lines);
	memset(f, 0, sizeof(*f));
}

#endif
