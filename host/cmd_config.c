// SPDX-License-Identifier: MIT
/* bootlet config: fragments of a kernel's configuration. */
#include "cmds.h"
#include "kconfig_apply.h"
#include "kconfig_opts.h"
#include "msg.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define USAGE_ERROR 2

struct options {
	struct kopts tree;
	struct kreport report;
	/* What is no option, and that without what is for make. */
	struct strv all, words;
};

static const char *set_json(void *ctx, const char *arg)
{
	(void)arg;
	((struct options *)ctx)->report.json = true;
	return NULL;
}

static const char *set_all(void *ctx, const char *arg)
{
	(void)arg;
	((struct options *)ctx)->report.all = true;
	return NULL;
}

static const char *set_verbose(void *ctx, const char *arg)
{
	(void)ctx;
	(void)arg;
	msg_verbosity = 1;
	return NULL;
}

static const struct cli_opt opts[] = {
	{ "all", 'a', NULL, "check also prints what holds", set_all },
	{ "json", 0, NULL, "result as JSON on stdout", set_json },
	{ "verbose", 'v', NULL, "show what the kernel's make says",
	  set_verbose },
};

static int load(const struct options *o, size_t from, const struct karch *arch,
		struct kfrags *set)
{
	if (o->words.n <= from)
		die(USAGE_ERROR,
		    "%s: needs the name of a fragment; see "
		    "bootlet config list",
		    o->words.v[0]);
	return kopts_load(o->words.v + from, o->words.n - from, arch, set);
}

/* --- list, print ------------------------------------------------------------ */

