// SPDX-License-Identifier: MIT
/* ip replaced by a script in PATH, and the lock that it inherits. */
#include "tests/skip.h"
#include "unit.h"

#include "host/bridge_apply.h"
#include "host/bridge_lock.h"
#include "netns.h"
#include "scratch.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/fsuid.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *words;
	size_t line;
	const char *tidy;
} said_by_ip[] = {
	{ "RTNETLINK answers: File exists\nCommand failed -:3\n", 3,
	  "RTNETLINK answers: File exists" },
	{ "Error: Unknown device type.\nCommand failed -:1\n", 1,
	  "Error: Unknown device type." },
	{ "ioctl(TUNSETIFF): Operation not permitted\n"
	  "Error: more of it\nCommand failed /dev/stdin:12\n",
	  12, "ioctl(TUNSETIFF): Operation not permitted; Error: more of it" },
	{ "Command failed -:0\n", 0, "" },
	{ "Command failed -:\n", 0, "" },
	{ "Command failed -:99999999999999999999\n", 0, "" },
	{ "a line", 0, "a line" },
	{ "\n\n", 0, "" },
	{ "", 0, "" },
};

START_TEST(words_of_ip)
{
	struct buf words = { 0 };

	buf_adds(&words, said_by_ip[_i].words);
	ck_assert_uint_eq(parse_batch_line(words.p), said_by_ip[_i].line);
	bridge_tidy_words(&words);
	ck_assert_str_eq(words.p, said_by_ip[_i].tidy);
	buf_free(&words);
}
END_TEST

/* --- apply ------------------------------------------------------------------ */

static struct netplan plan;
static struct buf words;
static const struct netop *culprit;

static void setup(void)
{
	struct bridge_spec spec = { .bridge = "br0", .owner = 7 };
	const struct netifs none = { 0 };
	struct buf why = { 0 };
	char path[256];

	scratch_make();
	snprintf(path, sizeof(path), "%s:/usr/bin:/bin", scratch);
	setenv("PATH", path, 1);
	strv_push(&spec.taps, "tap0");
	parse_bridge_addr(BRIDGE_ADDRESS, &spec.addr);
	ck_assert_int_eq(bridge_up_plan(&spec, &none, &plan, &why), 0);
	strv_free(&spec.taps);
}

static void teardown(void)
{
	netplan_free(&plan);
	buf_free(&words);
	setenv("PATH", "/usr/bin:/bin", 1);
	scratch_remove();
}

static int apply_with(const char *script)
{
	ck_assert_int_eq(chdir(scratch), 0);
	put_script("ip", script);
	return bridge_apply(&plan, &culprit, &words);
}

START_TEST(gets_the_lines)
{
	struct buf want = { 0 }, got = { 0 };

	netplan_batch(&plan, &want);
	ck_assert_int_eq(apply_with("#!/bin/sh\ncat >got\necho \"$@\" >>got\n"),
			 0);
	buf_adds(&want, "-batch -\n");
	ck_assert_int_eq(read_file("got", &got, 65536), 0);
	ck_assert_str_eq(got.p, want.p);
	ck_assert_str_eq(words.p, "");
	buf_free(&want);
	buf_free(&got);
}
END_TEST

START_TEST(says_which_failed)
{
	ck_assert_int_eq(apply_with("#!/bin/sh\necho 'RTNETLINK answers: No' "
				    ">&2\necho 'Command failed -:6' >&2\n"
				    "exit 1\n"),
			 -EIO);
	ck_assert_str_eq(words.p, "RTNETLINK answers: No");
	ck_assert_ptr_eq(culprit, &plan.v[5]);
	ck_assert_str_eq(culprit->final, "tap0");
}
END_TEST

START_TEST(line_beyond_the_plan)
{
	ck_assert_int_eq(apply_with("#!/bin/sh\necho 'Command failed -:11' "
				    ">&2\nexit 1\n"),
			 -EIO);
	ck_assert_ptr_null(culprit);
	ck_assert_str_eq(words.p, "exit status 1 without a word");
}
END_TEST

START_TEST(killed)
{
	ck_assert_int_eq(apply_with("#!/bin/sh\nkill -9 $$\n"), -EIO);
	ck_assert_ptr_null(culprit);
	ck_assert_str_eq(words.p, "killed by signal 9");
}
END_TEST

START_TEST(not_there)
{
	struct buf why = { 0 };

	setenv("PATH", scratch, 1);
	ck_assert_int_eq(bridge_apply(&plan, &culprit, &words), -ENOENT);
	bridge_no_ip(-ENOENT, &why);
	ck_assert_ptr_nonnull(strstr(why.p, "ip: not installed"));
	buf_free(&why);
}
END_TEST

START_TEST(nothing_to_do)
{
	plan.n = 0;
	ck_assert_int_eq(apply_with("#!/bin/sh\ntouch ran\n"), 0);
	ck_assert_int_eq(access("ran", F_OK), -1);
}
END_TEST

/* --- reading ---------------------------------------------------------------- */

static const struct {
	const char *script;
	int err;
	const char *want;
} readings[] = {
	{ "#!/bin/sh\necho '[]'\n", 0, NULL },
	{ "#!/bin/sh\necho 'Option -j is unknown' >&2\nexit 255\n", -EIO,
	  "ip: cannot list the interfaces: Option -j is unknown" },
	{ "#!/bin/sh\nexit 1\n", -EIO, "it failed without a word" },
	{ "#!/bin/sh\necho '1: lo'\n", -EINVAL, "iproute2 4.15" },
	{ NULL, -ENOENT, "ip: not installed" },
};

