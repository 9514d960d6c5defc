// SPDX-License-Identifier: MIT
/* Archives of the newc format, and lists of what is in them. The first byte:
 * how many bytes come at a time. */
#include "fuzz.h"

#include "host/cpio.c"
#include "host/imglist.h"
#include "host/str.h"

struct feed {
	const uint8_t *p;
	size_t n, step;
	struct buf said;
	struct cpio_writer *copy;
	uint64_t last;
};

static ssize_t feed_next(void *ctx, const unsigned char **p)
{
	struct feed *f = ctx;
	size_t n = f->n < f->step ? f->n : f->step;

	*p = f->p;
	f->p += n;
	f->n -= n;
	return (ssize_t)n;
}

static int to_buf(void *ctx, const void *p, size_t n)
{
	buf_add(ctx, p, n);
	return 0;
}

/* Written again, without what is in files. */
static void copy_item(struct cpio_writer *w, const struct cpio_item *item)
{
	struct cpio_head head = item->head;

	head.size = 0;
	head.check = 0;
	if (item->target)
		head.size = (uint32_t)strlen(item->target);
	fuzz_assert(!cpio_put_head(w, &head, item->name));
	if (item->target)
		fuzz_assert(!cpio_put_data(w, item->target, head.size));
	fuzz_assert(!cpio_put_pad(w));
}

static int taken(void *ctx, const struct cpio_item *item)
{
	struct feed *f = ctx;

	fuzz_assert(strlen(item->name) < CPIO_PATH_MAX);
	fuzz_assert(strcmp(item->name, CPIO_TRAILER) != 0);
	fuzz_assert(!item->target || S_ISLNK(item->head.mode));
	fuzz_assert(!f->said.n || item->offset > f->last);
	f->last = item->offset;
	imglist_format(item, &f->said);
	buf_addc(&f->said, '\n');
	if (f->copy)
		copy_item(f->copy, item);
	return 0;
}

/* Return: as cpio_read(). */
static int read_whole(const uint8_t *p, size_t n, size_t step, struct feed *f,
		      uint64_t *pos)
{
	struct cpio_source s = { .next = feed_next, .ctx = f };
	int err;

	f->p = p;
	f->n = n;
	f->step = step;
	err = cpio_read(&s, taken, f);
	fuzz_assert(!err || (err == -EBADMSG && s.what));
	fuzz_assert(s.pos <= n);
	*pos = s.pos;
	return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	size_t step = 1 + (size_t)fuzz_byte(&p, &n) * 3;
	struct buf archive = { 0 };
	struct cpio_writer w = { .write = to_buf, .ctx = &archive };
	struct feed whole = { .copy = &w }, parts = { 0 }, again = { 0 };
	uint64_t at, pos;
	int err = read_whole(p, n, SIZE_MAX, &whole, &at);

	fuzz_assert(err == read_whole(p, n, step, &parts, &pos) && at == pos);
	fuzz_assert(whole.said.n == parts.said.n);
	fuzz_assert(!whole.said.n ||
		    !memcmp(whole.said.p, parts.said.p, whole.said.n));
	fuzz_assert(!cpio_put_trailer(&w) && w.pos == archive.n);
	fuzz_assert(!read_whole((uint8_t *)archive.p, archive.n, step, &again,
				&pos));
	/* As many lines: sizes differ. */
	for (size_t i = 0, a = 0, b = 0; i < whole.said.n + again.said.n; i++) {
		a += i < whole.said.n && whole.said.p[i] == '\n';
		b += i < again.said.n && again.said.p[i] == '\n';
		fuzz_assert(i + 1 < whole.said.n + again.said.n || a == b);
	}
	buf_free(&archive);
	buf_free(&whole.said);
	buf_free(&parts.said);
	buf_free(&again.said);
	return 0;
}
