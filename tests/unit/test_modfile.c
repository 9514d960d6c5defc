// SPDX-License-Identifier: MIT
#include "host/modfile.h"
#include "host/recipe.h"
#include "modbuild.h"
#include "unit.h"

#include <errno.h>

static struct modindex *x;
static struct modset set;
static char *name;

static void setup(void)
{
	scratch_make();
	mkdir(at("cwd"), 0755);
	ck_assert_int_eq(chdir(at("cwd")), 0);
	module("m/kernel/a.ko", "name=a|depends=b");
	module("m/kernel/b.ko", "name=b|depends=");
	put_text("m/modules.order", "kernel/a.ko\nkernel/b.ko\n");
	put_text("m/modules.builtin", "kernel/unix.ko\n");
	ck_assert_int_eq(modindex_open(at("m"), "6.1-test", &x), 0);
	said_begin();
}

static void teardown(void)
{
	free(name);
	modset_free(&set);
	modindex_close(x);
	scratch_remove();
}

static const struct modset_entry *entry(const char *of)
{
	for (size_t i = 0; i < set.n; i++)
		if (!strcmp(set.v[i].name, of))
			return &set.v[i];
	ck_abort_msg("no %s", of);
	return NULL;
}

START_TEST(a_file_or_a_name)
{
	put_text("cwd/here.ko", "");
	put_text("cwd/here.ko.zst", "");
	put_text("cwd/e1000", "");
	mkdir("dir.ko", 0755);
	ck_assert(modfile_is("here.ko"));
	ck_assert(modfile_is("here.ko.zst"));
	ck_assert(modfile_is("./none.ko"));
	ck_assert(modfile_is("/x"));
	ck_assert(!modfile_is("e1000"));
	ck_assert(!modfile_is("e1000.ko"));
	ck_assert(!modfile_is("dir.ko"));
}
END_TEST

/* What it needs comes from the kernel; it is called as it says itself. */
START_TEST(a_module_of_ones_own)
{
	module("cwd/my test,1.ko.xz", "name=test|depends=a|"
				      "vermagic=6.1-test SMP mod_unload");
	ck_assert_int_eq(modfile_take(x, "my test,1.ko.xz", "6.1-test", &name),
			 0);
	ck_assert_str_eq(name, "test");
	ck_assert_int_eq(modindex_resolve(x, name, &set), 0);
	ck_assert_uint_eq(set.n, 3);
	ck_assert_str_eq(set.v[0].name, "b");
	ck_assert_str_eq(set.v[1].name, "a");
	ck_assert_str_eq(set.v[2].path, "my test,1.ko.xz");
	ck_assert_str_eq(set.v[2].rel, "extra/test.ko");
	ck_assert_int_eq(said_lines(), 0);
}
END_TEST

START_TEST(in_place_of_the_kernels)
{
	module("cwd/b.ko", "depends=");
	ck_assert_int_eq(modfile_take(x, "./b.ko", NULL, &name), 0);
	ck_assert_int_eq(modindex_resolve(x, "a", &set), 0);
	ck_assert_uint_eq(set.n, 2);
	ck_assert_str_eq(entry("b")->path, "./b.ko");
	ck_assert_str_eq(entry("b")->rel, "extra/b.ko");
	/* Twice is once; another one is not. */
	free(name);
	ck_assert_int_eq(modfile_take(x, "./b.ko", NULL, &name), 0);
	free(name);
	module("cwd/other/b.ko", "depends=");
	ck_assert_int_eq(modfile_take(x, "other/b.ko", NULL, &name), -EEXIST);
	ck_assert_said("other/b.ko: is module b, and so is another file");
}
END_TEST

START_TEST(for_another_kernel)
{
	static const char *const others[] = { "6.1-test2", "6.1-tes", "6.1" };

	for (size_t i = 0; i < 3; i++) {
		char info[64], file[16];

		snprintf(info, sizeof(info), "depends=|vermagic=%s SMP",
			 others[i]);
		snprintf(file, sizeof(file), "cwd/t%zu.ko", i);
		module(file, info);
		ck_assert_int_eq(modfile_take(x, file + 4, "6.1-test", &name),
				 0);
		free(name);
		ck_assert_said("was built for kernel ");
		ck_assert_said(", this one is 6.1-test and may refuse it");
		ck_assert_int_eq(said_lines(), (int)i + 1);
	}
	name = NULL;
}
END_TEST

