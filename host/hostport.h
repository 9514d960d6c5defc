/* SPDX-License-Identifier: MIT */
/*
 * Ports of this machine, tried before QEMU is: its words for a port in use
 * come late and name an option instead of the user's.
 */
#ifndef BOOTLET_HOSTPORT_H
#define BOOTLET_HOSTPORT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

/** struct hostport - one port */
struct hostport {
	bool udp;
	/** @address: to listen at, network byte order; @port: 1 to 65535 */
	struct in_addr address;
	unsigned int port;
};

/**
 * hostports_check() - whether all of them can be listened at, together
 * @v:      ports; @n: how many
 * @failed: set to the first that cannot
 *
 * Nothing stays open. Return: 0; -EADDRINUSE; -EADDRNOTAVAIL for an address
 * that is not of this machine; -EACCES; -errno of socket(2), bind(2) or
 * listen(2).
 */
int hostports_check(const struct hostport *v, size_t n, size_t *failed);

/**
 * hostport_explain() - what to say and to do about such an error
 * @err: negative, from hostports_check()
 *
 * Return: a few words that read well after "PORT: "; static text.
 */
const char *hostport_explain(int err);

#endif
