// SPDX-License-Identifier: MIT
#include "host/gdbport.h"
#include "scratch.h"
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* --- words ------------------------------------------------------------------ */

START_TEST(good_words)
{
	static const struct {
		const char *text, *path, *host, *port;
	} cases[] = {
		{ "unix:/tmp/a b:c", "/tmp/a b:c", NULL, NULL },
		{ "unix:rel", "rel", NULL, NULL },
		{ "tcp:1234", NULL, "127.0.0.1", "1234" },
		{ "tcp::1", NULL, "127.0.0.1", "1" },
		{ "tcp:127.0.0.1:65535", NULL, "127.0.0.1", "65535" },
		{ "tcp:lab.example:1", NULL, "lab.example", "1" },
		{ "tcp:[::1]:1", NULL, "::1", "1" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct gdbport p;

		ck_assert_ptr_null(parse_gdbport(cases[i].text, &p));
		ck_assert_pstr_eq(p.path, cases[i].path);
		ck_assert_pstr_eq(p.host, cases[i].host);
		ck_assert_pstr_eq(p.port, cases[i].port);
		gdbport_free(&p);
	}
}
END_TEST

START_TEST(bad_words)
{
	static const char *const cases[] = {
		"",	 "1234",      "unix:",	 "tcp:",
		"tcp:0", "tcp:65536", "tcp:a",	 "tcp:h:",
		"tcp:-", "tcp:::1:1", "udp:h:1", "/tmp/socket",
	};
	char longest[200] = "unix:";
	struct gdbport p;

	for (size_t i = 0; i < COUNT(cases); i++) {
		ck_assert_msg(parse_gdbport(cases[i], &p) != NULL, "%s",
			      cases[i]);
		gdbport_free(&p);
	}
	memset(longest + 5, 'a', 107);
	ck_assert_ptr_null(parse_gdbport(longest, &p));
	gdbport_free(&p);
	longest[5 + 107] = 'a';
	ck_assert_ptr_nonnull(parse_gdbport(longest, &p));
	gdbport_free(&p);
}
END_TEST

/* --- the kernel's lists ----------------------------------------------------- */

#define UNIX_HEAD "Num       RefCount Protocol Flags    Type St Inode Path\n"

START_TEST(unix_table)
{
	static const struct {
		const char *rows;
		bool taken;
	} cases[] = {
		{ "", false },
		/* It listens. */
		{ "ffff8: 00000002 00000000 00010000 0001 01 41 /tmp/a b\n",
		  false },
		/* It listens, and has accepted. */
		{ "ffff8: 00000002 00000000 00010000 0001 01 41 /tmp/a b\n"
		  "ffff9: 00000003 00000000 00000000 0001 03 42 /tmp/a b\n",
		  true },
		/* Somebody is in its queue. */
		{ "ffff8: 00000002 00000000 00010000 0001 01 41 /tmp/a b\n"
		  "ffff9: 00000001 00000000 00000000 0001 02 0 /tmp/a b\n",
		  true },
		/* Others have: without a name, with a longer, a shorter one. */
		{ "ffff9: 00000003 00000000 00000000 0001 03 42\n"
		  "ffff9: 00000003 00000000 00000000 0001 03 42 /tmp/a bc\n"
		  "ffff9: 00000003 00000000 00000000 0001 03 42 /tmp/a\n",
		  false },
		{ "ffff9: 00000003 00000000 00000000 0001 03 42 /tmp/a b",
		  true },
	};
	struct gdbport p = { .path = "/tmp/a b" };

	for (size_t i = 0; i < COUNT(cases); i++) {
		char *table = xasprintf(UNIX_HEAD "%s", cases[i].rows);

		ck_assert_msg(gdbport_taken(&p, table) == cases[i].taken, "%s",
			      table);
		free(table);
	}
}
END_TEST

#define TCP_HEAD "  sl  local_address rem_address   st tx_queue rx_queue\n"

START_TEST(tcp_table)
{
	static const struct {
		const char *rows;
		bool taken;
	} cases[] = {
		{ "", false },
		{ "   0: 0100007F:04D2 00000000:0000 0A 0:0 00:0\n", false },
		{ "   0: 0100007F:04D2 00000000:0000 0A 0:0 00:0\n"
		  "  11: 0100007F:04D2 0100007F:D431 01 0:0 00:0\n",
		  true },
		/* The other end; another port; another address. */
		{ "   0: 0100007F:D431 0100007F:04D2 01 0:0 00:0\n"
		  "   1: 0100007F:04D3 0100007F:D431 01 0:0 00:0\n"
		  "   2: 0200007F:04D2 0100007F:D431 01 0:0 00:0\n",
		  false },
	};
	struct gdbport p = { .host = "127.0.0.1", .port = "1234" };

	for (size_t i = 0; i < COUNT(cases); i++) {
		char *table = xasprintf(TCP_HEAD "%s", cases[i].rows);

		ck_assert_msg(gdbport_taken(&p, table) == cases[i].taken, "%s",
			      table);
		free(table);
	}
}
END_TEST

/* --- the question ----------------------------------------------------------- */

static pid_t server;

/* Answers the first packet of each that connects, one after the other. */
static _Noreturn void serve(int fd, const char *answer, int pieces)
{
	for (;;) {
		int c = accept(fd, NULL, NULL);
		size_t n = strlen(answer);
		char got[16];

		if (!answer[0])
			pause();
		if (recv(c, got, 5, MSG_WAITALL) != 5 ||
		    memcmp(got, "$?#3f", 5) != 0)
			_exit(1);
		for (size_t i = 0; i < n; i += n / (size_t)pieces) {
			if (send(c, answer + i, n / (size_t)pieces,
				 MSG_NOSIGNAL) < 0)
				_exit(1);
			usleep(20000);
		}
		close(c);
	}
}

static void start_server(int fd, const char *answer, int pieces)
{
	server = fork();
	ck_assert_int_ge(server, 0);
	if (!server)
		serve(fd, answer, pieces);
	close(fd);
}

static struct gdbport unix_server(const char *answer, int pieces)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(a.sun_path, at("gdb"));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	start_server(fd, answer, pieces);
	return (struct gdbport){ .path = (char *)at("gdb") };
}

