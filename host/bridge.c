// SPDX-License-Identifier: MIT
#include "bridge.h"

#include "cli.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The number of a guest on a bridge, or on the tap that ends in 0. */
enum { GUEST_HOST = 224, PREFIX_MIN = 1, PREFIX_MAX = 30 };

/* --- names ------------------------------------------------------------------ */

bool bridge_is_temp(const char *name)
{
	size_t n = strlen(BRIDGE_TEMP);

	return !strncmp(name, BRIDGE_TEMP, n) && name[n] &&
	       !name[n + strspn(name + n, "0123456789")];
}

const char *parse_ifname(const char *name)
{
	if (!*name)
		return "is empty";
	if (strlen(name) >= BRIDGE_NAME_SIZE)
		return "an interface's name has 15 bytes at most";
	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return "is no name for an interface";
	/* net.ipv4.conf.NAME is there for these two without an interface. */
	if (!strcmp(name, "all") || !strcmp(name, "default"))
		return "is a name that the kernel has for the settings of all "
		       "interfaces";
	for (const char *p = name; *p; p++) {
		if (*p == '/' || *p == ':' || isspace((unsigned char)*p))
			return "an interface's name is without \"/\", \":\" "
			       "and white space";
		/* "%d" is a pattern for the kernel; ip -batch has comments,
		 * quotes and continued lines. */
		if (strchr("%#\"'\\", *p) || *p < ' ' || *p > '~')
			return "a name is without %, #, quotes, backslash, "
			       "control characters and non-ASCII letters here";
	}
	if (bridge_is_temp(name))
		return "is a name that bootlet net needs for itself";
	return NULL;
}

const char *bridge_check_names(const struct bridge_spec *spec)
{
	for (size_t i = 0; i < spec->taps.n; i++) {
		if (!strcmp(spec->taps.v[i], spec->bridge))
			return spec->bridge;
		for (size_t j = 0; j < i; j++)
			if (!strcmp(spec->taps.v[i], spec->taps.v[j]))
				return spec->taps.v[i];
	}
	return NULL;
}

/* --- words ------------------------------------------------------------------ */

const char *owner_text(uid_t uid)
{
	static char text[2][64];
	static size_t next;
	const struct passwd *pw = getpwuid(uid);

	next = !next;
	if (pw)
		snprintf(text[next], sizeof(text[next]), "%s", pw->pw_name);
	else
		snprintf(text[next], sizeof(text[next]), "%u",
			 (unsigned int)uid);
	return text[next];
}

void bridge_up_words(const struct bridge_spec *spec, struct strv *out)
{
	const struct ipv4 *a = &spec->addr;
	struct ipv4 usual = { 0 };

	strv_pushl(out, "net", "up", NULL);
	if (strcmp(spec->bridge, BRIDGE_NAME) != 0)
		strv_pushl(out, "--bridge", spec->bridge, NULL);
	parse_bridge_addr(BRIDGE_ADDRESS, &usual);
	if (a->addr != usual.addr || a->prefix != usual.prefix) {
		strv_push(out, "--address");
		strv_pushf(out, "%s/%u", ipv4_text(a->addr), a->prefix);
	}
	if (spec->taps.n != 1 || strcmp(spec->taps.v[0], BRIDGE_TAP) != 0)
		for (size_t i = 0; i < spec->taps.n; i++)
			strv_pushl(out, "--tap", spec->taps.v[i], NULL);
	strv_pushl(out, "--owner", owner_text(spec->owner), NULL);
}

void bridge_down_words(const struct bridge_spec *spec, bool force,
		       struct strv *out)
{
	strv_pushl(out, "net", "down", NULL);
	if (strcmp(spec->bridge, BRIDGE_NAME) != 0)
		strv_pushl(out, "--bridge", spec->bridge, NULL);
	if (force)
		strv_push(out, "--force");
}

/* --- addresses -------------------------------------------------------------- */

uint32_t ipv4_mask(unsigned int prefix)
{
	return prefix ? UINT32_MAX << (32 - prefix) : 0;
}

