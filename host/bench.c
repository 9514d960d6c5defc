// SPDX-License-Identifier: MIT
#include "bench.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the plan ------------------------------------------------------------- */

static void push_all(const struct strv *from, struct strv *to)
{
	for (size_t i = 0; i < from->n; i++)
		strv_push(to, from->v[i]);
}

void bench_argv(const struct bench *b, enum bench_side side, const char *report,
		const char *chart, struct strv *argv)
{
	strv_pushl(argv, "bootlet", "run", NULL);
	push_all(&b->options[BENCH_A], argv);
	/* The later one of a kind wins. */
	if (side == BENCH_B)
		push_all(&b->options[BENCH_B], argv);
	strv_pushl(argv, "--report", report, NULL);
	if (chart)
		strv_pushl(argv, "--chart", chart, NULL);
	strv_push(argv, "--");
	push_all(&b->command, argv);
}

/* --- one boot ------------------------------------------------------------- */

static void add(struct bench_boot *boot, const char *name, double ns)
{
	struct bench_span *s = &boot->span[boot->n];

	if (boot->n == BENCH_SPANS || ns < 0)
		return;
	snprintf(s->name, sizeof(s->name), "%s", name);
	s->ns = ns;
	boot->n++;
}

/* Of one moment to another; where one was not reached there is no phase. */
static void add_between(struct bench_boot *boot, const char *name,
			const json_t *moments, const char *from, const char *to)
{
	const json_t *a = json_object_get(moments, from);
	const json_t *b = json_object_get(moments, to);

	if (json_is_integer(a) && json_is_integer(b))
		add(boot, name,
		    (double)(json_integer_value(b) - json_integer_value(a)));
}

static void add_value(struct bench_boot *boot, const char *name,
		      const json_t *ns)
{
	if (json_is_integer(ns))
		add(boot, name, (double)json_integer_value(ns));
}

static void add_guest(struct bench_boot *boot, const json_t *told)
{
	const json_t *phases = json_object_get(told, "phases"), *p;
	size_t i;

	add_value(boot, "kernel", json_object_get(told, "kernel_ns"));
	json_array_foreach(phases, i, p)
	{
		const char *name =
			json_string_value(json_object_get(p, "name"));

		if (name)
			add_value(boot, name, json_object_get(p, "ns"));
	}
}

/* Before its main() it was bootlet, too. */
static void add_host(struct bench_boot *boot, const json_t *moments,
		     const struct bench_ends *ends)
{
	const json_t *clock = json_object_get(moments, "clock");
	const json_t *qemu = json_object_get(moments, "qemu");

	if (json_is_integer(clock) && json_is_integer(qemu))
		add(boot, "prepare",
		    (double)(json_integer_value(clock) +
			     json_integer_value(qemu) - ends->begin));
	add_between(boot, "qemu", moments, "qemu", "kernel");
}

static void add_end(struct bench_boot *boot, const json_t *moments,
		    const struct bench_ends *ends)
{
	const json_t *clock = json_object_get(moments, "clock");
	const json_t *gone = json_object_get(moments, "gone");

	add_between(boot, "command", moments, "command", "status");
	add_between(boot, "shutdown", moments, "status", "gone");
	if (json_is_integer(clock) && json_is_integer(gone))
		add(boot, "clear up",
		    (double)(ends->end - json_integer_value(clock) -
			     json_integer_value(gone)));
	add(boot, BENCH_TOTAL, (double)(ends->end - ends->begin));
}

static double sum(const struct bench_boot *boot)
{
	double ns = 0;

	for (size_t i = 0; i < boot->n; i++)
		ns += boot->span[i].ns;
	return ns;
}

static void keep(char **to, const json_t *word)
{
	if (!*to && json_is_string(word))
		*to = xstrdup(json_string_value(word));
}

static void read_what(const json_t *root, struct bench_what *what)
{
	keep(&what->kernel,
	     json_object_get(json_object_get(root, "kernel"), "release"));
	keep(&what->machine, json_object_get(root, "machine"));
	keep(&what->accel,
	     json_object_get(json_object_get(root, "accelerator"), "name"));
}

const char *bench_read(const char *json, bool icount,
		       const struct bench_ends *ends, struct bench_boot *out,
		       struct bench_what *what)
{
	json_t *root = json_loads(json, 0, NULL), *told, *moments;

	*out = (struct bench_boot){ 0 };
	told = json_object_get(root, "boot");
	moments = json_object_get(told, "moments");
	if (!json_is_object(moments)) {
		json_decref(root);
		return root ? "has no moments" : "is no JSON";
	}
	if (!icount)
		add_host(out, moments, ends);
	add_guest(out, told);
	if (icount) {
		add_value(out, "command", json_object_get(told, "command_ns"));
		add(out, BENCH_TOTAL, sum(out));
	} else {
		add_end(out, moments, ends);
	}
	if (what)
		read_what(root, what);
	json_decref(root);
	return NULL;
}

/* --- many ----------------------------------------------------------------- */

void bench_add(struct bench_series *s, const struct bench_boot *boot)
{
	s->boot = xrealloc(s->boot, (s->n + 1) * sizeof(*s->boot));
	s->boot[s->n++] = *boot;
}

static const struct bench_span *find(const struct bench_boot *boot,
				     const char *name)
{
	for (size_t i = 0; i < boot->n; i++)
		if (!strcmp(boot->span[i].name, name))
			return &boot->span[i];
	return NULL;
}

bool bench_values(const struct bench_series *s, const char *name, double *out)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct bench_span *p = find(&s->boot[i], name);

		if (!p)
			return false;
		out[i] = p->ns;
	}
	return s->n > 0;
}

size_t bench_names(const struct bench_series *s, const char *out[BENCH_SPANS])
{
	const struct bench_boot *first = s->boot;
	size_t n = 0;

	for (size_t i = 0; s->n && i < first->n; i++) {
		size_t k = 1;

		while (k < s->n && find(&s->boot[k], first->span[i].name))
			k++;
		if (k == s->n)
			out[n++] = first->span[i].name;
	}
	return n;
}

const struct bench_boot *bench_median(const struct bench_series *s)
{
	double *v = xrealloc(NULL, (s->n + 1) * sizeof(*v));
	struct stats stats = { 0 };
	size_t best = 0;

	if (bench_values(s, BENCH_TOTAL, v))
		stats_of(v, s->n, &stats);
	for (size_t i = 1; stats.n && i < s->n; i++)
		if (fabs(v[i] - stats.median) < fabs(v[best] - stats.median))
			best = i;
	free(v);
	return s->n ? &s->boot[best] : NULL;
}

char *bench_drawn(const struct bench_series *s)
{
	const struct bench_boot *boot = bench_median(s);

	return boot && boot->report ? xstrdup(boot->report) : NULL;
}

void bench_series_free(struct bench_series *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->boot[i].report);
	free(s->boot);
	*s = (struct bench_series){ 0 };
}

void bench_free(struct bench *b)
{
	for (int side = 0; side < BENCH_SIDES; side++) {
		strv_free(&b->options[side]);
		bench_series_free(&b->side[side]);
	}
	strv_free(&b->command);
	free(b->what.kernel);
	free(b->what.machine);
	free(b->what.accel);
	*b = (struct bench){ 0 };
}
