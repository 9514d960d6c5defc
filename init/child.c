// SPDX-License-Identifier: MIT
#include "child.h"

#include "file.h"
#include "io.h"
#include "log.h"
#include "near.h"
#include "protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEFAULT_PATH \
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* Room for a byte too many, which tells, and for the NUL. */
static char command[BOOTLET_COMMAND_MAX + 2];

/* Fewer turns between the command and us: the default is 64 KiB. */
#define PIPE_SIZE 262144

/* Our ends of the child's pipes: stdin is written, the others are read. */
static int ours[3] = { -1, -1, -1 };

/* What waits for stdin: @len bytes from @data[@at] on. */
static struct in {
	unsigned int at, len;
	bool eof;
	char data[WINDOW_MAX];
} the_in;

int child_command(char *argv[], size_t max)
{
	ssize_t n = file_load(BOOTLET_COMMAND, command, sizeof(command));
	size_t argc = 0;

	if (n <= 0)
		return n == -ENOENT ? 0 : (int)n;
	if (n > BOOTLET_COMMAND_MAX || command[n - 1])
		return -E2BIG;
	for (char *p = command; p < command + n; p += strlen(p) + 1) {
		if (argc + 1 >= max)
			return -E2BIG;
		argv[argc++] = p;
	}
	argv[argc] = NULL;
	return (int)argc;
}

char *child_shell(const struct boot_config *cfg)
{
	static char sh[] = "/bin/sh";
	char *shell = sh;

	for (const char *p = cfg->env; p && *(p = text_next(p));) {
		const char *value = text_after(p, "SHELL=/");

		if (value)
			shell = (char *)value - 1;
	}
	return shell;
}

static bool same_name(const char *a, const char *b)
{
	for (; *a == *b && *a && *a != '='; a++)
		b++;
	return *a == *b;
}

/* The first of a name stays. */
static void env_add(char *to[], size_t max, char *s)
{
	size_t n = 0;

	for (; to[n]; n++)
		if (same_name(to[n], s))
			return;
	if (n + 1 < max) {
		to[n] = s;
		to[n + 1] = NULL;
	}
}

void child_env(char *given, char *const from[], char *to[], size_t max)
{
	static char term[] = "TERM=linux", path[] = DEFAULT_PATH;
	static char root[] = "HOME=/root", top[] = "HOME=/";

	to[0] = NULL;
	while (given && *(given += strlen(given) + 1))
		env_add(to, max - 2, given);
	/* The kernel's own HOME=/ is no choice of the user's. */
	env_add(to, max - 2, io_access("/root", X_OK) == 0 ? root : top);
	for (; *from; from++)
		env_add(to, max - 2, *from);
	env_add(to, max, path);
	env_add(to, max, term);
}

/* A file that is there and yet is not found lacks its interpreter or its
 * dynamic loader: ELIBACC, which execve(2) itself never says. */
__attribute__((noinline)) static int
exec_file(const char *file, char *const argv[], char *const env[])
{
	int err = io_exec(file, argv, env);

	if (err == -ENOENT && io_access(file, F_OK) == 0)
		return -ELIBACC;
	return err;
}

/* As execvp(3), without its shell for what is no program. */
static int exec_path(const char *path, char *const argv[], char *const env[])
{
	char file[4096];
	int err = -ENOENT;

	/* With a PATH before it, the empty name would be a directory. */
	if (!*argv[0])
		return err;
	if (strchr(argv[0], '/'))
		return exec_file(argv[0], argv, env);
	do {
		int len = (int)text_until(path, ':'), r = -ENOENT;

		/* An empty part of PATH is the current directory. */
		if (fmt_format(file, sizeof(file), "%.*s%s%s", len, path,
			       len ? "/" : "", argv[0]) < sizeof(file))
			r = exec_file(file, argv, env);
		/* What must not be executed here may be elsewhere. */
		if (r == -EACCES || r == -ELIBACC)
			err = r;
		else if (r != -ENOENT && r != -ENOTDIR)
			return r;
		path += len;
	} while (*path++);
	return err;
}

/* Written by the child, which shares this memory until it executes. */
static volatile int exec_errno;

