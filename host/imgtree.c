// SPDX-License-Identifier: MIT
/* What this machine's file system gives to an image. */
#include "image.h"

#include "cpio.h"
#include "msg.h"
#include "str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* A directory being read; deeper ones point to it. */
struct tree {
	struct image *img;
	enum image_rank rank;
	/* src: the tree's top; path: where it goes, "" or ended by "/" */
	const char *src;
	struct buf path;
	size_t top;
	/* block: for getdents64(2) */
	char *block;
};

#define BLOCK 32768

/* As getdents64(2) lays it out. */
struct entry64 {
	uint64_t ino;
	int64_t off;
	unsigned short reclen;
	unsigned char type;
	char name[];
};

static void entry_from_stat(struct image_entry *e, const struct stat *st)
{
	e->mode = st->st_mode;
	if (S_ISREG(st->st_mode)) {
		e->size = (uint64_t)st->st_size;
		if (st->st_nlink > 1) {
			e->dev = st->st_dev;
			e->inode = st->st_ino;
		}
	} else if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode)) {
		e->major = major(st->st_rdev);
		e->minor = minor(st->st_rdev);
	}
}

/*
 * Whether only reading tells the size. A pipe has none: `--file <(...):/x`.
 * Nor have files that the kernel makes up: 0 it says in /proc, a page in /sys,
 * and no blocks in either. A small sparse file may be read now as well.
 */
static bool must_read(const struct stat *st)
{
	return S_ISFIFO(st->st_mode) ||
	       (S_ISREG(st->st_mode) &&
		(!st->st_size ||
		 (!st->st_blocks && st->st_size <= sysconf(_SC_PAGESIZE))));
}

static int add_read(struct image *img, struct image_entry *e)
{
	struct buf b = { 0 };
	int err = read_file(e->src, &b, CPIO_SIZE_MAX);

	if (err) {
		msg_error("%s: cannot read: %s", e->src, strerror(-err));
	} else {
		/* Without bytes it stays a source, whose growth is noticed. */
		if (b.n || S_ISFIFO(e->mode))
			e->data = image_dup(img, b.p ? b.p : "", b.n);
		e->size = b.n;
		e->mode = S_IFREG | (e->mode & 07777);
		err = image_add(img, e);
	}
	buf_free(&b);
	return err;
}

int image_add_file(struct image *img, enum image_rank rank, const char *path,
		   const char *src, int mode)
{
	struct image_entry e = { .path = path, .rank = rank };
	struct stat st;

	if (stat(src, &st)) {
		int err = -errno;

		msg_error("%s: %s", src, strerror(-err));
		return err;
	}
	e.src = image_dup(img, src, strlen(src));
	entry_from_stat(&e, &st);
	if (mode >= 0)
		e.mode = (e.mode & S_IFMT) | ((unsigned int)mode & 07777);
	if (must_read(&st))
		return add_read(img, &e);
	if (S_ISREG(st.st_mode)) {
		/* Now rather than after everything else has been read; what all
		 * may read needs no question. */
		if ((st.st_mode & 0444) == 0444 || !access(src, R_OK))
			return image_add(img, &e);
		msg_error("%s: cannot read: %s", src, strerror(errno));
		return -EACCES;
	}
	msg_error("%s: is %s", src,
		  S_ISDIR(st.st_mode) ? "a directory; use --dir" :
					"not a regular file; use --node for "
					"a device");
	return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
}

static int tree_error(struct tree *t, int err)
{
	const char *rel = t->path.p + t->top;

	msg_error("%s%s%s: cannot read: %s", t->src, *rel ? "/" : "", rel,
		  strerror(-err));
	return err;
}

static int read_target(struct tree *t, int dirfd, const char *name,
		       struct image_entry *e)
{
	char target[CPIO_PATH_MAX + 1];
	ssize_t n = readlinkat(dirfd, name, target, sizeof(target));

	if (n < 0)
		return tree_error(t, -errno);
	e->data = image_dup(t->img, target, (size_t)n);
	e->size = (uint64_t)n;
	return 0;
}

/* The image's path of an entry ends as its source's does: one text for both. */
static void share_tail(struct image_entry *e, size_t len)
{
	e->rel = e->path + strlen(e->path) - len;
}

