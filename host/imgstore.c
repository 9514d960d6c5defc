// SPDX-License-Identifier: MIT
#include "imgstore.h"

#include "bootid.h"
#include "cache.h"
#include "cachefile.h"
#include "str.h"
#include "vmsweep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define NOTE_MAX (1 << 20)

int imgstore_open(struct imgstore *s)
{
	int err = cache_make();
	struct stat st;

	*s = (struct imgstore){ .dir = err ? NULL : cache_path("images") };
	if (s->dir && mkdir(s->dir, 0700) && errno != EEXIST)
		err = -errno;
	if (!err && (stat(s->dir, &st) || access(s->dir, W_OK | X_OK)))
		err = -errno;
	if (!err && !S_ISDIR(st.st_mode))
		err = -ENOTDIR;
	strcpy(s->boot, *boot_id() ? boot_id() : "-");
	return err;
}

void imgstore_close(struct imgstore *s)
{
	free(s->dir);
	s->dir = NULL;
}

int imgstore_room(const struct imgstore *s, unsigned long long bytes)
{
	struct statvfs fs;

	if (statvfs(s->dir, &fs))
		return -errno;
	/* Its note, and the headers of the archive. */
	bytes += 1 << 20;
	return bytes / fs.f_frsize < fs.f_bavail ? 0 : -ENOSPC;
}

char *imgstore_path(const struct imgstore *s)
{
	return xasprintf("%s/%s", s->dir, s->key);
}

static char *note_at(const struct imgstore *s)
{
	return xasprintf("%s/%s" VMSWEEP_NOTE, s->dir, s->key);
}

/* --- what is there -------------------------------------------------------- */

static bool note_holds(const struct imgstore *s, const struct imgnote *n,
		       int fd)
{
	struct filestamp now;
	struct stat st;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return false;
	now = filestamp_of(&st);
	/* Another name of it makes another ctime. */
	now.ctime = n->image.ctime;
	/* A crash keeps stamps and loses bytes. */
	return filestamp_same(&n->image, &now) && !strcmp(n->boot, s->boot) &&
	       imgnote_fresh(n);
}

int imgstore_find(const struct imgstore *s)
{
	char *image = imgstore_path(s), *path = note_at(s);
	struct imgnote n = { 0 };
	struct buf b = { 0 };
	int fd = -ENOENT;

	if (!cachefile_read(path, &b, NOTE_MAX) && b.n &&
	    !parse_imgnote(b.p, &n))
		fd = cachefile_open(image);
	if (fd >= 0 && note_holds(s, &n, fd)) {
		/* Not a problem if it fails: it leaves the cache earlier. */
		utimensat(AT_FDCWD, path, NULL, 0);
	} else {
		if (fd >= 0)
			close(fd);
		fd = -ENOENT;
	}
	imgnote_free(&n);
	buf_free(&b);
	free(image);
	free(path);
	return fd;
}

int imgstore_note(const struct imgstore *s, struct imgnote *n, int fd)
{
	char *path = note_at(s);
	char *tmp = xasprintf("%s/" VMSWEEP_TMP "%d", s->dir, getpid());
	struct buf b = { 0 };
	struct stat st;
	FILE *f = NULL;
	int err = fstat(fd, &st) ? -errno : 0;

	if (!err) {
		n->image = filestamp_of(&st);
		strcpy(n->boot, s->boot);
		imgnote_format(n, &b);
		f = fopen(tmp, "we");
		err = f ? 0 : -errno;
	}
	if (f && (fwrite(b.p, 1, b.n, f) != b.n) + (fclose(f) != 0))
		err = -EIO;
	if (!err)
		err = cachefile_rename(tmp, path);
	if (err)
		unlink(tmp);
	buf_free(&b);
	free(tmp);
	free(path);
	return err;
}
