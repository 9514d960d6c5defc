/* SPDX-License-Identifier: MIT */
/* The rows that fill in a struct run_spec, by topic. */
#ifndef BOOTLET_RUN_OPTS_H
#define BOOTLET_RUN_OPTS_H

#include "cli.h"
#include "recipe.h"
#include "run.h"

#include <stdbool.h>

enum {
	N_RUN_GUEST_OPTS = 7,
	N_RUN_MACHINE_OPTS = 3,
	N_RUN_NET_OPTS = 5,
	N_RUN_FILES_OPTS = 5,
	N_RUN_DISK_OPTS = 2,
	N_RUN_GDB_OPTS = 4,
	N_RUN_DUMP_OPTS = 1,
	N_RUN_CHART_OPTS = 1,
	N_RUN_VERDICT_OPTS = 8,
	N_RUN_OPTS = 4,
	N_RUN_RESULTS_OPTS = 2,
	N_RUN_CHANNEL_OPTS = 1,
	N_RUN_ICOUNT_OPTS = 1,
	N_RUN_WARM_OPTS = 1,
};

/* run_opts.c: the guest; the run */
extern const struct cli_opt run_guest_opts[N_RUN_GUEST_OPTS];
extern const struct cli_opt run_opts[N_RUN_OPTS];
/* run_opts_machine.c: the machine, and how the kernel is entered */
extern const struct cli_opt run_machine_opts[N_RUN_MACHINE_OPTS];
/* run_opts_verdict.c: deadlines, the kernel's failures, the report */
extern const struct cli_opt run_verdict_opts[N_RUN_VERDICT_OPTS];
/* run_opts_net.c: the network */
extern const struct cli_opt run_net_opts[N_RUN_NET_OPTS];
/* run_opts_files.c: the user's files */
extern const struct cli_opt run_files_opts[N_RUN_FILES_OPTS];
/* run_opts_disk.c: disks */
extern const struct cli_opt run_disk_opts[N_RUN_DISK_OPTS];

/**
 * run_disk_settle() - see that the disks fit the machine
 *
 * Return: NULL; or what does not go together, in words.
 */
const char *run_disk_settle(const struct run_spec *spec);
/* run_opts_gdb.c: the debugger */
extern const struct cli_opt run_gdb_opts[N_RUN_GDB_OPTS];
/* run_opts_results.c: what the command prints of its tests */
extern const struct cli_opt run_results_opts[N_RUN_RESULTS_OPTS];

/**
 * run_machine_settle() - see that machine and network card fit
 * @spec: after netspec_settle()
 *
 * Return: NULL; or what does not go together, in words.
 */
const char *run_machine_settle(const struct run_spec *spec);
/* run_opts_dump.c: cores */
extern const struct cli_opt run_dump_opts[N_RUN_DUMP_OPTS];
/* run_opts_chart.c: the picture of the boot */
extern const struct cli_opt run_chart_opts[N_RUN_CHART_OPTS];
/* run_opts_warm.c: states that are kept */
extern const struct cli_opt run_warm_opts[N_RUN_WARM_OPTS];
/* run_opts_channel.c: between host and guest */
extern const struct cli_opt run_channel_opts[N_RUN_CHANNEL_OPTS];
/* run_opts_icount.c: time that is counted */
extern const struct cli_opt run_icount_opts[N_RUN_ICOUNT_OPTS];

/**
 * run_icount_settle() - what --icount has as its consequence
 * @spec: has its command; @accel is set
 *
 * Return: NULL; or what does not go together, in words.
 */
const char *run_icount_settle(struct run_spec *spec);

/** struct run_options - what the options of a run fill in */
struct run_options {
	struct run_spec run;
	struct recipe recipe;
};

/** RUN_OPTIONS_INIT - where nothing was asked for */
#define RUN_OPTIONS_INIT                              \
	{                                             \
		.run = {                              \
			.qemu = "qemu-system-x86_64", \
			.cpus = 1,                    \
		},                                    \
	}

/** enum run_group - options of whatever boots guests: run, and bench */
enum run_group {
	RUN_GROUP_GUEST,
	RUN_GROUP_MACHINE,
	RUN_GROUP_FILES,
	RUN_GROUP_DISK,
	RUN_GROUP_IMAGE,
	RUN_GROUP_NET,
	RUN_GROUP_VERDICT,
	RUN_GROUP_WARM,
	RUN_GROUP_CHANNEL,
	RUN_GROUP_ICOUNT,
	N_RUN_GROUPS
};

#define RUN_GROUP(at, title, rows, n)                                    \
	{                                                                \
		title, rows, n, (at) + offsetof(struct run_options, run) \
	}

/** RUN_GROUPS() - their rows, in this order
 * @at: offset of the struct run_options in the command's options
 */
#define RUN_GROUPS(at)                                                         \
	RUN_GROUP(at, "The guest", run_guest_opts, N_RUN_GUEST_OPTS),          \
		RUN_GROUP(at, "Its machine", run_machine_opts,                 \
			  N_RUN_MACHINE_OPTS),                                 \
		RUN_GROUP(at, "Its files", run_files_opts, N_RUN_FILES_OPTS),  \
		RUN_GROUP(at, "Its disks", run_disk_opts, N_RUN_DISK_OPTS),    \
		{ "What goes into the image", recipe_opts, N_RECIPE_OPTS,      \
		  (at) + offsetof(struct run_options, recipe) },               \
		RUN_GROUP(at, "Its network", run_net_opts, N_RUN_NET_OPTS),    \
		RUN_GROUP(at, "The verdict", run_verdict_opts,                 \
			  N_RUN_VERDICT_OPTS),                                 \
		RUN_GROUP(at, "A warm start", run_warm_opts, N_RUN_WARM_OPTS), \
		RUN_GROUP(at, "The channel", run_channel_opts,                 \
			  N_RUN_CHANNEL_OPTS),                                 \
		RUN_GROUP(at, "Measuring", run_icount_opts, N_RUN_ICOUNT_OPTS)

/**
 * run_options_settle() - see that all that was asked for goes together
 * @o: taken by cli_parse(), and has its command; what follows from the
 *     options is filled in
 *
 * Return: NULL; or what does not go together, as one line.
 */
const char *run_options_settle(struct run_options *o);

/** run_options_free() - free what is owned */
void run_options_free(struct run_options *o);

#endif
