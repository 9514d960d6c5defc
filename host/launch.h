/* SPDX-License-Identifier: MIT */
/* Starting QEMU, with KVM where that works, and attending to it. */
#ifndef BOOTLET_LAUNCH_H
#define BOOTLET_LAUNCH_H

#include "launch_warm.h"
#include "run.h"
#include "run_chart.h"
#include "run_report.h"
#include "session.h"
#include "virtiofsd.h"
#include "vm.h"

/** struct launch - all that a start of QEMU needs; nothing is owned but @vm */
struct launch {
	const struct run_spec *spec;
	const struct kernel *kernel;
	/** @boot: the file that QEMU loads as kernel, see kentry.h */
	const char *boot;
	/** @initrd: image; @cmdline: whole kernel command line */
	const char *initrd, *cmdline;
	/** @mem: MiB; @log: file for the console, or -1 */
	unsigned int mem;
	struct vm vm;
	int log;
	/** @gdb: open where @spec->gdb.on */
	struct gdbrun gdb;
	/** @dump: has its path where @spec->dump.panic */
	struct dumpon dump;
	/** @report: is told of each start */
	struct run_report *report;
	/** @chart: likewise, and takes the console */
	struct run_chart *chart;
	/** @fs: run while QEMU does */
	struct virtiofsd fs;
	/** @warm: where @spec->warm.on */
	struct launch_warm warm;
};

/** launch_argv() - QEMU's command line for an accelerator, "kvm" or "tcg" */
void launch_argv(const struct launch *r, const char *accel, struct strv *argv);

/**
 * launch_run() - run the guest with the accelerator that was asked for
 * @r:   @r->vm has its directory, see vm_make()
 * @out: filled on 0; the caller calls session_free()
 *
 * With RUN_AUTO a guest that shows no sign of life under KVM is started again
 * under TCG, see accel.h.
 *
 * Return: 0; -errno after a message.
 */
int launch_run(struct launch *r, struct session_result *out);

#endif