START_TEST(reading)
{
	struct netifs have = { 0 };

	if (readings[_i].script)
		put_script("ip", readings[_i].script);
	else
		setenv("PATH", scratch, 1);
	said_begin();
	ck_assert_int_eq(netifs_read(&have), readings[_i].err);
	ck_assert_int_eq(said_lines(), readings[_i].err != 0);
	if (readings[_i].want)
		ck_assert_said(readings[_i].want);
}
END_TEST

/* --- lock ------------------------------------------------------------------- */

/* The name is one a namespace: tests at the same time would see each other. */

static bool is_file(int fd)
{
	struct stat st;

	ck_assert_int_eq(fstat(fd, &st), 0);
	return S_ISREG(st.st_mode);
}

START_TEST(one_at_a_time)
{
	bool root = netns_enter();
	pid_t pid = 1;
	int fd;

	/* Who may not write to /run has a name instead of a file. */
	if (_i)
		setfsuid(65534);
	fd = bridge_lock(0, &pid);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pid, 0);
	ck_assert(is_file(fd) == (root && !_i));
	ck_assert_int_eq(bridge_lock(100, &pid), -EBUSY);
	ck_assert_int_eq(pid, getpid());
	bridge_unlock(fd);
	fd = bridge_lock(0, &pid);
	ck_assert_int_ge(fd, 0);
	bridge_unlock(fd);
}
END_TEST

/* Whoever waits gets it when the other has ended. */
START_TEST(waits)
{
	pid_t child, pid;
	int ready[2], fd;
	char byte;

	netns_enter();
	ck_assert_int_eq(pipe(ready), 0);
	child = fork();
	if (!child) {
		fd = bridge_lock(0, &pid);
		if (fd < 0 || write(ready[1], "", 1) != 1)
			_exit(1);
		usleep(200000);
		_exit(0);
	}
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	fd = bridge_lock(BRIDGE_LOCK_MS, &pid);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	bridge_unlock(fd);
}
END_TEST

START_TEST(no_file_left)
{
	struct stat net, st;
	char path[64];
	pid_t pid;
	int fd;

	if (!netns_enter()) {
		skip_test("no network namespace of one's own");
		return;
	}
	ck_assert_int_eq(stat("/proc/self/ns/net", &net), 0);
	snprintf(path, sizeof(path), "/run/bootlet-net.%llu.lock",
		 (unsigned long long)net.st_ino);
	fd = bridge_lock(0, &pid);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	bridge_unlock(fd);
	ck_assert_int_eq(stat(path, &st), -1);
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

static void take_name(void)
{
	static const char name[] = "\0bootlet-net";
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	memcpy(a.sun_path, name, sizeof(name) - 1);
	if (setgid(65534) || setuid(65534) ||
	    bind(fd, (const struct sockaddr *)&a,
		 offsetof(struct sockaddr_un, sun_path) + sizeof(name) - 1))
		_exit(1);
}

/* A name in a namespace is anybody's to take. */
START_TEST(others_cannot)
{
	int ready[2], fd;
	pid_t child, pid;
	char byte;

	if (!netns_enter()) {
		skip_test("no network namespace of one's own");
		return;
	}
	ck_assert_int_eq(pipe(ready), 0);
	child = fork();
	if (!child) {
		take_name();
		if (write(ready[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	fd = bridge_lock(0, &pid);
	ck_assert_int_ge(fd, 0);
	bridge_unlock(fd);
	kill(child, SIGKILL);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
}
END_TEST

/* What a bootlet that is no more has started keeps it to its own end. */
START_TEST(killed_with_a_child)
{
	pid_t child, pid;
	int fd, status;

	netns_enter();
	child = fork();
	if (!child) {
		if (bridge_lock(0, &pid) < 0)
			_exit(1);
		pid = fork();
		if (!pid)
			execlp("sleep", "sleep", "0.5", NULL);
		kill(getpid(), SIGKILL);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(bridge_lock(0, &pid), -EBUSY);
	ck_assert_int_eq(pid, child);
	fd = bridge_lock(BRIDGE_LOCK_MS, &pid);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bridge_lock(0, &pid), -EBUSY);
	ck_assert_int_eq(pid, getpid());
	bridge_unlock(fd);
}
END_TEST

START_TEST(rights)
{
	NEEDS_UNSHARE("-U");
	netns_enter();
	ck_assert_int_eq(bridge_may(), 0);
	/* Root of another user namespace is nobody here. */
	ck_assert_int_eq(unshare(CLONE_NEWUSER), 0);
	ck_assert_int_eq(bridge_may(), -EPERM);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("bridge_apply");
	TCase *t = tcase_create("apply"), *l = tcase_create("lock");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, gets_the_lines);
	tcase_add_test(t, says_which_failed);
	tcase_add_test(t, line_beyond_the_plan);
	tcase_add_test(t, killed);
	tcase_add_test(t, not_there);
	tcase_add_test(t, nothing_to_do);
	tcase_add_loop_test(t, reading, 0, COUNT(readings));
	suite_add_tcase(s, t);
	tcase_add_loop_test(l, words_of_ip, 0, COUNT(said_by_ip));
	tcase_add_loop_test(l, one_at_a_time, 0, 2);
	tcase_add_test(l, no_file_left);
	tcase_add_test(l, others_cannot);
	tcase_add_test(l, killed_with_a_child);
	tcase_add_test(l, waits);
	tcase_add_test(l, rights);
	suite_add_tcase(s, l);
	return s;
}
