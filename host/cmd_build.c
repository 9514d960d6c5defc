// SPDX-License-Identifier: MIT
/* bootlet build: configure a kernel's source, and build it. */
#include "cmds.h"
#include "kbuild.h"
#include "kbuild_run.h"
#include "kconfig_apply.h"
#include "kconfig_opts.h"
#include "kconfig_tools.h"
#include "koptim.h"
#include "msg.h"
#include "quote.h"
#include "spawn.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USAGE_ERROR 2

enum { JOBS_MAX = 4096 };

struct options {
	struct kopts tree;
	struct koptim optim;
	unsigned int jobs;
	bool print;
	/* Fragments. */
	struct strv names;
};

static const char *set_jobs(void *ctx, const char *arg)
{
	long long n;

	if (cli_number(arg, 1, JOBS_MAX, &n))
		return "must be a number from 1 on";
	((struct options *)ctx)->jobs = (unsigned int)n;
	return NULL;
}

static const char *set_optimize(void *ctx, const char *arg)
{
	return parse_koptim(arg, &((struct options *)ctx)->optim);
}

static const char *set_print(void *ctx, const char *arg)
{
	(void)arg;
	((struct options *)ctx)->print = true;
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
	{ "jobs", 'j', "N", "compile that many at a time (default: all CPUs)",
	  set_jobs },
	{ "optimize", 0, "LEVEL[=DIR|OBJECT,...]",
	  "1 is the best for debugging; maybe for a part only", set_optimize },
	{ "print", 0, NULL, "print the commands, run none", set_print },
	{ "verbose", 'v', NULL, "show what the kernel's make says",
	  set_verbose },
};

/* --- what is to be built ------------------------------------------------------ */

struct plan {
	struct ktree_at at;
	struct kconfig config;
	bool has_config;
	struct strv vars;
	char *cc;
	struct kbuild_spec spec;
};

static void plan_free(struct plan *p)
{
	ktree_at_free(&p->at);
	kconfig_free(&p->config);
	strv_free(&p->vars);
	free(p->cc);
}

/* Names for make and for messages that hold wherever one stands. */
static void make_absolute(char **path)
{
	char *real = realpath(*path, NULL), cwd[PATH_MAX];

	if (!real && **path != '/' && getcwd(cwd, sizeof(cwd)))
		real = xasprintf("%s/%s", cwd, *path);
	if (!real)
		return;
	free(*path);
	*path = real;
}

static int locate(const struct options *o, struct plan *p)
{
	int err = ktree_locate(o->tree.tree, o->tree.out, &p->at);

	if (err)
		return err;
	make_absolute(&p->at.src);
	make_absolute(&p->at.out);
	p->spec.src = p->at.src;
	p->spec.out = strcmp(p->at.src, p->at.out) ? p->at.out : NULL;
	return kopts_usable(p->at.src, p->at.out);
}

static int read_config(struct plan *p)
{
	char *path = xasprintf("%s/.config", p->at.out);
	int err = 0;

	if (!access(path, F_OK)) {
		err = kconfig_read(path, NULL, &p->config);
		p->has_config = !err;
	}
	free(path);
	return err;
}

static const char *word_or_env(const struct options *o, const char *name)
{
	const char *value = kopts_value(&o->tree, name);

	return value ? value : getenv(name);
}

static void choose_cc(const struct options *o, struct plan *p)
{
	const char *cross = word_or_env(o, "CROSS_COMPILE");
	char *gcc = xasprintf("%sgcc", cross ? cross : "");

	p->cc = kbuild_cc(kopts_value(&o->tree, "CC"), word_or_env(o, "LLVM"),
			  cross,
			  kbuild_is_ccache("ccache") && !kbuild_is_ccache(gcc));
	p->spec.cc = p->cc;
	free(gcc);
}

/* Where fragments are to be applied yet, they tell what they ask for. */
static bool will_have(const struct plan *p, const struct kfrags *wants,
		      const char *symbol)
{
	const struct kwant *w = kfrags_find(wants, symbol, 0);

	if (w)
		return *w->value == 'y';
	return p->has_config && kconfig_tri(&p->config, symbol) == 2;
}

