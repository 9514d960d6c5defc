// SPDX-License-Identifier: MIT
#include "gdbterm.h"

#include "msg.h"
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define TMUX	"tmux"
#define OPEN_MS 10000
#define REAP_MS 5000

/* What the pane of the guest runs: it says which terminal it has, and hands on
 * what a terminal tells its foreground. bootlet reads and writes there. */
static const char guest_script[] =
	"tty >\"$1\"\n"
	"for s in WINCH INT QUIT TERM; do trap \"kill -$s $2\" $s; done\n"
	"sleep 2000000 &\n"
	"while kill -0 $! 2>/dev/null; do wait $!; done";

static const char gdb_script[] =
	"\"$@\" || { echo \"bootlet gdb ended with code $?; the guest is still "
	"there. Press Enter to close this\"; read -r x; }";

enum gdbterm_kind gdbterm_kind(const char *tmux, bool terminal, bool there)
{
	if (!terminal || !there)
		return GDBTERM_NONE;
	return tmux && *tmux ? GDBTERM_INSIDE : GDBTERM_OWN;
}

/* A semicolon at the end of a word begins tmux's next command. */
static void push_word(struct strv *argv, const char *word)
{
	size_t n = strlen(word);

	if (n && word[n - 1] == ';')
		strv_pushf(argv, "%.*s\\;", (int)n - 1, word);
	else
		strv_push(argv, word);
}

static void push_tmux(const struct gdbterm *t, struct strv *argv)
{
	strv_push(argv, TMUX);
	if (t->kind != GDBTERM_OWN)
		return;
	strv_push(argv, "-S");
	strv_pushf(argv, "%s/tmux", t->dir);
}

void gdbterm_split_argv(const struct gdbterm *t, const char *pane,
			const char *exe, struct strv *argv)
{
	push_tmux(t, argv);
	strv_pushl(argv, "split-window", "-v", NULL);
	if (t->kind == GDBTERM_INSIDE && pane && *pane)
		strv_pushl(argv, "-t", pane, NULL);
	strv_pushl(argv, "sh", "-c", gdb_script, "sh", NULL);
	push_word(argv, exe);
	strv_pushl(argv, "gdb", "--guest", NULL);
	push_word(argv, t->dir);
}

/* The session ends with its client: what is detached has no user, and the
 * guest would wait unseen. */
static int write_conf(const char *path)
{
	static const char conf[] =
		"set -g destroy-unattached on\nset -g mouse on\n"
		"set -g status off\nset -g history-limit 50000\n";
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = write(fd, conf, sizeof(conf) - 1);
	close(fd);
	return n == (ssize_t)sizeof(conf) - 1 ? 0 : -EIO;
}

static _Noreturn void become_client(const struct strv *argv, pid_t parent)
{
	sigset_t none;

	/* TERM: it shall give the terminal back as it found it. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	unsetenv("TMUX");
	if (getppid() == parent)
		execvp(argv->v[0], argv->v);
	_exit(127);
}

static void start_client(struct gdbterm *t, const char *fifo)
{
	struct strv argv = { 0 };
	pid_t me = getpid();

	push_tmux(t, &argv);
	strv_push(&argv, "-f");
	strv_pushf(&argv, "%s/tmux.conf", t->dir);
	strv_pushl(&argv, "new-session", "sh", "-c", guest_script, "sh", NULL);
	push_word(&argv, fifo);
	strv_pushf(&argv, "%d", me);
	t->known = tcgetattr(STDIN_FILENO, &t->before) == 0;
	t->client = fork();
	if (t->client == 0)
		become_client(&argv, me);
	if (t->client < 0)
		t->client = 0;
	strv_free(&argv);
}

static bool client_gone(const struct gdbterm *t)
{
	siginfo_t gone = { 0 };

	return !t->client ||
	       waitid(P_PID, (id_t)t->client, &gone,
		      WEXITED | WNOHANG | WNOWAIT) < 0 ||
	       gone.si_pid;
}

/* The name of the pane's terminal, a line in the fifo. */
static int read_pane(const struct gdbterm *t, int fifo, char *name, size_t size)
{
	size_t n = 0;

	for (int ms = 0; ms < OPEN_MS; ms += 20) {
		struct pollfd p = { .fd = fifo, .events = POLLIN };
		ssize_t got = -1;

		if (poll(&p, 1, 20) > 0)
			got = read(fifo, name + n, size - 1 - n);
		if (got > 0)
			n += (size_t)got;
		name[n] = '\0';
		if (strchr(name, '\n')) {
			name[strcspn(name, "\n")] = '\0';
			return 0;
		}
		/* Nobody has opened it yet, or tmux did not come up. */
		if (got == 0)
			poll(NULL, 0, 20);
		if (client_gone(t))
			return -ECHILD;
	}
	return -ETIMEDOUT;
}

static int move_streams(struct gdbterm *t, const char *name)
{
	int fd = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	for (int i = 0; i < 3; i++) {
		if (!isatty(i))
			continue;
		t->saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 3);
		dup2(fd, i);
	}
	close(fd);
	return 0;
}

