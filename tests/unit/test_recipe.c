// SPDX-License-Identifier: MIT
#include "host/recipe.h"

#include "capture.h"
#include "host/imgmod.h"
#include "host/interp.h"
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct recipe recipe;

static void setup(void)
{
	recipe = (struct recipe){ 0 };
}

static void teardown(void)
{
	recipe_free(&recipe);
}

static const char *set(const char *name, const char *arg)
{
	for (size_t i = 0; i < N_RECIPE_OPTS; i++)
		if (!strcmp(recipe_opts[i].name, name))
			return recipe_opts[i].set(&recipe, arg);
	ck_abort_msg("no option %s", name);
	return NULL;
}

START_TEST(test_rows)
{
	for (size_t i = 0; i < N_RECIPE_OPTS; i++) {
		ck_assert_ptr_nonnull(recipe_opts[i].name);
		ck_assert_ptr_nonnull(recipe_opts[i].help);
		ck_assert(recipe_opts[i].set != NULL);
	}
}
END_TEST

START_TEST(test_node)
{
	static const struct {
		const char *text, *path;
		unsigned int mode, major, minor;
	} good[] = {
		{ "dev/x:c:5:1", "dev/x", S_IFCHR | 0600, 5, 1 },
		{ "/x:b:4095:1048575:0666", "/x", S_IFBLK | 0666, 4095,
		  1048575 },
		{ "x:c:1:2:7", "x", S_IFCHR | 07, 1, 2 },
		{ "a:b:c:1:2", "a:b", S_IFCHR | 0600, 1, 2 },
		{ "a:b:1:c:1:2:644", "a:b:1", S_IFCHR | 0644, 1, 2 },
		{ " ,\n\":c:1:2", " ,\n\"", S_IFCHR | 0600, 1, 2 },
	};
	struct recipe_node n;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert_ptr_null(parse_node(good[i].text, &n));
		ck_assert_uint_eq(n.path_len, strlen(good[i].path));
		ck_assert_uint_eq(n.mode, good[i].mode);
		ck_assert_uint_eq(n.major, good[i].major);
		ck_assert_uint_eq(n.minor, good[i].minor);
	}
}
END_TEST

START_TEST(test_node_wrong)
{
	static const char *const wrong[] = {
		"",	      "x",	    "x:c",	     "x:c:1",
		":c:1:2",     "x:d:1:2",    "x:cc:1:2",	     "x:c:1:2:8",
		"x:c:a:2",    "x:c:4096:1", "x:c:1:1048576", "x:c:-1:1",
		"x:c:1:2:",   "x:c::2",	    "x:c:1:",	     "x:c:1:2:77777",
		"x:c:1:2:+7", "x::1:2",
	};
	struct recipe_node n;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ck_assert_msg(parse_node(wrong[i], &n) != NULL, "%s", wrong[i]);
	ck_assert_ptr_nonnull(set("node", "x"));
	ck_assert_uint_eq(recipe.n_items, 0);
}
END_TEST

static const char *there;

static bool is_there(const char *path)
{
	return !strcmp(path, there);
}

START_TEST(test_src_dst)
{
	static const struct {
		const char *text, *there;
		size_t len;
	} splits[] = {
		{ "a", "", 1 },	       { "a:b", "", 1 },
		{ "a:b", "a:b", 3 },   { "a:b:c", "a:b", 3 },
		{ "a:b:c", "a", 1 },   { "a:b:c", "", 3 },
		{ "a:", "a", 1 },      { ":b", "", 2 },
		{ "a\n:b", "a\n", 2 },
	};

	for (size_t i = 0; i < sizeof(splits) / sizeof(splits[0]); i++) {
		there = splits[i].there;
		ck_assert_uint_eq(parse_src_dst(splits[i].text, is_there),
				  splits[i].len);
	}
}
END_TEST

