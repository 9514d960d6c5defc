/* SPDX-License-Identifier: MIT */
/*
 * Bytes from a descriptor that others may read as well: one that polls readable
 * may be empty by the time it is read, and nothing here ever waits for more.
 */
#ifndef BOOTLET_SOURCE_H
#define BOOTLET_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** struct source - one way in; see source_open() */
struct source {
	/** @fd: to poll and to read */
	int fd;
	/** @own: @fd was opened here; @socket: it takes MSG_DONTWAIT */
	bool own, socket;
};

/**
 * source_open() - begin
 * @src: filled in; the caller calls source_close()
 * @fd:  a descriptor, which stays the caller's; see fd_reopen()
 *
 * What can be neither opened anew nor asked without waiting is read as it is.
 */
void source_open(struct source *src, int fd);

/**
 * source_read() - read what is there
 *
 * Return: as read(2); -1 with EAGAIN where there is nothing.
 */
ssize_t source_read(const struct source *src, void *to, size_t n);

/** source_close() - close what was opened here */
void source_close(struct source *src);

#endif
