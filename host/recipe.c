// SPDX-License-Identifier: MIT
#include "recipe.h"

#include "../init/protocol.h"
#include "blob.h"
#include "busybox.h"
#include "imgmod.h"
#include "interp.h"
#include "modfile.h"
#include "modindex.h"
#include "msg.h"
#include "spawn.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char own[] = "bootlet itself";

/* Places to mount on, and what programs expect to be there. */
static const struct {
	const char *path;
	unsigned int mode;
} dirs[] = {
	{ "dev", 0755 }, { "etc", 0755 }, { "proc", 0555 }, { "root", 0700 },
	{ "run", 0755 }, { "sys", 0555 }, { "tmp", 01777 },
};

/* Before devtmpfs is mounted, and where a kernel has none. */
static const struct {
	const char *path;
	unsigned int mode, major, minor;
} nodes[] = {
	{ "dev/console", S_IFCHR | 0600, 5, 1 },
	{ "dev/null", S_IFCHR | 0666, 1, 3 },
};

static int add_usual(struct image *img)
{
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(dirs) / sizeof(dirs[0]); i++)
		err = image_add_mkdir(img, IMAGE_WEAK, dirs[i].path,
				      dirs[i].mode, own);
	for (size_t i = 0; !err && i < sizeof(nodes) / sizeof(nodes[0]); i++)
		err = image_add_node(img, IMAGE_WEAK, nodes[i].path,
				     nodes[i].mode, nodes[i].major,
				     nodes[i].minor, own);
	return err;
}

static int add_init(const struct recipe *r, struct image *img)
{
	if (r->no_init)
		return 0;
	if (r->init)
		return image_add_file(img, IMAGE_OWN, "init", r->init, 0755);
	return image_add_data(img, "init", blob_init,
			      (size_t)(blob_init_end - blob_init), 0755);
}

/* --- BusyBox ------------------------------------------------------------ */

/* One path a line, or, from old ones, one name. */
static int list_applets(const char *path, struct buf *out)
{
	static const char *const how[] = { "--list-full", "--list" };
	struct buf words = { 0 };
	char *file = xasprintf("%s%s", strchr(path, '/') ? "" : "./", path);
	/* It takes the name that it is called by for an applet's. */
	struct spawn s = {
		.out = out,
		.err = &words,
		.timeout_ms = 10000,
		.file = file,
	};
	int status = -1;

	for (size_t i = 0; status && i < 2; i++) {
		struct strv argv = { 0 };

		out->n = 0;
		strv_pushl(&argv, "busybox", how[i], NULL);
		status = spawn_run(&s, &argv);
		strv_free(&argv);
	}
	free(file);
	buf_free(&words);
	if (!status && out->n)
		return 0;
	msg_error("%s: does not list its applets (%s); is it a BusyBox for "
		  "this machine?",
		  path,
		  status < 0 ? strerror(-status) :
		  status     ? "it failed" :
			       "no output");
	return status < 0 ? status : -ENOEXEC;
}

static int add_applet(struct image *img, const char *applet)
{
	const char *slash = strrchr(applet, '/');
	const char *name = slash ? slash + 1 : applet;
	char *path;
	int err;

	if (!*name || !strcmp(name, "busybox") || !strcmp(name, "linuxrc"))
		return 0;
	path = slash ? xstrdup(applet) : xasprintf("bin/%s", applet);
	err = image_add_symlink(img, IMAGE_WEAK, path, "/bin/busybox", own);
	free(path);
	return err;
}

static int add_busybox(const struct recipe *r, struct image *img)
{
	struct buf list = { 0 };
	char *path = NULL, *save = NULL;
	int err;

	if (r->no_busybox)
		return 0;
	err = busybox_find(r->busybox, &path);
	if (err)
		return err;
	err = image_add_file(img, IMAGE_OWN, "bin/busybox", path, 0755);
	if (!err)
		err = list_applets(path, &list);
	for (char *p = err ? NULL : strtok_r(list.p, "\n", &save); p && !err;
	     p = strtok_r(NULL, "\n", &save))
		err = add_applet(img, p);
	buf_free(&list);
	free(path);
	return err;
}

