// SPDX-License-Identifier: MIT
#include "warm_store.h"

#include "bootid.h"
#include "cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define TMP	   ".tmp-"
#define RAM	   "ram"
#define DEVICE	   "device"
#define NOTE	   "note"
#define DEVICE_MAX (256UL << 20)
/* For the device state, and for the others on this disk. */
#define SLACK (64ULL << 20)
/* Of two that put the same state there one is later. */
#define TRIES 8

/* --- names ---------------------------------------------------------------- */

static char *path_of(const char *name)
{
	char *dir = cache_path("warm"), *path;

	path = dir ? xasprintf("%s/%s", dir, name) : NULL;
	free(dir);
	return path;
}

/* --- one state ------------------------------------------------------------ */

static int read_fd(int fd, struct buf *out, size_t max)
{
	static char piece[65536];
	off_t at = 0;
	ssize_t n;

	while ((n = pread(fd, piece, sizeof(piece), at)) > 0 && out->n < max) {
		buf_add(out, piece, (size_t)n);
		at += n;
	}
	return n ? -EIO : 0;
}

/* What its note says where all is as it was left. */
static int note_of(int ram, int device, const struct buf *key, struct buf *out)
{
	struct warm_note n = { .key = key };
	struct buf bytes = { 0 };
	struct stat st[2];
	int err;

	if (fstat(ram, &st[0]) || fstat(device, &st[1]))
		return -errno;
	/* What another user could have written must not be fed to QEMU. */
	for (int i = 0; i < 2; i++)
		if (st[i].st_uid != geteuid() || st[i].st_mode & 077)
			return -EPERM;
	err = read_fd(device, &bytes, DEVICE_MAX);
	if (!err && !bytes.n)
		err = -EIO;
	if (!err) {
		n.boot = *boot_id() ? boot_id() : "-";
		n.ram = filestamp_of(&st[0]);
		n.device = filestamp_of(&st[1]);
		n.crc = lzma_crc64((const uint8_t *)bytes.p, bytes.n, 0);
		warm_note_text(&n, out);
	}
	buf_free(&bytes);
	return err;
}

static bool same_note(int fd, const struct buf *want)
{
	struct buf got = { 0 };
	bool same = !read_fd(fd, &got, want->n + 1) && got.p && want->p &&
		    got.n == want->n && !memcmp(got.p, want->p, want->n);

	buf_free(&got);
	return same;
}

void warm_store_close(struct warm_state *s)
{
	if (s->ram >= 0)
		close(s->ram);
	if (s->device >= 0)
		close(s->device);
	*s = (struct warm_state)WARM_STATE_INIT;
}

static int open_whole(int dir, const struct buf *key, struct warm_state *out)
{
	const int flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	int note = openat(dir, NOTE, O_RDONLY | flags);
	struct buf want = { 0 };
	bool good;

	out->ram = openat(dir, RAM, O_RDWR | flags);
	out->device = openat(dir, DEVICE, O_RDONLY | flags);
	good = note >= 0 && out->ram >= 0 && out->device >= 0 &&
	       !note_of(out->ram, out->device, key, &want) &&
	       same_note(note, &want);
	buf_free(&want);
	if (good)
		/* Not a problem if it fails: it counts as used longer ago. */
		futimens(note, NULL);
	else
		warm_store_close(out);
	if (note >= 0)
		close(note);
	return good ? 0 : -ESTALE;
}

int warm_store_open(const char *digest, const struct buf *key,
		    struct warm_state *out, const char **why)
{
	char *path = path_of(digest);
	int dir = path ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	int err = dir < 0 ? -ENOENT : open_whole(dir, key, out);

	*why = err == -ENOENT ? "none is kept" :
	       err	      ? "the one that is kept is damaged or old" :
				NULL;
	if (dir >= 0)
		close(dir);
	free(path);
	return err;
}

void warm_store_remove(const char *digest)
{
	char *path = path_of(digest);

	/* Not a problem if it fails: the next run finds it no good either. */
	if (path)
		cache_remove(path);
	free(path);
}

/* --- all of them ------------------------------------------------------------ */

static bool is_state(const char *name)
{
	return strspn(name, "0123456789abcdef") == WARM_DIGEST - 1 &&
	       !name[WARM_DIGEST - 1];
}

/* Who makes one has it locked. */
static void remove_dead(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

	if (fd >= 0 && !flock(fd, LOCK_EX | LOCK_NB))
		cache_remove(path);
	if (fd >= 0)
		close(fd);
}

struct used {
	char *path;
	struct timespec at;
};

static int by_use(const void *a, const void *b)
{
	const struct timespec *x = &((const struct used *)a)->at;
	const struct timespec *y = &((const struct used *)b)->at;

	if (x->tv_sec != y->tv_sec)
		return x->tv_sec < y->tv_sec ? 1 : -1;
	return x->tv_nsec < y->tv_nsec ? 1 : x->tv_nsec > y->tv_nsec ? -1 : 0;
}

/* One without a note was never whole. */
static void add_used(struct used **v, size_t *n, const char *path)
{
	char *note = xasprintf("%s/" NOTE, path);
	struct stat st = { 0 };

	if (stat(note, &st))
		st.st_mtim.tv_sec = 0;
	*v = xrealloc(*v, (*n + 1) * sizeof(**v));
	(*v)[(*n)++] = (struct used){ xstrdup(path), st.st_mtim };
	free(note);
}

