// SPDX-License-Identifier: MIT
#include "source.h"

#include "reopen.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

void source_open(struct source *src, int fd)
{
	int again = fd_reopen(fd, O_RDONLY);
	struct stat st;

	*src = (struct source){ .fd = again < 0 ? fd : again };
	src->own = again >= 0;
	src->socket = fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode);
}

ssize_t source_read(const struct source *src, void *to, size_t n)
{
	if (src->socket)
		return recv(src->fd, to, n, MSG_DONTWAIT);
	return read(src->fd, to, n);
}

void source_close(struct source *src)
{
	if (src->own)
		close(src->fd);
	*src = (struct source){ .fd = -1 };
}
