// SPDX-License-Identifier: MIT
#include "tty.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static struct termios saved;
static bool taken;

static int make_raw(void)
{
	struct termios t = saved;

	cfmakeraw(&t);
	return tcsetattr(STDIN_FILENO, TCSANOW, &t) < 0 ? -errno : 0;
}

int tty_raw(void)
{
	if (tcgetattr(STDIN_FILENO, &saved) < 0)
		return -ENOTTY;
	taken = true;
	return make_raw();
}

void tty_again(void)
{
	/* Not a problem if it fails: the next one may not. */
	if (taken)
		make_raw();
}

void tty_restore(void)
{
	if (taken)
		tcsetattr(STDIN_FILENO, TCSANOW, &saved);
	taken = false;
}

bool tty_size(unsigned int *rows, unsigned int *cols)
{
	struct winsize w;

	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &w) < 0 || !w.ws_row || !w.ws_col)
		return false;
	*rows = w.ws_row;
	*cols = w.ws_col;
	return true;
}

bool tty_background(void)
{
	pid_t front = tcgetpgrp(STDIN_FILENO);

	return front > 0 && front != getpgrp();
}
