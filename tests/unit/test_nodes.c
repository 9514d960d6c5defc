// SPDX-License-Identifier: MIT
#include "unit.h"

#include "fake_sys.h"
#include "init/cmdline.h"
#include "init/nodes.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct boot_config cfg;

static const char all[] = "mknod /dev/ttyS0 020666 4:64\n"
			  "mknod /dev/full 020666 1:7\n"
			  "mknod /dev/ttyS1 020600 4:65\n"
			  "mknod /dev/ttyS2 020600 4:66\n"
			  "mknod /dev/ttyS3 020600 4:67\n"
			  "mknod /dev/console 020600 5:1\n"
			  "mknod /dev/null 020666 1:3\n"
			  "mknod /dev/zero 020666 1:5\n"
			  "mknod /dev/random 020666 1:8\n"
			  "mknod /dev/urandom 020666 1:9\n"
			  "mknod /dev/tty 020666 5:0\n"
			  "mknod /dev/kmsg 020644 1:11\n"
			  "mknod /dev/ptmx 020666 5:2\n"
			  "symlink /proc/self/fd /dev/fd\n"
			  "symlink /proc/self/fd/0 /dev/stdin\n"
			  "symlink /proc/self/fd/1 /dev/stdout\n"
			  "symlink /proc/self/fd/2 /dev/stderr\n";

#define N_CALLS 17

static void setup(void)
{
	fake_reset();
	memset(&cfg, 0, sizeof(cfg));
}

START_TEST(makes_every_node_and_link)
{
	ck_assert_int_eq(nodes_apply(&cfg), 0);
	ck_assert_str_eq(fake_text(), all);
}
END_TEST

START_TEST(what_is_there_is_kept_but_for_the_mode_of_ttys0)
{
	fake_fail("mknod /dev/full", 0, -1);
	fake_fail("mknod", EEXIST, -1);
	fake_fail("symlink", EEXIST, -1);
	ck_assert_int_eq(nodes_apply(&cfg), 0);
	ck_assert_str_eq(fake_line(1), "chmod /dev/ttyS0 0666");
	ck_assert_uint_eq(fake_count("chmod"), 1);
	ck_assert_uint_eq(fake_count(""), N_CALLS + 1);
}
END_TEST

/* A call for each that devtmpfs has would take longer than a mount. */
START_TEST(where_devtmpfs_is_only_what_it_has_not)
{
	fake_fail("mknod", EEXIST, -1);
	ck_assert_int_eq(nodes_apply(&cfg), 0);
	ck_assert_str_eq(fake_text(), "mknod /dev/ttyS0 020666 4:64\n"
				      "chmod /dev/ttyS0 0666\n"
				      "mknod /dev/full 020666 1:7\n"
				      "symlink /proc/self/fd /dev/fd\n"
				      "symlink /proc/self/fd/0 /dev/stdin\n"
				      "symlink /proc/self/fd/1 /dev/stdout\n"
				      "symlink /proc/self/fd/2 /dev/stderr\n");
}
END_TEST

START_TEST(one_failure_does_not_stop_the_others)
{
	fake_fail("mknod /dev/null", EPERM, -1);
	fake_fail("symlink /proc/self/fd/1", EROFS, -1);
	ck_assert_int_eq(nodes_apply(&cfg), -EPERM);
	ck_assert_str_eq(fake_text(), all);
}
END_TEST

START_TEST(a_mode_that_cannot_be_set_is_a_failure)
{
	fake_fail("mknod /dev/ttyS0", EEXIST, -1);
	fake_fail("chmod", EPERM, -1);
	ck_assert_int_eq(nodes_apply(&cfg), -EPERM);
}
END_TEST

START_TEST(the_umask_is_as_before)
{
	umask(027);
	ck_assert_int_eq(nodes_apply(&cfg), 0);
	ck_assert_uint_eq(umask(022), 027);
}
END_TEST

/* No such tty, a path out of /dev, a name longer than any: no call, no fault.
 * That a real one gets its node is asserted in a VM. */
START_TEST(odd_consoles_are_left_alone)
{
	char longer[300];

	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	cfg.console = longer;
	ck_assert_int_eq(nodes_apply(&cfg), 0);
	cfg.console = "no-such-tty";
	ck_assert_int_eq(nodes_apply(&cfg), 0);
	ck_assert_uint_eq(fake_count(""), 2 * N_CALLS);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("nodes");
	TCase *t = tcase_create("nodes");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, makes_every_node_and_link);
	tcase_add_test(t, what_is_there_is_kept_but_for_the_mode_of_ttys0);
	tcase_add_test(t, where_devtmpfs_is_only_what_it_has_not);
	tcase_add_test(t, one_failure_does_not_stop_the_others);
	tcase_add_test(t, a_mode_that_cannot_be_set_is_a_failure);
	tcase_add_test(t, the_umask_is_as_before);
	tcase_add_test(t, odd_consoles_are_left_alone);
	suite_add_tcase(s, t);
	return s;
}
