// SPDX-License-Identifier: MIT
/* bootlet config: fragments of a kernel's configuration. */
#include "cmds.h"
#include "kconfig_apply.h"
#include "kconfig_report.h"
#include "msg.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define USAGE_ERROR 2

struct options {
	const char *tree, *out, *from, *arch;
	bool force;
	struct kreport report;
	/* What is no option, the verb first; NAME=VALUE apart. */
	struct strv words, vars;
};

static const char *set_text(const char **to, const char *arg)
{
	*to = arg;
	return *arg ? NULL : "is empty";
}

static const char *set_tree(void *ctx, const char *arg)
{
	return set_text(&((struct options *)ctx)->tree, arg);
}

static const char *set_out(void *ctx, const char *arg)
{
	return set_text(&((struct options *)ctx)->out, arg);
}

static const char *set_from(void *ctx, const char *arg)
{
	static const char *const known[] = { "tinyconfig", "defconfig",
					     "current" };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(arg, known[i]))
			return set_text(&((struct options *)ctx)->from, arg);
	return "must be tinyconfig, defconfig or current";
}

static const char *set_arch(void *ctx, const char *arg)
{
	if (!karch_find(arg))
		return "no architecture that the fragments know (x86_64, "
		       "arm64)";
	return set_text(&((struct options *)ctx)->arch, arg);
}

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

static const char *set_force(void *ctx, const char *arg)
{
	(void)arg;
	((struct options *)ctx)->force = true;
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
	{ "kernel", 'k', "DIR", "the kernel's source, or where it is built",
	  set_tree },
	{ "from", 0, "tinyconfig|defconfig|current",
	  "what apply begins with (current where there is one)", set_from },
	{ "output", 'O', "DIR",
	  "where the kernel is built, as make's O=", set_out },
	{ "force", 0, NULL, "apply writes even where symbols are missing",
	  set_force },
	{ "arch", 0, "x86_64|arm64", "architecture; default: the file's",
	  set_arch },
	{ "all", 'a', NULL, "check also prints what holds", set_all },
	{ "json", 0, NULL, "result as JSON on stdout", set_json },
	{ "verbose", 'v', NULL, "show what the kernel's make says",
	  set_verbose },
};

static const struct karch *arch_of(const struct options *o)
{
	const char *env = getenv("ARCH");

	for (size_t i = 0; i < o->vars.n; i++)
		if (!strncmp(o->vars.v[i], "ARCH=", 5))
			env = o->vars.v[i] + 5;
	return karch_find(o->arch ? o->arch : env && *env ? env : NULL);
}

static int load(const struct options *o, size_t from, const struct karch *arch,
		struct kfrags *set)
{
	int err = 0;

	if (o->words.n <= from)
		die(USAGE_ERROR,
		    "%s: needs the name of a fragment; see "
		    "bootlet config list",
		    o->words.v[0]);
	for (size_t i = from; i < o->words.n && !err; i++)
		err = kfrags_add(set, o->words.v[i], arch);
	return err ? err : kfrags_merge(set);
}

/* --- list, print ------------------------------------------------------------ */

static int list(const struct options *o)
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

static int print(const struct options *o)
{
	struct kfrags set = { 0 };
	struct buf text = { 0 };
	int err = load(o, 1, arch_of(o), &set);

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

	arch = o->arch ? karch_find(o->arch) : karch_of(&config);
	if (!err)
		err = load(o, 2, arch, &wants);
	if (!err)
		err = kbuiltin_load(&known);
	if (!err)
		err = kreport_tree(o->tree, file, arch ? arch->srcdir : "x86",
				   &tree);
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
static int check(const struct options *o)
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

static void tell(const struct options *o, const struct kapply *a)
{
	kreport_print(&o->report, &a->check, &a->spec,
		      a->path ? a->path : a->tree.top);
	if (!a->path)
		msg_error("%s: left as it was; --force writes the .config "
			  "even so",
			  a->tree.top);
	else if (!a->written)
		msg_info("%s: was right already", a->path);
	else if (a->kept)
		msg_info("%s: written, begun with %s; the old one is %s",
			 a->path, a->from, a->kept);
	else
		msg_info("%s: written, begun with %s", a->path, a->from);
}

static int apply(const struct options *o)
{
	struct kfrags wants = { 0 }, known = { 0 };
	struct kapply_spec spec = {
		.from = o->from,
		.arch = arch_of(o),
		.wants = &wants,
		.known = &known,
		.vars = &o->vars,
		.force = o->force,
	};
	struct kapply a = { 0 };
	int err;

	if (!o->tree)
		die(USAGE_ERROR, "apply: needs the kernel's source: -k TREE");
	if (!spec.arch)
		die(USAGE_ERROR, "apply: needs --arch: no architecture that "
				 "the fragments know");
	err = load(o, 1, spec.arch, &wants);
	if (!err)
		err = kbuiltin_load(&known);
	if (!err)
		err = ktree_locate(o->tree, o->out, &spec.at);
	if (!err) {
		err = kapply_run(&spec, &a);
		if (!err || err == -ENODATA)
			tell(o, &a);
		kapply_free(&a);
	}
	ktree_at_free(&spec.at);
	kfrags_free(&known);
	kfrags_free(&wants);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* --- words ------------------------------------------------------------------ */

static const struct {
	const char *name;
	int (*run)(const struct options *o);
} verbs[] = {
	{ "list", list },
	{ "print", print },
	{ "apply", apply },
	{ "check", check },
};

#define N_VERBS (sizeof(verbs) / sizeof(verbs[0]))

/* "CC=clang" is for make, as on make's own command line. */
static bool is_variable(const char *word)
{
	size_t n = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

	return n && word[n] == '=';
}

static void take_word(struct options *o, char *word)
{
	if (!is_variable(word) || !o->words.n)
		strv_push(&o->words, word);
	else if (!strncmp(word, "O=", 2) && word[2])
		o->out = word + 2;
	else
		strv_push(&o->vars, word);
}

/* Options may stand between the words; behind "--" there are none. */
static void take_words(const struct cmd *cmd, struct options *o, int argc,
		       char **argv)
{
	while (argc > 1) {
		int i = cli_parse(cmd, o, argc, argv);
		bool rest = !strcmp(argv[i - 1], "--");

		while (i < argc && rest)
			take_word(o, argv[i++]);
		if (i < argc)
			take_word(o, argv[i]);
		argc -= i;
		argv += i;
	}
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
			strv_free(&o.vars);
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
	{ "Options", opts, sizeof(opts) / sizeof(opts[0]), 0 },
};

const struct cmd cmd_config = {
	.name = "config",
	.usage = "list | print NAME... | apply -k TREE NAME... | check FILE "
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
