/* SPDX-License-Identifier: MIT */
/* One bootlet at a time changes a network namespace. */
#ifndef BOOTLET_BRIDGE_LOCK_H
#define BOOTLET_BRIDGE_LOCK_H

#include <sys/types.h>

/** enum - milliseconds */
enum {
	/** @BRIDGE_LOCK_MS: that another bootlet net is waited for */
	BRIDGE_LOCK_MS = 5000,
};

/**
 * bridge_lock() - have this network namespace for ourselves
 * @ms:  to wait for another at most
 * @pid: of the one that has it, 0 where that cannot be told
 *
 * It is a flock(2) of a file in /run that is named by the number of the
 * namespace, see namespaces(7); nobody but root can open it. For those who have
 * the rights without being able to write to /run, such as root of a user
 * namespace, it is the name of an abstract socket, see unix(7). Either ends
 * with this process and with the ip that it has started; what is left of a
 * file then is used by the next.
 *
 * Return: a descriptor for bridge_unlock(); -EBUSY; -errno.
 */
int bridge_lock(int ms, pid_t *pid);

/** bridge_unlock() - let others have it, and leave no file; @fd: of
 * bridge_lock() */
void bridge_unlock(int fd);

#endif