static int add_dirfd(struct tree *t, int fd);

static int add_name(struct tree *t, int dirfd, const char *name)
{
	struct image_entry e = { .src = t->src, .rank = t->rank };
	struct stat st;
	int err = 0;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW))
		return tree_error(t, -errno);
	if (st.st_ino == t->img->skip_ino && st.st_dev == t->img->skip_dev) {
		msg_warn("%s/%s: is the image itself; left out", t->src,
			 t->path.p + t->top);
		return 0;
	}
	entry_from_stat(&e, &st);
	e.path = t->path.p;
	if (S_ISLNK(st.st_mode))
		err = read_target(t, dirfd, name, &e);
	if (err)
		return err;
	e.rel = t->path.p + t->top;
	err = image_add(t->img, &e);
	if (err)
		return err;
	share_tail(&t->img->e[t->img->n - 1], t->path.n - t->top);
	if (!S_ISDIR(st.st_mode))
		return 0;
	err = openat(dirfd, name,
		     O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return err < 0 ? tree_error(t, -errno) : add_dirfd(t, err);
}

/* What is in one directory: offsets of names in a row of them, each ended by
 * NUL, for the row may move while it grows. */
struct names {
	struct buf text;
	size_t *at, n, cap;
};

static int compare_names(const void *a, const void *b, void *text)
{
	return strcmp((const char *)text + *(const size_t *)a,
		      (const char *)text + *(const size_t *)b);
}

static void names_free(struct names *names)
{
	buf_free(&names->text);
	free(names->at);
}

static void add_one(struct names *names, const char *name)
{
	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return;
	if (names->n == names->cap) {
		names->cap = names->cap ? names->cap * 2 : 32;
		names->at =
			xrealloc(names->at, names->cap * sizeof(*names->at));
	}
	names->at[names->n++] = names->text.n;
	buf_add(&names->text, name, strlen(name) + 1);
}

/* getdents64(2) itself: readdir(3) adds four system calls a directory. */
static int read_names(struct tree *t, int fd, struct names *names)
{
	long got;

	while ((got = syscall(SYS_getdents64, fd, t->block, BLOCK)) > 0) {
		const struct entry64 *d;

		for (long i = 0; i < got; i += d->reclen) {
			d = (const void *)(t->block + i);
			add_one(names, d->name);
		}
	}
	if (got < 0)
		return tree_error(t, -errno);
	if (names->n)
		qsort_r(names->at, names->n, sizeof(*names->at), compare_names,
			names->text.p);
	return 0;
}

/* Takes over @fd. */
static int add_dirfd(struct tree *t, int fd)
{
	struct names names = { 0 };
	size_t len = t->path.n;
	int err = read_names(t, fd, &names);

	for (size_t i = 0; !err && i < names.n; i++) {
		const char *name = names.text.p + names.at[i];

		if (len > t->top)
			buf_addc(&t->path, '/');
		buf_adds(&t->path, name);
		err = add_name(t, fd, name);
		t->path.n = len;
		t->path.p[len] = '\0';
	}
	close(fd);
	names_free(&names);
	return err;
}

int image_add_tree(struct image *img, enum image_rank rank, const char *path,
		   const char *src)
{
	struct tree t = {
		.img = img,
		.rank = rank,
		.src = image_dup(img, src, strlen(src)),
	};
	struct image_entry e = { .path = path, .src = t.src, .rank = rank };
	struct stat st;
	int fd = open(src, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err;

	if (fd < 0 || fstat(fd, &st)) {
		err = -errno;
		msg_error("%s: %s", src,
			  err == -ENOTDIR ? "is no directory; use --file" :
					    strerror(-err));
		if (fd >= 0)
			close(fd);
		return err;
	}
	entry_from_stat(&e, &st);
	err = image_add(img, &e);
	buf_adds(&t.path, path);
	if (t.path.n && t.path.p[t.path.n - 1] != '/')
		buf_addc(&t.path, '/');
	t.top = t.path.n;
	t.block = xrealloc(NULL, BLOCK);
	if (err)
		close(fd);
	else
		err = add_dirfd(&t, fd);
	free(t.block);
	buf_free(&t.path);
	return err;
}
