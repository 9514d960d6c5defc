// SPDX-License-Identifier: MIT
#include "report.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd"

/* --- text ----------------------------------------------------------------- */

/* First bytes of a character, and its second: RFC 3629, section 4. */
static const struct {
	unsigned char first, last, low, high;
	size_t len;
} utf8[] = {
	{ 0x01, 0x7f, 0, 0, 1 },       { 0xc2, 0xdf, 0x80, 0xbf, 2 },
	{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
	{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
	{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
	{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

/* Bytes of the character at @p, 0 where it is none. */
static size_t utf8_len(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < sizeof(utf8) / sizeof(utf8[0]); i++) {
		size_t len = utf8[i].len;

		if (*p < utf8[i].first || *p > utf8[i].last)
			continue;
		if (len == 1)
			return 1;
		if (n < len || p[1] < utf8[i].low || p[1] > utf8[i].high)
			return 0;
		for (size_t k = 2; k < len; k++)
			if ((p[k] & 0xc0) != 0x80)
				return 0;
		return len;
	}
	return 0;
}

/* A serial line ends its lines with "\r\n". */
static json_t *bytes(const char *data, size_t n)
{
	const unsigned char *p = (const unsigned char *)data;
	struct buf out = { 0 };
	json_t *text;

	buf_adds(&out, "");
	while (n) {
		size_t len = utf8_len(p, n);

		if (!len)
			buf_adds(&out, REPLACEMENT);
		else if (!(*p == '\r' && n > 1 && p[1] == '\n'))
			buf_add(&out, p, len);
		len += !len;
		p += len;
		n -= len;
	}
	text = json_stringn(out.p, out.n);
	buf_free(&out);
	return text;
}

static json_t *string(const char *s)
{
	return s ? bytes(s, strlen(s)) : json_null();
}

/* Where nothing was said it is not known. */
static json_t *said(const char *s)
{
	return string(s && *s ? s : NULL);
}

static json_t *words(char *const *v)
{
	json_t *a = v ? json_array() : json_null();

	for (; v && *v; v++)
		json_array_append_new(a, string(*v));
	return a;
}

/* --- the parts ------------------------------------------------------------ */

static void set(json_t *o, const char *key, json_t *value)
{
	json_object_set_new(o, key, value);
}

/* One of the three, if any; an init-error may have no errno. */
static void add_number(json_t *o, const struct verdict *v)
{
	enum verdict_number kind = verdict_number(v->outcome);
	bool err = kind == VERDICT_ERRNO && v->number;

	set(o, "code",
	    kind == VERDICT_CODE ? json_integer(v->number) : json_null());
	set(o, "signal",
	    kind == VERDICT_SIGNAL ? json_integer(v->number) : json_null());
	set(o, "signal_text",
	    string(kind == VERDICT_SIGNAL ? strsignal(v->number) : NULL));
	set(o, "oom",
	    kind == VERDICT_SIGNAL ? json_boolean(v->oom) : json_null());
	set(o, "errno", err ? json_integer(v->number) : json_null());
	set(o, "errno_text", string(err ? strerror(v->number) : NULL));
}

static void add_verdict(json_t *o, const struct report *r)
{
	const struct verdict *v = r->verdict;
	bool open = v->outcome == OUTCOME_UNFINISHED;

	set(o, "outcome", string(verdict_name(v->outcome)));
	set(o, "exit_code", open ? json_null() : json_integer(v->exit_code));
	add_number(o, v);
	set(o, "text", string(v->text));
	set(o, "phase",
	    string(r->out ? verdict_reached(&r->out->facts) : NULL));
	set(o, "command", words(r->command));
}

static json_t *timeout(const struct facts *f)
{
	json_t *o;

	if (!f || !(f->timeout > 0))
		return json_null();
	o = json_object();
	set(o, "deadline", string(deadline_name(f->deadline)));
	set(o, "seconds", json_real(f->timeout));
	return o;
}

static void add_machine(json_t *o, const struct report *r)
{
	const char *told = r->out ? r->out->release : "";
	json_t *kernel = json_object(), *accel = json_object();

	set(kernel, "release", said(*told ? told : r->release));
	set(kernel, "image", string(r->image));
	set(o, "kernel", kernel);
	set(accel, "name", string(r->accel));
	set(accel, "why", string(r->why));
	set(o, "accelerator", accel);
	set(o, "machine", string(r->machine));
	set(o, "warm", json_boolean(r->out && r->out->warm));
	set(o, "channel", string(r->channel));
	set(o, "qemu", words(r->qemu ? r->qemu->v : NULL));
}

/* --- time ----------------------------------------------------------------- */

static const char *const milestones[N_MILESTONES] = {
	[AT_START] = "started_ms",   [AT_READY] = "ready_ms",
	[AT_COMMAND] = "command_ms", [AT_STATUS] = "status_ms",
	[AT_END] = "end_ms",
};

/* Nanoseconds of the guest's clock; 0: nobody has said. */
static void add_guest_time(json_t *o, const char *name, unsigned long long ns)
{
	char key[32];

	snprintf(key, sizeof(key), "%s_us", name);
	set(o, key, ns ? json_integer((json_int_t)ns / 1000) : json_null());
	snprintf(key, sizeof(key), "%s_ns", name);
	set(o, key, ns ? json_integer((json_int_t)ns) : json_null());
}

static const char *const moment_names[N_MOMENTS] = {
	[MOMENT_BEGIN] = "begin",     [MOMENT_QEMU] = "qemu",
	[MOMENT_LISTEN] = "listen",   [MOMENT_READY] = "ready",
	[MOMENT_COMMAND] = "command", [MOMENT_STATUS] = "status",
	[MOMENT_GONE] = "gone",
};

static json_t *moment(const struct moments *m, long long ns)
{
	return m && ns ? json_integer(ns - m->ns[MOMENT_BEGIN]) : json_null();
}

/* The kernel's zero lies between QEMU's start and init's first word. */
static json_t *moments_json(const struct moments *m)
{
	json_t *o = json_object();

	set(o, "clock",
	    m && m->ns[MOMENT_BEGIN] ? json_integer(m->ns[MOMENT_BEGIN]) :
				       json_null());
	for (int i = 0; i < N_MOMENTS; i++) {
		set(o, moment_names[i], moment(m, m ? m->ns[i] : 0));
		if (i == MOMENT_LISTEN)
			set(o, "kernel", moment(m, m ? m->kernel : 0));
	}
	return o;
}

static json_t *boot(const struct report *r)
{
	const struct session_result *out = r->out;
	json_t *o = json_object(), *phases = json_array();

	add_guest_time(o, "kernel", out ? out->kernel_ns : 0);
	for (size_t i = 0; out && i < out->n_phases; i++) {
		json_t *p = json_object();

		set(p, "name", string(out->phases[i].name));
		set(p, "us",
		    json_integer((json_int_t)out->phases[i].ns / 1000));
		set(p, "ns", json_integer((json_int_t)out->phases[i].ns));
		json_array_append_new(phases, p);
	}
	set(o, "phases", phases);
	add_guest_time(o, "command", out ? out->command_ns : 0);
	for (int i = 0; i < N_MILESTONES; i++)
		set(o, milestones[i],
		    out && out->at[i] ? json_integer(out->at[i] - r->began) :
					json_null());
	set(o, "moments", moments_json(out ? &out->moments : NULL));
	return o;
}

/* Two decimals more than what is measured say nothing. */
static json_t *seconds(long long ms)
{
	return json_real((double)ms / 1000);
}

static void add_time(json_t *o, const struct report *r)
{
	const long long *at = r->out ? r->out->at : NULL;

	set(o, "boot", boot(r));
	set(o, "wall_s", seconds(r->ended - r->began));
	set(o, "guest_s",
	    at && at[AT_END] ? seconds(at[AT_END] - at[AT_START]) :
			       json_null());
	set(o, "timeout", timeout(r->out ? &r->out->facts : NULL));
	set(o, "signal_received",
	    r->out && r->out->facts.signal ?
		    json_integer(r->out->facts.signal) :
		    json_null());
}

/* --- the console ---------------------------------------------------------- */

static json_t *findings(const struct findings *f, bool allowed)
{
	json_t *a = json_array();

	for (size_t i = 0; f && i < f->n; i++) {
		json_t *o;

		if ((f->allowed && f->allowed[i]) != allowed)
			continue;
		o = json_object();
		set(o, "class", string(oops_class_name(f->v[i].class)));
		set(o, "title", string(f->v[i].title));
		set(o, "function", said(f->v[i].function));
		json_array_append_new(a, o);
	}
	return a;
}

/* Whole lines, as far as there are any. */
static json_t *console_tail(const struct buf *tail)
{
	const char *p = tail->p, *line;
	size_t n = tail->n;

	if (n > REPORT_TAIL) {
		p += n - REPORT_TAIL;
		n = REPORT_TAIL;
		line = memchr(p, '\n', n - 1);
		if (line) {
			n -= (size_t)(line + 1 - p);
			p = line + 1;
		}
	}
	return bytes(n ? p : "", n);
}

static void add_console(json_t *o, const struct session_result *out)
{
	static const struct buf none;
	const struct findings *f = out ? &out->findings : NULL;

	set(o, "oops", findings(f, false));
	set(o, "oops_allowed", findings(f, true));
	set(o, "oops_total", json_integer(f ? (json_int_t)f->total : 0));
	set(o, "console_tail", console_tail(out ? &out->tail : &none));
	set(o, "qemu_words",
	    out && out->words.n ? bytes(out->words.p, out->words.n) :
				  json_null());
}

char *report_json(const struct report *r)
{
	json_t *o = json_object();
	struct buf b = { 0 };
	char *text;

	set(o, "version", string(r->version));
	add_verdict(o, r);
	add_machine(o, r);
	add_time(o, r);
	add_console(o, r->out);
	text = json_dumps(o, JSON_INDENT(2) | JSON_PRESERVE_ORDER |
				     JSON_REAL_PRECISION(9));
	json_decref(o);
	buf_addf(&b, "%s\n", text ? text : "{}");
	free(text);
	return b.p;
}
