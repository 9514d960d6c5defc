/* SPDX-License-Identifier: MIT */
/* A terminal with bootlet on it, typed into and read by a test. */
#ifndef BOOTLET_TESTS_PTY_H
#define BOOTLET_TESTS_PTY_H

#include "vm.h"

#include <termios.h>

struct pty {
	int master, slave;
	pid_t pid;
	struct text said; /* all of it */
	size_t seen; /* what pty_expect() has gone past */
	struct termios before;
};

/* Start @argv as the leader of a session on a new terminal of that size. */
void pty_start(struct pty *p, unsigned short rows, unsigned short cols,
	       const char *const argv[]);

/* Change its size. */
void pty_resize(struct pty *p, unsigned short rows, unsigned short cols);

void pty_type(struct pty *p, const char *text);

/* Wait until @want appears behind what was expected last. */
void pty_expect(struct pty *p, const char *want, double seconds);

/* Type a line and return what the guest's shell prints for it, up to its next
 * prompt "# "; four stay valid. */
const char *pty_ask(struct pty *p, const char *line);

/* Wait for the end. Return: the exit code. */
int pty_end(struct pty *p, double seconds);

/* Fails the test unless the terminal is as it was, within @seconds. */
void pty_restored(struct pty *p, double seconds);

#endif
