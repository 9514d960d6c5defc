// SPDX-License-Identifier: MIT
#include "gdbport.h"

#include "cli.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define TABLE_MAX (4UL << 20)

/* --- the word for it -------------------------------------------------------- */

static const char *parse_unix(const char *path, struct gdbport *out)
{
	if (!*path)
		return "names no socket";
	if (strlen(path) >= sizeof(((struct sockaddr_un *)0)->sun_path))
		return "a socket's name has 107 bytes at most";
	out->path = xstrdup(path);
	return NULL;
}

static const char *parse_tcp(const char *text, struct gdbport *out)
{
	const char *colon = strrchr(text, ':');
	const char *port = colon ? colon + 1 : text;
	size_t n = colon ? (size_t)(colon - text) : 0;
	long long number;

	if (cli_number(port, 1, 65535, &number))
		return "a port is a number from 1 to 65535";
	if (n >= 2 && text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	} else if (memchr(text, ':', n)) {
		return "an IPv6 address stands in brackets";
	}
	out->host = n ? xasprintf("%.*s", (int)n, text) : xstrdup("127.0.0.1");
	out->port = xasprintf("%lld", number);
	return NULL;
}

const char *parse_gdbport(const char *text, struct gdbport *out)
{
	*out = (struct gdbport){ 0 };
	if (!strncmp(text, "unix:", 5))
		return parse_unix(text + 5, out);
	if (!strncmp(text, "tcp:", 4))
		return parse_tcp(text + 4, out);
	return "must be unix:PATH or tcp:127.0.0.1:PORT";
}

void gdbport_free(struct gdbport *p)
{
	free(p->path);
	free(p->host);
	free(p->port);
	*p = (struct gdbport){ 0 };
}

/* --- who is there ----------------------------------------------------------- */

/* "Num RefCount Protocol Flags Type St Inode Path": the end that is made for
 * who connects has the name of what listens; it is SS_CONNECTING, 2, until it is
 * accepted, then SS_CONNECTED, 3. */
static bool unix_row(const struct gdbport *p, const char *row, size_t n)
{
	unsigned int state;
	int at = 0;

	if (sscanf(row, "%*s %*x %*x %*x %*x %x %*u %n", &state, &at) != 1 ||
	    !at || (size_t)at > n || (state != 2 && state != 3))
		return false;
	return n - (size_t)at == strlen(p->path) &&
	       !strncmp(row + at, p->path, n - (size_t)at);
}

/* "sl local_address rem_address st": addresses as the CPU has them in memory,
 * ports in order; TCP_ESTABLISHED is 1. */
static bool tcp_row(const struct gdbport *p, const char *row)
{
	unsigned int address, port, state;
	struct in_addr want;

	if (!inet_aton(p->host, &want) ||
	    sscanf(row, " %*u: %x:%x %*x:%*x %x", &address, &port, &state) != 3)
		return false;
	return state == 1 && address == want.s_addr &&
	       port == strtoul(p->port, NULL, 10);
}

bool gdbport_taken(const struct gdbport *p, const char *table)
{
	for (const char *row = table; *row;) {
		size_t n = strcspn(row, "\n");

		if (p->path ? unix_row(p, row, n) : tcp_row(p, row))
			return true;
		row += n + (row[n] == '\n');
	}
	return false;
}

static bool is_taken(const struct gdbport *p)
{
	struct buf b = { 0 };
	/* Not a problem if it fails: the probe has a deadline. */
	bool taken = !read_file(p->path ? "/proc/net/unix" : "/proc/net/tcp",
				&b, TABLE_MAX) &&
		     b.p && gdbport_taken(p, b.p);

	buf_free(&b);
	return taken;
}

/* --- the question ----------------------------------------------------------- */

static int left_ms(const struct timespec *end)
{
	struct timespec now;
	long long ms;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ms = (end->tv_sec - now.tv_sec) * 1000LL +
	     (end->tv_nsec - now.tv_nsec) / 1000000;
	return ms > 0 ? (int)ms : 0;
}

static int await(int fd, short what, const struct timespec *end)
{
	struct pollfd p = { .fd = fd, .events = what };
	int r;

	do
		r = poll(&p, 1, left_ms(end));
	while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : r ? 0 : -ETIMEDOUT;
}

static int finish_connect(int fd, const struct timespec *end)
{
	socklen_t n = sizeof(int);
	int err = await(fd, POLLOUT, end), status = 0;

	if (err)
		return err;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &status, &n) < 0)
		return -errno;
	return -status;
}

static int connect_to(const struct sockaddr *to, socklen_t n,
		      const struct timespec *end, int *out)
{
	int fd = socket(to->sa_family,
			SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (connect(fd, to, n) < 0)
		err = errno == EINPROGRESS ? finish_connect(fd, end) : -errno;
	if (err)
		close(fd);
	else
		*out = fd;
	/* A UNIX socket's queue is full: those in it wait for somebody. */
	return err == -EAGAIN ? -EBUSY : err;
}

static int connect_unix(const struct gdbport *p, const struct timespec *end,
			int *fd)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	memcpy(to.sun_path, p->path, strlen(p->path) + 1);
	return connect_to((struct sockaddr *)&to, sizeof(to), end, fd);
}

static int connect_tcp(const struct gdbport *p, const struct timespec *end,
		       int *fd)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list;
	int err = -EADDRNOTAVAIL;

	if (getaddrinfo(p->host, p->port, &hints, &list))
		return err;
	for (struct addrinfo *a = list; a && err; a = a->ai_next)
		err = connect_to(a->ai_addr, a->ai_addrlen, end, fd);
	freeaddrinfo(list);
	return err;
}

static int say(int fd, const char *words)
{
	/* As few bytes as these go at once, or the other end is gone. */
	return send(fd, words, strlen(words), MSG_NOSIGNAL) < 0 ? -EPROTO : 0;
}

/* "+$T05...", or "$T02...+$T05..." of a guest that the connection has stopped:
 * what is no gdbstub says something else. */
static int hear(int fd, const struct timespec *end)
{
	char reply[3];
	size_t n = 0;

	while (n < sizeof(reply)) {
		int err = await(fd, POLLIN, end);
		ssize_t did;

		if (err)
			return err;
		did = read(fd, reply + n, sizeof(reply) - n);
		if (did < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (did <= 0)
			return -EPROTO;
		n += (size_t)did;
	}
	n = reply[0] == '+';
	return reply[n] == '$' && memchr("TSWX", reply[n + 1], 4) ? 0 : -EPROTO;
}

int gdbport_probe(const struct gdbport *p, int timeout_ms)
{
	struct timespec end;
	int fd = -1, err;

	if (is_taken(p))
		return -EBUSY;
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += timeout_ms / 1000;
	end.tv_nsec += timeout_ms % 1000 * 1000000L;
	err = p->path ? connect_unix(p, &end, &fd) : connect_tcp(p, &end, &fd);
	if (err)
		return err;
	err = say(fd, "$?#3f");
	if (!err)
		err = hear(fd, &end);
	/* Should it be read late, the guest shall not stand still for us. */
	if (err == -ETIMEDOUT && !say(fd, "$D#44"))
		err = -ETIMEDOUT;
	close(fd);
	return err;
}
