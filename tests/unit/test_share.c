// SPDX-License-Identifier: MIT
#include "host/share.h"
#include "scratch.h"
#include "unit.h"

#include "../../init/protocol.h"
#include <errno.h>

static struct sharespec s;

static int settle(const char *arg)
{
	strv_push(&s.args, arg);
	return share_settle(&s, "/tmp/bootlet-x");
}

static void setup(void)
{
	memset(&s, 0, sizeof(s));
	scratch_make();
	put_text("d/f", "");
	put_text("e/f", "");
	put_text("c:d/f", "");
	ck_assert_int_eq(chdir(scratch), 0);
	said_begin();
}

static void teardown(void)
{
	sharespec_free(&s);
	scratch_remove();
}

/* Relative, with slashes too many, through a link: at its own path. */
START_TEST(at_its_own_path)
{
	ck_assert_int_eq(symlink("d", at("link")), 0);
	strv_pushl(&s.args, "./d//", "link:rw", "c:d", NULL);
	ck_assert_int_eq(share_settle(&s, "/x"), 0);
	ck_assert_uint_eq(s.n, 3);
	/* In the order of their places. */
	ck_assert_str_eq(s.share[0].at, at("c:d"));
	ck_assert_str_eq(s.share[1].at, at("d"));
	ck_assert_str_eq(s.share[2].at, at("link"));
	ck_assert_str_eq(s.share[2].dir, at("d"));
	ck_assert_str_eq(s.share[2].tag, "share2");
	ck_assert(s.share[2].rw && !s.share[1].rw);
	/* The current directory is in none of them. */
	ck_assert_ptr_null(s.cwd);
}
END_TEST

START_TEST(up_is_its_real_path)
{
	ck_assert_int_eq(chdir(at("d")), 0);
	ck_assert_int_eq(settle("../e"), 0);
	ck_assert_str_eq(s.share[0].at, at("e"));
}
END_TEST

START_TEST(what_is_below_comes_after)
{
	strv_pushl(&s.args, "d:/a/b", "e:/a", NULL);
	ck_assert_int_eq(share_settle(&s, "/x"), 0);
	ck_assert_str_eq(s.share[0].at, "/a");
	ck_assert_str_eq(s.share[1].at, "/a/b");
}
END_TEST

START_TEST(the_shell_of_a_root)
{
	s.root_arg = scratch;
	ck_assert_int_eq(share_settle(&s, "/x"), 0);
	ck_assert_pstr_eq(s.shell, NULL);
	sharespec_free(&s);
	put_script("bin/sh", "");
	s.root_arg = scratch;
	ck_assert_int_eq(share_settle(&s, "/x"), 0);
	ck_assert_pstr_eq(s.shell, "/bin/sh");
	sharespec_free(&s);
	put_script("bin/bash", "");
	s.root_arg = scratch;
	ck_assert_int_eq(share_settle(&s, "/x"), 0);
	ck_assert_pstr_eq(s.shell, "/bin/bash");
}
END_TEST

static const struct {
	const char *share, *root, *cwd, *says;
} wrong[] = {
	{ "none", NULL, NULL, "--share none: No such file" },
	{ "d/f", NULL, NULL, "--share d/f: not a directory" },
	{ "d:/", NULL, NULL, "use --root DIR" },
	{ "/", NULL, NULL, "use --root DIR" },
	{ "d:m", NULL, NULL, "absolute path" },
	{ "d:", NULL, NULL, "absolute path" },
	{ "d:/a/../b", NULL, NULL, "without .." },
	{ "d:/proc", NULL, NULL, "the guest's own" },
	{ "/proc/self:/m:rw", NULL, NULL, "cannot be written" },
	{ NULL, "none", NULL, "--root none: No such file" },
	{ NULL, "d/f", NULL, "--root d/f: not a directory" },
	{ NULL, "/", "d", "--cwd d: must be an absolute" },
};

START_TEST(what_cannot_be)
{
	if (wrong[_i].share)
		strv_push(&s.args, wrong[_i].share);
	s.root_arg = wrong[_i].root;
	s.cwd_arg = wrong[_i].cwd;
	ck_assert_int_lt(share_settle(&s, "/x"), 0);
	ck_assert_said(wrong[_i].says);
	ck_assert_int_eq(said_lines(), 1);
}
END_TEST

