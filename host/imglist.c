// SPDX-License-Identifier: MIT
#include "imglist.h"

#include "imgread.h"
#include "msg.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static char type_letter(uint32_t mode)
{
	static const struct {
		uint32_t type;
		char letter;
	} types[] = {
		{ S_IFREG, '-' },  { S_IFDIR, 'd' }, { S_IFLNK, 'l' },
		{ S_IFCHR, 'c' },  { S_IFBLK, 'b' }, { S_IFIFO, 'p' },
		{ S_IFSOCK, 's' },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].type == (mode & S_IFMT))
			return types[i].letter;
	return '?';
}

static void format_mode(uint32_t mode, char out[11])
{
	static const char letters[] = "rwxrwxrwx";

	out[0] = type_letter(mode);
	for (int i = 0; i < 9; i++)
		out[i + 1] = mode & 0400U >> i ? letters[i] : '-';
	if (mode & S_ISUID)
		out[3] = mode & S_IXUSR ? 's' : 'S';
	if (mode & S_ISGID)
		out[6] = mode & S_IXGRP ? 's' : 'S';
	if (mode & S_ISVTX)
		out[9] = mode & S_IXOTH ? 't' : 'T';
	out[10] = '\0';
}

static void format_name(const char *name, struct buf *out)
{
	for (const char *p = name; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if (c < ' ' || c == 127 || c == '\\')
			buf_addf(out, "\\x%02x", c);
		else
			buf_addc(out, *p);
	}
}

void imglist_format(const struct cpio_item *item, struct buf *out)
{
	const struct cpio_head *h = &item->head;
	char mode[11], size[32];

	format_mode(h->mode, mode);
	if (S_ISCHR(h->mode) || S_ISBLK(h->mode))
		snprintf(size, sizeof(size), "%u,%4u", h->rdevmajor,
			 h->rdevminor);
	else
		snprintf(size, sizeof(size), "%u", h->size);
	buf_addf(out, "%s %3u %u %u %10s ", mode, h->nlink, h->uid, h->gid,
		 size);
	format_name(item->name, out);
	if (item->target) {
		buf_adds(out, " -> ");
		format_name(item->target, out);
	}
	buf_addc(out, '\n');
}

static int print_item(void *ctx, const struct cpio_item *item)
{
	struct buf *line = ctx;

	line->n = 0;
	imglist_format(item, line);
	/* A full disk or a closed pipe shows at the end. */
	return fwrite(line->p, 1, line->n, stdout) == line->n ? 0 : -ECANCELED;
}

int imglist_print(const char *path)
{
	struct buf line = { 0 };
	struct imgfile f;
	int err = imgfile_open(path, &f);

	if (err) {
		msg_error("%s: cannot read: %s", path, strerror(-err));
		return err;
	}
	err = imgfile_read(&f, print_item, &line);
	buf_free(&line);
	if (fflush(stdout) || err == -ECANCELED) {
		msg_error("cannot write the list: %s", strerror(errno));
		err = -EIO;
	} else {
		err = imgfile_tell(&f, path, err);
	}
	imgfile_close(&f);
	return err;
}