/* Return: the exit code, 0 where all is fine. */
static int plan_make(struct options *o, struct plan *p,
		     const struct kfrags *wants)
{
	bool asked = o->tree.arch || word_or_env(o, "ARCH");

	p->spec.arch = kopts_arch(&o->tree);
	if (!asked && p->has_config && karch_of(&p->config))
		p->spec.arch = karch_of(&p->config);
	if (!p->spec.arch || !kbuild_image(p->spec.arch))
		die(USAGE_ERROR, "build: needs --arch: no architecture that "
				 "the fragments know");
	if (p->spec.arch != karch_find(NULL) &&
	    !word_or_env(o, "CROSS_COMPILE") && !word_or_env(o, "LLVM") &&
	    !kopts_value(&o->tree, "CC"))
		die(USAGE_ERROR,
		    "%s: not this machine's: needs a compiler, by "
		    "CROSS_COMPILE=PREFIX or LLVM=1",
		    p->spec.arch->name);
	p->spec.name_arch = getenv("ARCH") != NULL;
	choose_cc(o, p);
	p->spec.jobs = o->jobs ? o->jobs : kbuild_jobs();
	p->spec.modules = will_have(p, wants, "MODULES");
	p->spec.gdb = will_have(p, wants, "GDB_SCRIPTS");
	p->spec.vars = &p->vars;
	return koptim_locate(&o->optim, p->at.src) ? USAGE_ERROR : 0;
}

/* --- print -------------------------------------------------------------------- */

static void print_apply(const struct options *o)
{
	const struct kopts *t = &o->tree;
	const struct {
		const char *option, *value;
	} words[] = {
		{ "-k", t->tree },
		{ "-O", t->out },
		{ "--from", t->from },
		{ "--arch", t->arch },
	};
	struct strv argv = { 0 };
	struct buf line = { 0 };

	strv_pushl(&argv, "bootlet", "config", "apply", NULL);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].value)
			strv_pushl(&argv, words[i].option, words[i].value,
				   NULL);
	if (t->force)
		strv_push(&argv, "--force");
	strv_push(&argv, "--");
	for (size_t i = 0; i < o->names.n; i++)
		strv_push(&argv, o->names.v[i]);
	for (size_t i = 0; i < t->vars.n; i++)
		strv_push(&argv, t->vars.v[i]);
	quote_line(&line, &argv);
	fputs(line.p, stdout);
	buf_free(&line);
	strv_free(&argv);
}

