// SPDX-License-Identifier: MIT
/* The index by which a device finds its driver, and modules that are only
 * carried along. */
#include "host/imgmod.h"
#include "host/recipe.h"
#include "modbuild.h"
#include "unit.h"

#include <errno.h>

static struct kernel k;
static struct recipe r;
static struct image img;

static void setup(void)
{
	scratch_make();
	module("m/kernel/card.ko",
	       "alias=pci:v00001AF4d*|alias=card-by-name|name=card|depends=bus");
	module("m/kernel/bus.ko", "name=bus|depends=|alias=acpi*:PNP0A03:*");
	put_text("m/modules.order", "kernel/bus.ko\nkernel/card.ko\n");
	k = (struct kernel){ .spec = (char *)"test",
			     .release = (char *)"6.1-test",
			     .moddir = (char *)at("m") };
	r = (struct recipe){ .no_init = true, .no_busybox = true };
	said_begin();
}

static void teardown(void)
{
	image_free(&img);
	recipe_free(&r);
	scratch_remove();
}

static const struct image_entry *find(const char *path)
{
	for (size_t i = 0; i < img.n; i++)
		if (!strcmp(img.e[i].path, path))
			return &img.e[i];
	return NULL;
}

static void expect(const char *path, const char *text)
{
	const struct image_entry *e = find(path);

	ck_assert_msg(e, "%s", path);
	ck_assert_uint_eq(e->size, strlen(text));
	ck_assert_int_eq(memcmp(e->data, text, strlen(text)), 0);
}

#define MODS "lib/modules/6.1-test/"

START_TEST(carried)
{
	strv_push(&r.carried, "card");
	strv_push(&r.carried, "unknown");
	ck_assert(recipe_needs_kernel(&r));
	ck_assert_int_eq(recipe_apply(&r, &k, &img), 0);
	ck_assert_ptr_nonnull(find(MODS "kernel/card.ko"));
	ck_assert_ptr_nonnull(find(MODS "kernel/bus.ko"));
	expect(MODS "modules.dep",
	       "kernel/bus.ko:\nkernel/card.ko: kernel/bus.ko\n");
	expect(MODS "modules.alias", "alias acpi*:PNP0A03:* bus\n"
				     "alias pci:v00001AF4d* card\n"
				     "alias card-by-name card\n");
	/* Nobody tells init to load it. */
	ck_assert_ptr_null(find("etc/bootlet/conf"));
}
END_TEST

START_TEST(loaded)
{
	strv_push(&r.modules, "card");
	ck_assert_int_eq(recipe_apply(&r, &k, &img), 0);
	expect("etc/bootlet/conf", "bootlet.modules=card\n");
	ck_assert_ptr_null(find(MODS "modules.alias"));
}
END_TEST

START_TEST(vanished)
{
	struct modset set = { 0 };
	struct buf out = { 0 };

	set.v = xrealloc(NULL, sizeof(*set.v));
	set.v[set.n++] = (struct modset_entry){ .name = xstrdup("a"),
						.path = xstrdup(at("a.ko")),
						.rel = xstrdup("a.ko") };
	ck_assert_int_eq(imgmod_alias(&set, &out), -ENOENT);
	ck_assert_said("a.ko: cannot read: No such file or directory");
	buf_free(&out);
	modset_free(&set);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("imgmod_alias");
	TCase *t = tcase_create("alias");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, carried);
	tcase_add_test(t, loaded);
	tcase_add_test(t, vanished);
	suite_add_tcase(suite, t);
	return suite;
}
