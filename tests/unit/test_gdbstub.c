// SPDX-License-Identifier: MIT
#include "host/gdbstub.h"
#include "host/gdbterm.h"
#include "host/str.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
	const char *text, *path;
	unsigned int port;
	const char *address;
} rows[] = {
	{ "tcp:1234", NULL, 1234, "tcp:127.0.0.1:1234" },
	{ "tcp:127.0.0.1:1", NULL, 1, "tcp:127.0.0.1:1" },
	{ "tcp:localhost:65535", NULL, 65535, "tcp:127.0.0.1:65535" },
	{ "unix:/a b,$c", "/a b,$c", 0, "unix:/a b,$c" },
};

START_TEST(addresses)
{
	struct gdbstub g;
	char *text;

	ck_assert_pstr_eq(parse_gdbstub(rows[_i].text, &g), NULL);
	ck_assert_pstr_eq(g.path, rows[_i].path);
	ck_assert_uint_eq(g.port, rows[_i].port);
	text = gdbstub_address(&g);
	ck_assert_str_eq(text, rows[_i].address);
	free(text);
}
END_TEST

static const char *const wrong[] = {
	"",	     "unix:",		"tcp:",	     "tcp:0",
	"tcp:65536", "tcp:x",		"tcp::1234", "tcp:0.0.0.0:1234",
	"1234",	     "tcp:127.0.0.2:1", ":1234",     "tcp:127.0.0.1:",
	"unix",	     "tcp:[::1]:1",	"udp:1",     "tcp:example.org:1",
};

START_TEST(no_addresses)
{
	struct gdbstub g;

	ck_assert_msg(parse_gdbstub(wrong[_i], &g), "%s was taken", wrong[_i]);
}
END_TEST

START_TEST(names_that_are_too_long)
{
	char *text = xasprintf("unix:%0107d", 0);
	struct gdbstub g;

	ck_assert_pstr_eq(parse_gdbstub(text, &g), NULL);
	free(text);
	text = xasprintf("unix:%0108d", 0);
	ck_assert_ptr_nonnull(strstr(parse_gdbstub(text, &g), "107 bytes"));
	free(text);
}
END_TEST

START_TEST(a_relative_name_becomes_absolute)
{
	struct gdbstub g = { .path = "x" };
	char *cwd = getcwd(NULL, 0), *want = xasprintf("unix:%s/x", cwd);
	char *text = gdbstub_address(&g);

	ck_assert_str_eq(text, want);
	free(text);
	free(want);
	free(cwd);
}
END_TEST

/* Only what nobody listens on may be replaced; to find out, nobody is
 * disturbed: the connection that a gdbstub would take for gdb never comes. */
START_TEST(what_has_the_name_already)
{
	char dir[] = "/tmp/bootlet-test-XXXXXX";
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct gdbstub g = { 0 };
	char *path;
	int fd;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	path = xasprintf("%s/gdb", dir);
	strcpy(at.sun_path, path);
	g.path = path;
	ck_assert_int_eq(gdbstub_check(&g), 0);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	ck_assert_int_eq(gdbstub_check(&g), -EEXIST);
	unlink(path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	ck_assert_int_eq(gdbstub_check(&g), -EADDRINUSE);
	ck_assert_int_eq(accept(fd, NULL, NULL), -1);
	ck_assert_int_eq(errno, EAGAIN);
	close(fd);
	/* What a killed one has left. */
	ck_assert_int_eq(gdbstub_check(&g), 0);
	ck_assert_int_eq(access(path, F_OK), 0);
	unlink(path);
	ck_assert_int_eq(symlink("nowhere", path), 0);
	ck_assert_int_eq(gdbstub_check(&g), -EEXIST);
	unlink(path);
	rmdir(dir);
	ck_assert_int_eq(gdbstub_check(&g), -ENOENT);
	free(path);
}
END_TEST

/* QEMU gets one that listens; the name stays, for who made it to remove. */
START_TEST(listening)
{
	char dir[] = "/tmp/bootlet-test-XXXXXX";
	struct gdbstub g = { 0 }, other;
	struct stat st;
	char *path;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	path = xasprintf("%s/gdb", dir);
	g.path = path;
	other = g;
	umask(0);
	ck_assert_int_eq(gdbstub_open(&g), 0);
	ck_assert_int_gt(g.fd, 2);
	ck_assert_int_eq(fcntl(g.fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0700);
	ck_assert_int_eq(gdbstub_open(&other), -EADDRINUSE);
	ck_assert_int_eq(other.fd, 0);
	gdbstub_close(&g);
	ck_assert_int_eq(g.fd, 0);
	gdbstub_close(&g);
	ck_assert_int_eq(access(path, F_OK), 0);
	unlink(path);
	rmdir(dir);
	ck_assert_int_eq(gdbstub_open(&g), -ENOENT);
	free(path);
	path = xasprintf("/tmp/%0120d", 0);
	g.path = path;
	ck_assert_int_eq(gdbstub_open(&g), -ENAMETOOLONG);
	free(path);
}
END_TEST

/* Each finds what a dead one has left; one replaces it, the others are told. */
START_TEST(many_at_once)
{
	enum { N = 8, ROUNDS = 20 };
	char dir[] = "/tmp/bootlet-test-XXXXXX";
	struct gdbstub g = { 0 };
	char *path;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	path = xasprintf("%s/gdb", dir);
	g.path = path;
	for (int round = 0; round < ROUNDS; round++) {
		int go[2], won = 0, status;
		char c;

		ck_assert_int_eq(pipe(go), 0);
		ck_assert_int_eq(gdbstub_open(&g), 0);
		gdbstub_close(&g);
		fflush(NULL);
		for (int i = 0; i < N; i++) {
			if (fork())
				continue;
			close(go[1]);
			if (read(go[0], &c, 1) < 0)
				_exit(2);
			if (gdbstub_open(&g))
				_exit(0);
			/* It stays until all have tried. */
			_exit(poll(NULL, 0, 300) ? 2 : 1);
		}
		close(go[0]);
		close(go[1]);
		for (int i = 0; i < N; i++) {
			ck_assert_int_gt(wait(&status), 0);
			ck_assert_int_lt(WEXITSTATUS(status), 2);
			won += WEXITSTATUS(status);
		}
		ck_assert_int_eq(won, 1);
	}
	unlink(path);
	rmdir(dir);
	free(path);
}
END_TEST

START_TEST(listening_at_a_port)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);
	struct gdbstub g = { 0 }, other;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert(!bind(fd, (struct sockaddr *)&at, len) &&
		  !getsockname(fd, (struct sockaddr *)&at, &len));
	close(fd);
	g.port = ntohs(at.sin_port);
	other = g;
	ck_assert_int_eq(gdbstub_open(&g), 0);
	ck_assert_int_eq(gdbstub_open(&other), -EADDRINUSE);
	gdbstub_close(&g);
	ck_assert_int_eq(gdbstub_open(&other), 0);
	gdbstub_close(&other);
}
END_TEST

