// SPDX-License-Identifier: MIT
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { KEEP_MAX = 64 << 20, TICK_MS = 50 };

/* Parent's ends of the pipes, -1 where there is none. */
struct streams {
	int out[2], err[2], exec[2];
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void streams_close(struct streams *p)
{
	for (int i = 0; i < 2; i++) {
		close_fd(&p->out[i]);
		close_fd(&p->err[i]);
		close_fd(&p->exec[i]);
	}
}

static int streams_open(const struct spawn *s, struct streams *p)
{
	*p = (struct streams){ { -1, -1 }, { -1, -1 }, { -1, -1 } };
	if ((s->out && pipe2(p->out, O_CLOEXEC)) ||
	    (s->err && s->err != s->out && pipe2(p->err, O_CLOEXEC)) ||
	    pipe2(p->exec, O_CLOEXEC)) {
		int err = -errno;

		streams_close(p);
		return err;
	}
	return 0;
}

/* Moves a descriptor out of the way of 0, 1 and 2, which a caller started
 * with closed ones may have handed to a pipe. */
static int above_stdio(int fd)
{
	return fd >= 0 && fd <= 2 ? fcntl(fd, F_DUPFD_CLOEXEC, 3) : fd;
}

/* A file without a name can be filled before there is somebody to read it. */
static int child_stdin(const struct spawn *s, int null)
{
	size_t done = 0;
	int fd;

	if (!s->in)
		return dup2(null, 0);
	fd = above_stdio(memfd_create("stdin", MFD_CLOEXEC));
	while (fd >= 0 && done < s->in->n) {
		ssize_t n = write(fd, s->in->p + done, s->in->n - done);

		if (n < 0 && errno != EINTR)
			return -1;
		done += n > 0 ? (size_t)n : 0;
	}
	if (fd < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return -1;
	return dup2(fd, 0);
}

static int child_stdio(const struct spawn *s, struct streams *p)
{
	int null = above_stdio(open("/dev/null", O_RDWR | O_CLOEXEC));
	int out = above_stdio(p->out[1]), err = above_stdio(p->err[1]);

	if (null < 0 || child_stdin(s, null) < 0)
		return -1;
	if (fcntl(2, F_GETFD) < 0 && dup2(null, 2) < 0)
		return -1;
	/* First stdout: without @out it goes where our stderr goes. */
	if (dup2(s->out ? out : 2, 1) < 0)
		return -1;
	if (s->err && dup2(s->err == s->out ? out : err, 2) < 0)
		return -1;
	return 0;
}

static void child_run(const struct spawn *s, struct streams *p, pid_t parent,
		      char **argv)
{
	sigset_t none;
	int report = above_stdio(p->exec[1]);
	int err;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	/* bootlet killed with KILL must not leave a download behind. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
		_exit(127);
	for (size_t i = 0; s->env && s->env[i]; i++)
		putenv((char *)(uintptr_t)s->env[i]);
	if ((!s->cwd || !chdir(s->cwd)) && !child_stdio(s, p))
		execvp(s->file ? s->file : argv[0], argv);
	err = errno;
	if (write(report, &err, sizeof(err)) < 0)
		_exit(126);
	_exit(127);
}

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* Takes what is there; closes the stream at its end. */
static void stream_read(int *fd, struct buf *to)
{
	char block[16384];
	ssize_t n = read(*fd, block, sizeof(block));

	if (n > 0 && to->n < KEEP_MAX)
		buf_add(to, block, n);
	if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
		close_fd(fd);
}

static bool text_seen(const struct spawn *s, size_t from)
{
	size_t len = s->until ? strlen(s->until) : 0;

	if (!len || !s->out || !s->out->p)
		return false;
	from = from > len ? from - len : 0;
	return memmem(s->out->p + from, s->out->n - from, s->until, len);
}

/* Reads both streams until the program has ended. A grandchild that keeps a
 * stream open does not hold us up: the program's end is what counts. */
static int streams_pump(const struct spawn *s, struct streams *p, pid_t pid,
			int *status)
{
	long long end = s->timeout_ms ? now_ms() + s->timeout_ms : 0;
	bool gone = false;

	for (;;) {
		struct pollfd fds[2] = { { p->out[0], POLLIN, 0 },
					 { p->err[0], POLLIN, 0 } };
		bool open = p->out[0] >= 0 || p->err[0] >= 0;
		size_t from = s->out ? s->out->n : 0;
		int ready;

		if (!gone && !open && !end)
			break;
		ready = poll(fds, 2, gone ? 0 : TICK_MS);
		if (ready < 0 && errno != EINTR)
			return -errno;
		if (ready > 0 && fds[0].revents)
			stream_read(&p->out[0], s->out);
		if (ready > 0 && fds[1].revents)
			stream_read(&p->err[0], s->err);
		if (text_seen(s, from))
			return 1;
		if (gone && (ready <= 0 || !open))
			return 0;
		if (!gone && waitpid(pid, status, WNOHANG) == pid)
			gone = true;
		if (end && !gone && now_ms() >= end)
			return -ETIMEDOUT;
	}
	while (waitpid(pid, status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

static int exec_error(int fd)
{
	int err = 0;
	ssize_t n;

	do
		n = read(fd, &err, sizeof(err));
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(err) ? -err : 0;
}

int spawn_run(const struct spawn *s, const struct strv *argv)
{
	struct streams p;
	int status = 0, err;
	pid_t parent = getpid(), pid;

	err = streams_open(s, &p);
	if (err)
		return err;
	pid = fork();
	if (pid < 0) {
		err = -errno;
		streams_close(&p);
		return err;
	}
	if (!pid)
		child_run(s, &p, parent, argv->v);
	close_fd(&p.out[1]);
	close_fd(&p.err[1]);
	close_fd(&p.exec[1]);
	err = exec_error(p.exec[0]);
	if (!err)
		err = streams_pump(s, &p, pid, &status);
	if (err) {
		kill(pid, SIGKILL);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	streams_close(&p);
	if (err)
		return err > 0 ? 0 : err;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

char *spawn_which(const char *name)
{
	const char *path = getenv("PATH");
	char *dirs = xstrdup(path && *path ? path : "/usr/bin:/bin");
	char *found = NULL, *save = NULL;
	struct stat st;

	for (char *d = strtok_r(dirs, ":", &save); d && !found;
	     d = strtok_r(NULL, ":", &save)) {
		found = xasprintf("%s/%s", d, name);
		if (stat(found, &st) || !S_ISREG(st.st_mode) ||
		    access(found, X_OK)) {
			free(found);
			found = NULL;
		}
	}
	free(dirs);
	return found;
}
