// SPDX-License-Identifier: MIT
/* The choice between the channels, which a guest may move along. Pieces of a
 * byte of port and length, and as many bytes. "@" in place of a nonce's first
 * byte is the nonce. */
#include "fuzz.h"

#include "host/ports.c"

#include <stdio.h>

static struct ports ports;
static const unsigned char zeros[N_PORTS * BOOTLET_NONCE_LEN / 2];

static void receive(enum port port, const uint8_t *p, size_t n)
{
	while (n) {
		size_t room;
		unsigned char *to = ports_space(&ports, port, &room);
		size_t take = n < room ? n : room;

		fuzz_assert(room);
		memcpy(to, p, take);
		ports_received(&ports, port, take);
		p += take;
		n -= take;
	}
}

static void receive_nonce(enum port port)
{
	receive(port, (const uint8_t *)ports.port[port].nonce,
		BOOTLET_NONCE_LEN);
}

static void check(const struct wire_frame *f)
{
	struct wire *w = &ports.port[ports.now].wire;

	fuzz_assert(ports.up && ports.now < N_PORTS);
	fuzz_assert(!ports.port[ports.now].over);
	fuzz_assert(fuzz_within(f->data, f->len, w->buf, w->len));
	fuzz_assert(strlen(ports_nonce(&ports)) == BOOTLET_NONCE_LEN);
	fuzz_assert(strcmp(ports_word(&ports), "none"));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct buf to_port = { 0 };
	struct wire_frame f;
	int r = 0;

	memset(&ports, 0, sizeof(ports));
	ports_init(&ports, zeros);
	while (n && r >= 0) {
		uint8_t head = fuzz_byte(&p, &n);
		enum port port = head & 1 ? PORT_VIRTIO : PORT_UART;
		size_t take = head >> 1;

		take = take < n ? take : n;
		if (take && *p == '@')
			receive_nonce(port), p++, n--, take--;
		receive(port, p, take);
		p += take;
		n -= take;
		while ((r = ports_next(&ports, &f, &to_port)) > 0)
			check(&f);
		fuzz_assert(!r || r == -EPROTO || r == -EPROTONOSUPPORT);
	}
	buf_free(&to_port);
	return 0;
}
