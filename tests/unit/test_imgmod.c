// SPDX-License-Identifier: MIT
/* Modules in an image: not compressed, and with what modprobe(8) reads. */
#include "imgutil.h"

#include "host/imgmod.h"
#include "unit.h"

#define REL  "6.1.0-x"
#define TEXT "what a module would be\n"

static struct modset set;

static struct modset_entry *add(const char *name, const char *path)
{
	struct modset_entry *m;

	set.v = xrealloc(set.v, (set.n + 1) * sizeof(*set.v));
	m = &set.v[set.n++];
	*m = (struct modset_entry){ 0 };
	m->name = xstrdup(name);
	m->path = xstrdup(path);
	m->rel = xasprintf("kernel/%s.ko", name);
	return m;
}

static void begin(void)
{
	setup();
	set = (struct modset){ 0 };
}

static void end(void)
{
	modset_free(&set);
	teardown();
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

static const char *const packers[] = { "gzip", "xz", "zstd -q --rm" };

/* Not every kernel can decompress its modules by itself. */
START_TEST(unpacked)
{
	static const char *const suffix[] = { "gz", "xz", "zst" };
	char *cmd = xasprintf("%s a.ko", packers[_i]);
	char *name = xasprintf("a.ko.%s", suffix[_i]);

	put_file("a.ko", TEXT);
	ck_assert_int_eq(system(cmd), 0);
	add("a", name);
	ck_assert_int_eq(imgmod_add(&img, &set, REL, false), 0);
	expect("lib/modules/" REL "/kernel/a.ko", TEXT);
	expect("lib/modules/" REL "/modules.dep", "kernel/a.ko:\n");
	ck_assert_ptr_null(find("lib/modules/" REL "/modules.softdep"));
	/* The file itself has not changed. */
	ck_assert_int_eq(access(name, F_OK), 0);
	free(name);
	free(cmd);
}
END_TEST

START_TEST(depending)
{
	struct modset_entry *m;

	put_file("a", TEXT);
	add("a", "a");
	m = add("b", "a");
	strv_push(&m->deps, "a");
	strv_push(&m->softpre, "a");
	ck_assert_int_eq(imgmod_add(&img, &set, REL, false), 0);
	expect("lib/modules/" REL "/modules.dep",
	       "kernel/a.ko:\nkernel/b.ko: kernel/a.ko\n");
	expect("lib/modules/" REL "/modules.softdep", "softdep b pre: a\n");
}
END_TEST

START_TEST(damaged)
{
	put_file("a.ko", TEXT);
	ck_assert_int_eq(system("xz a.ko && truncate -s -9 a.ko.xz"), 0);
	add("a", "a.ko.xz");
	capture_begin();
	ck_assert_int_eq(imgmod_add(&img, &set, REL, false), -EBADMSG);
	capture_expect("a.ko.xz: cannot decompress: it is damaged or cut off");
}
END_TEST

START_TEST(vanished)
{
	add("a", "a.ko");
	capture_begin();
	ck_assert_int_eq(imgmod_add(&img, &set, REL, false), -ENOENT);
	capture_expect("a.ko: cannot read: No such file or directory");
	ck_assert_ptr_null(find("lib/modules/" REL "/modules.dep"));
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("imgmod");
	TCase *t = tcase_create("modules");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_loop_test(t, unpacked, 0, 3);
	tcase_add_test(t, depending);
	tcase_add_test(t, damaged);
	tcase_add_test(t, vanished);
	suite_add_tcase(suite, t);
	return suite;
}
