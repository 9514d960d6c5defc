// SPDX-License-Identifier: MIT
#include "run_end.h"

#include "../init/protocol.h"
#include "excerpt.h"
#include "msg.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Lines of what the kernel reported; --report has more. */
#define MAX_FINDINGS 10

/* Return: the first that counts and is still in the tail, or NULL. */
static const struct oops_finding *first_shown(const struct session_result *out)
{
	const struct findings *f = &out->findings;
	unsigned long long gone = out->console - out->tail.n;

	for (size_t i = 0; i < f->n; i++)
		if (!f->allowed[i] && f->v[i].offset >= gone)
			return &f->v[i];
	return NULL;
}

/* Return: whether init says on the console that this was the reason. */
static bool cannot_enter(const struct session_result *out, const char *dir)
{
	/* init's lines end after some 500 bytes. */
	char *line = xasprintf("init: %.480s%s", dir,
			       strlen(dir) < 480 ? ": cannot be entered" : "");
	bool said = false;

	for (char *c = line; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	if (out->tail.n)
		said = memmem(out->tail.p, out->tail.n, line, strlen(line));
	free(line);
	return said;
}

/* Of what init failed in the user has a word, too. Return: it, or NULL. */
static char *init_error_text(const struct run_spec *spec,
			     const struct session_result *out)
{
	const struct facts *f = &out->facts;
	const char *dir = spec->files.cwd;

	if (!f->status || !dir || !cannot_enter(out, dir))
		return NULL;
	return xasprintf("%s: the command cannot start there: %s; --cwd names "
			 "a directory of the guest",
			 dir, strerror(f->number));
}

/* The user's word for what could not be executed, and why. */
static char *exec_failed_text(const struct run_spec *spec,
			      const struct facts *f)
{
	const char *name = spec->command ? spec->command[0] : "/bin/sh";
	const char *where = spec->files.root ? spec->files.root : "the image";

	if (f->word && !strcmp(f->word, STATUS_INTERPRETER))
		return xasprintf("%s: its interpreter or dynamic loader is not "
				 "in %s",
				 name, where);
	if (f->number == ENOENT)
		return xasprintf("%s: not in %s", name, where);
	return xasprintf("%s: cannot be executed in the guest: %s", name,
			 strerror(f->number));
}

static void say_in_users_words(const struct run_spec *spec,
			       const struct session_result *out,
			       struct verdict *v)
{
	char *text = NULL;

	if (v->outcome == OUTCOME_EXEC_FAILED)
		text = exec_failed_text(spec, &out->facts);
	else if (v->outcome == OUTCOME_INIT_ERROR)
		text = init_error_text(spec, out);
	if (!text)
		return;
	free(v->text);
	v->text = text;
}

/* The console tells of these, or of what came before them. */
static bool ends_on_console(enum outcome outcome)
{
	return outcome == OUTCOME_INIT_ERROR || outcome == OUTCOME_NO_INIT ||
	       outcome == OUTCOME_TIMEOUT || outcome == OUTCOME_QEMU_FAILED;
}

/* A trace may be longer than the last lines: what began it is the news.
 * Return: what to show of the console, or NULL. */
static char *console_text(const struct run_spec *spec, const struct verdict *v,
			  const struct session_result *out, bool *failure)
{
	const struct buf *tail = &out->tail;
	const struct oops_finding *f = first_shown(out);
	struct excerpt e = {
		.tail = tail,
		.cut = out->console > tail->n,
		.end = ends_on_console(v->outcome),
		.log = spec->log,
	};

	*failure = f != NULL;
	if (f)
		e.failure = tail->p + tail->n - (out->console - f->offset);
	return excerpt_text(&e);
}

static void show_console(const char *text, bool failure)
{
	msg_info(failure ? "the console from there on:" :
			   "the console's last lines:");
	for (const char *end; *text; text = end + 1) {
		end = strchr(text, '\n');
		fprintf(stderr, "  %.*s\n", (int)(end - text), text);
	}
}

/* Whether the message has this line already, or its panic, or it is a
 * repetition. */
static bool is_said(const struct verdict *v, const struct facts *f, size_t i)
{
	const char *line = f->oops->v[i];

	for (size_t k = 0; k < i; k++)
		if (!strcmp(f->oops->v[k], line))
			return true;
	if (v->outcome == OUTCOME_PANIC && strstr(line, f->panic))
		return true;
	return v->text && strstr(v->text, line);
}

static void say_findings(const struct verdict *v, const struct facts *f)
{
	const struct strv *lines = f->oops;
	size_t shown = 0;

	for (size_t i = 0; i < lines->n; i++) {
		if (is_said(v, f, i))
			continue;
		if (shown++ == MAX_FINDINGS) {
			msg_info("the kernel reported %zu more", lines->n - i);
			break;
		}
		msg_info("the kernel reported: %s", lines->v[i]);
	}
}

/* Whatever became of the command: a kernel's failure may be the reason. */
static bool wants_console(const struct verdict *v, const struct facts *f)
{
	return f->oops->n || v->outcome == OUTCOME_PANIC ||
	       ends_on_console(v->outcome);
}

static void say(const struct run_spec *spec, const struct verdict *v,
		const struct session_result *out)
{
	if (v->text)
		msg_error("%s", v->text);
	if (v->note)
		msg_info("%s", v->note);
	/* Whoever sees the console has seen them, and sent the signal. */
	if (v->outcome != OUTCOME_INTERRUPTED || spec->command)
		say_findings(v, &out->facts);
}

int run_conclude(const struct run_spec *spec, struct session_result *out,
		 struct run_report *report)
{
	struct facts *f = &out->facts;
	struct strv lines = { 0 };
	char *before = findings_before_panic(&out->findings), *console;
	bool failure;
	struct verdict v;

	findings_judge(&out->findings, &spec->verdict.allow,
		       spec->verdict.ignore, &lines);
	f->oops = &lines;
	f->before = before;
	v = verdict_decide(f);
	say_in_users_words(spec, out, &v);
	console = console_text(spec, &v, out, &failure);
	results_conclude(&spec->results, &v,
			 &(struct results_end){
				 .signal = f->status ? 0 : f->signal,
				 .oops = &lines,
				 .console = console,
			 });
	say(spec, &v, out);
	if (spec->command && !msg_verbosity && console && wants_console(&v, f))
		show_console(console, failure);
	run_report_verdict(report, &v, out);
	f->oops = NULL;
	f->before = NULL;
	strv_free(&lines);
	free(before);
	free(console);
	verdict_free(&v);
	return v.exit_code;
}

void run_own_time(const struct moments *m)
{
	if (m->ns[MOMENT_GONE])
		msg_debug("bootlet itself took %.1f ms before QEMU, %.1f ms "
			  "after it",
			  (double)(m->ns[MOMENT_QEMU] - m->ns[MOMENT_BEGIN]) /
				  1e6,
			  (double)(moments_now() - m->ns[MOMENT_GONE]) / 1e6);
}
