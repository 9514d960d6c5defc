/* SPDX-License-Identifier: MIT */
/* What this machine can do, and how to make it do more. */
#ifndef BOOTLET_DOCTOR_H
#define BOOTLET_DOCTOR_H

#include "str.h"

#include <stddef.h>

/** enum doctor_state - outcome of a check, worst last */
enum doctor_state {
	DOCTOR_OK,
	DOCTOR_WARN,
	DOCTOR_FAIL,
	DOCTOR_STATES,
};

/** struct doctor_result - what a check found */
struct doctor_result {
	const char *name;
	enum doctor_state state;
	/** @detail: what is so; @remedy: what to do about it, or empty */
	struct buf detail, remedy;
};

/**
 * doctor_run() - make every check
 * @each: called with each result as soon as it is known; @ctx goes along
 *
 * Downloads nothing, changes nothing.
 * Return: the worst state; DOCTOR_FAIL means that `bootlet run` cannot work.
 */
enum doctor_state
doctor_run(void (*each)(const struct doctor_result *r, void *ctx), void *ctx);

/** enum doctor_manager - package managers that remedies know */
enum doctor_manager {
	DOCTOR_APT,
	DOCTOR_DNF,
	DOCTOR_PACMAN,
	DOCTOR_APK,
	DOCTOR_ZYPPER,
	DOCTOR_MANAGERS,
};

/**
 * doctor_remedy() - the command that installs a tool with a manager
 * @tool: a row of the table: "qemu", "gdb", "busybox" ...
 * @m:    which manager
 *
 * Return: a line, valid until the next call; NULL for an unknown tool, or
 * where that manager has no such package.
 */
const char *doctor_remedy(const char *tool, enum doctor_manager m);

/** doctor_manager_find() - this machine's manager, by what PATH holds, or
 * DOCTOR_MANAGERS */
enum doctor_manager doctor_manager_find(void);

/**
 * doctor_version() - the version in what `qemu --version` prints
 * @text: "QEMU emulator version 7.2.0 (...)"
 * @out:  "7.2.0" appended, or nothing
 */
void doctor_version(const char *text, struct buf *out);

/** doctor_state_name() - "ok", "warn" or "fail" */
const char *doctor_state_name(enum doctor_state s);

#endif
