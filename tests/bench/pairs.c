// SPDX-License-Identifier: MIT
/*
 * Two commands, measured in turn, as a row of `make bench`:
 *
 *     pairs [options] -- COMMAND [ARG...] --vs COMMAND [ARG...]
 *     pairs [options] --against VALUE -- COMMAND [ARG...]
 *     pairs [options] --values FILE
 *
 * What is measured is a whole process: from before it is started until it has
 * been waited for. Its stdin is /dev/null. A machine gets slower and faster
 * while one measures: both get the same share of that, and which of the two
 * comes first alternates. Prints, with tabs between:
 *
 *     NAME OURS REFERENCE UNIT RATIO LOW HIGH LIMIT TEXT
 *
 * OURS and REFERENCE are medians, RATIO is the median of the pairs' ratios, LOW
 * and HIGH are its confidence interval of 95 %, "-" where there are too few.
 * Exit status: 0; 1 where a command failed, with its words; 2 for wrong usage.
 * That a ratio is above its limit is for run.sh to see.
 */
#include "host/stats.h"
#include "host/str.h"
#include "timed.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct options {
	const char *name, *limit, *ref, *unit, *values;
	struct timed timed;
	size_t n, warmup;
	double against;
	bool verbose;
	char **ours, **reference;
	/* fresh: removed before each command */
	const char *fresh[4];
	size_t n_fresh;
};

struct series {
	double *ours, *reference;
	size_t n;
};

/* --- series ------------------------------------------------------------- */

static void add(struct series *s, double ours, double reference)
{
	size_t room = (s->n + 1) * sizeof(double);

	if (!(ours >= 0) || !(reference > 0))
		fail(1, "%g against %g is no pair", ours, reference);
	s->ours = xrealloc(s->ours, room);
	s->reference = xrealloc(s->reference, room);
	s->ours[s->n] = ours;
	s->reference[s->n++] = reference;
}

static double measure(const struct options *o, char *const *argv)
{
	for (size_t i = 0; i < o->n_fresh; i++)
		if (unlink(o->fresh[i]) && errno != ENOENT)
			fail(1, "%s: %s", o->fresh[i], strerror(errno));
	return timed_run(&o->timed, argv);
}

static void measure_all(const struct options *o, struct series *s)
{
	for (size_t i = 0; i < o->warmup + o->n; i++) {
		double a = 0, b = o->against;

		if (i % 2 && o->reference)
			b = measure(o, o->reference);
		a = measure(o, o->ours);
		if (!(i % 2) && o->reference)
			b = measure(o, o->reference);
		if (o->verbose)
			fprintf(stderr, "%s\t%g\t%g%s\n", o->name, a, b,
				i < o->warmup ? "\twarm-up" : "");
		if (i >= o->warmup)
			add(s, a, b);
	}
}

static void read_series(const char *path, struct series *s)
{
	FILE *f = strcmp(path, "-") ? fopen(path, "re") : stdin;
	double a, b;
	int got;

	if (!f)
		fail(1, "%s: %s", path, strerror(errno));
	while ((got = fscanf(f, "%lf %lf", &a, &b)) == 2)
		add(s, a, b);
	if (got != EOF || !s->n)
		fail(1, "%s: is to have two numbers a line", path);
	if (f != stdin)
		fclose(f);
}

/* --- the row ------------------------------------------------------------ */

static void print_number(double v)
{
	int digits = v < 10 ? 2 : v < 100 ? 1 : 0;

	printf("\t%.*f", floor(v) == v ? 0 : digits, v);
}

static void print_row(const struct options *o, const struct series *s)
{
	const char *unit = o->unit;
	struct stats_ratio r;
	struct stats a, b;
	double scale = 1;

	stats_of(s->ours, s->n, &a);
	stats_of(s->reference, s->n, &b);
	stats_ratio(s->ours, s->reference, s->n, &r);
	if (!o->values && o->timed.measure != TIMED_MEMORY) {
		bool short_one = a.median < 10 && b.median < 10;

		scale = short_one ? 1000 : 1;
		unit = short_one ? "ms" : "s";
	} else if (!o->values) {
		unit = "MiB";
	}
	printf("%s", o->name);
	print_number(a.median * scale);
	print_number(b.median * scale);
	printf("\t%s\t%.3f", unit, r.ratio);
	if (isfinite(r.high))
		printf("\t%.3f\t%.3f", r.low, r.high);
	else
		printf("\t-\t-");
	printf("\t%s\t%s\n", o->limit, o->ref);
}

/* --- options ------------------------------------------------------------ */

