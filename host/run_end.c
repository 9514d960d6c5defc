// SPDX-License-Identifier: MIT
#include "run_end.h"

#include "../init/protocol.h"
#include "msg.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAIL_LINES 20
/* From a kernel's failure on; an oops of x86 takes about this. */
#define TRACE_LINES 40
/* Lines of what the kernel reported; --report has more. */
#define MAX_FINDINGS 10

/* A guest's bytes: none of them is for the terminal to obey. */
static void show_line(const char *p, size_t n)
{
	fputs("  ", stderr);
	for (size_t i = 0; i < n; i++)
		fputc((unsigned char)p[i] < ' ' && p[i] != '\t' ? '?' : p[i],
		      stderr);
	fputc('\n', stderr);
}

/* At most so many lines. */
static void show_lines(const char *p, size_t n, size_t max)
{
	for (const char *end = p + n, *next; p < end && max; p = next, max--) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		size_t len = (size_t)((newline ? newline : end) - p);

		next = newline ? newline + 1 : end;
		while (len && p[len - 1] == '\r')
			len--;
		show_line(p, len);
	}
}

/* Back to where a line begins, @lines before the one that @at is in. */
static size_t line_begin(const struct buf *tail, size_t at, size_t lines)
{
	while (at && (lines || tail->p[at - 1] != '\n')) {
		lines -= lines && tail->p[at - 1] == '\n';
		at--;
	}
	return at;
}

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

/* A trace may be longer than the last lines: what began it is the news. */
static void show_console(const struct session_result *out, bool failure)
{
	const struct buf *tail = &out->tail;
	const struct oops_finding *f = failure ? first_shown(out) : NULL;
	size_t at;

	if (!tail->n)
		return;
	if (!f) {
		msg_info("the console's last lines:");
		at = line_begin(tail, tail->n, TAIL_LINES);
		show_lines(tail->p + at, tail->n - at, TAIL_LINES + 1);
		return;
	}
	msg_info("the console from there on:");
	at = tail->n - (size_t)(out->console - f->offset);
	at = line_begin(tail, at, 0);
	show_lines(tail->p + at, tail->n - at, TRACE_LINES);
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

/* The console tells of these, or of what came before them. */
static bool wants_tail(enum outcome outcome)
{
	return outcome == OUTCOME_PANIC || outcome == OUTCOME_OOPS ||
	       outcome == OUTCOME_INIT_ERROR || outcome == OUTCOME_NO_INIT ||
	       outcome == OUTCOME_TIMEOUT || outcome == OUTCOME_QEMU_FAILED;
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
	if (spec->command && !msg_verbosity && wants_tail(v->outcome))
		show_console(out, v->outcome == OUTCOME_PANIC ||
					  v->outcome == OUTCOME_OOPS);
}

int run_conclude(const struct run_spec *spec, struct session_result *out,
		 struct run_report *report)
{
	struct facts *f = &out->facts;
	struct strv lines = { 0 };
	char *before = findings_before_panic(&out->findings);
	struct verdict v;

	findings_judge(&out->findings, &spec->verdict.allow,
		       spec->verdict.ignore, &lines);
	f->oops = &lines;
	f->before = before;
	v = verdict_decide(f);
	if (v.outcome == OUTCOME_EXEC_FAILED) {
		free(v.text);
		v.text = exec_failed_text(spec, f);
	}
	results_conclude(&spec->results, &v,
			 &(struct results_end){
				 .signal = f->status ? 0 : f->signal,
				 .tail = out->tail.p,
				 .n = out->tail.n,
			 });
	say(spec, &v, out);
	run_report_verdict(report, &v, out);
	f->oops = NULL;
	f->before = NULL;
	strv_free(&lines);
	free(before);
	verdict_free(&v);
	return v.exit_code;
}
