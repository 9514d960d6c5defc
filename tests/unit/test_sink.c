// SPDX-License-Identifier: MIT
#include "host/sink.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MUCH 400000

static struct sink k;
static char much[MUCH];

/* Nobody reads: it fills up and returns, where a plain write would wait. */
static void fills_without_waiting(int fd)
{
	alarm(20);
	sink_open(&k, fd);
	sink_add(&k, much, sizeof(much));
	for (int i = 0; i < 2 * MUCH / 64; i++)
		ck_assert_int_eq(sink_flush(&k), 0);
	ck_assert(sink_pending(&k));
	ck_assert_uint_gt(k.done, 0);
	alarm(0);
}

START_TEST(pipe_that_nobody_reads)
{
	int p[2];

	ck_assert_int_eq(pipe(p), 0);
	fills_without_waiting(p[1]);
	ck_assert_int_eq(fcntl(p[1], F_GETFL) & O_NONBLOCK, 0);
	sink_close(&k);
}
END_TEST

START_TEST(terminal_that_nobody_reads)
{
	int master, slave;

	ck_assert_int_eq(openpty(&master, &slave, NULL, NULL, NULL), 0);
	fills_without_waiting(slave);
	/* The descriptor that others share is as it was. */
	ck_assert_int_eq(fcntl(slave, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_ne(k.fd, slave);
	sink_close(&k);
	ck_assert(isatty(slave));
}
END_TEST

START_TEST(socket_that_nobody_reads)
{
	int s[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, s), 0);
	fills_without_waiting(s[1]);
	sink_close(&k);
}
END_TEST

START_TEST(bytes_arrive_whole_and_in_order)
{
	static char got[MUCH];
	size_t n = 0;
	int p[2];

	for (size_t i = 0; i < sizeof(much); i++)
		much[i] = (char)(i * 13 + i / 256);
	ck_assert_int_eq(pipe(p), 0);
	sink_open(&k, p[1]);
	for (size_t i = 0; i < sizeof(much); i += 1000)
		sink_add(&k, much + i, 1000);
	while (n < sizeof(got)) {
		ssize_t r;

		/* As much as the pipe takes, so there is something now. */
		ck_assert_int_eq(sink_flush(&k), 0);
		r = read(p[0], got + n, 5000);
		ck_assert_int_gt(r, 0);
		n += (size_t)r;
	}
	ck_assert_mem_eq(got, much, sizeof(got));
	ck_assert(!sink_pending(&k));
	sink_close(&k);
}
END_TEST

START_TEST(errors_close_it)
{
	int p[2], full = open("/dev/full", O_WRONLY);

	signal(SIGPIPE, SIG_IGN);
	sink_open(&k, full);
	sink_add(&k, "x", 1);
	ck_assert_int_eq(sink_flush(&k), -ENOSPC);
	ck_assert_int_eq(k.fd, -1);
	sink_add(&k, "y", 1);
	ck_assert(!sink_pending(&k));
	ck_assert_int_eq(sink_flush(&k), 0);
	ck_assert_int_eq(pipe(p), 0);
	close(p[0]);
	sink_open(&k, p[1]);
	sink_add(&k, "x", 1);
	ck_assert_int_eq(sink_flush(&k), -EPIPE);
	/* The descriptor is the caller's. */
	ck_assert_int_eq(close(p[1]), 0);
	sink_open(&k, -1);
	sink_add(&k, "x", 1);
	ck_assert(!sink_pending(&k));
	sink_close(&k);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("sink");
	TCase *t = tcase_create("sink");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, pipe_that_nobody_reads);
	tcase_add_test(t, terminal_that_nobody_reads);
	tcase_add_test(t, socket_that_nobody_reads);
	tcase_add_test(t, bytes_arrive_whole_and_in_order);
	tcase_add_test(t, errors_close_it);
	suite_add_tcase(s, t);
	return s;
}