/* Not a problem if anything fails: the next one tries again. */
static void sweep(size_t keep)
{
	char *dir = cache_path("warm"), *path;
	DIR *d = dir ? opendir(dir) : NULL;
	struct used *v = NULL;
	struct dirent *e;
	size_t n = 0;

	while (d && (e = readdir(d))) {
		path = xasprintf("%s/%s", dir, e->d_name);
		if (!strncmp(e->d_name, TMP, strlen(TMP)))
			remove_dead(path);
		else if (is_state(e->d_name))
			add_used(&v, &n, path);
		free(path);
	}
	if (d)
		closedir(d);
	if (n)
		qsort(v, n, sizeof(*v), by_use);
	for (size_t i = 0; i < n; i++) {
		if (i >= keep)
			cache_remove(v[i].path);
		free(v[i].path);
	}
	free(v);
	free(dir);
}

/* --- a new one -------------------------------------------------------------- */

static void free_stage(struct warm_stage *st)
{
	if (st->device >= 0)
		close(st->device);
	if (st->lock >= 0)
		close(st->lock);
	free(st->dir);
	free(st->ram);
	*st = (struct warm_stage)WARM_STAGE_INIT;
}

void warm_store_drop(struct warm_stage *st)
{
	/* Not a problem if it fails: it is swept once it is not locked. */
	if (st->dir && st->lock >= 0)
		cache_remove(st->dir);
	free_stage(st);
}

/* The sweep may have come before the lock. */
static int make_locked(struct warm_stage *st)
{
	char *base = path_of(TMP "XXXXXX");
	struct stat st_dir = { 0 };
	int err = base ? 0 : -ENOENT;

	while (!err && !st_dir.st_nlink) {
		if (st->lock >= 0)
			close(st->lock);
		free(st->dir);
		st->lock = -1;
		st->dir = xstrdup(base);
		if (!mkdtemp(st->dir))
			err = -errno;
		if (!err)
			st->lock = open(st->dir, O_RDONLY | O_CLOEXEC);
		if (!err && st->lock < 0 && errno != ENOENT)
			err = -errno;
		if (st->lock >= 0 && flock(st->lock, LOCK_EX))
			err = -errno;
		if (st->lock >= 0)
			fstat(st->lock, &st_dir);
	}
	free(base);
	return err;
}

static int make_file(const char *path, unsigned long long size, int *fd)
{
	int err = 0;

	*fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (*fd < 0 || ftruncate(*fd, (off_t)size))
		err = -errno;
	return err;
}

static int has_room(const char *dir, unsigned long long bytes)
{
	struct statvfs fs;

	if (statvfs(dir, &fs))
		return -errno;
	return fs.f_bavail * (unsigned long long)fs.f_frsize < bytes + SLACK ?
		       -ENOSPC :
		       0;
}

int warm_store_begin(unsigned long long bytes, struct warm_stage *out)
{
	char *dir = NULL, *device;
	int err = cache_make(), ram = -1;

	*out = (struct warm_stage)WARM_STAGE_INIT;
	if (!err && !(dir = cache_path("warm")))
		err = -ENOENT;
	if (!err && mkdir(dir, 0700) && errno != EEXIST)
		err = -errno;
	if (!err)
		sweep(WARM_STORE_KEEP);
	if (!err)
		err = has_room(dir, bytes);
	if (!err)
		err = make_locked(out);
	if (!err) {
		out->ram = xasprintf("%s/" RAM, out->dir);
		device = xasprintf("%s/" DEVICE, out->dir);
		err = make_file(out->ram, bytes, &ram);
		if (!err)
			err = make_file(device, 0, &out->device);
		free(device);
	}
	if (ram >= 0)
		close(ram);
	if (err)
		warm_store_drop(out);
	free(dir);
	return err;
}

static int write_note(const struct warm_stage *st, const struct buf *key)
{
	char *path = xasprintf("%s/" NOTE, st->dir);
	int ram = open(st->ram, O_RDONLY | O_CLOEXEC), fd = -1, err;
	struct buf b = { 0 };

	err = ram < 0 ? -errno : note_of(ram, st->device, key, &b);
	if (!err)
		err = make_file(path, 0, &fd);
	for (size_t at = 0; !err && at < b.n;) {
		ssize_t n = write(fd, b.p + at, b.n - at);

		if (n < 0 && errno != EINTR)
			err = -errno;
		at += n > 0 ? (size_t)n : 0;
	}
	if (fd >= 0 && close(fd) && !err)
		err = -errno;
	if (ram >= 0)
		close(ram);
	buf_free(&b);
	free(path);
	return err;
}

/* A directory cannot be renamed over another one that has files in it, nor over
 * a file: that one gets a name by which it is swept. */
static int move_in(const struct warm_stage *st, const char *path)
{
	char *old = xasprintf("%s-old", st->dir);
	int err = -EEXIST;

	for (int i = 0; i < TRIES && err; i++) {
		err = rename(st->dir, path) ? -errno : 0;
		if (err != -ENOTEMPTY && err != -EEXIST && err != -ENOTDIR)
			break;
		if (!rename(path, old))
			cache_remove(old);
	}
	free(old);
	return err;
}

int warm_store_end(struct warm_stage *st, const char *digest,
		   const struct buf *key)
{
	char *path = path_of(digest);
	int err = write_note(st, key);

	if (!err)
		err = move_in(st, path);
	free(path);
	if (err) {
		warm_store_drop(st);
		return err;
	}
	free_stage(st);
	sweep(WARM_STORE_KEEP);
	return 0;
}
