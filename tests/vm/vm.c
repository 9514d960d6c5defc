// SPDX-License-Identifier: MIT
#include "vm.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char top[64];

double vm_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void vm_sleep_ms(int ms)
{
	poll(NULL, 0, ms);
}

/* --- the directory -------------------------------------------------------- */

void vm_setup(void)
{
	strcpy(top, "/tmp/bootvm-XXXXXX");
	if (!mkdtemp(top)) {
		perror(top);
		exit(EXIT_FAILURE);
	}
	setenv("TMPDIR", top, 1);
	setenv("LC_ALL", "C", 1);
	unsetenv("SOURCE_DATE_EPOCH");
	signal(SIGPIPE, SIG_IGN);
}

const char *vm_busybox(void)
{
	static const char *const files[] = { "bin/busybox", "usr/bin/busybox" };
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	const char *path;

	for (size_t i = 0; i < 4; i++) {
		const char *file = files[i % 2];

		if (i >= 2)
			path = vm_fmt("/%s", file);
		else if (cache && *cache == '/')
			path = vm_fmt("%s/bootlet/packages/busybox-static/%s",
				      cache, file);
		else
			path = vm_fmt("%s/.cache/bootlet/packages/"
				      "busybox-static/%s",
				      home ? home : "", file);
		if (access(path, X_OK) == 0)
			return path;
	}
	ck_abort_msg("no static BusyBox: neither in the cache nor installed");
	return NULL;
}

const char *vm_at(const char *name)
{
	return vm_fmt("%s/%s", top, name);
}

const char *vm_fmt(const char *fmt, ...)
{
	static char text[8][1024];
	static size_t next;
	va_list ap;

	next = (next + 1) % 8;
	va_start(ap, fmt);
	vsnprintf(text[next], sizeof(text[next]), fmt, ap);
	va_end(ap);
	return text[next];
}

const char *vm_put(const char *name, const char *content, bool exec)
{
	const char *path = vm_at(name);
	size_t n = strlen(content);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		      exec ? 0755 : 0644);

	ck_assert_msg(fd >= 0, "%s: %s", path, strerror(errno));
	ck_assert_int_eq(write(fd, content, n), n);
	close(fd);
	return path;
}

struct text vm_slurp(const char *path)
{
	struct text t = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char piece[65536];
	ssize_t n;

	ck_assert_msg(fd >= 0, "%s: %s", path, strerror(errno));
	text_add(&t, "", 0);
	while ((n = read(fd, piece, sizeof(piece))) > 0)
		text_add(&t, piece, (size_t)n);
	close(fd);
	ck_assert_int_eq(n, 0);
	return t;
}

/* --- text ----------------------------------------------------------------- */

void text_add(struct text *t, const void *p, size_t n)
{
	t->p = realloc(t->p, t->n + n + 1);
	ck_assert_ptr_nonnull(t->p);
	memcpy(t->p + t->n, p, n);
	t->n += n;
	t->p[t->n] = '\0';
}

int text_lines(const struct text *t)
{
	int n = t->n && t->p[t->n - 1] != '\n';

	for (size_t i = 0; i < t->n; i++)
		n += t->p[i] == '\n';
	return n;
}

const char *vm_answer(const struct ran *r, const char *key)
{
	static char text[4][1024];
	static size_t next;
	size_t n = strlen(key);

	next = (next + 1) % 4;
	strcpy(text[next], "(none)");
	for (const char *p = r->out.p; p && *p;
	     p += strcspn(p, "\n"), p += *p == '\n')
		if (!strncmp(p, key, n) && p[n] == '=')
			snprintf(text[next], sizeof(text[next]), "%.*s",
				 (int)strcspn(p + n + 1, "\n"), p + n + 1);
	return text[next];
}

/* --- commands ------------------------------------------------------------- */

