/* SPDX-License-Identifier: MIT */
/* The results that a run's command prints: read as they come, summed up on
 * stderr, written as JUnit, and part of the verdict. */
#ifndef BOOTLET_RESULTS_H
#define BOOTLET_RESULTS_H

#include "ktap.h"
#include "verdict.h"

#include <stdbool.h>
#include <stddef.h>

struct results_run;

/** struct results - what was asked for, and its state while the guest runs */
struct results {
	/** @junit: file to write, or NULL; @tap: read them without a file */
	const char *junit;
	bool tap;
	/** @run: between results_open() and results_close(), else NULL */
	struct results_run *run;
};

/** struct results_end - how the guest has ended, besides the verdict */
struct results_end {
	/** @signal: that ended bootlet's own wait, or 0 */
	int signal;
	/** @oops: the kernel's failures that count, as in struct facts, or
	 * NULL */
	const struct strv *oops;
	/** @console: what is shown of it, from excerpt_text(), or NULL */
	const char *console;
};

/**
 * results_wrong() - whether the options can go together
 * @r:       as given
 * @command: whether there is a command
 * @log:     file for the console, or NULL
 *
 * Return: NULL, or what is wrong, as one line.
 */
const char *results_wrong(const struct results *r, bool command,
			  const char *log);

/**
 * results_open() - get ready, before the guest is made
 * @r:    nothing is done where nothing was asked for
 * @name: of the run in the file; copied
 *
 * The file is opened, so that a place that cannot be written to is told now; it
 * gets its name when all is written.
 *
 * Return: 0; -errno of outfile_open(), after a message.
 */
int results_open(struct results *r, const char *name);

/** results_ktap() - where the command's stdout goes, too. Return: or NULL */
struct ktap *results_ktap(const struct results *r);

/**
 * results_conclude() - sum up, write the file, and let results be a verdict
 * @r:   nothing is done where nothing was asked for
 * @v:   where the command exited with 0 and its results are a failure it
 *       becomes OUTCOME_TESTS_FAILED; where the file cannot be written and all
 *       else is well, OUTCOME_LOST_OUTPUT
 * @end: the rest of what is known
 */
void results_conclude(const struct results *r, struct verdict *v,
		      const struct results_end *end);

/**
 * results_close() - free, also after results_conclude()
 *
 * Where there was no guest to conclude on, the file says that.
 */
void results_close(struct results *r);

#endif
