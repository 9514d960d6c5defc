/* SPDX-License-Identifier: MIT */
/*
 * The host's end of the channel: frames out of a byte stream and into one,
 * and the words inside them. Nothing here makes a system call.
 */
#ifndef BOOTLET_WIRE_H
#define BOOTLET_WIRE_H

#include "../init/protocol.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>

/** struct wire - bytes received; starts as all zeros */
struct wire {
	unsigned char buf[4 * (FRAME_HEADER + FRAME_MAX)];
	size_t len, used;
	/** @synced: BOOTLET_SYNC was seen, frames follow */
	bool synced;
};

/** struct wire_frame - one frame; @data is valid until wire_space() */
struct wire_frame {
	unsigned char type;
	size_t len;
	const unsigned char *data;
};

/** struct wire_ready - what a READY frame says */
struct wire_ready {
	/** @window: bytes, WINDOW_MAX at most */
	size_t window;
	/** @port: its name in the guest; @release: of the guest's kernel */
	char port[32], release[65];
};

/** struct wire_status - what a STATUS frame says */
struct wire_status {
	char outcome[16];
	int number;
	char word[32];
};

/** struct wire_phase - what a PHASE frame says */
struct wire_phase {
	/** @name: of the phase that has ended; @next: that begins, or "" */
	char name[32], next[32];
	/** @ns: nanoseconds it took */
	unsigned long long ns;
};

/**
 * wire_space() - where to read more bytes to
 * @size: set to the room there, 0 where wire_next() has to be called first
 */
unsigned char *wire_space(struct wire *w, size_t *size);

/** wire_received() - @n bytes were written to wire_space() */
void wire_received(struct wire *w, size_t n);

/**
 * wire_next() - take the next frame
 *
 * What precedes BOOTLET_SYNC is dropped; a BOOTLET_SYNC between frames is
 * skipped: the guest says READY more than once.
 *
 * Return: 1 with a frame; 0 where more bytes are needed; -EPROTO where the
 * stream makes no sense: nothing after it can be trusted.
 */
int wire_next(struct wire *w, struct wire_frame *out);

/** wire_add() - append a frame; @len is at most FRAME_MAX */
void wire_add(struct buf *out, enum bootlet_frame type, const void *data,
	      size_t len);

/**
 * parse_ready() - read a READY frame
 *
 * Return: 0; -EPROTO where it is malformed or of another version.
 */
int parse_ready(const struct wire_frame *frame, struct wire_ready *out);

/**
 * parse_status() - read a STATUS frame
 * @frame: the frame
 * @nonce: what HELLO said, BOOTLET_NONCE_LEN characters
 *
 * Return: 0; -EACCES where the nonce is another; -EPROTO for an unknown
 * outcome or a number out of its range.
 */
int parse_status(const struct wire_frame *frame, const char *nonce,
		 struct wire_status *out);

/**
 * parse_phase() - read a PHASE frame
 *
 * Return: 0; -EPROTO.
 */
int parse_phase(const struct wire_frame *frame, struct wire_phase *out);

/** parse_credit() - read a CREDIT frame. Return: bytes, 0 if malformed */
size_t parse_credit(const struct wire_frame *frame);

#endif