static const char usage[] =
	"usage: pairs [options] -- COMMAND [ARG...] --vs COMMAND [ARG...]\n"
	"       pairs [options] --against VALUE -- COMMAND [ARG...]\n"
	"       pairs [options] --values FILE\n"
	"  -n N             pairs (15, or BENCH_N)\n"
	"  --warmup N       pairs before that are not counted (1)\n"
	"  --name TEXT      what is measured\n"
	"  --limit RATIO    that the row is to keep; - for none\n"
	"  --ref TEXT       what the reference is\n"
	"  --user           user and system time instead of the clock's\n"
	"  --memory         peak memory, MiB\n"
	"  --against VALUE  the reference is a number: seconds, MiB\n"
	"  --values FILE    lines of two numbers, measured elsewhere; - is stdin\n"
	"  --unit UNIT      theirs\n"
	"  --stdout FILE    where both commands write (/dev/null)\n"
	"  --fresh FILE     removed before each command; up to 4 of them\n"
	"  --timeout S      for each command (300)\n"
	"  -v               print each pair on stderr\n";

enum {
	WARMUP = 256,
	NAME,
	LIMIT,
	REF,
	USER,
	MEM,
	AGAINST,
	VALUES,
	UNIT,
	OUT,
	FRESH,
	TIMEOUT
};

static const struct option long_options[] = {
	{ "warmup", 1, NULL, WARMUP },
	{ "name", 1, NULL, NAME },
	{ "limit", 1, NULL, LIMIT },
	{ "ref", 1, NULL, REF },
	{ "user", 0, NULL, USER },
	{ "memory", 0, NULL, MEM },
	{ "against", 1, NULL, AGAINST },
	{ "values", 1, NULL, VALUES },
	{ "unit", 1, NULL, UNIT },
	{ "stdout", 1, NULL, OUT },
	{ "fresh", 1, NULL, FRESH },
	{ "timeout", 1, NULL, TIMEOUT },
	{ 0 },
};

static double parse_number(const char *text)
{
	char *end;
	double v = strtod(text, &end);

	if (end == text || *end || !(v >= 0) || v > 1e15)
		fail(2, "%s: is no number", text);
	return v;
}

static void set_option(struct options *o, int c)
{
	switch (c) {
	case 'n':
		o->n = (size_t)parse_number(optarg);
		break;
	case WARMUP:
		o->warmup = (size_t)parse_number(optarg);
		break;
	case NAME:
		o->name = optarg;
		break;
	case LIMIT:
		o->limit = optarg;
		if (strcmp(optarg, "-"))
			parse_number(optarg);
		break;
	case REF:
		o->ref = optarg;
		break;
	case USER:
		o->timed.measure = TIMED_CPU;
		break;
	case MEM:
		o->timed.measure = TIMED_MEMORY;
		break;
	case AGAINST:
		o->against = parse_number(optarg);
		break;
	case VALUES:
		o->values = optarg;
		break;
	case UNIT:
		o->unit = optarg;
		break;
	case OUT:
		o->timed.out = optarg;
		break;
	case FRESH:
		if (o->n_fresh == sizeof(o->fresh) / sizeof(o->fresh[0]))
			fail(2, "%s: too many --fresh", optarg);
		o->fresh[o->n_fresh++] = optarg;
		break;
	case TIMEOUT:
		o->timed.timeout = parse_number(optarg);
		break;
	case 'v':
		o->verbose = true;
		break;
	default:
		fputs(usage, stderr);
		exit(2);
	}
}

static void set_commands(struct options *o, char **argv)
{
	o->ours = argv;
	while (*argv && strcmp(*argv, "--vs"))
		argv++;
	if (*argv) {
		*argv = NULL;
		o->reference = argv + 1;
	}
	if (o->values) {
		if (o->ours[0])
			fail(2, "--values and a command are two things");
	} else if (!o->ours[0]) {
		fail(2, "no command after --");
	} else if (o->reference && !o->reference[0]) {
		fail(2, "no command after --vs");
	} else if (!o->reference == !(o->against > 0)) {
		fail(2, "needs either --vs COMMAND or --against VALUE");
	}
	if (!o->n)
		fail(2, "-n 0: nothing to measure");
}

int main(int argc, char **argv)
{
	const char *n = getenv("BENCH_N");
	struct options o = { .name = "-",
			     .limit = "-",
			     .ref = "-",
			     .unit = "-",
			     .n = 15,
			     .warmup = 1,
			     .timed.timeout = 300 };
	struct series s = { 0 };
	int c;

	if (n && *n)
		o.n = (size_t)parse_number(n);
	while ((c = getopt_long(argc, argv, "+n:v", long_options, NULL)) != -1)
		set_option(&o, c);
	set_commands(&o, argv + optind);
	if (o.values)
		read_series(o.values, &s);
	else
		measure_all(&o, &s);
	print_row(&o, &s);
	free(s.ours);
	free(s.reference);
	return fflush(stdout) ? 1 : 0;
}
