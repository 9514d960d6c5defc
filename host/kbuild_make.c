// SPDX-License-Identifier: MIT
#include "kbuild_make.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TICK_MS = 100, GRACE_MS = 5000, GUARD_TICKS = 30, LINE_MAX_ = 65536 };

struct running {
	/* make, which leads its group. */
	pid_t pid, guard;
	int words, signals, guard_fd;
	sigset_t old;
	struct buf text;
	long long kill_at;
};

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* --- the guard ----------------------------------------------------------------
 * It waits for the end of a socket that only bootlet holds open. make gets the
 * time to remove what it has half written. */

static _Noreturn void guard(int fd)
{
	pid_t said = 0, group = 0;

	setsid();
	prctl(PR_SET_NAME, "bootlet-guard");
	for (int i = 0; i < 1024; i++)
		if (i != fd)
			close(i);
	if (chdir("/") < 0)
		_exit(1);
	while (read(fd, &said, sizeof(said)) == sizeof(said))
		group = said;
	if (group > 0 && kill(-group, SIGTERM) == 0) {
		kill(-group, SIGCONT);
		for (int i = 0; i < GUARD_TICKS && !kill(-group, 0); i++)
			poll(NULL, 0, TICK_MS);
		kill(-group, SIGKILL);
	}
	_exit(0);
}

static int start_guard(struct running *r)
{
	int p[2];

	/* No pipe: one can write to a socket without a SIGPIPE. */
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, p))
		return -errno;
	r->guard = fork();
	if (!r->guard) {
		close(p[1]);
		guard(p[0]);
	}
	close(p[0]);
	r->guard_fd = p[1];
	return r->guard < 0 ? -errno : 0;
}

static void tell_guard(struct running *r, pid_t group)
{
	/* Not a problem if it fails: PR_SET_PDEATHSIG still ends make. */
	if (send(r->guard_fd, &group, sizeof(group), MSG_NOSIGNAL) < 0)
		close_fd(&r->guard_fd);
}

/* --- starting ----------------------------------------------------------------- */

static _Noreturn void become(const struct kmake *m, const struct strv *argv,
			     const sigset_t *mask, int out, int report)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC), err;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	sigprocmask(SIG_SETMASK, mask, NULL);
	signal(SIGPIPE, SIG_DFL);
	for (size_t i = 0; m->env && m->env[i]; i++)
		putenv((char *)(uintptr_t)m->env[i]);
	if (null >= 0 && dup2(null, 0) >= 0 && dup2(out, 1) >= 0 &&
	    dup2(out, 2) >= 0)
		execvp(argv->v[0], argv->v);
	err = errno;
	/* Not a problem if it fails: the exit code says it too. */
	if (write(report, &err, sizeof(err)) < 0)
		_exit(126);
	_exit(127);
}

/* Above 2, so that become() closes none of them by its dup2(). */
static int open_pipe(int p[2])
{
	if (pipe2(p, O_CLOEXEC))
		return -errno;
	for (int i = 0; i < 2; i++) {
		int fd = fcntl(p[i], F_DUPFD_CLOEXEC, 3);

		close(p[i]);
		p[i] = fd;
	}
	return p[0] < 0 || p[1] < 0 ? -EMFILE : 0;
}

static int start(struct running *r, const struct kmake *m,
		 const struct strv *argv)
{
	int words[2] = { -1, -1 }, report[2] = { -1, -1 }, failed = 0;
	int err = open_pipe(words);

	if (!err)
		err = open_pipe(report);
	if (!err) {
		r->pid = fork();
		if (!r->pid)
			become(m, argv, &r->old, words[1], report[1]);
		err = r->pid < 0 ? -errno : 0;
	}
	close_fd(&words[1]);
	close_fd(&report[1]);
	r->words = words[0];
	if (!err) {
		/* Both do it, so that neither can come too late. */
		setpgid(r->pid, r->pid);
		tell_guard(r, r->pid);
		fcntl(r->words, F_SETFL, O_NONBLOCK);
		if (read(report[0], &failed, sizeof(failed)) == sizeof(failed))
			err = -failed;
	}
	close_fd(&report[0]);
	return err;
}

/* --- running ------------------------------------------------------------------ */

