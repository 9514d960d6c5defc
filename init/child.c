// SPDX-License-Identifier: MIT
#include "child.h"

#include "log.h"
#include "protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEFAULT_PATH \
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static char command[BOOTLET_COMMAND_MAX + 1];

/* Our ends of the child's pipes: stdin is written, the others are read. */
static int ours[3] = { -1, -1, -1 };

static struct {
	char data[BOOTLET_WINDOW];
	size_t len;
	bool eof;
} in;

/* Read all of a small file. Return: bytes, or -errno. */
static ssize_t slurp(const char *path, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	do {
		n = read(fd, buf + len, size - len);
		if (n > 0)
			len += (size_t)n;
	} while ((n > 0 && len < size) || (n < 0 && errno == EINTR));
	n = n < 0 ? -errno : (ssize_t)len;
	close(fd);
	return n;
}

int child_command(char *argv[], size_t max)
{
	ssize_t n = slurp(BOOTLET_COMMAND, command, sizeof(command));
	size_t argc = 0;

	if (n == -ENOENT)
		return 0;
	if (n < 0)
		return (int)n;
	if (n == 0)
		return 0;
	if ((size_t)n == sizeof(command) || command[n - 1])
		return -E2BIG;
	for (char *p = command; p < command + n; p += strlen(p) + 1) {
		if (argc + 1 >= max)
			return -E2BIG;
		argv[argc++] = p;
	}
	argv[argc] = NULL;
	return (int)argc;
}

static bool is_var(const char *entry, const char *name)
{
	size_t n = strlen(name);

	return !strncmp(entry, name, n) && entry[n] == '=';
}

void child_env(char *const from[], char *to[], size_t max)
{
	static char term[] = "TERM=linux", path[] = DEFAULT_PATH;
	static char root[] = "HOME=/root", top[] = "HOME=/";
	bool has_term = false, has_path = false;
	size_t n = 0;

	/* The kernel's own HOME=/ is no choice of the user's. */
	to[n++] = access("/root", X_OK) == 0 ? root : top;
	for (; *from && n + 3 < max; from++) {
		if (is_var(*from, "HOME"))
			continue;
		has_term |= is_var(*from, "TERM");
		has_path |= is_var(*from, "PATH");
		to[n++] = *from;
	}
	if (!has_path)
		to[n++] = path;
	if (!has_term)
		to[n++] = term;
	to[n] = NULL;
}

/* What PID 1 blocks or ignores must not be the child's inheritance. */
static void reset_signals(void)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		sigaction(sig, &dfl, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void run(const struct child_spec *spec, const int theirs[3],
			  int err_fd)
{
	extern char **environ;
	static char *env[256];
	int err;

	setsid();
	if (spec->streams == CHILD_TTY) {
		err = spec->attach(spec->cfg);
		if (err < 0)
			log_warn("no controlling terminal: %s", err_text(err));
	}
	if (spec->streams == CHILD_PIPES)
		for (int i = 0; i < 3; i++)
			dup2(theirs[i], i);
	child_env(environ, env, sizeof(env) / sizeof(env[0]));
	for (char **e = env; *e; e++)
		if (is_var(*e, "HOME"))
			/* Not a problem if it fails: it starts in / then. */
			err = chdir(strchr(*e, '=') + 1);
	reset_signals();
	environ = env;
	execvp(spec->argv[0], spec->argv);
	err = errno;
	/* Not a problem if it fails: the exit code says it too. */
	if (write(err_fd, &err, sizeof(err)) < 0)
		_exit(126);
	_exit(err == ENOENT ? 127 : 126);
}

/* Pipes above fd 2, so that dup2() in the child never hits another end. */
static int make_pipes(int theirs[3])
{
	for (int i = 0; i < 3; i++) {
		int p[2];

		if (pipe2(p, O_CLOEXEC) < 0)
			return -errno;
		ours[i] = i ? p[0] : p[1];
		theirs[i] = i ? p[1] : p[0];
		fcntl(ours[i], F_SETFL, O_NONBLOCK);
	}
	return 0;
}

static void close_all(int fds[3])
{
	for (int i = 0; i < 3; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}

/* The exec's errno comes through a pipe that a successful exec closes. */
static int exec_errno(int fd)
{
	int err = 0;
	ssize_t n;

	do
		n = read(fd, &err, sizeof(err));
	while (n < 0 && errno == EINTR);
	return n == sizeof(err) ? err : 0;
}

pid_t child_start(const struct child_spec *spec, int *err)
{
	int theirs[3] = { -1, -1, -1 }, p[2];
	pid_t pid = 0;

	*err = 0;
	if (spec->streams == CHILD_PIPES)
		pid = make_pipes(theirs);
	if (pid < 0 || pipe2(p, O_CLOEXEC) < 0) {
		pid = pid < 0 ? pid : -errno;
		goto out;
	}
	pid = fork();
	if (pid == 0)
		run(spec, theirs, p[1]);
	if (pid < 0)
		pid = -errno;
	close(p[1]);
	if (pid > 0)
		*err = exec_errno(p[0]);
	close(p[0]);
	if (*err)
		waitpid(pid, NULL, 0);
out:
	close_all(theirs);
	if (pid < 0 || *err)
		close_all(ours);
	return pid;
}

int child_in(const void *data, size_t len)
{
	if (!len)
		in.eof = true;
	if (in.eof || ours[0] < 0)
		return (int)len;
	if (len > sizeof(in.data) - in.len)
		return -ENOSPC;
	memcpy(in.data + in.len, data, len);
	in.len += len;
	return 0;
}

size_t child_in_flush(void)
{
	ssize_t n = 0;

	if (ours[0] < 0)
		return 0;
	if (in.len)
		n = write(ours[0], in.data, in.len);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n < 0) {
		/* Nobody reads: what comes is dropped, but consumed. */
		n = (ssize_t)in.len;
		in.eof = true;
	}
	in.len -= (size_t)n;
	memmove(in.data, in.data + n, in.len);
	if (in.eof && !in.len) {
		close(ours[0]);
		ours[0] = -1;
	}
	return (size_t)n;
}

int child_in_fd(void)
{
	return in.len || in.eof ? ours[0] : -1;
}

int child_out_fd(int which)
{
	return ours[which];
}

ssize_t child_out(int which, void *buf, size_t size)
{
	ssize_t n;

	do
		n = read(ours[which], buf, size);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return -EAGAIN;
	if (n <= 0) {
		child_out_close(which);
		return 0;
	}
	return n;
}

void child_out_close(int which)
{
	if (ours[which] >= 0)
		close(ours[which]);
	ours[which] = -1;
}