const char *ipv4_text(uint32_t addr)
{
	static char text[4][INET_ADDRSTRLEN];
	static size_t next;

	next = (next + 1) % COUNT(text);
	snprintf(text[next], sizeof(text[next]), "%u.%u.%u.%u", addr >> 24,
		 addr >> 16 & 255, addr >> 8 & 255, addr & 255);
	return text[next];
}

bool ipv4_overlap(const struct ipv4 *a, const struct ipv4 *b)
{
	unsigned int shorter = a->prefix < b->prefix ? a->prefix : b->prefix;

	return !((a->addr ^ b->addr) & ipv4_mask(shorter));
}

/* What is nobody's own address: RFC 6890, and RFC 5771 for multicast. */
static const struct {
	struct ipv4 net;
	const char *why;
} reserved[] = {
	{ { 0x00000000, 8 }, "0.x.x.x is no host's address" },
	{ { 0x7f000000, 8 }, "127.x.x.x is this machine itself (loopback)" },
	{ { 0xe0000000, 4 }, "224.x.x.x to 239.x.x.x are multicast groups" },
	{ { 0xf0000000, 4 }, "240.x.x.x to 255.x.x.x are reserved" },
};

const char *parse_bridge_addr(const char *text, struct ipv4 *out)
{
	const char *slash = strchr(text, '/');
	char addr[INET_ADDRSTRLEN];
	struct ipv4 a;
	struct in_addr in;
	long long prefix;
	uint32_t mask;

	if (!slash)
		return "needs its network's prefix length, as "
		       "in " BRIDGE_ADDRESS;
	if (slash - text >= (ptrdiff_t)sizeof(addr))
		return "is no IPv4 address; one is " BRIDGE_ADDRESS;
	memcpy(addr, text, slash - text);
	addr[slash - text] = '\0';
	if (inet_pton(AF_INET, addr, &in) != 1)
		return "is no IPv4 address; one is " BRIDGE_ADDRESS;
	if (cli_number(slash + 1, PREFIX_MIN, PREFIX_MAX, &prefix))
		return "the prefix length must be 1 to 30";
	a = (struct ipv4){ ntohl(in.s_addr), (unsigned int)prefix };
	for (size_t i = 0; i < COUNT(reserved); i++)
		if (!((a.addr ^ reserved[i].net.addr) &
		      ipv4_mask(reserved[i].net.prefix)))
			return reserved[i].why;
	mask = ipv4_mask(a.prefix);
	if (!(a.addr & ~mask))
		return "is the address of the network itself, not of a host";
	if ((a.addr & ~mask) == ~mask)
		return "is the network's broadcast address, not a host's";
	*out = a;
	return NULL;
}

/* The number that ends a name; 0 where there is none. */
/* Return: the number that ends the name, or -1. */
static long number_of(const char *name)
{
	size_t n = strlen(name);

	while (n && isdigit((unsigned char)name[n - 1]))
		n--;
	return name[n] && strlen(name + n) < 9 ? strtol(name + n, NULL, 10) :
						 -1;
}

/* The first of those whose name has that number, or how many there are. */
static size_t owner_of(const struct strv *taps, long number)
{
	size_t i = 0;

	while (i < taps->n && number_of(taps->v[i]) != number)
		i++;
	return i;
}

static long guest_number(const struct strv *taps, const char *name)
{
	long next = 0;

	for (size_t i = 0;; i++) {
		bool is = i == taps->n || !strcmp(taps->v[i], name);
		long own = i < taps->n ? number_of(taps->v[i]) : -1;

		if (own >= 0 && owner_of(taps, own) == i) {
			if (is)
				return own;
			continue;
		}
		while (owner_of(taps, next) < taps->n)
			next++;
		if (is)
			return next;
		next++;
	}
}

uint32_t bridge_guest_addr(const struct ipv4 *net, const struct strv *taps,
			   const char *name)
{
	uint32_t mask = ipv4_mask(net->prefix);
	uint32_t host = GUEST_HOST + (uint32_t)guest_number(taps, name);
	uint32_t addr = (net->addr & mask) | host;

	if (host >= ~mask || addr == net->addr)
		return 0;
	return addr;
}
