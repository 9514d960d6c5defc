// SPDX-License-Identifier: MIT
#include "init/report.h"
#include "modules.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define NONCE "0123456789abcdef0123456789abcdef"

/* The host's end; the guest's is a pty, which is a tty as a UART is one. */
static int host = -1;
static char name[64];
static struct boot_config cfg;

static void open_behind(const char *better)
{
	static char list[96];
	int slave;

	ck_assert_int_eq(openpty(&host, &slave, name, NULL, NULL), 0);
	snprintf(list, sizeof(list), "%s%s", better, name + strlen("/dev/"));
	cfg = (struct boot_config){ .port = list };
	ck_assert_int_eq(report_open(&cfg), 0);
	close(slave);
}

static void setup(void)
{
	open_behind("");
}

static void teardown(void)
{
	close(host);
}

/* Exactly @n bytes, or a failure. */
static void expect(const void *want, size_t n)
{
	char got[512];
	size_t len = 0;

	ck_assert_uint_le(n, sizeof(got));
	while (len < n) {
		struct pollfd p = { .fd = host, .events = POLLIN };
		ssize_t r;

		ck_assert_int_eq(poll(&p, 1, 5000), 1);
		r = read(host, got + len, n - len);
		ck_assert_int_gt(r, 0);
		len += (size_t)r;
	}
	ck_assert_mem_eq(got, want, n);
}

static void expect_ready(void)
{
	unsigned char head[FRAME_HEADER];
	char text[129] = "", want[64];

	expect(BOOTLET_SYNC, BOOTLET_SYNC_LEN);
	ck_assert_int_eq(read(host, head, sizeof(head)), sizeof(head));
	ck_assert_int_eq(head[0], FRAME_READY);
	ck_assert_int_eq(read(host, text, head[2]), head[2]);
	snprintf(want, sizeof(want), "%d %d %.15s ", BOOTLET_PROTOCOL,
		 WINDOW_UART, cfg.port);
	ck_assert_msg(!strncmp(text, want, strlen(want)), "%s", text);
}

static void say(char type, const char *data, size_t n)
{
	char frame[FRAME_HEADER + 64] = { type, 0, (char)n, 0 };

	memcpy(frame + FRAME_HEADER, data, n);
	ck_assert_int_eq(write(host, frame, FRAME_HEADER + n),
			 (ssize_t)(FRAME_HEADER + n));
}

START_TEST(handshake_then_verdict_with_the_nonce)
{
	static const char frame[] = "S\0\x35\0" NONCE " init-error 19 mounts";

	expect_ready();
	say(FRAME_HELLO, NONCE, BOOTLET_NONCE_LEN);
	ck_assert_int_eq(report_wait(REPORT_HELLO, 5000), 0);
	report_status(STATUS_INIT_ERROR, 19, "mounts");
	ck_assert_int_eq(report_wait(REPORT_SENT, 5000), 0);
	expect(frame, sizeof(frame) - 1);
	ck_assert_uint_eq(report_pending(), 0);
}
END_TEST

START_TEST(no_host_is_noticed_in_time)
{
	ck_assert_int_eq(report_wait(REPORT_HELLO, 300), -ETIMEDOUT);
	expect_ready();
	expect_ready();
}
END_TEST

START_TEST(hello_of_another_length_is_none)
{
	say(FRAME_HELLO, NONCE, BOOTLET_NONCE_LEN - 1);
	ck_assert_int_eq(report_wait(REPORT_HELLO, 300), -ETIMEDOUT);
}
END_TEST

START_TEST(port_is_raw)
{
	static const char bytes[] = "\0\n\r\003\021\023\377";
	struct termios t;
	int fd = open(name, O_RDWR | O_NOCTTY);

	ck_assert_int_eq(tcgetattr(fd, &t), 0);
	ck_assert_uint_eq(t.c_lflag & (ICANON | ECHO | ISIG), 0);
	ck_assert_uint_eq(t.c_oflag & OPOST, 0);
	close(fd);
	expect_ready();
	ck_assert_int_eq(report_send(FRAME_STDOUT, bytes, sizeof(bytes)), 0);
	ck_assert_int_eq(report_flush(), 0);
	expect("O\0\x08\0", 4);
	expect(bytes, sizeof(bytes));
}
END_TEST

START_TEST(frames_come_in_pieces)
{
	struct report_frame f;

	ck_assert_int_eq(report_next(&f), 0);
	ck_assert_int_eq(write(host, "I\0", 2), 2);
	ck_assert_int_eq(report_next(&f), 0);
	ck_assert_int_eq(write(host, "\3\0ab", 4), 4);
	ck_assert_int_eq(report_next(&f), 0);
	ck_assert_int_eq(write(host,
			       "cK\0\2\0"
			       "15",
			       7),
			 7);
	ck_assert_int_eq(report_next(&f), 1);
	ck_assert_int_eq(f.type, FRAME_STDIN);
	ck_assert_mem_eq(f.data, "abc", 3);
	ck_assert_int_eq(report_next(&f), 1);
	ck_assert_int_eq(f.type, FRAME_SIGNAL);
	ck_assert_uint_eq(f.len, 2);
	ck_assert_int_eq(report_next(&f), 0);
}
END_TEST

