// SPDX-License-Identifier: MIT
/* Which of several ports is the channel, whatever somebody else writes. */
#include "host/ports.h"
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct ports p;
static struct buf out;
static struct wire_frame f;

static void setup(void)
{
	unsigned char random[N_PORTS * BOOTLET_NONCE_LEN / 2];

	for (size_t i = 0; i < sizeof(random); i++)
		random[i] = (unsigned char)(i * 37);
	memset(&p, 0, sizeof(p));
	ports_init(&p, random);
}

static void teardown(void)
{
	buf_free(&out);
}

static void feed(enum port port, const void *bytes, size_t n)
{
	size_t room;
	unsigned char *to = ports_space(&p, port, &room);

	ck_assert_uint_ge(room, n);
	memcpy(to, bytes, n);
	ports_received(&p, port, n);
}

static void say(enum port port, enum bootlet_frame type, const char *text)
{
	struct buf b = { 0 };

	wire_add(&b, type, text, strlen(text));
	feed(port, b.p, b.n);
	buf_free(&b);
}

static void say_ready(enum port port, const char *text)
{
	feed(port, BOOTLET_SYNC, BOOTLET_SYNC_LEN);
	say(port, FRAME_READY, text);
}

static void say_status(enum port port, const char *nonce, const char *what)
{
	char *text = xasprintf("%s %s", nonce, what);

	say(port, FRAME_STATUS, text);
	free(text);
}

static int next(void)
{
	return ports_next(&p, &f, &out);
}

static void expect(enum bootlet_frame type, const char *text)
{
	ck_assert_int_eq(next(), 1);
	ck_assert_int_eq(f.type, type);
	ck_assert_uint_eq(f.len, strlen(text));
	ck_assert_mem_eq(f.data, text, f.len);
}

/* HELLO with its nonce is all that waits for the port. */
static void expect_ready(enum port port, const char *text)
{
	expect(FRAME_READY, text);
	ck_assert_int_eq(p.now, port);
	ck_assert_uint_eq(out.n, FRAME_HEADER + BOOTLET_NONCE_LEN);
	ck_assert_int_eq(out.p[0], FRAME_HELLO);
	ck_assert_mem_eq(out.p + FRAME_HEADER, p.port[port].nonce,
			 BOOTLET_NONCE_LEN);
	out.n = 0;
}

#define ON_UART	  "4 16384 ttyS1 6.1"
#define ON_IO	  "4 16384 io 6.1"
#define ON_VIRTIO "4 262144 virtio 6.1"

START_TEST(nonces_differ)
{
	ck_assert_uint_eq(strlen(p.port[PORT_UART].nonce), BOOTLET_NONCE_LEN);
	ck_assert_uint_eq(strlen(p.port[PORT_VIRTIO].nonce), BOOTLET_NONCE_LEN);
	ck_assert_str_ne(p.port[PORT_UART].nonce, p.port[PORT_VIRTIO].nonce);
}
END_TEST

static const struct {
	enum port port;
	const char *ready, *word;
} alone[] = {
	{ PORT_UART, ON_UART, "uart" },
	{ PORT_UART, ON_IO, "port-io" },
	{ PORT_VIRTIO, ON_VIRTIO, "virtio" },
};

START_TEST(one_port_alone)
{
	enum port port = alone[_i].port;

	ck_assert_str_eq(ports_word(&p), "none");
	ck_assert_int_eq(next(), 0);
	say_ready(port, alone[_i].ready);
	/* Said again, since HELLO was slow. */
	say_ready(port, alone[_i].ready);
	expect_ready(port, alone[_i].ready);
	say(port, FRAME_STDOUT, "text");
	expect(FRAME_STDOUT, "text");
	ck_assert_uint_eq(out.n, 0);
	ck_assert_str_eq(ports_word(&p), alone[_i].word);
	ck_assert_int_eq(next(), 0);
}
END_TEST

