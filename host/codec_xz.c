// SPDX-License-Identifier: MIT
/*
 * xz with CRC32: the kernel's decoder knows no other check
 * (Documentation/staging/xz.rst), and libarchive writes CRC64.
 */
#include "codec.h"

#include "str.h"

#include <errno.h>
#include <lzma.h>
#include <stdlib.h>

struct xz_state {
	lzma_stream stream;
	uint8_t out[65536];
};

/*
 * What is taken where no level was asked for: level 6 with a quarter of its
 * dictionary. That costs 2 % of the size, and takes 26 MiB instead of 94; the
 * guest's kernel needs as much memory as the dictionary has.
 */
#define NORMAL_LEVEL 6
#define NORMAL_DICT  (2U << 20)

static lzma_ret encoder(lzma_stream *stream, int level)
{
	lzma_options_lzma options;
	lzma_filter filters[] = {
		{ .id = LZMA_FILTER_LZMA2, .options = &options },
		{ .id = LZMA_VLI_UNKNOWN },
	};

	if (level)
		return lzma_easy_encoder(stream, (uint32_t)level,
					 LZMA_CHECK_CRC32);
	if (lzma_lzma_preset(&options, NORMAL_LEVEL))
		return LZMA_OPTIONS_ERROR;
	options.dict_size = NORMAL_DICT;
	return lzma_stream_encoder(stream, filters, LZMA_CHECK_CRC32);
}

static int xz_open(struct codec *c, enum codec_type type, int level)
{
	static const lzma_stream fresh = LZMA_STREAM_INIT;
	struct xz_state *s = xrealloc(NULL, sizeof(*s));
	lzma_ret ret;

	(void)type;
	s->stream = fresh;
	ret = encoder(&s->stream, level);
	if (ret != LZMA_OK) {
		free(s);
		return ret == LZMA_MEM_ERROR ? -ENOMEM : -ENOSYS;
	}
	c->state = s;
	return 0;
}

/* Runs the encoder until it has taken all input, or to the end. */
static int run(struct codec *c, lzma_action action)
{
	struct xz_state *s = c->state;
	lzma_ret ret = LZMA_OK;

	while (!c->err && ret == LZMA_OK) {
		size_t n;

		s->stream.next_out = s->out;
		s->stream.avail_out = sizeof(s->out);
		ret = lzma_code(&s->stream, action);
		n = sizeof(s->out) - s->stream.avail_out;
		if (n)
			c->err = c->sink.write(c->sink.ctx, s->out, n);
		if (action == LZMA_RUN && !s->stream.avail_in &&
		    s->stream.avail_out)
			break;
	}
	if (!c->err && ret != LZMA_OK && ret != LZMA_STREAM_END)
		c->err = ret == LZMA_MEM_ERROR ? -ENOMEM : -EIO;
	return c->err;
}

static int xz_write(struct codec *c, const void *p, size_t n)
{
	struct xz_state *s = c->state;

	if (!n)
		return c->err;
	s->stream.next_in = p;
	s->stream.avail_in = n;
	return run(c, LZMA_RUN);
}

static int xz_finish(struct codec *c)
{
	return run(c, LZMA_FINISH);
}

static void xz_drop(struct codec *c)
{
	struct xz_state *s = c->state;

	lzma_end(&s->stream);
	free(s);
	c->state = NULL;
}

const struct codec_ops codec_xz_ops = {
	.open = xz_open,
	.write = xz_write,
	.finish = xz_finish,
	.drop = xz_drop,
};
