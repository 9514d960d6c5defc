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
/* Of what a boot says; a report has 16 KiB of its console and little more, a
 * picture some hundred bytes an initcall. */
#define SAID_MAX (32 << 20)
/* Boots of which the one in the middle is drawn. */
#define CHARTS	      3
#define CHARTS_ICOUNT 1

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

enum { ERR, REPORT, CHART, N_SAID };

/* A process of ours, and what it says. */
struct boot {
	pid_t pid;
	int code;

	int fd[N_SAID];
	struct buf said[N_SAID];
	struct bench_ends ends;
};

static _Noreturn void become(const struct strv *argv, pid_t parent,
			     const int to[N_SAID])
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
	dup2(to[ERR], STDERR_FILENO);
	for (int i = REPORT; i < N_SAID; i++)
		fcntl(to[i], F_SETFD, 0);
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

static bool all_is_said(const struct boot *t)
{
	for (int i = 0; i < N_SAID; i++)
		if (t->fd[i] >= 0)
			return false;
	return true;
}

/* Until all that could write there has ended. */
static void listen_to(struct boot *t)
{
	while (!all_is_said(t)) {
		struct pollfd p[N_SAID];
		int sig;

		for (int i = 0; i < N_SAID; i++)
			p[i] = (struct pollfd){ .fd = t->fd[i],
						.events = POLLIN };
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

static void close_all(int fd[N_SAID])
{
	for (int i = 0; i < N_SAID; i++) {
		if (fd[i] >= 0)
			close(fd[i]);
		fd[i] = -1;
	}
}

/* All of them, used or not: one that nobody writes to ends at once. */
static int open_pipes(int from[N_SAID], int to[N_SAID])
{
	for (int i = 0; i < N_SAID; i++)
		from[i] = to[i] = -1;
	for (int i = 0; i < N_SAID; i++) {
		int fd[2];
		int err = pipe2(fd, O_CLOEXEC) < 0 ? -errno : 0;

		if (err) {
			close_all(from);
			close_all(to);
			return err;
		}
		from[i] = fd[0];
		to[i] = fd[1];
	}
	return 0;
}

/* What is to be booted. */
struct plan {
	enum bench_side side;
	/* Ordinal, from 0. */
	size_t i;
	/* A picture is made; whether its time is one of the values. */
	bool draws, counts;
};

/* Its files are pipes: there is nothing that could be left behind.
 * Return: 0; -errno: it could not be started. */
static int run(const struct bench *b, const struct plan *p, struct boot *t)
{
	struct strv argv = { 0 };
	pid_t me = getpid();
	char *report, *chart;
	int to[N_SAID], err = open_pipes(t->fd, to);

	if (err)
		return err;
	report = xasprintf("/proc/self/fd/%d", to[REPORT]);
	chart = xasprintf("/proc/self/fd/%d", to[CHART]);
	bench_argv(b, p->side, report, p->draws ? chart : NULL, &argv);
	t->ends.begin = moments_now();
	t->pid = fork();
	if (t->pid == 0)
		become(&argv, me, to);
	close_all(to);
	if (t->pid > 0) {
		listen_to(t);
		t->code = reap(t->pid);
	} else {
		close_all(t->fd);
	}
	t->ends.end = moments_now();
	strv_free(&argv);
	free(report);
	free(chart);
	return t->pid < 0 ? -EAGAIN : 0;
}

/* --- what is said of it --------------------------------------------------- */

static const char *which_text(const struct bench *b, const struct plan *p)
{
	if (p->draws)
		return " for --chart";
	if (!b->pairs)
		return "";
	return p->side == BENCH_A ? " of A" : " of B";
}

/* Its own words, then ours. A code that means something else of ours is not
 * handed on. */
static int say_failed(const struct bench *b, const struct plan *p,
		      const struct boot *t)
{
	if (t->said[ERR].n)
		fwrite(t->said[ERR].p, 1, t->said[ERR].n, stderr);
	msg_error("boot %zu%s: ended with %d; nothing more is booted", p->i + 1,
		  which_text(b, p), t->code);
	return t->code > 2 ? t->code : FAILED;
}

static int take(struct bench *b, const struct plan *p, struct boot *t,
		struct bench_series *drawn)
{
	struct bench_boot boot;
	const char *wrong = "there is none";
	struct buf *said;

	if (t->said[REPORT].n)
		wrong = bench_read(t->said[REPORT].p, b->icount, &t->ends,
				   &boot, &b->what);
	if (wrong) {
		msg_error("the report of a boot: %s; is another option in the "
			  "way?",
			  wrong);
		return FAILED;
	}
	if (p->draws && (!t->said[CHART].n || t->said[CHART].n >= SAID_MAX)) {
		msg_error("--chart: a boot gave %s",
			  t->said[CHART].n ?
				  "one of 32 MiB, which is too much" :
				  "none");
		return FAILED;
	}
	if (!p->draws && !p->counts)
		return 0;
	/* The series owns it from now on. */
	said = &t->said[p->draws ? CHART : REPORT];
	boot.report = said->p;
	*said = (struct buf){ 0 };
	bench_add(p->draws ? drawn : &b->side[p->side], &boot);
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

static int boot_one(struct bench *b, const struct plan *p,
		    struct bench_series *drawn)
{
	struct boot t = { .pid = -1 };
	int err = run(b, p, &t), code = FAILED;

	if (err)
		msg_error("boot %zu: cannot be started: %s", p->i + 1,
			  strerror(-err));
	else if (asked)
		code = 128 + asked;
	else if (t.code)
		code = say_failed(b, p, &t);
	else
		code = take(b, p, &t, drawn);
	for (int k = 0; k < N_SAID; k++)
		buf_free(&t.said[k]);
	return code;
}

int bench_run(struct bench *b, size_t n, char **chart)
{
	size_t sides = b->pairs ? 2 : 1, warm = b->icount ? 0 : sides;
	size_t charts = b->icount ? CHARTS_ICOUNT : CHARTS;
	size_t boots = warm + sides * n, all = boots + (chart ? charts : 0);
	struct bench_series drawn = { 0 };
	long long since = moments_now();
	int code = 0;

	take_signals();
	for (size_t i = 0; i < all && !code; i++) {
		struct plan p = { .i = i,
				  .draws = i >= boots,
				  .counts = i >= warm && i < boots };

		if (!p.draws)
			p.side = (enum bench_side)(i % sides);
		progress(i, all, since);
		code = boot_one(b, &p, &drawn);
	}
	/* The line is gone before anything is printed. */
	msg_progress("", all, all);
	if (chart)
		*chart = code ? NULL : bench_drawn(&drawn);
	bench_series_free(&drawn);
	return code;
}
