// SPDX-License-Identifier: MIT
#include "host/qmp.h"
#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* --- the reader ------------------------------------------------------------- */

static const char three[] = "{\"QMP\": {}}\r\n{\"event\":\"STOP\"}\n"
			    "{\"return\": {}, \"id\": 1}\n";

START_TEST(in_pieces_of_any_size)
{
	static const enum qmp_kind kinds[] = { QMP_GREETING, QMP_EVENT,
					       QMP_REPLY };
	struct qmp_reader r = { 0 };
	size_t got = 0, size = (size_t)_i;
	json_t *m;

	for (size_t at = 0; at < sizeof(three) - 1; at += size) {
		size_t left = sizeof(three) - 1 - at;

		qmp_reader_add(&r, three + at, left < size ? left : size);
		while (qmp_reader_next(&r, &m) == 1) {
			ck_assert_uint_lt(got, 3);
			ck_assert_int_eq(parse_qmp_kind(m), kinds[got++]);
			json_decref(m);
		}
	}
	ck_assert_uint_eq(got, 3);
	ck_assert_int_eq(qmp_reader_next(&r, &m), 0);
	qmp_reader_free(&r);
}
END_TEST

static const char *const garbage[] = {
	"\n",	  "x\n",	  "[]\n",	    "null\n",
	"{\n",	  "{} {}\n",	  "{\"a\":\xff}\n", "7\n",
	"\"\"\n", "{\"a\":1,}\n", "SSH-2.0-x\n",
};

START_TEST(garbage_is_refused)
{
	struct qmp_reader r = { 0 };
	json_t *m = NULL;

	qmp_reader_add(&r, garbage[_i], strlen(garbage[_i]));
	ck_assert_int_eq(qmp_reader_next(&r, &m), -EPROTO);
	ck_assert_ptr_null(m);
	qmp_reader_free(&r);
}
END_TEST

START_TEST(a_nul_is_garbage)
{
	struct qmp_reader r = { 0 };
	json_t *m = NULL;

	qmp_reader_add(&r, "{}\0\n", 4);
	ck_assert_int_eq(qmp_reader_next(&r, &m), -EPROTO);
	qmp_reader_free(&r);
}
END_TEST

START_TEST(a_line_has_an_end)
{
	struct qmp_reader r = { 0 };
	static char piece[65536];
	json_t *m;
	size_t n = 0;
	int err = 0;

	memset(piece, ' ', sizeof(piece));
	while (!err && n < 4 * QMP_LINE_MAX) {
		qmp_reader_add(&r, piece, sizeof(piece));
		n += sizeof(piece);
		err = qmp_reader_next(&r, &m);
	}
	ck_assert_int_eq(err, -EPROTO);
	ck_assert_uint_le(n, QMP_LINE_MAX + 2 * sizeof(piece));
	qmp_reader_free(&r);
}
END_TEST

static const struct {
	const char *text;
	enum qmp_kind kind;
} kinds[] = {
	{ "{}", QMP_NONSENSE },
	{ "{\"QMP\":1}", QMP_NONSENSE },
	{ "{\"event\":1}", QMP_NONSENSE },
	{ "{\"error\":\"x\"}", QMP_NONSENSE },
	{ "{\"error\":{\"desc\":\"x\"}}", QMP_REFUSAL },
	{ "{\"return\":null}", QMP_REPLY },
	{ "{\"event\":\"x\",\"return\":{}}", QMP_EVENT },
};

START_TEST(kinds_of_messages)
{
	json_t *m = json_loads(kinds[_i].text, 0, NULL);

	ck_assert_int_eq(parse_qmp_kind(m), kinds[_i].kind);
	json_decref(m);
}
END_TEST

/* --- a QEMU that says what it is told to ------------------------------------ */

static char dir[64], path[96];
static pid_t server;

#define HELLO "{\"QMP\":{}}\n"
#define OK1   "{\"return\":{},\"id\":1}\n"

/* Send each text, after a line has come for all but the first. Then wait for
 * the end, or be the end. */
static void serve(const char *const texts[], bool stay)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), c;
	char piece[4096];

	strcpy(at.sun_path, path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	server = fork();
	if (server) {
		close(fd);
		return;
	}
	alarm(30);
	c = accept(fd, NULL, NULL);
	for (size_t i = 0; texts[i]; i++) {
		if (i && read(c, piece, sizeof(piece)) <= 0)
			break;
		if (write(c, texts[i], strlen(texts[i])) < 0)
			break;
	}
	while (stay && read(c, piece, sizeof(piece)) > 0)
		;
	_exit(0);
}

static void setup(void)
{
	strcpy(dir, "/tmp/bootlet-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/qmp", dir);
	server = 0;
}

static void teardown(void)
{
	if (server) {
		kill(server, SIGKILL);
		waitpid(server, NULL, 0);
	}
	unlink(path);
	ck_assert_int_eq(rmdir(dir), 0);
}

#define SERVE(stay, ...) serve((const char *const[]){ __VA_ARGS__, NULL }, stay)

