// SPDX-License-Identifier: MIT
#include "bridge_lock.h"

#include "cli.h"
#include "msg.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { TICK_MS = 50, LOCK_FILE_SIZE = 64 };

/* A number for each network namespace, of its file in /proc. */
#define LOCK_FILE "/run/bootlet-net.%llu.lock"

/* Its first byte is NUL: a name, not a file. */
static const char lock_name[] = "\0bootlet-net";

/* Where only root can make files, others cannot keep root waiting. */
static int lock_file_path(char *path, size_t n)
{
	struct stat net;

	if (stat("/proc/self/ns/net", &net) < 0)
		return -errno;
	snprintf(path, n, LOCK_FILE, (unsigned long long)net.st_ino);
	return 0;
}

static pid_t file_holder(int fd)
{
	char text[12] = "";
	long long pid;

	if (pread(fd, text, sizeof(text) - 1, 0) <= 0 ||
	    cli_number(text, 1, INT_MAX, &pid))
		return 0;
	return (pid_t)pid;
}

static void sign(int fd)
{
	char text[12];
	int n = snprintf(text, sizeof(text), "%d", (int)getpid());

	/* Not a problem if it fails: it only tells others who we are. */
	if (ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)n, 0) != n)
		msg_debug("lock: %s", strerror(errno));
}

/* A file that was removed meanwhile is a lock for nobody: -ESTALE. */
static int lock_file(const char *path, pid_t *pid)
{
	int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0600);
	struct stat st;
	int err = fd < 0 ? -errno : 0;

	if (!err && flock(fd, LOCK_EX | LOCK_NB) < 0)
		err = errno == EWOULDBLOCK ? -EBUSY : -errno;
	if (err == -EBUSY)
		*pid = file_holder(fd);
	if (!err && fstat(fd, &st) < 0)
		err = -errno;
	if (!err && !st.st_nlink)
		err = -ESTALE;
	if (!err)
		sign(fd);
	if (err && fd >= 0)
		close(fd);
	return err ? err : fd;
}

static socklen_t lock_addr(struct sockaddr_un *a)
{
	*a = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(a->sun_path, lock_name, sizeof(lock_name) - 1);
	return offsetof(struct sockaddr_un, sun_path) + sizeof(lock_name) - 1;
}

static pid_t name_holder(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct ucred cred = { 0 };
	socklen_t n = sizeof(cred);
	struct sockaddr_un a;
	socklen_t len = lock_addr(&a);

	/* Not a problem if it fails: it has ended meanwhile. */
	if (fd >= 0 && !connect(fd, (const struct sockaddr *)&a, len))
		getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &n);
	if (fd >= 0)
		close(fd);
	return cred.pid;
}

static int lock_by_name(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), err;
	struct sockaddr_un a;
	socklen_t len = lock_addr(&a);

	if (fd < 0)
		return -errno;
	if (!bind(fd, (const struct sockaddr *)&a, len)) {
		/* Not a problem if it fails, as with a file. */
		listen(fd, 1);
		return fd;
	}
	err = errno == EADDRINUSE ? -EBUSY : -errno;
	close(fd);
	return err;
}

int bridge_lock(int ms, pid_t *pid)
{
	char path[LOCK_FILE_SIZE];
	bool file = !lock_file_path(path, sizeof(path));
	int fd;

	/* ip inherits it: while one that lost its bootlet is at work still,
	 * nobody else shall begin. */
	for (;; ms -= TICK_MS) {
		*pid = 0;
		fd = file ? lock_file(path, pid) : lock_by_name();
		if (file && (fd == -EACCES || fd == -EPERM || fd == -EROFS ||
			     fd == -ENOENT)) {
			file = false;
			fd = lock_by_name();
		}
		if ((fd != -EBUSY && fd != -ESTALE) || ms <= 0)
			break;
		poll(NULL, 0, TICK_MS);
	}
	/* Once, as each who asks takes a place in its queue. */
	if (fd == -EBUSY && !file)
		*pid = name_holder();
	return fd == -ESTALE ? -EBUSY : fd;
}

void bridge_unlock(int fd)
{
	char path[LOCK_FILE_SIZE];
	struct stat st;

	/* Still ours, so nobody else can have made it anew. */
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) &&
	    !lock_file_path(path, sizeof(path)))
		unlink(path);
	close(fd);
}
