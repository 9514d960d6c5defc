// SPDX-License-Identifier: MIT
/* bootlet bench: boots, and what they took. */
#include "bench.h"
#include "bench_chart.h"
#include "bench_file.h"
#include "bench_judge.h"
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
	/* As `run` has them: they are checked here, and done there. */
	struct run_options a;
	struct bench_opts bench;
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

/* Of cmd->groups: run's stand behind our own. */
enum { BENCH, RUN_FIRST };

static const struct cli_group groups[] = {
	[BENCH] = { "The measurement", bench_opts, N_BENCH_OPTS,
		    offsetof(struct options, bench) },
	RUN_GROUPS(offsetof(struct options, a)),
};

/* What each boot is told, as it was given. */
static void take_options(const struct cmd *cmd, const struct options *o,
			 int argc, char **argv, struct bench *b)
{
	const char *wrong;

	for (size_t g = RUN_FIRST; g < cmd->n_groups; g++)
		cli_echo(cmd, g, argc, argv, &b->options[BENCH_A]);
	b->icount = o->a.run.icount.on;
	b->pairs = o->bench.against != NULL;
	wrong = b->pairs ? parse_words(o->bench.against, &b->options[BENCH_B]) :
			   NULL;
	if (!wrong && strv_has(&b->options[BENCH_B], "--"))
		wrong = "options only, A and B run the same command";
	if (!wrong && b->pairs && !b->options[BENCH_B].n)
		wrong = "has no options: A and B would be the same";
	if (!wrong && (strv_has(&b->options[BENCH_B], "--help") ||
		       strv_has(&b->options[BENCH_B], "-h")))
		wrong = "help is at bootlet run --help";
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

	if (o->a.run.verdict.report)
		die(USAGE_ERROR, "--report: each boot has one already; --json "
				 "tells what was measured");
	if (o->bench.judged && !o->bench.baseline && !o->bench.against)
		die(USAGE_ERROR, "--max-regression: slower than what? take "
				 "--baseline or --against");
	if (o->bench.baseline && o->bench.against)
		die(USAGE_ERROR,
		    "--baseline: --against compares already; leave "
		    "one of them out");
	if (o->bench.chart && o->a.run.warm.on)
		die(USAGE_ERROR, "--chart: --warm leaves out the boot that is "
				 "to be drawn; leave out one of the two");
	o->a.run.command = command;
	wrong = run_options_settle(&o->a);
	if (wrong)
		die(USAGE_ERROR, "%s", wrong);
}

/* B's boots would fail one by one, and only after the first of A's. */
static void check_against(const char *against, const struct bench *b)
{
	struct run_options o = RUN_OPTIONS_INIT;
	struct cmd as_run = cmd_run;
	int verbosity = msg_verbosity, i;
	struct strv argv = { 0 };
	const char *wrong;

	as_run.usage_error = USAGE_ERROR;
	strv_push(&argv, as_run.name);
	for (int side = BENCH_A; side <= BENCH_B; side++)
		for (size_t k = 0; k < b->options[side].n; k++)
			strv_push(&argv, b->options[side].v[k]);
	i = cli_parse(&as_run, &o, (int)argv.n, argv.v);
	o.run.command = b->command.v;
	wrong = run_options_settle(&o);
	if (i < (int)argv.n)
		wrong = "options only, each word of them as run takes it";
	else if (o.run.print)
		wrong = "--print boots nothing";
	else if (o.run.verdict.report)
		wrong = "--report: each boot has one already";
	if (wrong)
		die(USAGE_ERROR, "--against %s: %s", against, wrong);
	msg_verbosity = verbosity;
	run_options_free(&o);
	strv_free(&argv);
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

/* Return: the exit code. */
static int judge(const struct bench_opts *o, const struct bench *was,
		 const struct bench *is)
{
	if (!o->baseline && !o->judged)
		return EXIT_SUCCESS;
	if (o->baseline) {
		refuse(o->baseline, was, is);
		if (was->what.kernel && is->what.kernel &&
		    strcmp(was->what.kernel, is->what.kernel) != 0)
			msg_warn("--baseline %s: is of kernel %s", o->baseline,
				 was->what.kernel);
	}
	return bench_judge(o->baseline ? was : NULL, o->baseline, is, o->most) ?
		       SLOWER :
		       EXIT_SUCCESS;
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
		.a = RUN_OPTIONS_INIT,
	};
	struct bench b = { 0 }, was = { 0 };
	struct bench_chart chart;
	char *svg = NULL;
	int i = cli_parse(cmd, &o, argc, argv), code;

	take_options(cmd, &o, argc, argv, &b);
	take_command(argc, argv, i, &b);
	check(&o, b.command.v);
	if (b.pairs)
		check_against(o.bench.against, &b);
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
	run_options_free(&o.a);
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
