/* SPDX-License-Identifier: MIT */
/*
 * The second UART of a PC by port I/O, polled: for a kernel that has no driver
 * for it. Source: National Semiconductor, PC16550D.
 */
#ifndef BOOTLET_UART_H
#define BOOTLET_UART_H

#include <stddef.h>
#include <sys/types.h>

/**
 * uart_open() - get at PORT_IO_BASE, and set the UART up without interrupts
 *
 * Return: 0; -ENODEV where there is none; -errno of ioperm(2), -ENOSYS on a
 * machine that is no PC.
 */
int uart_open(void);

/**
 * uart_read() - take what has arrived
 *
 * In the middle of a stream it looks for more for a little while: its FIFO
 * holds 16 bytes, and nothing wakes who waits.
 *
 * Return: bytes; -EAGAIN.
 */
ssize_t uart_read(unsigned char *buf, size_t size);

/** uart_write() - send what it takes now. Return: bytes; -EAGAIN */
ssize_t uart_write(const unsigned char *data, size_t len);

#endif
