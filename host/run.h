/* SPDX-License-Identifier: MIT */
/* One run of a guest, from kernel and image to the verdict. */
#ifndef BOOTLET_RUN_H
#define BOOTLET_RUN_H

#include "channel.h"
#include "deadline.h"
#include "diskspec.h"
#include "dumpon.h"
#include "gdbrun.h"
#include "icount.h"
#include "kentry.h"
#include "kernel.h"
#include "netspec.h"
#include "oops.h"
#include "qemu.h"
#include "recipe.h"
#include "results.h"
#include "sharespec.h"
#include "verdict.h"
#include "warm.h"

#include <stdbool.h>

/** enum run_accel - --accel */
enum run_accel { RUN_AUTO, RUN_KVM, RUN_TCG };

/** struct run_verdict - what the verdict is made by, and where it goes */
struct run_verdict {
	/** @report: file for the report, or NULL */
	const char *report;
	/** @ignore: --oops=ignore; @allow: --allow */
	bool ignore;
	struct oops_allow allow;
	struct deadlines deadlines;
};

/** struct run_start - how it is started */
struct run_start {
	/** @nic_chosen: the network card was asked for, not chosen here */
	bool nic_chosen;
	/** @fast: --fast */
	bool fast;
};

/** struct run_spec - what `run` was asked for */
struct run_spec {
	/** @kernel: spec for kernel_find(), or NULL */
	const char *kernel;
	/** @initrd: existing image, or NULL; @log: file for the console */
	const char *initrd, *log;
	/** @qemu: program; @name: of the run, or NULL */
	const char *qemu, *name;
	/** @channel: NULL: chosen by itself; settled here */
	const struct channel *channel;
	/** @net: settled, see netspec_settle(); @gdb: the debugger's side */
	struct netspec net;
	struct gdbspec gdb;
	/** @results: that the command prints */
	struct results results;
	/** @dump: when a core is taken */
	struct dumpon_spec dump;
	/** @chart: file for the picture of the boot, or NULL */
	const char *chart;
	/** @files: settled by run_guest() */
	struct sharespec files;
	/** @disks: likewise */
	struct diskspec disks;
	enum run_accel accel;
	/** @machine: NULL: chosen by itself */
	const struct machine *machine;
	enum kentry entry;
	/** @icount: settled, see run_icount_settle() */
	struct icount icount;
	struct run_start start;
	/** @mem: MiB, 0: by the image's size; @cpus: number */
	unsigned int mem, cpus;
	struct run_verdict verdict;
	/** @warm: go on from a state that was kept */
	struct warm_spec warm;
	/** @append: words for the kernel command line */
	struct strv append;
	/** @print: print what would be executed, do nothing */
	bool print;
	/** @command: words, NULL-ended, or NULL for a shell */
	char **command;
	/** @autofiles: --file for what goes into the image by itself */
	struct strv autofiles;
	/** @recipe_words: the recipe's options as they were given */
	struct strv recipe_words;
};

/** run_spec_free() - free what is owned */
void run_spec_free(struct run_spec *spec);

/**
 * run_guest() - do it
 * @spec:   what; where its gdbstub listens is settled here
 * @recipe: of the image; drivers and command are added
 *
 * Says what is wrong itself. Return: the exit code.
 */
int run_guest(struct run_spec *spec, struct recipe *recipe);

#endif
