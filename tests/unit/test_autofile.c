// SPDX-License-Identifier: MIT
#include "elfprog.h"
#include "host/autofile.h"
#include "scratch.h"
#include "unit.h"

#include <errno.h>

static struct sharespec s;
static struct image img;
static struct strv added;

static void setup(void)
{
	memset(&s, 0, sizeof(s));
	scratch_make();
	mkdir(at("cwd"), 0755);
	ck_assert_int_eq(chdir(at("cwd")), 0);
	said_begin();
}

static void teardown(void)
{
	sharespec_free(&s);
	image_free(&img);
	strv_free(&added);
	scratch_remove();
}

#define run(...) \
	autofile_add((char *const[]){ __VA_ARGS__, NULL }, &s, &img, &added)

static const struct image_entry *entry(const char *path)
{
	for (size_t i = 0; i < img.n; i++)
		if (!strcmp(img.e[i].path, path + 1))
			return &img.e[i];
	return NULL;
}

static void put_elf(const char *name, const char *loader)
{
	char p[512];

	put(name, p, make_elf(p, ELFCLASS64, loader), 0755);
}

/* --- what goes into the image --------------------------------------------- */

START_TEST(a_static_program_and_its_files)
{
	put_elf("cwd/t est", NULL);
	put_text("cwd/data", "12345");
	put_text("cwd/sub/more", "");
	put_text("outside", "");
	ck_assert_int_eq(run("./t est", "data", "./sub/more", "-x", "none",
			     "sub", "../outside", "/etc/passwd", "data"),
			 0);
	ck_assert_ptr_nonnull(entry(at("cwd/t est")));
	ck_assert_uint_eq(entry(at("cwd/t est"))->mode, S_IFREG | 0755);
	ck_assert_uint_eq(entry(at("cwd/data"))->size, 5);
	ck_assert_ptr_nonnull(entry(at("cwd/sub/more")));
	ck_assert_uint_eq(img.n, 3);
	ck_assert_uint_eq(added.n, 3);
	ck_assert_msg(!strncmp(added.v[0], "./t est:/", 9), "%s", added.v[0]);
	/* It starts here, where the guest would have an empty /tmp. */
	ck_assert_str_eq(s.cwd, at("cwd"));
	ck_assert(s.make_cwd);
	ck_assert_uint_eq(s.bare.n, 1);
	ck_assert_str_eq(s.bare.v[0], "/tmp");
}
END_TEST

START_TEST(a_name_leads_up)
{
	put_elf("t", NULL);
	ck_assert_int_eq(run("../cwd/.././t"), 0);
	ck_assert_ptr_nonnull(entry(at("t")));
}
END_TEST

START_TEST(a_directory_that_was_asked_for)
{
	put_elf("cwd/t", NULL);
	s.cwd = xstrdup("/srv/x");
	ck_assert_int_eq(run("./t"), 0);
	ck_assert_ptr_nonnull(entry("/srv/x/t"));
	ck_assert_str_eq(s.cwd, "/srv/x");
	ck_assert(!s.make_cwd && !s.bare.n);
}
END_TEST

START_TEST(not_a_file_of_this_machine)
{
	put_elf("cwd/t", NULL);
	mkdir(at("cwd/d"), 0755);
	ck_assert_int_eq(run("t"), 0);
	ck_assert_int_eq(run("./none"), 0);
	ck_assert_int_eq(run("./d"), 0);
	ck_assert_int_eq(run(""), 0);
	ck_assert_int_eq(run("/proc/self/exe"), 0);
	ck_assert_int_eq(autofile_add(NULL, &s, &img, &added), 0);
	ck_assert_uint_eq(img.n + added.n, 0);
	ck_assert_ptr_null(s.cwd);
}
END_TEST

/* No question of a loader then either. */
START_TEST(the_image_has_it)
{
	put_elf("cwd/t", "/lib/ld.so");
	image_add_data(&img, "root/t", "x", 1, 0755);
	ck_assert_int_eq(run("./t"), 0);
	ck_assert_uint_eq(img.n, 1);
	ck_assert_ptr_null(s.cwd);
}
END_TEST

