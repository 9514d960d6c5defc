// SPDX-License-Identifier: MIT
#include "outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "str.h"

#define BUFFER (256 * 1024)
/* More than this at once makes a signal wait. */
#define COPY_AT_ONCE (64 * 1024 * 1024)

struct outfile {
	int fd;
	/* path: the name to come, NULL where fd is written to directly; temp:
	 * the name for now, NULL where there is none. */
	char *path, *temp;
	bool close_fd;
	size_t n;
	char buffer[BUFFER];
};

/* What anybody may send, and what a limit does. */
static const int fatal_signals[] = { SIGHUP,  SIGINT,  SIGQUIT,
				     SIGTERM, SIGPIPE, SIGALRM,
				     SIGUSR1, SIGUSR2, SIGXCPU };
#define N_SIGNALS (sizeof(fatal_signals) / sizeof(*fatal_signals))

static struct sigaction old_actions[N_SIGNALS];
/* An image, a report, a picture, the results: one run has them all. */
static const char *volatile doomed[8];
#define N_DOOMED (sizeof(doomed) / sizeof(*doomed))
static unsigned int n_doomed;

void outfile_doom(void)
{
	for (size_t i = 0; i < N_DOOMED; i++)
		if (doomed[i])
			unlink(doomed[i]);
}

static void remove_doomed(int sig)
{
	outfile_doom();
	signal(sig, SIG_DFL);
	raise(sig);
}

static void guard_begin(const char *temp)
{
	struct sigaction act = { .sa_handler = remove_doomed };

	sigemptyset(&act.sa_mask);
	for (size_t i = 0; i < N_DOOMED; i++) {
		if (doomed[i])
			continue;
		doomed[i] = temp;
		break;
	}
	if (n_doomed++)
		return;
	for (size_t i = 0; i < N_SIGNALS; i++) {
		sigaction(fatal_signals[i], NULL, &old_actions[i]);
		if (old_actions[i].sa_handler == SIG_DFL)
			sigaction(fatal_signals[i], &act, NULL);
	}
}

/* Nothing where @temp was never guarded. */
static void guard_end(const char *temp)
{
	bool found = false;

	for (size_t i = 0; i < N_DOOMED; i++) {
		if (!doomed[i] || doomed[i] != temp)
			continue;
		doomed[i] = NULL;
		found = true;
	}
	if (!found || --n_doomed)
		return;
	for (size_t i = 0; i < N_SIGNALS; i++)
		if (old_actions[i].sa_handler == SIG_DFL)
			sigaction(fatal_signals[i], &old_actions[i], NULL);
}

static void block_signals(sigset_t *old)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < N_SIGNALS; i++)
		sigaddset(&set, fatal_signals[i]);
	sigprocmask(SIG_BLOCK, &set, old);
}

/* A name that nobody uses, beside @path, short whatever @path's length is. */
static char *temp_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	unsigned long long id = (unsigned long long)getpid();

	if (getrandom(&id, sizeof(id), GRND_NONBLOCK) < 0)
		id ^= (unsigned long long)(size_t)&id;
	return xasprintf("%.*s.bootlet-%016llx",
			 slash ? (int)(slash - path + 1) : 0, path, id);
}

/* The name is given by way of /proc, so that must be there. */
static int open_unnamed(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir;
	int fd;

	if (access("/proc/self/fd", X_OK))
		return -ENOENT;
	dir = slash ? xasprintf("%.*s", (int)(slash - path + 1), path) :
		      xstrdup(".");
	fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
	if (fd < 0)
		fd = -errno;
	free(dir);
	return fd;
}