static void take_lines(struct running *r, const struct kmake *m, bool all)
{
	char *p = r->text.p, *end;
	size_t left = r->text.n;

	while (left &&
	       ((end = memchr(p, '\n', left)) || all || left > LINE_MAX_)) {
		size_t n = end ? (size_t)(end - p) : left;

		p[n] = '\0';
		m->line(m->ctx, p);
		n += end ? 1 : 0;
		p += n;
		left -= n;
	}
	if (p != r->text.p)
		memmove(r->text.p, p, left);
	r->text.n = left;
}

/* Return: whether there may be more at once. */
static bool read_words(struct running *r, const struct kmake *m)
{
	char block[16384];
	ssize_t n = r->words < 0 ? 0 : read(r->words, block, sizeof(block));

	if (n > 0) {
		buf_add(&r->text, block, (size_t)n);
		take_lines(r, m, false);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		close_fd(&r->words);
	}
	return n > 0;
}

/* Its default does not stop a group that nobody could continue. SIGCONT takes
 * it back where it is still waiting. */
static void stop_here(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static void pass_on(struct running *r, struct kmake *m)
{
	struct signalfd_siginfo si;
	int sig;

	if (read(r->signals, &si, sizeof(si)) != sizeof(si))
		return;
	sig = (int)si.ssi_signo;
	if (sig == SIGTSTP) {
		kill(-r->pid, SIGSTOP);
		stop_here();
		kill(-r->pid, SIGCONT);
		return;
	}
	/* The second one is for those who do not want to wait. */
	kill(-r->pid, m->signal ? SIGKILL : sig);
	if (!m->signal)
		r->kill_at = now_ms() + GRACE_MS;
	m->signal = sig;
}

static bool has_ended(const struct running *r)
{
	siginfo_t si = { 0 };

	return waitid(P_PID, (id_t)r->pid, &si, WEXITED | WNOHANG | WNOWAIT) ==
		       0 &&
	       si.si_pid == r->pid;
}

static void pump(struct running *r, struct kmake *m)
{
	while (!has_ended(r)) {
		struct pollfd fds[2] = { { r->words, POLLIN, 0 },
					 { r->signals, POLLIN, 0 } };

		if (poll(fds, 2, TICK_MS) < 0 && errno != EINTR)
			poll(NULL, 0, TICK_MS);
		if (fds[1].revents)
			pass_on(r, m);
		if (fds[0].revents)
			read_words(r, m);
		if (m->stop && !r->kill_at) {
			kill(-r->pid, SIGTERM);
			r->kill_at = now_ms() + GRACE_MS;
		}
		if (r->kill_at && now_ms() > r->kill_at)
			kill(-r->pid, SIGKILL);
	}
	while (read_words(r, m))
		;
	take_lines(r, m, true);
}

/* Its number is free for others only when the guard has forgotten it. */
static int reap(struct running *r)
{
	int status = 0;

	kill(-r->pid, SIGKILL);
	tell_guard(r, 0);
	while (waitpid(r->pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

static int take_signals(struct running *r)
{
	static const int taken[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT,
				     SIGTSTP };
	struct sigaction had;
	sigset_t set;

	sigemptyset(&set);
	/* What is ignored under nohup or in the background stays so; a
	 * signalfd would get it all the same. */
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		if (sigaction(taken[i], NULL, &had) ||
		    had.sa_handler != SIG_IGN)
			sigaddset(&set, taken[i]);
	sigprocmask(SIG_BLOCK, &set, &r->old);
	r->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return r->signals < 0 ? -errno : 0;
}

int kmake_run(struct kmake *m, const struct strv *argv)
{
	struct running r = { .words = -1, .signals = -1, .guard_fd = -1 };
	int err, status = 0;

	m->signal = 0;
	m->stop = false;
	err = take_signals(&r);
	if (!err)
		err = start_guard(&r);
	if (!err)
		err = start(&r, m, argv);
	if (!err)
		pump(&r, m);
	if (r.pid > 0)
		status = reap(&r);
	close_fd(&r.guard_fd);
	while (r.guard > 0 && waitpid(r.guard, NULL, 0) < 0 && errno == EINTR)
		;
	close_fd(&r.words);
	close_fd(&r.signals);
	buf_free(&r.text);
	sigprocmask(SIG_SETMASK, &r.old, NULL);
	return err ? err : m->signal ? -EINTR : status;
}
