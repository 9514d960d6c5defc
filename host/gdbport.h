/* SPDX-License-Identifier: MIT */
/* A gdbstub as seen from gdb: where it is, whether it has time. */
#ifndef BOOTLET_GDBPORT_H
#define BOOTLET_GDBPORT_H

#include "str.h"

#include <stdbool.h>

/** struct gdbport - an address; all owned */
struct gdbport {
	/** @path: of a UNIX socket, or NULL, and then @host and @port */
	char *path, *host, *port;
};

/**
 * parse_gdbport() - read "unix:PATH", "tcp:PORT" or "tcp:HOST:PORT"
 * @text: an IPv6 HOST stands in brackets; no HOST is 127.0.0.1
 * @out:  filled in; the caller calls gdbport_free(), also after an error
 *
 * Return: NULL; or what is wrong in a few words (static text).
 */
const char *parse_gdbport(const char *text, struct gdbport *out);

/** gdbport_free() - free all; @p is empty and usable again */
void gdbport_free(struct gdbport *p);

/**
 * gdbport_taken() - whether somebody is connected, by what the kernel lists
 * @p:     the address
 * @table: /proc/net/unix or /proc/net/tcp, as the address is; NUL-ended
 *
 * QEMU's chardev has time for one: who comes second waits without a word, and
 * stops the guest for ever once it is his turn and he is gone. So this is
 * looked up before anything is connected. Source: unix(7), proc(5).
 *
 * Return: true where somebody surely is; false also where nobody can tell
 * (another machine, IPv6).
 */
bool gdbport_taken(const struct gdbport *p, const char *table);

/**
 * gdbport_probe() - connect, ask the gdbstub for its state, disconnect
 * @p:          the address
 * @timeout_ms: for all of it
 *
 * A guest that runs is stopped by it, as by any gdb that connects. Source:
 * gdb's manual, "Remote Protocol", packet "?".
 *
 * Return: 0; -EBUSY where somebody is connected already; -EPROTO where it is
 * no gdbstub; -ETIMEDOUT; -EADDRNOTAVAIL where HOST is not known; -errno of
 * connect(2): -ECONNREFUSED, -ENOENT ... nobody listens.
 */
int gdbport_probe(const struct gdbport *p, int timeout_ms);

#endif
