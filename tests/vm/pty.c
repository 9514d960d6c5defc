// SPDX-License-Identifier: MIT
#include "pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

void pty_resize(struct pty *p, unsigned short rows, unsigned short cols)
{
	struct winsize w = { .ws_row = rows, .ws_col = cols };

	ck_assert_int_eq(ioctl(p->master, TIOCSWINSZ, &w), 0);
}

void pty_start(struct pty *p, unsigned short rows, unsigned short cols,
	       const char *const argv[])
{
	*p = (struct pty){ 0 };
	text_add(&p->said, "", 0);
	p->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	ck_assert(p->master >= 0 && !grantpt(p->master) &&
		  !unlockpt(p->master));
	pty_resize(p, rows, cols);
	/* Held open, so that its settings outlive the programs on it. */
	p->slave = open(ptsname(p->master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	ck_assert_int_ge(p->slave, 0);
	ck_assert_int_eq(tcgetattr(p->slave, &p->before), 0);
	p->pid = fork();
	ck_assert_int_ge(p->pid, 0);
	if (p->pid)
		return;
	setsid();
	ioctl(p->slave, TIOCSCTTY, 0);
	for (int fd = 0; fd < 3; fd++)
		dup2(p->slave, fd);
	vm_signals_default();
	setenv("TERM", "xterm-256color", 1);
	execvp(argv[0], (char *const *)argv);
	_exit(98);
}

void pty_type(struct pty *p, const char *text)
{
	ck_assert_int_eq(write(p->master, text, strlen(text)), strlen(text));
}

static void take(struct pty *p, int ms)
{
	struct pollfd f = { .fd = p->master, .events = POLLIN };
	char piece[4096];
	ssize_t n;

	if (poll(&f, 1, ms) <= 0)
		return;
	n = read(p->master, piece, sizeof(piece));
	if (n > 0)
		text_add(&p->said, piece, (size_t)n);
}

void pty_expect(struct pty *p, const char *want, double seconds)
{
	double end = vm_now() + seconds;
	char *at;

	while (!(at = memmem(p->said.p + p->seen, p->said.n - p->seen, want,
			     strlen(want)))) {
		int status;

		if (vm_now() > end)
			ck_abort_msg("\"%s\" did not come: %.2000s", want,
				     p->said.p + p->seen);
		take(p, 200);
		if (waitpid(p->pid, &status, WNOHANG | WNOWAIT) > 0 &&
		    !memmem(p->said.p + p->seen, p->said.n - p->seen, want,
			    strlen(want)))
			ck_abort_msg("it ended before \"%s\": %.2000s", want,
				     p->said.p + p->seen);
	}
	p->seen = (size_t)(at - p->said.p) + strlen(want);
}

const char *pty_ask(struct pty *p, const char *line)
{
	static char text[4][1024];
	static size_t next;
	char *to = text[next = (next + 1) % 4];
	size_t begin;

	pty_type(p, vm_fmt("%s\r", line));
	/* The echo of the line comes first. */
	pty_expect(p, "\n", 60);
	begin = p->seen;
	pty_expect(p, "# ", 60);
	snprintf(to, sizeof(text[0]), "%.*s", (int)(p->seen - begin),
		 p->said.p + begin);
	/* Neither the prompt's line nor the end of the last one. */
	if (strrchr(to, '\n'))
		*strrchr(to, '\n') = '\0';
	else
		*to = '\0';
	to[strcspn(to, "\r")] = '\0';
	return to;
}

int pty_end(struct pty *p, double seconds)
{
	double end = vm_now() + seconds;
	int status;

	/* What it still says must be read, or it would wait. */
	while (waitpid(p->pid, &status, WNOHANG) == 0) {
		if (vm_now() > end)
			ck_abort_msg("it did not end: %.2000s",
				     p->said.p + p->seen);
		take(p, 50);
	}
	take(p, 0);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

static bool same(const struct termios *a, const struct termios *b)
{
	return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag &&
	       a->c_cflag == b->c_cflag && a->c_lflag == b->c_lflag &&
	       !memcmp(a->c_cc, b->c_cc, sizeof(a->c_cc));
}

void pty_restored(struct pty *p, double seconds)
{
	double end = vm_now() + seconds;
	struct termios now;

	do {
		ck_assert_int_eq(tcgetattr(p->slave, &now), 0);
		if (same(&now, &p->before))
			return;
		vm_sleep_ms(20);
	} while (vm_now() < end);
	ck_abort_msg("the terminal is not as it was: lflag %o, not %o",
		     now.c_lflag, p->before.c_lflag);
}
