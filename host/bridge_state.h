/* SPDX-License-Identifier: MIT */
/* The interfaces of this network namespace, as ip(8) tells of them. */
#ifndef BOOTLET_BRIDGE_STATE_H
#define BOOTLET_BRIDGE_STATE_H

#include "bridge.h"

/** enum netif_kind - what a guest's network is made of */
enum netif_kind { NETIF_OTHER, NETIF_BRIDGE, NETIF_TAP };

/** struct netif - one interface */
struct netif {
	char name[BRIDGE_NAME_SIZE];
	/** @master: the bridge it is a member of, "" for none */
	char master[BRIDGE_NAME_SIZE];
	enum netif_kind kind;
	/** @what: its kind in words: "bridge", "tap", "tun", "veth", "ether" */
	char what[BRIDGE_NAME_SIZE];
	/** @up: by the administrator; @carrier: of a tap: a program has it */
	bool up, carrier;
	/** @has_owner: a tap that is one user's, @owner */
	bool has_owner;
	uid_t owner;
	/** @alias: its ifalias, or NULL; owned */
	char *alias;
	/** @addrs: IPv4, in ip's order */
	struct ipv4 *addrs;
	size_t n_addrs;
};

/** struct netifs - all of them; zero it to begin with */
struct netifs {
	struct netif *v;
	size_t n;
};

/**
 * parse_netifs() - read what `ip -d -j address show` prints
 * @json: the text; @n: bytes
 * @out:  filled in on 0; the caller calls netifs_free()
 *
 * Source: ip/ipaddress.c of iproute2. An owner that has a name comes by that,
 * and is looked up again. What is not UTF-8, or a control character, is "?"
 * then: an ifalias may be any bytes, and ip prints them as they are.
 *
 * Return: 0; -EINVAL where it is not that.
 */
int parse_netifs(const char *json, size_t n, struct netifs *out);

/** netifs_find() - the interface of that name, or NULL */
struct netif *netifs_find(const struct netifs *s, const char *name);

/** netifs_taps() - append the names of a bridge's taps, as they were made */
void netifs_taps(const struct netifs *s, const char *bridge, struct strv *out);

/** netif_network() - the bridge whose network an interface was made for by
 * bootlet, part of its alias; NULL: somebody else made it */
const char *netif_network(const struct netif *i);

/** netif_is_ours() - whether bootlet made it for the network of @bridge */
bool netif_is_ours(const struct netif *i, const char *bridge);

/** netif_is_left() - whether it is what an interrupted `up` left unfinished */
bool netif_is_left(const struct netif *i);

/** netifs_network() - the bridge of the only network of bootlet's, or NULL where
 * there is none, or several */
const struct netif *netifs_network(const struct netifs *s);

/** netifs_free() - free all; @s is empty and usable again */
void netifs_free(struct netifs *s);

/**
 * netifs_load() - ask ip
 * @out: see parse_netifs(); @why: one line for the user where it fails
 *
 * Return: 0; -errno.
 */
int netifs_load(struct netifs *out, struct buf *why);

/**
 * netifs_read() - ask ip, and say it where that fails
 * @out: see parse_netifs()
 *
 * Return: 0; -errno after one message.
 */
int netifs_read(struct netifs *out);

#endif
