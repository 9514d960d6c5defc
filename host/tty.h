/* SPDX-License-Identifier: MIT */
/* The user's terminal. */
#ifndef BOOTLET_TTY_H
#define BOOTLET_TTY_H

#include <stdbool.h>

/**
 * tty_raw() - make the terminal on stdin raw; tty_restore() undoes it
 *
 * Return: 0; -ENOTTY where stdin is none.
 */
int tty_raw(void);

/** tty_again() - raw again, after the shell has had it; harmless if it was not
 * taken */
void tty_again(void);

/** tty_restore() - give the terminal back as it was; harmless if it was not
 * taken */
void tty_restore(void);

/** tty_size() - size of the terminal. Return: whether there is one */
bool tty_size(unsigned int *rows, unsigned int *cols);

/** tty_background() - whether reading stdin would stop us (SIGTTIN) */
bool tty_background(void);

#endif