START_TEST(one_place_twice)
{
	strv_pushl(&s.args, "d:/m", "e:/m/", NULL);
	ck_assert_int_lt(share_settle(&s, "/x"), 0);
	ck_assert_said("--share e:/m/: /m/ has another share already");
}
END_TEST

START_TEST(as_many_as_there_are_places)
{
	for (int i = 0; i <= SHARE_MAX; i++)
		strv_pushf(&s.args, "d:/m/%d", i);
	ck_assert_int_lt(share_settle(&s, "/x"), 0);
	ck_assert_uint_eq(s.n, SHARE_MAX);
	ck_assert_said("--share d:/m/16: is one too many");
}
END_TEST

/* Read-only is QEMU's to keep, which virtiofsd would not. */
START_TEST(virtiofs_is_for_writing)
{
	s.type = SHARE_VIRTIOFS;
	strv_pushl(&s.args, "d", "e:rw", NULL);
	ck_assert_int_eq(share_settle(&s, "/x"), 0);
	ck_assert_int_eq(s.share[0].type, SHARE_9P);
	ck_assert_ptr_null(s.share[0].socket);
	ck_assert_int_eq(s.share[1].type, SHARE_VIRTIOFS);
	ck_assert_str_eq(s.share[1].socket, "/x/share1");
}
END_TEST

/* --- the kernel ----------------------------------------------------------- */

static struct kernel kernel(const char *builtin)
{
	static char spec[] = "k", release[] = "1.2";
	struct kernel k = { .spec = spec, .release = release };

	put_text("k/modules.order", "kernel/net/9p/9pnet_virtio.ko\n"
				    "kernel/fs/9p/9p.ko\n");
	put_text("k/kernel/net/9p/9pnet_virtio.ko", "x");
	put_text("k/kernel/fs/9p/9p.ko", "x");
	if (builtin)
		put_text("k/modules.builtin", builtin);
	k.moddir = xstrdup(at("k"));
	return k;
}

START_TEST(a_kernel_that_lacks_something)
{
	struct kernel k = kernel("kernel/drivers/virtio/virtio_pci.ko\n");

	s.root_arg = at("d");
	ck_assert_int_eq(share_settle(&s, "/x"), 0);
	ck_assert_int_eq(share_kernel(&s, &k, machine_of(NULL)), -ENOENT);
	ck_assert_said("k: has no overlay (CONFIG_OVERLAY_FS)");
	ck_assert_said("name another kernel with -k");
	ck_assert_int_eq(said_lines(), 1);
	free(k.moddir);
}
END_TEST

START_TEST(a_tree_that_lacks_something_can_be_built)
{
	struct kernel k = kernel("kernel/fs/overlayfs/overlay.ko\n");
	static char tree[] = "/src/linux";

	k.tree = tree;
	ck_assert_int_eq(settle("d"), 0);
	ck_assert_int_eq(share_kernel(&s, &k, machine_of(NULL)), -ENOENT);
	ck_assert_said("has no virtio_pci (CONFIG_VIRTIO_PCI)");
	ck_assert_said("bootlet build -k /src/linux share");
	free(k.moddir);
}
END_TEST

/* What it has built in it may not say: then the guest will. */
START_TEST(a_kernel_that_does_not_say)
{
	struct kernel k = kernel(NULL);

	ck_assert_int_eq(settle("d"), 0);
	ck_assert_int_eq(share_kernel(&s, &k, machine_of(NULL)), 0);
	ck_assert_uint_eq(s.n, 1);
	free(k.moddir);
}
END_TEST

START_TEST(modules_for_a_root_without_them)
{
	struct kernel k = kernel(NULL);

	s.root_arg = scratch;
	ck_assert_int_eq(share_settle(&s, "/x"), 0);
	ck_assert_int_eq(share_kernel(&s, &k, machine_of(NULL)), 0);
	ck_assert_uint_eq(s.n, 1);
	ck_assert_str_eq(s.share[0].at, "/lib/modules/1.2");
	/* They lie in the root, so it needs no device. */
	ck_assert_int_eq(s.share[0].type, SHARE_BIND);
	ck_assert_str_eq(s.share[0].dir, "/k");
	sharespec_free(&s);
	s.root_arg = at("d");
	ck_assert_int_eq(share_settle(&s, "/x"), 0);
	ck_assert_int_eq(share_kernel(&s, &k, machine_of(NULL)), 0);
	ck_assert_int_eq(s.share[0].type, SHARE_9P);
	ck_assert_str_eq(s.share[0].dir, at("k"));
	sharespec_free(&s);
	put_text("d/lib/modules/1.2/x", "");
	s.root_arg = at("d");
	ck_assert_int_eq(share_settle(&s, "/x"), 0);
	ck_assert_int_eq(share_kernel(&s, &k, machine_of(NULL)), 0);
	ck_assert_uint_eq(s.n, 0);
	free(k.moddir);
}
END_TEST

