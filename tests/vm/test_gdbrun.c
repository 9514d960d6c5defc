// SPDX-License-Identifier: MIT
/* The run's side of debugging, and ports that lead into the guest; gdb itself
 * is played by a few bytes of its protocol. */
#include "pty.h"
#include "vm.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static struct ran r;

/* --- a gdb ---------------------------------------------------------------- */

/* The private directories of runs under a debugger, once there are @want. */
static void find_guests(const char *dirs[], int want)
{
	double end = vm_now() + 60;
	int n = 0;

	while (n < want && vm_now() < end) {
		DIR *d = opendir(vm_at("."));
		struct dirent *e;

		for (n = 0; d && n < want && (e = readdir(d));) {
			const char *dir = vm_at(e->d_name);

			if (!strncmp(e->d_name, "bootlet-", 8) &&
			    !access(vm_fmt("%s/guest.json", dir), R_OK))
				dirs[n++] = strdup(dir);
		}
		if (d)
			closedir(d);
		vm_sleep_ms(20);
	}
	ck_assert_msg(n == want, "%d guests instead of %d", n, want);
}

static int connect_gdb(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_uint_lt(strlen(path), sizeof(to.sun_path));
	strcpy(to.sun_path, path);
	ck_assert_msg(!connect(fd, (struct sockaddr *)&to, sizeof(to)),
		      "%s: cannot be connected to", path);
	return fd;
}

/* The guest has been stopped, and goes on. */
static void let_it_go(int fd)
{
	struct text got = { 0 };

	ck_assert_int_eq(write(fd, "$?#3f", 5), 5);
	vm_expect(fd, &got, "$T", 30);
	vm_expect(fd, &got, "#", 30);
	ck_assert_int_eq(write(fd, "+$c#63", 6), 6);
}

START_TEST(nobody_has_to_come)
{
	vm_boot(&r, "--gdb", "--", "sh", "-c", "cat /proc/cmdline; exit 3");
	ck_code(&r, 3);
	ck_has(r.out, " nokaslr");
	ck_one_line(&r, "type in another terminal: bootlet gdb");
	vm_nothing_left(0);
}
END_TEST

/* Two at once: each has its own socket, and none runs before it is told. */
START_TEST(two_wait)
{
	const char *dirs[2];
	struct text out[2] = { { 0 }, { 0 } };
	int p[2][2], fd[2];
	pid_t pid[2];

	for (int i = 0; i < 2; i++) {
		ck_assert(!pipe2(p[i], O_CLOEXEC));
		pid[i] = vm_spawn(
			VM_ARGV(vm_bootlet(), VM_RUN, "--wait", "--", "sh",
				"-c", vm_fmt("echo me=%d; exit %d", i, 5 + i)),
			-1, p[i][1], -1);
		close(p[i][1]);
	}
	find_guests(dirs, 2);
	for (int i = 0; i < 2; i++) {
		struct text json = vm_slurp(vm_fmt("%s/guest.json", dirs[i]));

		ck_has(json, "\"waits\": true");
		ck_has(json, vm_fmt("\"address\": \"unix:%s/gdb\"", dirs[i]));
		fd[i] = connect_gdb(vm_fmt("%s/gdb", dirs[i]));
	}
	vm_sleep_ms(2500);
	for (int i = 0; i < 2; i++) {
		struct pollfd q = { .fd = p[i][0], .events = POLLIN };

		ck_assert_msg(poll(&q, 1, 0) == 0, "it did not wait");
		let_it_go(fd[i]);
	}
	for (int i = 0; i < 2; i++) {
		vm_expect(p[i][0], &out[i], vm_fmt("me=%d\n", i), 120);
		ck_assert_int_eq(vm_wait(pid[i], 30), 5 + i);
	}
	vm_nothing_left(0);
}
END_TEST

/* --- what is in the way --------------------------------------------------- */

/* A port of this machine that is taken. Return: the descriptor. */
static int take_port(unsigned int *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert(!bind(fd, (struct sockaddr *)&at, len) && !listen(fd, 1) &&
		  !getsockname(fd, (struct sockaddr *)&at, &len));
	*port = ntohs(at.sin_port);
	return fd;
}

