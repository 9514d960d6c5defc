/* SPDX-License-Identifier: MIT */
/*
 * Network interfaces, one at a time, by the ioctls of netdevice(7).
 */
#ifndef BOOTLET_NETDEV_H
#define BOOTLET_NETDEV_H

#include "ip.h"

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

/** struct netdev - the interface that calls are about, and what they gave */
struct netdev {
	/** @fd: a socket, for the ioctls */
	int fd;
	/** @flags: what netdev_look() found of the interface */
	uint32_t flags;
	/**
	 * @req: struct ifreq as a little endian machine has it: the union's
	 * first numbers are an address's family and port, flags, an index or an
	 * MTU, then comes an IPv4 address
	 */
	struct {
		_Alignas(struct ifreq) char name[IP_DEVICE_SIZE];
		uint32_t word, addr;
		char rest[16];
	} req;
};

extern struct netdev netdev;

/* A request of netdev_call(): of its number the last byte; all have the first
 * one of. */
#define NETDEV_NR(request) ((request)-NETDEV_FIRST)
#define NETDEV_FIRST	   0x8900

/**
 * netdev_call() - make an ioctl for the interface @netdev.req.name
 * @nr:   NETDEV_NR() of its number
 * @word: goes to @netdev.req.word, where what it yields is found, too
 * @addr: goes to @netdev.req.addr, network byte order
 *
 * Return: 0; -errno.
 */
int netdev_call(unsigned int nr, uint32_t word, uint32_t addr);

/** netdev_name() - copy a name of an interface, all IP_DEVICE_SIZE bytes */
void netdev_name(char *to, const char *from);

/**
 * netdev_look() - make an interface the one that calls are about
 * @index: its number; @netdev.flags are set, and @netdev.req is what
 *         SIOCGIFHWADDR gives: in @word the kind of its address, or 0
 *
 * Return: whether there is one.
 */
bool netdev_look(uint32_t index);

/** netdev_mac() - the 6 bytes of address that netdev_look() has found */
const unsigned char *netdev_mac(void);

/** netdev_up() - set the link up; Return: 0, -errno */
int netdev_up(void);

/**
 * netdev_route() - set the default route
 * @device:  the interface's name
 * @gateway: network byte order
 *
 * Return: 0, also where there was one already; -errno.
 */
int netdev_route(char *device, uint32_t gateway);

#endif
