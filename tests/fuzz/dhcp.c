// SPDX-License-Identifier: MIT
/* A message that came to DHCP's port; the input is the message. */
#include "fuzz.h"

#include "init/dhcp.c"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct dhcp_packet *packet = calloc(1, sizeof(*packet));
	struct dhcp_reply r, again;
	bool good;

	fuzz_assert(packet);
	if (n > DHCP_TAKEN_SIZE)
		n = DHCP_TAKEN_SIZE;
	/* What is behind the message must not matter. */
	if (n)
		memcpy(packet, p, n);
	memset(&r, 0xa5, sizeof(r));
	good = dhcp_parse(packet, (long)n, &r);
	memset((char *)packet + n, 0xa5, sizeof(*packet) - n);
	memset(&again, 0x5a, sizeof(again));
	fuzz_assert(dhcp_parse(packet, (long)n, &again) == good);
	if (good) {
		fuzz_assert(n >= HEAD && r.server && packet->op == BOOT_REPLY);
		fuzz_assert(memchr(r.search, '\0', sizeof(r.search)));
		fuzz_assert(r.server == again.server && r.type == again.type &&
			    r.netmask == again.netmask &&
			    r.gateway == again.gateway &&
			    r.dns[0] == again.dns[0] &&
			    r.dns[1] == again.dns[1] &&
			    r.lease == again.lease && r.mtu == again.mtu &&
			    !strcmp(r.search, again.search));
	}
	free(packet);
	return 0;
}
