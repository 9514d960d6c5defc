/* SPDX-License-Identifier: MIT */
/* The rows that fill in a struct run_spec, by topic. */
#ifndef BOOTLET_RUN_OPTS_H
#define BOOTLET_RUN_OPTS_H

#include "cli.h"

#include <stdbool.h>

struct run_spec;

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

#endif
