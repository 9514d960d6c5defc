/* SPDX-License-Identifier: MIT */
/* A network namespace for a test, which is a process of its own. */
#ifndef BOOTLET_NETNS_H
#define BOOTLET_NETNS_H

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static inline void netns_map(const char *file, const char *line)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);

	ck_assert_msg(fd >= 0, "%s: %s", file, strerror(errno));
	ck_assert_msg(write(fd, line, strlen(line)) == (ssize_t)strlen(line),
		      "%s: %s", file, strerror(errno));
	close(fd);
}

/* Root enters one at once, others through a user namespace in which they are
 * root. Return: whether it was root. */
static inline bool netns_enter(void)
{
	unsigned int uid = geteuid(), gid = getegid();
	char line[32];

	if (!unshare(CLONE_NEWNET))
		return true;
	ck_assert_msg(!unshare(CLONE_NEWUSER | CLONE_NEWNET),
		      "neither root nor user namespaces: %s", strerror(errno));
	snprintf(line, sizeof(line), "0 %u 1", uid);
	netns_map("/proc/self/uid_map", line);
	netns_map("/proc/self/setgroups", "deny");
	snprintf(line, sizeof(line), "0 %u 1", gid);
	netns_map("/proc/self/gid_map", line);
	return false;
}

#endif
