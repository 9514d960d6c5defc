// SPDX-License-Identifier: MIT
#include "unit.h"

#include "host/kernel.h"
#include "host/klist.h"
#include "scratch.h"

#include <errno.h>

static void image(const char *name, const char *release)
{
	static unsigned char img[4096];

	memset(img, 0, sizeof(img));
	img[0x1f1] = 1;
	img[0x1fe] = 0x55;
	img[0x1ff] = 0xaa;
	memcpy(img + 0x202, "HdrS", 4);
	img[0x206] = 0x0f;
	img[0x207] = 0x02;
	img[0x20f] = 0x02;
	img[0x236] = 1;
	snprintf((char *)img + 0x400, 128, "%s (me) #1", release);
	put(name, img, sizeof(img), 0644);
}

static void setup(void)
{
	scratch_make();
	said_begin();
	setenv("XDG_CACHE_HOME", at("cache"), 1);
	ck_assert_int_eq(chdir(scratch), 0);
}

/* Finds, and expects image and module directory; "" is none. */
static void found(const char *spec, const char *img, const char *release,
		  const char *moddir)
{
	struct kernel k;
	char *want, *got;

	said_begin();
	ck_assert_msg(!kernel_find(spec, &k), "%s: %s", spec, said());
	ck_assert_str_eq(k.spec, spec);
	want = realpath(at(img), NULL);
	got = realpath(k.image, NULL);
	ck_assert_str_eq(got, want);
	free(want);
	free(got);
	ck_assert_str_eq(k.release, release);
	if (*moddir)
		ck_assert_str_eq(k.moddir, at(moddir));
	else
		ck_assert_ptr_null(k.moddir);
	kernel_free(&k);
	ck_assert_str_eq(said(), "");
}

static void refused(const char *spec, int err, const char *words)
{
	struct kernel k;

	said_begin();
	ck_assert_int_eq(kernel_find(spec, &k), err);
	ck_assert_said(words);
	ck_assert_int_eq(said_lines(), 1);
	ck_assert_ptr_null(k.image);
}

/* As packages lie: Debian up to 6.12, then with usr, then from 7.2. */
static const struct {
	const char *image, *modules;
} layouts[] = {
	{ "p/boot/vmlinuz-6.1-x", "p/lib/modules/6.1-x" },
	{ "p/boot/vmlinuz-6.1-x", "p/usr/lib/modules/6.1-x" },
	{ "p/usr/lib/modules/6.1-x/vmlinuz", "p/usr/lib/modules/6.1-x" },
	{ "p/lib/modules/6.1-x/vmlinuz", "p/lib/modules/6.1-x" },
	{ "p/boot/vmlinuz-6.1-x", "" },
};

START_TEST(package)
{
	char order[256];

	image(layouts[_i].image, "6.1-x");
	if (*layouts[_i].modules) {
		snprintf(order, sizeof(order), "%s/modules.order",
			 layouts[_i].modules);
		put_text(order, "");
	}
	found("p", layouts[_i].image, "6.1-x", layouts[_i].modules);
	found("p/", layouts[_i].image, "6.1-x", layouts[_i].modules);
	found(layouts[_i].image, layouts[_i].image, "6.1-x",
	      layouts[_i].modules);
	if (*layouts[_i].modules)
		found(layouts[_i].modules, layouts[_i].image, "6.1-x",
		      layouts[_i].modules);
}
END_TEST

START_TEST(image_and_modules_once)
{
	image("p/boot/vmlinuz-6.1-x", "6.1-x");
	image("p/lib/modules/6.1-x/vmlinuz", "6.1-x");
	put_text("p/lib/modules/6.1-x/modules.order", "");
	found("p", "p/boot/vmlinuz-6.1-x", "6.1-x", "p/lib/modules/6.1-x");
}
END_TEST

START_TEST(several)
{
	image("p/boot/vmlinuz-6.1", "6.1");
	image("p/boot/vmlinuz-6.2", "6.2");
	image("p/boot/vmlinuz-6.2.old", "6.2");
	refused("p", -EINVAL, "several kernels");
	ck_assert_said("p/boot/vmlinuz-6.1");
	ck_assert_said("p/boot/vmlinuz-6.2");
	ck_assert_ptr_null(strstr(said(), ".old"));
	found("p/boot/vmlinuz-6.2", "p/boot/vmlinuz-6.2", "6.2", "");
}
END_TEST

