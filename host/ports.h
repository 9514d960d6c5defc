/* SPDX-License-Identifier: MIT */
/*
 * Several ways from the guest, of which one is the channel: which one that is,
 * as protocol.h says it, from the bytes that arrive alone.
 */
#ifndef BOOTLET_PORTS_H
#define BOOTLET_PORTS_H

#include "wire.h"

/** enum port - the ways, in the order in which a guest moves along them */
enum port { PORT_UART, PORT_VIRTIO, N_PORTS };

/** struct ports - what has come; starts as all zeros and ports_init() */
struct ports {
	struct {
		struct wire wire;
		char nonce[BOOTLET_NONCE_LEN + 1];
		/** @over: the guest has left it; what comes is dropped */
		bool over;
	} port[N_PORTS];
	/** @up: READY has come on @now, which is the channel */
	bool up;
	enum port now;
	/** @ready: what READY has said on it */
	struct wire_ready ready;
};

/**
 * ports_init() - make it ready for a guest
 * @random: N_PORTS * BOOTLET_NONCE_LEN / 2 bytes that nobody can guess
 */
void ports_init(struct ports *p, const unsigned char *random);

/** ports_known() - all of them have this nonce, BOOTLET_NONCE_LEN characters,
 * which the guest knows already */
void ports_known(struct ports *p, const char *nonce);

/** ports_space() - wire_space() of one of them; never without room */
unsigned char *ports_space(struct ports *p, enum port port, size_t *size);

/** ports_received() - wire_received() of one of them */
void ports_received(struct ports *p, enum port port, size_t n);

/**
 * ports_next() - take the next frame from the channel
 * @p:       what has come
 * @out:     filled in, READY included, the first time on each port
 * @to_port: what waits to be sent; after READY it is HELLO alone
 *
 * Return: 1 with a frame; 0 where more bytes are needed; -EPROTO where what
 * comes on the channel makes no sense; -EPROTONOSUPPORT where init is of
 * another version.
 */
int ports_next(struct ports *p, struct wire_frame *out, struct buf *to_port);

/** ports_nonce() - what a STATUS on the channel has to begin with */
const char *ports_nonce(const struct ports *p);

/** ports_word() - "virtio", "uart", "port-io", or "none" before READY */
const char *ports_word(const struct ports *p);

#endif