static void stop_server(void)
{
	int status;

	kill(server, SIGKILL);
	ck_assert_int_eq(waitpid(server, &status, 0), server);
	/* It was content until then. */
	ck_assert(WIFSIGNALED(status));
}

START_TEST(answers)
{
	static const struct {
		const char *text;
		int pieces, result;
	} cases[] = {
		{ "+$T05thread:01;#07", 1, 0 },
		{ "+$T05thread:01;#07", 18, 0 },
		{ "$T02thread:01;#04+$T05thread:01;#07", 1, 0 },
		{ "+$S05#b8", 1, 0 },
		{ "HTTP/1.1 400 Bad Request", 1, -EPROTO },
		{ "+$#00", 1, -EPROTO },
		{ "+", 1, -EPROTO },
	};
	struct gdbport p = unix_server(cases[_i].text, cases[_i].pieces);

	ck_assert_int_eq(gdbport_probe(&p, 5000), cases[_i].result);
	stop_server();
}
END_TEST

START_TEST(silence)
{
	struct gdbport p = unix_server("", 1);

	ck_assert_int_eq(gdbport_probe(&p, 200), -ETIMEDOUT);
	stop_server();
}
END_TEST

/* Seen in the kernel's list, so that nothing is sent. */
START_TEST(connected_already)
{
	struct gdbport p = unix_server("", 1);
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(a.sun_path, p.path);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	ck_assert_int_eq(gdbport_probe(&p, 20000), -EBUSY);
	close(fd);
	stop_server();
}
END_TEST

START_TEST(over_tcp)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0), other;
	struct gdbport p = { .host = "127.0.0.1" };

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, n), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&a, &n), 0);
	p.port = xasprintf("%d", ntohs(a.sin_port));
	ck_assert_int_eq(gdbport_probe(&p, 5000), -ECONNREFUSED);
	ck_assert_int_eq(listen(fd, 1), 0);
	start_server(fd, "+$T05#b9", 1);
	ck_assert_int_eq(gdbport_probe(&p, 5000), 0);
	other = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(connect(other, (struct sockaddr *)&a, n), 0);
	ck_assert_int_eq(gdbport_probe(&p, 20000), -EBUSY);
	/* The server wants its packet before it is killed. */
	ck_assert_int_eq(send(other, "$?#3f", 5, 0), 5);
	stop_server();
	close(other);
	free(p.port);
}
END_TEST

START_TEST(nobody)
{
	struct gdbport p = { .path = (char *)at("gdb") };
	/* A label of more than 63 bytes: no server need be asked. */
	char label[80] = "";
	struct gdbport nowhere = { .host = label, .port = "1" };
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	memset(label, 'a', sizeof(label) - 1);
	ck_assert_int_eq(gdbport_probe(&p, 5000), -ENOENT);
	strcpy(a.sun_path, p.path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	close(fd);
	ck_assert_int_eq(gdbport_probe(&p, 5000), -ECONNREFUSED);
	ck_assert_int_eq(gdbport_probe(&nowhere, 5000), -EADDRNOTAVAIL);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("gdbport");
	TCase *words = tcase_create("words"), *probe = tcase_create("probe");

	tcase_add_test(words, good_words);
	tcase_add_test(words, bad_words);
	tcase_add_test(words, unix_table);
	tcase_add_test(words, tcp_table);
	suite_add_tcase(s, words);
	tcase_add_checked_fixture(probe, scratch_make, scratch_remove);
	tcase_set_timeout(probe, 40);
	tcase_add_loop_test(probe, answers, 0, 7);
	tcase_add_test(probe, silence);
	tcase_add_test(probe, connected_already);
	tcase_add_test(probe, over_tcp);
	tcase_add_test(probe, nobody);
	suite_add_tcase(s, probe);
	return s;
}
