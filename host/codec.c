// SPDX-License-Identifier: MIT
#include "codec.h"

#include "cli.h"

#include <assert.h>
#include <string.h>

static int plain_open(struct codec *c, enum codec_type type, int level)
{
	(void)c, (void)type, (void)level;
	return 0;
}

static int plain_write(struct codec *c, const void *p, size_t n)
{
	return c->sink.write(c->sink.ctx, p, n);
}

static int plain_finish(struct codec *c)
{
	(void)c;
	return 0;
}

static void plain_drop(struct codec *c)
{
	(void)c;
}

static const struct codec_ops plain_ops = {
	.open = plain_open,
	.write = plain_write,
	.finish = plain_finish,
	.drop = plain_drop,
};

/* Above 19 zstd takes a window that a small guest has no memory for. */
static const struct {
	const char *name, *range;
	const struct codec_ops *ops;
	int min, max, normal;
} codecs[] = {
	[CODEC_NONE] = { "none", "none has no level", &plain_ops, 1, 0, 0 },
	[CODEC_GZIP] = { "gzip", "its level is a number from 1 to 9",
			 &codec_archive_ops, 1, 9, 6 },
	[CODEC_ZSTD] = { "zstd", "its level is a number from 1 to 19",
			 &codec_archive_ops, 1, 19, 3 },
	[CODEC_LZ4] = { "lz4", "its level is a number from 1 to 12",
			&codec_lz4_ops, 1, 12, 9 },
	/* Its default is no level: see codec_xz.c. */
	[CODEC_XZ] = { "xz", "its level is a number from 1 to 9", &codec_xz_ops,
		       1, 9, 0 },
};

static_assert(sizeof(codecs) / sizeof(codecs[0]) == CODEC_TYPES,
	      "a row for each codec");

const char *parse_codec(const char *text, struct codec_choice *out)
{
	size_t len = strcspn(text, ":");
	long long level;

	for (int i = 0; i < CODEC_TYPES; i++) {
		if (strlen(codecs[i].name) != len ||
		    strncmp(codecs[i].name, text, len))
			continue;
		out->type = (enum codec_type)i;
		out->level = 0;
		if (!text[len])
			return NULL;
		if (cli_number(text + len + 1, codecs[i].min, codecs[i].max,
			       &level))
			return codecs[i].range;
		out->level = (int)level;
		return NULL;
	}
	return "no such compression; there are none, gzip, zstd, lz4 and xz";
}

const char *codec_name(enum codec_type type)
{
	return codecs[type].name;
}

int codec_open(struct codec *c, const struct codec_choice *choice,
	       struct codec_sink sink)
{
	*c = (struct codec){ .ops = codecs[choice->type].ops, .sink = sink };
	return c->ops->open(c, choice->type,
			    choice->level ? choice->level :
					    codecs[choice->type].normal);
}

int codec_write(struct codec *c, const void *p, size_t n)
{
	return c->ops->write(c, p, n);
}

int codec_close(struct codec *c)
{
	int err = c->ops->finish(c);

	c->ops->drop(c);
	return err;
}

void codec_abort(struct codec *c)
{
	c->ops->drop(c);
}
