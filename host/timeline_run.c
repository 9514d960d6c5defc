// SPDX-License-Identifier: MIT
#include "timeline_run.h"

#include "str.h"

#include <stdlib.h>
#include <string.h>

/* The run, in nanoseconds since bootlet's start; -1: not reached, unknown. */
struct marks {
	struct timeline *t;
	const struct session_result *out;
	long long began, now;
	long long qemu, listen, ready, command, status, gone;
	/* When init's clock was 0, and printk's. */
	long long boottime, printk;
	const struct initcalls *calls;
	/* When both were 0, where they do not go as the host's does; else -1. */
	long long guest;
	/* When init began, and its last phase ended. */
	long long init, phases;
};

static long long first_of(long long a, long long b)
{
	if (a < 0 || b < 0)
		return a < 0 ? b : a;
	return a < b ? a : b;
}

static long long last_of(long long a, long long b)
{
	return a > b ? a : b;
}

static long long at(const struct marks *m, enum moment which)
{
	long long ns = m->out ? m->out->moments.ns[which] : 0;

	return ns ? ns - m->began : -1;
}

static long long phase_ns(const struct session_phase *p)
{
	return (long long)p->ns;
}

static long long kernel_ns(const struct session_result *out)
{
	return (long long)out->kernel_ns;
}

static long long phases_ns(const struct session_result *out)
{
	long long sum = 0;

	for (size_t i = 0; i < out->n_phases; i++)
		sum += phase_ns(&out->phases[i]);
	return sum;
}

/* Where nobody has laid init's clock on ours: what init said last came when
 * the command was started, and READY some time after init's begin. */
static void find_init(struct marks *m)
{
	const struct session_result *out = m->out;
	long long kernel = kernel_ns(out), zero;

	m->init = m->ready;
	if (out->moments.kernel)
		zero = out->moments.kernel - m->began;
	else if (kernel && m->command >= 0)
		zero = m->command - phases_ns(out) - kernel;
	else if (kernel && m->ready >= 0)
		zero = m->ready - kernel;
	else
		return;
	m->boottime = last_of(zero, 0);
	if (kernel)
		m->init = last_of(zero + kernel, 0);
}

/* Where a time of printk's clock is; -1: unknown. */
static long long printk_at(const struct marks *m, long long ns)
{
	long long host;

	if (m->guest >= 0)
		return m->guest + ns;
	if (!m->calls || initcalls_host(m->calls, ns, &host))
		return -1;
	return last_of(host - m->began, 0);
}

static void find_marks(struct marks *m)
{
	m->qemu = at(m, MOMENT_QEMU);
	m->listen = at(m, MOMENT_LISTEN);
	m->ready = at(m, MOMENT_READY);
	m->command = at(m, MOMENT_COMMAND);
	m->status = at(m, MOMENT_STATUS);
	m->gone = at(m, MOMENT_GONE);
	m->printk = printk_at(m, 0);
	m->boottime = m->init = m->phases = -1;
	if (!m->out)
		return;
	find_init(m);
	if (m->init >= 0)
		m->phases = m->init + phases_ns(m->out);
	if (m->gone < 0)
		m->gone = m->qemu >= 0 ? m->now : -1;
}

/* What init says of the command is better than when its words came. */
static void use_command_time(struct marks *m)
{
	long long end;

	if (m->init < 0 || m->status < 0 || !m->out->command_ns)
		return;
	end = m->phases + (long long)m->out->command_ns;
	if (end < m->status)
		m->status = end;
}

/* What came after the guest's last word takes as long as it did. */
static void use_guest_time(struct marks *m)
{
	long long last = m->init < 0 ? m->listen : m->init, took;

	if (m->command >= 0)
		last = m->command;
	if (m->status >= 0)
		last = m->status;
	took = m->gone - last;
	last = m->guest = m->listen;
	if (m->printk >= 0)
		m->printk = m->guest;
	if (m->boottime >= 0)
		m->boottime = m->guest;
	if (m->init >= 0)
		last = m->init = m->guest + kernel_ns(m->out);
	if (m->phases >= 0)
		last = m->phases = m->init + phases_ns(m->out);
	if (m->out->command_ns)
		last += (long long)m->out->command_ns;
	else if (m->command >= 0 && m->status >= 0)
		last += m->status - m->command;
	if (m->command >= 0)
		m->command = m->phases;
	if (m->status >= 0)
		m->status = last;
	m->now += last + took - m->gone;
	m->gone = last + took;
}

static void add(struct marks *m, enum timeline_lane lane, const char *name,
		long long begin, long long end)
{
	struct timeline_span *s;

	if (begin < 0)
		return;
	s = timeline_add(m->t, lane, name, begin, end < 0 ? m->gone : end);
	if (s)
		s->open = end < 0;
}

/* --- the stages ------------------------------------------------------------ */

