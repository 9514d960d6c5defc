/* SPDX-License-Identifier: MIT */
/* Where QEMU's gdbstub listens: the user's word for it, and its place. */
#ifndef BOOTLET_GDBSTUB_H
#define BOOTLET_GDBSTUB_H

#include <stdbool.h>

/** struct gdbstub - an address; zero: the default, nothing was said */
struct gdbstub {
	/** @path: of a UNIX socket, not owned, or NULL; else @port of
	 * 127.0.0.1, 1 to 65535 */
	const char *path;
	unsigned int port;
};

/**
 * parse_gdbstub() - read "unix:PATH", "tcp:PORT" or "tcp:127.0.0.1:PORT"
 * @text: stays the caller's, @out->path points into it
 * @out:  filled in
 *
 * Who reaches a gdbstub has the guest in his hands, so that no address but
 * this machine's own is taken. PATH has 107 bytes at most (unix(7)).
 *
 * Return: NULL; or what is wrong in a few words (static text).
 */
const char *parse_gdbstub(const char *text, struct gdbstub *out);

/**
 * gdbstub_check() - whether QEMU can listen there
 *
 * QEMU itself would replace whatever has the name of a UNIX socket.
 *
 * Return: 0; after a message -EADDRINUSE where somebody listens already,
 * -EEXIST where the name is something else's, -errno.
 */
int gdbstub_check(const struct gdbstub *g);

/**
 * gdbstub_address() - the address as struct guestinfo has it
 *
 * Return: "unix:PATH", PATH absolute, or "tcp:127.0.0.1:PORT"; the caller
 * frees.
 */
char *gdbstub_address(const struct gdbstub *g);

#endif
