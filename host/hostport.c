// SPDX-License-Identifier: MIT
#include "hostport.h"

#include "str.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* As QEMU listens: what has only just ended is not in the way. */
static int listen_at(const struct hostport *p)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)p->port),
		.sin_addr = p->address,
	};
	int type = (p->udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC;
	int fd = socket(AF_INET, type, 0), on = 1, err;

	if (fd < 0)
		return -errno;
	if (!p->udp)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 &&
	    (p->udp || listen(fd, 1) == 0))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

int hostports_check(const struct hostport *v, size_t n, size_t *failed)
{
	int *fds = xrealloc(NULL, (n + 1) * sizeof(*fds));
	int err = 0;
	size_t i;

	/* All at once: one of them may be there twice. */
	for (i = 0; i < n && !err; i++) {
		fds[i] = listen_at(&v[i]);
		if (fds[i] >= 0)
			continue;
		err = fds[i];
		*failed = i;
	}
	while (i > 0)
		if (fds[--i] >= 0)
			close(fds[i]);
	free(fds);
	return err;
}

const char *hostport_explain(int err)
{
	switch (-err) {
	case EADDRINUSE:
		return "the port is in use; take another one, or see who has "
		       "it: ss -ltnup";
	case EADDRNOTAVAIL:
		return "no address of this machine; see: ip address";
	case EACCES:
		return "not allowed; ports below 1024 are root's";
	default:
		return strerror(-err);
	}
}
