/* SPDX-License-Identifier: MIT */
/*
 * The value of ip=, read into a struct: no system call.
 */
#ifndef BOOTLET_IP_H
#define BOOTLET_IP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of an interface's name and its NUL (IFNAMSIZ). */
#define IP_DEVICE_SIZE 16
/* Longest node or domain name (__NEW_UTS_LEN). */
#define IP_NAME_MAX 64
/* Bytes of a domain in which names are looked up, and its NUL. */
#define IP_SEARCH_SIZE 256

/** enum ip_kind - what an ip= comes to */
enum ip_kind {
	IP_KIND_NONE, /* no address, and none is to be asked for */
	IP_KIND_SET, /* @addr is set */
	IP_KIND_STATIC, /* @addr is known, and to be set */
	IP_KIND_AUTO, /* the address is to be asked for */
};

/**
 * struct ip_config - one ip=
 *
 * Addresses are in network byte order, 0 where not given. Strings point into
 * @text, "" where not given.
 */
struct ip_config {
	enum ip_kind kind;
	/** @off: AUTOCONF says so */
	bool off;
	uint32_t addr;
	/** @netmask to @dns: in this order, see struct dhcp_reply; @server:
	 * whose address is asked for, or was given by DHCP */
	uint32_t netmask, gateway, dns[2], server;
	/** @unused: what is read and not needed */
	uint32_t unused;
	/** @hostname: node name; @domain: what followed its first dot */
	const char *hostname, *domain;
	/** @device: "": the first that there is */
	char device[IP_DEVICE_SIZE];
	/** @bad_field: name of the field that is malformed, static; and its
	 * @bad_text. Or what is wrong as a whole, and "". Where ip_parse()
	 * fails */
	const char *bad_field, *bad_text;

	/*
	 * What follows is 0 after ip_parse(): net.c's, and DHCP's.
	 *
	 * @lease: in seconds; @xid: of messages, 0 before there is an interface; @asked:
	 * interfaces by which was asked, 1 << their numbers; @end: ms, of the
	 * wait that is on; @pause: its seconds, 0 before the first message
	 */
	uint32_t lease, xid, end;
	uint64_t asked;
	uint16_t mtu;
	uint8_t pause;
	/** @search: the domain in which names are looked up */
	char search[IP_SEARCH_SIZE];
	/** @text: storage */
	char text[512];
};

/**
 * ip_parse() - read the value of ip=
 * @ip:   filled; nothing in it needs to be set before
 * @text: CLIENT:SERVER:GATEWAY:NETMASK:HOSTNAME:DEVICE:AUTOCONF:DNS0:DNS1:NTP,
 *        any of them empty and the last ones left out; or the word for
 *        AUTOCONF alone; or DEVICE:AUTOCONF
 *
 * As in the kernel (Documentation/admin-guide/nfs/nfsroot.rst and
 * net/ipv4/ipconfig.c): 0.0.0.0 is no address; a client address is used
 * whatever AUTOCONF says; an empty netmask is that of the address's class; a
 * host name is split at its first dot. Stricter than the kernel: an address is
 * four decimal numbers, an eleventh field is an error, and so is the client
 * identifier of "dhcp,TYPE,ID". More than the kernel: the netmask may be a
 * prefix length, 1 to 32; DEVICE:AUTOCONF (dracut.cmdline(7)). For every
 * protocol by which the kernel asks for an address it is DHCP that is meant.
 *
 * Return: 0; -EINVAL with @ip->bad_field and @ip->bad_text.
 */
int ip_parse(struct ip_config *ip, const char *text);

/**
 * ip_default_netmask() - that of an address's class, where none is given
 * @ip: its @addr is read; @netmask
 *
 * Return: 0; -EINVAL as ip_parse(): classes D and E have none.
 */
int ip_default_netmask(struct ip_config *ip);

/**
 * ip_is_word() - whether a name can stand in a path or a line of text
 * @s:   any bytes
 * @max: bytes that it may have
 */
bool ip_is_word(const char *s, size_t max);

/**
 * ip_prefix() - length of a netmask
 * @netmask: network byte order, contiguous
 *
 * Return: 0 to 32.
 */
unsigned int ip_prefix(uint32_t netmask);

#endif
