// SPDX-License-Identifier: MIT
/* bootlet run: options in, a guest, its verdict out. */
#include "cmds.h"
#include "msg.h"
#include "recipe.h"
#include "results.h"
#include "run.h"
#include "run_opts.h"

#include <string.h>

#define USAGE_ERROR 125

/* Behind those that bench has, too. */
enum { GDB = N_RUN_GROUPS, RESULTS, DUMP, CHART, RUN };

#define GROUP(title, rows, n)                                     \
	{                                                         \
		title, rows, n, offsetof(struct run_options, run) \
	}

static const struct cli_group groups[] = {
	RUN_GROUPS(0),
	[GDB] = GROUP("A debugger", run_gdb_opts, N_RUN_GDB_OPTS),
	[RESULTS] = GROUP("The command's results", run_results_opts,
			  N_RUN_RESULTS_OPTS),
	[DUMP] = GROUP("When it fails", run_dump_opts, N_RUN_DUMP_OPTS),
	[CHART] = GROUP("Its picture", run_chart_opts, N_RUN_CHART_OPTS),
	[RUN] = GROUP("The run", run_opts, N_RUN_OPTS),
};

/* A word where options end, and no "--" before it. */
static _Noreturn void not_an_option(char *const *argv, int i)
{
	if (!strcmp(argv[i - 1], "--gdb"))
		die(USAGE_ERROR,
		    "--gdb: takes its address behind \"=\", as "
		    "in: bootlet run --gdb=%s",
		    argv[i]);
	die(USAGE_ERROR,
	    "%s: not an option; a command follows --, as in: bootlet run -- %s",
	    argv[i], argv[i]);
}

static int run(const struct cmd *cmd, int argc, char **argv)
{
	struct run_options o = RUN_OPTIONS_INIT;
	int i = cli_parse(cmd, &o, argc, argv), code;
	const char *wrong;

	if (i < argc && strcmp(argv[i - 1], "--"))
		not_an_option(argv, i);
	if (i == argc && i > 1 && !strcmp(argv[i - 1], "--"))
		die(USAGE_ERROR, "--: no command follows; leave it out for a "
				 "shell");
	if (i < argc)
		o.run.command = argv + i;
	wrong = run_options_settle(&o);
	if (wrong)
		die(USAGE_ERROR, "%s", wrong);
	cli_echo(cmd, RUN_GROUP_IMAGE, argc, argv, &o.run.recipe_words);
	code = run_guest(&o.run, &o.recipe);
	run_options_free(&o);
	return code;
}

const struct cmd cmd_run = {
	.name = "run",
	.usage = "[-k KERNEL] [options] [-- COMMAND [ARG...]]",
	.summary = "Boot a kernel to a shell, or run a command in it",
	.detail =
		"Without a command the guest's console is yours, and the shell's exit code is\n"
		"bootlet's. With one, its stdin, stdout and stderr are bootlet's own, the\n"
		"console is shown when something went wrong (-v: always), and the exit code\n"
		"is the verdict:\n"
		"  N         the command exited with N (--tap: 1 if its results are a failure)\n"
		"  128+S     signal S killed it, or a signal to bootlet ended the guest\n"
		"  126, 127  it cannot be executed; it or its interpreter is not there\n"
		"  125       the guest did not come that far, or bootlet or QEMU failed\n"
		"  124       a deadline passed\n"
		"  123       kernel panic\n"
		"  122       the command exited with 0, but the kernel reported a failure\n"
		"--report says which, and why, for programs.\n\n"
		"To look into the kernel: bootlet run --break SYMBOL shows the guest and gdb on\n"
		"one terminal where tmux is installed; else type `bootlet gdb` in another one.",
	.groups = groups,
	.n_groups = sizeof(groups) / sizeof(groups[0]),
	.usage_error = USAGE_ERROR,
	.run = run,
};
