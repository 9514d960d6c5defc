// SPDX-License-Identifier: MIT
#include "unit.h"

#include "fake_sys.h"
#include "init/console.h"
#include "init/dev.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

static char root[64];

static void path_of(char *path, const char *name)
{
	snprintf(path, 128, "%s%s", root, name);
}

static void make_dir(const char *name)
{
	char path[128];

	path_of(path, name);
	ck_assert_int_eq(mkdir(path, 0755), 0);
}

static void make_file(const char *name, const char *text)
{
	char path[128];
	int fd;

	path_of(path, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq((int)write(fd, text, strlen(text)), (int)strlen(text));
	close(fd);
}

static void setup(void)
{
	fake_reset();
	strcpy(root, "/tmp/bootlet-con.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(root));
	make_dir("/dev");
	make_dir("/sys");
	make_dir("/sys/class");
	make_dir("/sys/class/tty");
	make_dir("/sys/class/tty/console");
	make_dir("/sys/class/tty/tty0");
	make_dir("/sys/class/tty/hvc0");
}

static void teardown(void)
{
	char cmd[128];

	snprintf(cmd, sizeof(cmd), "rm -rf %s", root);
	ck_assert_int_eq(system(cmd), 0);
}

/* --- parsers -------------------------------------------------------------- */

static const struct {
	const char *text, *name;
	int ret;
} actives[] = {
	{ "ttyS0\n", "ttyS0", 0 },     { "tty0 ttyS0\n", "ttyS0", 0 },
	{ "tty0 ttyS0", "ttyS0", 0 },  { "ttyS0 tty0\n", "tty0", 0 },
	{ "ttyS0 \n\n", "ttyS0", 0 },  { "a b c d\n", "d", 0 },
	{ "1234567\n", "1234567", 0 }, { "12345678\n", "", -ENAMETOOLONG },
	{ "", "", -ENOENT },	       { "\n", "", -ENOENT },
	{ "  ", "", -ENOENT },
};

START_TEST(test_active)
{
	char name[8] = "before";

	ck_assert_int_eq(parse_active_console(actives[_i].text, name, 8),
			 actives[_i].ret);
	ck_assert_str_eq(name, actives[_i].name);
}
END_TEST

static const struct {
	const char *text;
	unsigned int major, minor;
	int ret;
} numbers[] = {
	{ "4:64\n", 4, 64, 0 },
	{ "229:0", 229, 0, 0 },
	{ "4095:1048575\n", 4095, 1048575, 0 },
	{ "4096:0\n", 0, 0, -EINVAL },
	{ "4:1048576\n", 0, 0, -EINVAL },
	{ "99999999999999999999:0\n", 0, 0, -EINVAL },
	{ "", 0, 0, -EINVAL },
	{ "4\n", 0, 0, -EINVAL },
	{ ":64\n", 0, 0, -EINVAL },
	{ "4:\n", 0, 0, -EINVAL },
	{ "4:64x\n", 0, 0, -EINVAL },
	{ "-4:64\n", 0, 0, -EINVAL },
};

START_TEST(test_dev_number)
{
	dev_t dev = 0;

	ck_assert_int_eq(parse_dev_number(numbers[_i].text, &dev),
			 numbers[_i].ret);
	ck_assert_uint_eq(major(dev), numbers[_i].major);
	ck_assert_uint_eq(minor(dev), numbers[_i].minor);
}
END_TEST

static const struct {
	unsigned int dev;
	const char *path;
} by_number[] = {
	{ 0x0440, "/dev/ttyS0" },
	{ 0x04ff, "/dev/ttyS191" },
	{ 0x100400, "/dev/ttyS192" },
	{ 0x0401, NULL },
	{ 0x043f, NULL },
	{ 0xe500, NULL },
	{ 0x0501, NULL },
	{ 0, NULL },
	{ 0x8800, NULL },
};

START_TEST(test_number)
{
	char path[CONSOLE_PATH_SIZE] = "";
	int r = parse_console_number(by_number[_i].dev, path, sizeof(path));

	ck_assert_int_eq(r, by_number[_i].path ? 0 : -ENOENT);
	ck_assert_str_eq(path, by_number[_i].path ? by_number[_i].path : "");
}
END_TEST

/* --- which terminal ------------------------------------------------------- */

/* NULL: no such file. Nodes: ttyS0 and tty1 are there, hvc0 is in sysfs. */
static const struct {
	const char *active, *tty0, *console, *path, *calls;
} ttys[] = {
	{ "tty0 ttyS0\n", NULL, "hvc0", "/dev/ttyS0", "" },
	{ "ttyS0 tty0\n", "tty1\n", NULL, "/dev/tty1", "" },
	{ "ttyS0 tty0\n", NULL, NULL, "/dev/console", "" },
	{ "ttyS0 tty0\n", NULL, "ttyS0", "/dev/ttyS0", "" },
	{ "ttyS7\n", NULL, "ttyS0", "/dev/ttyS0", "" },
	{ "ttyS7\n", NULL, "ttyS8", "/dev/console", "" },
	{ "hvc0\n", NULL, NULL, "/dev/hvc0", "020600 229:0" },
	{ NULL, NULL, "hvc0", "/dev/hvc0", "020600 229:0" },
	{ NULL, NULL, "ttyS0", "/dev/ttyS0", "" },
	{ NULL, NULL, NULL, "/dev/console", "" },
	{ "\n", NULL, "", "/dev/console", "" },
	{ "\n", NULL, "../etc", "/dev/console", "" },
	{ "a-name-that-is-too-long-to-be-a-tty\n", NULL, "ttyS0", "/dev/ttyS0",
	  "" },
	{ NULL, NULL,
	  "a-name-that-is-too-long-to-be-a-tty-a-name-that-is-too-long-to-be-"
	  "a-tty-a-name-that-is-too-long",
	  "/dev/console", "" },
};

static void check_tty(int i)
{
	struct boot_config *cfg = calloc(1, sizeof(*cfg));
	char path[CONSOLE_PATH_SIZE] = "";

	cfg->console = ttys[i].console;
	console_tty_at(cfg, root, path);
	ck_assert_str_eq(path, ttys[i].path);
	free(cfg);
}

START_TEST(test_tty)
{
	char line[128] = "";

	make_file("/dev/ttyS0", "");
	make_file("/dev/tty1", "");
	make_file("/sys/class/tty/hvc0/dev", "229:0\n");
	if (ttys[_i].active)
		make_file("/sys/class/tty/console/active", ttys[_i].active);
	if (ttys[_i].tty0)
		make_file("/sys/class/tty/tty0/active", ttys[_i].tty0);
	check_tty(_i);
	if (*ttys[_i].calls)
		snprintf(line, sizeof(line), "mknod %s/dev/hvc0 %s\n", root,
			 ttys[_i].calls);
	ck_assert_str_eq(fake_text(), line);
}
END_TEST

START_TEST(test_tty_no_node)
{
	make_file("/sys/class/tty/hvc0/dev", "229:0\n");
	make_file("/sys/class/tty/console/active", "hvc0\n");
	make_file("/dev/ttyS0", "");
	fake_fail("mknod", EROFS, -1);
	check_tty(8);
}
END_TEST

/* --- fds 0 to 2 ----------------------------------------------------------- */

/*
 * Close the fds of a bit mask, call, and compare what all three are after
 * that; in a child, which the sanitizers and check need not survive.
 */
static void check_open(int closed, const char *dir, int ret, const char *want)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct stat a, b;
		int fd, keep = open("/dev/zero", O_RDWR);

		for (fd = 0; fd <= 2; fd++)
			dup2(keep, fd);
		/* Now the lowest that is free above 2: it stays so. */
		close(keep);
		for (fd = 0; fd <= 2; fd++)
			if (closed & 1 << fd)
				close(fd);
		if (console_open_at(dir) != ret)
			_exit(1);
		for (fd = 0; fd <= 2; fd++) {
			stat(closed & 1 << fd ? want : "/dev/zero", &a);
			if (fstat(fd, &b) < 0)
				_exit(2);
			if (a.st_ino != b.st_ino || a.st_dev != b.st_dev)
				_exit(3);
		}
		_exit(fcntl(keep, F_GETFD) >= 0 ? 4 : 0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}

START_TEST(test_open)
{
	char dir[128], node[160];

	path_of(dir, "/dev");
	snprintf(node, sizeof(node), "%s/console", dir);
	make_file("/dev/console", "");
	check_open(_i, dir, 0, node);
}
END_TEST

START_TEST(test_open_null)
{
	char dir[128], node[160];

	path_of(dir, "/dev");
	snprintf(node, sizeof(node), "%s/null", dir);
	make_file("/dev/null", "");
	/* A directory cannot be opened for writing: a console that is none. */
	make_dir("/dev/console");
	check_open(_i, dir, _i ? -EISDIR : 0, node);
}
END_TEST

START_TEST(test_open_nothing)
{
	char dir[128];

	path_of(dir, "/empty");
	check_open(_i, dir, _i ? -ENOENT : 0, "/");
}
END_TEST

/* The nodes it makes where there are none. */
START_TEST(test_open_makes_nodes)
{
	char dir[128], want[640];
	int saved = dup(0);

	path_of(dir, "/empty");
	snprintf(want, sizeof(want),
		 "mkdir %s 0755\nmknod %s/console 020600 5:1\n"
		 "mkdir %s 0755\nmknod %s/null 020666 1:3\n",
		 dir, dir, dir, dir);
	close(0);
	ck_assert_int_eq(console_open_at(dir), -ENOENT);
	dup2(saved, 0);
	ck_assert_str_eq(fake_text(), want);
}
END_TEST

/* --- the terminal itself -------------------------------------------------- */

START_TEST(test_termios)
{
	struct termios t = {
		.c_iflag = IGNBRK | INLCR | IGNCR | ISTRIP | IXOFF,
		.c_cflag = B115200 | CS7 | PARENB | CSTOPB | CRTSCTS,
		.c_lflag = NOFLSH | TOSTOP | ECHONL,
		.c_line = 3,
	};

	memset(t.c_cc, 0xee, sizeof(t.c_cc));
	termios_plan(&t);
	ck_assert_uint_eq(t.c_iflag, ICRNL | IXON | IMAXBEL | IUTF8);
	ck_assert_uint_eq(t.c_oflag, OPOST | ONLCR);
	ck_assert_uint_eq(t.c_cflag, B115200 | CS7 | PARENB | CSTOPB | CRTSCTS |
					     CREAD | HUPCL | CLOCAL);
	ck_assert_uint_eq(t.c_lflag, ICANON | ISIG | IEXTEN | ECHO | ECHOE |
					     ECHOK | ECHOCTL | ECHOKE);
	ck_assert_uint_eq(t.c_line, 0);
	ck_assert_uint_eq(t.c_cc[VERASE], 0x7f);
	ck_assert_uint_eq(t.c_cc[VINTR], 3);
	ck_assert_uint_eq(t.c_cc[VQUIT], 28);
	ck_assert_uint_eq(t.c_cc[VSUSP], 26);
	ck_assert_uint_eq(t.c_cc[VEOF], 4);
	ck_assert_uint_eq(t.c_cc[VMIN], 1);
	ck_assert_uint_eq(t.c_cc[VTIME], 0);
	ck_assert_uint_eq(t.c_cc[VKILL], 21);
	ck_assert_uint_eq(t.c_cc[VEOL], 0);
}
END_TEST

static int really(int fd, unsigned long request, void *arg)
{
	return ioctl(fd, request, arg) < 0 ? -errno : 0;
}

/* What the child finds out about its terminal, as an exit code. */
static int child_checks(const char *tty)
{
	struct winsize ws;
	struct termios t;

	if (setsid() < 0)
		return 1;
	fake_on_ioctl(really);
	if (console_prepare(tty, 33, 101) != 0)
		return 2;
	for (int fd = 0; fd <= 2; fd++) {
		char name[64];

		if (ttyname_r(fd, name, sizeof(name)) || strcmp(name, tty))
			return 3;
		if (fcntl(fd, F_GETFD) & FD_CLOEXEC)
			return 4;
		if (fcntl(fd, F_GETFL) & O_NONBLOCK)
			return 5;
	}
	if (tcgetpgrp(0) != getpid() || tcgetsid(0) != getpid())
		return 6;
	if (ioctl(0, TIOCGWINSZ, &ws) || ws.ws_row != 33 || ws.ws_col != 101)
		return 7;
	if (tcgetattr(0, &t) || !(t.c_lflag & ICANON) || !(t.c_iflag & ICRNL) ||
	    t.c_cc[VERASE] != 0x7f)
		return 8;
	/* 0: the size is not known, and stays. */
	if (console_resize(tty, 0, 80) || console_resize(tty, 50, 0) ||
	    ioctl(0, TIOCGWINSZ, &ws) || ws.ws_row != 33)
		return 9;
	if (console_resize(tty, 50, 132) || ioctl(0, TIOCGWINSZ, &ws) ||
	    ws.ws_row != 50 || ws.ws_col != 132)
		return 10;
	return 0;
}

static int pty(char *name, size_t size)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(grantpt(fd), 0);
	ck_assert_int_eq(unlockpt(fd), 0);
	ck_assert_int_eq(ptsname_r(fd, name, size), 0);
	return fd;
}

START_TEST(test_prepare)
{
	char name[64];
	int fd = pty(name, sizeof(name)), status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(child_checks(name));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
	close(fd);
}
END_TEST

START_TEST(test_prepare_fails)
{
	char name[64], ctty[32];
	int fd = pty(name, sizeof(name));
	struct stat before, after;

	ck_assert_int_eq(fstat(0, &before), 0);
	ck_assert_int_eq(console_prepare("/nonexistent/tty", 1, 1), -ENOENT);
	ck_assert_int_eq(console_resize("/nonexistent/tty", 1, 1), -ENOENT);
	ck_assert_uint_eq(fake_count(""), 0);
	snprintf(ctty, sizeof(ctty), "ioctl 0x%x", TIOCSCTTY);
	fake_fail(ctty, EPERM, -1);
	ck_assert_int_eq(console_prepare(name, 1, 1), -EPERM);
	ck_assert_uint_eq(fake_count(""), 1);
	ck_assert_int_eq(fstat(0, &after), 0);
	ck_assert_uint_eq(before.st_ino, after.st_ino);
	close(fd);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("console");
	TCase *t = tcase_create("console");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, test_active, 0,
			    (int)(sizeof(actives) / sizeof(actives[0])));
	tcase_add_loop_test(t, test_number, 0,
			    sizeof(by_number) / sizeof(by_number[0]));
	tcase_add_loop_test(t, test_dev_number, 0,
			    (int)(sizeof(numbers) / sizeof(numbers[0])));
	tcase_add_loop_test(t, test_tty, 0,
			    (int)(sizeof(ttys) / sizeof(ttys[0])));
	tcase_add_test(t, test_tty_no_node);
	tcase_add_loop_test(t, test_open, 0, 8);
	tcase_add_loop_test(t, test_open_null, 0, 8);
	tcase_add_loop_test(t, test_open_nothing, 0, 8);
	tcase_add_test(t, test_open_makes_nodes);
	tcase_add_test(t, test_termios);
	tcase_add_test(t, test_prepare);
	tcase_add_test(t, test_prepare_fails);
	suite_add_tcase(s, t);
	return s;
}
