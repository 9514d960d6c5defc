/* SPDX-License-Identifier: MIT */
/*
 * The network: lo, then every ip=, by the ioctls of netdevice(7), as ifconfig
 * and route make them, and by DHCP.
 */
#ifndef BOOTLET_NET_H
#define BOOTLET_NET_H

#include "cmdline.h"

/* Seconds that an ip= waits for its device to appear. */
#define NET_WAIT_S 5

/**
 * net_apply() - phase: lo up, then what ip= and hostname= say
 * @cfg: @ip and @hostname are read
 *
 * An ip= without a device takes the lowest numbered one that is no loopback (as
 * ic_is_init_dev() in net/ipv4/ipconfig.c: broadcast or point to point, not
 * dummy*), Ethernet first, and that no other ip= has. A device that is not
 * there yet is waited for, NET_WAIT_S at most.
 *
 * An address that is not given is asked for by DHCP (RFC 2131), where no device
 * is named by all that there are, as the kernel does: the first server that
 * answers decides, and they all stay up. A carrier is waited for, twice
 * NET_WAIT_S at most from when the device is there, and an answer for 15
 * seconds from the first message, which is repeated after 1, 3 and 7. What ip=
 * gives goes before what the server gives. The lease is taken once and never
 * renewed.
 *
 * All ip= are at work at the same time. While an address is asked for by one
 * interface, messages have as their source that of another that has one: so
 * it is with broadcasts of a UDP socket, which needs no CONFIG_PACKET.
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
 * net_apply_for() - net_apply() with its patience given
 * @cfg:    see net_apply()
 * @second: milliseconds that each second of it has
 *
 * Return: 0.
 */
int net_apply_for(struct boot_config *cfg, unsigned int second);

#endif