/* Each begins where the one before ends, so that together they are all. */
static void add_stages(struct marks *m)
{
	long long zero = first_of(m->printk, m->boottime);
	long long listen = first_of(m->listen, zero);
	long long command = m->command;

	add(m, LANE_BOOTLET, "bootlet", 0, m->qemu < 0 ? m->now : m->qemu);
	if (m->qemu < 0)
		return;
	/* The guest may have run before we saw that. */
	listen = listen < 0 ? listen : last_of(listen, m->qemu);
	add(m, LANE_QEMU, "QEMU", m->qemu, listen);
	zero = zero < 0 ? zero : last_of(zero, listen);
	add(m, LANE_FIRMWARE, "firmware, and the kernel until its clock runs",
	    listen, first_of(zero, m->init));
	add(m, LANE_KERNEL, "kernel", zero, m->init);
	if (command >= 0 && m->phases >= 0 && m->phases < command)
		command = m->phases;
	if (m->init >= 0)
		add(m, LANE_BOOT, "init", m->init,
		    command >= 0 ? last_of(command, m->init) : m->status);
	if (command >= 0)
		add(m, LANE_COMMAND, "command", last_of(command, m->init),
		    m->status);
	if (m->status >= 0)
		add(m, LANE_OFF, "power-off", m->status, m->gone);
	add(m, LANE_BOOTLET, "bootlet, afterwards", m->gone, m->now);
}

static void add_phases(struct marks *m)
{
	const struct session_result *out = m->out;
	long long t = m->init;

	if (!out || t < 0)
		return;
	for (size_t i = 0; i < out->n_phases; i++) {
		add(m, LANE_INIT, out->phases[i].name, t,
		    t + phase_ns(&out->phases[i]));
		t += phase_ns(&out->phases[i]);
	}
	if (m->command < 0 && *out->phase)
		add(m, LANE_INIT, out->phase, t, m->status);
}

/* --- the kernel's own clock ------------------------------------------------ */

static const enum timeline_lane lanes[] = {
	[INITCALL_BUILTIN] = LANE_INITCALL,
	[INITCALL_MODULE] = LANE_MODULE,
	[INITCALL_PROBE] = LANE_PROBE,
	[INITCALL_LEVEL] = LANE_LEVEL,
};

static void add_call(struct marks *m, const struct initcall *c)
{
	char *name = c->kind == INITCALL_MODULE ?
			     xasprintf("%s [%s]", c->name, c->module) :
			     xstrdup(c->name);
	long long end = printk_at(m, c->end);
	struct timeline_span *s;

	/* How long it took is what the kernel says. */
	s = timeline_add(m->t, lanes[c->kind], name,
			 last_of(end - (c->end - c->begin), 0), end);
	if (s) {
		s->open = c->open;
		s->result = c->has_result ? c->result : 0;
	}
	free(name);
}

/* The parts before the first initcall and after the last one are no initcalls,
 * and may be the longest of all. Console drivers, which process 0 calls, are
 * part of the first. */
static void add_parts(struct marks *m, const struct initcall *v, size_t n)
{
	long long first = -1, last = -1, level = -1;
	bool hangs = false;

	for (size_t i = 0; i < n; i++) {
		bool early = !strcmp(v[i].name, "console");

		if (v[i].kind == INITCALL_LEVEL && !early && level < 0)
			level = v[i].begin;
		if (v[i].kind != INITCALL_BUILTIN)
			continue;
		if (first < 0 && v[i].pid > 0)
			first = v[i].begin;
		last = last_of(last, v[i].end);
		hangs = hangs || v[i].open;
	}
	first = first_of(first, level);
	if (first < 0)
		return;
	first = printk_at(m, first);
	last = printk_at(m, last);
	timeline_add(m->t, LANE_LEVEL, "setup", m->printk, first);
	if (level < 0)
		timeline_add(m->t, LANE_LEVEL, "initcalls", first, last);
	if (m->init >= 0 && !hangs)
		timeline_add(m->t, LANE_LEVEL, "to init", last, m->init);
}

static void add_calls(struct marks *m, const struct initcalls *calls)
{
	size_t n = 0;
	const struct initcall *v = initcalls_all(calls, &n);

	if (m->printk < 0)
		return;
	add_parts(m, v, n);
	for (size_t i = 0; i < n; i++)
		/* It is in "setup", which has no parts. */
		if (v[i].kind != INITCALL_LEVEL ||
		    strcmp(v[i].name, "console") != 0)
			add_call(m, &v[i]);
}

void timeline_of_run(const struct session_result *out,
		     const struct initcalls *calls, long long began,
		     long long now, bool guest_time, struct timeline *t)
{
	struct marks m = {
		.t = t,
		.out = out,
		.calls = calls,
		.guest = -1,
		.began = began,
		.now = now - began,
	};

	find_marks(&m);
	if (guest_time && m.listen >= 0)
		use_guest_time(&m);
	else
		use_command_time(&m);
	add_stages(&m);
	add_phases(&m);
	if (calls)
		add_calls(&m, calls);
}
