// SPDX-License-Identifier: MIT
#include "verdict.h"

#include "../init/protocol.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/wait.h>

/* Exit code: a fixed one, or what the number is added to. */
static const struct {
	const char *name;
	int code;
	bool add;
} outcomes[] = {
	[OUTCOME_EXIT] = { "exit", 0, true },
	[OUTCOME_SIGNAL] = { "signal", 128, true },
	[OUTCOME_EXEC_FAILED] = { "exec-failed", 126, false },
	[OUTCOME_INIT_ERROR] = { "init-error", 125, false },
	[OUTCOME_PANIC] = { "panic", 123, false },
	[OUTCOME_NO_INIT] = { "no-init", 125, false },
	[OUTCOME_TIMEOUT] = { "timeout", 124, false },
	[OUTCOME_QEMU_FAILED] = { "qemu-failed", 125, false },
	[OUTCOME_LOST_OUTPUT] = { "lost-output", 125, false },
	[OUTCOME_TESTS_FAILED] = { "tests-failed", 1, false },
};

static_assert(sizeof(outcomes) / sizeof(outcomes[0]) == OUTCOME_N,
	      "one row an outcome");

const char *verdict_name(enum outcome outcome)
{
	return outcomes[outcome].name;
}

static struct verdict make(enum outcome outcome, int number, char *text)
{
	struct verdict v = {
		.outcome = outcome,
		.number = number,
		.exit_code = outcomes[outcome].code,
		.text = text,
	};

	if (outcomes[outcome].add)
		v.exit_code = (v.exit_code + number) & 0xff;
	if (outcome == OUTCOME_EXEC_FAILED && number == ENOENT)
		v.exit_code = 127;
	return v;
}

struct verdict verdict_make(enum outcome outcome, int number, char *text)
{
	return make(outcome, number, text);
}

static struct verdict from_status(const struct facts *f)
{
	if (!strcmp(f->outcome, STATUS_EXIT))
		return make(OUTCOME_EXIT, f->number, NULL);
	if (!strcmp(f->outcome, STATUS_SIGNAL))
		return make(OUTCOME_SIGNAL, f->number,
			    xasprintf("the command was killed by signal %d "
				      "(%s)",
				      f->number, strsignal(f->number)));
	if (!strcmp(f->outcome, STATUS_EXEC_FAILED))
		return make(OUTCOME_EXEC_FAILED, f->number,
			    xasprintf("the command cannot be executed in the "
				      "guest: %s",
				      strerror(f->number)));
	return make(OUTCOME_INIT_ERROR, f->number,
		    xasprintf("init failed in phase %s: %s",
			      f->word && *f->word ? f->word : "?",
			      strerror(f->number)));
}

static const char *reached(const struct facts *f)
{
	if (f->phase)
		return f->phase;
	return f->ready ? "init" : "boot";
}

/* The last line that QEMU said, which is where it gives the reason. */
static char *qemu_text(const struct facts *f)
{
	const char *words = f->words ? f->words : "";
	size_t n = strlen(words);
	const char *line;

	while (n && words[n - 1] == '\n')
		n--;
	line = memrchr(words, '\n', n);
	line = line ? line + 1 : words;
	n -= (size_t)(line - words);
	if (WIFSIGNALED(f->qemu))
		return xasprintf("QEMU was killed by signal %d (%s)%s%.*s",
				 WTERMSIG(f->qemu),
				 strsignal(WTERMSIG(f->qemu)), n ? ": " : "",
				 (int)n, line);
	return xasprintf("QEMU failed with exit code %d%s%.*s",
			 WEXITSTATUS(f->qemu), n ? ": " : "", (int)n, line);
}

struct verdict verdict_decide(const struct facts *f)
{
	bool qemu_ok = f->killed ||
		       (WIFEXITED(f->qemu) && !WEXITSTATUS(f->qemu));

	if (f->output_error)
		return make(OUTCOME_LOST_OUTPUT, f->output_error,
			    xasprintf("the command's output was lost: %s",
				      strerror(f->output_error)));
	if (f->log_error)
		return make(OUTCOME_LOST_OUTPUT, f->log_error,
			    xasprintf("the console's log is not all there: %s",
				      strerror(f->log_error)));
	if (f->input_error)
		return make(OUTCOME_LOST_OUTPUT, f->input_error,
			    xasprintf("stdin cannot be read: %s",
				      strerror(f->input_error)));
	if (f->status)
		return from_status(f);
	if (f->panic)
		return make(OUTCOME_PANIC, 0,
			    xasprintf("kernel panic: %s", f->panic));
	if (f->timeout > 0)
		return make(OUTCOME_TIMEOUT, 0,
			    xasprintf("the deadline of %g seconds passed in "
				      "phase %s",
				      f->timeout, reached(f)));
	if (f->channel)
		return make(OUTCOME_INIT_ERROR, 0, xstrdup(f->channel));
	if (!qemu_ok)
		return make(OUTCOME_QEMU_FAILED, 0, qemu_text(f));
	if (!f->ready && f->silent)
		return make(OUTCOME_NO_INIT, 0,
			    xstrdup("the guest ended without a word, not even "
				    "the kernel's; it may need more memory "
				    "(-m)"));
	if (!f->ready)
		return make(
			OUTCOME_NO_INIT, 0,
			xstrdup("the guest ended without a word from init"));
	return make(OUTCOME_INIT_ERROR, 0,
		    xasprintf("the guest ended without a verdict in phase %s",
			      reached(f)));
}

char *verdict_panic_title(const char *console, size_t len)
{
	static const char mark[] = "Kernel panic - not syncing: ";
	const char *at = memmem(console, len, mark, sizeof(mark) - 1);
	size_t n;

	if (!at)
		return NULL;
	at += sizeof(mark) - 1;
	n = len - (size_t)(at - console);
	for (size_t i = 0; i < n; i++)
		if (at[i] == '\n' || at[i] == '\r')
			n = i;
	return xasprintf("%.*s", (int)n, at);
}
