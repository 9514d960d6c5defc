/* SPDX-License-Identifier: MIT */
/*
 * What became of the guest: the table of outcomes, their exit codes, and the
 * decision between them. Without a verdict from the channel there is no
 * success.
 */
#ifndef BOOTLET_VERDICT_H
#define BOOTLET_VERDICT_H

#include "deadline.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>

enum outcome {
	OUTCOME_EXIT,
	OUTCOME_SIGNAL,
	OUTCOME_EXEC_FAILED,
	OUTCOME_INIT_ERROR,
	OUTCOME_PANIC,
	OUTCOME_OOPS,
	OUTCOME_NO_INIT,
	OUTCOME_TIMEOUT,
	OUTCOME_QEMU_FAILED,
	OUTCOME_LOST_OUTPUT,
	OUTCOME_TESTS_FAILED,
	OUTCOME_INTERRUPTED, /* a signal to bootlet ended the guest */
	OUTCOME_NOT_STARTED, /* bootlet itself failed before QEMU */
	OUTCOME_SWITCHED, /* the init of root= has switched the guest off */
	OUTCOME_UNFINISHED, /* nobody has come to say, see run_report.h */
	OUTCOME_N
};

/* Why a channel cannot be believed. */
#define VERDICT_OTHER_VERSION                                           \
	"the image's init is of another version; pack the image again " \
	"with this bootlet"
#define VERDICT_GARBLED \
	"the channel to init was garbled; something in the guest wrote to it"

/** VERDICT_KVM_INTERNAL, VERDICT_KVM_RUN - in QEMU's words, where it stops a
 * guest that KVM cannot go on with */
#define VERDICT_KVM_INTERNAL "KVM internal error"
#define VERDICT_KVM_RUN	     "kvm run failed"

/** struct facts - what was seen of one run */
struct facts {
	/** @status: a STATUS frame with the right nonce came */
	bool status;
	/** @outcome: its word, @number, @word: what stood behind it */
	const char *outcome;
	int number;
	const char *word;
	/** @switched: STATUS_SWITCHED came, which is no verdict: from then on
	 * only the console and QEMU's end tell */
	bool switched;
	/** @ready: init said READY; @phase: the last phase heard of, or NULL */
	bool ready;
	const char *phase;
	/** @deadline: the one that passed, or DEADLINE_NONE; @timeout: its
	 * seconds, 0 if none has; @unread: seconds for which nobody had read
	 * the guest's output by then */
	enum deadline deadline;
	double timeout, unread;
	/** @listened: QEMU has made the channel, so that it is one;
	 * @silent: nothing at all came from the console */
	bool listened, silent;
	/** @panic: the title of a kernel panic on the console, or NULL */
	const char *panic;
	/** @oops: kernel failures on the console that are not allowed, the
	 * panic included, as oops_print() has them; or NULL */
	const struct strv *oops;
	/** @before: the first one, where it came before @panic, or NULL */
	const char *before;
	/** @qemu: waitpid(2)'s status of QEMU; @words: its stderr */
	int qemu;
	const char *words;
	/** @paused: QEMU has said VERDICT_KVM_INTERNAL or VERDICT_KVM_RUN, and
	 * has stopped the guest for good */
	bool paused;
	/** @killed: it was bootlet that killed QEMU; @kvm: the user has asked
	 * for KVM, and nothing else was tried */
	bool killed, kvm;
	/** @signal: to bootlet, that made it end the guest; 0: none */
	int signal;
	/** @shell: for a person or a script, whose exit code stands whatever
	 * else there was */
	bool shell;
	/** @channel: why the channel cannot be believed, or NULL */
	const char *channel;
	/** @output_error: errno of writing the command's output, 0 if none;
	 * @log_error: of writing the console's log */
	int output_error, log_error;
	/** @input_error: of reading stdin for the command */
	int input_error;
};

/** struct verdict - the decision; the caller calls verdict_free() */
struct verdict {
	enum outcome outcome;
	/** @number: exit code of the command, signal or errno */
	int number;
	/** @oom: of a signal: for want of memory */
	bool oom;
	int exit_code;
	/** @text: one line, NULL where the exit code says all */
	char *text;
	/** @note: what else there is to say in one line, or NULL */
	char *note;
};

/** enum verdict_number - what a verdict's number is */
enum verdict_number {
	VERDICT_NO_NUMBER,
	VERDICT_CODE,
	VERDICT_SIGNAL,
	VERDICT_ERRNO
};

/** verdict_name() - the word of an outcome, as reports have it */
const char *verdict_name(enum outcome outcome);

/** verdict_number() - what the number of an outcome is */
enum verdict_number verdict_number(enum outcome outcome);

/**
 * verdict_reached() - the phase that was under way last
 *
 * Return: "boot" before init has answered, then as init says; "shutdown" after
 * the verdict.
 */
const char *verdict_reached(const struct facts *f);

/**
 * verdict_decide() - say what became of the guest
 * @f: what was seen
 *
 * A verdict of the channel is never made better by what else was seen; a good
 * one is made worse by output that was lost, by kernel failures, and by a guest
 * that does not switch off.
 */
struct verdict verdict_decide(const struct facts *f);

/**
 * verdict_make() - a decision that was made elsewhere
 * @number: see struct verdict
 * @text:   is taken
 */
struct verdict verdict_make(enum outcome outcome, int number, char *text);

/** verdict_free() - free its texts */
void verdict_free(struct verdict *v);

#endif
