// SPDX-License-Identifier: MIT
#include "dhcp.h"

#include <assert.h>
#include <string.h>

enum { BOOT_REQUEST = 1, BOOT_REPLY = 2 };
enum { OPTION_PAD = 0, OPTION_END = 255 };

#define COOKIE	  0x63538263 /* 99, 130, 83, 99 */
#define BROADCAST 0x0080 /* the first bit of flags */
#define ETHERNET  0x00060101 /* hops 0, hlen 6, htype 1, op BOOT_REQUEST */
#define HEAD	  offsetof(struct dhcp_packet, options)

static_assert(HEAD == 240, "RFC 2131, figure 1, and the cookie");
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the numbers above");

/* Code, bytes that it has at least, a power of 2, and at most, and where they
 * go. What is longer is a list, of which the first ones count. */
#define OPTIONS(X)            \
	X(1, 4, 4, netmask)   \
	X(3, 4, 4, gateway)   \
	X(6, 4, 8, dns)       \
	X(15, 1, 255, search) \
	X(26, 2, 2, mtu)      \
	X(51, 4, 4, lease)    \
	X(53, 1, 1, type)     \
	X(54, 4, 4, server)

#define N_OPTIONS 8
#define TYPE_AT	  2
#define CODES_AT  9

#define CODE(code, min, max, to) code,
#define ROW(code, min, max, to)	 { min, max, offsetof(struct dhcp_reply, to) },

/* What a message begins with, from the cookie on: the type of the first one,
 * and what is asked for. */
static const unsigned char start[] = {
	99, 130, 83, 99, 53, 1, DHCP_DISCOVER, 55, N_OPTIONS, OPTIONS(CODE)
};
static const struct {
	unsigned char min, max, to;
} rows[] = { OPTIONS(ROW) };

static_assert(sizeof(rows) == 3 * N_OPTIONS, "a row each");

static unsigned char *put(unsigned char *o, unsigned char code,
			  const void *from, size_t len)
{
	*o++ = code;
	*o++ = (unsigned char)len;
	memcpy(o, from, len);
	return o + len;
}

void dhcp_build(struct dhcp_packet *p, const struct ip_config *ip,
		const unsigned char *mac, uint32_t xid)
{
	unsigned char *o = (unsigned char *)&p->cookie;

	memset(p, 0, DHCP_SENT_SIZE);
	memcpy(p, &(uint32_t){ ETHERNET }, 4);
	p->xid = xid;
	((unsigned char *)&p->secs)[1] = (unsigned char)(ip->pause - 1);
	p->flags = BROADCAST;
	memcpy(p->chaddr, mac, 6);
	memcpy(o, start, sizeof(start));
	o += sizeof(start);
	if (*ip->hostname)
		o = put(o, 12, ip->hostname, strlen(ip->hostname));
	if (ip->server) {
		p->options[TYPE_AT] = DHCP_REQUEST;
		o = put(o, 50, &ip->addr, sizeof(ip->addr));
		o = put(o, 54, &ip->server, sizeof(ip->server));
	}
	*o = OPTION_END;
}

/* Of a number that is cut off nothing is taken, of a list what is whole. */
static void option_take(struct dhcp_reply *r, const unsigned char *option)
{
	const unsigned char *found =
		memchr(start + CODES_AT, *option, N_OPTIONS);
	size_t i = (size_t)(found - start - CODES_AT);
	unsigned int len = option[1];
	char *to;

	if (!found || len < rows[i].min)
		return;
	if (len > rows[i].max)
		len = rows[i].max;
	to = (char *)r + rows[i].to;
	memset(to, 0, rows[i].max);
	memcpy(to, option + 2, len & -(unsigned int)rows[i].min);
}

bool dhcp_parse(const struct dhcp_packet *p, long len, struct dhcp_reply *r)
{
	const unsigned char *o = p->options;
	const unsigned char *end = (const unsigned char *)p + len;

	memset(r, 0, sizeof(*r));
	if (len < (long)HEAD || p->op != BOOT_REPLY || p->cookie != COOKIE)
		return false;
	while (o < end && *o != OPTION_END) {
		const unsigned char *option = o++;

		if (*option == OPTION_PAD)
			continue;
		o += 1 + *o;
		if (o > end)
			return false;
		option_take(r, option);
	}
	r->lease = __builtin_bswap32(r->lease);
	r->mtu = __builtin_bswap16(r->mtu);
	return r->server;
}
