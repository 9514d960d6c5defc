/* SPDX-License-Identifier: MIT */
/*
 * Buffers on their way to a file: a thread writes them in their order while
 * the next one is filled. Reading and writing take about the same time, and
 * neither needs the other.
 */
#ifndef BOOTLET_OUTQUEUE_H
#define BOOTLET_OUTQUEUE_H

#include <stddef.h>

struct outqueue;

/**
 * outqueue_start() - begin a queue
 * @fd:   where to write, from its file position on; stays the caller's
 * @size: bytes of a buffer
 *
 * Return: the queue, for outqueue_end() to free; NULL where a thread would be
 * of no use (one processor) or there can be none.
 */
struct outqueue *outqueue_start(int fd, size_t size);

/** outqueue_buffer() - the buffer to fill, of the size that was asked for; to
 * be asked for again after each outqueue_put() */
char *outqueue_buffer(struct outqueue *q);

/**
 * outqueue_put() - hand over what the buffer holds
 * @n: bytes in it
 *
 * Waits until another one is free. Return: 0; what writing an earlier buffer
 * returned, -errno: nothing is written after that.
 */
int outqueue_put(struct outqueue *q, size_t n);

/** outqueue_wait() - wait until all is written. Return: 0; -errno */
int outqueue_wait(struct outqueue *q);

/** outqueue_end() - outqueue_wait(), and free; NULL is allowed */
int outqueue_end(struct outqueue *q);

#endif
