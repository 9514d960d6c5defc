// SPDX-License-Identifier: MIT
/* One bootlet at a time, where no file in /run can be had: by a name. */
#include "host/bridge_lock.h"
#include "netns.h"
#include "unit.h"

#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/wait.h>

/* In a network of its own, whose names are nobody else's, and with a /run
 * that nothing can be written to. */
static void setup(void)
{
	netns_enter();
	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	ck_assert_int_eq(mount("none", "/run", "tmpfs", MS_RDONLY, NULL), 0);
}

/* Have it in a child, until @out is written to. Return: its number. */
static pid_t hold(int *out)
{
	int go[2], done[2];
	char c = 0;
	pid_t pid, other;

	ck_assert(!pipe(go) && !pipe(done));
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		close(go[1]);
		if (bridge_lock(0, &other) < 0 || write(done[1], "x", 1) != 1)
			_exit(1);
		/* Without bridge_unlock(), as one that dies. */
		_exit(read(go[0], &c, 1) < 0);
	}
	close(go[0]);
	close(done[1]);
	ck_assert_int_eq(read(done[0], &c, 1), 1);
	close(done[0]);
	*out = go[1];
	return pid;
}

START_TEST(one_at_a_time)
{
	pid_t holder, pid = 1;
	int fd, go, status;

	holder = hold(&go);
	ck_assert_int_eq(bridge_lock(100, &pid), -EBUSY);
	ck_assert_int_eq(pid, holder);
	close(go);
	/* It ends while it is waited for. */
	fd = bridge_lock(BRIDGE_LOCK_MS, &pid);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pid, 0);
	ck_assert_int_eq(waitpid(holder, &status, 0), holder);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(bridge_lock(0, &pid), -EBUSY);
	ck_assert_int_eq(pid, getpid());
	bridge_unlock(fd);
	fd = bridge_lock(0, &pid);
	ck_assert_int_ge(fd, 0);
	bridge_unlock(fd);
}
END_TEST

/* What was started under the lock is at work still. */
START_TEST(inherited)
{
	pid_t child, pid;
	int fd = bridge_lock(0, &pid);

	ck_assert_int_ge(fd, 0);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		execlp("sleep", "sleep", "60", NULL);
		_exit(1);
	}
	bridge_unlock(fd);
	ck_assert_int_eq(bridge_lock(0, &pid), -EBUSY);
	kill(child, SIGKILL);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	fd = bridge_lock(0, &pid);
	ck_assert_int_ge(fd, 0);
	bridge_unlock(fd);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("bridge_lock");
	TCase *t = tcase_create("by name");

	tcase_set_timeout(t, 30);
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, one_at_a_time);
	tcase_add_test(t, inherited);
	suite_add_tcase(suite, t);
	return suite;
}
