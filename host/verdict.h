/* SPDX-License-Identifier: MIT */
/*
 * What became of the guest: the table of outcomes, their exit codes, and the
 * decision between them. Without a verdict from the channel there is no
 * success.
 */
#ifndef BOOTLET_VERDICT_H
#define BOOTLET_VERDICT_H

#include "str.h"

#include <stdbool.h>
#include <stddef.h>

enum outcome {
	OUTCOME_EXIT,
	OUTCOME_SIGNAL,
	OUTCOME_EXEC_FAILED,
	OUTCOME_INIT_ERROR,
	OUTCOME_PANIC,
	OUTCOME_NO_INIT,
	OUTCOME_TIMEOUT,
	OUTCOME_QEMU_FAILED,
	OUTCOME_LOST_OUTPUT,
	OUTCOME_TESTS_FAILED,
	OUTCOME_N
};

/* Why a channel cannot be believed. */
#define VERDICT_OTHER_VERSION                                           \
	"the image's init is of another version; pack the image again " \
	"with this bootlet"
#define VERDICT_GARBLED \
	"the channel to init was garbled; something in the guest wrote to it"

/** struct facts - what was seen of one run */
struct facts {
	/** @status: a STATUS frame with the right nonce came */
	bool status;
	/** @outcome: its word, @number, @word: what stood behind it */
	const char *outcome;
	int number;
	const char *word;
	/** @ready: init said READY; @phase: the last phase heard of, or NULL */
	bool ready;
	const char *phase;
	/** @timeout: seconds of the deadline that passed, 0 if none has */
	double timeout;
	/** @silent: nothing at all came from the console */
	bool silent;
	/** @panic: the title of a kernel panic on the console, or NULL */
	const char *panic;
	/** @qemu: waitpid(2)'s status of QEMU; @words: its stderr */
	int qemu;
	const char *words;
	/** @killed: it was bootlet that killed QEMU */
	bool killed;
	/** @channel: why the channel cannot be believed, or NULL */
	const char *channel;
	/** @output_error: errno of writing the command's output, 0 if none;
	 * @log_error: of writing the console's log */
	int output_error, log_error;
	/** @input_error: of reading stdin for the command */
	int input_error;
};

/** struct verdict - the decision; @text is one line, the caller frees */
struct verdict {
	enum outcome outcome;
	int number;
	int exit_code;
	char *text;
};

/** verdict_name() - the word of an outcome, as reports have it */
const char *verdict_name(enum outcome outcome);

/**
 * verdict_decide() - say what became of the guest
 * @f: what was seen
 *
 * @text is NULL where the exit code says all.
 */
struct verdict verdict_decide(const struct facts *f);

/**
 * verdict_make() - a verdict that what comes after the guest has led to
 * @number: errno, code or signal, as the outcome has it
 * @text:   free()able, the verdict's from now on
 */
struct verdict verdict_make(enum outcome outcome, int number, char *text);

/**
 * verdict_panic_title() - find a kernel panic in the console's last bytes
 *
 * Source: kernel/panic.c prints "Kernel panic - not syncing: TITLE".
 *
 * Return: TITLE, the caller frees; NULL where there is none.
 */
char *verdict_panic_title(const char *console, size_t len);

#endif
