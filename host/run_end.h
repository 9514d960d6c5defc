/* SPDX-License-Identifier: MIT */
/* What the user is told when a guest has ended. */
#ifndef BOOTLET_RUN_END_H
#define BOOTLET_RUN_END_H

#include "run.h"
#include "run_report.h"
#include "session.h"

/**
 * run_conclude() - decide on the verdict, say it, report it
 * @spec:   what was asked for
 * @out:    from session_run(); its findings are judged
 * @report: is told
 *
 * Says nothing of a command that ended by itself while the kernel was well.
 * Return: the exit code.
 */
int run_conclude(const struct run_spec *spec, struct session_result *out,
		 struct run_report *report);

/** run_own_time() - with -v, say what bootlet has added to QEMU's time; the
 * last thing that a run does */
void run_own_time(const struct moments *m);

#endif