static int list(struct options *o)
{
	struct kfrags set = { 0 };
	int err = 0;

	if (o->words.n > 1)
		die(USAGE_ERROR, "%s: list takes no name", o->words.v[1]);
	for (size_t i = 0; i < n_kbuiltin && !err; i++)
		if (!strchr(kbuiltin[i].name, '/'))
			err = kfrags_add(&set, kbuiltin[i].name, NULL);
	for (size_t i = 0; i < set.n; i++)
		printf("%-10s %s\n", set.v[i].label, set.v[i].summary);
	kfrags_free(&set);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int print(struct options *o)
{
	struct kfrags set = { 0 };
	struct buf text = { 0 };
	int err = load(o, 1, kopts_arch(&o->tree), &set);

	if (!err) {
		kfrags_print(&set, &text);
		err = kreport_put(&text);
	}
	buf_free(&text);
	kfrags_free(&set);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* --- check ------------------------------------------------------------------ */

static int check_file(const struct options *o, const char *file)
{
	struct kconfig config = { 0 };
	struct kfrags wants = { 0 }, known = { 0 };
	struct ktree tree = { 0 };
	struct kcheck c = { 0 };
	const struct karch *arch;
	int err = kconfig_read(file, NULL, &config), code = USAGE_ERROR;

	arch = o->tree.arch ? karch_find(o->tree.arch) : karch_of(&config);
	if (!err)
		err = load(o, 2, arch, &wants);
	if (!err)
		err = kbuiltin_load(&known);
	if (!err)
		err = kreport_tree(o->tree.tree, file,
				   arch ? arch->srcdir : "x86", &tree);
	if (!err) {
		const char *release = tree.top ? tree.release : config.release;
		struct kcheck_spec spec = {
			.wants = &wants,
			.config = &config,
			.tree = tree.top ? &tree : NULL,
			.known = &known,
			.version = release ? parse_kversion(release) : 0,
		};

		if (tree.top && config.release &&
		    parse_kversion(config.release) != spec.version)
			msg_warn("%s: is of %s, but %s is %s: what is said "
				 "about symbols is the latter's",
				 file, config.release, tree.top, tree.release);
		kcheck_run(&spec, &c);
		err = kreport_print(&o->report, &c, &spec, file);
		code = err || c.count[KSTATE_MISSING] ? EXIT_FAILURE :
							EXIT_SUCCESS;
		kcheck_free(&c);
	}
	ktree_free(&tree);
	kfrags_free(&known);
	kfrags_free(&wants);
	kconfig_free(&config);
	return code;
}

/* A directory stands for the .config in it. */
static int check(struct options *o)
{
	struct stat st;
	char *file;
	int code;

	if (o->words.n < 2)
		die(USAGE_ERROR, "check: needs a .config and names of "
				 "fragments");
	file = !stat(o->words.v[1], &st) && S_ISDIR(st.st_mode) ?
		       xasprintf("%s/.config", o->words.v[1]) :
		       xstrdup(o->words.v[1]);
	code = check_file(o, file);
	free(file);
	return code;
}

/* --- apply ------------------------------------------------------------------ */

static int apply(struct options *o)
{
	int err;

	if (kopts_check(&o->tree))
		return USAGE_ERROR;
	if (!o->tree.tree && ktree_is("."))
		o->tree.tree = ".";
	if (!o->tree.tree)
		die(USAGE_ERROR, "apply: needs the kernel's source: -k TREE");
	if (!kopts_arch(&o->tree))
		die(USAGE_ERROR, "apply: needs --arch: no architecture that "
				 "the fragments know");
	if (o->words.n < 2)
		die(USAGE_ERROR, "apply: needs the name of a fragment; see "
				 "bootlet config list");
	err = kopts_apply(&o->tree, o->words.v + 1, o->words.n - 1, &o->report);
	return err == -EINVAL ? USAGE_ERROR : err ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* --- words ------------------------------------------------------------------ */

static const struct {
	const char *name;
	int (*run)(struct options *o);
} verbs[] = {
	{ "list", list },
	{ "print", print },
	{ "apply", apply },
	{ "check", check },
};

#define N_VERBS (sizeof(verbs) / sizeof(verbs[0]))

/* The verb is the first word, whatever it looks like. */
static void take_words(const struct cmd *cmd, struct options *o, int argc,
		       char **argv)
{
	struct strv words = { 0 };

	kopts_words(cmd, o, argc, argv, &words);
	for (size_t i = 0; i < words.n; i++)
		if (!o->words.n || !kopts_variable(&o->tree, words.v[i]))
			strv_push(&o->words, words.v[i]);
	o->all = words;
}

static int run(const struct cmd *cmd, int argc, char **argv)
{
	struct options o = { 0 };
	struct strv names = { 0 };
	const char *near, *verb;

	take_words(cmd, &o, argc, argv);
	if (!o.words.n)
		die(USAGE_ERROR, "config: list, print, apply or check? see "
				 "bootlet config --help");
	verb = o.words.v[0];
	for (size_t i = 0; i < N_VERBS; i++) {
		if (!strcmp(verb, verbs[i].name)) {
			int code = verbs[i].run(&o);

			strv_free(&o.words);
			strv_free(&o.all);
			strv_free(&o.tree.vars);
			strv_free(&names);
			return code;
		}
		strv_push(&names, verbs[i].name);
	}
	near = str_nearest(verb, names.v, names.n);
	die(USAGE_ERROR, "%s: no such thing to do%s%s%s", verb,
	    near ? "; did you mean " : "; there are list, print, apply, check",
	    near ? near : "", near ? "?" : "");
}

static const struct cli_group groups[] = {
	{ "The tree", kopts_rows, KOPTS_ROWS, offsetof(struct options, tree) },
	{ "Options", opts, sizeof(opts) / sizeof(opts[0]), 0 },
};

const struct cmd cmd_config = {
	.name = "config",
	.usage = "list | print NAME... | apply [-k TREE] NAME... | check FILE "
		 "NAME...",
	.summary = "Fragments of a kernel's configuration: merge, apply, check",
	.detail =
		"list says what each fragment is for; print writes them merged;\n"
		"apply configures a kernel's source with them; check holds any\n"
		".config against them and explains each symbol that is missing.\n"
		"NAME is a fragment's, or a file of yours (with a \"/\" in it).",
	.groups = groups,
	.n_groups = sizeof(groups) / sizeof(groups[0]),
	.usage_error = USAGE_ERROR,
	.run = run,
};
