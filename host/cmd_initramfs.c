// SPDX-License-Identifier: MIT
/* bootlet initramfs: options in, an image out. */
#include "cmds.h"
#include "image.h"
#include "imglist.h"
#include "kernel.h"
#include "msg.h"
#include "outfile.h"
#include "recipe.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define USAGE_ERROR 2

struct options {
	struct recipe recipe;
	const char *kernel, *output, *list;
};

static const char *set_output(void *ctx, const char *arg)
{
	((struct options *)ctx)->output = arg;
	return *arg ? NULL : "is empty";
}

static const char *set_list(void *ctx, const char *arg)
{
	((struct options *)ctx)->list = arg;
	return *arg ? NULL : "is empty";
}

static const char *set_kernel(void *ctx, const char *arg)
{
	((struct options *)ctx)->kernel = arg;
	return *arg ? NULL : "is empty";
}

static const struct cli_opt opts[] = {
	{ "output", 'o', "FILE", "image to write; - is stdout", set_output },
	{ "list", 0, "FILE", "print what is in an image; - is stdin",
	  set_list },
	{ "kernel", 'k', "KERNEL",
	  "whose modules: tree, image, release, distro", set_kernel },
};

/* The image of the run before is no part of the tree that it lies in. */
static void skip_output(struct image *img, const char *output)
{
	struct stat st;

	if (!strcmp(output, "-") ? fstat(STDOUT_FILENO, &st) :
				   stat(output, &st))
		return;
	if (!S_ISREG(st.st_mode))
		return;
	img->skip_dev = st.st_dev;
	img->skip_ino = st.st_ino;
}

static int make(const struct options *o)
{
	struct image img = { 0 };
	struct kernel k = { 0 };
	int err = 0;

	skip_output(&img, o->output);
	/* One that is named but not there is wrong, needed or not. */
	if (o->kernel || recipe_needs_kernel(&o->recipe))
		err = kernel_find(o->kernel, &k);
	if (!err) {
		err = recipe_apply(&o->recipe, &k, &img);
		kernel_free(&k);
	}
	if (!err)
		err = image_write(&img, o->output, &o->recipe.codec,
				  o->recipe.append_to);
	image_free(&img);
	return err;
}

static int run(const struct cmd *cmd, int argc, char **argv)
{
	struct options o = { 0 };
	int i = cli_parse(cmd, &o, argc, argv), err;

	if (i < argc && strcmp(argv[i - 1], "--"))
		die(USAGE_ERROR,
		    "%s: not an option; files are added by "
		    "--file, a command follows --",
		    argv[i]);
	if (i < argc)
		o.recipe.command = argv + i;
	if (!o.list == !o.output)
		die(USAGE_ERROR, "initramfs: needs either -o FILE or --list "
				 "FILE");
	if (o.output && outfile_is_stdout(o.output) && isatty(STDOUT_FILENO))
		die(USAGE_ERROR, "stdout: is a terminal; choose a file with "
				 "-o FILE");
	err = o.list ? imglist_print(o.list) : make(&o);
	recipe_free(&o.recipe);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

static const struct cli_group groups[] = {
	{ "What to do", opts, sizeof(opts) / sizeof(opts[0]), 0 },
	{ "What goes in", recipe_opts, N_RECIPE_OPTS,
	  offsetof(struct options, recipe) },
};

const struct cmd cmd_initramfs = {
	.name = "initramfs",
	.usage = "-o FILE [options] [-- COMMAND [ARG...]] | --list FILE",
	.summary = "Pack an initramfs, or print what is in one",
	.groups = groups,
	.n_groups = sizeof(groups) / sizeof(groups[0]),
	.usage_error = USAGE_ERROR,
	.run = run,
};