START_TEST(a_share_has_it)
{
	put_elf("cwd/t", "/lib/ld.so");
	s.share[s.n++] = (struct share){ .dir = xstrdup(scratch),
					 .at = xstrdup(scratch) };
	s.cwd = xstrdup(at("cwd"));
	ck_assert_int_eq(run("./t"), 0);
	ck_assert_uint_eq(img.n, 0);
}
END_TEST

START_TEST(a_loader_is_missing)
{
	put_elf("cwd/t", "/lib64/ld-x.so.2");
	ck_assert_int_eq(run("./t"), -ELIBACC);
	ck_assert_said("./t: needs its dynamic loader, /lib64/ld-x.so.2; take "
		       "this machine's files along with --root /, or link it "
		       "statically");
	ck_assert_int_eq(said_lines(), 1);
	ck_assert_uint_eq(img.n, 0);
	/* Wherever /lib64 leads to. */
	image_add_data(&img, "usr/lib64/ld-x.so.2", "x", 1, 0755);
	ck_assert_int_eq(run("./t"), 0);
	ck_assert_ptr_nonnull(entry(at("cwd/t")));
}
END_TEST

START_TEST(an_interpreter_is_missing)
{
	put_script("cwd/t", "#!/usr/bin/python3\n");
	put_script("cwd/u", "#!/bin/sh\n");
	image_add_symlink(&img, IMAGE_WEAK, "bin/sh", "busybox", "test");
	ck_assert_int_eq(run("./t"), -ELIBACC);
	ck_assert_said("./t: is a script for /usr/bin/python3");
	ck_assert_int_eq(run("./u"), 0);
	ck_assert_ptr_nonnull(entry(at("cwd/u")));
}
END_TEST

START_TEST(too_much)
{
	put_elf("cwd/t", NULL);
	put_text("cwd/big", "");
	ck_assert_int_eq(truncate("big", AUTOFILE_MAX), 0);
	ck_assert_int_eq(run("./t", "big"), -EFBIG);
	ck_assert_said("big: too large for the image");
	ck_assert_int_eq(said_lines(), 1);
	ck_assert_int_eq(truncate("t", AUTOFILE_MAX), 0);
	ck_assert_int_eq(run("./t"), 0);
	ck_assert_int_eq(truncate("t", AUTOFILE_MAX + 1), 0);
	image_free(&img);
	ck_assert_int_eq(run("./t"), -EFBIG);
	ck_assert_said("./t: too large for the image");
	ck_assert_uint_eq(img.n, 0);
}
END_TEST

/* The image's file would be out of sight in the guest. */
START_TEST(where_the_guest_has_its_own)
{
	char dir[] = "/dev/shm/bootlet-unit-XXXXXX";
	int err;

	if (!mkdtemp(dir))
		return; /* this machine has no such place */
	ck_assert_int_eq(chdir(dir), 0);
	ck_assert_int_eq(symlink(at("cwd/t"), "t"), 0);
	put_elf("cwd/t", NULL);
	err = run("./t");
	unlink("t");
	rmdir(dir);
	ck_assert_int_eq(err, -ELIBACC);
	ck_assert_said("./t: cannot be in the image at /dev/shm/");
	ck_assert_int_eq(said_lines(), 1);
	ck_assert_uint_eq(img.n + added.n, 0);
}
END_TEST

/* --- files for what the image has ------------------------------------------ */

static void add_applets(void)
{
	image_add_symlink(&img, IMAGE_WEAK, "sbin/insmod", "busybox", "test");
	image_add_symlink(&img, IMAGE_WEAK, "bin/sh", "busybox", "test");
}

