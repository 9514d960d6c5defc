// SPDX-License-Identifier: MIT
#include "host/wire.h"
#include "unit.h"

#include <errno.h>
#include <string.h>

#define NONCE "0123456789abcdef0123456789abcdef"

static void feed(struct wire *w, const void *p, size_t n)
{
	size_t room;
	unsigned char *to = wire_space(w, &room);

	ck_assert_uint_ge(room, n);
	memcpy(to, p, n);
	wire_received(w, n);
}

static struct buf stream(const char *noise)
{
	struct buf b = { 0 };

	buf_adds(&b, noise);
	buf_add(&b, BOOTLET_SYNC, BOOTLET_SYNC_LEN);
	wire_add(&b, FRAME_READY, "1 6.1", 5);
	buf_add(&b, BOOTLET_SYNC, BOOTLET_SYNC_LEN);
	wire_add(&b, FRAME_STDOUT, "\0\xff", 2);
	wire_add(&b, FRAME_STDIN, "", 0);
	return b;
}

static void expect_frames(struct wire *w, int *seen)
{
	static const struct {
		char type;
		size_t len;
		const char *data;
	} want[] = {
		{ FRAME_READY, 5, "1 6.1" },
		{ FRAME_STDOUT, 2, "\0\xff" },
		{ FRAME_STDIN, 0, "" },
	};
	struct wire_frame f;

	while (wire_next(w, &f) > 0) {
		ck_assert_int_lt(*seen, 3);
		ck_assert_int_eq(f.type, want[*seen].type);
		ck_assert_uint_eq(f.len, want[*seen].len);
		ck_assert_mem_eq(f.data, want[*seen].data, f.len);
		++*seen;
	}
}

START_TEST(frames_come_out_whatever_the_pieces)
{
	struct buf b = stream("noise\0bootlet-chan \x80");

	for (size_t piece = 1; piece <= b.n; piece++) {
		struct wire w = { 0 };
		int seen = 0;

		for (size_t at = 0; at < b.n; at += piece) {
			size_t n = b.n - at < piece ? b.n - at : piece;

			feed(&w, b.p + at, n);
			expect_frames(&w, &seen);
		}
		ck_assert_int_eq(seen, 3);
	}
	buf_free(&b);
}
END_TEST

START_TEST(noise_without_end_fits)
{
	static char noise[20000];
	struct wire w = { 0 };
	struct wire_frame f;
	struct buf b = stream("");
	int seen = 0;

	memset(noise, 'x', sizeof(noise));
	for (int i = 0; i < 100; i++) {
		size_t room;

		wire_space(&w, &room);
		feed(&w, noise, room < sizeof(noise) ? room : sizeof(noise));
		ck_assert_int_eq(wire_next(&w, &f), 0);
	}
	feed(&w, b.p, b.n);
	expect_frames(&w, &seen);
	ck_assert_int_eq(seen, 3);
	buf_free(&b);
}
END_TEST

START_TEST(nonsense_is_an_error)
{
	static const struct {
		const char *bytes;
		size_t n;
	} bad[] = {
		{ "x", 1 }, /* no such frame */
		{ "O\1", 2 }, /* reserved byte */
		{ "O\1\0\0", 4 }, /* reserved byte */
		{ "O\0\xfd\x7f", 4 }, /* FRAME_MAX and one */
		{ "O\0\xff\xff", 4 }, /* 65535 bytes */
		{ "\0bootlet-chanXYZ", 16 }, /* nearly the mark */
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct wire w = { 0 };
		struct wire_frame f;

		feed(&w, BOOTLET_SYNC, BOOTLET_SYNC_LEN);
		feed(&w, bad[i].bytes, bad[i].n);
		ck_assert_int_eq(wire_next(&w, &f), -EPROTO);
	}
}
END_TEST

START_TEST(largest_frame_passes)
{
	static char data[FRAME_MAX];
	struct wire w = { 0 };
	struct wire_frame f;
	struct buf b = { 0 };

	memset(data, 7, sizeof(data));
	buf_add(&b, BOOTLET_SYNC, BOOTLET_SYNC_LEN);
	wire_add(&b, FRAME_STDERR, data, sizeof(data));
	feed(&w, b.p, b.n);
	ck_assert_int_eq(wire_next(&w, &f), 1);
	ck_assert_uint_eq(f.len, FRAME_MAX);
	ck_assert_mem_eq(f.data, data, FRAME_MAX);
	buf_free(&b);
}
END_TEST

static const struct {
	const char *text;
	int result;
	const char *outcome;
	int number;
	const char *word;
} statuses[] = {
	{ NONCE " exit 0", 0, "exit", 0, "" },
	{ NONCE " exit 255", 0, "exit", 255, "" },
	{ NONCE " signal 9", 0, "signal", 9, "" },
	{ NONCE " exec-failed 2", 0, "exec-failed", 2, "" },
	{ NONCE " init-error 19 mounts", 0, "init-error", 19, "mounts" },
	{ NONCE " moved 0", 0, "moved", 0, "" },
	{ NONCE " switched 0", 0, "switched", 0, "" },
	{ NONCE " switched 1", -EPROTO, "", 0, "" },
	{ NONCE " moved 1", -EPROTO, "", 0, "" },
	{ NONCE " exit 256", -EPROTO, "", 0, "" },
	{ NONCE " exit -1", -EPROTO, "", 0, "" },
	{ NONCE " exit", -EPROTO, "", 0, "" },
	{ NONCE " exit 0 a b", -EPROTO, "", 0, "" },
	{ NONCE " success 0", -EPROTO, "", 0, "" },
	{ NONCE " signal 0", -EPROTO, "", 0, "" },
	{ "0123456789abcdef0123456789abcdeF exit 0", -EACCES, "", 0, "" },
	{ "exit 0", -EACCES, "", 0, "" },
	{ "", -EACCES, "", 0, "" },
};

