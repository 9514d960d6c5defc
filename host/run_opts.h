/* SPDX-License-Identifier: MIT */
/* The rows that fill in a struct run_spec, by topic. */
#ifndef BOOTLET_RUN_OPTS_H
#define BOOTLET_RUN_OPTS_H

#include "cli.h"

enum {
	N_RUN_GUEST_OPTS = 7,
	N_RUN_NET_OPTS = 4,
	N_RUN_GDB_OPTS = 4,
	N_RUN_OPTS = 6,
	N_RUN_RESULTS_OPTS = 2,
};

/* run_opts.c: the guest; the run */
extern const struct cli_opt run_guest_opts[N_RUN_GUEST_OPTS];
extern const struct cli_opt run_opts[N_RUN_OPTS];
/* run_opts_net.c: the network */
extern const struct cli_opt run_net_opts[N_RUN_NET_OPTS];
/* run_opts_gdb.c: the debugger */
extern const struct cli_opt run_gdb_opts[N_RUN_GDB_OPTS];
/* run_opts_results.c: what the command prints of its tests */
extern const struct cli_opt run_results_opts[N_RUN_RESULTS_OPTS];

#endif
