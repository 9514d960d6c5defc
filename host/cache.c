// SPDX-License-Identifier: MIT
#include "cache.h"

#include "cachefile.h"
#include "msg.h"
#include "str.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Next to the entries lie, for the entry A/B, .lock-A+B and .stage-A+B. */
#define STAMP	     ".bootlet-complete"
#define LOCK_PREFIX  ".lock-"
#define STAGE_PREFIX ".stage-"

static char *cache_root(void)
{
	const char *xdg = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");

	if (xdg && *xdg == '/')
		return xasprintf("%s/bootlet", xdg);
	if (home && *home == '/')
		return xasprintf("%s/.cache/bootlet", home);
	return NULL;
}

char *cache_path(const char *name)
{
	char *root = cache_root(), *path;

	if (!root)
		return NULL;
	path = xasprintf("%s/%s", root, name);
	free(root);
	return path;
}

/* mkdir -p, mode 0700: the specification's for a cache that is missing. */
static int make_dirs(char *path)
{
	int err = 0;

	for (char *p = path + 1; !err; p++) {
		char was = *p;

		if (was && was != '/')
			continue;
		*p = '\0';
		if (mkdir(path, 0700) && errno != EEXIST)
			err = -errno;
		*p = was;
		if (!was)
			break;
	}
	return err;
}

int cache_make(void)
{
	char *root = cache_root();
	int err = root ? make_dirs(root) : -ENOENT;

	free(root);
	return err;
}

char *cache_dir(void)
{
	char *root = cache_root();
	struct stat st;
	int err;

	if (!root) {
		msg_error("no place for the cache: neither XDG_CACHE_HOME nor "
			  "HOME is an absolute path; set XDG_CACHE_HOME");
		errno = ENOENT;
		return NULL;
	}
	err = make_dirs(root);
	if (!err && stat(root, &st))
		err = -errno;
	if (!err && !S_ISDIR(st.st_mode))
		err = -ENOTDIR;
	if (!err && access(root, W_OK | X_OK))
		err = -errno;
	if (!err)
		return root;
	msg_error("%s: cannot use this directory as cache: %s; set "
		  "XDG_CACHE_HOME to another one",
		  root, strerror(-err));
	free(root);
	errno = -err;
	return NULL;
}

static int remove_one(const char *path, const struct stat *st, int flag,
		      struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	/* Not a problem if it fails: the directory above it then does too. */
	if (flag == FTW_DNR && !chmod(path, 0700))
		cache_remove(path);
	remove(path);
	return 0;
}

/* A package may hold directories without write permission. */
static int unlock_one(const char *path, const struct stat *st, int flag,
		      struct FTW *ftw)
{
	(void)ftw;
	/* Not a problem if it fails: removing what is inside then does. */
	if (flag == FTW_D && (st->st_mode & 0700) != 0700)
		chmod(path, 0700);
	return 0;
}

int cache_remove(const char *path)
{
	struct stat st;

	nftw(path, unlock_one, 16, FTW_PHYS);
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	if (!lstat(path, &st))
		return -ENOTEMPTY;
	return errno == ENOENT ? 0 : -errno;
}

char *cache_lookup(const char *name)
{
	char *path = cache_path(name), *real, *stamp;

	if (!path)
		return NULL;
	real = realpath(path, NULL);
	free(path);
	if (!real)
		return NULL;
	stamp = xasprintf("%s/" STAMP, real);
	if (access(stamp, F_OK)) {
		free(real);
		real = NULL;
	}
	free(stamp);
	return real;
}

/* "kernels/sid" -> "ROOT/.lock-kernels+sid" */
static char *side_path(const char *root, const char *prefix, const char *name)
{
	char *path = xasprintf("%s/%s%s", root, prefix, name);

	for (char *p = path + strlen(root) + 1; *p; p++)
		if (*p == '/')
			*p = '+';
	return path;
}

static int lock_take(const char *root, const char *name, bool wait)
{
	char *path = side_path(root, LOCK_PREFIX, name);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int err = fd < 0 ? -errno : 0;

	if (!err && flock(fd, LOCK_EX | LOCK_NB))
		err = -errno;
	if (err == -EWOULDBLOCK && wait) {
		msg_info("%s: waiting for another bootlet that fetches it",
			 name);
		do
			err = flock(fd, LOCK_EX) ? -errno : 0;
		while (err == -EINTR);
	}
	free(path);
	if (err && fd >= 0)
		close(fd);
	return err ? err : fd;
}

