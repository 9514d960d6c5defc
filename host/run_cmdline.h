/* SPDX-License-Identifier: MIT */
/* The kernel command line of a run. */
#ifndef BOOTLET_RUN_CMDLINE_H
#define BOOTLET_RUN_CMDLINE_H

#include "run.h"

/**
 * run_cmdline() - write it
 * @spec: settled
 * @ip:   value of ip=, or NULL
 *
 * Asks the terminal for its size and, for a machine that has no clock, how
 * fast this one's counter is. Return: the words, which the caller frees.
 */
char *run_cmdline(const struct run_spec *spec, const char *ip);

#endif
