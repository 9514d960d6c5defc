/* SPDX-License-Identifier: MIT */
/*
 * The ways to the host, see BOOTLET_KEY_PORT in protocol.h: a port of a
 * virtio-console, a tty, a UART that the kernel does not drive.
 */
#ifndef BOOTLET_PORT_H
#define BOOTLET_PORT_H

#include <limits.h>
#include <stddef.h>
#include <sys/types.h>

/** PORT_FD_IO - in an fd's place: the UART of uart.h, which has none and so
 * must be asked from time to time */
#define PORT_FD_IO INT_MAX

/**
 * port_open() - open one of them
 * @name: PORT_WORD_VIRTIO, PORT_WORD_IO or a tty's name
 *
 * A tty is made raw. Where the kernel has a virtio-console the port of it may
 * be about to come, and is waited for, for a moment.
 *
 * Return: an fd that does not block, or PORT_FD_IO; -errno: -ENODEV where
 * the kernel has no such thing.
 */
int port_open(const char *name);

/** port_read() - read(2). Return: bytes; 0 at the end; -EAGAIN; -errno */
ssize_t port_read(int fd, void *buf, size_t size);

/** port_write() - write(2). Return: bytes; -EAGAIN; -errno */
ssize_t port_write(int fd, const void *data, size_t len);

#endif
