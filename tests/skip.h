/* SPDX-License-Identifier: MIT */
/* For a test that this machine cannot make. */
#ifndef BOOTLET_TESTS_SKIP_H
#define BOOTLET_TESTS_SKIP_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/**
 * skip_test() - this test is not made here; its function is to return now
 * @why: in a few words; a static string
 *
 * run.sh counts these lines: a test that is left out is no test that passed.
 */
static inline void skip_test(const char *why)
{
	printf("SKIP: %s\n", why);
	fflush(stdout);
}

/**
 * may_unshare() - whether this machine lets us have namespaces
 * @how: options of unshare(1), "-m" or "-Ur"
 *
 * A container may refuse them, and the kernel refuses a user namespace to who
 * is in a chroot(2), see unshare(2).
 */
static inline bool may_unshare(const char *how)
{
	char words[64];

	snprintf(words, sizeof(words), "unshare %s true 2>/dev/null", how);
	return system(words) == 0;
}

/* At the head of a test that is made in such namespaces. */
#define NEEDS_UNSHARE(how)                                  \
	do {                                                \
		if (!may_unshare(how)) {                    \
			skip_test("unshare(1) is refused"); \
			return;                             \
		}                                           \
	} while (0)

/* Options of unshare(1) for mounts of one's own, by root and by others. */
#define UNSHARE_MOUNTS (geteuid() ? "-rm" : "-m")

#endif