START_TEST(it_moves_when_it_says_so)
{
	say_ready(PORT_UART, ON_UART);
	expect_ready(PORT_UART, ON_UART);
	say(PORT_UART, FRAME_PHASE, "channel 1");
	say_status(PORT_UART, p.port[PORT_UART].nonce, "moved 0");
	/* Both are there at once: what came before is first. */
	say_ready(PORT_VIRTIO, ON_VIRTIO);
	say(PORT_VIRTIO, FRAME_STDOUT, "text");
	expect(FRAME_PHASE, "channel 1");
	expect_ready(PORT_VIRTIO, ON_VIRTIO);
	expect(FRAME_STDOUT, "text");
	ck_assert_uint_eq(p.ready.window, WINDOW_MAX);
	/* Whoever opens the old one now. */
	say_ready(PORT_UART, ON_UART);
	say_status(PORT_UART, p.port[PORT_UART].nonce, "exit 0");
	feed(PORT_UART, "\377nonsense", 9);
	ck_assert_int_eq(next(), 0);
	ck_assert_str_eq(ports_word(&p), "virtio");
}
END_TEST

/* The new port is faster than the farewell on the old one. */
START_TEST(what_comes_early_waits)
{
	say_ready(PORT_UART, ON_UART);
	expect_ready(PORT_UART, ON_UART);
	say_ready(PORT_VIRTIO, ON_VIRTIO);
	say(PORT_VIRTIO, FRAME_PHASE, "modules 1");
	ck_assert_int_eq(next(), 0);
	say_status(PORT_UART, p.port[PORT_UART].nonce, "moved 0");
	expect_ready(PORT_VIRTIO, ON_VIRTIO);
	expect(FRAME_PHASE, "modules 1");
}
END_TEST

/* Somebody in the guest has the other port, and takes himself for init. */
START_TEST(nobody_else_can_move_it)
{
	say_ready(PORT_UART, ON_UART);
	expect_ready(PORT_UART, ON_UART);
	say_ready(PORT_VIRTIO, ON_VIRTIO);
	say_status(PORT_VIRTIO, p.port[PORT_VIRTIO].nonce, "moved 0");
	say_status(PORT_VIRTIO, p.port[PORT_UART].nonce, "exit 0");
	ck_assert_int_eq(next(), 0);
	ck_assert_uint_eq(out.n, 0);
	say(PORT_UART, FRAME_STDOUT, "text");
	expect(FRAME_STDOUT, "text");
	/* Without the nonce it is no farewell, and for the caller to judge. */
	say_status(PORT_UART, p.port[PORT_VIRTIO].nonce, "moved 0");
	ck_assert_int_eq(next(), 1);
	ck_assert_int_eq(f.type, FRAME_STATUS);
	ck_assert_int_eq(next(), 0);
	ck_assert_str_eq(ports_word(&p), "uart");
}
END_TEST

START_TEST(a_flood_beside_it_fits)
{
	static char flood[100000];

	memset(flood, 'x', sizeof(flood));
	say_ready(PORT_VIRTIO, ON_VIRTIO);
	expect_ready(PORT_VIRTIO, ON_VIRTIO);
	for (int i = 0; i < 20; i++) {
		size_t room;

		ports_space(&p, PORT_UART, &room);
		ck_assert_uint_gt(room, 0);
		feed(PORT_UART, flood,
		     room < sizeof(flood) ? room : sizeof(flood));
		ck_assert_int_eq(next(), 0);
	}
	say(PORT_VIRTIO, FRAME_STDOUT, "text");
	expect(FRAME_STDOUT, "text");
}
END_TEST

START_TEST(nonsense_is_an_error)
{
	say_ready(PORT_UART, "1 6.1");
	ck_assert_int_eq(next(), -EPROTONOSUPPORT);
	setup();
	say_ready(PORT_UART, ON_UART);
	expect_ready(PORT_UART, ON_UART);
	feed(PORT_UART, "\377", 1);
	ck_assert_int_eq(next(), -EPROTO);
	setup();
	/* A verdict before READY. */
	feed(PORT_UART, BOOTLET_SYNC, BOOTLET_SYNC_LEN);
	say_status(PORT_UART, p.port[PORT_UART].nonce, "exit 0");
	ck_assert_int_eq(next(), -EPROTO);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("ports");
	TCase *t = tcase_create("ports");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, nonces_differ);
	tcase_add_loop_test(t, one_port_alone, 0,
			    sizeof(alone) / sizeof(alone[0]));
	tcase_add_test(t, it_moves_when_it_says_so);
	tcase_add_test(t, what_comes_early_waits);
	tcase_add_test(t, nobody_else_can_move_it);
	tcase_add_test(t, a_flood_beside_it_fits);
	tcase_add_test(t, nonsense_is_an_error);
	suite_add_tcase(s, t);
	return s;
}
