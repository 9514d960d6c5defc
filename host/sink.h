/* SPDX-License-Identifier: MIT */
/*
 * Bytes on their way to a descriptor that may take its time: nothing here ever
 * waits for a reader, whatever kind of file it is.
 */
#ifndef BOOTLET_SINK_H
#define BOOTLET_SINK_H

#include "str.h"

#include <stdbool.h>
#include <stddef.h>

/** struct sink - one way out; see sink_open() */
struct sink {
	/** @fd: where to, -1: nowhere, all is dropped */
	int fd;
	/** @own: @fd was opened here; @socket: it takes MSG_DONTWAIT */
	bool own, socket;
	/** @piece: bytes that one write may hold without waiting */
	size_t piece;
	struct buf data;
	size_t done;
};

/**
 * sink_open() - begin
 * @k:  filled in
 * @fd: a descriptor, which stays the caller's; -1 drops everything
 *
 * A terminal polls writable with any room and then waits for the rest, and of
 * a pipe nobody knows how much it takes; so they are opened anew, without
 * waiting, which the shell's own descriptor never notices.
 */
void sink_open(struct sink *k, int fd);

/** sink_pending() - whether bytes are waiting */
bool sink_pending(const struct sink *k);

/** sink_add() - append bytes; dropped where the sink is closed */
void sink_add(struct sink *k, const void *p, size_t n);

/**
 * sink_flush() - write what is taken now
 *
 * Return: 0; -errno of the write, after which the sink is closed: -EPIPE where
 * the reader has gone.
 */
int sink_flush(struct sink *k);

/** sink_close() - drop what is left, close what was opened here */
void sink_close(struct sink *k);

#endif
