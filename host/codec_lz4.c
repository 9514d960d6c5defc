// SPDX-License-Identifier: MIT
/*
 * The legacy frame of LZ4 (lz4_Frame_format.md, "Legacy frame"): the only one
 * that the kernel unpacks, and none that libarchive writes.
 */
#include "codec.h"

#include "str.h"

#include <errno.h>
#include <limits.h>
#include <lz4.h>
#include <lz4hc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC 0x184C2102U
#define BLOCK (8 << 20)

struct lz4_state {
	int level;
	size_t n;
	char *in, *out;
	void *hc;
};

static void put_le32(char *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (char)(v >> 8 * i);
}

static int lz4_open(struct codec *c, enum codec_type type, int level)
{
	struct lz4_state *s = xrealloc(NULL, sizeof(*s));
	char magic[4];

	(void)type;
	s->level = level;
	s->n = 0;
	s->in = xrealloc(NULL, BLOCK);
	s->out = xrealloc(NULL, 4 + (size_t)LZ4_compressBound(BLOCK));
	s->hc = xrealloc(NULL, (size_t)LZ4_sizeofStateHC());
	c->state = s;
	put_le32(magic, MAGIC);
	c->err = c->sink.write(c->sink.ctx, magic, sizeof(magic));
	if (c->err)
		c->ops->drop(c);
	return c->err;
}

static int write_block(struct codec *c)
{
	struct lz4_state *s = c->state;
	int n = LZ4_compress_HC_extStateHC(s->hc, s->in, s->out + 4, (int)s->n,
					   LZ4_compressBound(BLOCK), s->level);

	if (n <= 0)
		return -EIO;
	put_le32(s->out, (uint32_t)n);
	s->n = 0;
	return c->sink.write(c->sink.ctx, s->out, 4 + (size_t)n);
}

static int lz4_write(struct codec *c, const void *p, size_t n)
{
	struct lz4_state *s = c->state;
	const char *from = p;

	while (n && !c->err) {
		size_t len = BLOCK - s->n < n ? BLOCK - s->n : n;

		memcpy(s->in + s->n, from, len);
		s->n += len;
		from += len;
		n -= len;
		if (s->n == BLOCK)
			c->err = write_block(c);
	}
	return c->err;
}

static int lz4_finish(struct codec *c)
{
	struct lz4_state *s = c->state;

	if (!c->err && s->n)
		c->err = write_block(c);
	return c->err;
}

static void lz4_drop(struct codec *c)
{
	struct lz4_state *s = c->state;

	free(s->in);
	free(s->out);
	free(s->hc);
	free(s);
	c->state = NULL;
}

const struct codec_ops codec_lz4_ops = {
	.open = lz4_open,
	.write = lz4_write,
	.finish = lz4_finish,
	.drop = lz4_drop,
};
