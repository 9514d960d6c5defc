/* SPDX-License-Identifier: MIT */
/*
 * The value of ip=, read into a struct: no system call.
 */
#ifndef BOOTLET_IP_H
#define BOOTLET_IP_H

#include <stdint.h>

/* Bytes of an interface's name and its NUL (IFNAMSIZ). */
#define IP_DEVICE_SIZE 16
/* Longest node or domain name (__NEW_UTS_LEN). */
#define IP_NAME_MAX 64
/* Bytes of "255.255.255.255" and its NUL. */
#define IP_TEXT_SIZE 16

/** enum ip_method - the field "autoconf" */
enum ip_method {
	IP_ANY, /* on, any, nothing at all: what there is */
	IP_OFF, /* off, none */
	IP_DHCP,
	IP_BOOTP,
	IP_RARP,
	IP_BOTH, /* BOOTP and RARP */
	IP_METHODS
};

/** enum ip_kind - what an ip= comes to */
enum ip_kind {
	IP_KIND_NONE, /* no address, and none is to be asked for */
	IP_KIND_STATIC, /* @addr is set */
	IP_KIND_AUTO, /* the address is to be asked for with @method */
};

/**
 * struct ip_config - one ip=
 *
 * Addresses are in network byte order, 0 where not given. Strings point into
 * @text, "" where not given.
 */
struct ip_config {
	enum ip_kind kind;
	enum ip_method method;
	uint32_t addr, server, gateway, netmask, dns[2], ntp;
	/** @hostname: node name; @domain: what followed its first dot */
	const char *hostname, *domain;
	/** @device: "": the first that there is */
	char device[IP_DEVICE_SIZE];
	/** @bad_field: name of the field that is malformed, static; and its
	 * @bad_text; set where ip_parse() fails */
	const char *bad_field, *bad_text;
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
 * four decimal numbers, and an eleventh field is an error. More than the
 * kernel: the netmask may be a prefix length, 1 to 32; DEVICE:AUTOCONF
 * (dracut.cmdline(7)).
 *
 * Return: 0; -EINVAL with @ip->bad_field and @ip->bad_text; -EAFNOSUPPORT for
 * an IPv6 address in brackets; -E2BIG beyond 511 bytes.
 */
int ip_parse(struct ip_config *ip, const char *text);

/**
 * ip_format() - dotted quad of an address
 * @addr: network byte order
 * @buf:  IP_TEXT_SIZE bytes
 *
 * Return: @buf.
 */
const char *ip_format(uint32_t addr, char *buf);

/**
 * ip_prefix() - length of a netmask
 * @netmask: network byte order, contiguous
 *
 * Return: 0 to 32.
 */
unsigned int ip_prefix(uint32_t netmask);

#endif
