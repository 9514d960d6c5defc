/* SPDX-License-Identifier: MIT */
/* A build from its first make to its last. */
#ifndef BOOTLET_KBUILD_RUN_H
#define BOOTLET_KBUILD_RUN_H

#include "kbuild.h"
#include "koptim.h"

/** struct kbuild_job - what to build, and at which level */
struct kbuild_job {
	/** @spec: its @vars is @vars below; @keep_going is set where objects
	 * are looked for that need -O2 */
	struct kbuild_spec *spec;
	/** @dir: the build directory */
	const char *dir;
	/** @optim: objects are added that need -O2 */
	struct koptim *optim;
	/** @key: see koptim_save() */
	const char *key;
	/** @user: the user's words for make; @vars: made anew for each make */
	const struct strv *user;
	struct strv *vars;
};

/**
 * kbuild_run() - build, with as many makes as it takes
 *
 * The first make stops where something fails at the level asked for, as that
 * may be the user's to mend: what fails at -O2 too is shown at once. The next
 * one goes on to its end and finds all else that needs -O2. All that make says
 * is in KBUILD_LOG, which stays.
 *
 * Return: the exit code: 0; 1 after a message; 128+S where signal S came.
 */
int kbuild_run(struct kbuild_job *job);

#endif
