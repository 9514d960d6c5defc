// SPDX-License-Identifier: MIT
/* What a build needs: found, or named with the package that has it. */
#include "host/kconfig_tools.h"
#include "scratch.h"
#include "unit.h"

#include <errno.h>

static char *old_path;

static void begin(void)
{
	scratch_make();
	old_path = xstrdup(getenv("PATH"));
	unsetenv("LLVM");
	unsetenv("HOSTCC");
}

static void end(void)
{
	setenv("PATH", old_path, 1);
	free(old_path);
	scratch_remove();
}

/* PATH has what @names says and nothing else. */
static void only(const char *const *names)
{
	for (; *names; names++) {
		char *path = xasprintf("bin/%s", *names);

		put_script(path, "#!/bin/sh\nexit 0\n");
		free(path);
	}
	setenv("PATH", at("bin"), 1);
}

START_TEST(tools_are_named)
{
	static const char *const some[] = { "make", "gcc", "ld", NULL };

	only(some);
	said_begin();
	ck_assert_int_eq(ktools_require(KTOOL_CONFIG, NULL), -ENOENT);
	ck_assert_said("flex, bison: not installed");
	ck_assert_said("apt-get install flex bison");
	ck_assert_int_eq(said_lines(), 1);
}
END_TEST

START_TEST(tools_for_a_config)
{
	static const char *const some[] = { "make",  "clang", "ld.lld", "flex",
					    "bison", "bc",    "perl",	NULL };
	struct strv what = { 0 }, packages = { 0 };
	struct kconfig c = { 0 };

	only(some);
	setenv("LLVM", "1", 1);
	kconfig_set(&c, "KERNEL_LZ4", "y");
	kconfig_set(&c, "KERNEL_XZ", "n");
	kconfig_set(&c, "KERNEL_ZSTD", "y");
	ktools_missing(KTOOL_BUILD, &c, &what, &packages);
	ck_assert_uint_eq(what.n, 2);
	ck_assert_str_eq(what.v[0], "lz4");
	ck_assert_str_eq(packages.v[1], "zstd");
	strv_free(&what);
	strv_free(&packages);
	ktools_missing(KTOOL_CONFIG, &c, &what, &packages);
	ck_assert_uint_eq(what.n, 0);
	unsetenv("LLVM");
	ktools_missing(KTOOL_CONFIG, &c, &what, &packages);
	ck_assert_uint_eq(what.n, 2);
	ck_assert_str_eq(what.v[0], "gcc");
	ck_assert_str_eq(packages.v[1], "binutils");
	strv_free(&what);
	strv_free(&packages);
	kconfig_free(&c);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("ktools");
	TCase *t = tcase_create("tools");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, tools_are_named);
	tcase_add_test(t, tools_for_a_config);
	suite_add_tcase(s, t);
	return s;
}
