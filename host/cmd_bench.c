// SPDX-License-Identifier: MIT
/* bootlet bench: boots, and what they took. */
#include "bench.h"
#include "bench_chart.h"
#include "bench_file.h"
#include "bench_run.h"
#include "cmds.h"
#include "msg.h"
#include "recipe.h"
#include "run.h"
#include "run_opts.h"
#include "words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOWER	    1
#define USAGE_ERROR 2
#define FAILED	    125

#define BOOTS	     10
#define BOOTS_ICOUNT 3
/* Part of a phase's time. */
#define MOST 0.02
/* A baseline is some hundred bytes a boot and phase. */
#define BASELINE_MAX (256 << 20)

struct bench_opts {
	size_t boots;
	const char *against, *baseline, *json, *chart;
	bool to_stdout, judged;
	double most;
};

struct options {
	struct bench_opts bench;
	/* As `run` has them: they are checked here, and done there. */
	struct run_spec run;
	struct recipe recipe;
};

/* --- options -------------------------------------------------------------- */

static const char *set_boots(void *ctx, const char *arg)
{
	long long n;

	if (cli_number(arg, 1, 10000, &n))
		return "must be a number from 1 to 10000";
	((struct bench_opts *)ctx)->boots = (size_t)n;
	return NULL;
}

static const char *set_against(void *ctx, const char *arg)
{
	((struct bench_opts *)ctx)->against = arg;
	return NULL;
}

static const char *set_json(void *ctx, const char *arg)
{
	struct bench_opts *o = ctx;

	if (arg && !*arg)
		return "is empty";
	o->to_stdout |= !arg;
	if (arg)
		o->json = arg;
	return NULL;
}

static const char *set_baseline(void *ctx, const char *arg)
{
	((struct bench_opts *)ctx)->baseline = arg;
	return *arg ? NULL : "is empty";
}

static const char *set_chart(void *ctx, const char *arg)
{
	((struct bench_opts *)ctx)->chart = arg;
	return *arg ? NULL : "is empty";
}

static const char *set_most(void *ctx, const char *arg)
{
	struct bench_opts *o = ctx;
	size_t digits = strspn(arg, "0123456789.");
	char *end;
	double v = strtod(arg, &end);

	if (!digits || end != arg + digits || (*end && strcmp(end, "%") != 0) ||
	    v > 10000)
		return "must be a percentage, e.g. 2% or 0.5%";
	o->most = v / 100;
	o->judged = true;
	return NULL;
}

enum { N_BENCH_OPTS = 6 };
static const struct cli_opt bench_opts[N_BENCH_OPTS] = {
	{ "boots", 'n', "N", "this many (default: 10, with --icount 3)",
	  set_boots },
	{ "against", 0, "OPTIONS",
	  "compare: boot in turn as told (A), and with these options of run "
	  "besides (B)",
	  set_against },
	{ "json", 0, "[=FILE]",
	  "all values for programs: in place of the table, or to a file",
	  set_json },
	{ "chart", 0, "FILE",
	  "draw the boot in the middle of 3 more (A; 1 with --icount), which "
	  "do not count, as SVG",
	  set_chart },
	{ "baseline", 0, "FILE",
	  "exit with 1 if a phase is slower than in this --json=FILE",
	  set_baseline },
	{ "max-regression", 0, "PERCENT",
	  "slower by more than that (default: 2%); with --against: B than A",
	  set_most },
};

enum {
	BENCH,
	GUEST,
	MACHINE,
	FILES,
	DISK,
	NET,
	VERDICT,
	WARM,
	CHANNEL,
	ICOUNT,
	IMAGE
};

#define RUN_GROUP(title, rows, n)                             \
	{                                                     \
		title, rows, n, offsetof(struct options, run) \
	}

static const struct cli_group groups[] = {
	[BENCH] = { "The measurement", bench_opts, N_BENCH_OPTS,
		    offsetof(struct options, bench) },
	[GUEST] = RUN_GROUP("The guest, as of run", run_guest_opts,
			    N_RUN_GUEST_OPTS),
	[MACHINE] =
		RUN_GROUP("Its machine", run_machine_opts, N_RUN_MACHINE_OPTS),
	[FILES] = RUN_GROUP("Its files", run_files_opts, N_RUN_FILES_OPTS),
	[DISK] = RUN_GROUP("Its disks", run_disk_opts, N_RUN_DISK_OPTS),
	[NET] = RUN_GROUP("Its network", run_net_opts, N_RUN_NET_OPTS),
	[VERDICT] =
		RUN_GROUP("The verdict", run_verdict_opts, N_RUN_VERDICT_OPTS),
	[WARM] = RUN_GROUP("A warm start", run_warm_opts, N_RUN_WARM_OPTS),
	[CHANNEL] =
		RUN_GROUP("The channel", run_channel_opts, N_RUN_CHANNEL_OPTS),
	[ICOUNT] = RUN_GROUP("Measuring", run_icount_opts, N_RUN_ICOUNT_OPTS),
	[IMAGE] = { "What goes into the image", recipe_opts, N_RECIPE_OPTS,
		    offsetof(struct options, recipe) },
};

