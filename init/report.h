/* SPDX-License-Identifier: MIT */
/*
 * The guest's end of the channel to `bootlet run`: frames over a raw tty, see
 * protocol.h. Nothing blocks: what is sent is queued, and the loop in main.c
 * flushes it when the port takes bytes.
 */
#ifndef BOOTLET_REPORT_H
#define BOOTLET_REPORT_H

#include "cmdline.h"
#include "protocol.h"

#include <stdbool.h>
#include <stddef.h>

/** struct report_frame - a frame received; @data is valid until the next */
struct report_frame {
	unsigned char type;
	size_t len;
	const unsigned char *data;
};

/**
 * report_parse() - find one whole frame at the start of a buffer
 * @buf: bytes received
 * @len: how many
 * @out: the frame, pointing into @buf
 *
 * Return: bytes that it takes; 0 where more are needed; -EPROTO where this
 * cannot be a frame.
 */
int report_parse(const unsigned char *buf, size_t len,
		 struct report_frame *out);

/**
 * report_open() - phase: open cfg->port, make it raw, say READY
 *
 * Return: 0 (also without a port); -errno.
 */
int report_open(struct boot_config *cfg);

/** report_fd() - the port, or -1 where there is none */
int report_fd(void);

/** report_answered() - whether the host has said HELLO */
bool report_answered(void);

/** report_room() - bytes of payload that report_send() takes now */
size_t report_room(void);

/**
 * report_send() - queue a frame
 *
 * Return: 0; -ENOSPC where the queue has no room (nothing is queued);
 * -ENOTCONN without a port.
 */
int report_send(enum bootlet_frame type, const void *data, size_t len);

/**
 * report_phase() - queue a PHASE frame; dropped where there is no room
 * @name: of the phase that has ended
 * @us:   microseconds it took
 * @next: of the phase that begins, or NULL
 */
void report_phase(const char *name, unsigned long long us, const char *next);

/**
 * report_status() - queue the verdict
 * @outcome: one of STATUS_*
 * @number:  what stands behind it
 * @word:    the phase, or NULL
 */
void report_status(const char *outcome, int number, const char *word);

/** report_pending() - bytes queued and not yet written */
size_t report_pending(void);

/** report_flush() - write what the port takes now. Return: 0 or -errno */
int report_flush(void);

/**
 * report_next() - read from the port and return the next frame
 *
 * HELLO is dealt with here and never returned.
 *
 * Return: 1 with a frame; 0 where none is there yet; -errno where the port is
 * gone or speaks another language: it is closed then.
 */
int report_next(struct report_frame *out);

/**
 * report_wait() - wait until the host has said HELLO
 * @ms: milliseconds at most, counted from report_open(): a host that has been
 *      silent for so long is not waited for again
 *
 * Return: 0; -ETIMEDOUT; -errno. Frames other than HELLO cannot come before.
 */
int report_wait(int ms);

/**
 * report_drain() - write all that is queued, and wait until the port sent it
 * @ms: milliseconds without any progress before it gives up
 *
 * Return: 0; -ETIMEDOUT; -errno.
 */
int report_drain(int ms);

#endif
