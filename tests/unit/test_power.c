// SPDX-License-Identifier: MIT
#include "unit.h"

#include "fake_sys.h"
#include "init/power.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct {
	int sig;
	enum power_action action;
} signals[] = {
	{ SIGINT, POWER_REBOOT }, { SIGTERM, POWER_REBOOT },
	{ SIGUSR1, POWER_OFF },	  { SIGUSR2, POWER_OFF },
	{ SIGPWR, POWER_OFF },	  { SIGHUP, POWER_NONE },
	{ SIGCHLD, POWER_NONE },  { SIGWINCH, POWER_NONE },
	{ SIGSYS, POWER_NONE },	  { 0, POWER_NONE },
	{ -1, POWER_NONE },	  { 64, POWER_NONE },
	{ 1 << 30, POWER_NONE },
};

START_TEST(test_signal)
{
	ck_assert_int_eq(power_for_signal(signals[_i].sig), signals[_i].action);
}
END_TEST

static const struct {
	enum power_action action;
	bool can_off;
	int first, second;
} plans[] = {
	{ POWER_OFF, true, RB_POWER_OFF, RB_AUTOBOOT },
	/* A halt never comes back: it must not stand before the restart. */
	{ POWER_OFF, false, RB_AUTOBOOT, RB_POWER_OFF },
	{ POWER_REBOOT, true, RB_AUTOBOOT, RB_POWER_OFF },
	{ POWER_REBOOT, false, RB_AUTOBOOT, RB_POWER_OFF },
};

START_TEST(test_plan)
{
	const int *cmds = power_plan(plans[_i].action, plans[_i].can_off);

	ck_assert_int_eq(POWER_MAX_PLAN, 3);
	ck_assert_int_eq(cmds[0], plans[_i].first);
	ck_assert_int_eq(cmds[1], plans[_i].second);
	ck_assert_int_eq(cmds[2], (int)RB_HALT_SYSTEM);
}
END_TEST

/* Every call comes back: each is tried once, the last one's fate told. */
START_TEST(test_try)
{
	char last[32];

	fake_reset();
	ck_assert_int_eq(power_try(POWER_REBOOT, false), -EIO);
	ck_assert_uint_eq(fake_count(""), 3);
	ck_assert_str_eq(fake_line(0), "reboot 0x1234567");
	ck_assert_str_eq(fake_line(1), "reboot 0x4321fedc");
	ck_assert_str_eq(fake_line(2), "reboot 0xcdef0123");
	fake_reset();
	fake_fail_call(0, EINVAL);
	fake_fail("reboot", EPERM, -1);
	ck_assert_int_eq(power_try(POWER_OFF, true), -EPERM);
	ck_assert_uint_eq(fake_count("reboot"), 3);
	ck_assert_str_eq(fake_line(0), "reboot 0x4321fedc");
	snprintf(last, sizeof(last), "reboot 0x%x", (unsigned)RB_HALT_SYSTEM);
	ck_assert_str_eq(fake_line(2), last);
}
END_TEST

static const struct {
	const char *before, *after;
} types[] = {
	{ "acpi\n", "triple\n" },
	{ "kbd\n", "kbd\n" },
	{ "acpi", "acpi" },
	{ "", "" },
};

START_TEST(test_reset_type)
{
	char path[] = "/tmp/bootlet-type.XXXXXX", text[16] = "";
	size_t len = strlen(types[_i].before);
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq((int)write(fd, types[_i].before, len), (int)len);
	power_reset_type(path);
	ck_assert_int_ge((int)pread(fd, text, sizeof(text) - 1, 0), 0);
	close(fd);
	ck_assert_str_eq(text, types[_i].after);
	ck_assert_int_eq(unlink(path), 0);
	/* A kernel that has no such file. */
	power_reset_type(path);
	ck_assert_int_lt(access(path, F_OK), 0);
}
END_TEST

/* --- mounts --------------------------------------------------------------- */

static const char table[] = "none / rootfs rw 0 0\n"
			    "proc /proc proc rw,relatime 0 0\n"
			    "/dev/vda /mnt ext4 rw 0 0\n"
			    "tmpfs /mnt/tmp tmpfs rw 0 0\n"
			    "host /mnt/a\\040b\\011\\012\\134\\043 9p rw 0 0\n"
			    "x /odd\\04 squashfs rw 0 0\n"
			    "cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n"
			    "overlay /mnt/over overlay rw 0 0\n"
			    "/dev/vdb /mnt/last xfs rw 0 0\n";

START_TEST(test_parse_mounts)
{
	const char *t[8];
	char text[sizeof(table)];

	memcpy(text, table, sizeof(table));
	ck_assert_uint_eq(parse_mounts(text, t, 8), 5);
	ck_assert_str_eq(t[0], "/mnt/last");
	ck_assert_str_eq(t[1], "/mnt/over");
	ck_assert_str_eq(t[2], "/odd\4");
	ck_assert_str_eq(t[3], "/mnt/a b\t\n\\#");
	ck_assert_str_eq(t[4], "/mnt");
	/* With little room the last mounted, not the first. */
	memcpy(text, table, sizeof(table));
	ck_assert_uint_eq(parse_mounts(text, t, 1), 1);
	ck_assert_str_eq(t[0], "/mnt/last");
}
END_TEST