/* What each boot is told, as it was given. */
static void take_options(const struct cmd *cmd, const struct options *o,
			 int argc, char **argv, struct bench *b)
{
	const char *wrong;

	for (size_t g = BENCH + 1; g < cmd->n_groups; g++)
		cli_echo(cmd, g, argc, argv, &b->options[BENCH_A]);
	b->icount = o->run.icount.on;
	b->pairs = o->bench.against != NULL;
	wrong = b->pairs ? parse_words(o->bench.against, &b->options[BENCH_B]) :
			   NULL;
	if (!wrong && strv_has(&b->options[BENCH_B], "--"))
		wrong = "options only, A and B run the same command";
	if (!wrong && b->pairs && !b->options[BENCH_B].n)
		wrong = "has no options: A and B would be the same";
	if (wrong)
		die(USAGE_ERROR, "--against %s: %s", o->bench.against, wrong);
}

static void take_command(int argc, char **argv, int i, struct bench *b)
{
	if (i < argc && !strcmp(argv[i - 1], "--json"))
		die(USAGE_ERROR,
		    "--json: takes its file behind \"=\", as in: bootlet bench "
		    "--json=%s",
		    argv[i]);
	if (i < argc && strcmp(argv[i - 1], "--"))
		die(USAGE_ERROR,
		    "%s: not an option; a command follows --, as in: bootlet "
		    "bench -- %s",
		    argv[i], argv[i]);
	for (; i < argc; i++)
		strv_push(&b->command, argv[i]);
	if (!b->command.n)
		strv_push(&b->command, "true");
}

static void check(struct options *o, char **command)
{
	const char *wrong;

	if (o->run.verdict.report)
		die(USAGE_ERROR, "--report: each boot has one already; --json "
				 "tells what was measured");
	if (o->bench.judged && !o->bench.baseline && !o->bench.against)
		die(USAGE_ERROR, "--max-regression: slower than what? take "
				 "--baseline or --against");
	if (o->bench.baseline && o->bench.against)
		die(USAGE_ERROR,
		    "--baseline: --against compares already; leave "
		    "one of them out");
	if (o->bench.chart && o->run.warm.on)
		die(USAGE_ERROR, "--chart: --warm leaves out the boot that is "
				 "to be drawn; leave out one of the two");
	o->run.command = command;
	wrong = run_icount_settle(&o->run);
	if (wrong)
		die(USAGE_ERROR, "%s", wrong);
}

/* --- baseline ------------------------------------------------------------- */

static void refuse(const char *path, const struct bench *was,
		   const struct bench *is)
{
	char *why = bench_unlike(was, is);

	if (why)
		die(USAGE_ERROR,
		    "--baseline %s: cannot be compared: it is of %s; make it "
		    "again with --json=FILE",
		    path, why);
}

static void load(const char *path, struct bench *was)
{
	struct buf text = { 0 };
	const char *wrong;
	int err = read_file(path, &text, BASELINE_MAX);

	if (err)
		die(USAGE_ERROR, "--baseline %s: cannot be read: %s", path,
		    strerror(-err));
	wrong = bench_load(text.n ? text.p : "", was);
	if (wrong)
		die(USAGE_ERROR,
		    "--baseline %s: %s; it is made by bootlet bench "
		    "--json=FILE",
		    path, wrong);
	buf_free(&text);
}

/* A time stands in a column elsewhere. */
static const char *trimmed(struct buf *b)
{
	while (b->n && b->p[b->n - 1] == ' ')
		b->p[--b->n] = '\0';
	return b->p + strspn(b->p, " ");
}

static void say_slower(const struct bench_slower *s, double most)
{
	struct buf is = { 0 }, was = { 0 };

	bench_time(s->is, &is);
	bench_time(s->was, &was);
	msg_error("%s: slower: %s, was %s: %.2f %% more, %g %% is allowed",
		  s->name, trimmed(&is), trimmed(&was),
		  (s->is / s->was - 1) * 100, most * 100);
	buf_free(&is);
	buf_free(&was);
}