START_TEST(test_modules)
{
	ck_assert(!recipe_needs_kernel(&recipe));
	ck_assert_ptr_null(set("module", "a,b"));
	ck_assert_ptr_null(set("module", "c"));
	ck_assert_ptr_null(set("module", "b"));
	ck_assert_uint_eq(recipe.modules.n, 3);
	ck_assert_str_eq(recipe.modules.v[1], "b");
	ck_assert_str_eq(recipe.modules.v[2], "c");
	ck_assert(recipe_needs_kernel(&recipe));
	ck_assert_ptr_nonnull(set("module", ""));
	ck_assert_ptr_nonnull(set("module", "x,"));
	ck_assert_ptr_nonnull(set("module", ",x"));
}
END_TEST

START_TEST(test_values)
{
	ck_assert_ptr_null(set("compress", "xz:3"));
	ck_assert_int_eq(recipe.codec.type, CODEC_XZ);
	ck_assert_int_eq(recipe.codec.level, 3);
	ck_assert_ptr_nonnull(set("compress", "rar"));
	ck_assert_ptr_nonnull(set("file", ""));
	ck_assert_ptr_nonnull(set("link", "a"));
	ck_assert_ptr_nonnull(set("link", "a:"));
	ck_assert_ptr_nonnull(set("link", ":a"));
	ck_assert_ptr_null(set("init", "i"));
	ck_assert_str_eq(recipe.init, "i");
	ck_assert_ptr_null(set("append-to", "base"));
	ck_assert_str_eq(recipe.append_to, "base");
}
END_TEST

static const struct image_entry *find(const struct image *img, const char *path)
{
	for (size_t i = 0; i < img->n_order; i++)
		if (!strcmp(img->order[i]->path, path))
			return img->order[i];
	ck_abort_msg("no %s", path);
	return NULL;
}

START_TEST(test_apply)
{
	struct image img = { 0 };
	const struct image_entry *e;

	set("no-busybox", NULL);
	set("link", "/a:b:c");
	set("node", "dev/console:c:1:3:0622");
	buf_adds(&recipe.conf, "bootlet.port=ttyS1\n");
	ck_assert_int_eq(recipe_apply(&recipe, NULL, &img), 0);
	ck_assert_int_eq(image_plan(&img), 0);
	e = find(&img, "init");
	ck_assert_uint_eq(e->mode, S_IFREG | 0755);
	ck_assert_uint_gt(e->size, 0);
	e = find(&img, "c");
	ck_assert_str_eq(e->data, "/a:b");
	/* The user's node, not the usual one. */
	e = find(&img, "dev/console");
	ck_assert_uint_eq(e->mode, S_IFCHR | 0622);
	ck_assert_uint_eq(e->major, 1);
	ck_assert_uint_eq(find(&img, "dev/null")->minor, 3);
	ck_assert_uint_eq(find(&img, "tmp")->mode, S_IFDIR | 01777);
	ck_assert_uint_eq(find(&img, "proc")->mode, S_IFDIR | 0555);
	e = find(&img, "etc/bootlet/conf");
	ck_assert_str_eq(e->data, "bootlet.port=ttyS1\n");
	image_free(&img);
}
END_TEST

START_TEST(test_apply_wrong)
{
	struct image img = { 0 };
	int err;

	set("no-busybox", NULL);
	set("init", "/nonexistent/init");
	capture_begin();
	err = recipe_apply(&recipe, NULL, &img);
	capture_expect("/nonexistent/init: No such file or directory");
	ck_assert_int_eq(err, -ENOENT);
	image_free(&img);
}
END_TEST

/* /bin/true: dynamic. The loader may be in the image, and may be elsewhere. */
START_TEST(test_init_needs_its_loader)
{
	struct image img = { 0 };
	char *needs;
	int err;

	ck_assert_int_eq(interp_missing("/bin/true", &img, &needs),
			 INTERP_LOADER);
	set("no-busybox", NULL);
	set("init", "/bin/true");
	capture_begin();
	err = recipe_apply(&recipe, NULL, &img);
	capture_expect("/bin/true: needs its dynamic loader, /");
	ck_assert_int_eq(err, -ENOEXEC);
	image_free(&img);
	set("append-to", "base");
	ck_assert_int_eq(recipe_apply(&recipe, NULL, &img), 0);
	image_free(&img);
	recipe.append_to = NULL;
	set("file", needs);
	ck_assert_int_eq(recipe_apply(&recipe, NULL, &img), 0);
	image_free(&img);
	free(needs);
}
END_TEST

