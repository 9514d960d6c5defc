// SPDX-License-Identifier: MIT
/* For programs, and for bench itself: a baseline. */
#include "bench.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of the file; another one is not understood. */
#define FORMAT 1

static const char *const modes[] = { "wall", "icount" };
static const char *const sides[BENCH_SIDES] = { "a", "b" };

/* --- out ------------------------------------------------------------------ */

/* Bytes that are no UTF-8 are nothing that could be compared. */
static json_t *word(const char *s)
{
	json_t *o = s ? json_string(s) : json_null();

	return o ? o : json_null();
}

static json_t *words(const struct strv *v)
{
	json_t *a = json_array();

	for (size_t i = 0; i < v->n; i++)
		json_array_append_new(a, word(v->v[i]));
	return a;
}

static json_t *ns(double v)
{
	return json_integer((json_int_t)(v + 0.5));
}

static json_t *phase(const char *name, const double *v, size_t n)
{
	json_t *o = json_object(), *values = json_array();
	struct stats s;

	stats_of(v, n, &s);
	json_object_set_new(o, "name", word(name));
	json_object_set_new(o, "min_ns", ns(s.min));
	json_object_set_new(o, "median_ns", ns(s.median));
	json_object_set_new(o, "p95_ns", ns(s.p95));
	for (size_t i = 0; i < n; i++)
		json_array_append_new(values, ns(v[i]));
	json_object_set_new(o, "ns", values);
	return o;
}

static json_t *series(const struct bench *b, enum bench_side side)
{
	const struct bench_series *s = &b->side[side];
	json_t *o = json_object(), *phases = json_array();
	double *v = xrealloc(NULL, (s->n + 1) * sizeof(*v));
	const char *names[BENCH_SPANS];
	size_t n = bench_names(s, names);

	json_object_set_new(o, "options", words(&b->options[side]));
	json_object_set_new(o, "boots", json_integer((json_int_t)s->n));
	for (size_t i = 0; i < n; i++)
		if (bench_values(s, names[i], v))
			json_array_append_new(phases, phase(names[i], v, s->n));
	json_object_set_new(o, "phases", phases);
	free(v);
	return o;
}

static json_t *ratio(const char *name, const double *a, const double *b,
		     size_t n)
{
	json_t *o = json_object();
	struct stats_ratio r;

	stats_ratio(b, a, n, &r);
	json_object_set_new(o, "name", word(name));
	json_object_set_new(o, "ratio", json_real(r.ratio));
	json_object_set_new(o, "low", json_real(r.low));
	/* Of too few boots it has no end. */
	json_object_set_new(o, "high",
			    isinf(r.high) ? json_null() : json_real(r.high));
	return o;
}

static bool all_positive(const double *v, size_t n)
{
	while (n && v[n - 1] > 0)
		n--;
	return !n;
}

static json_t *ratios(const struct bench *b)
{
	const struct bench_series *sa = &b->side[BENCH_A];
	const struct bench_series *sb = &b->side[BENCH_B];
	size_t most = (sa->n > sb->n ? sa->n : sb->n) + 1;
	size_t pairs = sa->n < sb->n ? sa->n : sb->n, n;
	double *v = xrealloc(NULL, 2 * most * sizeof(*v));
	const char *names[BENCH_SPANS];
	json_t *a = json_array();

	n = bench_names(sa, names);
	for (size_t i = 0; i < n; i++)
		if (bench_values(sa, names[i], v) &&
		    bench_values(sb, names[i], v + most) &&
		    all_positive(v, pairs))
			json_array_append_new(a, ratio(names[i], v, v + most,
						       pairs));
	free(v);
	return a;
}

char *bench_json(const struct bench *b)
{
	json_t *o = json_object();
	char *text, *line;

	json_object_set_new(o, "bench", json_integer(FORMAT));
	json_object_set_new(o, "version", word(VERSION));
	json_object_set_new(o, "mode", word(modes[b->icount]));
	json_object_set_new(o, "kernel", word(b->what.kernel));
	json_object_set_new(o, "machine", word(b->what.machine));
	json_object_set_new(o, "accelerator", word(b->what.accel));
	json_object_set_new(o, "command", words(&b->command));
	json_object_set_new(o, sides[BENCH_A], series(b, BENCH_A));
	if (b->pairs) {
		json_object_set_new(o, sides[BENCH_B], series(b, BENCH_B));
		json_object_set_new(o, "ratios", ratios(b));
	}
	text = json_dumps(o, JSON_INDENT(2) | JSON_PRESERVE_ORDER |
				     JSON_REAL_PRECISION(9));
	json_decref(o);
	line = xasprintf("%s\n", text ? text : "{}");
	free(text);
	return line;
}

