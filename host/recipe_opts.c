// SPDX-License-Identifier: MIT
/* The option group of struct recipe, and how its values are read. */
#include "recipe.h"

#include "listfile.h"
#include "modfile.h"
#include "msg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What new_decode_dev() of the kernel leaves of a device number. */
#define MAX_MAJOR 4095
#define MAX_MINOR 1048575

#define NODE_USAGE "must be PATH:c:MAJ:MIN or PATH:b:MAJ:MIN, then maybe :MODE"

/* --- values ------------------------------------------------------------- */

/* Whether @text[@from..@to) is one of these letters alone: c or b. */
static unsigned int node_type(const char *text, size_t from, size_t to)
{
	if (to != from + 1)
		return 0;
	return text[from] == 'c' ? S_IFCHR : text[from] == 'b' ? S_IFBLK : 0;
}

static const char *node_number(const char *text, long long max,
			       unsigned int *out)
{
	size_t len = strcspn(text, ":");
	char *word = xasprintf("%.*s", (int)len, text);
	long long n = 0;
	int err = cli_number(word, 0, max, &n);

	free(word);
	*out = (unsigned int)n;
	return err ? "MAJ is a number from 0 to 4095, MIN one from 0 to "
		     "1048575" :
		     NULL;
}

/* Finds the colons from the right: @at[0] is the last one. */
static size_t last_colons(const char *text, size_t at[4])
{
	size_t n = 0;

	for (size_t i = strlen(text); i-- && n < 4;)
		if (text[i] == ':')
			at[n++] = i;
	return n;
}

/*
 * @at: the colons from the right, first the one before MIN; a PATH such as
 * "a:b" makes two readings possible, so one that fails is no error yet.
 */
static const char *node_fields(const char *text, const size_t *at,
			       const char *mode, struct recipe_node *out)
{
	size_t digits = strspn(mode, "01234567");
	unsigned int type = node_type(text, at[2] + 1, at[1]);
	const char *wrong;

	if (!type || !at[2])
		return NODE_USAGE;
	wrong = node_number(text + at[1] + 1, MAX_MAJOR, &out->major);
	if (!wrong)
		wrong = node_number(text + at[0] + 1, MAX_MINOR, &out->minor);
	if (wrong)
		return wrong;
	if (!digits || digits > 4 || mode[digits])
		return "MODE is an octal number like 0660";
	out->path_len = at[2];
	out->mode = type | (unsigned int)strtoul(mode, NULL, 8);
	return NULL;
}

const char *parse_node(const char *text, struct recipe_node *out)
{
	size_t at[4], n = last_colons(text, at);
	const char *wrong = NODE_USAGE, *without;

	if (n == 4)
		wrong = node_fields(text, at + 1, text + at[0] + 1, out);
	if (!wrong || n < 3)
		return wrong;
	without = node_fields(text, at, "600", out);
	/* Say what is wrong with the reading that has a type. */
	if (!without || !strcmp(wrong, NODE_USAGE))
		return without;
	return wrong;
}

size_t parse_src_dst(const char *text, bool (*exists)(const char *path))
{
	size_t len = strlen(text), last = len;

	if (exists(text))
		return len;
	for (size_t i = len; i--;) {
		char *src;
		bool found;

		if (text[i] != ':' || !i)
			continue;
		if (last == len)
			last = i;
		src = xasprintf("%.*s", (int)i, text);
		found = exists(src);
		free(src);
		if (found)
			return i;
	}
	return last;
}

/* --- what they add ------------------------------------------------------ */

static bool file_exists(const char *path)
{
	struct stat st;

	return !lstat(path, &st);
}

/* Where a source goes without DST: to its own path, as far as it has one. */
static char *default_dst(const char *src)
{
	char *path = xstrdup(src);
	const char *slash = strrchr(src, '/');

	if (!image_path(src, path))
		return path;
	free(path);
	return xstrdup(slash ? slash + 1 : src);
}

static int add_src_dst(struct image *img, const char *arg, bool dir)
{
	size_t len = parse_src_dst(arg, file_exists);
	char *src = xasprintf("%.*s", (int)len, arg), *dst;
	const char *slash = strrchr(src, '/');
	int err;

	if (!arg[len] || !arg[len + 1])
		dst = default_dst(src);
	else if (!dir && arg[strlen(arg) - 1] == '/')
		dst = xasprintf("%s%s", arg + len + 1, slash ? slash + 1 : src);
	else
		dst = xstrdup(arg + len + 1);
	if (dir)
		err = image_add_tree(img, IMAGE_USER, dst, src);
	else
		err = image_add_file(img, IMAGE_USER, dst, src, -1);
	free(dst);
	free(src);
	return err;
}

static int add_file(struct image *img, const char *arg)
{
	return add_src_dst(img, arg, false);
}

static int add_dir(struct image *img, const char *arg)
{
	return add_src_dst(img, arg, true);
}

static int add_node(struct image *img, const char *arg)
{
	struct recipe_node node;
	char *path;
	int err;

	if (parse_node(arg, &node))
		return -EINVAL;
	path = xasprintf("%.*s", (int)node.path_len, arg);
	err = image_add_node(img, IMAGE_USER, path, node.mode, node.major,
			     node.minor, arg);
	free(path);
	return err;
}

