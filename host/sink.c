// SPDX-License-Identifier: MIT
#include "sink.h"

#include "reopen.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* POSIX: a pipe that polls writable takes this much without waiting. */
#define PIECE 4096
/* For what never waits. */
#define PIECE_ANY SIZE_MAX
/* For a terminal that cannot be opened anew: it stops within a line at worst. */
#define PIECE_TTY 64

/* Return: whether it was. */
static bool reopen(struct sink *k)
{
	int fd = fd_reopen(k->fd, O_WRONLY);

	if (fd < 0)
		return false;
	k->fd = fd;
	k->own = true;
	return true;
}

void sink_open(struct sink *k, int fd)
{
	struct stat st;

	*k = (struct sink){ .fd = fd, .piece = PIECE };
	if (fd < 0 || fstat(fd, &st) < 0)
		return;
	k->socket = S_ISSOCK(st.st_mode);
	/* A pipe of another user's cannot be opened anew, nor can one whose
	 * reader has gone. */
	if (k->socket || S_ISREG(st.st_mode) || reopen(k))
		k->piece = PIECE_ANY;
	else if (isatty(fd))
		k->piece = PIECE_TTY;
}

bool sink_pending(const struct sink *k)
{
	return k->data.n > 0;
}

void sink_add(struct sink *k, const void *p, size_t n)
{
	if (k->fd >= 0)
		buf_add(&k->data, p, n);
}

static ssize_t put(const struct sink *k, const char *p, size_t n)
{
	if (k->socket)
		return send(k->fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	return write(k->fd, p, n);
}

int sink_flush(struct sink *k)
{
	struct pollfd p = { .fd = k->fd, .events = POLLOUT };
	size_t n = k->data.n - k->done;
	int err;
	ssize_t r;

	if (!n || poll(&p, 1, 0) <= 0)
		return 0;
	r = put(k, k->data.p + k->done, n < k->piece ? n : k->piece);
	if (r < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (r < 0) {
		err = -errno;
		sink_close(k);
		return err;
	}
	k->done += (size_t)r;
	if (k->done == k->data.n)
		k->data.n = k->done = 0;
	return 0;
}

void sink_close(struct sink *k)
{
	if (k->own)
		close(k->fd);
	buf_free(&k->data);
	*k = (struct sink){ .fd = -1 };
}
