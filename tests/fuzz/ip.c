// SPDX-License-Identifier: MIT
/* The value of ip=. */
#include "fuzz.h"

#include "init/ip.c"

#include <arpa/inet.h>
#include <stdio.h>

static void check_string(const struct ip_config *ip, const char *s)
{
	/* "" may be anywhere. */
	fuzz_assert(!*s ||
		    fuzz_within(s, strlen(s), ip->text, sizeof(ip->text)));
}

static void check_word(const char *s, size_t max)
{
	fuzz_assert(strlen(s) <= max && !strchr(s, '/') && !strchr(s, ' ') &&
		    !strchr(s, '\n'));
}

static void check_good(const struct ip_config *ip)
{
	uint32_t hosts = ~swapped(ip->netmask);

	check_string(ip, ip->hostname);
	check_string(ip, ip->domain);
	check_word(ip->hostname, IP_NAME_MAX);
	check_word(ip->domain, IP_NAME_MAX);
	fuzz_assert(!strchr(ip->hostname, '.'));
	fuzz_assert(memchr(ip->device, '\0', sizeof(ip->device)));
	check_word(ip->device, IP_DEVICE_SIZE - 1);
	fuzz_assert((hosts & (hosts + 1)) == 0);
	fuzz_assert(ip_prefix(ip->netmask) <= 32);
	fuzz_assert((ip->kind == IP_KIND_STATIC) == (ip->addr != 0));
	if (ip->kind == IP_KIND_STATIC)
		fuzz_assert(ip->netmask);
	fuzz_assert(ip->kind != IP_KIND_AUTO || !ip->off);
	/* What is DHCP's is not ip='s to give. */
	fuzz_assert(!ip->server && !ip->lease && !ip->xid && !*ip->search);
}

static void put_address(char **to, uint32_t addr)
{
	char quad[INET_ADDRSTRLEN];

	*to += sprintf(*to, "%s:",
		       addr ? inet_ntop(AF_INET, &addr, quad, sizeof(quad)) :
			      "");
}

/* What was understood, written down in full, is understood so again. */
static void check_round_trip(const struct ip_config *ip)
{
	struct ip_config again;
	char text[1024], *to = text;

	put_address(&to, ip->addr);
	put_address(&to, 0);
	put_address(&to, ip->gateway);
	put_address(&to, ip->netmask);
	to += sprintf(to, "%s%s%s:%s:%s:", ip->hostname, *ip->domain ? "." : "",
		      ip->domain, ip->device, ip->off ? "off" : "dhcp");
	put_address(&to, ip->dns[0]);
	put_address(&to, ip->dns[1]);
	put_address(&to, ip->unused);
	to[-1] = '\0';
	/* A bracket in a name would be an IPv6 address, and was none before. */
	fuzz_assert(ip_parse(&again, text) == 0);
	fuzz_assert(again.kind == ip->kind && again.off == ip->off);
	fuzz_assert(again.addr == ip->addr && again.unused == ip->unused &&
		    again.gateway == ip->gateway &&
		    again.netmask == ip->netmask &&
		    !memcmp(again.dns, ip->dns, sizeof(ip->dns)));
	fuzz_assert(!strcmp(again.hostname, ip->hostname) &&
		    !strcmp(again.domain, ip->domain) &&
		    !strcmp(again.device, ip->device));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *text = fuzz_string(p, n);
	struct ip_config ip;
	int r;

	/* Nothing in it needs to be set before. */
	memset(&ip, 0xa5, sizeof(ip));
	r = ip_parse(&ip, text);
	if (r == 0) {
		check_good(&ip);
		/* Nothing at all, which cannot be said in full. */
		if (*text)
			check_round_trip(&ip);
	} else {
		fuzz_assert(r == -EINVAL);
		fuzz_assert(ip.bad_field && *ip.bad_field && ip.bad_text);
		check_string(&ip, ip.bad_text);
	}
	free(text);
	return 0;
}
