/* SPDX-License-Identifier: MIT */
/* What the tests of bootlet net share: a namespace, and what is in it. */
#ifndef BOOTLET_HOSTNET_H
#define BOOTLET_HOSTNET_H

#include "tests/unit/netns.h"
#include "vm.h"

#include <stdlib.h>
#include <string.h>

static struct ran r;
static bool was_root;

/* What is found before, which is not to be touched. */
static inline void setup(void)
{
	was_root = netns_enter();
	unsetenv("SUDO_UID");
	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-ec",
			"ip link set lo up; ip link add eth7 type bridge; ip "
			"address add 10.7.0.1/24 dev eth7; ip tuntap add dev "
			"mine mode tap user 0"));
	ck_code(&r, 0);
	ran_free(&r);
}

/* The namespace byte for byte; the caller frees. */
static inline char *state(void)
{
	struct ran s;
	char *text;

	vm_exec(&s, NULL, 0, VM_ARGV("sh", "-ec", "ip -d -j link; ip -j addr"));
	ck_code(&s, 0);
	text = s.out.p;
	s.out.p = NULL;
	ran_free(&s);
	return text;
}

#define ck_state(before)                        \
	do {                                    \
		char *now_ = state();           \
		ck_assert_str_eq(now_, before); \
		free(now_);                     \
	} while (0)

static inline void net(int code, const char *verb)
{
	ran_free(&r);
	vm_host(&r, "net", verb);
	ck_code(&r, code);
}

/* It is up, and as it should be. */
static inline void is_up(void)
{
	ran_free(&r);
	vm_host(&r, "net", "status");
	ck_code(&r, 0);
	ck_assert_str_eq(r.err.p, "");
	ck_assert_str_eq(
		r.out.p,
		"br0              bridge  up    192.168.100.50/24; members "
		"tap0\n"
		"tap0             tap     up    of root; in br0; free\n");
}

#endif
