/* SPDX-License-Identifier: MIT */
/*
 * Messages of DHCP, RFC 2131 and RFC 2132, written and read: no system call.
 */
#ifndef BOOTLET_DHCP_H
#define BOOTLET_DHCP_H

#include "ip.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DHCP_SERVER_PORT 67
#define DHCP_CLIENT_PORT 68
/* Bytes of a message that is sent; BOOTP's relays want 300 at least. */
#define DHCP_SENT_SIZE 336

/** enum dhcp_type - option 53, as far as a client of our kind needs it */
enum dhcp_type {
	DHCP_DISCOVER = 1,
	DHCP_OFFER = 2,
	DHCP_REQUEST = 3,
	DHCP_ACK = 5,
	DHCP_NAK = 6
};

/**
 * struct dhcp_packet - a message; its numbers in network byte order
 *
 * A server sends 576 bytes at most, headers of IP and UDP included, to who
 * does not say that it takes more; RFC 2131, section 2. Some do all the same.
 */
struct dhcp_packet {
	uint8_t op, htype, hlen, hops;
	uint32_t xid;
	uint16_t secs, flags;
	uint32_t ciaddr, yiaddr, siaddr, giaddr;
	unsigned char chaddr[16];
	char sname[64], file[128];
	uint32_t cookie;
	unsigned char options[1232];
	/** @spare: no message reaches it: where an option may look for its
	 * length */
	unsigned char spare[4];
};

/* Bytes of a message that is taken. */
#define DHCP_TAKEN_SIZE offsetof(struct dhcp_packet, spare)

/**
 * struct dhcp_reply - the options of a message that are for us
 *
 * Addresses are in network byte order, as in struct ip_config, numbers in ours;
 * 0 and "" where the server gave none.
 */
struct dhcp_reply {
	/** @netmask to @dns: in the order of struct ip_config; @gateway: the
	 * first router */
	uint32_t netmask, gateway, dns[2];
	/** @server: the server's identifier; @lease: seconds */
	uint32_t server, lease;
	/** @mtu: of the interface */
	uint16_t mtu;
	/** @type: enum dhcp_type, 0 or a number that is none */
	uint8_t type;
	/** @search: the domain name: any bytes but NUL */
	char search[IP_SEARCH_SIZE];
};

/**
 * dhcp_build() - write DISCOVER, or REQUEST where a server has been chosen
 * @p:   filled; DHCP_SENT_SIZE bytes of it are to be sent
 * @ip:  @server: 0, or whose OFFER is taken, and its @addr; @hostname is sent;
 *       @pause: seconds, 1, 2, 4, ...: their sum before this one has passed
 * @mac: 6 bytes
 * @xid: any number, in any byte order
 *
 * The server is asked to broadcast its answer: the interface has no address.
 */
void dhcp_build(struct dhcp_packet *p, const struct ip_config *ip,
		const unsigned char *mac, uint32_t xid);

/**
 * dhcp_parse() - read what somebody sent to our port
 * @p:   any bytes
 * @len: of them, DHCP_TAKEN_SIZE at most; below 0: none
 * @r:   filled
 *
 * An option with a length that it cannot have is passed over, of two alike the
 * last one counts, and those in the place of @sname and @file (option 52) are
 * not looked at. @p->xid, @p->chaddr and @p->yiaddr are the caller's to check.
 *
 * Return: whether it is a server's message, whole, and says which server's.
 */
bool dhcp_parse(const struct dhcp_packet *p, long len, struct dhcp_reply *r);

#endif
