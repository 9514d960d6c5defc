// SPDX-License-Identifier: MIT
#include "unit.h"

#include "host/modindex.h"
#include "host/modinfo.h"
#include "modbuild.h"
#include "scratch.h"

#include <errno.h>

static struct modindex *x;
static struct modset set;

static void setup(void)
{
	scratch_make();
	said_begin();
	memset(&set, 0, sizeof(set));
}

static void teardown(void)
{
	modset_free(&set);
	modindex_close(x);
	x = NULL;
	scratch_remove();
}

static void open_index(void)
{
	ck_assert_int_eq(modindex_open(at("m"), "6.1-test", &x), 0);
}

/* The set's names, in order, one string. */
static const char *names(void)
{
	static char text[1024];

	*text = '\0';
	for (size_t i = 0; i < set.n; i++) {
		strcat(text, i ? " " : "");
		strcat(text, set.v[i].name);
	}
	return text;
}

static const struct {
	const char *name, *canon;
} canons[] = {
	{ "e1000", "e1000" },
	{ "virtio-net", "virtio_net" },
	{ "virtio_net.ko", "virtio_net" },
	{ "kernel/a/foo-bar.ko.xz", "foo_bar" },
	{ "foo.ko.zst", "foo" },
	{ "foo.ko.gz", "foo" },
	{ "foo.bar", "foo.bar" },
};

START_TEST(canonical)
{
	char out[32];

	ck_assert_int_eq(modindex_canonical(canons[_i].name, out, 32), 0);
	ck_assert_str_eq(out, canons[_i].canon);
}
END_TEST

START_TEST(canonical_bad)
{
	char out[8];

	ck_assert_int_eq(modindex_canonical("", out, 8), -EINVAL);
	ck_assert_int_eq(modindex_canonical("a/", out, 8), -EINVAL);
	ck_assert_int_eq(modindex_canonical("12345678", out, 8), -EINVAL);
	ck_assert_int_eq(modindex_canonical("1234567", out, 8), 0);
}
END_TEST

START_TEST(dependencies_first)
{
	put_text("m/modules.order", "kernel/a/top-mod.ko\n"
				    "kernel/b/mid.ko\n"
				    "kernel/b/low.ko\n");
	put_text("m/modules.builtin", "kernel/c/built-in.ko\n");
	module("m/kernel/a/top-mod.ko", "depends=mid,built-in|name=top_mod");
	module("m/kernel/b/mid.ko", "depends=low");
	module("m/kernel/b/low.ko", "depends=");
	open_index();
	ck_assert_int_eq(modindex_resolve(x, "top_mod", &set), 0);
	ck_assert_str_eq(names(), "low mid top_mod");
	ck_assert_str_eq(set.v[2].rel, "kernel/a/top-mod.ko");
	ck_assert_str_eq(set.v[2].path, at("m/kernel/a/top-mod.ko"));
	ck_assert_uint_eq(set.v[2].deps.n, 1);
	ck_assert_str_eq(set.v[2].deps.v[0], "mid");
	/* Again, and by its other names: nothing twice. */
	ck_assert_int_eq(modindex_resolve(x, "top-mod.ko", &set), 0);
	ck_assert_int_eq(modindex_resolve(x, "low", &set), 0);
	ck_assert_uint_eq(set.n, 3);
	ck_assert_int_eq(modindex_resolve(x, "built_in", &set), 1);
	ck_assert_uint_eq(set.n, 3);
	ck_assert_str_eq(said(), "");
}
END_TEST

static const char *const packed[] = { "m/kernel/p.ko", "m/kernel/p.ko.xz",
				      "m/kernel/p.ko.zst", "m/kernel/p.ko.gz" };

START_TEST(compression)
{
	put_text("m/modules.order", "kernel/p.ko\nkernel/q.ko\n");
	module(packed[_i], "depends=q");
	module("m/kernel/q.ko", "depends=");
	open_index();
	ck_assert_int_eq(modindex_resolve(x, "p", &set), 0);
	ck_assert_str_eq(names(), "q p");
	ck_assert_str_eq(set.v[1].rel, "kernel/p.ko");
	ck_assert_str_eq(set.v[1].path, at(packed[_i]));
}
END_TEST

/* Build trees list objects, or put kernel/ before what lies without it. */
START_TEST(build_tree)
{
	put_text("m/modules.order", "drivers/a.o\nkernel/drivers/b.ko\n");
	module("m/drivers/a.ko", "depends=b");
	module("m/drivers/b.ko", "depends=");
	module("m/lib/alone.ko", "depends=");
	open_index();
	ck_assert_int_eq(modindex_resolve(x, "a", &set), 0);
	ck_assert_str_eq(set.v[0].rel, "drivers/b.ko");
	ck_assert_str_eq(set.v[1].rel, "drivers/a.ko");
	ck_assert_int_eq(modindex_resolve(x, "alone", &set), 0);
	ck_assert_str_eq(set.v[2].rel, "lib/alone.ko");
}
END_TEST

START_TEST(updates_win)
{
	put_text("m/modules.order", "kernel/a.ko\n");
	module("m/kernel/a.ko", "depends=");
	module("m/updates/dkms/a.ko.xz", "depends=");
	open_index();
	ck_assert_int_eq(modindex_resolve(x, "a", &set), 0);
	ck_assert_str_eq(set.v[0].rel, "updates/dkms/a.ko");
}
END_TEST