START_TEST(a_reply_between_events)
{
	json_t *reply = NULL, *e;
	struct qmp q;

	SERVE(true, "{\"QMP\":{}}\n{\"event\":\"A\"}\n", OK1,
	      "{\"event\":\"B\"}\n{\"return\":7,\"id\":1}\n"
	      "{\"return\":8,\"id\":2}\n{\"event\":\"C\"}\n");
	ck_assert_int_eq(qmp_open(&q, path, 5000), 0);
	ck_assert_int_eq(qmp_execute(&q, "x", json_pack("{s:i}", "a", 1), 5000,
				     &reply),
			 0);
	ck_assert_int_eq(json_integer_value(reply), 8);
	json_decref(reply);
	for (const char *want = "ABC"; *want; want++) {
		const char name[] = { *want, '\0' };

		ck_assert_int_eq(qmp_event(&q, 5000, &e), 0);
		ck_assert_str_eq(json_string_value(json_object_get(e, "event")),
				 name);
		json_decref(e);
	}
	ck_assert_int_eq(qmp_event(&q, 0, &e), -ETIMEDOUT);
	qmp_close(&q);
	ck_assert_int_eq(q.fd, -1);
}
END_TEST

START_TEST(a_refusal_has_words)
{
	struct qmp q;

	SERVE(true, HELLO, OK1,
	      "{\"error\":{\"class\":\"X\",\"desc\":\"no, never\"},\"id\":2}\n");
	ck_assert_int_eq(qmp_open(&q, path, 5000), 0);
	ck_assert_int_eq(qmp_execute(&q, "x", NULL, 5000, NULL), -EREMOTEIO);
	ck_assert_str_eq(qmp_error(&q, -EREMOTEIO), "no, never");
	qmp_close(&q);
}
END_TEST

START_TEST(who_never_answers_is_left)
{
	struct timespec a, b;
	struct qmp q;

	SERVE(true, HELLO, OK1, "{\"event\":\"A\"}\n");
	ck_assert_int_eq(qmp_open(&q, path, 5000), 0);
	clock_gettime(CLOCK_MONOTONIC, &a);
	ck_assert_int_eq(qmp_execute(&q, "x", NULL, 200, NULL), -ETIMEDOUT);
	clock_gettime(CLOCK_MONOTONIC, &b);
	ck_assert_int_lt(b.tv_sec - a.tv_sec, 4);
	qmp_close(&q);
}
END_TEST

/* What is said instead of a greeting; NULL: nothing, and the end. */
static const struct {
	const char *text;
	bool stay;
	int err;
} greetings[] = {
	{ "", true, -ETIMEDOUT },
	{ "", false, -ECONNRESET },
	{ "{\"QMP\":{}", false, -ECONNRESET },
	{ "$T05#b9", true, -ETIMEDOUT },
	{ "HTTP/1.1 400\r\n", true, -EPROTO },
	{ "{\"event\":\"A\"}\n", true, -EPROTO },
	{ HELLO, false, -ECONNRESET },
	{ HELLO "garbage\n", true, -EPROTO },
};

START_TEST(no_qemu_at_all)
{
	struct qmp q;

	SERVE(greetings[_i].stay, greetings[_i].text);
	ck_assert_int_eq(qmp_open(&q, path, 300), greetings[_i].err);
	ck_assert_int_eq(q.fd, -1);
	qmp_close(&q);
}
END_TEST

START_TEST(nobody_there)
{
	static char name[200];
	struct qmp q;

	ck_assert_int_eq(qmp_open(&q, path, 300), -ENOENT);
	memset(name, 'x', sizeof(name) - 1);
	ck_assert_int_eq(qmp_open(&q, name, 300), -ENAMETOOLONG);
	qmp_close(&q);
}
END_TEST

START_TEST(many_events_are_bounded)
{
	struct buf b = { 0 };
	struct qmp q;
	json_t *e;
	int n = 0;

	for (int i = 0; i < QMP_EVENTS_MAX + 50; i++)
		buf_addf(&b, "{\"event\":\"E\",\"n\":%d}\n", i);
	buf_adds(&b, "{\"return\":{},\"id\":2}\n");
	SERVE(true, HELLO, OK1, b.p);
	ck_assert_int_eq(qmp_open(&q, path, 5000), 0);
	ck_assert_int_eq(qmp_execute(&q, "x", NULL, 5000, NULL), 0);
	for (; qmp_event(&q, 0, &e) == 0; n++) {
		if (!n)
			ck_assert_int_eq(
				json_integer_value(json_object_get(e, "n")),
				50);
		json_decref(e);
	}
	ck_assert_int_eq(n, QMP_EVENTS_MAX);
	qmp_close(&q);
	buf_free(&b);
}
END_TEST

#define N(a) ((int)(sizeof(a) / sizeof((a)[0])))

Suite *suite(void)
{
	Suite *s = suite_create("qmp");
	TCase *t = tcase_create("qmp");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, in_pieces_of_any_size, 1, 40);
	tcase_add_loop_test(t, garbage_is_refused, 0, N(garbage));
	tcase_add_test(t, a_nul_is_garbage);
	tcase_add_test(t, a_line_has_an_end);
	tcase_add_loop_test(t, kinds_of_messages, 0, N(kinds));
	tcase_add_test(t, a_reply_between_events);
	tcase_add_test(t, a_refusal_has_words);
	tcase_add_test(t, who_never_answers_is_left);
	tcase_add_loop_test(t, no_qemu_at_all, 0, N(greetings));
	tcase_add_test(t, nobody_there);
	tcase_add_test(t, many_events_are_bounded);
	suite_add_tcase(s, t);
	return s;
}
