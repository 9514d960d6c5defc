/* SPDX-License-Identifier: MIT */
/*
 * The file of --report, from before the boot to the end of the run: it says
 * "unfinished" until there is something better to say, so that the report of
 * an earlier run never passes for that of one that was killed.
 */
#ifndef BOOTLET_RUN_REPORT_H
#define BOOTLET_RUN_REPORT_H

#include "kernel.h"
#include "outfile.h"
#include "run.h"
#include "session.h"
#include "verdict.h"

/** struct run_report - what is collected; all zeros is one that nobody wants */
struct run_report {
	/** @path: of the file, NULL: none is wanted; @of: where it is no regular
	 * file, which is written once */
	const char *path;
	struct outfile *of;
	char *const *command;
	/** @began: milliseconds of session_now() */
	long long began;
	/** The rest is owned: of kernel and QEMU; @json: the report itself, once
	 * there is a verdict */
	char *image, *release, *accel, *why, *machine, *json;
	struct strv qemu;
};

/**
 * run_report_begin() - see that it can be written
 * @r:    filled in; the caller calls run_report_end()
 * @spec: what was asked for
 *
 * Return: 0; -errno after a message.
 */
int run_report_begin(struct run_report *r, const struct run_spec *spec);

/** run_report_kernel() - this is what is booted */
void run_report_kernel(struct run_report *r, const struct kernel *k);

/**
 * run_report_qemu() - QEMU is started now, maybe not for the first time
 * @accel: "kvm" or "tcg"; @why: in a few words
 * @argv:  of QEMU
 */
void run_report_qemu(struct run_report *r, const char *accel, const char *why,
		     const struct strv *argv);

/** run_report_verdict() - this became of it */
void run_report_verdict(struct run_report *r, const struct verdict *v,
			const struct session_result *out);

/**
 * run_report_end() - write the report, free all but @r
 * @code: exit code; 127 without a verdict: the command would not be there
 *
 * Without a verdict bootlet itself has failed, and its last error is the text.
 *
 * Return: @code; 125 in place of 0 where the report cannot be written, after a
 * message.
 */
int run_report_end(struct run_report *r, int code);

#endif