START_TEST(files_for_an_applet)
{
	add_applets();
	put_text("cwd/t est.ko", "12345");
	put_text("cwd/sub/x.sh", "");
	ck_assert_int_eq(run("insmod", "t est.ko", "-f", "a=1"), 0);
	ck_assert_uint_eq(entry(at("cwd/t est.ko"))->size, 5);
	ck_assert_uint_eq(img.n, 3);
	ck_assert_uint_eq(added.n, 1);
	ck_assert_str_eq(s.cwd, at("cwd"));
	ck_assert(s.make_cwd);
	ck_assert_str_eq(s.bare.v[0], "/tmp");
	ck_assert_int_eq(run("sh", "./sub/x.sh"), 0);
	ck_assert_ptr_nonnull(entry(at("cwd/sub/x.sh")));
}
END_TEST

START_TEST(an_applet_that_is_left_alone)
{
	add_applets();
	put_text("cwd/data", "");
	put_text("outside", "");
	mkdir(at("cwd/d"), 0755);
	ck_assert_int_eq(run("sh"), 0);
	ck_assert_int_eq(run("sh", "-c", "cat data"), 0);
	ck_assert_int_eq(run("sh", "d", "../outside", "/etc/passwd", "-data",
			     "none", ""),
			 0);
	/* Not in the image, or not where it is looked up. */
	ck_assert_int_eq(run("python3", "data"), 0);
	image_add_data(&img, "srv/python3", "x", 1, 0755);
	ck_assert_int_eq(run("python3", "data"), 0);
	ck_assert_int_eq(run("", "data"), 0);
	ck_assert_uint_eq(img.n, 3);
	ck_assert_uint_eq(added.n, 0);
	ck_assert_ptr_null(s.cwd);
}
END_TEST

/* It would not be found any more if the command started elsewhere. */
START_TEST(a_file_of_the_images)
{
	add_applets();
	put_text("cwd/data", "");
	put_text("cwd/more", "");
	image_add_data(&img, "root/data", "x", 1, 0644);
	ck_assert_int_eq(run("sh", "more", "./data"), 0);
	ck_assert_uint_eq(img.n, 3);
	ck_assert_ptr_null(s.cwd);
}
END_TEST

START_TEST(a_place_that_the_guest_hides)
{
	add_applets();
	ck_assert_int_eq(chdir("/proc/self"), 0);
	ck_assert_int_eq(run("sh", "status"), 0);
	ck_assert_uint_eq(img.n, 2);
	ck_assert_ptr_null(s.cwd);
	ck_assert_int_eq(said_lines(), 0);
}
END_TEST

START_TEST(too_much_for_an_applet)
{
	add_applets();
	put_text("cwd/big", "");
	put_text("cwd/one", "1");
	ck_assert_int_eq(truncate("big", AUTOFILE_MAX), 0);
	ck_assert_int_eq(run("sh", "big", "one"), -EFBIG);
	ck_assert_said("one: too large for the image");
	ck_assert_int_eq(said_lines(), 1);
}
END_TEST

START_TEST(files_where_it_was_asked_for)
{
	add_applets();
	put_text("cwd/data", "");
	s.cwd = xstrdup("/srv");
	ck_assert_int_eq(run("sh", "data"), 0);
	ck_assert_ptr_nonnull(entry("/srv/data"));
	ck_assert(!s.make_cwd && !s.bare.n);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("autofile");
	TCase *t = tcase_create("image");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_static_program_and_its_files);
	tcase_add_test(t, a_name_leads_up);
	tcase_add_test(t, a_directory_that_was_asked_for);
	tcase_add_test(t, not_a_file_of_this_machine);
	tcase_add_test(t, the_image_has_it);
	tcase_add_test(t, a_share_has_it);
	tcase_add_test(t, a_loader_is_missing);
	tcase_add_test(t, an_interpreter_is_missing);
	tcase_add_test(t, too_much);
	tcase_add_test(t, where_the_guest_has_its_own);
	suite_add_tcase(suite, t);
	t = tcase_create("applets");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, files_for_an_applet);
	tcase_add_test(t, an_applet_that_is_left_alone);
	tcase_add_test(t, a_file_of_the_images);
	tcase_add_test(t, a_place_that_the_guest_hides);
	tcase_add_test(t, too_much_for_an_applet);
	tcase_add_test(t, files_where_it_was_asked_for);
	suite_add_tcase(suite, t);
	return suite;
}
