/* SPDX-License-Identifier: MIT */
/* What the user is told when a guest has ended. */
#ifndef BOOTLET_RUN_END_H
#define BOOTLET_RUN_END_H

#include "run.h"
#include "session.h"

/**
 * run_conclude() - decide on the verdict and say it
 * @spec: what was asked for
 * @out:  from session_run()
 *
 * Says nothing of a command that ended by itself. Return: the exit code.
 */
int run_conclude(const struct run_spec *spec, const struct session_result *out);

#endif
