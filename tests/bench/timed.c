// SPDX-License-Identifier: MIT
#include "timed.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORDS 4000 /* bytes of a failed command's stderr that are shown */

static pid_t running;
static int words; /* the command's stderr */
static sigset_t signals;

void fail(int code, const char *fmt, ...)
{
	va_list ap;

	fputs("pairs: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(code);
}

static void init(void)
{
	static const int list[] = { SIGCHLD, SIGHUP, SIGINT, SIGTERM };

	sigemptyset(&signals);
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		sigaddset(&signals, list[i]);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	words = memfd_create("stderr", MFD_CLOEXEC);
	if (words < 0)
		fail(1, "no file for stderr: %s", strerror(errno));
}

static void kill_running(void)
{
	if (running > 0) {
		kill(-running, SIGKILL);
		waitpid(running, NULL, 0);
	}
	running = 0;
}

__attribute__((noreturn, format(printf, 2, 3))) static void
fail_command(char *const *argv, const char *fmt, ...)
{
	char text[WORDS];
	ssize_t n;
	off_t size = lseek(words, 0, SEEK_END);
	va_list ap;

	kill_running();
	fprintf(stderr, "pairs: %s: ", argv[0]);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputs("\n", stderr);
	n = pread(words, text, sizeof(text), size > WORDS ? size - WORDS : 0);
	if (n > 0)
		fwrite(text, 1, (size_t)n, stderr);
	exit(1);
}

/* A group of its own, which can be ended as a whole. */
static int start(char *const *argv, const char *out)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none;
	int err;

	sigemptyset(&none);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP |
						POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, 1, out ? out : "/dev/null",
					 O_WRONLY | O_CREAT | O_TRUNC, 0666);
	posix_spawn_file_actions_adddup2(&files, words, 2);
	err = posix_spawnp(&running, argv[0], &files, &attr, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	return err;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* Waits until it has ended; ends it when its time is up or ours. */
static void wait_running(const struct timed *t, char *const *argv, int *status,
			 struct rusage *usage)
{
	double end = now() + t->timeout;

	while (!wait4(running, status, WNOHANG, usage)) {
		double left = end - now();
		struct timespec most = {
			.tv_sec = (time_t)left,
			.tv_nsec = (long)(fmod(left, 1) * 1e9),
		};
		int sig;

		if (left <= 0)
			fail_command(argv, "takes more than %g s", t->timeout);
		sig = sigtimedwait(&signals, NULL, &most);
		if (sig > 0 && sig != SIGCHLD) {
			kill_running();
			signal(sig, SIG_DFL);
			raise(sig);
			sigprocmask(SIG_UNBLOCK, &signals, NULL);
		}
	}
	running = 0;
}

double timed_run(const struct timed *t, char *const *argv)
{
	struct rusage usage;
	double begin, wall;
	int status, err;

	if (!words)
		init();
	if (ftruncate(words, 0) || lseek(words, 0, SEEK_SET))
		fail(1, "stderr's file: %s", strerror(errno));
	begin = now();
	err = start(argv, t->out);
	if (err)
		fail_command(argv, "cannot be run: %s", strerror(err));
	wait_running(t, argv, &status, &usage);
	wall = now() - begin;
	if (WIFSIGNALED(status))
		fail_command(argv, "died of signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status))
		fail_command(argv, "exit status %d", WEXITSTATUS(status));
	switch (t->measure) {
	case TIMED_CPU:
		return seconds(usage.ru_utime) + seconds(usage.ru_stime);
	case TIMED_MEMORY:
		return (double)usage.ru_maxrss / 1024;
	case TIMED_WALL:
		break;
	}
	return wall;
}