/* --- modules ------------------------------------------------------------ */

bool recipe_needs_kernel(const struct recipe *r)
{
	return r->modules.n || r->drivers.n || r->carried.n;
}

static int unknown_module(const char *name, const struct kernel *k,
			  struct modindex *x)
{
	const char *near = modindex_nearest(x, name);
	const char *of = k->release ? k->release : k->spec;

	if (near)
		msg_error("%s: no such module in %s; did you mean %s?", name,
			  of, near);
	else if (!k->moddir)
		msg_error("%s: %s has no modules beside its image; name a "
			  "kernel that has with -k",
			  name, of);
	else if (modindex_is_file(name))
		msg_error("%s: no such file, and no such module in %s", name,
			  of);
	else
		msg_error("%s: no such module in %s", name, of);
	return -ENOENT;
}

/* Adds one module to the set, and to the list of what init is to load, if
 * there is one. */
static int take_module(struct modindex *x, const struct kernel *k,
		       const char *name, bool must, struct modset *set,
		       struct strv *load)
{
	char canonical[256];
	int err = modindex_resolve(x, name, set);

	if (err == -ENOENT)
		return must ? unknown_module(name, k, x) : 0;
	if (err == 1)
		msg_debug("%s: is built into the kernel", name);
	if (err || !load)
		return err < 0 ? err : 0;
	if (!modindex_canonical(name, canonical, sizeof(canonical)) &&
	    !strv_has(load, canonical))
		strv_push(load, canonical);
	return 0;
}

/* First: what another module needs may be a file of the user's, too. */
static int take_files(const struct recipe *r, const struct kernel *k,
		      struct modindex *x, struct strv *names)
{
	int err = 0;

	for (size_t i = 0; !err && i < r->modules.n; i++) {
		const char *value = r->modules.v[i];
		char *name = NULL;

		if (modfile_is(value))
			err = modfile_take(x, value, k->release, &name);
		else
			name = xstrdup(value);
		if (!err)
			strv_take(names, name);
	}
	return err;
}

static int take_modules(const struct recipe *r, const struct kernel *k,
			struct modset *set, struct strv *load)
{
	struct modindex *x = NULL;
	struct strv names = { 0 };
	int err = modindex_open(k->moddir, k->release, &x);

	if (!err)
		err = take_files(r, k, x, &names);
	for (size_t i = 0; !err && i < r->drivers.n; i++)
		err = take_module(x, k, r->drivers.v[i], false, set, load);
	for (size_t i = 0; !err && i < names.n; i++)
		err = take_module(x, k, names.v[i], true, set, load);
	for (size_t i = 0; !err && i < r->carried.n; i++)
		err = take_module(x, k, r->carried.v[i], false, set, NULL);
	strv_free(&names);
	modindex_close(x);
	if (!err && set->n && !k->release) {
		msg_error("%s: nothing tells its release, so modules have no "
			  "place; name another kernel with -k",
			  k->spec);
		err = -ENOENT;
	}
	return err;
}

static int add_modules(const struct recipe *r, const struct kernel *k,
		       struct image *img, struct buf *conf)
{
	struct modset set = { 0 };
	struct strv load = { 0 };
	int err;

	if (!recipe_needs_kernel(r))
		return 0;
	err = take_modules(r, k, &set, &load);
	if (!err && set.n)
		err = imgmod_add(img, &set, k->release, r->carried.n > 0);
	for (size_t i = 0; i < load.n; i++)
		buf_addf(conf, "%s%s%s", i ? "," : BOOTLET_KEY_MODULES "=",
			 load.v[i], i + 1 < load.n ? "" : "\n");
	modset_free(&set);
	strv_free(&load);
	return err;
}

/* --- all of it ---------------------------------------------------------- */