/* Not inlined: what it has on the stack is no part of the parent's frame. */
__attribute__((noinline)) static _Noreturn void
run(const struct child_spec *spec, const int theirs[3])
{
	static char *env[BOOTLET_ENV_WORDS + 256];
	const char *path = "", *value;
	char *given = spec->cfg->env;
	int err;

	io_setsid();
	if (spec->streams == CHILD_TTY) {
		err = spec->attach(spec->cfg);
		if (err < 0)
			log_warn("no controlling terminal: %s", err_text(err));
	}
	if (spec->streams == CHILD_PIPES)
		for (int i = 0; i < 3; i++)
			io_dup2(theirs[i], i);
	child_env(given, environ, env, sizeof(env) / sizeof(env[0]));
	for (char **e = env; *e; e++) {
		value = text_after(*e, "HOME=");
		if (value && !(given && *given))
			/* Not a problem if it fails: it starts in / then. */
			io_chdir(value);
		value = text_after(*e, "PATH=");
		if (value)
			path = value;
	}
	/* What PID 1 blocks must not be the child's inheritance. */
	io_sigmask(0);
	exec_errno = -exec_path(path, spec->argv, env);
	io_exit(127);
}

/* Pipes above fd 2, so that dup2() in the child never hits another end. */
static int make_pipes(int theirs[3])
{
	for (int i = 0; i < 3; i++) {
		int p[2], r = io_pipe(p);

		if (r < 0)
			return r;
		ours[i] = i ? p[0] : p[1];
		theirs[i] = i ? p[1] : p[0];
		io_fcntl(ours[i], F_SETFL, O_NONBLOCK);
		/* Not a problem if it fails: then it takes more turns. */
		io_fcntl(ours[i], F_SETPIPE_SZ, PIPE_SIZE);
	}
	return 0;
}

/* Not a problem where it is closed: EBADF. */
__attribute__((noinline)) static void close_end(int *fd)
{
	io_close(*fd);
	*fd = -1;
}

static void close_all(int fds[3])
{
	for (int i = 0; i < 3; i++)
		close_end(&fds[i]);
}

pid_t child_start(const struct child_spec *spec, int *err)
{
	int theirs[3] = { -1, -1, -1 };
	pid_t pid = 0;

	exec_errno = 0;
	if (spec->streams == CHILD_PIPES)
		pid = make_pipes(theirs);
	if (pid == 0) {
		pid = io_vfork();
		if (pid == 0)
			run(spec, theirs);
	}
	*err = exec_errno;
	if (*err)
		io_wait(pid, NULL, 0);
	close_all(theirs);
	if (pid < 0 || *err)
		close_all(ours);
	return pid;
}

static inline struct in *near(void)
{
	struct in *in = &the_in;

	NEAR(in);
	return in;
}

/* Return: bytes of @data that nobody has to keep any more. */
__attribute__((noinline)) static unsigned int put(const char *data, size_t len)
{
	int n = (int)io_write(ours[0], data, len);

	if (n == -EAGAIN)
		return 0;
	if (n >= 0)
		return (unsigned int)n;
	/* Nobody reads: what comes is dropped, but consumed. */
	the_in.eof = true;
	return (unsigned int)len;
}

int child_in(const void *data, size_t size)
{
	struct in *in = near();
	unsigned int len = (unsigned int)size, n = 0;

	if (!len)
		in->eof = true;
	if (in->eof || ours[0] < 0)
		return (int)len;
	if (!in->len)
		n = put(data, len);
	len -= n;
	if (len > sizeof(in->data) - in->len)
		return -ENOSPC;
	if (len > sizeof(in->data) - in->at - in->len) {
		memmove(in->data, in->data + in->at, in->len);
		in->at = 0;
	}
	memcpy(in->data + in->at + in->len, (const char *)data + n, len);
	in->len += len;
	return (int)n;
}

size_t child_in_flush(void)
{
	struct in *in = &the_in;
	unsigned int n = 0;

	if (ours[0] < 0)
		return 0;
	if (in->len)
		n = put(in->data + in->at, in->len);
	in->len -= n;
	in->at = in->len ? in->at + n : 0;
	if (in->eof && !in->len)
		close_end(&ours[0]);
	return n;
}

int child_in_fd(void)
{
	return the_in.len || the_in.eof ? ours[0] : -1;
}

int child_out_fd(int which)
{
	return ours[which];
}

ssize_t child_out(int which, void *buf, size_t size)
{
	ssize_t n = io_read(ours[which], buf, size);

	if (n > 0 || n == -EAGAIN)
		return n;
	child_out_close(which);
	return 0;
}

void child_out_close(int which)
{
	close_end(&ours[which]);
}

void child_forget(void)
{
	close_all(ours);
}

bool child_was_oom(int status)
{
	const char *count = NULL;

	/* The kernel has counted since it booted, and until now nothing else
	 * was large enough. */
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		count = file_find("/proc/vmstat", "\noom_kill ");
	return count && *count != '0';
}
