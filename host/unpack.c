// SPDX-License-Identifier: MIT
#include "unpack.h"

#include "str.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <lz4.h>
#include <lzma.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#define LZ4_BLOCK (8 << 20)
#define XZ_OUT	  (256 * 1024)
/* Above what xz(1) -9 and the kernel's build take, and below what a few bytes
 * of a hostile file could ask for. */
#define XZ_MEMORY (1U << 30)

static int bad(struct unpack *u, const char *what)
{
	u->what = what;
	return -EBADMSG;
}

static int damaged(struct unpack *u)
{
	return bad(u, "the compressed data are damaged or cut off");
}

static int greedy(struct unpack *u)
{
	return bad(u, "to decompress it would take more than 1 GiB of memory");
}

static uint32_t get_le32(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

/* --- by libarchive ------------------------------------------------------ */

static int archive_open(struct unpack *u)
{
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	int ret;

	if (!a)
		return -ENOMEM;
	u->state = a;
	if (archive_read_support_format_raw(a) != ARCHIVE_OK ||
	    archive_read_support_format_empty(a) != ARCHIVE_OK ||
	    archive_read_append_filter(a, u->format->filter) < ARCHIVE_WARN)
		return -ENOSYS;
	ret = archive_read_open_memory(a, u->in, u->n);
	/* What is cut off early looks empty but for this. */
	if (ret == ARCHIVE_OK && archive_errno(a))
		ret = ARCHIVE_FATAL;
	if (ret == ARCHIVE_OK)
		ret = archive_read_next_header(a, &e);
	u->empty = ret == ARCHIVE_EOF;
	return ret == ARCHIVE_OK || u->empty ? 0 : damaged(u);
}

static ssize_t archive_next(struct unpack *u, const unsigned char **p)
{
	const void *data;
	la_int64_t offset;
	size_t n;
	int ret = ARCHIVE_EOF;

	/* A block without bytes is not the end. */
	do
		if (!u->empty)
			ret = archive_read_data_block(u->state, &data, &n,
						      &offset);
	while (ret == ARCHIVE_OK && !n);
	if (ret == ARCHIVE_OK) {
		*p = data;
		return (ssize_t)n;
	}
	if (ret == ARCHIVE_EOF)
		u->used = (size_t)archive_filter_bytes(u->state, -1);
	/* With a damaged header it takes nothing and calls that the end. */
	return u->used ? 0 : damaged(u);
}

static void archive_close(struct unpack *u)
{
	archive_read_free(u->state);
}

/* libarchive reads ahead and over frames: it is shown one frame alone. */
static int zstd_open(struct unpack *u)
{
	size_t n = ZSTD_findFrameCompressedSize(u->in, u->n);

	if (!ZSTD_isError(n))
		u->n = n;
	return archive_open(u);
}

static ssize_t zstd_next(struct unpack *u, const unsigned char **p)
{
	ssize_t n = archive_next(u, p);

	if (!n)
		u->used = u->n;
	return n;
}

/* --- xz ----------------------------------------------------------------- */

static int xz_open(struct unpack *u)
{
	static const lzma_stream fresh = LZMA_STREAM_INIT;
	lzma_stream *s = xrealloc(NULL, sizeof(*s));

	*s = fresh;
	u->state = s;
	u->buffer = xrealloc(NULL, XZ_OUT);
	if (lzma_stream_decoder(s, XZ_MEMORY, 0) != LZMA_OK)
		return -ENOMEM;
	s->next_in = u->in;
	s->avail_in = u->n;
	return 0;
}

static ssize_t xz_next(struct unpack *u, const unsigned char **p)
{
	lzma_stream *s = u->state;
	lzma_ret ret = LZMA_OK;

	if (u->used)
		return 0;
	s->next_out = u->buffer;
	s->avail_out = XZ_OUT;
	while (ret == LZMA_OK && s->avail_out)
		ret = lzma_code(s, LZMA_FINISH);
	if (ret == LZMA_STREAM_END)
		u->used = (size_t)s->total_in;
	else if (ret != LZMA_OK && s->avail_out == XZ_OUT)
		return ret == LZMA_MEMLIMIT_ERROR ? greedy(u) : damaged(u);
	*p = u->buffer;
	return (ssize_t)(XZ_OUT - s->avail_out);
}

static void xz_close(struct unpack *u)
{
	lzma_end(u->state);
	free(u->state);
	free(u->buffer);
}

/* The dictionary's size stands behind the first byte. */
static int lzma_open(struct unpack *u)
{
	if (u->n >= 5 && get_le32(u->in + 1) > XZ_MEMORY)
		return greedy(u);
	return archive_open(u);
}

/* --- lz4, legacy frames ------------------------------------------------- */

static int lz4_open(struct unpack *u)
{
	u->buffer = xrealloc(NULL, LZ4_BLOCK);
	u->used = 4;
	return 0;
}

/* As lib/decompress_unlz4.c: a size of 0 ends it, another magic goes on. */
static ssize_t lz4_next(struct unpack *u, const unsigned char **p)
{
	for (;;) {
		size_t left = u->n - u->used;
		const unsigned char *in = u->in + u->used;
		uint32_t n = left >= 4 ? get_le32(in) : 0;
		int got;

		if (!n)
			return 0;
		if (!memcmp(in, u->format->magic, 4)) {
			u->used += 4;
			continue;
		}
		if (n > (uint32_t)LZ4_compressBound(LZ4_BLOCK))
			return bad(u, "after lz4 the kernel needs four zero "
				      "bytes before anything else");
		if (n > left - 4)
			return damaged(u);
		got = LZ4_decompress_safe((const char *)in + 4,
					  (char *)u->buffer, (int)n, LZ4_BLOCK);
		if (got < 0)
			return damaged(u);
		u->used += 4 + (size_t)n;
		*p = u->buffer;
		if (got)
			return got;
	}
}

static void lz4_close(struct unpack *u)
{
	free(u->buffer);
}

static int lz4_frame_open(struct unpack *u)
{
	return bad(u, "lz4's newer frame format, which no kernel unpacks; "
		      "compress it with lz4 -l");
}

static void nothing_close(struct unpack *u)
{
	(void)u;
}

/* --- the table ---------------------------------------------------------- */

#define MAGIC(bytes) .magic = (bytes), .magic_len = sizeof(bytes) - 1
#define BY_ARCHIVE \
	.open = archive_open, .next = archive_next, .close = archive_close

static const struct unpack_format formats[] = {
	{ .name = "gzip",
	  MAGIC("\x1f\x8b"),
	  BY_ARCHIVE,
	  .filter = ARCHIVE_FILTER_GZIP },
	{ .name = "bzip2",
	  MAGIC("BZh"),
	  BY_ARCHIVE,
	  .filter = ARCHIVE_FILTER_BZIP2 },
	{ .name = "lzma",
	  MAGIC("\x5d\0\0"),
	  .open = lzma_open,
	  .next = archive_next,
	  .close = archive_close,
	  .filter = ARCHIVE_FILTER_LZMA },
	{ .name = "lzo",
	  MAGIC("\x89LZO"),
	  BY_ARCHIVE,
	  .filter = ARCHIVE_FILTER_LZOP },
	{ .name = "zstd",
	  MAGIC("\x28\xb5\x2f\xfd"),
	  .open = zstd_open,
	  .next = zstd_next,
	  .close = archive_close,
	  .filter = ARCHIVE_FILTER_ZSTD },
	{ .name = "xz",
	  MAGIC("\xfd"
		"7zXZ\0"),
	  .open = xz_open,
	  .next = xz_next,
	  .close = xz_close },
	{ .name = "lz4",
	  MAGIC("\x02\x21\x4c\x18"),
	  .open = lz4_open,
	  .next = lz4_next,
	  .close = lz4_close },
	{ .name = "lz4",
	  MAGIC("\x04\x22\x4d\x18"),
	  .open = lz4_frame_open,
	  .close = nothing_close },
};

const struct unpack_format *unpack_find(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (n >= formats[i].magic_len &&
		    !memcmp(p, formats[i].magic, formats[i].magic_len))
			return &formats[i];
	return NULL;
}

int unpack_open(struct unpack *u, const struct unpack_format *format,
		const unsigned char *p, size_t n)
{
	*u = (struct unpack){ .format = format, .in = p, .n = n };
	return format->open(u);
}

ssize_t unpack_next(void *ctx, const unsigned char **p)
{
	struct unpack *u = ctx;

	return u->format->next(u, p);
}

void unpack_close(struct unpack *u)
{
	u->format->close(u);
}

int unpack_all(const unsigned char *p, size_t n, char **out, size_t *len,
	       size_t max)
{
	const struct unpack_format *format = unpack_find(p, n);
	const unsigned char *part;
	struct buf b = { 0 };
	struct unpack u;
	ssize_t got;

	if (!format)
		return -EINVAL;
	got = unpack_open(&u, format, p, n);
	while (!got && (got = unpack_next(&u, &part)) > 0) {
		if ((size_t)got > max - b.n) {
			got = -EFBIG;
			break;
		}
		buf_add(&b, part, (size_t)got);
		got = 0;
	}
	unpack_close(&u);
	if (got) {
		buf_free(&b);
		return (int)got;
	}
	*out = b.p ? b.p : xstrdup("");
	*len = b.n;
	return 0;
}
