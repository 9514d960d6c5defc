/* SPDX-License-Identifier: MIT */
/*
 * A host-only network: what is asked for, and the words of it that are
 * refused before anything is made. Nothing here
 * makes a system call, but that users are looked up.
 */
#ifndef BOOTLET_BRIDGE_H
#define BOOTLET_BRIDGE_H

#include "str.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/** BRIDGE_NAME_SIZE - bytes of an interface's name with its NUL: IFNAMSIZ of
 * linux/if.h */
#define BRIDGE_NAME_SIZE 16

/** BRIDGE_NAME, BRIDGE_TAP, BRIDGE_ADDRESS - what is made unless told
 * otherwise */
#define BRIDGE_NAME    "br0"
#define BRIDGE_TAP     "tap0"
#define BRIDGE_ADDRESS "192.168.100.50/24"

/** BRIDGE_TEMP - how the names of unfinished interfaces begin; digits follow */
#define BRIDGE_TEMP "bootlet-new"

/** BRIDGE_MARK - the ifalias of what is ours, before the bridge's name */
#define BRIDGE_MARK "bootlet net "

/** enum - sizes */
enum {
	/** @BRIDGE_ADDR_SIZE: "255.255.255.255/32" and a NUL */
	BRIDGE_ADDR_SIZE = 19,
	/** @BRIDGE_TAPS_MAX: of one network */
	BRIDGE_TAPS_MAX = 64,
};

/** struct ipv4 - an address and its network, in host byte order */
struct ipv4 {
	uint32_t addr;
	/** @prefix: length, 0 to 32 */
	unsigned int prefix;
};

/** struct bridge_spec - the network to be; nothing is owned but @taps */
struct bridge_spec {
	const char *bridge;
	struct ipv4 addr;
	/** @taps: their names, in order */
	struct strv taps;
	/** @owner: who may open them */
	uid_t owner;
};

/**
 * parse_ifname() - hold a name for an interface against the rules
 * @name: any string
 *
 * The kernel's own are in dev_valid_name() of net/core/dev.c; what `ip -batch`
 * or a rename would read as something else is refused too, and so are the two
 * that devinet_sysctl_register() of net/ipv4/devinet.c refuses.
 *
 * Return: NULL, or what is wrong with it, static text.
 */
const char *parse_ifname(const char *name);

/**
 * parse_bridge_addr() - read the address of a bridge
 * @text: A.B.C.D/PREFIX, the prefix 1 to 30
 * @out:  filled in where it is right
 *
 * Return: NULL, or what is wrong with it, static text.
 */
const char *parse_bridge_addr(const char *text, struct ipv4 *out);

/** bridge_check_names() - bridge and taps all have different names. Return:
 * NULL, or the name that is there twice */
const char *bridge_check_names(const struct bridge_spec *spec);

/**
 * bridge_up_words() - what bootlet is called with for this network
 * @spec: the network
 * @out:  "net", "up" and the options that differ from what is made without
 *        them are appended; the owner always
 */
void bridge_up_words(const struct bridge_spec *spec, struct strv *out);

/** bridge_down_words() - the same to remove it; @force: --force */
void bridge_down_words(const struct bridge_spec *spec, bool force,
		       struct strv *out);

/** owner_text() - a user's name, or number where it has none; two results stay
 * valid */
const char *owner_text(uid_t uid);

/** bridge_is_temp() - whether it is the name of an unfinished interface */
bool bridge_is_temp(const char *name);

/** ipv4_mask() - the netmask of a prefix length, 0 to 32 */
uint32_t ipv4_mask(unsigned int prefix);

/** ipv4_text() - "192.168.100.50"; four results stay valid */
const char *ipv4_text(uint32_t addr);

/** ipv4_overlap() - whether two networks have an address in common */
bool ipv4_overlap(const struct ipv4 *a, const struct ipv4 *b);

/**
 * bridge_guest_addr() - the address for a guest, another for each
 * @net:  the bridge's own
 * @taps: of that bridge, in the order in which they were made
 * @name: of the one that the guest has, or of the bridge
 *
 * The first is host number 224. Digits that end a tap's name are its number,
 * tap1 has 225; others have what is free then, the bridge's own guest last.
 *
 * Return: the address, or 0 where it is not in the network, is its broadcast
 * address or the bridge's own.
 */
uint32_t bridge_guest_addr(const struct ipv4 *net, const struct strv *taps,
			   const char *name);

#endif
