/* SPDX-License-Identifier: MIT */
/*
 * The guest's end of the channel to `bootlet run`: frames over a port, see
 * protocol.h and port.h. Nothing blocks: what is sent is queued, and the loop
 * in main.c flushes it when the port takes bytes.
 */
#ifndef BOOTLET_REPORT_H
#define BOOTLET_REPORT_H

#include "cmdline.h"
#include "io.h"
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
 * report_open() - phase: open the best port of cfg->port, say READY
 *
 * Called again, when modules have brought devices, it looks for a better one
 * than is open, and moves there: what is queued goes out on the old one.
 *
 * Return: 0 (also without a port); -errno, after a message where it is called
 * again.
 */
int report_open(struct boot_config *cfg);

/** report_close() - let go of the port; Return: @err */
int report_close(int err);

/** report_up() - whether a port is open */
bool report_up(void);

/** report_deaf() - whether the host never says anything, see BOOTLET_NONCE */
bool report_deaf(void);

/** report_drain() - tcdrain(3) on the port, where the host takes what comes or
 * has said BYE: one that is not there would be waited for for ever */
void report_drain(void);

/** report_window() - bytes of STDIN that the host may send without CREDIT */
size_t report_window(void);

/**
 * report_poll() - io_poll() that wakes for the port, too
 * @p: the first is filled in here; @n: the port's included
 *
 * It may end early, without anything to be seen in @p.
 */
int report_poll(struct pollfd *p, size_t n, int ms, bool signals);

/**
 * report_space() - where the payload of the next frame can be built
 *
 * Given to report_send() it is not copied.
 *
 * Return: FRAME_MAX bytes of the queue, valid until the next call of this
 * module; NULL where it has no such room.
 */
void *report_space(void);

/**
 * report_send() - queue a frame
 * @len: FRAME_MAX at most
 *
 * Return: 0; -ENOSPC where the queue has no room or there is no port: nothing
 * is queued.
 */
int report_send(enum bootlet_frame type, const void *data, size_t len);

/**
 * report_phase() - queue a PHASE frame; dropped where there is no room
 * @name: of the phase that has ended
 * @ns:   nanoseconds it took
 * @next: of the phase that begins, or NULL
 */
void report_phase(const char *name, unsigned long long ns, const char *next);

/**
 * report_status() - queue the verdict
 * @outcome: one of STATUS_*
 * @number:  what stands behind it
 * @word:    the phase, or NULL
 */
void report_status(const char *outcome, int number, const char *word);

/**
 * report_park() - say PARK, and forget the host that has answered
 *
 * From then on READY is to be said again, see report_again().
 */
void report_park(void);

/** report_again() - write what is queued; where that is nothing and no host
 * has answered, say READY again */
void report_again(void);

/** report_pending() - bytes queued and not yet written */
size_t report_pending(void);

/** report_flush() - write what the port takes now. Return: 0 or -errno */
int report_flush(void);

/**
 * report_next() - read from the port and return the next frame
 *
 * HELLO and BYE are dealt with here and never returned.
 *
 * Return: 1 with a frame; 0 where none is there yet; -errno where the port is
 * gone or speaks another language: it is closed then.
 */
int report_next(struct report_frame *out);

/** enum report_until - what report_wait() waits for */
enum report_until {
	REPORT_HELLO, /* the host has answered */
	REPORT_SENT, /* all that is queued is written */
	/* And the host has said BYE, so that it has all; where no host has
	 * answered there is none to come. */
	REPORT_BYE,
};

/**
 * report_wait() - write what is queued, and wait
 * @ms: milliseconds at most; for HELLO counted from report_open(): a host that
 *      has been silent for so long is not waited for again
 *
 * Other frames that come meanwhile are dropped.
 *
 * Return: 0; -ETIMEDOUT; -EIO without a port.
 */
int report_wait(enum report_until until, int ms);

#endif