void vm_signals_default(void)
{
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void become(const char *const argv[], const int fd[3])
{
	vm_signals_default();
	for (int i = 0; i < 3; i++)
		if (dup2(fd[i], i) < 0)
			_exit(99);
	execvp(argv[0], (char *const *)argv);
	_exit(98);
}

pid_t vm_spawn(const char *const argv[], int in, int out, int err)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	const int fd[3] = {
		in < 0 ? null : in,
		out < 0 ? null : out,
		err < 0 ? null : err,
	};
	pid_t pid;

	/* The table of a test has no 0, 1, 2 to be taken over by accident. */
	ck_assert_int_gt(null, 2);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		become(argv, fd);
	close(null);
	return pid;
}

static int code_of(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

int vm_wait(pid_t pid, double seconds)
{
	double end = vm_now() + seconds;
	int status;
	pid_t got;

	while ((got = waitpid(pid, &status, WNOHANG)) == 0 && vm_now() < end)
		vm_sleep_ms(5);
	if (got == 0) {
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		ck_abort_msg("it did not end within %.0f seconds", seconds);
	}
	ck_assert_int_eq(got, pid);
	return code_of(status);
}

/* Return: whether there may be more. */
static bool take(int fd, struct text *t)
{
	char piece[65536];
	ssize_t n = read(fd, piece, sizeof(piece));

	if (n > 0)
		text_add(t, piece, (size_t)n);
	return n > 0 || (n < 0 && errno == EAGAIN);
}

struct pipes {
	int in, out, err;
	const char *input;
	size_t left;
};

static void shut(int *fd)
{
	close(*fd);
	*fd = -1;
}

static void give(struct pipes *p)
{
	ssize_t n = p->left ? write(p->in, p->input, p->left) : 0;

	if (n > 0) {
		p->input += n;
		p->left -= (size_t)n;
	}
	if (!p->left || (n < 0 && errno != EAGAIN))
		shut(&p->in);
}

static bool turn(struct pipes *p, struct ran *r)
{
	struct pollfd f[] = {
		{ .fd = p->in, .events = POLLOUT },
		{ .fd = p->out, .events = POLLIN },
		{ .fd = p->err, .events = POLLIN },
	};

	poll(f, 3, 200);
	if (f[0].revents)
		give(p);
	if (f[1].revents && !take(p->out, &r->out))
		shut(&p->out);
	if (f[2].revents && !take(p->err, &r->err))
		shut(&p->err);
	return p->out >= 0 || p->err >= 0;
}

void vm_exec(struct ran *r, const char *input, size_t n,
	     const char *const argv[])
{
	int in[2], out[2], err[2];
	double begin = vm_now();
	struct pipes p;
	pid_t pid;

	*r = (struct ran){ 0 };
	text_add(&r->out, "", 0);
	text_add(&r->err, "", 0);
	ck_assert(!pipe2(in, O_CLOEXEC) && !pipe2(out, O_CLOEXEC) &&
		  !pipe2(err, O_CLOEXEC));
	pid = vm_spawn(argv, in[0], out[1], err[1]);
	close(in[0]);
	close(out[1]);
	close(err[1]);
	fcntl(in[1], F_SETFL, O_NONBLOCK);
	p = (struct pipes){ in[1], out[0], err[0], input, input ? n : 0 };
	while (turn(&p, r) && vm_now() < begin + VM_DEADLINE_S)
		;
	r->code = vm_wait(pid, begin + VM_DEADLINE_S - vm_now());
	r->seconds = vm_now() - begin;
	if (p.in >= 0)
		close(p.in);
}

void ran_free(struct ran *r)
{
	free(r->out.p);
	free(r->err.p);
	*r = (struct ran){ 0 };
}

void vm_expect(int fd, struct text *sofar, const char *want, double seconds)
{
	double end = vm_now() + seconds;

	if (!sofar->p)
		text_add(sofar, "", 0);
	while (!memmem(sofar->p, sofar->n, want, strlen(want))) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		bool more = true;

		if (poll(&p, 1, 200) > 0)
			more = take(fd, sofar);
		if (!more || vm_now() > end)
			ck_abort_msg("\"%s\" did not come%s; it said: %.2000s",
				     want, more ? " in time" : "", sofar->p);
	}
}
