// SPDX-License-Identifier: MIT
/* Interfaces as `ip -d -j address show` prints them. */
#include "fuzz.h"

#include "host/bridge_state.c"

static void check_netif(const struct netif *i)
{
	fuzz_assert(memchr(i->name, '\0', sizeof(i->name)));
	fuzz_assert(memchr(i->master, '\0', sizeof(i->master)));
	fuzz_assert(memchr(i->what, '\0', sizeof(i->what)));
	fuzz_assert(i->kind <= NETIF_TAP);
	netif_network(i);
	netif_is_ours(i, i->name);
	netif_is_left(i);
	for (const char *s = i->alias; s && *s; s++)
		fuzz_assert((unsigned char)*s >= ' ' && *s != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *json = fuzz_copy(p, n);
	struct netifs s = { 0 };
	struct strv taps = { 0 };
	int err = parse_netifs(json, n, &s);

	fuzz_assert(!err || err == -EINVAL);
	if (!err) {
		for (size_t i = 0; i < s.n; i++) {
			check_netif(&s.v[i]);
			fuzz_assert(netifs_find(&s, s.v[i].name));
			netifs_taps(&s, s.v[i].name, &taps);
		}
		netifs_network(&s);
		netifs_free(&s);
	}
	strv_free(&taps);
	free(json);
	return 0;
}
