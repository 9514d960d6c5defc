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
	/** @fd: that listens there, see gdbstub_open(); 0: none does */
	int fd;
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
 * gdbstub_open() - listen there, for QEMU to take over
 * @g: @fd is set on 0; the caller calls gdbstub_close()
 *
 * From now on the address is nobody else's, where a check alone would let two
 * runs that start together both have it. A socket that nobody listens at is
 * replaced; who removes it later must look whether it is @fd's.
 *
 * Return: 0; -errno after a message, as gdbstub_check(); -ENAMETOOLONG.
 */
int gdbstub_open(struct gdbstub *g);

/** gdbstub_close() - close @g->fd, leave the name; harmless if there is none */
void gdbstub_close(struct gdbstub *g);

/**
 * gdbstub_address() - the address as struct guestinfo has it
 *
 * Return: "unix:PATH", PATH absolute, or "tcp:127.0.0.1:PORT"; the caller
 * frees.
 */
char *gdbstub_address(const struct gdbstub *g);

#endif
