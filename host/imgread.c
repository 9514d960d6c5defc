// SPDX-License-Identifier: MIT
#include "imgread.h"

#include "msg.h"
#include "str.h"
#include "unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The mapped file is given out in steps, and the step before let go of: an
 * image may be larger than the memory. */
#define STEP (1 << 20)

/* Copies what cannot be mapped. Return: a descriptor or -errno. */
static int spool(int fd)
{
	FILE *temp = tmpfile();
	char *block;
	int out = -1, err = 0;
	ssize_t n;

	if (!temp)
		return -errno;
	block = xrealloc(NULL, STEP);
	while (!err && (n = read(fd, block, STEP))) {
		if (n < 0)
			err = errno == EINTR ? 0 : -errno;
		else if (fwrite(block, 1, (size_t)n, temp) != (size_t)n)
			err = -errno;
	}
	free(block);
	if (!err && (fflush(temp) ||
		     (out = fcntl(fileno(temp), F_DUPFD_CLOEXEC, 3)) < 0))
		err = -errno;
	fclose(temp);
	return err ? err : out;
}

static int map(struct imgfile *f)
{
	struct stat st;
	void *p;

	if (fstat(f->fd, &st))
		return -errno;
	f->size = (size_t)st.st_size;
	if (!f->size)
		return 0;
	p = mmap(NULL, f->size, PROT_READ, MAP_PRIVATE, f->fd, 0);
	if (p == MAP_FAILED)
		return -errno;
	f->map = p;
	return lseek(f->fd, 0, SEEK_SET) < 0 ? -errno : 0;
}

int imgfile_open(const char *path, struct imgfile *f)
{
	struct stat st;
	int err = 0;

	*f = (struct imgfile){ .last = "" };
	if (strcmp(path, "-"))
		f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	else
		f->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	if (f->fd < 0)
		return -errno;
	if (fstat(f->fd, &st))
		err = -errno;
	else if (S_ISDIR(st.st_mode))
		err = -EISDIR;
	if (!err && !S_ISREG(st.st_mode)) {
		int fd = spool(f->fd);

		close(f->fd);
		f->fd = fd;
		err = fd < 0 ? fd : 0;
	}
	if (!err)
		err = map(f);
	if (err)
		imgfile_close(f);
	return err;
}

void imgfile_close(struct imgfile *f)
{
	if (f->map)
		munmap((void *)(uintptr_t)f->map, f->size);
	if (f->fd >= 0)
		close(f->fd);
	f->map = NULL;
	f->fd = -1;
}

/* A source that is the mapped file from @at on. */
struct mapped {
	const struct imgfile *f;
	/* at: of the next step; begin: of the memory not let go of */
	size_t at, begin;
};

static size_t step_above(size_t n)
{
	return (n + STEP - 1) & ~(size_t)(STEP - 1);
}

static ssize_t mapped_next(void *ctx, const unsigned char **p)
{
	struct mapped *m = ctx;
	size_t left = m->f->size - m->at, n = left < STEP ? left : STEP;
	size_t done = m->at & ~(size_t)(STEP - 1);

	/* Not a problem if it fails: it is for less memory only. */
	if (done > m->begin)
		madvise((void *)(uintptr_t)(m->f->map + m->begin),
			done - m->begin, MADV_DONTNEED);
	m->begin = done > m->begin ? done : m->begin;
	*p = m->f->map + m->at;
	m->at += n;
	return (ssize_t)n;
}

static int read_plain(struct imgfile *f,
		      int (*cb)(void *, const struct cpio_item *), void *ctx)
{
	struct mapped m = { .f = f,
			    .at = (size_t)f->offset,
			    .begin = step_above((size_t)f->offset) };
	struct cpio_source s = { .next = mapped_next,
				 .ctx = &m,
				 .pos = f->offset };
	uint64_t begin = s.pos;
	int err = cpio_read(&s, cb, ctx);

	f->offset = s.pos;
	f->what = s.what;
	if (s.pos > begin)
		f->last = "";
	return err;
}

static int read_packed(struct imgfile *f, const struct unpack_format *format,
		       int (*cb)(void *, const struct cpio_item *), void *ctx)
{
	struct unpack u;
	struct cpio_source s = { .next = unpack_next, .ctx = &u };
	int err = unpack_open(&u, format, f->map + f->offset,
			      f->size - (size_t)f->offset);

	if (!err)
		err = cpio_read(&s, cb, ctx);
	f->inside = s.pos;
	f->what = s.what ? s.what : u.what;
	if (!err && s.n) {
		f->what = "what was decompressed is no archive of the newc "
			  "format";
		err = -EBADMSG;
	}
	if (!err) {
		f->offset += u.used;
		f->inside = 0;
		f->last = format->name;
	}
	unpack_close(&u);
	return err;
}

int imgfile_read(struct imgfile *f, int (*cb)(void *, const struct cpio_item *),
		 void *ctx)
{
	int err = 0;

	f->offset = f->inside = 0;
	if (!f->size) {
		f->what = "the file is empty";
		return -EBADMSG;
	}
	while (!err && f->offset < f->size) {
		const struct unpack_format *format;

		err = read_plain(f, cb, ctx);
		if (err || f->offset == f->size)
			break;
		format = unpack_find(f->map + f->offset,
				     f->size - (size_t)f->offset);
		if (!format) {
			f->what = "neither an archive of the newc format nor "
				  "a compression that the kernel knows";
			return -EBADMSG;
		}
		err = read_packed(f, format, cb, ctx);
	}
	return err;
}

int imgfile_tell(const struct imgfile *f, const char *path, int err)
{
	if (err == -EBADMSG && f->inside)
		msg_error("%s: byte %llu of what is compressed at byte %llu: "
			  "%s",
			  path, (unsigned long long)f->inside,
			  (unsigned long long)f->offset, f->what);
	else if (err == -EBADMSG)
		msg_error("%s: byte %llu: %s", path,
			  (unsigned long long)f->offset, f->what);
	else if (err)
		msg_error("%s: cannot read: %s", path, strerror(-err));
	return err;
}
