/* SPDX-License-Identifier: MIT */
/* Which programs have a tap open, as /proc tells of them. */
#ifndef BOOTLET_BRIDGE_USERS_H
#define BOOTLET_BRIDGE_USERS_H

#include "bridge.h"

/** struct tap_user - a process that has a tap; owned */
struct tap_user {
	char tap[BRIDGE_NAME_SIZE];
	pid_t pid;
	/** @program: as the kernel names it; @run: name of the `bootlet run`
	 * that started it, or NULL */
	char *program, *run;
};

/** struct tap_users - all that could be found; zero it to begin with */
struct tap_users {
	struct tap_user *v;
	size_t n;
};

/**
 * tap_users_read() - look through the open files of all processes
 * @out: filled in; the caller calls tap_users_free()
 *
 * Those of other users are only root's to see; those of another network
 * namespace do not count. Source: "iff:" in /proc/PID/fdinfo is what
 * drivers/net/tun.c puts there.
 */
void tap_users_read(struct tap_users *out);

/** tap_users_find() - the first that has this tap, or NULL */
const struct tap_user *tap_users_find(const struct tap_users *users,
				      const char *tap);

/** tap_user_text() - append "qemu-system-x86 (pid 12, bootlet run x)" */
void tap_user_text(const struct tap_user *u, struct buf *out);

/** tap_users_free() - free all; @users is empty and usable again */
void tap_users_free(struct tap_users *users);

/**
 * parse_fdinfo_iff() - the interface of an open /dev/net/tun
 * @text: of a file in /proc/PID/fdinfo
 * @name: filled in, "" for none
 *
 * Return: whether there is one.
 */
bool parse_fdinfo_iff(const char *text, char name[BRIDGE_NAME_SIZE]);

/**
 * parse_run_name() - the name of a run, from QEMU's words
 * @cmdline: of /proc/PID/cmdline; @n: bytes
 *
 * It is in the name of the run's directory, see vm_paths(), where the socket
 * of its channel lies. A run without --name has its process number there.
 *
 * Return: new string, or NULL where it is no run of bootlet's.
 */
char *parse_run_name(const char *cmdline, size_t n);

#endif