/* A directory of that name in a tree would take /init's place, silently. */
static int check_init(const struct recipe *r, const struct image *img)
{
	for (size_t i = 0; !r->no_init && i < img->n; i++) {
		const struct image_entry *e = &img->e[i];

		if (strcmp(e->path, "init") != 0 || !S_ISDIR(e->mode))
			continue;
		msg_error("%s: its directory init would take the place of "
			  "/init; give it another place (SRC:DST), or take "
			  "--no-init",
			  e->src);
		return -EISDIR;
	}
	return 0;
}

/* The kernel would panic, with nothing but a number for the reason. */
static int check_init_runs(const struct recipe *r, const struct image *img)
{
	int err = 0, kind;
	char *needs;

	/* What another image brings is its owner's to say. */
	if (r->no_init || !r->init || r->append_to)
		return 0;
	kind = interp_missing(r->init, img, &needs);
	if (kind)
		err = -ENOEXEC;
	if (kind == INTERP_LOADER)
		msg_error("%s: needs its dynamic loader, %s, to be /init; add "
			  "that with its libraries by --file or --dir, or link "
			  "it statically",
			  r->init, needs);
	else if (kind)
		msg_error("%s: is a script for %s, which is not in the image; "
			  "add that with --file",
			  r->init, needs);
	free(needs);
	return err;
}

/* The command travels as a file: any length, any bytes but NUL. */
int recipe_command_text(char *const *command, struct buf *out)
{
	size_t words = 0;

	for (; command && command[words]; words++)
		buf_add(out, command[words], strlen(command[words]) + 1);
	if (words < BOOTLET_COMMAND_WORDS && out->n <= BOOTLET_COMMAND_MAX)
		return 0;
	msg_error("the command: %zu words and %zu bytes, the most is %d and "
		  "%d; put it into a script and add that with --file",
		  words, out->n, BOOTLET_COMMAND_WORDS - 1,
		  BOOTLET_COMMAND_MAX);
	return -E2BIG;
}

int recipe_command(const struct recipe *r, struct image *img)
{
	struct buf text = { 0 };
	int err = recipe_command_text(r->command, &text);

	if (!err && text.n)
		err = image_add_data(img, BOOTLET_COMMAND, text.p, text.n,
				     0644);
	buf_free(&text);
	return err;
}

int recipe_base(const struct recipe *r, const struct kernel *k,
		struct image *img)
{
	struct buf conf = { 0 };
	int err = 0;

	/* The user's own first: what is wrong with them costs no download. */
	for (size_t i = 0; !err && i < r->n_items; i++)
		err = r->items[i].add(img, r->items[i].arg);
	if (!err)
		err = check_init(r, img);
	if (!err)
		err = add_usual(img);
	if (!err)
		err = add_init(r, img);
	if (!err)
		err = add_modules(r, k, img, &conf);
	if (!err)
		err = add_busybox(r, img);
	if (!err)
		err = check_init_runs(r, img);
	if (r->conf.n)
		buf_add(&conf, r->conf.p, r->conf.n);
	if (!err && conf.n)
		err = image_add_data(img, BOOTLET_CONF_MADE, conf.p, conf.n,
				     0644);
	buf_free(&conf);
	return err;
}

int recipe_apply(const struct recipe *r, const struct kernel *k,
		 struct image *img)
{
	int err = recipe_base(r, k, img);

	return err ? err : recipe_command(r, img);
}

#define HELD "/proc/self/fd/"

void recipe_hold(struct recipe *r, int fd)
{
	snprintf(r->held, sizeof(r->held), HELD "%d", fd);
	r->append_to = r->held;
}

void recipe_free(struct recipe *r)
{
	strv_free(&r->modules);
	strv_free(&r->drivers);
	strv_free(&r->carried);
	free(r->items);
	buf_free(&r->conf);
	if (*r->held)
		close(atoi(r->held + strlen(HELD)));
	*r = (struct recipe){ 0 };
}
