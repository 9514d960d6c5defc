/* SPDX-License-Identifier: MIT */
/*
 * Guest and gdb on one terminal, above each other, by tmux: in the tmux that
 * the user is in already, or in one of our own that ends with the guest.
 */
#ifndef BOOTLET_GDBTERM_H
#define BOOTLET_GDBTERM_H

#include "str.h"

#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

/** enum gdbterm_kind - where gdb can be shown */
enum gdbterm_kind {
	GDBTERM_NONE, /* nowhere: the user starts it */
	GDBTERM_INSIDE, /* the user's tmux gets one more pane */
	GDBTERM_OWN, /* a tmux of our own is started */
};

/** struct gdbterm - its state; zero is GDBTERM_NONE */
struct gdbterm {
	enum gdbterm_kind kind;
	/** @dir: of the run, not owned; tmux's socket is in it */
	const char *dir;
	/** @client: pid of our tmux, 0 where there is none */
	pid_t client;
	/** @saved: the descriptors 0 to 2 as they were, -1 where kept */
	int saved[3];
	/** @before: the terminal's settings before tmux, where @known */
	struct termios before;
	bool known;
};

/**
 * gdbterm_kind() - what is to be had here
 * @tmux:     value of $TMUX, or NULL
 * @terminal: stdin and stdout are one
 * @there:    tmux is installed
 */
enum gdbterm_kind gdbterm_kind(const char *tmux, bool terminal, bool there);

/**
 * gdbterm_split_argv() - the command that opens a pane with gdb in it
 * @t:    where
 * @pane: value of $TMUX_PANE, or NULL
 * @exe:  bootlet
 * @argv: words are appended
 *
 * The pane stays where bootlet gdb fails, until Enter is pressed in it.
 */
void gdbterm_split_argv(const struct gdbterm *t, const char *pane,
			const char *exe, struct strv *argv);

/**
 * gdbterm_open() - before QEMU is started: make the place for the guest
 * @t:   filled in
 * @dir: of the run, see vm_make()
 *
 * With GDBTERM_OWN bootlet's own 0, 1 and 2, where they are terminals, lead to
 * the upper pane from now on, and tmux is on the terminal that they were.
 * Where that fails, @t is GDBTERM_NONE.
 */
void gdbterm_open(struct gdbterm *t, const char *dir);

/** gdbterm_gdb() - open the pane with gdb. Return: 0; -errno */
int gdbterm_gdb(struct gdbterm *t);

/** gdbterm_close() - end a tmux of our own, have the terminal again */
void gdbterm_close(struct gdbterm *t);

#endif