static int print(const struct options *o, struct plan *p)
{
	struct strv argv = { 0 };
	struct buf line = { 0 };

	if (o->names.n)
		print_apply(o);
	koptim_vars(&o->optim, &o->tree.vars, getenv("KCFLAGS"), &p->vars);
	kbuild_unset(&argv);
	kbuild_argv(&p->spec, &argv);
	quote_line(&line, &argv);
	fputs(line.p, stdout);
	buf_free(&line);
	strv_free(&argv);
	if (fflush(stdout) || ferror(stdout)) {
		msg_error("stdout: cannot be written: %s", strerror(errno));
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

/* --- build -------------------------------------------------------------------- */

/* The same compiler can do the same things. */
static char *optim_key(const struct options *o, const struct plan *p)
{
	char *release = ktree_release(p->at.src), *key;
	const char *cc = kconfig_get(&p->config, "CC_VERSION_TEXT");

	key = xasprintf("-O%c %s %s", o->optim.level, release ? release : "?",
			cc ? cc : "?");
	free(release);
	return key;
}

static void load_found(struct options *o, const struct plan *p, const char *key)
{
	struct strv found = { 0 };

	if (o->optim.level)
		koptim_load(p->at.out, key, &found);
	koptim_keep(&o->optim, &found, &o->tree.vars, p->at.src,
		    p->spec.arch->srcdir);
	strv_free(&found);
}

static int configure(const struct options *o)
{
	struct kreport report = { 0 };
	int err;

	if (!o->names.n)
		return 0;
	err = kopts_apply(&o->tree, o->names.v, o->names.n, &report);
	return err == -ENODATA && o->tree.force ? 0 : err;
}

static int build(struct options *o, struct plan *p)
{
	struct kbuild_job job = {
		.spec = &p->spec,
		.dir = p->at.out,
		.optim = &o->optim,
		.user = &o->tree.vars,
		.vars = &p->vars,
	};
	char *key;
	int code;

	if (!p->has_config)
		die(EXIT_FAILURE,
		    "%s: no .config there; say what it shall have: bootlet "
		    "build -k %s%s%s base debug net",
		    p->at.out, o->tree.tree, o->tree.out ? " -O " : "",
		    o->tree.out ? o->tree.out : "");
	if (ktools_require(KTOOL_BUILD, &p->config))
		return EXIT_FAILURE;
	key = optim_key(o, p);
	load_found(o, p, key);
	job.key = key;
	code = kbuild_run(&job);
	free(key);
	return code;
}

/* Tools are looked for by what the environment says. */
static void export_words(const struct options *o)
{
	static const char *const names[] = { "LLVM", "HOSTCC" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (kopts_value(&o->tree, names[i]))
			setenv(names[i], kopts_value(&o->tree, names[i]), 1);
}

static int run(const struct cmd *cmd, int argc, char **argv)
{
	struct options o = { 0 };
	struct plan p = { 0 };
	struct kfrags wants = { 0 };
	struct strv words = { 0 };
	int code = EXIT_FAILURE, err;

	kopts_words(cmd, &o, argc, argv, &words);
	for (size_t i = 0; i < words.n; i++)
		if (!kopts_variable(&o.tree, words.v[i]))
			strv_push(&o.names, words.v[i]);
	if (kopts_check(&o.tree)) {
		code = USAGE_ERROR;
		goto out;
	}
	if (!o.tree.tree && ktree_is("."))
		o.tree.tree = ".";
	if (!o.tree.tree)
		die(USAGE_ERROR, "build: needs the kernel's source: -k TREE");
	if (!kopts_arch(&o.tree))
		die(USAGE_ERROR, "build: needs --arch: no architecture that "
				 "the fragments know");
	export_words(&o);
	err = locate(&o, &p);
	if (err) {
		code = err == -EINVAL ? USAGE_ERROR : EXIT_FAILURE;
		goto out;
	}
	if (kopts_load(o.names.v, o.names.n, kopts_arch(&o.tree), &wants))
		goto out;
	if ((!o.print && configure(&o)) || read_config(&p))
		goto out;
	code = plan_make(&o, &p, &wants);
	if (!code && o.print && p.has_config) {
		char *key = optim_key(&o, &p);

		load_found(&o, &p, key);
		free(key);
	}
	if (!code)
		code = o.print ? print(&o, &p) : build(&o, &p);
out:
	kfrags_free(&wants);
	plan_free(&p);
	koptim_free(&o.optim);
	strv_free(&o.names);
	strv_free(&o.tree.vars);
	strv_free(&words);
	return code;
}

static const struct cli_group groups[] = {
	{ "The tree", kopts_rows, KOPTS_ROWS, offsetof(struct options, tree) },
	{ "The build", opts, sizeof(opts) / sizeof(opts[0]), 0 },
};

const struct cmd cmd_build = {
	.name = "build",
	.usage = "[-k TREE] [NAME...] [VARIABLE=VALUE...] [options]",
	.summary = "Configure a kernel's source with fragments, and build it",
	.detail =
		"Each NAME is a fragment, see bootlet config list; they are\n"
		"applied as bootlet config apply does. Without a NAME the\n"
		".config that is there is built. VARIABLE=VALUE goes to the\n"
		"kernel's make: CC=clang, LLVM=1, KCFLAGS=-DX.\n"
		"\n"
		"  bootlet build -k linux-6.1 base debug noinline unsigned net\n"
		"  bootlet build -k linux-6.1 -O /tmp/o --optimize 1\n"
		"  bootlet build -k linux-6.1 --optimize 1=net,fs/eventpoll.o\n"
		"\n"
		"With --optimize what cannot be built so is built at -O2, and\n"
		"listed.",
	.groups = groups,
	.n_groups = sizeof(groups) / sizeof(groups[0]),
	.usage_error = USAGE_ERROR,
	.run = run,
};
