/* SPDX-License-Identifier: MIT */
/*
 * The main child: an interactive shell on the console's tty, or the command
 * of the image, its streams on pipes that main.c connects to the channel.
 */
#ifndef BOOTLET_CHILD_H
#define BOOTLET_CHILD_H

#include "cmdline.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** enum child_streams - where fds 0 to 2 of the child lead */
enum child_streams {
	CHILD_TTY, /* the console's tty, which becomes its terminal */
	CHILD_CONSOLE, /* what PID 1 itself has */
	CHILD_PIPES, /* pipes: child_in(), child_out() */
};

/** struct child_spec - what to start */
struct child_spec {
	/** @argv: NULL-ended, looked up along PATH */
	char *const *argv;
	enum child_streams streams;
	/** @attach: CHILD_TTY: called in the child, in its own session, to make
	 * the tty its terminal; Return: 0 or -errno (then fds stay as they
	 * are) */
	int (*attach)(const struct boot_config *cfg);
	const struct boot_config *cfg;
};

/**
 * child_command() - read the image's command
 * @argv: filled with its words and a NULL
 * @max:  room in @argv, words and NULL
 *
 * Return: number of words, 0 where the image names no command; -E2BIG;
 * -errno. The strings are static.
 */
int child_command(char *argv[], size_t max);

/** child_shell() - what is started without a command: SHELL= of @cfg's @env,
 * else /bin/sh; static */
char *child_shell(const struct boot_config *cfg);

/**
 * child_env() - the environment of the child
 * @given: as @env of struct boot_config: these go before all others
 * @from: PID 1's own: the kernel puts the words of its command line that it
 *        does not know there
 * @to:   filled with pointers and a NULL
 * @max:  room in @to
 *
 * HOME and PATH are set, TERM where nobody set it; of two with one name
 * the first stays; SHLVL and the like come
 * from the shell itself.
 */
void child_env(char *given, char *const from[], char *to[], size_t max);

/**
 * child_start() - fork and execute
 * @spec: what and how
 * @err:  0, or the errno of the exec that failed; ELIBACC: the file is there,
 *         its interpreter or dynamic loader is not
 *
 * Return: pid; -errno where there is no child. With @err set the child has
 * been reaped already.
 */
pid_t child_start(const struct child_spec *spec, int *err);

/**
 * child_in() - hand bytes to the child's stdin pipe
 *
 * What the pipe does not take at once is kept in a buffer of WINDOW_MAX bytes.
 * An empty piece means the end of the stream.
 *
 * Return: bytes that were consumed at once: written, or dropped because nobody
 * reads them any more; -ENOSPC beyond the window.
 */
int child_in(const void *data, size_t len);

/**
 * child_in_flush() - write what the pipe takes
 *
 * Return: bytes that were consumed: written, or dropped because nobody reads
 * them any more.
 */
size_t child_in_flush(void);

/** child_in_fd() - the stdin pipe where something waits for it, else -1 */
int child_in_fd(void);

/**
 * child_out_fd() - the pipe of stdout (1) or stderr (2)
 *
 * Return: -1 when it is closed.
 */
int child_out_fd(int which);

/**
 * child_out() - read from stdout (1) or stderr (2)
 *
 * Return: bytes; 0 at the end (it is closed then); -EAGAIN.
 */
ssize_t child_out(int which, void *buf, size_t size);

/** child_forget() - another process of ours lets go of the pipes */
void child_forget(void);

/** child_out_close() - nobody reads stdout (1) or stderr (2) any more */
void child_out_close(int which);

/**
 * child_was_oom() - whether the kernel has killed for want of memory
 * @status: of waitpid(2)
 *
 * Source: oom_kill of proc_vmstat(5), Linux 4.13 and later; otherwise false.
 */
bool child_was_oom(int status);

#endif
