/* SPDX-License-Identifier: MIT */
/*
 * What bootlet says on stderr: one line a message, "bootlet: object: what went
 * wrong; what to do next". Control characters in it (a file name with a
 * newline) are printed as \xNN, so that one message stays one line.
 */
#ifndef BOOTLET_MSG_H
#define BOOTLET_MSG_H

/** msg_verbosity - 0; 1 with -v: msg_debug() lines are printed too */
extern int msg_verbosity;

/** msg_error() - print an error; the caller goes on to return -errno */
__attribute__((format(printf, 1, 2))) void msg_error(const char *fmt, ...);
/** msg_last_error() - what msg_error() has printed last, without "bootlet: "
 *
 * Return: valid until the next msg_error(); NULL where there was none.
 */
const char *msg_last_error(void);
/** msg_warn() - print a warning */
__attribute__((format(printf, 1, 2))) void msg_warn(const char *fmt, ...);
/** msg_info() - print what the user should know, without being asked */
__attribute__((format(printf, 1, 2))) void msg_info(const char *fmt, ...);
/** msg_debug() - print only with -v */
__attribute__((format(printf, 1, 2))) void msg_debug(const char *fmt, ...);
/** die() - print an error and exit; only in host/main.c and host/cmd_*.c */
__attribute__((format(printf, 2, 3), noreturn)) void die(int code,
							 const char *fmt, ...);

/**
 * msg_progress() - show progress of long work on one line, on a terminal only
 * @what: the work, e.g. "unpacking linux-image-6.1.0-1-amd64"
 * @done: units done
 * @total: units in all, or 0 where nobody knows; @done == @total ends the line
 */
void msg_progress(const char *what, unsigned long long done,
		  unsigned long long total);

#endif