static int open_own(struct gdbterm *t)
{
	char *fifo = xasprintf("%s/pane", t->dir);
	char *conf = xasprintf("%s/tmux.conf", t->dir);
	char name[256] = "";
	int fd = -1, err = write_conf(conf);

	if (!err && mkfifo(fifo, 0600) < 0)
		err = -errno;
	if (!err)
		fd = open(fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (!err && fd < 0)
		err = -errno;
	if (!err) {
		start_client(t, fifo);
		err = read_pane(t, fd, name, sizeof(name));
	}
	if (!err)
		err = move_streams(t, name);
	if (fd >= 0)
		close(fd);
	unlink(fifo);
	unlink(conf);
	free(fifo);
	free(conf);
	return err;
}

void gdbterm_open(struct gdbterm *t, const char *dir)
{
	char *tmux = spawn_which(TMUX);
	/* Not the shell's, either: a job in the background has none. */
	bool terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) &&
			tcgetpgrp(STDIN_FILENO) == getpgrp();
	int err;

	*t = (struct gdbterm){ .dir = dir, .saved = { -1, -1, -1 } };
	t->kind = gdbterm_kind(getenv("TMUX"), terminal, tmux != NULL);
	free(tmux);
	if (t->kind != GDBTERM_OWN)
		return;
	err = open_own(t);
	if (!err)
		return;
	gdbterm_close(t);
	msg_warn(TMUX ": cannot be used on this terminal: %s",
		 err == -ECHILD	   ? "it ended at once; see TERM, or use "
				     "--no-tmux" :
		 err == -ETIMEDOUT ? "it did not answer in 10 seconds" :
				     strerror(-err));
}

int gdbterm_gdb(struct gdbterm *t)
{
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	struct spawn how = { .timeout_ms = OPEN_MS };
	struct strv argv = { 0 };
	struct buf words = { 0 };
	int code;

	if (n < 0)
		return -errno;
	exe[n] = '\0';
	how.out = how.err = &words;
	gdbterm_split_argv(t, getenv("TMUX_PANE"), exe, &argv);
	code = spawn_run(&how, &argv);
	if (code > 0)
		msg_warn(TMUX ": no pane for gdb: %.*s",
			 words.n ? (int)strcspn(words.p, "\n") : 0,
			 words.n ? words.p : "");
	strv_free(&argv);
	buf_free(&words);
	return code > 0 ? -ECHILD : code;
}

/* One that hangs shall not hold up the end of the run. */
static void reap_client(struct gdbterm *t)
{
	for (int ms = 0; ms < REAP_MS && !client_gone(t); ms += 10)
		poll(NULL, 0, 10);
	if (!client_gone(t))
		kill(t->client, SIGKILL);
	while (waitpid(t->client, NULL, 0) < 0 && errno == EINTR)
		;
	t->client = 0;
	/* A client that was killed has left it raw. */
	if (t->known)
		tcsetattr(t->saved[0] < 0 ? STDIN_FILENO : t->saved[0], TCSANOW,
			  &t->before);
}

void gdbterm_close(struct gdbterm *t)
{
	struct spawn how = { .timeout_ms = OPEN_MS };
	struct strv argv = { 0 };
	struct buf words = { 0 };

	if (t->kind == GDBTERM_OWN && t->client) {
		how.out = how.err = &words;
		push_tmux(t, &argv);
		strv_push(&argv, "kill-server");
		/* Not a problem if it fails: then there is none any more. */
		if (spawn_run(&how, &argv))
			kill(t->client, SIGTERM);
		reap_client(t);
	}
	for (int i = 0; t->kind == GDBTERM_OWN && i < 3; i++) {
		if (t->saved[i] < 0)
			continue;
		dup2(t->saved[i], i);
		close(t->saved[i]);
		t->saved[i] = -1;
	}
	strv_free(&argv);
	buf_free(&words);
	t->kind = GDBTERM_NONE;
}
