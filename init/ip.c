// SPDX-License-Identifier: MIT
#include "ip.h"

#include "file.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MAX_FIELDS    10

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "swapped()");

/* Network byte order from and to ours: of musl's htobe32() gcc makes calls. */
static uint32_t swapped(uint32_t n)
{
	return __builtin_bswap32(n);
}

/* Decimal number up to max, no leading zero. Return: it, or -1. */
static int parse_part(const char **s, int max)
{
	const char *p = *s;

	return *p == '0' && p[1] >= '0' && p[1] <= '9' ? -1 :
							 parse_number(s, max);
}

static bool parse_addr(const char *text, void *to)
{
	uint32_t addr = 0;

	for (int i = 0; i < 4; i++) {
		int byte = i && *text++ != '.' ? -1 : parse_part(&text, 255);

		if (byte < 0)
			return false;
		addr = addr << 8 | (uint32_t)byte;
	}
	addr = swapped(addr);
	memcpy(to, &addr, sizeof(addr));
	return !*text;
}

static bool parse_netmask(struct ip_config *ip, const char *text)
{
	const char *end = text;
	int bits = parse_part(&end, 32);
	uint32_t hosts;

	if (bits > 0 && !*end) {
		ip->netmask = swapped(~0U << (32 - bits));
		return true;
	}
	if (!parse_addr(text, &ip->netmask))
		return false;
	hosts = ~swapped(ip->netmask);
	return (hosts & (hosts + 1)) == 0;
}

bool ip_is_word(const char *s, size_t max)
{
	if (strlen(s) > max)
		return false;
	for (; *s; s++)
		if ((unsigned char)*s <= ' ' || *s == '/' || *s == 0x7f)
			return false;
	return true;
}

__attribute__((noinline)) static bool parse_hostname(struct ip_config *ip,
						     const char *text)
{
	size_t len = text_until(text, '.');

	if (len > IP_NAME_MAX || !ip_is_word(text, len + 1 + IP_NAME_MAX))
		return false;
	ip->hostname = text;
	if (text[len]) {
		ip->domain = text + len + 1;
		ip->text[text - ip->text + (ptrdiff_t)len] = '\0';
	}
	return true;
}

static bool parse_device(struct ip_config *ip, const char *text)
{
	if (!ip_is_word(text, IP_DEVICE_SIZE - 1) ||
	    text_listed(".\0..\0", text))
		return false;
	memcpy(ip->device, text, strlen(text) + 1);
	return true;
}

static bool parse_method(struct ip_config *ip, const char *text)
{
	ip->off = text_listed("off\0none\0", text);
	return ip->off ||
	       text_listed("dhcp\0on\0any\0both\0bootp\0rarp\0", text);
}

enum { NETMASK = 3, HOSTNAME, DEVICE, AUTOCONF };

/* In the order in which they stand, and where addresses go. */
#define FIELDS(X)                 \
	X("client address", addr) \
	X("server", unused)       \
	X("gateway", gateway)     \
	X("netmask", netmask)     \
	X("hostname", hostname)   \
	X("device", device)       \
	X("autoconf", off)        \
	X("dns0", dns[0])         \
	X("dns1", dns[1])         \
	X("ntp0", unused)

#define NAME(name, to) name "\0"
#define TO(name, to)   offsetof(struct ip_config, to),

static const char names[] = FIELDS(NAME);
static const unsigned char offsets[] = { FIELDS(TO) };

static_assert(ARRAY_SIZE(offsets) == MAX_FIELDS, "nfsroot.rst has ten fields");

static bool parse_field(struct ip_config *ip, size_t i, const char *text)
{
	if (i == NETMASK)
		return parse_netmask(ip, text);
	if (i == HOSTNAME)
		return parse_hostname(ip, text);
	if (i == DEVICE)
		return parse_device(ip, text);
	if (i == AUTOCONF)
		return parse_method(ip, text);
	return parse_addr(text, (char *)ip + offsets[i]);
}

static int fail(struct ip_config *ip, const char *field, const char *text)
{
	ip->bad_field = field;
	ip->bad_text = text;
	return -EINVAL;
}

/* The one or two fields that stand for a whole line. Return: whether it is. */
static bool parse_short(struct ip_config *ip, const char *last, size_t n)
{
	uint32_t addr;

	return n <= 2 && parse_method(ip, last) &&
	       (n == 1 ||
		(!parse_addr(ip->text, &addr) && parse_device(ip, ip->text)));
}

/* A name that is split lies in two pieces then: so the next one comes first. */
static int parse_fields(struct ip_config *ip, size_t n)
{
	const char *name = names, *next = ip->text;

	for (size_t i = 0; i < n; i++, name = text_next(name)) {
		const char *text = next;

		next = text_next(text);
		if (*text && !parse_field(ip, i, text))
			return fail(ip, name, text);
	}
	return 0;
}

/* As ic_defaults() of net/ipv4/ipconfig.c does: the ones before the first zero
 * say which class it is. */
int ip_default_netmask(struct ip_config *ip)
{
	int ones = __builtin_clz(~swapped(ip->addr) | 1);

	if (ip->netmask || !ip->addr)
		return 0;
	if (ones > 2)
		return fail(ip, "it has no default netmask", "");
	ip->netmask = 0xffffffU >> (16 - 8 * ones);
	return 0;
}

__attribute__((noinline)) int ip_parse(struct ip_config *ip, const char *text)
{
	size_t n = 1, len = strlen(text) + 1;
	char *last = ip->text, *next;

	memset(ip, 0, sizeof(*ip));
	ip->hostname = ip->domain = "";
	if (len > sizeof(ip->text))
		return fail(ip, "longer than 511 bytes", "");
	memcpy(ip->text, text, len);
	if (strchr(text, '['))
		return fail(ip, "IPv6 is not supported", "");
	if (!*text)
		return 0;
	for (; (next = strchr(last, ':')); n++) {
		*next++ = '\0';
		last = next;
		if (n == MAX_FIELDS)
			return fail(ip, "eleventh field", last);
	}
	if (!parse_short(ip, last, n) && parse_fields(ip, n) < 0)
		return -EINVAL;
	if (ip->addr)
		ip->kind = IP_KIND_STATIC;
	else if (!ip->off)
		ip->kind = IP_KIND_AUTO;
	return ip_default_netmask(ip);
}

unsigned int ip_prefix(uint32_t netmask)
{
	unsigned int n = 0;

	for (uint32_t m = swapped(netmask); m; m <<= 1)
		n++;
	return n;
}
