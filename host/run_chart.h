/* SPDX-License-Identifier: MIT */
/*
 * The file of --chart: what a run's picture is made of, from before the boot to
 * its end. A run that fails is drawn as far as it went, and the picture says
 * so; one that is killed leaves the file as it was.
 */
#ifndef BOOTLET_RUN_CHART_H
#define BOOTLET_RUN_CHART_H

#include "initcall.h"
#include "kernel.h"
#include "outfile.h"
#include "run.h"
#include "run_report.h"
#include "session.h"

/** struct run_chart - what is collected; all zeros is one that nobody wants */
struct run_chart {
	/** @path: of the file, NULL: none is wanted; @of: the file, open */
	const char *path;
	struct outfile *of;
	/** @command: of the run, or NULL: a shell */
	char *const *command;
	/** @guest_time: as timeline_of_run()'s */
	bool guest_time;
	/** @calls: takes the console; owned, NULL where none is wanted */
	struct initcalls *calls;
	/** @release, @accel, @machine: owned */
	char *release, *accel, *machine;
};

/**
 * run_chart_begin() - see that it can be written
 * @c:    filled in; the caller calls run_chart_end()
 * @spec: what was asked for
 *
 * Return: 0; -errno after a message.
 */
int run_chart_begin(struct run_chart *c, const struct run_spec *spec);

/** run_chart_kernel() - this is what is booted */
void run_chart_kernel(struct run_chart *c, const struct kernel *k);

/**
 * run_chart_qemu() - QEMU is started now, maybe not for the first time
 * @accel: "kvm" or "tcg"
 * @argv:  of QEMU
 */
void run_chart_qemu(struct run_chart *c, const char *accel,
		    const struct strv *argv);

/**
 * run_chart_guest() - the guest has ended: draw, write the file
 * @out:    of the guest; all that there is to say of it was said
 * @report: is told where the file cannot be written and all else is well
 * @code:   exit code
 *
 * Return: @code; 125 in place of 0 where the file cannot be written, after a
 * message.
 */
int run_chart_guest(struct run_chart *c, const struct session_result *out,
		    struct run_report *report, int code);

/**
 * run_chart_end() - free all but @c
 * @code: exit code
 *
 * Where there was no guest, the picture is of bootlet alone, with its last
 * error, and is written now.
 *
 * Return: @code; 125 in place of 0 where the file cannot be written, after a
 * message.
 */
int run_chart_end(struct run_chart *c, int code);

#endif
