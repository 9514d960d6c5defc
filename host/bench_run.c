// SPDX-License-Identifier: MIT
#include "bench_run.h"

#include "moments.h"
#include "msg.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define FAILED 125
/* Of what a boot says; a report has 16 KiB of its console and little more. */
#define SAID_MAX (4 << 20)

static const int taken[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

#define N_TAKEN (sizeof(taken) / sizeof(taken[0]))

static volatile sig_atomic_t asked;
static sigset_t before;

static void on_signal(int sig)
{
	asked = sig;
}

/* They come only while we wait. */
static void take_signals(void)
{
	struct sigaction act = { .sa_handler = on_signal };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < N_TAKEN; i++) {
		sigaddset(&set, taken[i]);
		sigaction(taken[i], &act, NULL);
	}
	sigprocmask(SIG_BLOCK, &set, &before);
}

enum { ERR, REPORT, N_SAID };

/* A process of ours, and what it says. */
struct boot {
	pid_t pid;
	int code;

	int fd[N_SAID];
	struct buf said[N_SAID];
	struct bench_ends ends;
};

static _Noreturn void become(const struct strv *argv, pid_t parent, int err,
			     int report)
{
	int null = open("/dev/null", O_RDWR);

	/* It puts everything in order, and then ends as well. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(FAILED);
	for (size_t i = 0; i < N_TAKEN; i++)
		signal(taken[i], SIG_DFL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	fcntl(report, F_SETFD, 0);
	execv("/proc/self/exe", argv->v);
	_exit(FAILED);
}

static void read_more(struct boot *t, int i)
{
	char piece[65536];
	ssize_t n = read(t->fd[i], piece, sizeof(piece));

	if (n < 0 && errno == EINTR)
		return;
	if (n > 0 && t->said[i].n < SAID_MAX)
		buf_add(&t->said[i], piece, (size_t)n);
	if (n > 0)
		return;
	close(t->fd[i]);
	t->fd[i] = -1;
}

/* Until all that could write there has ended. */
static void listen_to(struct boot *t)
{
	while (t->fd[ERR] >= 0 || t->fd[REPORT] >= 0) {
		struct pollfd p[N_SAID] = {
			{ .fd = t->fd[ERR], .events = POLLIN },
			{ .fd = t->fd[REPORT], .events = POLLIN },
		};
		int sig;

		if (ppoll(p, N_SAID, NULL, &before) < 0) {
			sig = asked;
			if (errno == EINTR && sig)
				kill(t->pid, sig);
			continue;
		}
		for (int i = 0; i < N_SAID; i++)
			if (p[i].revents)
				read_more(t, i);
	}
}

static int reap(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

/* Return: 0; -errno: it could not be started. */
static int run(const struct bench *b, enum bench_side side, struct boot *t)
{
	int err[2], report[2];
	struct strv argv = { 0 };
	pid_t me = getpid();
	char *path;

	if (pipe2(err, O_CLOEXEC) < 0)
		return -errno;
	if (pipe2(report, O_CLOEXEC) < 0) {
		close(err[0]);
		close(err[1]);
		return -EMFILE;
	}
	path = xasprintf("/proc/self/fd/%d", report[1]);
	bench_argv(b, side, path, &argv);
	t->ends.begin = moments_now();
	t->pid = fork();
	if (t->pid == 0)
		become(&argv, me, err[1], report[1]);
	close(err[1]);
	close(report[1]);
	t->fd[ERR] = err[0];
	t->fd[REPORT] = report[0];
	if (t->pid > 0) {
		listen_to(t);
		t->code = reap(t->pid);
	} else {
		close(err[0]);
		close(report[0]);
	}
	t->ends.end = moments_now();
	strv_free(&argv);
	free(path);
	return t->pid < 0 ? -EAGAIN : 0;
}

/* --- what is said of it --------------------------------------------------- */

static const char *side_text(const struct bench *b, enum bench_side side)
{
	if (!b->pairs)
		return "";
	return side == BENCH_A ? " of A" : " of B";
}

/* Its own words, then ours. A code that means something else of ours is not
 * handed on. */
static int say_failed(const struct bench *b, enum bench_side side, size_t i,
		      const struct boot *t)
{
	if (t->said[ERR].n)
		fwrite(t->said[ERR].p, 1, t->said[ERR].n, stderr);
	msg_error("boot %zu%s: ended with %d; nothing more is booted", i + 1,
		  side_text(b, side), t->code);
	return t->code > 2 ? t->code : FAILED;
}

static int take(struct bench *b, enum bench_side side, bool counts,
		struct boot *t)
{
	struct bench_boot boot;
	const char *wrong = "there is none";

	if (t->said[REPORT].n)
		wrong = bench_read(t->said[REPORT].p, b->icount, &t->ends,
				   &boot, &b->what);
	if (wrong) {
		msg_error("the report of a boot: %s; is another option in the "
			  "way?",
			  wrong);
		return FAILED;
	}
	if (!counts)
		return 0;
	boot.report = t->said[REPORT].p;
	t->said[REPORT] = (struct buf){ 0 };
	bench_add(&b->side[side], &boot);
	return 0;
}

static void progress(size_t i, size_t all, long long since)
{
	double each = i ? (double)(moments_now() - since) / 1e9 / (double)i : 0;
	char *what = xasprintf("boot %zu of %zu", i + 1, all);
	char *more =
		xasprintf("%s, %.0f s left", what, each * (double)(all - i));

	msg_progress(i ? more : what, i, 0);
	free(what);
	free(more);
}

/* --- all of them ---------------------------------------------------------- */

static int boot_one(struct bench *b, enum bench_side side, size_t i,
		    bool counts)
{
	struct boot t = { .fd = { -1, -1 } };
	int err = run(b, side, &t), code = FAILED;

	if (err)
		msg_error("boot %zu: cannot be started: %s", i + 1,
			  strerror(-err));
	else if (asked)
		code = 128 + asked;
	else if (t.code)
		code = say_failed(b, side, i, &t);
	else
		code = take(b, side, counts, &t);
	for (int k = 0; k < N_SAID; k++)
		buf_free(&t.said[k]);
	return code;
}

int bench_run(struct bench *b, size_t n)
{
	size_t sides = b->pairs ? 2 : 1, warm = b->icount ? 0 : sides;
	size_t all = warm + sides * n;
	long long since = moments_now();
	int code = 0;

	take_signals();
	for (size_t i = 0; i < all && !code; i++) {
		progress(i, all, since);
		code = boot_one(b, (enum bench_side)(i % sides), i, i >= warm);
	}
	/* The line is gone before anything is printed. */
	msg_progress("", all, all);
	return code;
}
