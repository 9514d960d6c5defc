/* SPDX-License-Identifier: MIT */
/*
 * What became of a run, as JSON: --report. The fields and what they mean are
 * in bootlet.1; names stay, new ones may be added.
 */
#ifndef BOOTLET_REPORT_H
#define BOOTLET_REPORT_H

#include "session.h"
#include "str.h"
#include "verdict.h"

/** REPORT_TAIL - bytes of the console at most that a report has */
#define REPORT_TAIL 16384

/** struct report - what is known; nothing is owned, NULL: not known */
struct report {
	/** @version: of bootlet */
	const char *version;
	/** @verdict: of which there always is one */
	const struct verdict *verdict;
	/** @command: words, NULL-ended, NULL for a shell */
	char *const *command;
	/** @image, @release: of the kernel, where the guest has not said it */
	const char *image, *release;
	/** @accel, @why: "tcg" or "kvm", and why this one */
	const char *accel, *why;
	/** @machine: QEMU's word; @channel: how init talked to us */
	const char *machine, *channel;
	/** @qemu: its argv */
	const struct strv *qemu;
	/** @out: from session_run(), judged by findings_judge() */
	const struct session_result *out;
	/** @began, @ended: of bootlet, milliseconds of session_now() */
	long long began, ended;
};

/**
 * report_json() - write it
 *
 * Bytes that are no UTF-8, and NUL, become U+FFFD. Source: RFC 8259.
 *
 * Return: text with a newline at its end, the caller frees.
 */
char *report_json(const struct report *r);

#endif
