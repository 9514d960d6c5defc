// SPDX-License-Identifier: MIT
#include "kconfig_opts.h"

#include "kconfig_apply.h"
#include "msg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"

static const char *set_text(const char **to, const char *arg)
{
	*to = arg;
	return *arg ? NULL : "is empty";
}

static const char *set_tree(void *ctx, const char *arg)
{
	return set_text(&((struct kopts *)ctx)->tree, arg);
}

static const char *set_out(void *ctx, const char *arg)
{
	return set_text(&((struct kopts *)ctx)->out, arg);
}

static const char *set_from(void *ctx, const char *arg)
{
	static const char *const known[] = { "tinyconfig", "defconfig",
					     "current" };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(arg, known[i]))
			return set_text(&((struct kopts *)ctx)->from, arg);
	return "must be tinyconfig, defconfig or current";
}

static const char *set_arch(void *ctx, const char *arg)
{
	if (!karch_find(arg))
		return "no architecture that the fragments know (x86_64, "
		       "arm64)";
	return set_text(&((struct kopts *)ctx)->arch, arg);
}

static const char *set_force(void *ctx, const char *arg)
{
	(void)arg;
	((struct kopts *)ctx)->force = true;
	return NULL;
}

const struct cli_opt kopts_rows[KOPTS_ROWS] = {
	{ "kernel", 'k', "DIR",
	  "the kernel's source, or where it is built (default: here)",
	  set_tree },
	{ "from", 0, "tinyconfig|defconfig|current",
	  "what the configuration begins with (current where there is one)",
	  set_from },
	{ "output", 'O', "DIR",
	  "where the kernel is built, as make's O=", set_out },
	{ "force", 0, NULL, "configure even where symbols are missing",
	  set_force },
	{ "arch", 0, "x86_64|arm64", "architecture; default: the file's",
	  set_arch },
};

void kopts_words(const struct cmd *cmd, void *opts, int argc, char **argv,
		 struct strv *words)
{
	while (argc > 1) {
		int i = cli_parse(cmd, opts, argc, argv);
		bool rest = !strcmp(argv[i - 1], "--");

		while (i < argc && rest)
			strv_push(words, argv[i++]);
		if (i < argc)
			strv_push(words, argv[i]);
		argc -= i;
		argv += i;
	}
}

bool kopts_variable(struct kopts *o, const char *word)
{
	/* CFLAGS_REMOVE_a-b.o= is one, too. */
	size_t n = strspn(word, UPPER "abcdefghijklmnopqrstuvwxyz0123456789.-");

	if (!strspn(word, UPPER) || word[n] != '=')
		return false;
	if (!strncmp(word, "O=", 2) && word[2])
		o->out = word + 2;
	else if (!strncmp(word, "KBUILD_OUTPUT=", 14) && word[14])
		o->out = word + 14;
	else
		strv_push(&o->vars, word);
	return true;
}

const char *kopts_value(const struct kopts *o, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = o->vars.n; i-- > 0;)
		if (!strncmp(o->vars.v[i], name, len) &&
		    o->vars.v[i][len] == '=')
			return o->vars.v[i] + len + 1;
	return NULL;
}

const struct karch *kopts_arch(const struct kopts *o)
{
	const char *env = kopts_value(o, "ARCH");

	if (!env)
		env = getenv("ARCH");
	return karch_find(o->arch ? o->arch : env && *env ? env : NULL);
}

int kopts_check(const struct kopts *o)
{
	static const char *const refused[][2] = {
		{ "M", "a module of its own is not built here" },
		{ "KBUILD_EXTMOD", "a module of its own is not built here" },
		{ "KCONFIG_CONFIG",
		  "the .config in the build directory is it" },
	};
	const char *word = kopts_value(o, "ARCH");

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (kopts_value(o, refused[i][0])) {
			msg_error("%s=: not taken: %s", refused[i][0],
				  refused[i][1]);
			return -EINVAL;
		}

	if (o->arch && word && karch_find(word) != karch_find(o->arch)) {
		msg_error("ARCH=%s: not what --arch %s says; leave one of them "
			  "out",
			  word, o->arch);
		return -EINVAL;
	}
	return 0;
}

/* Both go through shells and makefiles, which know no quoting there: what
 * they take apart names another directory. */
int kopts_usable(const char *src, const char *out)
{
	static const char special[] = " \t\n\v\f\r\"$'`\\;&|<>()*?[";
	const char *paths[] = { src, out };
	bool refused;

	for (size_t i = 0; i < 2; i++) {
		const char *bad = paths[i] + strcspn(paths[i], special);
		char *real = *bad ? NULL : realpath(paths[i], NULL);

		if (real)
			bad = real + strcspn(real, special);
		if (*bad)
			msg_error("%s: has a \"%c\" in its name, which the "
				  "kernel's makefiles cannot take; choose "
				  "another directory",
				  real ? real : paths[i], *bad);
		refused = *bad != '\0';
		free(real);
		if (refused)
			return -EINVAL;
	}
	return 0;
}

int kopts_load(char *const *names, size_t n, const struct karch *arch,
	       struct kfrags *set)
{
	int err = 0;

	for (size_t i = 0; i < n && !err; i++)
		err = kfrags_add(set, names[i], arch);
	return err ? err : kfrags_merge(set);
}

static void tell(const struct kreport *how, const struct kapply *a)
{
	kreport_print(how, &a->check, &a->spec,
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

int kopts_apply(const struct kopts *o, char *const *names, size_t n,
		const struct kreport *report)
{
	struct kfrags wants = { 0 }, known = { 0 };
	struct kapply_spec spec = {
		.from = o->from,
		.arch = kopts_arch(o),
		.wants = &wants,
		.known = &known,
		.vars = &o->vars,
		.force = o->force,
	};
	struct kapply a = { 0 };
	int err = kopts_load(names, n, spec.arch, &wants);

	if (!err)
		err = kbuiltin_load(&known);
	if (!err)
		err = ktree_locate(o->tree, o->out, &spec.at);
	if (!err)
		err = kopts_usable(spec.at.src, spec.at.out);
	if (!err) {
		err = kapply_run(&spec, &a);
		if (!err || err == -ENODATA)
			tell(report, &a);
		kapply_free(&a);
	}
	ktree_at_free(&spec.at);
	kfrags_free(&known);
	kfrags_free(&wants);
	return err;
}
