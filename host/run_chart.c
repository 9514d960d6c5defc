// SPDX-License-Identifier: MIT
#include "run_chart.h"

#include "../init/protocol.h"
#include "chart.h"
#include "moments.h"
#include "msg.h"
#include "timeline_run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FAILED 125

int run_chart_begin(struct run_chart *c, const struct run_spec *spec)
{
	const char *path = spec->chart;
	int err;

	*c = (struct run_chart){ .path = path,
				 .command = spec->command,
				 .guest_time = spec->icount.on };
	if (!path)
		return 0;
	if (outfile_is_stdout(path)) {
		msg_error("--chart %s: bootlet's own output goes there; name "
			  "another file",
			  path);
		err = -EBUSY;
	} else {
		err = outfile_open(path, &c->of);
		if (err)
			msg_error("--chart %s: cannot be written: %s", path,
				  strerror(-err));
	}
	if (err)
		c->path = NULL;
	else
		c->calls = initcalls_new();
	return err;
}

void run_chart_kernel(struct run_chart *c, const struct kernel *k)
{
	if (c->path && k->release)
		c->release = xstrdup(k->release);
}

/* "pc" of "-machine pc,accel=tcg". */
static char *machine_word(const struct strv *argv)
{
	for (size_t i = 0; i + 1 < argv->n; i++)
		if (!strcmp(argv->v[i], "-machine"))
			return xasprintf("%.*s",
					 (int)strcspn(argv->v[i + 1], ","),
					 argv->v[i + 1]);
	return NULL;
}

void run_chart_qemu(struct run_chart *c, const char *accel,
		    const struct strv *argv)
{
	if (!c->path)
		return;
	free(c->accel);
	free(c->machine);
	c->accel = xstrdup(accel);
	c->machine = machine_word(argv);
	initcalls_reset(c->calls);
}

/* Why it is incomplete: the run's own words, which were its last error. */
static char *trouble(const struct session_result *out)
{
	const struct facts *f = &out->facts;
	const char *said = msg_last_error();

	if (f->status && out->moments.ns[MOMENT_COMMAND] &&
	    (!strcmp(out->outcome, STATUS_EXIT) ||
	     !strcmp(out->outcome, STATUS_SIGNAL)))
		return NULL;
	return xstrdup(said ? said : "the run did not come to its end");
}

/* "Linux 6.1.0-56-amd64 on pc (tcg): true", as far as it is known. */
static char *make_title(const struct run_chart *c)
{
	struct buf out = { 0 };

	buf_addf(&out, "Linux%s%s", c->release ? " " : "",
		 c->release ? c->release : "");
	if (c->machine)
		buf_addf(&out, " on %s", c->machine);
	if (c->accel && c->guest_time)
		buf_addf(&out, " (%s; times are guest instructions, 1 ns each)",
			 c->accel);
	else if (c->accel)
		buf_addf(&out, " (%s)", c->accel);
	buf_addf(&out, ":");
	for (char *const *word = c->command; word && *word; word++)
		buf_addf(&out, " %s", *word);
	if (!c->command)
		buf_adds(&out, " a shell");
	return out.p;
}

static char *make_note(const struct run_chart *c)
{
	unsigned long lost = initcalls_lost(c->calls);
	struct buf out = { 0 };
	size_t n;

	buf_adds(&out,
		 "Times count from bootlet's start. For this picture the "
		 "kernel has printed each initcall on its console "
		 "(initcall_debug), which makes its part of the boot longer "
		 "than it is without: compare pictures with pictures.");
	initcalls_all(c->calls, &n);
	if (c->accel && !n)
		buf_adds(&out, " Of this one none has come: the kernel has no "
			       "CONFIG_PRINTK, or its console is elsewhere.");
	if (lost)
		buf_addf(&out, " %lu initcalls were too many to be kept.",
			 lost);
	buf_addf(&out, " Made by bootlet %s.", VERSION);
	return out.p;
}

/* Takes @t, and the file. */
static int write_chart(struct run_chart *c, struct timeline *t)
{
	struct buf svg = { 0 };
	int err;

	t->title = make_title(c);
	t->note = make_note(c);
	chart_svg(t, &svg);
	timeline_free(t);
	err = outfile_write(c->of, svg.p, svg.n);
	if (!err)
		err = outfile_close(c->of);
	else
		outfile_abort(c->of);
	c->of = NULL;
	buf_free(&svg);
	if (err)
		msg_error("--chart %s: cannot be written: %s", c->path,
			  strerror(-err));
	return err;
}

int run_chart_guest(struct run_chart *c, const struct session_result *out,
		    struct run_report *report, int code)
{
	struct timeline t = { 0 };
	struct verdict v;
	int err;

	if (!c->path)
		return code;
	initcalls_end(c->calls);
	timeline_of_run(out, c->calls, moments_began(), moments_now(),
			c->guest_time, &t);
	t.trouble = trouble(out);
	if (*out->release) {
		free(c->release);
		c->release = xstrdup(out->release);
	}
	err = write_chart(c, &t);
	if (!err || code)
		return code;
	v = verdict_make(OUTCOME_LOST_OUTPUT, -err, xstrdup(msg_last_error()));
	run_report_verdict(report, &v, out);
	code = v.exit_code;
	verdict_free(&v);
	return code;
}

static int write_without_guest(struct run_chart *c)
{
	const char *said = msg_last_error();
	struct timeline t = { 0 };

	timeline_of_run(NULL, NULL, moments_began(), moments_now(), false, &t);
	t.trouble = xstrdup(said ? said : "bootlet failed");
	return write_chart(c, &t);
}

int run_chart_end(struct run_chart *c, int code)
{
	if (c->of && write_without_guest(c) && !code)
		code = FAILED;
	initcalls_free(c->calls);
	free(c->release);
	free(c->accel);
	free(c->machine);
	*c = (struct run_chart){ 0 };
	return code;
}