START_TEST(where_gdb_is_shown)
{
	ck_assert_int_eq(gdbterm_kind(NULL, true, true), GDBTERM_OWN);
	ck_assert_int_eq(gdbterm_kind("", true, true), GDBTERM_OWN);
	ck_assert_int_eq(gdbterm_kind("/x,1,0", true, true), GDBTERM_INSIDE);
	ck_assert_int_eq(gdbterm_kind(NULL, true, false), GDBTERM_NONE);
	ck_assert_int_eq(gdbterm_kind("/x,1,0", false, true), GDBTERM_NONE);
	ck_assert_int_eq(gdbterm_kind(NULL, false, true), GDBTERM_NONE);
}
END_TEST

START_TEST(the_pane_of_gdb)
{
	struct gdbterm t = { .kind = GDBTERM_OWN, .dir = "/tmp/a b;" };
	struct strv argv = { 0 };
	size_t n;

	gdbterm_split_argv(&t, "%7", "/x/bootlet;", &argv);
	n = argv.n;
	ck_assert_str_eq(argv.v[0], "tmux");
	ck_assert_str_eq(argv.v[1], "-S");
	ck_assert_str_eq(argv.v[2], "/tmp/a b;/tmux");
	/* $TMUX_PANE is another server's. */
	ck_assert(!strv_has(&argv, "%7"));
	ck_assert_str_eq(argv.v[n - 4], "/x/bootlet\\;");
	ck_assert_str_eq(argv.v[n - 3], "gdb");
	ck_assert_str_eq(argv.v[n - 2], "--guest");
	ck_assert_str_eq(argv.v[n - 1], "/tmp/a b\\;");
	strv_free(&argv);
	t.kind = GDBTERM_INSIDE;
	gdbterm_split_argv(&t, "%7", "/x/bootlet", &argv);
	ck_assert(!strv_has(&argv, "-S"));
	ck_assert(strv_has(&argv, "%7"));
	strv_free(&argv);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

Suite *suite(void)
{
	Suite *s = suite_create("gdbstub");
	TCase *t = tcase_create("gdbstub");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, addresses, 0, COUNT(rows));
	tcase_add_loop_test(t, no_addresses, 0, COUNT(wrong));
	tcase_add_test(t, names_that_are_too_long);
	tcase_add_test(t, a_relative_name_becomes_absolute);
	tcase_add_test(t, what_has_the_name_already);
	tcase_add_test(t, listening);
	tcase_add_test(t, many_at_once);
	tcase_add_test(t, listening_at_a_port);
	tcase_add_test(t, where_gdb_is_shown);
	tcase_add_test(t, the_pane_of_gdb);
	suite_add_tcase(s, t);
	return s;
}
