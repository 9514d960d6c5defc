/* SPDX-License-Identifier: MIT */
/* A network namespace for a test, which is a process of its own. */
#ifndef BOOTLET_TESTS_NETNS_H
#define BOOTLET_TESTS_NETNS_H

/* Leave the machine's network for an empty one, in which this process and all
 * that it starts may do as they like; lo is up. Where it is not root it
 * becomes root of a user namespace first. */
void netns_enter(void);

/* Connect to a TCP port. Return: the socket; fails the test when nobody answers
 * within @seconds. */
int netns_connect(const char *address, unsigned short port, double seconds);

#endif
