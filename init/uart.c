// SPDX-License-Identifier: MIT
#include "uart.h"

#include "protocol.h"
#include "sys.h"

#include <errno.h>

enum { DATA, IER, FCR, LCR, MCR, LSR, N_REGS = 8 };

#define LSR_READY 0x01
#define LSR_EMPTY 0x20
#define FIFO	  16

/* How often an empty FIFO is looked at before the stream counts as over: long
 * enough for QEMU to fill it again. */
#define PATIENCE 500

/* Divisor latch open, 115200 baud, closed with 8N1; FIFOs on and empty, full
 * at 14; DTR and RTS. */
static const unsigned char setup[][2] = {
	{ IER, 0 }, { LCR, 0x80 }, { DATA, 1 },	  { IER, 0 },
	{ LCR, 3 }, { FCR, 0xc7 }, { MCR, 0x03 },
};

static unsigned char get(int reg)
{
	return sys_in8((unsigned short)(PORT_IO_BASE + reg));
}

static void put(int reg, unsigned char value)
{
	sys_out8((unsigned short)(PORT_IO_BASE + reg), value);
}

int uart_open(void)
{
	int r = sys_ioperm(PORT_IO_BASE, N_REGS, 1);

	if (r < 0)
		return r;
	/* Where nothing answers all bits are set. */
	if (get(LSR) == 0xff)
		return -ENODEV;
	for (size_t i = 0; i < sizeof(setup) / sizeof(setup[0]); i++)
		put(setup[i][0], setup[i][1]);
	return 0;
}

__attribute__((noinline)) ssize_t uart_read(unsigned char *buf, size_t size)
{
	size_t n = 0;

	for (int left = 1; n < size && left; left--)
		for (; n < size && get(LSR) & LSR_READY; left = PATIENCE)
			buf[n++] = get(DATA);
	return n ? (ssize_t)n : -EAGAIN;
}

ssize_t uart_write(const unsigned char *data, size_t len)
{
	size_t n = 0;

	while (n < len && get(LSR) & LSR_EMPTY)
		for (int room = FIFO; room && n < len; room--)
			put(DATA, data[n++]);
	return n ? (ssize_t)n : -EAGAIN;
}