START_TEST(test_init_is_a_script)
{
	char script[] = "/tmp/bootlet-recipe-XXXXXX";
	static const char text[] = "#!/none/sh\n";
	int fd = mkstemp(script), err;
	struct image img = { 0 };

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	close(fd);
	set("no-busybox", NULL);
	set("init", script);
	capture_begin();
	err = recipe_apply(&recipe, NULL, &img);
	capture_expect("is a script for /none/sh, which is not in the image");
	ck_assert_int_eq(err, -ENOEXEC);
	image_free(&img);
	set("link", "/x:none/sh");
	ck_assert_int_eq(recipe_apply(&recipe, NULL, &img), 0);
	image_free(&img);
	unlink(script);
}
END_TEST

/* A tree whose own directory init would take /init's place. */
START_TEST(test_apply_init_hidden)
{
	char dir[] = "/tmp/bootlet-recipe-XXXXXX", *sub, *arg;
	struct image img = { 0 };
	int err;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	sub = xasprintf("%s/init", dir);
	arg = xasprintf("%s:/", dir);
	ck_assert_int_eq(mkdir(sub, 0755), 0);
	set("no-busybox", NULL);
	set("dir", arg);
	capture_begin();
	err = recipe_apply(&recipe, NULL, &img);
	capture_expect("its directory init would take the place of /init");
	ck_assert_int_eq(err, -EISDIR);
	image_free(&img);
	set("no-init", NULL);
	ck_assert_int_eq(recipe_apply(&recipe, NULL, &img), 0);
	image_free(&img);
	rmdir(sub);
	rmdir(dir);
	free(sub);
	free(arg);
}
END_TEST

/* A set as modindex_resolve() leaves it: c needs b, b needs a. */
static void fill(struct modset *set, struct modset_entry v[4])
{
	static const char *const names[] = { "a", "b", "c", "d" };

	for (size_t i = 0; i < 4; i++) {
		v[i] = (struct modset_entry){ 0 };
		v[i].name = xstrdup(names[i]);
		v[i].rel = xasprintf("k/%s.ko", names[i]);
	}
	strv_push(&v[1].deps, "a");
	strv_push(&v[2].deps, "b");
	strv_push(&v[3].softpre, "a");
	strv_push(&v[3].softpre, "x");
	strv_push(&v[3].softpost, "c");
	*set = (struct modset){ .v = v, .n = 4 };
}

static void empty(struct modset_entry v[4])
{
	for (size_t i = 0; i < 4; i++) {
		free(v[i].name);
		free(v[i].rel);
		strv_free(&v[i].deps);
		strv_free(&v[i].softpre);
		strv_free(&v[i].softpost);
	}
}

START_TEST(test_module_index)
{
	struct modset_entry v[4];
	struct modset mods;
	struct buf b = { 0 };

	fill(&mods, v);
	imgmod_dep(&mods, &b);
	ck_assert_str_eq(b.p, "k/a.ko:\nk/b.ko: k/a.ko\n"
			      "k/c.ko: k/b.ko k/a.ko\nk/d.ko:\n");
	buf_free(&b);
	imgmod_softdep(&mods, &b);
	ck_assert_str_eq(b.p, "softdep d pre: a x post: c\n");
	buf_free(&b);
	empty(v);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("recipe");
	TCase *t = tcase_create("recipe");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_rows);
	tcase_add_test(t, test_node);
	tcase_add_test(t, test_node_wrong);
	tcase_add_test(t, test_src_dst);
	tcase_add_test(t, test_modules);
	tcase_add_test(t, test_values);
	tcase_add_test(t, test_apply);
	tcase_add_test(t, test_apply_wrong);
	tcase_add_test(t, test_apply_init_hidden);
	tcase_add_test(t, test_init_needs_its_loader);
	tcase_add_test(t, test_init_is_a_script);
	tcase_add_test(t, test_module_index);
	suite_add_tcase(s, t);
	return s;
}