/* Whoever fills a stage holds its lock: one that is free belongs to the dead. */
static void stages_sweep(const char *root)
{
	DIR *d = opendir(root);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		size_t skip = strlen(STAGE_PREFIX);
		char *path;
		int fd;

		if (strncmp(e->d_name, STAGE_PREFIX, skip))
			continue;
		fd = lock_take(root, e->d_name + skip, false);
		if (fd < 0)
			continue;
		path = xasprintf("%s/%s", root, e->d_name);
		msg_debug("%s: removing what an interrupted run left", path);
		/* Not a problem if it fails: the next run tries again. */
		cache_remove(path);
		free(path);
		close(fd);
	}
	if (d)
		closedir(d);
}

int cache_stage(const char *name, struct cache_stage *st)
{
	char *root = cache_dir();
	int err = 0;

	st->dir = st->name = NULL;
	st->lock = -1;
	if (!root)
		return -errno;
	stages_sweep(root);
	st->name = xstrdup(name);
	st->dir = side_path(root, STAGE_PREFIX, name);
	st->lock = lock_take(root, name, true);
	if (st->lock < 0)
		err = st->lock;
	if (!err)
		err = cache_remove(st->dir);
	if (!err && mkdir(st->dir, 0700))
		err = -errno;
	if (err) {
		msg_error("%s: cannot begin: %s", st->dir, strerror(-err));
		cache_drop(st);
	}
	free(root);
	return err;
}

static void stage_free(struct cache_stage *st)
{
	if (st->lock >= 0)
		close(st->lock);
	free(st->dir);
	free(st->name);
	*st = (struct cache_stage){ .lock = -1 };
}

void cache_drop(struct cache_stage *st)
{
	/* Not a problem if it fails: the next run sweeps. */
	if (st->lock >= 0)
		cache_remove(st->dir);
	stage_free(st);
}

/* The stamp goes in when all else is on the disk, so that a crash of the
 * machine cannot leave a stamp on half a directory. */
static int stamp_write(const char *dir)
{
	char *path = xasprintf("%s/" STAMP, dir);
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err = fd < 0 || syncfs(fd) ? -errno : 0;

	if (fd >= 0)
		close(fd);
	if (!err) {
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		if (fd < 0 || write(fd, "1\n", 2) != 2 || fsync(fd))
			err = errno ? -errno : -EIO;
		if (fd >= 0)
			close(fd);
	}
	free(path);
	return err;
}

static int link_set(const char *root, const char *name, const char *to)
{
	char *path = xasprintf("%s/%s", root, name);
	char *tmp = xasprintf("%s.new", path);
	const char *base = strrchr(to, '/');
	int err = 0;

	/* Not a problem if it fails: mostly there is none. */
	unlink(tmp);
	if (symlink(base ? base + 1 : to, tmp))
		err = -errno;
	if (!err)
		err = cachefile_rename(tmp, path);
	if (err)
		unlink(tmp);
	free(tmp);
	free(path);
	return err;
}

static int stage_rename(struct cache_stage *st, const char *root,
			const char *name)
{
	char *path = xasprintf("%s/%s", root, name);
	char *slash = strrchr(path, '/');
	int err;

	*slash = '\0';
	err = make_dirs(path);
	*slash = '/';
	if (!err)
		err = cache_remove(path);
	if (!err && rename(st->dir, path))
		err = -errno;
	free(path);
	return err;
}

int cache_commit(struct cache_stage *st, const char *name)
{
	char *root = cache_dir();
	int err = root ? stamp_write(st->dir) : -errno;

	if (!err)
		err = stage_rename(st, root, name);
	if (!err && strcmp(name, st->name))
		err = link_set(root, st->name, name);
	free(root);
	if (err) {
		msg_error("%s: cannot put it into the cache: %s", name,
			  strerror(-err));
		cache_drop(st);
		return err;
	}
	stage_free(st);
	return 0;
}

int cache_lock(const char *name)
{
	char *root = cache_dir();
	int fd = root ? lock_take(root, name, true) : -errno;

	if (root && fd < 0)
		msg_error("%s: cannot lock it: %s", root, strerror(-fd));
	free(root);
	return fd;
}

static unsigned long long size_sum;

static int size_one(const char *path, const struct stat *st, int flag,
		    struct FTW *ftw)
{
	(void)path;
	(void)ftw;
	if (flag != FTW_NS)
		size_sum += st->st_blocks * 512ULL;
	return 0;
}

unsigned long long cache_size(const char *path)
{
	size_sum = 0;
	nftw(path, size_one, 16, FTW_PHYS);
	return size_sum;
}

const char *cache_format_size(unsigned long long bytes)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
	static char text[32];
	double v = bytes;
	size_t u = 0;

	while (v >= 999.5 && u < 4) {
		v /= 1000;
		u++;
	}
	snprintf(text, sizeof(text), v < 9.95 && u ? "%.1f %s" : "%.0f %s", v,
		 units[u]);
	return text;
}
