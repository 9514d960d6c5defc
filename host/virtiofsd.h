/* SPDX-License-Identifier: MIT */
/* virtiofsd: the process that serves a share by virtiofs. */
#ifndef BOOTLET_VIRTIOFSD_H
#define BOOTLET_VIRTIOFSD_H

#include "sharespec.h"

#include <sys/types.h>

/** struct virtiofsd - those of one QEMU; zero it to begin with */
struct virtiofsd {
	pid_t pid[SHARE_MAX];
	/** @log: files with their words; owned */
	char *log[SHARE_MAX];
	size_t n;
};

/**
 * virtiofsd_find() - the program, which is not in PATH as a rule
 *
 * Return: its path, which the caller frees, or NULL.
 */
char *virtiofsd_find(void);

/**
 * virtiofsd_argv() - its command line
 * @program: its path
 * @share:   of type SHARE_VIRTIOFS
 * @root:    it is run by root
 * @fd:      on which it listens; -1: it makes @share->socket itself
 * @out:     words are appended
 *
 * Written for both of them, QEMU's own up to 7.2 and the one that came after
 * it, which takes the older one's options. Root's is not put into name spaces:
 * inside of a container that fails, and only when QEMU is there already.
 */
void virtiofsd_argv(const char *program, const struct share *share, bool root,
		    int fd, struct strv *out);

/**
 * virtiofsd_check() - whether it can be had for what is asked for
 *
 * Return: 0, also where nothing is asked for; -errno after a message.
 */
int virtiofsd_check(const struct sharespec *s);

/**
 * virtiofsd_start() - start what a guest needs, before QEMU
 * @v: filled in
 * @s: settled
 *
 * Each ends with bootlet, however that ends, and with its QEMU.
 *
 * Return: 0; -errno after a message, none is left then.
 */
int virtiofsd_start(struct virtiofsd *v, const struct sharespec *s);

/** virtiofsd_stop() - end them, when QEMU has; say so where one had failed */
void virtiofsd_stop(struct virtiofsd *v);

#endif