/* Return: the exit code. */
static int judge(const struct bench_opts *o, const struct bench *was,
		 const struct bench *is)
{
	const struct bench_series *a = o->baseline ? &was->side[BENCH_A] :
						     &is->side[BENCH_A];
	const struct bench_series *b = o->baseline ? &is->side[BENCH_A] :
						     &is->side[BENCH_B];
	struct bench_verdict v;

	if (!o->baseline && !o->judged)
		return EXIT_SUCCESS;
	if (o->baseline) {
		refuse(o->baseline, was, is);
		if (was->what.kernel && is->what.kernel &&
		    strcmp(was->what.kernel, is->what.kernel) != 0)
			msg_warn("--baseline %s: is of kernel %s", o->baseline,
				 was->what.kernel);
	}
	bench_compare(a, b, is->icount, !o->baseline, o->most, &v);
	if (v.few)
		msg_warn("too few boots to tell noise from a change; take "
			 "-n 10, or --icount");
	for (size_t i = 0; i < v.n; i++)
		say_slower(&v.slower[i], o->most);
	return v.n ? SLOWER : EXIT_SUCCESS;
}

/* --- results -------------------------------------------------------------- */

/* @whole: all boots were made: half of them are no baseline. */
static int print(const struct bench_opts *o, const struct bench *b, bool whole)
{
	struct buf table = { 0 };
	char *json = bench_json(b);
	int err = 0;

	bench_table(b, &table);
	fputs(o->to_stdout ? json : table.p, stdout);
	if (fflush(stdout) || ferror(stdout)) {
		msg_error("stdout: cannot be written: %s", strerror(errno));
		err = -EIO;
	}
	if (o->json && whole && bench_file_write(o->json, json))
		err = -EIO;
	buf_free(&table);
	free(json);
	return err;
}

static int run(const struct cmd *cmd, int argc, char **argv)
{
	struct options o = {
		.bench.most = MOST,
		.run = { .qemu = "qemu-system-x86_64", .cpus = 1 },
	};
	struct bench b = { 0 }, was = { 0 };
	struct bench_chart chart;
	char *svg = NULL;
	int i = cli_parse(cmd, &o, argc, argv), code;

	take_options(cmd, &o, argc, argv, &b);
	take_command(argc, argv, i, &b);
	check(&o, b.command.v);
	if (o.bench.baseline) {
		load(o.bench.baseline, &was);
		refuse(o.bench.baseline, &was, &b);
	}
	if (!o.bench.boots)
		o.bench.boots = b.icount ? BOOTS_ICOUNT : BOOTS;
	code = bench_chart_begin(&chart, o.bench.chart, o.bench.json,
				 o.bench.baseline);
	if (code)
		code = code == -EBUSY ? USAGE_ERROR : FAILED;
	else if (bench_file_check(o.bench.json))
		code = FAILED;
	else
		code = bench_run(&b, o.bench.boots, chart.path ? &svg : NULL);
	/* Interrupted, it tells what it has. */
	if (b.side[BENCH_A].n && (!code || code > 128) &&
	    print(&o.bench, &b, !code) && !code)
		code = FAILED;
	if (bench_chart_end(&chart, svg) && !code)
		code = FAILED;
	if (!code)
		code = judge(&o.bench, &was, &b);
	free(svg);
	bench_free(&b);
	bench_free(&was);
	run_spec_free(&o.run);
	recipe_free(&o.recipe);
	return code;
}

const struct cmd cmd_bench = {
	.name = "bench",
	.usage = "[-n N] [options] [-- COMMAND [ARG...]]",
	.summary = "Boot many times and tell what each phase takes",
	.detail =
		"Each boot is a bootlet run of its own, from its start to its end. Options are\n"
		"those of run; the command is true unless one is given.\n"
		"  bootlet bench --machine microvm\n"
		"  bootlet bench -n 20 --against '--append nopti'      is B slower than A?\n"
		"  bootlet bench --icount --json=base.json             to be compared with\n"
		"  bootlet bench --icount --baseline base.json         in CI: has it got slower?\n"
		"--icount counts the guest's instructions, a nanosecond each, and tells nothing\n"
		"of this machine's time: two boots of the same thing take the same, on a busy\n"
		"machine, too, and a change of 1 % shows in three boots.\n\n"
		"Exit codes: 0; 1 a phase got slower; 2 wrong usage, or a baseline of something\n"
		"else; what a boot that failed has ended with, 125 for 1 and 2; 128+S.",
	.groups = groups,
	.n_groups = sizeof(groups) / sizeof(groups[0]),
	.usage_error = USAGE_ERROR,
	.run = run,
};