static int add_link(struct image *img, const char *arg)
{
	const char *colon = strrchr(arg, ':');
	char *target = xasprintf("%.*s", (int)(colon - arg), arg);
	int err = image_add_symlink(img, IMAGE_USER, colon + 1, target, arg);

	free(target);
	return err;
}

/* --- rows --------------------------------------------------------------- */

static const char *push(void *ctx, int (*add)(struct image *, const char *),
			const char *arg)
{
	struct recipe *r = ctx;

	r->items = xrealloc(r->items, (r->n_items + 1) * sizeof(*r->items));
	r->items[r->n_items++] = (struct recipe_item){ add, arg };
	return *arg ? NULL : "is empty";
}

static const char *set_file(void *ctx, const char *arg)
{
	return push(ctx, add_file, arg);
}

static const char *set_dir(void *ctx, const char *arg)
{
	return push(ctx, add_dir, arg);
}

static const char *set_list_file(void *ctx, const char *arg)
{
	return push(ctx, listfile_add, arg);
}

static const char *set_node(void *ctx, const char *arg)
{
	struct recipe_node node;
	const char *wrong = parse_node(arg, &node);

	return wrong ? wrong : push(ctx, add_node, arg);
}

static const char *set_link(void *ctx, const char *arg)
{
	const char *colon = strrchr(arg, ':');

	if (!colon || colon == arg || !colon[1])
		return "must be TARGET:PATH";
	return push(ctx, add_link, arg);
}

static const char *add_names(struct strv *names, const char *arg)
{
	for (;;) {
		size_t len = strcspn(arg, ",");
		char *name = xasprintf("%.*s", (int)len, arg);

		if (!len) {
			free(name);
			return "the name of a module is empty";
		}
		if (strv_has(names, name))
			free(name);
		else
			strv_take(names, name);
		if (!arg[len])
			return NULL;
		arg += len + 1;
	}
}

static const char *set_module(void *ctx, const char *arg)
{
	struct strv *modules = &((struct recipe *)ctx)->modules;

	/* A file may have a comma in its name. */
	if (!file_exists(arg) || !modfile_is(arg))
		return add_names(modules, arg);
	if (!strv_has(modules, arg))
		strv_push(modules, arg);
	return NULL;
}

/* What is unknown is passed over, which a mistyped file must not be. */
static const char *add_drivers(struct strv *names, const char *arg)
{
	return strchr(arg, '/') ?
		       "must be a module's name; --module has files" :
		       add_names(names, arg);
}

static const char *set_driver(void *ctx, const char *arg)
{
	return add_drivers(&((struct recipe *)ctx)->drivers, arg);
}

static const char *set_carry(void *ctx, const char *arg)
{
	return add_drivers(&((struct recipe *)ctx)->carried, arg);
}

static const char *set_init(void *ctx, const char *arg)
{
	((struct recipe *)ctx)->init = arg;
	return NULL;
}

static const char *set_no_init(void *ctx, const char *arg)
{
	(void)arg;
	((struct recipe *)ctx)->no_init = true;
	return NULL;
}

static const char *set_busybox(void *ctx, const char *arg)
{
	((struct recipe *)ctx)->busybox = arg;
	return NULL;
}

static const char *set_no_busybox(void *ctx, const char *arg)
{
	(void)arg;
	((struct recipe *)ctx)->no_busybox = true;
	return NULL;
}

static const char *set_append_to(void *ctx, const char *arg)
{
	((struct recipe *)ctx)->append_to = arg;
	return NULL;
}

static const char *set_compress(void *ctx, const char *arg)
{
	return parse_codec(arg, &((struct recipe *)ctx)->codec);
}

const struct cli_opt recipe_opts[N_RECIPE_OPTS] = {
	{ "init", 0, "FILE", "program to be /init (default: bootlet's own)",
	  set_init },
	{ "no-init", 0, NULL, "no /init", set_no_init },
	{ "busybox", 0, "FILE", "static BusyBox (default: found or downloaded)",
	  set_busybox },
	{ "no-busybox", 0, NULL, "no BusyBox", set_no_busybox },
	{ "module", 0, "NAME|FILE[,NAME|FILE...]",
	  "take modules along with what they need, and load them; FILE is one "
	  "of your own: ./test.ko",
	  set_module },
	{ "driver", 0, "NAME[,NAME...]",
	  "likewise, but pass over one that the kernel does not have",
	  set_driver },
	{ "carry", 0, "NAME[,NAME...]",
	  "likewise, but leave it to bootlet.coldplug= or root= to load them",
	  set_carry },
	{ "file", 0, "SRC[:DST]",
	  "add a file; DST/ is a directory; default: SRC's own path",
	  set_file },
	{ "dir", 0, "SRC[:DST]", "add a directory's content, e.g. rootfs:/",
	  set_dir },
	{ "node", 0, "PATH:c|b:MAJ:MIN[:MODE]", "add a device", set_node },
	{ "link", 0, "TARGET:PATH", "add a symbolic link", set_link },
	{ "list-file", 0, "FILE", "add what a list for gen_init_cpio names",
	  set_list_file },
	{ "append-to", 0, "IMAGE", "begin with a copy of an existing image",
	  set_append_to },
	{ "compress", 0, "none|gzip|zstd|lz4|xz[:LEVEL]",
	  "compress the image (default: none)", set_compress },
};
