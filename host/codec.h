/* SPDX-License-Identifier: MIT */
/*
 * Compression as the kernel's decompressors take it (lib/decompress_*.c):
 * bytes go in, compressed bytes come out through a callback. The same input
 * gives the same output.
 */
#ifndef BOOTLET_CODEC_H
#define BOOTLET_CODEC_H

#include <stddef.h>

enum codec_type {
	CODEC_NONE,
	CODEC_GZIP,
	CODEC_ZSTD,
	CODEC_LZ4,
	CODEC_XZ,
	CODEC_TYPES,
};

/** struct codec_choice - what was asked for; all zero is no compression */
struct codec_choice {
	enum codec_type type;
	/** @level: 0 for the default, else within the codec's range */
	int level;
};

/** struct codec_sink - where compressed bytes go */
struct codec_sink {
	/** @write: Return: 0 or -errno */
	int (*write)(void *ctx, const void *p, size_t n);
	void *ctx;
};

struct codec;

/** struct codec_ops - one way to compress; used by codec.c alone */
struct codec_ops {
	int (*open)(struct codec *c, enum codec_type type, int level);
	int (*write)(struct codec *c, const void *p, size_t n);
	/* Writes the end. */
	int (*finish)(struct codec *c);
	/* Frees @state; after finish() or instead of it. */
	void (*drop)(struct codec *c);
};

/** struct codec - a compression under way */
struct codec {
	const struct codec_ops *ops;
	struct codec_sink sink;
	/** @state: the ops' own; @err: what @sink returned, for libraries that
	 * do not pass it on */
	void *state;
	int err;
};

extern const struct codec_ops codec_archive_ops, codec_lz4_ops, codec_xz_ops;

/**
 * parse_codec() - read "NAME" or "NAME:LEVEL"
 * @text: none, gzip, zstd, lz4 or xz, and a decimal level
 * @out:  the choice
 *
 * Return: NULL; or what is wrong in a few words (static text).
 */
const char *parse_codec(const char *text, struct codec_choice *out);

/** codec_name() - the name that parse_codec() reads */
const char *codec_name(enum codec_type type);

/**
 * codec_open() - begin to compress
 * @c:      filled in
 * @choice: how
 * @sink:   where to
 *
 * Return: 0; -ENOMEM; -ENOSYS where the library was built without it.
 */
int codec_open(struct codec *c, const struct codec_choice *choice,
	       struct codec_sink sink);

/** codec_write() - compress @n bytes. Return: 0; what the sink returned */
int codec_write(struct codec *c, const void *p, size_t n);

/** codec_close() - write the end and free. Return: 0; what the sink returned */
int codec_close(struct codec *c);

/** codec_abort() - free without writing more */
void codec_abort(struct codec *c);

#endif