START_TEST(no_list)
{
	module("m/kernel/deep/er/a.ko.zst", "depends=");
	open_index();
	ck_assert_int_eq(modindex_resolve(x, "a", &set), 0);
	ck_assert_str_eq(set.v[0].rel, "kernel/deep/er/a.ko");
}
END_TEST

START_TEST(soft)
{
	put_text("m/modules.order", "kernel/fs/a.ko\nkernel/fs/pre.ko\n"
				    "kernel/fs/post.ko\n"
				    "kernel/crypto/sum-intel.ko\n"
				    "kernel/crypto/sum_generic.ko\n"
				    "kernel/crypto/sum_zzz.ko\n");
	module("m/kernel/fs/a.ko",
	       "depends=|softdep=pre: pre none sum post: post");
	module("m/kernel/fs/pre.ko", "softdep=pre: a");
	module("m/kernel/fs/post.ko", "depends=a");
	module("m/kernel/crypto/sum-intel.ko", "alias=sum");
	module("m/kernel/crypto/sum_generic.ko", "alias=x|alias=sum");
	module("m/kernel/crypto/sum_zzz.ko", "alias=sum");
	open_index();
	ck_assert_int_eq(modindex_resolve(x, "a", &set), 0);
	ck_assert_str_eq(names(), "pre sum_generic a post");
	ck_assert_uint_eq(set.v[2].softpre.n, 2);
	ck_assert_str_eq(set.v[2].softpre.v[1], "sum_generic");
	ck_assert_uint_eq(set.v[2].softpost.n, 1);
	ck_assert_str_eq(set.v[2].softpost.v[0], "post");
}
END_TEST

START_TEST(unknown)
{
	put_text("m/modules.order", "kernel/virtio_net.ko\nkernel/e1000.ko\n");
	put_text("m/modules.builtin", "kernel/loop.ko\n");
	open_index();
	ck_assert_uint_eq(modindex_count(x), 3);
	ck_assert_int_eq(modindex_resolve(x, "virtio-ent", &set), -ENOENT);
	ck_assert_str_eq(modindex_nearest(x, "virtio-ent"), "virtio_net");
	ck_assert_str_eq(modindex_nearest(x, "lop"), "loop");
	ck_assert_ptr_null(modindex_nearest(x, "quite-different"));
	ck_assert_int_eq(modindex_resolve(x, "", &set), -ENOENT);
	ck_assert_str_eq(said(), "");
	/* Listed, but in a package that is not here. */
	ck_assert_int_eq(modindex_resolve(x, "e1000", &set), -ENOEXEC);
	ck_assert_said("e1000: listed");
}
END_TEST

START_TEST(missing_dependency)
{
	put_text("m/modules.order", "kernel/a.ko\nkernel/b.ko\n");
	module("m/kernel/a.ko", "depends=b,gone");
	module("m/kernel/b.ko", "depends=");
	open_index();
	ck_assert_int_eq(modindex_resolve(x, "a", &set), -ENOEXEC);
	ck_assert_said("a: depends on gone");
	ck_assert_int_eq(said_lines(), 1);
	ck_assert_uint_eq(set.n, 0);
}
END_TEST

static const char *const damaged[] = { "m/kernel/a.ko", "m/kernel/a.ko.xz",
				       "m/kernel/a.ko.zst" };

START_TEST(damage)
{
	put_text("m/modules.order", "kernel/a.ko\n");
	put_text(damaged[_i], "\x7f"
			      "ELF garbage");
	open_index();
	ck_assert_int_eq(modindex_resolve(x, "a", &set), -ENOEXEC);
	ck_assert_said("not a kernel module");
	ck_assert_int_eq(said_lines(), 1);
}
END_TEST

START_TEST(no_modules)
{
	ck_assert_int_eq(modindex_open(NULL, NULL, &x), 0);
	ck_assert_int_eq(modindex_resolve(x, "a", &set), -ENOENT);
	ck_assert_ptr_null(modindex_nearest(x, "a"));
}
END_TEST

START_TEST(info)
{
	struct modinfo m = { 0 };

	modinfo_parse(&m, "depends", "");
	modinfo_parse(&m, "depends", "a,b-c");
	modinfo_parse(&m, "softdep", "lost pre: p q post: r");
	modinfo_parse(&m, "softdep", "post: s");
	modinfo_parse(&m, "license", "GPL");
	ck_assert_uint_eq(m.depends.n, 2);
	ck_assert_str_eq(m.depends.v[1], "b-c");
	ck_assert_uint_eq(m.softpre.n, 2);
	ck_assert_uint_eq(m.softpost.n, 2);
	ck_assert_str_eq(m.softpost.v[1], "s");
	ck_assert_uint_eq(m.alias.n, 0);
	modinfo_free(&m);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("modindex");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, canonical, 0, sizeof(canons) / sizeof(*canons));
	tcase_add_test(t, canonical_bad);
	tcase_add_test(t, dependencies_first);
	tcase_add_loop_test(t, compression, 0, 4);
	tcase_add_test(t, build_tree);
	tcase_add_test(t, updates_win);
	tcase_add_test(t, no_list);
	tcase_add_test(t, soft);
	tcase_add_test(t, unknown);
	tcase_add_test(t, missing_dependency);
	tcase_add_loop_test(t, damage, 0, 3);
	tcase_add_test(t, no_modules);
	tcase_add_test(t, info);
	suite_add_tcase(s, t);
	return s;
}
