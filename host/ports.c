// SPDX-License-Identifier: MIT
#include "ports.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void ports_init(struct ports *p, const unsigned char *random)
{
	for (int i = 0; i < N_PORTS; i++)
		for (size_t k = 0; k < BOOTLET_NONCE_LEN; k += 2)
			snprintf(p->port[i].nonce + k, 3, "%02x", *random++);
}

void ports_known(struct ports *p, const char *nonce)
{
	for (int i = 0; i < N_PORTS; i++)
		memcpy(p->port[i].nonce, nonce, BOOTLET_NONCE_LEN);
}

unsigned char *ports_space(struct ports *p, enum port port, size_t *size)
{
	struct wire *w = &p->port[port].wire;
	unsigned char *to = wire_space(w, size);

	if (*size)
		return to;
	/* Only where nothing is taken from it; nobody will miss it. */
	*w = (struct wire){ 0 };
	return wire_space(w, size);
}

void ports_received(struct ports *p, enum port port, size_t n)
{
	if (!p->port[port].over)
		wire_received(&p->port[port].wire, n);
}

/* The guest's last word on a port. It has the nonce, or anybody could turn us
 * to another port and answer there. */
static bool is_farewell(const struct ports *p, const struct wire_frame *f)
{
	struct wire_status status;

	return f->type == FRAME_STATUS &&
	       !parse_status(f, ports_nonce(p), &status) &&
	       !strcmp(status.outcome, STATUS_MOVED);
}

static int take_ready(struct ports *p, enum port port,
		      const struct wire_frame *f, struct buf *to_port)
{
	if (parse_ready(f, &p->ready))
		return -EPROTONOSUPPORT;
	p->up = true;
	p->now = port;
	to_port->n = 0;
	wire_add(to_port, FRAME_HELLO, p->port[port].nonce, BOOTLET_NONCE_LEN);
	return 1;
}

/* Without a channel it is the port that says READY first. */
static int next_of(struct ports *p, enum port port, struct wire_frame *out,
		   struct buf *to_port)
{
	int r;

	while ((r = wire_next(&p->port[port].wire, out)) > 0) {
		if (!p->up && out->type == FRAME_READY)
			return take_ready(p, port, out, to_port);
		if (!p->up)
			return -EPROTO;
		if (is_farewell(p, out)) {
			p->port[port].over = true;
			p->up = false;
			return 0;
		}
		/* Said again before HELLO was there. */
		if (out->type != FRAME_READY)
			return r;
	}
	return r;
}

int ports_next(struct ports *p, struct wire_frame *out, struct buf *to_port)
{
	for (int i = 0; i < N_PORTS; i++) {
		int r = 0;

		if (!p->port[i].over && (!p->up || p->now == (enum port)i))
			r = next_of(p, (enum port)i, out, to_port);
		if (r)
			return r;
	}
	return 0;
}

const char *ports_nonce(const struct ports *p)
{
	return p->port[p->now].nonce;
}

const char *ports_word(const struct ports *p)
{
	if (!*p->ready.port)
		return "none";
	if (!strcmp(p->ready.port, PORT_WORD_VIRTIO))
		return "virtio";
	return strcmp(p->ready.port, PORT_WORD_IO) ? "uart" : "port-io";
}
