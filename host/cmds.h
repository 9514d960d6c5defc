/* SPDX-License-Identifier: MIT */
/* The subcommands, one cmd_<name>.c each. */
#ifndef BOOTLET_CMDS_H
#define BOOTLET_CMDS_H

#include "cli.h"

extern const struct cmd cmd_run;
extern const struct cmd cmd_initramfs;
extern const struct cmd cmd_config;
extern const struct cmd cmd_build;
extern const struct cmd cmd_gdb;
extern const struct cmd cmd_dump;
extern const struct cmd cmd_inject;
extern const struct cmd cmd_net;
extern const struct cmd cmd_scan;
extern const struct cmd cmd_bench;
extern const struct cmd cmd_doctor;

#endif
