// SPDX-License-Identifier: MIT
/* gzip and zstd by libarchive: its "raw" format is one stream of bytes. */
#include "codec.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

static la_ssize_t sink_write(struct archive *a, void *ctx, const void *p,
			     size_t n)
{
	struct codec *c = ctx;
	int err;

	/* Once it has failed, libarchive still writes its end. */
	if (c->err)
		return (la_ssize_t)n;
	err = c->sink.write(c->sink.ctx, p, n);
	if (!err)
		return (la_ssize_t)n;
	c->err = err;
	archive_set_error(a, -err, "write");
	return -1;
}

static int set_filter(struct archive *a, enum codec_type type, int level)
{
	const char *filter = type == CODEC_GZIP ? "gzip" : "zstd";
	char number[16];

	snprintf(number, sizeof(number), "%d", level);
	if (archive_write_add_filter_by_name(a, filter) != ARCHIVE_OK)
		return -ENOSYS;
	if (archive_write_set_filter_option(a, filter, "compression-level",
					    number) != ARCHIVE_OK)
		return -ENOSYS;
	/* The time of the packing would make each image another one. */
	if (type == CODEC_GZIP &&
	    archive_write_set_filter_option(a, filter, "timestamp", NULL) !=
		    ARCHIVE_OK)
		return -ENOSYS;
	return 0;
}

static int begin(struct codec *c, struct archive *a)
{
	struct archive_entry *e = archive_entry_new();
	int err = -ENOMEM;

	if (!e)
		return err;
	archive_entry_set_filetype(e, S_IFREG);
	if (archive_write_set_format_raw(a) == ARCHIVE_OK &&
	    archive_write_set_bytes_per_block(a, 65536) == ARCHIVE_OK &&
	    archive_write_set_bytes_in_last_block(a, 1) == ARCHIVE_OK &&
	    archive_write_open2(a, c, NULL, sink_write, NULL, NULL) ==
		    ARCHIVE_OK &&
	    archive_write_header(a, e) == ARCHIVE_OK)
		err = 0;
	else if (c->err)
		err = c->err;
	archive_entry_free(e);
	return err;
}

static int archive_open(struct codec *c, enum codec_type type, int level)
{
	struct archive *a = archive_write_new();
	int err;

	if (!a)
		return -ENOMEM;
	err = set_filter(a, type, level);
	if (!err)
		err = begin(c, a);
	if (err) {
		c->err = err;
		archive_write_free(a);
		return err;
	}
	c->state = a;
	return 0;
}

static int archive_write(struct codec *c, const void *p, size_t n)
{
	const char *from = p;

	while (n && !c->err) {
		la_ssize_t did = archive_write_data(c->state, from, n);

		if (did <= 0) {
			c->err = c->err ? c->err : -EIO;
			break;
		}
		from += did;
		n -= (size_t)did;
	}
	return c->err;
}

static int archive_finish(struct codec *c)
{
	if (archive_write_close(c->state) != ARCHIVE_OK && !c->err)
		c->err = -EIO;
	return c->err;
}

static void archive_drop(struct codec *c)
{
	/* Freeing writes what is left: no longer to the sink. */
	if (!c->err)
		c->err = -ECANCELED;
	archive_write_free(c->state);
	c->state = NULL;
}

const struct codec_ops codec_archive_ops = {
	.open = archive_open,
	.write = archive_write,
	.finish = archive_finish,
	.drop = archive_drop,
};
