/* SPDX-License-Identifier: MIT */
/*
 * What ip= says about names: /etc/resolv.conf and the NIS domain.
 */
#ifndef BOOTLET_RESOLV_H
#define BOOTLET_RESOLV_H

#include "cmdline.h"
#include "ip.h"

#include <stddef.h>

/* Enough for resolv_plan(): "nameserver 255.255.255.255\n" has 27 bytes,
 * "search \n" has 8. */
#define RESOLV_SIZE (BOOT_MAX_IP * (2 * 27 + 8 + IP_SEARCH_SIZE - 1) + 1)

/** struct resolv_text - text that grows; what does not fit is cut off */
struct resolv_text {
	size_t len;
	char text[RESOLV_SIZE];
};

/**
 * resolv_add() - add to a text
 * @fmt: for fmt_vformat()
 * @a:   a number, or the address of a string; so is @b
 */
void resolv_add(struct resolv_text *t, const char *fmt, long a, long b);

/**
 * resolv_address() - add an address to a text, four numbers and dots
 * @before: what stands before it
 * @addr:   network byte order
 * @after:  what stands behind it
 */
void resolv_address(struct resolv_text *t, const char *before, uint32_t addr,
		    const char *after);

/**
 * resolv_plan() - text of /etc/resolv.conf, resolv.conf(5)
 * @t:   every server once, in order, and the domains of DHCP; "" where there
 *       are none
 * @ip:  only those with IP_KIND_SET count
 * @end: behind the last one; there are BOOT_MAX_IP at most
 */
void resolv_plan(struct resolv_text *t, const struct ip_config *ip,
		 const struct ip_config *end);

/**
 * resolv_write() - replace /etc/resolv.conf
 * @text: from resolv_plan()
 * @len:  bytes of @text
 *
 * /etc is made where the image has none. A symbolic link is followed; one that
 * leads nowhere is replaced by a file.
 *
 * Return: 0; -errno.
 */
int resolv_write(const char *text, size_t len);

/**
 * resolv_domain() - set the NIS domain name (/proc/sys/kernel/domainname)
 * @name: 64 bytes at most
 *
 * Return: 0; -errno, -ENOENT on a kernel without CONFIG_PROC_SYSCTL.
 */
int resolv_domain(const char *name);

#endif