/* What its end leaves is a guest that stands still: another one can take it
 * from there, and a signal ends it. */
START_TEST(gdb_dies)
{
	struct text out = { 0 }, got = { 0 };
	struct pollfd more = { .events = POLLIN };
	const char *dir;
	int p[2], fd;
	pid_t pid;

	ck_assert(!pipe2(p, O_CLOEXEC));
	pid = vm_spawn(VM_ARGV(vm_bootlet(), VM_RUN, "--gdb", "--", "sh", "-c",
			       "echo up; sleep 5; echo on; exit 6"),
		       -1, p[1], -1);
	close(p[1]);
	more.fd = p[0];
	vm_expect(p[0], &out, "up\n", 120);
	find_guests(&dir, 1);
	fd = connect_gdb(vm_fmt("%s/gdb", dir));
	ck_assert_int_eq(write(fd, "$?#3f", 5), 5);
	vm_expect(fd, &got, "$T", 30);
	/* As KILL leaves it: without a word. */
	close(fd);
	/* Nothing comes for longer than it would sleep. */
	ck_assert_int_eq(poll(&more, 1, 6000), 0);
	if (_i) {
		kill(pid, SIGTERM);
		ck_assert_int_eq(vm_wait(pid, 30), 128 + SIGTERM);
	} else {
		let_it_go(connect_gdb(vm_fmt("%s/gdb", dir)));
		vm_expect(p[0], &out, "on\n", 60);
		ck_assert_int_eq(vm_wait(pid, 30), 6);
	}
	vm_nothing_left(2);
}
END_TEST

START_TEST(ports_in_use)
{
	unsigned int port;
	int fd = take_port(&port);

	vm_boot(&r, vm_fmt("--gdb=tcp:%u", port), "--", "true");
	ck_code(&r, 125);
	ck_one_line(&r, vm_fmt("--gdb: TCP port %u at 127.0.0.1: the port is "
			       "in use",
			       port));
	vm_boot(&r, "--forward", vm_fmt("%u:22", port), "--", "true");
	ck_code(&r, 125);
	ck_one_line(&r, vm_fmt("--forward: TCP port %u at 127.0.0.1: the port "
			       "is in use",
			       port));
	close(fd);
	vm_nothing_left(0);
}
END_TEST

START_TEST(a_name_that_is_a_file)
{
	const char *path = vm_put("precious", "data", false);

	vm_boot(&r, vm_fmt("--gdb=unix:%s", path), "--", "true");
	ck_code(&r, 125);
	ck_one_line(&r, "exists and is no socket");
	ck_assert_str_eq(vm_slurp(path).p, "data");
	unlink(path);
}
END_TEST

/* --- what stays ----------------------------------------------------------- */

/* The first time it ends by itself, then by a signal. */
static const int signals[] = { 0, SIGTERM, SIGKILL };

START_TEST(the_socket_goes_too)
{
	const char *path = strdup(vm_at("a, b$'c")), *dir;
	pid_t pid =
		vm_spawn(VM_ARGV(vm_bootlet(), VM_RUN, "--wait",
				 vm_fmt("--gdb=unix:%s", path), "--", "true"),
			 -1, -1, -1);
	int fd;

	find_guests(&dir, 1);
	fd = connect_gdb(path);
	/* While it is there nobody else gets it. */
	vm_boot(&r, vm_fmt("--gdb=unix:%s", path), "--", "true");
	ck_code(&r, 125);
	ck_one_line(&r, "in use, somebody listens there");
	if (signals[_i])
		kill(pid, signals[_i]);
	else
		let_it_go(fd);
	ck_assert_int_eq(vm_wait(pid, 120),
			 signals[_i] ? 128 + signals[_i] : 0);
	vm_nothing_left(5);
	ck_assert_msg(access(path, F_OK), "%s was left", path);
	close(fd);
}
END_TEST

/* --- a terminal ----------------------------------------------------------- */

