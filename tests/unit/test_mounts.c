// SPDX-License-Identifier: MIT
#include "unit.h"

#include "fake_sys.h"
#include "init/cmdline.h"
#include "init/mounts.h"

#include <errno.h>
#include <string.h>

static struct boot_config cfg;

static const char all[] =
	"mount proc /proc proc 0xe -\n"
	"mount sysfs /sys sysfs 0xe -\n"
	"mount devtmpfs /dev devtmpfs 0x2 mode=0755\n"
	"mkdir /dev/pts 0755\n"
	"mount devpts /dev/pts devpts 0xa mode=0620,gid=5,ptmxmode=666\n"
	"mkdir /dev/shm 0755\n"
	"mount tmpfs /dev/shm tmpfs 0x6 mode=1777\n"
	"mount tmpfs /run tmpfs 0x6 mode=0755\n"
	"mount tmpfs /tmp tmpfs 0x6 mode=1777\n"
	"mount debugfs /sys/kernel/debug debugfs 0xe -\n"
	"mount tracefs /sys/kernel/tracing tracefs 0xe -\n"
	"mount securityfs /sys/kernel/security securityfs 0xe -\n"
	"mount configfs /sys/kernel/config configfs 0xe -\n"
	"mount cgroup2 /sys/fs/cgroup cgroup2 0xe -\n"
	"mount bpf /sys/fs/bpf bpf 0xe mode=0700\n";

#define N_MOUNTS 13
#define N_CALLS	 15

START_TEST(mounts_the_table_and_calls_nothing_else)
{
	fake_reset();
	ck_assert_int_eq(mounts_apply(&cfg), 0);
	ck_assert_str_eq(fake_text(), all);
}
END_TEST

START_TEST(mounted_already_is_success)
{
	fake_reset();
	fake_fail("mount", EBUSY, -1);
	ck_assert_int_eq(mounts_apply(&cfg), 0);
	ck_assert_str_eq(fake_text(), all);
}
END_TEST

START_TEST(makes_missing_mount_points)
{
	fake_reset();
	fake_fail("mount proc ", ENOENT, 1);
	fake_fail("mount tmpfs /run ", ENOENT, 1);
	ck_assert_int_eq(mounts_apply(&cfg), 0);
	ck_assert_str_eq(fake_line(1), "mkdir /proc 0755");
	ck_assert_str_eq(fake_line(2), "mount proc /proc proc 0xe -");
	ck_assert(fake_has("mkdir /run 0755"));
	ck_assert_uint_eq(fake_count("mount tmpfs /run "), 2);
	ck_assert_uint_eq(fake_count(""), N_CALLS + 4);
}
END_TEST

START_TEST(makes_nothing_below_sys)
{
	fake_reset();
	fake_fail("mount debugfs", ENOENT, -1);
	fake_fail("mount bpf", ENOENT, -1);
	ck_assert_int_eq(mounts_apply(&cfg), 0);
	ck_assert_str_eq(fake_text(), all);
}
END_TEST

START_TEST(without_devtmpfs_dev_is_a_tmpfs)
{
	fake_reset();
	fake_fail("mount devtmpfs ", ENODEV, -1);
	ck_assert_int_eq(mounts_apply(&cfg), 0);
	ck_assert_str_eq(fake_line(3), "mount tmpfs /dev tmpfs 0x2 mode=0755");
	ck_assert_uint_eq(fake_count(""), N_CALLS + 1);
}
END_TEST

START_TEST(without_devtmpfs_and_without_dev)
{
	fake_reset();
	fake_fail("mount devtmpfs ", ENOENT, 1);
	fake_fail("mount devtmpfs ", ENODEV, -1);
	ck_assert_int_eq(mounts_apply(&cfg), 0);
	ck_assert_str_eq(fake_line(3), "mkdir /dev 0755");
	ck_assert_str_eq(fake_line(5), "mount tmpfs /dev tmpfs 0x2 mode=0755");
}
END_TEST

START_TEST(a_kernel_that_knows_no_options_gets_none)
{
	fake_reset();
	fake_fail("mount tmpfs /tmp tmpfs 0x6 mode", EINVAL, -1);
	ck_assert_int_eq(mounts_apply(&cfg), 0);
	ck_assert(fake_has("mount tmpfs /tmp tmpfs 0x6 -"));
}
END_TEST

START_TEST(only_proc_must_be)
{
	fake_reset();
	for (size_t i = 1; i < N_CALLS; i++) {
		fake_reset();
		fake_fail_call(i, EPERM);
		ck_assert_int_eq(mounts_apply(&cfg), 0);
		ck_assert_uint_eq(fake_count(""), N_CALLS);
		ck_assert_uint_eq(fake_count("mount "), N_MOUNTS);
	}
	fake_reset();
	fake_fail("mount proc ", ENODEV, -1);
	ck_assert_int_eq(mounts_apply(&cfg), -ENODEV);
	ck_assert_uint_eq(fake_count(""), 1);
}
END_TEST

START_TEST(a_mount_point_that_cannot_be_made)
{
	fake_reset();
	fake_fail("mount proc ", ENOENT, -1);
	fake_fail("mkdir /proc", EROFS, -1);
	ck_assert_int_eq(mounts_apply(&cfg), -EROFS);
	ck_assert_uint_eq(fake_count(""), 2);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("mounts");
	TCase *t = tcase_create("mounts");

	tcase_add_test(t, mounts_the_table_and_calls_nothing_else);
	tcase_add_test(t, mounted_already_is_success);
	tcase_add_test(t, makes_missing_mount_points);
	tcase_add_test(t, makes_nothing_below_sys);
	tcase_add_test(t, without_devtmpfs_dev_is_a_tmpfs);
	tcase_add_test(t, without_devtmpfs_and_without_dev);
	tcase_add_test(t, a_kernel_that_knows_no_options_gets_none);
	tcase_add_test(t, only_proc_must_be);
	tcase_add_test(t, a_mount_point_that_cannot_be_made);
	suite_add_tcase(s, t);
	return s;
}
