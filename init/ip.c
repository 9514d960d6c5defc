// SPDX-License-Identifier: MIT
#include "ip.h"

#include "file.h"
#include "log.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MAX_FIELDS    10

static const struct {
	char word[7];
	unsigned char method;
} methods[] = {
	{ "off", IP_OFF },   { "none", IP_OFF },  { "on", IP_ANY },
	{ "any", IP_ANY },   { "dhcp", IP_DHCP }, { "bootp", IP_BOOTP },
	{ "rarp", IP_RARP }, { "both", IP_BOTH },
};

static_assert(ARRAY_SIZE(methods) == IP_METHODS + 2,
	      "every method has its word, off and on have two");

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

static bool parse_addr(struct ip_config *ip, const char *text, void *to)
{
	uint32_t addr = 0;

	(void)ip;
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

static bool parse_netmask(struct ip_config *ip, const char *text, void *to)
{
	const char *end = text;
	int bits = parse_part(&end, 32);
	uint32_t hosts;

	if (bits > 0 && !*end) {
		ip->netmask = swapped(~0U << (32 - bits));
		return true;
	}
	if (!parse_addr(ip, text, to))
		return false;
	hosts = ~swapped(ip->netmask);
	return (hosts & (hosts + 1)) == 0;
}

/* A name that a path or a line of text can hold. */
static bool is_word(const char *s, size_t max)
{
	if (strlen(s) > max)
		return false;
	for (; *s; s++)
		if ((unsigned char)*s <= ' ' || *s == '/' || *s == 0x7f)
			return false;
	return true;
}

static bool parse_hostname(struct ip_config *ip, const char *text, void *to)
{
	char *dot;

	(void)to;
	ip->hostname = text;
	dot = strchr(ip->text + (text - ip->text), '.');
	if (dot) {
		*dot = '\0';
		ip->domain = dot + 1;
	}
	if (is_word(text, IP_NAME_MAX) && is_word(ip->domain, IP_NAME_MAX))
		return true;
	if (dot)
		*dot = '.';
	return false;
}

static bool parse_device(struct ip_config *ip, const char *text, void *to)
{
	(void)to;
	if (!is_word(text, IP_DEVICE_SIZE - 1) || !strcmp(text, ".") ||
	    !strcmp(text, ".."))
		return false;
	memcpy(ip->device, text, strlen(text) + 1);
	return true;
}

static bool parse_method(struct ip_config *ip, const char *text, void *to)
{
	(void)to;
	for (size_t i = 0; i < ARRAY_SIZE(methods); i++)
		if (!strcmp(text, methods[i].word)) {
			ip->method = (enum ip_method)methods[i].method;
			return true;
		}
	/* "dhcp,CLIENT-ID" is the kernel's, too. */
	ip->method = IP_DHCP;
	return text_after(text, "dhcp,") != NULL;
}

/* In the order in which they stand. */
#define FIELDS(X)                               \
	X("client address", parse_addr, addr)   \
	X("server", parse_addr, server)         \
	X("gateway", parse_addr, gateway)       \
	X("netmask", parse_netmask, netmask)    \
	X("hostname", parse_hostname, hostname) \
	X("device", parse_device, device)       \
	X("autoconf", parse_method, method)     \
	X("dns0", parse_addr, dns[0])           \
	X("dns1", parse_addr, dns[1])           \
	X("ntp0", parse_addr, ntp)

#define NAME(name, parse, to)  name "\0"
#define PARSE(name, parse, to) parse,
#define TO(name, parse, to)    offsetof(struct ip_config, to),

static const char names[] = FIELDS(NAME);
static bool (*const parsers[])(struct ip_config *ip, const char *text,
			       void *to) = { FIELDS(PARSE) };
static const unsigned char offsets[] = { FIELDS(TO) };

static_assert(ARRAY_SIZE(parsers) == MAX_FIELDS, "nfsroot.rst has ten fields");

static int fail(struct ip_config *ip, const char *field, const char *text)
{
	ip->bad_field = field;
	ip->bad_text = text;
	return -EINVAL;
}

/* The one or two fields that stand for a whole line. Return: whether it is. */
static bool parse_short(struct ip_config *ip, const char *const part[],
			size_t n)
{
	uint32_t addr;

	if (n == 1)
		return parse_method(ip, part[0], NULL);
	return n == 2 && *part[0] && !parse_addr(ip, part[0], &addr) &&
	       parse_method(ip, part[1], NULL) &&
	       parse_device(ip, part[0], NULL);
}

static int parse_fields(struct ip_config *ip, const char *const part[],
			size_t n)
{
	const char *name = names;

	ip->method = IP_ANY;
	for (size_t i = 0; i < n; i++, name = text_next(name)) {
		void *to = (char *)ip + offsets[i];

		if (*part[i] && !parsers[i](ip, part[i], to))
			return fail(ip, name, part[i]);
	}
	return 0;
}

/* As ic_defaults() of net/ipv4/ipconfig.c does; classes D and E have none. */
static int default_netmask(struct ip_config *ip)
{
	uint32_t addr = swapped(ip->addr);

	if (ip->netmask || ip->kind != IP_KIND_STATIC)
		return 0;
	if (addr >> 31 == 0)
		ip->netmask = swapped(0xff000000);
	else if (addr >> 30 == 2)
		ip->netmask = swapped(0xffff0000);
	else if (addr >> 29 == 6)
		ip->netmask = swapped(0xffffff00);
	else
		return fail(ip, "netmask", "");
	return 0;
}

__attribute__((noinline)) int ip_parse(struct ip_config *ip, const char *text)
{
	const char *part[MAX_FIELDS];
	size_t n = 0, len = strlen(text) + 1;
	char *p = ip->text;
	int r;

	memset(ip, 0, sizeof(*ip));
	ip->hostname = ip->domain = "";
	if (len > sizeof(ip->text))
		return -E2BIG;
	memcpy(ip->text, text, len);
	if (strchr(text, '['))
		return -EAFNOSUPPORT;
	if (!*text)
		return 0;
	for (;;) {
		if (n == MAX_FIELDS)
			return fail(ip, "eleventh field", p);
		part[n++] = p;
		p = strchr(p, ':');
		if (!p)
			break;
		*p++ = '\0';
	}
	if (!parse_short(ip, part, n)) {
		r = parse_fields(ip, part, n);
		if (r < 0)
			return r;
	}
	if (ip->addr)
		ip->kind = IP_KIND_STATIC;
	else if (ip->method != IP_OFF)
		ip->kind = IP_KIND_AUTO;
	return default_netmask(ip);
}

const char *ip_format(uint32_t addr, char *buf)
{
	uint32_t a = swapped(addr);

	fmt_format(buf, IP_TEXT_SIZE, "%u.%u.%u.%u", a >> 24, a >> 16 & 255,
		   a >> 8 & 255, a & 255);
	return buf;
}

unsigned int ip_prefix(uint32_t netmask)
{
	unsigned int n = 0;

	for (uint32_t m = swapped(netmask); m; m <<= 1)
		n++;
	return n;
}
