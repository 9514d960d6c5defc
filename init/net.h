/* SPDX-License-Identifier: MIT */
/*
 * The network: lo, then every ip=, by the ioctls of netdevice(7), as ifconfig
 * and route make them.
 */
#ifndef BOOTLET_NET_H
#define BOOTLET_NET_H

#include "cmdline.h"

/* Milliseconds that all ip= together wait for devices to appear. */
#define NET_WAIT_MS 5000

/**
 * net_apply() - phase: lo up, then what ip= and hostname= say
 * @cfg: @ip and @hostname are read
 *
 * Static addresses only: an ip= that asks for DHCP, BOOTP or RARP gets a line
 * that says so. An ip= without a device takes the lowest numbered one that is
 * no loopback (as ic_is_init_dev() in net/ipv4/ipconfig.c: broadcast or point
 * to point, not dummy*), Ethernet first, and that no other ip= has. A device
 * that is not there yet is waited for, NET_WAIT_MS at most in all.
 *
 * hostname= wins over the host names in ip=, of which the last wins. Name
 * servers go to /etc/resolv.conf, which is left alone where there is none.
 * Server and NTP addresses are the kernel's for NFS and for /proc: not used.
 *
 * Return: 0; what went wrong has been said, the rest has been done.
 */
int net_apply(struct boot_config *cfg);

/**
 * net_background() - do what net_apply() has left out
 *
 * With @background of its @cfg, that is everything about interfaces but lo.
 * Lines about addresses say how long after that phase they were there.
 */
void net_background(void);

/**
 * net_apply_at() - net_apply() with its surroundings given
 * @cfg:     see net_apply()
 * @root:    stands before the paths of the files written, "" for the real ones
 * @wait_ms: instead of NET_WAIT_MS
 *
 * Return: 0.
 */
int net_apply_at(struct boot_config *cfg, const char *root,
		 unsigned int wait_ms);

#endif
