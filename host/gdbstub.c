// SPDX-License-Identifier: MIT
#include "gdbstub.h"

#include "cli.h"
#include "hostport.h"
#include "msg.h"
#include "str.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define PATH_MAX_BYTES (sizeof(((struct sockaddr_un *)0)->sun_path) - 1)

/* Of 10 ms. */
#define LOCK_TRIES 200

static const char *const loopback[] = { "127.0.0.1:", "localhost:" };

static const char *parse_tcp(const char *text, struct gdbstub *out)
{
	long long n;

	for (size_t i = 0; i < sizeof(loopback) / sizeof(loopback[0]); i++) {
		size_t len = strlen(loopback[i]);

		if (strncmp(text, loopback[i], len))
			continue;
		text += len;
		break;
	}
	if (strchr(text, ':'))
		return "only 127.0.0.1 is allowed, since who reaches it "
		       "controls the guest; from another machine: "
		       "ssh -L PORT:127.0.0.1:PORT HOST";
	if (cli_number(text, 1, 65535, &n))
		return "a port is a number from 1 to 65535";
	out->port = (unsigned int)n;
	return NULL;
}

const char *parse_gdbstub(const char *text, struct gdbstub *out)
{
	*out = (struct gdbstub){ 0 };
	if (!strncmp(text, "tcp:", 4))
		return parse_tcp(text + 4, out);
	if (strncmp(text, "unix:", 5))
		return "must be unix:PATH, tcp:PORT or tcp:127.0.0.1:PORT";
	if (!text[5])
		return "the socket has no name";
	if (strlen(text + 5) > PATH_MAX_BYTES)
		return "the name of a socket has 107 bytes at most; take a "
		       "shorter one";
	out->path = text + 5;
	return NULL;
}

static int check_port(unsigned int port)
{
	struct hostport p = {
		.address.s_addr = htonl(INADDR_LOOPBACK),
		.port = port,
	};
	size_t failed;
	int err = hostports_check(&p, 1, &failed);

	if (err)
		msg_error("--gdb: TCP port %u at 127.0.0.1: %s", port,
			  hostport_explain(err));
	return err;
}

/* To connect is to interrupt somebody's guest, if that is what it is; a
 * datagram socket's refusal tells as much without it. */
static bool somebody_listens(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool alive = true;

	memcpy(to.sun_path, path, strlen(path) + 1);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		/* EPROTOTYPE: it is there, and it is a stream. */
		alive = errno != ECONNREFUSED && errno != ENOENT;
	if (fd >= 0)
		close(fd);
	return alive;
}

/* The directory is tried by QEMU's own bind(2), but its words come late. */
static int check_parent(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir = !slash ? xstrdup(".") :
			     xasprintf("%.*s", (int)(slash - path + 1), path);
	int err = access(dir, W_OK | X_OK) < 0 ? -errno : 0;

	if (err)
		msg_error("--gdb: %s: no socket can be made there: %s", path,
			  strerror(-err));
	free(dir);
	return err;
}

static int check_path(const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0 && errno == ENOENT)
		return check_parent(path);
	if (lstat(path, &st) < 0) {
		int err = -errno;

		msg_error("--gdb: %s: %s", path, strerror(-err));
		return err;
	}
	if (!S_ISSOCK(st.st_mode)) {
		msg_error("--gdb: %s: exists and is no socket; take another "
			  "name",
			  path);
		return -EEXIST;
	}
	if (!somebody_listens(path))
		return 0;
	msg_error("--gdb: %s: in use, somebody listens there; take another "
		  "name",
		  path);
	return -EADDRINUSE;
}

int gdbstub_check(const struct gdbstub *g)
{
	if (g->path)
		return check_path(g->path);
	return g->port ? check_port(g->port) : 0;
}

/* --- listening ------------------------------------------------------------ */

/* Two runs that both find a dead one's socket shall not remove each other's.
 * Others can lock the directory, too, but nobody shall wait for them long. */
static int lock_parent(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir = !slash ? xstrdup(".") :
			     xasprintf("%.*s", (int)(slash - path + 1), path);
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	for (int i = 0; i < LOCK_TRIES && fd >= 0; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
			break;
		poll(NULL, 0, 10);
	}
	free(dir);
	return fd;
}

/* Return: a descriptor that is none of the first three; -errno. */
static int listen_at(const struct sockaddr *to, socklen_t len)
{
	int fd = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0), up = -1;
	int one = 1, err = 0;
	/* Who can write to the socket has the guest. */
	mode_t mask = umask(077);

	/* As QEMU does: a connection that has just ended is no hindrance. */
	if (fd < 0 ||
	    (to->sa_family == AF_INET &&
	     setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) < 0) ||
	    bind(fd, to, len) < 0 || listen(fd, 1) < 0)
		err = -errno;
	umask(mask);
	if (!err) {
		up = fcntl(fd, F_DUPFD_CLOEXEC, 3);
		if (up < 0)
			err = -errno;
	}
	if (fd >= 0)
		close(fd);
	return err ? err : up;
}

static int open_path(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int lock, fd;

	if (strlen(path) > PATH_MAX_BYTES) {
		msg_error("--gdb: %s: the name of a socket has 107 bytes at "
			  "most, its directory's included; take a shorter one",
			  path);
		return -ENAMETOOLONG;
	}
	memcpy(to.sun_path, path, strlen(path) + 1);
	lock = lock_parent(path);
	fd = check_path(path);
	if (!fd) {
		/* What it has found: a socket that nobody listens at. */
		unlink(path);
		fd = listen_at((struct sockaddr *)&to, sizeof(to));
		if (fd < 0)
			msg_error("--gdb: %s: no socket can be made there: %s",
				  path, strerror(-fd));
	}
	if (lock >= 0)
		close(lock);
	return fd;
}

static int open_port(unsigned int port)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)port),
	};
	int fd = check_port(port);

	if (fd)
		return fd;
	fd = listen_at((struct sockaddr *)&to, sizeof(to));
	if (fd < 0)
		msg_error("--gdb: TCP port %u at 127.0.0.1: %s", port,
			  hostport_explain(fd));
	return fd;
}

int gdbstub_open(struct gdbstub *g)
{
	int fd = g->path ? open_path(g->path) : open_port(g->port);

	if (fd < 0)
		return fd;
	g->fd = fd;
	return 0;
}

void gdbstub_close(struct gdbstub *g)
{
	if (g->fd)
		close(g->fd);
	g->fd = 0;
}

char *gdbstub_address(const struct gdbstub *g)
{
	char *cwd, *text;

	if (!g->path)
		return xasprintf("tcp:127.0.0.1:%u", g->port);
	if (g->path[0] == '/')
		return xasprintf("unix:%s", g->path);
	cwd = getcwd(NULL, 0);
	text = xasprintf("unix:%s%s%s", cwd ? cwd : "", cwd ? "/" : "",
			 g->path);
	free(cwd);
	return text;
}
