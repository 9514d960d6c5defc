// SPDX-License-Identifier: MIT
#include "verdict.h"

#include "../init/protocol.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* Exit code: a fixed one, or what the number is added to. */
static const struct {
	const char *name;
	int code;
	bool add;
	enum verdict_number number;
} outcomes[] = {
	[OUTCOME_EXIT] = { "exit", 0, true, VERDICT_CODE },
	[OUTCOME_SIGNAL] = { "signal", 128, true, VERDICT_SIGNAL },
	[OUTCOME_EXEC_FAILED] = { "exec-failed", 126, false, VERDICT_ERRNO },
	[OUTCOME_INIT_ERROR] = { "init-error", 125, false, VERDICT_ERRNO },
	[OUTCOME_PANIC] = { "panic", 123, false, VERDICT_NO_NUMBER },
	[OUTCOME_OOPS] = { "oops", 122, false, VERDICT_NO_NUMBER },
	[OUTCOME_NO_INIT] = { "no-init", 125, false, VERDICT_NO_NUMBER },
	[OUTCOME_TIMEOUT] = { "timeout", 124, false, VERDICT_NO_NUMBER },
	[OUTCOME_QEMU_FAILED] = { "qemu-failed", 125, false,
				  VERDICT_NO_NUMBER },
	[OUTCOME_LOST_OUTPUT] = { "lost-output", 125, false, VERDICT_ERRNO },
	[OUTCOME_TESTS_FAILED] = { "tests-failed", 1, false,
				   VERDICT_NO_NUMBER },
	[OUTCOME_INTERRUPTED] = { "interrupted", 128, true, VERDICT_SIGNAL },
	[OUTCOME_NOT_STARTED] = { "not-started", 125, false,
				  VERDICT_NO_NUMBER },
	[OUTCOME_SWITCHED] = { "switched", 0, false, VERDICT_NO_NUMBER },
	[OUTCOME_UNFINISHED] = { "unfinished", 125, false, VERDICT_NO_NUMBER },
};

static_assert(sizeof(outcomes) / sizeof(outcomes[0]) == OUTCOME_N,
	      "one row an outcome");

const char *verdict_name(enum outcome outcome)
{
	return outcomes[outcome].name;
}

enum verdict_number verdict_number(enum outcome outcome)
{
	return outcomes[outcome].number;
}

struct verdict verdict_make(enum outcome outcome, int number, char *text)
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

void verdict_free(struct verdict *v)
{
	free(v->text);
	free(v->note);
	v->text = v->note = NULL;
}

const char *verdict_reached(const struct facts *f)
{
	if (f->status)
		return "shutdown";
	if (f->switched)
		return STATUS_SWITCHED;
	if (f->phase)
		return f->phase;
	return f->ready ? "init" : "boot";
}

static struct verdict lost(int err, const char *what)
{
	return verdict_make(OUTCOME_LOST_OUTPUT, err,
			    xasprintf("%s: %s", what, strerror(err)));
}

static bool word_is(const struct facts *f, const char *word)
{
	return f->word && !strcmp(f->word, word);
}

static struct verdict from_signal(const struct facts *f)
{
	struct verdict v = verdict_make(OUTCOME_SIGNAL, f->number, NULL);

	v.oom = word_is(f, STATUS_OOM);
	v.text = v.oom ? xstrdup("the command was killed because the guest "
				 "had no memory left; --memory gives it "
				 "more") :
			 xasprintf("the command was killed by signal %d (%s)",
				   f->number, strsignal(f->number));
	return v;
}

static struct verdict from_init_error(const struct facts *f)
{
	/* That is no errno. */
	if (word_is(f, STATUS_SIGNAL))
		return verdict_make(
			OUTCOME_INIT_ERROR, 0,
			xasprintf("init itself was at fault in phase %s: "
				  "signal %d (%s); please report it",
				  f->phase ? f->phase : "?", f->number,
				  strsignal(f->number)));
	return verdict_make(OUTCOME_INIT_ERROR, f->number,
			    xasprintf("init failed in phase %s: %s",
				      f->word && *f->word ? f->word : "?",
				      strerror(f->number)));
}

static struct verdict from_status(const struct facts *f)
{
	if (!strcmp(f->outcome, STATUS_EXIT))
		return verdict_make(OUTCOME_EXIT, f->number, NULL);
	if (!strcmp(f->outcome, STATUS_SIGNAL))
		return from_signal(f);
	if (!strcmp(f->outcome, STATUS_EXEC_FAILED))
		return verdict_make(
			OUTCOME_EXEC_FAILED, f->number,
			xasprintf("the command cannot be executed in the "
				  "guest: %s",
				  strerror(f->number)));
	return from_init_error(f);
}

/* What to do where QEMU's words, such as an assertion, are of KVM. */
static const char *kvm_advice(const struct facts *f)
{
	if (!f->kvm || f->ready || !f->words || !strcasestr(f->words, "kvm"))
		return "";
	return "; KVM does not work here: --accel tcg does without it, and so "
	       "does bootlet by itself where no --accel is given";
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
		return xasprintf("QEMU was killed by signal %d (%s)%s%.*s%s",
				 WTERMSIG(f->qemu),
				 strsignal(WTERMSIG(f->qemu)), n ? ": " : "",
				 (int)n, line, kvm_advice(f));
	return xasprintf("QEMU failed with exit code %d%s%.*s%s",
			 WEXITSTATUS(f->qemu), n ? ": " : "", (int)n, line,
			 kvm_advice(f));
}