START_TEST(tree)
{
	struct kernel k;

	put_text("t/include/config/auto.conf", "");
	refused("t", -EINVAL, "not built");
	image("t/arch/x86/boot/bzImage", "6.3-tree");
	found("t", "t/arch/x86/boot/bzImage", "6.3-tree", "");
	put_text("t/modules.order", "");
	found("t", "t/arch/x86/boot/bzImage", "6.3-tree", "t");
	found("t/arch/x86/boot/bzImage", "t/arch/x86/boot/bzImage", "6.3-tree",
	      "t");
	put_text("t/drivers/net/Kconfig", "");
	ck_assert_int_eq(chdir("t/drivers/net"), 0);
	ck_assert_int_eq(kernel_find(NULL, &k), 0);
	ck_assert_str_eq(k.tree, at("t"));
	ck_assert_str_eq(k.spec, "");
	kernel_free(&k);
}
END_TEST

START_TEST(sources_not_built)
{
	struct kernel k;

	put_text("s/Kconfig", "");
	put_text("s/Makefile", "");
	put_text("s/arch/x86/Kconfig", "");
	refused("s", -EINVAL, "not built");
	ck_assert_int_eq(chdir("s/arch/x86"), 0);
	said_begin();
	ck_assert_int_eq(kernel_find(NULL, &k), -EINVAL);
	ck_assert_said("not built");
}
END_TEST

START_TEST(odd_names)
{
	const char *odd = "-a b,'c'\n\xff";

	image(odd, "6.1");
	found(odd, odd, "6.1", "");
}
END_TEST

START_TEST(dash_is_no_option)
{
	struct kernel k;

	image("-kernel", "6.1");
	ck_assert_int_eq(kernel_find("-kernel", &k), 0);
	ck_assert_str_eq(k.image, "./-kernel");
	kernel_free(&k);
}
END_TEST

START_TEST(bad)
{
	put_text("text", "#!/bin/sh\n");
	put_text("dir/file", "");
	image("cut", "6.1");
	ck_assert_int_eq(truncate(at("cut"), 1000), 0);
	refused("text", -ENOEXEC, "text: not a kernel image");
	refused("./none", -ENOENT, "./none: No such file");
	refused("dir", -ENOENT, "no kernel in this directory");
	refused("cut", -ENOEXEC, "truncated");
	refused("", -EINVAL, "empty");
	refused("a\nb", -ENOENT, "a\\x0ab");
	refused("distro:", -EINVAL, "not the name of a release");
	refused("distro:../x", -EINVAL, "not the name of a release");
}
END_TEST

START_TEST(cached_release)
{
	image("cache/bootlet/kernels/sid-x/boot/vmlinuz-9.9-bootlet-x",
	      "9.9-bootlet-x");
	put_text("cache/bootlet/kernels/sid-x/.bootlet-complete", "1\n");
	found("9.9-bootlet-x",
	      "cache/bootlet/kernels/sid-x/boot/vmlinuz-9.9-bootlet-x",
	      "9.9-bootlet-x", "");
	refused("9.9-bootlet-y", -ENOENT, "did you mean 9.9-bootlet-x?");
	refused("entirely-different", -ENOENT, "9.9-bootlet-x");
}
END_TEST

START_TEST(releases)
{
	static const char *const rows[][2] = {
		{ "/boot/vmlinuz-6.1-x", "6.1-x" },
		{ "vmlinuz-6.1", "6.1" },
		{ "/lib/modules/6.2/vmlinuz", "6.2" },
	};
	char *got = klist_release(rows[_i][0]);

	ck_assert_str_eq(got, rows[_i][1]);
	free(got);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("kernel");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, scratch_remove);
	tcase_add_loop_test(t, package, 0, sizeof(layouts) / sizeof(*layouts));
	tcase_add_test(t, image_and_modules_once);
	tcase_add_test(t, several);
	tcase_add_test(t, tree);
	tcase_add_test(t, sources_not_built);
	tcase_add_test(t, odd_names);
	tcase_add_test(t, dash_is_no_option);
	tcase_add_test(t, bad);
	tcase_add_test(t, cached_release);
	tcase_add_loop_test(t, releases, 0, 3);
	suite_add_tcase(s, t);
	return s;
}
