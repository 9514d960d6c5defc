// SPDX-License-Identifier: MIT
/* image_write(): the plan's entries as bytes of a file. */
#include "image.h"

#include "cli.h"
#include "cpio.h"
#include "imgread.h"
#include "msg.h"
#include "outfile.h"
#include "str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK (256 * 1024)
/* From here on copying inside the kernel is worth a system call of its own. */
#define LARGE (1024 * 1024)

struct packer {
	const char *path;
	struct outfile *of;
	struct codec codec;
	struct cpio_writer cpio;
	uint32_t mtime;
	/* plain: not compressed; failed: what writing returned */
	bool plain;
	int failed;
	char *block;
	/* where the last source of a tree was opened, -1: nowhere; dir_len:
	 * bytes of dir_of's @rel that are its name, with the slash */
	int dir;
	const struct image_entry *dir_of;
	size_t dir_len;
};

static int to_file(void *ctx, const void *p, size_t n)
{
	struct packer *k = ctx;

	k->failed = outfile_write(k->of, p, n);
	return k->failed;
}

static int to_codec(void *ctx, const void *p, size_t n)
{
	struct packer *k = ctx;
	int err = codec_write(&k->codec, p, n);

	if (err)
		k->failed = err;
	return err;
}

static int changed(const struct image_entry *e, const char *how)
{
	msg_error("%s: has %s while it was packed; try again", image_source(e),
		  how);
	return -EAGAIN;
}

static int read_error(const struct image_entry *e)
{
	int err = -errno;

	msg_error("%s: cannot read: %s", image_source(e), strerror(-err));
	return err;
}

static ssize_t read_some(int fd, char *p, size_t n)
{
	ssize_t got;

	do
		got = read(fd, p, n);
	while (got < 0 && errno == EINTR);
	return got;
}

/* Where bytes of a source are read to: the file's buffer, or, to be compressed,
 * one of our own. */
static int room(struct packer *k, uint64_t left, char **p, size_t *want)
{
	int err = 0;

	if (k->plain) {
		k->failed = err = outfile_room(k->of, p, want);
	} else {
		*p = k->block;
		*want = BLOCK;
	}
	if (*want > left + 1)
		*want = (size_t)left + 1;
	return err;
}

static int take(struct packer *k, const char *p, size_t n)
{
	if (!k->plain)
		return cpio_put_data(&k->cpio, p, n);
	outfile_took(k->of, n);
	k->cpio.pos += n;
	return 0;
}

/*
 * Reads one byte more than there should be, to see that there is none. A read
 * that gives all of the rest and no more has seen the end.
 */
static int put_stream(struct packer *k, const struct image_entry *e, int fd,
		      uint64_t left)
{
	for (;;) {
		size_t want;
		char *p;
		int err = room(k, left, &p, &want);
		ssize_t got = err ? 0 : read_some(fd, p, want);

		if (err)
			return err;
		if (got < 0)
			return read_error(e);
		if ((uint64_t)got > left)
			return changed(e, "grown");
		if (!got)
			return left ? changed(e, "shrunk") : 0;
		err = take(k, p, (size_t)got);
		if (err)
			return err;
		left -= (uint64_t)got;
		if (!left && (size_t)got < want)
			return 0;
	}
}

/* Return: a descriptor of the directory of a tree's file; -1. */
static int open_dir(struct packer *k, const struct image_entry *e, size_t len)
{
	char *path;

	if (k->dir >= 0 && k->dir_of->src == e->src && k->dir_len == len &&
	    !memcmp(k->dir_of->rel, e->rel, len))
		return k->dir;
	if (k->dir >= 0)
		close(k->dir);
	path = xasprintf("%s/%.*s", e->src, (int)len, e->rel);
	k->dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	k->dir_of = e;
	k->dir_len = len;
	free(path);
	return k->dir;
}

/* From its directory, which its neighbours are in, too: shorter to look up. */
static int open_source(struct packer *k, const struct image_entry *e)
{
	/* What has become a pipe meanwhile must not block. */
	const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	const char *slash = e->rel ? strrchr(e->rel, '/') : NULL;
	size_t len = slash ? (size_t)(slash + 1 - e->rel) : 0;
	int dir = e->rel ? open_dir(k, e, len) : -1;

	return dir < 0 ? open(image_source(e), flags) :
			 openat(dir, e->rel + len, flags);
}

static int put_source(struct packer *k, const struct image_entry *e)
{
	int fd = open_source(k, e);
	uint64_t done = 0;
	int err = 0;

	if (fd < 0)
		return read_error(e);
	if (k->plain && e->size >= LARGE) {
		err = outfile_copy(k->of, fd, e->size, &done);
		k->cpio.pos += done;
		k->failed = err;
	}
	if (!err)
		err = put_stream(k, e, fd, e->size - done);
	close(fd);
	return err;
}

static int put_entry(struct packer *k, const struct image_entry *e)
{
	struct cpio_head head = {
		.ino = e->ino,
		.mode = e->mode,
		.uid = e->uid,
		.gid = e->gid,
		.nlink = e->nlink,
		.mtime = k->mtime,
		.size = e->first ? 0 : (uint32_t)e->size,
		.rdevmajor = e->major,
		.rdevminor = e->minor,
	};
	int err = cpio_put_head(&k->cpio, &head, e->path);

	if (err || e->first)
		return err;
	if (e->data)
		err = cpio_put_data(&k->cpio, e->data, e->size);
	else if (S_ISREG(e->mode))
		err = put_source(k, e);
	return err ? err : cpio_put_pad(&k->cpio);
}