/* The registers stand behind it. */
static char *paused_text(const struct facts *f)
{
	const char *words = f->words ? f->words : "";
	const char *line = strstr(words, VERDICT_KVM_INTERNAL);

	if (!line)
		line = strstr(words, VERDICT_KVM_RUN);
	return xasprintf("QEMU has stopped the guest%s%.*s%s", line ? ": " : "",
			 line ? (int)strcspn(line, "\n") : 0, line ? line : "",
			 f->ready ? "" : kvm_advice(f));
}

/* --- what a verdict is worth ---------------------------------------------- */

/* A kernel that has too little memory says nothing, and stands still. */
static const char *silence(const struct facts *f)
{
	if (!f->silent || f->ready || f->status)
		return NULL;
	if (f->kvm)
		return "not a word came from the console; KVM may not work "
		       "here (--accel tcg), or the guest needs more memory "
		       "(-m)";
	return "not a word came from the console; the guest may need more "
	       "memory (-m)";
}

static char *deadline_words(const struct facts *f)
{
	return deadline_text(f->deadline ? f->deadline : DEADLINE_ALL,
			     f->timeout, verdict_reached(f), f->unread,
			     silence(f));
}

static char *oops_text(const struct facts *f)
{
	const char *who = f->switched ? "the guest" : "the command";
	size_t more = f->oops->n - 1;

	if (!more)
		return xasprintf("%s ended well, but the kernel reported: %s",
				 who, f->oops->v[0]);
	return xasprintf("%s ended well, but the kernel reported: %s; and %zu "
			 "more",
			 who, f->oops->v[0], more);
}

/* The command's own failure stands; its success has to be one of all. */
static struct verdict with_status(const struct facts *f)
{
	struct verdict v = from_status(f);
	bool good = v.outcome == OUTCOME_EXIT && !v.number && !f->shell;

	if (good && f->oops && f->oops->n)
		v = verdict_make(OUTCOME_OOPS, 0, oops_text(f));
	else if (good && f->timeout > 0)
		return verdict_make(OUTCOME_TIMEOUT, 0, deadline_words(f));
	if (f->timeout > 0)
		v.note = deadline_words(f);
	return v;
}

static char *panic_text(const struct facts *f)
{
	if (f->before)
		return xasprintf("kernel panic: %s; before it: %s", f->panic,
				 f->before);
	return xasprintf("kernel panic: %s", f->panic);
}

/* What QEMU's end alone tells. */
static struct verdict no_verdict(const struct facts *f)
{
	if (f->paused)
		return verdict_make(OUTCOME_QEMU_FAILED, 0, paused_text(f));
	if (!f->killed && !(WIFEXITED(f->qemu) && !WEXITSTATUS(f->qemu)))
		return verdict_make(OUTCOME_QEMU_FAILED, 0, qemu_text(f));
	if (!f->killed && !f->listened && f->silent)
		return verdict_make(
			OUTCOME_QEMU_FAILED, 0,
			xstrdup("QEMU ended at once without a word; "
				"is --qemu one?"));
	if (!f->ready && f->silent)
		return verdict_make(
			OUTCOME_NO_INIT, 0,
			xstrdup("the guest ended without a word, not even "
				"the kernel's; it may need more memory "
				"(-m)"));
	if (!f->ready)
		return verdict_make(
			OUTCOME_NO_INIT, 0,
			xstrdup("the guest ended without a word from init"));
	if (f->switched && !f->killed && f->oops && f->oops->n)
		return verdict_make(OUTCOME_OOPS, 0, oops_text(f));
	if (f->switched && !f->killed)
		return verdict_make(OUTCOME_SWITCHED, 0, NULL);
	return verdict_make(
		OUTCOME_INIT_ERROR, 0,
		xasprintf("the guest ended without a verdict in phase %s",
			  verdict_reached(f)));
}

struct verdict verdict_decide(const struct facts *f)
{
	/* A shell was told HUP, whatever it was that ended bootlet. */
	if (f->signal && (!f->status || f->shell))
		return verdict_make(
			OUTCOME_INTERRUPTED, f->signal,
			xasprintf("ended by signal %d (%s) in phase %s",
				  f->signal, strsignal(f->signal),
				  verdict_reached(f)));
	if (f->output_error)
		return lost(f->output_error, "the command's output was lost");
	if (f->log_error)
		return lost(f->log_error, "the console's log is not all there");
	if (f->input_error)
		return lost(f->input_error, "stdin cannot be read");
	if (f->status)
		return with_status(f);
	if (f->panic)
		return verdict_make(OUTCOME_PANIC, 0, panic_text(f));
	if (f->timeout > 0)
		return verdict_make(OUTCOME_TIMEOUT, 0, deadline_words(f));
	if (f->channel)
		return verdict_make(OUTCOME_INIT_ERROR, 0, xstrdup(f->channel));
	return no_verdict(f);
}