/* --- in ------------------------------------------------------------------- */

static void load_words(const json_t *a, struct strv *out)
{
	const json_t *w;
	size_t i;

	json_array_foreach(a, i, w)
	{
		const char *s = json_string_value(w);

		strv_push(out, s ? s : "");
	}
}

/* Nanoseconds of 30 years. */
#define NS_MAX 1e18

static bool is_time(const json_t *v)
{
	return json_is_number(v) && json_number_value(v) >= 0 &&
	       json_number_value(v) <= NS_MAX;
}

static const char *load_phase(const json_t *p, struct bench_series *s)
{
	const char *name = json_string_value(json_object_get(p, "name"));
	const json_t *values = json_object_get(p, "ns");

	if (!name || strlen(name) >= sizeof(s->boot->span->name))
		return "has a phase without a name";
	if (json_array_size(values) != s->n)
		return "has a phase that does not have each boot";
	for (size_t i = 0; i < s->n; i++) {
		const json_t *v = json_array_get(values, i);
		struct bench_boot *boot = &s->boot[i];

		if (!is_time(v))
			return "has a time that is none";
		if (boot->n == BENCH_SPANS)
			return "has too many phases";
		boot->span[boot->n].ns = json_number_value(v);
		snprintf(boot->span[boot->n++].name, sizeof(boot->span->name),
			 "%s", name);
	}
	return NULL;
}

/* More were never made. */
#define BOOTS_MAX 1000000

static const char *load_series(const json_t *o, struct strv *options,
			       struct bench_series *s)
{
	const json_t *phases = json_object_get(o, "phases");
	json_int_t n = json_integer_value(json_object_get(o, "boots"));
	const char *wrong = NULL;

	if (n < 1 || n > BOOTS_MAX || !json_array_size(phases))
		return "has no boots";
	/* A number that the values do not bear out takes no memory. */
	if (json_array_size(json_object_get(json_array_get(phases, 0), "ns")) !=
	    (size_t)n)
		return "has a phase that does not have each boot";
	load_words(json_object_get(o, "options"), options);
	for (json_int_t i = 0; i < n; i++)
		bench_add(s, &(struct bench_boot){ 0 });
	for (size_t i = 0; !wrong && i < json_array_size(phases); i++)
		wrong = load_phase(json_array_get(phases, i), s);
	return wrong;
}

static char *load_word(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? xstrdup(s) : NULL;
}

static const char *load(const json_t *o, struct bench *out)
{
	const char *mode = json_string_value(json_object_get(o, "mode"));
	const json_t *b = json_object_get(o, sides[BENCH_B]);
	const char *wrong;

	if (!json_is_integer(json_object_get(o, "bench")) || !mode)
		return "is none of bootlet bench --json";
	if (json_integer_value(json_object_get(o, "bench")) != FORMAT)
		return "is of another version of bootlet";
	out->icount = !strcmp(mode, modes[true]);
	out->pairs = b != NULL;
	out->what.kernel = load_word(o, "kernel");
	out->what.machine = load_word(o, "machine");
	out->what.accel = load_word(o, "accelerator");
	load_words(json_object_get(o, "command"), &out->command);
	wrong = load_series(json_object_get(o, sides[BENCH_A]),
			    &out->options[BENCH_A], &out->side[BENCH_A]);
	if (!wrong && b)
		wrong = load_series(b, &out->options[BENCH_B],
				    &out->side[BENCH_B]);
	return wrong;
}

const char *bench_load(const char *json, struct bench *out)
{
	json_t *o = json_loads(json, 0, NULL);
	const char *wrong = o ? load(o, out) : "is no JSON";

	json_decref(o);
	return wrong;
}