START_TEST(built_in)
{
	module("cwd/unix.ko", "depends=");
	ck_assert_int_eq(modfile_take(x, "unix.ko", NULL, &name), 0);
	ck_assert_said("unix.ko: the kernel has unix built in");
}
END_TEST

static const struct {
	const char *file, *says;
	int err;
} bad[] = {
	{ "./none.ko", "./none.ko: No such file or directory", -ENOENT },
	{ "../cwd", "../cwd: Is a directory", -EISDIR },
	{ "text.ko", "text.ko: not a kernel module, or a damaged one",
	  -ENOEXEC },
	{ "/dev/null", "/dev/null: not a kernel module", -ENOEXEC },
	{ "a b.ko", "a b.ko: does not say which module it is", -EINVAL },
	{ "evil.ko", "evil.ko: does not say which module it is", -EINVAL },
};

START_TEST(no_module)
{
	put_text("cwd/text.ko", "text");
	module("cwd/a b.ko", "depends=");
	module("cwd/evil.ko", "name=x y\n|depends=");
	ck_assert_int_eq(modfile_take(x, bad[_i].file, NULL, &name),
			 bad[_i].err);
	ck_assert_said(bad[_i].says);
	ck_assert_int_eq(said_lines(), 1);
	ck_assert_ptr_null(name);
}
END_TEST

static const char *set_module(struct recipe *r, const char *arg)
{
	for (size_t i = 0; i < N_RECIPE_OPTS; i++)
		if (!strcmp(recipe_opts[i].name, "module"))
			return recipe_opts[i].set(r, arg);
	return "no such option";
}

/* Init is told names, in the order that was asked for. */
START_TEST(in_an_image)
{
	struct kernel k = { .release = (char *)"6.1-test" };
	struct recipe r = { .no_busybox = true };
	struct image img = { 0 };
	bool found = false;

	module("cwd/t,1.ko", "name=t|depends=u");
	module("cwd/u.ko", "name=u|depends=b");
	k.moddir = (char *)at("m");
	ck_assert_ptr_null(set_module(&r, "t,1.ko"));
	ck_assert_ptr_null(set_module(&r, "a,./u.ko"));
	ck_assert_uint_eq(r.modules.n, 3);
	ck_assert_int_eq(recipe_apply(&r, &k, &img), 0);
	for (size_t i = 0; i < img.n; i++) {
		const struct image_entry *e = &img.e[i];

		if (!strcmp(e->path, "etc/bootlet/conf"))
			ck_assert_str_eq(e->data, "bootlet.modules=t,a,u\n");
		if (!strcmp(e->path, "lib/modules/6.1-test/modules.dep"))
			ck_assert_msg(strstr(e->data,
					     "\nextra/t.ko: extra/u.ko "
					     "kernel/b.ko\n") != NULL,
				      "%s", e->data);
		found |= !strcmp(e->path, "lib/modules/6.1-test/extra/t.ko");
	}
	ck_assert(found);
	image_free(&img);
	recipe_free(&r);
	ck_assert_ptr_null(set_module(&r, "none.ko"));
	ck_assert_int_eq(recipe_apply(&r, &k, &img), -ENOENT);
	ck_assert_said("none.ko: no such file, and no such module in 6.1-test");
	image_free(&img);
	recipe_free(&r);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("modfile");
	TCase *t = tcase_create("modfile");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_file_or_a_name);
	tcase_add_test(t, a_module_of_ones_own);
	tcase_add_test(t, in_place_of_the_kernels);
	tcase_add_test(t, for_another_kernel);
	tcase_add_test(t, built_in);
	tcase_add_loop_test(t, no_module, 0, sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(t, in_an_image);
	suite_add_tcase(suite, t);
	return suite;
}
