/* SPDX-License-Identifier: MIT */
/* Messages of a DHCP server, as a test wants them. */
#ifndef BOOTLET_DHCPMSG_H
#define BOOTLET_DHCPMSG_H

#include "init/dhcp.h"

#include <arpa/inet.h>
#include <string.h>

static struct dhcp_packet msg;
static size_t msg_len;

static inline void msg_start(uint32_t xid, const unsigned char *mac,
			     const char *address)
{
	static const unsigned char cookie[] = { 99, 130, 83, 99 };

	memset(&msg, 0, sizeof(msg));
	msg.op = 2;
	msg.htype = 1;
	msg.hlen = 6;
	msg.xid = xid;
	msg.yiaddr = inet_addr(address);
	memcpy(msg.chaddr, mac, 6);
	memcpy(&msg.cookie, cookie, 4);
	msg_len = 240;
}

static inline void msg_byte(unsigned int byte)
{
	((unsigned char *)&msg)[msg_len++] = (unsigned char)byte;
}

static inline void msg_option(unsigned int code, const void *bytes,
			      unsigned int len)
{
	msg_byte(code);
	msg_byte(len);
	for (unsigned int i = 0; i < len; i++)
		msg_byte(((const unsigned char *)bytes)[i]);
}

static inline void msg_type(unsigned int type)
{
	unsigned char byte = (unsigned char)type;

	msg_option(53, &byte, 1);
}

static inline void msg_addr(unsigned int code, const char *address)
{
	uint32_t addr = inet_addr(address);

	msg_option(code, &addr, 4);
}

static inline void msg_number(unsigned int code, uint32_t n, unsigned int len)
{
	n = htonl(n);
	msg_option(code, (const char *)&n + 4 - len, len);
}

/* Value of an option in a client's message, its length in *len; NULL. */
static inline const unsigned char *
sent_option(const struct dhcp_packet *p, unsigned int code, unsigned int *len)
{
	const unsigned char *o = p->options;

	while (*o != 255 && *o != code)
		o += *o ? 2 + o[1] : 1;
	*len = o[1];
	return *o == code ? o + 2 : NULL;
}

#endif
