/* SPDX-License-Identifier: MIT */
/* What the guest's network shall be: --net and its like. */
#ifndef BOOTLET_NETSPEC_H
#define BOOTLET_NETSPEC_H

#include "hostport.h"
#include "qemu.h"

#include <stdbool.h>
#include <stddef.h>

/** struct netforward - a port of the host that leads into the guest */
struct netforward {
	struct hostport host;
	/** @guest: port there, 1 to 65535 */
	unsigned int guest;
};

/** struct netspec - a guest's network; zero is none; strings are not owned */
struct netspec {
	/** @given: --net said something */
	bool given;
	enum qemu_net_type type;
	/** @ifname: of tap or bridge; @ip: value of ip=, NULL for a default */
	const char *ifname, *ip;
	/** @nic: NULL: none */
	const struct qemu_nic *nic;
	/** @background: the command does not wait for it */
	bool background;
	struct netforward *forwards;
	size_t n_forwards;
};

/** NETSPEC_MAC_SIZE - bytes of a MAC address in text, with the NUL */
#define NETSPEC_MAC_SIZE 18

/**
 * parse_net() - read "none", "user", "tap=NAME" or "bridge=NAME"
 * @text: stays the caller's, @out->ifname points into it
 * @out:  @given, @type and @ifname are set
 *
 * Return: NULL; or what is wrong in a few words (static text).
 */
const char *parse_net(const char *text, struct netspec *out);

/**
 * parse_forward() - read "[tcp:|udp:][ADDRESS:]HOSTPORT:GUESTPORT"
 * @text: ADDRESS is IPv4 in dotted form; 127.0.0.1 where it is left out
 * @out:  filled in
 *
 * Return: NULL; or what is wrong in a few words (static text).
 */
const char *parse_forward(const char *text, struct netforward *out);

/** netspec_forward() - append one more to @n->forwards */
void netspec_forward(struct netspec *n, const struct netforward *f);

/**
 * netspec_settle() - decide what was left open, as far as options tell
 *
 * A card wants a network and a network wants a card; a forwarded port wants
 * QEMU's own network, and so does all that names no other.
 *
 * Return: NULL; or what contradicts each other (static text).
 */
const char *netspec_settle(struct netspec *n);

/**
 * netspec_hostfwd() - one forward as QEMU's option takes it
 *
 * Source: qemu(1), hostfwd=[tcp|udp]:[hostaddr]:hostport-[guestaddr]:guestport
 *
 * Return: new string, the caller frees.
 */
char *netspec_hostfwd(const struct netforward *f);

/**
 * netspec_mac() - a MAC address for a guest that others can see
 * @key: two guests with different keys have different addresses, one with the
 *       same key has the same again
 * @out: 52:54:00 (locally administered, QEMU's) and three bytes of a hash
 */
void netspec_mac(const char *key, char out[NETSPEC_MAC_SIZE]);

/**
 * netspec_check() - whether the network can be had on this machine
 *
 * Asks for the tap or bridge (tap.h), tries the ports. Return: 0; -errno after
 * a message.
 */
int netspec_check(const struct netspec *n);

/**
 * netspec_ip() - the guest's address
 *
 * What the user gave; else that of QEMU's own network, or the one that the
 * host's bridge suggests. Says so where there is none.
 *
 * Return: value of ip=, which the caller frees, or NULL.
 */
char *netspec_ip(const struct netspec *n);

/** netspec_free() - free what is owned */
void netspec_free(struct netspec *n);

#endif
