// SPDX-License-Identifier: MIT
/* The polled UART against a model of the 16550 behind the port I/O. */
#include "fake_sys.h"
#include "init/protocol.h"
#include "init/uart.h"
#include "unit.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define FIFO 16

static struct {
	unsigned char divisor, lcr, fcr, mcr, ier;
	/* To the guest: all that the host has sent, and what is in the FIFO. */
	unsigned char in[4096];
	size_t in_len, in_at, fifo;
	/* How many looks at the LSR until the host fills the FIFO again. */
	int slow, looks;
	unsigned char out[4096];
	size_t out_len, tx, lost;
	bool stuck;
} m;

static unsigned char model_in(unsigned short port)
{
	switch (port - PORT_IO_BASE) {
	case 0:
		ck_assert_uint_gt(m.fifo, 0);
		m.fifo--;
		m.looks = 0;
		return m.in[m.in_at++];
	case 5:
		if (!m.fifo && m.looks++ >= m.slow)
			m.fifo = m.in_len - m.in_at < FIFO ?
					 m.in_len - m.in_at :
					 FIFO;
		if (!m.stuck)
			m.tx = 0;
		return (unsigned char)((m.fifo ? 1 : 0) | (m.tx ? 0 : 0x20));
	}
	ck_abort_msg("read of register %d", port - PORT_IO_BASE);
	return 0;
}

static void model_out(unsigned short port, unsigned char value)
{
	switch (port - PORT_IO_BASE) {
	case 0:
		if (m.lcr & 0x80) {
			m.divisor = value;
		} else if (m.tx == FIFO) {
			m.lost++;
		} else {
			m.tx++;
			m.out[m.out_len++] = value;
		}
		break;
	case 1:
		m.ier |= m.lcr & 0x80 ? 0 : value;
		break;
	case 2:
		m.fcr = value;
		break;
	case 3:
		m.lcr = value;
		break;
	case 4:
		m.mcr = value;
		break;
	default:
		ck_abort_msg("write to register %d", port - PORT_IO_BASE);
	}
}

static void setup(void)
{
	memset(&m, 0, sizeof(m));
	fake_reset();
	fake_in8 = model_in;
	fake_out8 = model_out;
}

START_TEST(it_is_set_up)
{
	ck_assert_int_eq(uart_open(), 0);
	ck_assert_str_eq(fake_text(), "ioperm 0x2f8 8 1\n");
	ck_assert_uint_eq(m.divisor, 1);
	ck_assert_uint_eq(m.lcr, 3);
	ck_assert_uint_eq(m.ier, 0);
	ck_assert_uint_eq(m.fcr & 1, 1);
}
END_TEST

START_TEST(none_is_noticed)
{
	fake_in8 = NULL;
	fake_out8 = NULL;
	ck_assert_int_eq(uart_open(), -ENODEV);
	fake_fail("ioperm", EPERM, 1);
	ck_assert_int_eq(uart_open(), -EPERM);
}
END_TEST

START_TEST(bytes_arrive_whole)
{
	unsigned char got[sizeof(m.in)];
	size_t n = 0;

	for (size_t i = 0; i < sizeof(m.in); i++)
		m.in[i] = (unsigned char)(i * 7);
	m.in_len = 3000;
	m.slow = 20;
	ck_assert_int_eq(uart_read(got, sizeof(got)), -EAGAIN);
	while (n < m.in_len) {
		ssize_t r = uart_read(got + n, 1000);

		/* The FIFO was empty just then. */
		if (r == -EAGAIN)
			continue;
		ck_assert_int_gt(r, 0);
		n += (size_t)r;
	}
	ck_assert_uint_eq(n, 3000);
	ck_assert_mem_eq(got, m.in, n);
	ck_assert_int_eq(uart_read(got, sizeof(got)), -EAGAIN);
}
END_TEST

/* A stream goes on although the FIFO runs empty for a moment. */
START_TEST(a_stream_is_not_torn)
{
	unsigned char got[sizeof(m.in)];

	m.in_len = 3000;
	m.fifo = FIFO;
	m.slow = 20;
	ck_assert_int_eq(uart_read(got, sizeof(got)), 3000);
}
END_TEST

START_TEST(no_fifo_overflows)
{
	unsigned char data[1000];

	memset(data, 'x', sizeof(data));
	ck_assert_int_eq(uart_write(data, sizeof(data)), sizeof(data));
	ck_assert_uint_eq(m.out_len, sizeof(data));
	ck_assert_uint_eq(m.lost, 0);
	m.stuck = true;
	m.tx = 0;
	ck_assert_int_eq(uart_write(data, sizeof(data)), FIFO);
	ck_assert_int_eq(uart_write(data, sizeof(data)), -EAGAIN);
	ck_assert_uint_eq(m.lost, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("uart");
	TCase *t = tcase_create("uart");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, it_is_set_up);
	tcase_add_test(t, none_is_noticed);
	tcase_add_test(t, bytes_arrive_whole);
	tcase_add_test(t, a_stream_is_not_torn);
	tcase_add_test(t, no_fifo_overflows);
	suite_add_tcase(s, t);
	return s;
}