START_TEST(nonsense_closes_the_port)
{
	struct report_frame f;

	ck_assert_int_eq(write(host, "I\1\0\0", 4), 4);
	ck_assert_int_eq(report_next(&f), -EPROTO);
	ck_assert_int_eq(report_up(), false);
	ck_assert_int_eq(report_send(FRAME_STDOUT, "x", 1), -ENOSPC);
	ck_assert_ptr_null(report_space());
}
END_TEST

START_TEST(verdict_fits_where_output_does_not)
{
	static char piece[FRAME_MAX];
	size_t room;

	/* Nobody reads, so it all stays in the queue sooner or later. */
	while (report_space())
		ck_assert_int_eq(report_send(FRAME_STDOUT, piece, FRAME_MAX),
				 0);
	while (!report_send(FRAME_STDOUT, piece, 64))
		;
	ck_assert_int_eq(report_send(FRAME_STDOUT, piece, 64), -ENOSPC);
	room = report_pending();
	report_status(STATUS_EXIT, 0, NULL);
	ck_assert_uint_gt(report_pending(), room);
}
END_TEST

START_TEST(a_host_that_never_reads_does_not_hang)
{
	static char piece[FRAME_MAX];

	for (int i = 0; i < 64; i++) {
		report_send(FRAME_STDOUT, piece, FRAME_MAX);
		report_flush();
	}
	ck_assert_int_eq(report_wait(REPORT_SENT, 100), -ETIMEDOUT);
}
END_TEST

START_TEST(bye_ends_the_wait)
{
	expect_ready();
	/* No host has answered, so that none will say it. */
	ck_assert_int_eq(report_wait(REPORT_BYE, 100), 0);
	say(FRAME_HELLO, NONCE, BOOTLET_NONCE_LEN);
	ck_assert_int_eq(report_wait(REPORT_HELLO, 5000), 0);
	ck_assert_int_eq(report_wait(REPORT_BYE, 100), -ETIMEDOUT);
	say(FRAME_STDIN, "late", 4);
	say(FRAME_BYE, "", 0);
	ck_assert_int_eq(report_wait(REPORT_BYE, 5000), 0);
}
END_TEST

/* A driver with a device, and a port of our name; /dev/null takes all. */
static void virtio_comes(void)
{
	put("sys/bus/virtio/drivers/virtio_console/virtio3", "", 0, 0644);
	put("sys/class/virtio-ports/vport3p1/name", "other\n", 6, 0644);
	put("sys/class/virtio-ports/null/name", "bootlet\n", 8, 0644);
}

START_TEST(a_better_port_is_moved_to)
{
	static const char moved[] = "S\0\x29\0" NONCE " moved 0 ";

	modules_make();
	open_behind("virtio,");
	ck_assert_uint_eq(report_window(), WINDOW_UART);
	cfg.port = strchr(cfg.port, ',') + 1;
	expect_ready();
	cfg.port -= strlen("virtio,");
	/* Nothing there yet, and nothing that could come. */
	ck_assert_int_eq(report_open(&cfg), 0);
	ck_assert_uint_eq(report_window(), WINDOW_UART);
	virtio_comes();
	say(FRAME_HELLO, NONCE, BOOTLET_NONCE_LEN);
	ck_assert_int_eq(report_open(&cfg), 0);
	ck_assert_uint_eq(report_window(), WINDOW_MAX);
	expect(moved, sizeof(moved) - 1);
	ck_assert(report_up());
	modules_remove();
	close(host);
}
END_TEST

START_TEST(no_port_no_trouble)
{
	struct boot_config none = { 0 }, wrong = { .port = "nonsuch" };

	ck_assert_int_eq(report_open(&none), 0);
	ck_assert_int_eq(report_up(), false);
	report_phase("mounts", 5, NULL);
	report_status(STATUS_EXIT, 0, NULL);
	ck_assert_int_eq(report_wait(REPORT_SENT, 100), -EIO);
	ck_assert_int_eq(report_open(&wrong), -ENOENT);
	ck_assert_int_eq(report_wait(REPORT_HELLO, 100), -EIO);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("report");
	TCase *t = tcase_create("channel"), *n = tcase_create("none");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, handshake_then_verdict_with_the_nonce);
	tcase_add_test(t, no_host_is_noticed_in_time);
	tcase_add_test(t, hello_of_another_length_is_none);
	tcase_add_test(t, port_is_raw);
	tcase_add_test(t, frames_come_in_pieces);
	tcase_add_test(t, nonsense_closes_the_port);
	tcase_add_test(t, verdict_fits_where_output_does_not);
	tcase_add_test(t, bye_ends_the_wait);
	tcase_add_test(t, a_host_that_never_reads_does_not_hang);
	suite_add_tcase(s, t);
	tcase_add_test(n, a_better_port_is_moved_to);
	tcase_add_test(n, no_port_no_trouble);
	suite_add_tcase(s, n);
	return s;
}