START_TEST(on_a_terminal_without_tmux)
{
	struct pty p;
	const char *dir;

	pty_start(&p, 24, 80,
		  VM_ARGV(vm_bootlet(), VM_RUN, "--break", "x", "--no-tmux",
			  "--", "sh", "-c", "exit 9"));
	pty_expect(&p, "type in another terminal: bootlet gdb", 60);
	find_guests(&dir, 1);
	ck_has(vm_slurp(vm_fmt("%s/guest.json", dir)), "\"x\"");
	let_it_go(connect_gdb(vm_fmt("%s/gdb", dir)));
	ck_assert_int_eq(pty_end(&p, 120), 9);
	pty_restored(&p, 5);
	vm_nothing_left(0);
}
END_TEST

/* Guest and gdb above each other, the verdict behind them; what is detached
 * has hung up. Where there is no tmux, it is as with --no-tmux. */
START_TEST(on_a_terminal_with_tmux)
{
	bool tmux = !system("tmux -V >/dev/null 2>&1");
	const char *dir;
	struct pty p;

	pty_start(&p, 40, 100,
		  VM_ARGV("env", "-u", "TMUX", vm_bootlet(), VM_RUN, "--break",
			  "x", "--", "sh", "-c", "stty size; exit 9"));
	find_guests(&dir, 1);
	ck_assert_int_eq(!access(vm_fmt("%s/tmux", dir), F_OK), tmux);
	if (_i && tmux) {
		vm_exec(&r, NULL, 0,
			VM_ARGV("tmux", "-S", vm_fmt("%s/tmux", dir),
				"detach-client", "-s", "0"));
		ck_assert_int_eq(pty_end(&p, 30), 128 + SIGHUP);
	} else {
		let_it_go(connect_gdb(vm_fmt("%s/gdb", dir)));
		ck_assert_int_eq(pty_end(&p, 120), 9);
	}
	pty_restored(&p, 5);
	vm_nothing_left(5);
}
END_TEST

/* --- ports ---------------------------------------------------------------- */

START_TEST(a_port_leads_into_the_guest)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct text out = { 0 }, got = { 0 };
	unsigned int port;
	int p[2], fd = take_port(&port);
	pid_t pid;

	close(fd);
	ck_assert(!pipe2(p, O_CLOEXEC));
	pid = vm_spawn(VM_ARGV(vm_bootlet(), VM_RUN, "--forward",
			       vm_fmt("tcp:127.0.0.1:%u:7", port), "--", "sh",
			       "-c",
			       "echo up; { echo hello; cat; } | nc -l -p 7"),
		       -1, p[1], -1);
	close(p[1]);
	vm_expect(p[0], &out, "up\n", 120);
	vm_sleep_ms(1000);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	to.sin_port = htons((in_port_t)port);
	ck_assert(!connect(fd, (struct sockaddr *)&to, sizeof(to)));
	vm_expect(fd, &got, "hello\n", 60);
	ck_assert_int_eq(write(fd, "back\n", 5), 5);
	vm_expect(p[0], &out, "back\n", 60);
	close(fd);
	kill(pid, SIGTERM);
	vm_wait(pid, 30);
	vm_nothing_left(0);
}
END_TEST

static void add(Suite *s, const char *name, const TTest *test, int n)
{
	TCase *t = tcase_create(name);

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_loop_test(t, test, 0, n);
	suite_add_tcase(s, t);
}

Suite *suite(void)
{
	Suite *s = suite_create("gdbrun");

	add(s, "alone", nobody_has_to_come, 1);
	add(s, "two", two_wait, 1);
	add(s, "ports", ports_in_use, 1);
	add(s, "file", a_name_that_is_a_file, 1);
	add(s, "socket", the_socket_goes_too, 3);
	add(s, "no tmux", on_a_terminal_without_tmux, 1);
	add(s, "tmux", on_a_terminal_with_tmux, 2);
	add(s, "gdb dies", gdb_dies, 2);
	add(s, "forward", a_port_leads_into_the_guest, 1);
	return s;
}
