// SPDX-License-Identifier: MIT
/*
 * The ladder of downloads, with programs in PATH that play apt: they log what
 * they are asked and answer by files in $D. Needs Debian or Ubuntu, as the
 * module does.
 */
#include "unit.h"

#include "aptfake.h"

#include <errno.h>

START_TEST(machine_lists)
{
	char *dir;

	put_text("machine", "");
	fetch(NULL);
	ck_assert_int_eq(logged("update"), 0);
	ck_assert_int_eq(logged("Dir::State"), 0);
	ck_assert_int_eq(logged("download"), 2);
	ck_assert_int_eq(logged(IMAGE "=2"), 1);
	ck_assert_int_eq(logged("download busybox-static"), 1);
	ck_assert_said("downloading " IMAGE " (20 B)");
	dir = cache_lookup("kernels/stable");
	ck_assert_str_eq(dir, at("a cache/bootlet/kernels/stable-" IMAGE));
	free(dir);
}
END_TEST

START_TEST(second_time_asks_nobody)
{
	struct strv dirs = { 0 };

	put_text("machine", "");
	fetch(NULL);
	put_text("log", "");
	said_begin();
	fetch(NULL);
	fetch("stable");
	ck_assert_str_eq(said(), "");
	ck_assert_int_eq(logged(""), 0);
	distro_cached(&dirs);
	ck_assert_uint_eq(dirs.n, 1);
	strv_free(&dirs);
}
END_TEST

START_TEST(no_machine_lists)
{
	fetch(NULL);
	ck_assert_int_eq(logged("update"), 1);
	ck_assert_said("fetching the package lists of stable");
}
END_TEST

START_TEST(stale_machine_lists)
{
	put_text("machine", "");
	put_text("stale", "");
	fetch(NULL);
	ck_assert_int_eq(logged("update"), 1);
}
END_TEST

START_TEST(other_suite)
{
	char text[512] = "";
	int fd;

	put_text("machine", "");
	fetch("sid");
	ck_assert_int_eq(logged("update"), 1);
	fd = open(at("a cache/bootlet/apt/sid/sources.d/bootlet.sources"),
		  O_RDONLY);
	ck_assert_int_gt(read(fd, text, sizeof(text) - 1), 0);
	close(fd);
	ck_assert_ptr_nonnull(strstr(text, "URIs: http://example.org/d\n"
					   "Suites: sid\n"));
}
END_TEST

START_TEST(private_lists_again)
{
	char *dir;

	put_text("updated", "");
	ck_assert_int_eq(distro_package("busybox-static", &dir), 0);
	ck_assert_str_eq(dir, at("a cache/bootlet/packages/busybox-static"));
	ck_assert_int_eq(logged("update"), 0);
	ck_assert_int_eq(logged("show --no-all-versions -- libc"), 0);
	free(dir);
	dir = distro_package_cached("busybox-static");
	ck_assert_ptr_nonnull(dir);
	free(dir);
	ck_assert_ptr_null(distro_package_cached("none"));
}
END_TEST

/* Installed, but in no list: that is nothing to download. */
START_TEST(installed_only)
{
	put_text("machine", "");
	put_text("installed", "");
	fetch(NULL);
	ck_assert_int_eq(logged("update"), 1);
}
END_TEST

START_TEST(offline)
{
	put_text("offline", "");
	refused(NULL, -ENOENT, "cannot resolve");
	ck_assert_int_eq(said_lines(), 2);
}
END_TEST

START_TEST(download_fails)
{
	put_text("broken", "");
	refused("sid", -EIO, IMAGE ": cannot download it: no route");
}
END_TEST

START_TEST(unpack_fails)
{
	put_text("machine", "");
	put_text("fulldisk", "");
	refused(NULL, -EIO, "disk full");
}
END_TEST

START_TEST(no_room)
{
	put_text("machine", "");
	put_text("size", "900000000000");
	refused(NULL, -ENOSPC, "not enough room");
	ck_assert_int_eq(said_lines(), 1);
	ck_assert_int_eq(logged("download"), 0);
}
END_TEST

START_TEST(no_kernel_in_it)
{
	put_text("machine", "");
	ck_assert_int_eq(unlink(at("pkg/boot/vmlinuz-9.9-unit")), 0);
	refused(NULL, -ENOENT, "no kernel");
}
END_TEST

START_TEST(bad_suite)
{
	refused("a b", -EINVAL, "distro:a b: not the name of a release");
	refused("", -EINVAL, "not the name");
	refused(".", -EINVAL, "not the name");
	refused("..", -EINVAL, "not the name");
	ck_assert_int_eq(logged(""), 0);
}
END_TEST

START_TEST(no_sources)
{
	put_text("sources.list", "# nothing\n");
	refused("sid", -ENODATA, "no source with its own archive");
	ck_assert(!distro_available());
}
END_TEST

START_TEST(no_apt)
{
	ck_assert(distro_available());
	ck_assert_int_eq(unlink(at("bin/apt-get")), 0);
	setenv("PATH", at("bin"), 1);
	refused(NULL, -EOPNOTSUPP, "apt-get: not found");
	ck_assert(!distro_available());
	setenv("PATH", "/usr/bin:/bin", 1);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("distro");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, scratch_remove);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, machine_lists);
	tcase_add_test(t, second_time_asks_nobody);
	tcase_add_test(t, no_machine_lists);
	tcase_add_test(t, stale_machine_lists);
	tcase_add_test(t, other_suite);
	tcase_add_test(t, private_lists_again);
	tcase_add_test(t, installed_only);
	tcase_add_test(t, offline);
	tcase_add_test(t, download_fails);
	tcase_add_test(t, unpack_fails);
	tcase_add_test(t, no_room);
	tcase_add_test(t, no_kernel_in_it);
	tcase_add_test(t, bad_suite);
	tcase_add_test(t, no_sources);
	tcase_add_test(t, no_apt);
	suite_add_tcase(s, t);
	return s;
}