static const struct {
	const char *text;
	size_t n;
} odd[] = {
	{ "", 0 },
	{ "\n", 0 },
	{ "\n\n\n", 0 },
	{ "a\n", 0 },
	{ "a b\n", 0 },
	{ "a b ext4\n", 0 },
	{ "a b ext4 rw\n", 1 },
	{ "a b ext4 rw 0 0", 0 },
	{ "a /x ext4 rw 0 0\nb /cut ext", 1 },
	{ "a \\ ext4 rw\n", 1 },
	{ "a \\0 ext4 rw\n", 1 },
};

START_TEST(test_parse_mounts_odd)
{
	const char *t[4];
	char *text = strdup(odd[_i].text);

	ck_assert_uint_eq(parse_mounts(text, t, 4), odd[_i].n);
	free(text);
}
END_TEST

static void unmount(const char *text)
{
	char path[] = "/tmp/bootlet-mounts.XXXXXX";
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq((int)write(fd, text, strlen(text)), (int)strlen(text));
	close(fd);
	power_unmount(path);
	ck_assert_int_eq(unlink(path), 0);
}

START_TEST(test_unmount)
{
	fake_reset();
	unmount(table);
	ck_assert_str_eq(fake_text(), "umount /mnt/last 0x0\n"
				      "umount /mnt/over 0x0\n"
				      "umount /odd\4 0x0\n"
				      "umount /mnt/a b\t\n\\# 0x0\n"
				      "umount /mnt 0x0\n");
}
END_TEST

START_TEST(test_unmount_busy)
{
	fake_reset();
	fake_fail("umount /busy 0x0", EBUSY, -1);
	fake_fail("umount /stuck 0x0", EBUSY, -1);
	fake_fail("mount none /stuck", EBUSY, -1);
	unmount("a /busy ext4 rw 0 0\nb /stuck ext4 rw 0 0\n");
	ck_assert_str_eq(fake_text(), "umount /stuck 0x0\n"
				      "mount none /stuck none 0x21 \n"
				      "umount /stuck 0x2\n"
				      "umount /busy 0x0\n"
				      "mount none /busy none 0x21 \n");
}
END_TEST

START_TEST(test_unmount_no_table)
{
	fake_reset();
	power_unmount("/nonexistent/mounts");
	ck_assert_str_eq(fake_text(), "");
}
END_TEST

/* More than fits is taken in passes, and the passes come to an end. */
START_TEST(test_unmount_many)
{
	static char text[200000];
	size_t len = 0;

	for (int i = 0; i < 400; i++)
		len += (size_t)sprintf(text + len, "a /m%d ext4 rw 0 0\n", i);
	fake_reset();
	unmount(text);
	ck_assert_uint_eq(fake_count("umount "), 4 * POWER_MAX_MOUNTS);
	ck_assert_str_eq(fake_line(0), "umount /m399 0x0");
	fake_reset();
	fake_fail("", EPERM, -1);
	unmount(text);
	ck_assert_uint_eq(fake_count("umount "), 2 * POWER_MAX_MOUNTS);
}
END_TEST

/* --- processes ------------------------------------------------------------ */

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static pid_t sleeper(unsigned int ms)
{
	pid_t pid = fork();

	if (pid == 0) {
		usleep(ms * 1000);
		_exit(0);
	}
	return pid;
}

START_TEST(test_nobody)
{
	long long start = now_ms();

	fake_reset();
	fake_fail("kill", ESRCH, -1);
	power_end_processes(2000);
	ck_assert_int_lt(now_ms() - start, 200);
	ck_assert_str_eq(fake_text(), "kill -1 15\n");
}
END_TEST

START_TEST(test_they_go)
{
	long long start = now_ms();

	sleeper(100);
	sleeper(150);
	fake_reset();
	power_end_processes(5000);
	ck_assert_int_ge(now_ms() - start, 140);
	ck_assert_int_lt(now_ms() - start, 1000);
	ck_assert_str_eq(fake_text(), "kill -1 15\nkill -1 18\n");
}
END_TEST

/* The fake's KILL does not kill: what stays is left, within bounds. */
START_TEST(test_one_stays)
{
	long long start = now_ms();
	pid_t pid = sleeper(20000);

	fake_reset();
	power_end_processes(150);
	ck_assert_int_ge(now_ms() - start, 150 + POWER_KILL_MS);
	ck_assert_int_lt(now_ms() - start, 1000 + POWER_KILL_MS);
	ck_assert_str_eq(fake_text(), "kill -1 15\nkill -1 18\nkill -1 9\n");
	kill(pid, SIGKILL);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("power");
	TCase *t = tcase_create("power");

	tcase_add_loop_test(t, test_signal, 0,
			    (int)(sizeof(signals) / sizeof(signals[0])));
	tcase_add_loop_test(t, test_plan, 0,
			    (int)(sizeof(plans) / sizeof(plans[0])));
	tcase_add_test(t, test_try);
	tcase_add_loop_test(t, test_reset_type, 0,
			    (int)(sizeof(types) / sizeof(types[0])));
	tcase_add_test(t, test_parse_mounts);
	tcase_add_loop_test(t, test_parse_mounts_odd, 0,
			    (int)(sizeof(odd) / sizeof(odd[0])));
	tcase_add_test(t, test_unmount);
	tcase_add_test(t, test_unmount_busy);
	tcase_add_test(t, test_unmount_no_table);
	tcase_add_test(t, test_unmount_many);
	tcase_add_test(t, test_nobody);
	tcase_add_test(t, test_they_go);
	tcase_add_test(t, test_one_stays);
	suite_add_tcase(s, t);
	return s;
}
