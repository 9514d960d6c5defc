// SPDX-License-Identifier: MIT
#include "file.h"

#include <fcntl.h>
#include <string.h>

/* A FIFO, which an image may have anywhere, must not stop the boot: it reads as
 * empty, and is no module. */
int file_open(int dir, const char *path)
{
	return io_open(dir, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

ssize_t file_load(const char *path, char *buf, size_t size)
{
	int fd = file_open(AT_FDCWD, path);
	ssize_t len = 0, n;

	if (fd < 0)
		return fd;
	while ((n = io_read(fd, buf + len, size - 1 - (size_t)len)) > 0)
		len += n;
	io_close(fd);
	if (n < 0)
		len = 0;
	buf[len] = '\0';
	return n < 0 ? n : len;
}

ssize_t file_read(const char *path, char *buf, size_t size)
{
	*buf = '\0';
	return file_load(path, buf, size);
}

const char *file_find(const char *path, const char *text)
{
	static char buf[16384];
	const char *found = NULL;

	file_read(path, buf, sizeof(buf));
	for (const char *p = buf; *p && !found; p++)
		found = text_after(p, text);
	return found;
}

int write_all(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = io_write(fd, text, len);

		if (n < 0)
			return (int)n;
		text += n;
		len -= (size_t)n;
	}
	return 0;
}

int file_write(const char *path, int flags, const char *text, size_t len)
{
	/* To write a FIFO without a reader is -ENXIO. */
	int fd = io_open(AT_FDCWD, path,
			 O_WRONLY | O_CLOEXEC | O_NONBLOCK | flags, 0644);
	int r, closed;

	if (fd < 0)
		return fd;
	r = write_all(fd, text, len);
	closed = io_close(fd);
	return r ? r : closed;
}

int dir_each(int dir, int (*found)(int dir, const struct io_dirent *entry))
{
	union {
		struct io_dirent align;
		char bytes[2048];
	} buf;
	const struct io_dirent *e;
	ssize_t n;
	int r;

	while ((n = io_getdents(dir, &buf, sizeof(buf))) > 0)
		for (ssize_t at = 0; at < n; at += e->len) {
			e = (const struct io_dirent *)(const void *)(buf.bytes +
								     at);
			const char *s = e->name;

			if (*s == '.' && (!s[1] || (s[1] == '.' && !s[2])))
				continue;
			r = found(dir, e);
			if (r)
				return r;
		}
	return (int)n;
}

const char *file_map(int fd, size_t *size)
{
	off_t n = io_size(fd);
	const void *p = n > 0 ? io_map(fd, (size_t)n) : NULL;

	*size = p ? (size_t)n : 0;
	return p;
}

const char *text_after(const char *s, const char *prefix)
{
	while (*prefix)
		if (*s++ != *prefix++)
			return NULL;
	return s;
}

/* strcspn(3) of libc would be six times as long. */
size_t text_until(const char *s, char end)
{
	size_t len = 0;

	while (s[len] && s[len] != end)
		len++;
	return len;
}

const char *text_next(const char *s)
{
	return s + strlen(s) + 1;
}

bool text_listed(const char *list, const char *s)
{
	for (; *list; list = text_next(list))
		if (!strcmp(list, s))
			return true;
	return false;
}

bool text_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

char text_fold(char c)
{
	return c == '-' ? '_' : c;
}

int parse_number(const char **p, int max)
{
	int n = -1;

	for (; **p >= '0' && **p <= '9'; (*p)++) {
		n = (n < 0 ? 0 : 10 * n) + (**p - '0');
		if (n > max)
			return -1;
	}
	return n;
}