static int open_temp(struct outfile *of)
{
	sigset_t old;
	int err = 0;

	of->fd = open_unnamed(of->path);
	if (of->fd >= 0)
		return 0;
	of->temp = temp_name(of->path);
	block_signals(&old);
	of->fd = open(of->temp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (of->fd < 0) {
		err = -errno;
		free(of->temp);
		of->temp = NULL;
	} else {
		guard_begin(of->temp);
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	return err;
}

bool outfile_is_stdout(const char *path)
{
	struct stat file, out;

	if (!strcmp(path, "-"))
		return true;
	return !stat(path, &file) && !fstat(STDOUT_FILENO, &out) &&
	       file.st_dev == out.st_dev && file.st_ino == out.st_ino;
}

static int open_path(struct outfile *of, const char *path)
{
	struct stat st;

	of->close_fd = true;
	if (outfile_is_stdout(path)) {
		of->fd = STDOUT_FILENO;
		of->close_fd = false;
		return 0;
	}
	if (stat(path, &st)) {
		size_t len = strlen(path);

		if (errno != ENOENT)
			return -errno;
		if (!len || path[len - 1] == '/')
			return len ? -EISDIR : -ENOENT;
		/* A link to nothing, as /dev/stdout is where stdout is closed,
		 * is not ours to replace. */
		if (!lstat(path, &st))
			return -ENOENT;
		of->path = xstrdup(path);
		return open_temp(of);
	}
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode)) {
		of->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
		return of->fd < 0 ? -errno : 0;
	}
	of->path = realpath(path, NULL);
	return of->path ? open_temp(of) : -errno;
}

int outfile_open(const char *path, struct outfile **out)
{
	struct outfile *of = xrealloc(NULL, sizeof(*of));
	int err;

	of->path = of->temp = NULL;
	of->fd = -1;
	of->n = 0;
	err = open_path(of, path);
	if (err) {
		free(of->path);
		free(of);
		return err;
	}
	*out = of;
	return 0;
}

int outfile_fd(const struct outfile *of)
{
	return of->path ? of->fd : -ESPIPE;
}

static int flush(struct outfile *of)
{
	int err = write_fd(of->fd, of->buffer, of->n);

	of->n = 0;
	return err;
}

int outfile_room(struct outfile *of, char **p, size_t *n)
{
	int err = of->n < BUFFER ? 0 : flush(of);

	*p = of->buffer + of->n;
	*n = err ? 0 : BUFFER - of->n;
	return err;
}

void outfile_took(struct outfile *of, size_t n)
{
	of->n += n;
}

int outfile_write(struct outfile *of, const void *p, size_t n)
{
	const char *from = p;
	size_t room;
	char *to;
	int err;

	do {
		err = outfile_room(of, &to, &room);
		if (room > n)
			room = n;
		memcpy(to, from, room);
		outfile_took(of, room);
		from += room;
		n -= room;
	} while (n && !err);
	return err;
}

int outfile_copy(struct outfile *of, int fd, uint64_t n, uint64_t *did)
{
	int err = flush(of);

	*did = 0;
	while (!err && *did < n) {
		uint64_t left = n - *did;
		size_t len = left < COPY_AT_ONCE ? (size_t)left : COPY_AT_ONCE;
		ssize_t got = copy_file_range(fd, NULL, of->fd, NULL, len, 0);

		if (got > 0) {
			*did += (uint64_t)got;
			continue;
		}
		if (!got)
			break;
		/* read(2) and write(2) find out whose fault anything else is. */
		if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG)
			err = -errno;
		else if (errno != EINTR)
			break;
	}
	return err;
}

/* linkat(2) does not replace, rename(2) does: first a name beside it. */
static int give_name(struct outfile *of)
{
	char proc[64];
	sigset_t old;
	int err = 0;

	block_signals(&old);
	if (!of->temp) {
		of->temp = temp_name(of->path);
		snprintf(proc, sizeof(proc), "/proc/self/fd/%d", of->fd);
		if (linkat(AT_FDCWD, proc, AT_FDCWD, of->temp,
			   AT_SYMLINK_FOLLOW)) {
			err = -errno;
			free(of->temp);
			of->temp = NULL;
		}
	}
	if (!err && of->temp && rename(of->temp, of->path)) {
		err = -errno;
		unlink(of->temp);
	}
	guard_end(of->temp);
	sigprocmask(SIG_SETMASK, &old, NULL);
	free(of->temp);
	of->temp = NULL;
	return err;
}

int outfile_close(struct outfile *of)
{
	int err = flush(of);

	if (!err && of->path)
		err = give_name(of);
	if (!err && of->close_fd) {
		/* Some file systems tell only now that they are full. */
		if (close(of->fd))
			err = -errno;
		of->close_fd = false;
		if (err && of->path)
			unlink(of->path);
	}
	outfile_abort(of);
	return err;
}

void outfile_abort(struct outfile *of)
{
	if (!of)
		return;
	if (of->temp) {
		unlink(of->temp);
		guard_end(of->temp);
	}
	if (of->close_fd)
		close(of->fd);
	free(of->temp);
	free(of->path);
	free(of);
}