static int put_archive(struct packer *k, const struct image *img,
		       const struct codec_choice *choice)
{
	struct codec_sink sink = { .write = to_file, .ctx = k };
	int err = codec_open(&k->codec, choice, sink);

	if (err) {
		if (!k->failed)
			msg_error("cannot compress with %s: %s",
				  codec_name(choice->type), strerror(-err));
		return err;
	}
	for (size_t i = 0; !err && i < img->n_order; i++)
		err = put_entry(k, img->order[i]);
	if (!err)
		err = cpio_put_trailer(&k->cpio);
	if (err) {
		codec_abort(&k->codec);
		return err;
	}
	err = codec_close(&k->codec);
	if (err)
		k->failed = err;
	return err;
}

/* --- the image that this one is appended to ----------------------------- */

static int add_base(void *ctx, const struct cpio_item *item)
{
	struct image *img = ctx;
	char path[CPIO_PATH_MAX + 1];
	struct image_entry e = { .path = path, .rank = IMAGE_BASE };

	/* What we would not write may well be there: it is not ours. */
	if (image_path(item->name, path))
		return 0;
	e.mode = item->head.mode;
	if (item->target) {
		e.size = strlen(item->target);
		e.data = image_dup(img, item->target, e.size);
	}
	if (S_ISLNK(e.mode) && !e.size)
		return 0;
	e.src = "the image appended to";
	return image_add(img, &e);
}

static int open_base(struct image *img, const char *path, struct imgfile *base,
		     bool known)
{
	int err = imgfile_open(path, base);

	if (err) {
		msg_error("%s: cannot read: %s", path, strerror(-err));
		return err;
	}
	if (!known)
		err = imgfile_tell(base, path,
				   imgfile_read(base, add_base, img));
	if (err)
		imgfile_close(base);
	return err;
}

/* The kernel looks for archives at multiples of 4 only. */
static int copy_base(struct packer *k, const char *path,
		     const struct imgfile *base)
{
	struct image_entry e = { .src = path, .size = base->size };
	size_t pad = -base->size & 3;
	uint64_t done;
	int err = outfile_copy(k->of, base->fd, base->size, &done);

	k->cpio = (struct cpio_writer){ .write = to_file, .ctx = k };
	if (err)
		k->failed = err;
	else
		err = put_stream(k, &e, base->fd, base->size - done);
	if (err)
		return err;
	/* It takes lz4 to be at its end where a block has no bytes. */
	if (!strcmp(base->last, "lz4"))
		pad += 4;
	return to_file(k, (char[8]){ 0 }, pad);
}

/* --- all of it ---------------------------------------------------------- */

static int source_date(uint32_t *out)
{
	const char *text = getenv("SOURCE_DATE_EPOCH");
	long long n = 0;

	if (text && *text && cli_number(text, 0, UINT32_MAX, &n)) {
		msg_error("SOURCE_DATE_EPOCH=%s: must be a number of seconds "
			  "from 0 to 4294967295",
			  text);
		return -EINVAL;
	}
	*out = (uint32_t)n;
	return 0;
}

static int write_all(struct packer *k, const struct image *img,
		     const struct codec_choice *choice, const char *base_path,
		     const struct imgfile *base)
{
	int err = outfile_open(k->path, &k->of);

	if (err) {
		k->failed = err;
		return err;
	}
	if (base_path)
		err = copy_base(k, base_path, base);
	k->cpio = (struct cpio_writer){ .write = to_codec, .ctx = k };
	if (!err)
		err = put_archive(k, img, choice);
	if (err) {
		outfile_abort(k->of);
		return err;
	}
	k->failed = outfile_close(k->of);
	return k->failed;
}

/* @known: @img has the base's entries already. */
static int write_image(struct image *img, const char *path,
		       const struct codec_choice *choice, const char *append_to,
		       bool known)
{
	struct packer k = {
		.path = path,
		.plain = choice->type == CODEC_NONE,
		.dir = -1,
	};
	struct imgfile base = { .fd = -1 };
	int err = source_date(&k.mtime);

	if (!err && append_to)
		err = open_base(img, append_to, &base, known);
	if (!err)
		err = image_plan(img);
	if (!err) {
		k.block = xrealloc(NULL, BLOCK);
		err = write_all(&k, img, choice, append_to, &base);
		free(k.block);
		if (k.dir >= 0)
			close(k.dir);
	}
	if (k.failed)
		msg_error("%s: cannot write: %s%s", path, strerror(-k.failed),
			  k.failed == -ENOSPC ? "; choose a disk with more "
						"room" :
						"");
	imgfile_close(&base);
	return err;
}

int image_write(struct image *img, const char *path,
		const struct codec_choice *choice, const char *append_to)
{
	return write_image(img, path, choice, append_to, false);
}

int image_write_behind(struct image *img, const char *path,
		       const struct codec_choice *choice, const char *base)
{
	return write_image(img, path, choice, base, true);
}
