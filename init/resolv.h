/* SPDX-License-Identifier: MIT */
/*
 * What ip= says about names: /etc/resolv.conf and the NIS domain.
 */
#ifndef BOOTLET_RESOLV_H
#define BOOTLET_RESOLV_H

#include "cmdline.h"
#include "ip.h"

#include <stddef.h>

/* Enough for resolv_plan(): "nameserver 255.255.255.255\n" has 27 bytes. */
#define RESOLV_SIZE (2 * BOOT_MAX_IP * 27 + 1)

/**
 * resolv_plan() - text of /etc/resolv.conf, resolv.conf(5)
 * @ip:   only those with IP_KIND_STATIC count
 * @n:    how many, BOOT_MAX_IP at most
 * @text: filled; every server once, in order
 * @size: RESOLV_SIZE
 *
 * Return: bytes of text; 0 where no server is named.
 */
size_t resolv_plan(const struct ip_config ip[], size_t n, char *text,
		   size_t size);

/**
 * resolv_write() - replace /etc/resolv.conf
 * @root: stands before the path, "" for the real one
 * @text: from resolv_plan()
 * @len:  bytes of @text
 *
 * /etc is made where the image has none. A symbolic link is followed; one that
 * leads nowhere is replaced by a file.
 *
 * Return: 0; -errno.
 */
int resolv_write(const char *root, const char *text, size_t len);

/**
 * resolv_domain() - set the NIS domain name (/proc/sys/kernel/domainname)
 * @root: see resolv_write()
 * @name: 64 bytes at most
 *
 * Return: 0; -errno, -ENOENT on a kernel without CONFIG_PROC_SYSCTL.
 */
int resolv_domain(const char *root, const char *name);

#endif