/* --- the image ------------------------------------------------------------ */

static const struct image_entry *entry(const struct image *img,
				       const char *path)
{
	for (size_t i = 0; i < img->n; i++)
		if (!strcmp(img->e[i].path, path))
			return &img->e[i];
	return NULL;
}

static void ck_file(const struct image *img, const char *image_path,
		    const char *path)
{
	const struct image_entry *e = entry(img, image_path + 1);
	struct buf got = { 0 };

	ck_assert_ptr_nonnull(e);
	ck_assert_int_eq(read_file(path, &got, 1 << 20), 0);
	ck_assert_uint_eq(got.n, e->size);
	ck_assert_mem_eq(got.p, e->data, got.n);
	buf_free(&got);
}

/* What is printed makes the same files as what is done, whatever the bytes. */
START_TEST(sh_makes_the_same)
{
	char bytes[300] = "B=";
	struct buf lines = { 0 };
	struct strv argv = { 0 };
	struct image img = { 0 };
	char *dir = xasprintf("%s/a b'c", scratch), *cmd;

	for (int i = 1; i < 256; i++)
		bytes[i + 1] = (char)i;
	s.root_arg = "/";
	parse_env(bytes, &s.env);
	parse_env("N=00123%s\\n", &s.env);
	strv_push(&s.args, "d:/m%d\\0 '\"x");
	ck_assert_int_eq(share_settle(&s, dir), 0);
	ck_assert_int_eq(share_image(&s, &img), 0);
	ck_assert_int_eq(mkdir(dir, 0700), 0);
	share_print(&s, dir, &lines, &argv);
	put_text("lines", lines.p);
	cmd = xasprintf("sh %s", at("lines"));
	ck_assert_int_eq(system(cmd), 0);
	ck_file(&img, BOOTLET_MOUNTS, at("a b'c/mounts"));
	ck_file(&img, BOOTLET_ENV, at("a b'c/env"));
	ck_assert_uint_eq(argv.n, 4);
	ck_assert_str_eq(argv.v[0], "--file");
	ck_assert_msg(strstr(argv.v[3], "/a b'c/env:" BOOTLET_ENV), "%s",
		      argv.v[3]);
	image_free(&img);
	buf_free(&lines);
	strv_free(&argv);
	free(dir);
	free(cmd);
}
END_TEST

START_TEST(too_much)
{
	struct image img = { 0 };

	for (int i = 0; i < BOOTLET_ENV_WORDS; i++)
		strv_pushf(&s.env, "V%d=", i);
	ck_assert_int_eq(share_image(&s, &img), -E2BIG);
	ck_assert_said("--env: 1024 names");
	/* One fewer fits, with the directory before them. */
	free(s.env.v[--s.env.n]);
	s.env.v[s.env.n] = NULL;
	ck_assert_int_eq(share_image(&s, &img), 0);
	image_free(&img);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("share");
	TCase *t = tcase_create("share");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, at_its_own_path);
	tcase_add_test(t, up_is_its_real_path);
	tcase_add_test(t, what_is_below_comes_after);
	tcase_add_test(t, the_shell_of_a_root);
	tcase_add_loop_test(t, what_cannot_be, 0,
			    sizeof(wrong) / sizeof(wrong[0]));
	tcase_add_test(t, one_place_twice);
	tcase_add_test(t, as_many_as_there_are_places);
	tcase_add_test(t, virtiofs_is_for_writing);
	tcase_add_test(t, a_kernel_that_lacks_something);
	tcase_add_test(t, a_tree_that_lacks_something_can_be_built);
	tcase_add_test(t, a_kernel_that_does_not_say);
	tcase_add_test(t, modules_for_a_root_without_them);
	tcase_add_test(t, sh_makes_the_same);
	tcase_add_test(t, too_much);
	suite_add_tcase(suite, t);
	return suite;
}