START_TEST(status_is_read)
{
	struct wire_status s;
	struct wire_frame f = {
		.type = FRAME_STATUS,
		.len = strlen(statuses[_i].text),
		.data = (const unsigned char *)statuses[_i].text,
	};

	ck_assert_int_eq(parse_status(&f, NONCE, &s), statuses[_i].result);
	if (statuses[_i].result)
		return;
	ck_assert_str_eq(s.outcome, statuses[_i].outcome);
	ck_assert_int_eq(s.number, statuses[_i].number);
	ck_assert_str_eq(s.word, statuses[_i].word);
}
END_TEST

START_TEST(status_with_nul_or_overlong_is_refused)
{
	char text[300];
	struct wire_status s;
	struct wire_frame f = { .data = (unsigned char *)text };

	memset(text, ' ', sizeof(text));
	memcpy(text, NONCE " exit 0\0", BOOTLET_NONCE_LEN + 8);
	f.len = BOOTLET_NONCE_LEN + 8;
	ck_assert_int_eq(parse_status(&f, NONCE, &s), -EPROTO);
	text[BOOTLET_NONCE_LEN + 7] = ' ';
	f.len = sizeof(text);
	ck_assert_int_eq(parse_status(&f, NONCE, &s), -EPROTO);
}
END_TEST

static const struct {
	const char *text;
	int result;
	size_t window;
	const char *port, *release;
} readies[] = {
	{ "4 16384 ttyS1 6.1.0-56-amd64", 0, 16384, "ttyS1", "6.1.0-56-amd64" },
	{ "4 262144 virtio 6.1 x", 0, 262144, "virtio", "6.1 x" },
	{ "4 1 io ", 0, 1, "io", "" },
	{ "4 1 io", -EPROTO, 0, NULL, NULL },
	{ "4 16384 6.1", -EPROTO, 0, NULL, NULL },
	{ "4 262145 virtio 6.1", -EPROTO, 0, NULL, NULL },
	{ "4 0 virtio 6.1", -EPROTO, 0, NULL, NULL },
	{ "4 -1 virtio 6.1", -EPROTO, 0, NULL, NULL },
	{ "4 99999999999999999999 virtio 6.1", -EPROTO, 0, NULL, NULL },
	{ "1 6.1", -EPROTO, 0, NULL, NULL },
	{ "1 16384 ttyS1 6.1", -EPROTO, 0, NULL, NULL },
	{ "2 16384 ttyS1 6.1", -EPROTO, 0, NULL, NULL },
	{ "3 16384 ttyS1 6.1", -EPROTO, 0, NULL, NULL },
	{ "5 16384 ttyS1 6.1", -EPROTO, 0, NULL, NULL },
	{ "x 16384 ttyS1 6.1", -EPROTO, 0, NULL, NULL },
	{ "", -EPROTO, 0, NULL, NULL },
	{ "4 1 a-port-whose-name-is-longer-than-thirty-one 6.1", -EPROTO, 0,
	  NULL, NULL },
	{ "4 1 io a-release-that-is-longer-than-sixty-four-bytes-cannot-be-from-"
	  "a-uname",
	  -EPROTO, 0, NULL, NULL },
};

START_TEST(ready_is_read)
{
	struct wire_ready r;
	struct wire_frame f = {
		.len = strlen(readies[_i].text),
		.data = (const unsigned char *)readies[_i].text,
	};

	ck_assert_int_eq(parse_ready(&f, &r), readies[_i].result);
	if (readies[_i].result)
		return;
	ck_assert_uint_eq(r.window, readies[_i].window);
	ck_assert_str_eq(r.port, readies[_i].port);
	ck_assert_str_eq(r.release, readies[_i].release);
}
END_TEST

START_TEST(phase_and_credit_are_read)
{
	struct wire_phase p;
	struct wire_frame f = {
		.len = 18,
		.data = (const unsigned char *)"mounts 512 cmdline",
	};

	ck_assert_int_eq(parse_phase(&f, &p), 0);
	ck_assert_str_eq(p.name, "mounts");
	ck_assert_str_eq(p.next, "cmdline");
	ck_assert_uint_eq(p.ns, 512);
	f.len = 10;
	ck_assert_int_eq(parse_phase(&f, &p), 0);
	ck_assert_str_eq(p.next, "");
	f.len = 7;
	ck_assert_int_eq(parse_phase(&f, &p), -EPROTO);
	f.len = 6;
	ck_assert_int_eq(parse_phase(&f, &p), -EPROTO);
	f.data = (const unsigned char *)"mounts 512 cmdline x";
	f.len = 20;
	ck_assert_int_eq(parse_phase(&f, &p), -EPROTO);
	f.data = (const unsigned char *)"\1\2\0\1";
	ck_assert_uint_eq(parse_credit(&f), 0);
	f.len = 4;
	ck_assert_uint_eq(parse_credit(&f), 0x01000201);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("wire");
	TCase *t = tcase_create("wire");

	tcase_add_test(t, frames_come_out_whatever_the_pieces);
	tcase_add_test(t, noise_without_end_fits);
	tcase_add_test(t, nonsense_is_an_error);
	tcase_add_test(t, largest_frame_passes);
	tcase_add_loop_test(t, status_is_read, 0,
			    sizeof(statuses) / sizeof(statuses[0]));
	tcase_add_test(t, status_with_nul_or_overlong_is_refused);
	tcase_add_loop_test(t, ready_is_read, 0,
			    sizeof(readies) / sizeof(readies[0]));
	tcase_add_test(t, phase_and_credit_are_read);
	suite_add_tcase(s, t);
	return s;
}
