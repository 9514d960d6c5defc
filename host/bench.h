/* SPDX-License-Identifier: MIT */
/*
 * bootlet bench: what boots took, phase by phase, and what is to be said of
 * it. bench_run.h makes them; all here is pure.
 */
#ifndef BOOTLET_BENCH_H
#define BOOTLET_BENCH_H

#include "stats.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>

/** BENCH_SPANS - phases of one boot at most */
#define BENCH_SPANS 40
/** BENCH_TOTAL - the phase that is all of them */
#define BENCH_TOTAL "total"

/** struct bench_span - a phase of one boot, nanoseconds */
struct bench_span {
	char name[32];
	double ns;
};

/** struct bench_boot - one boot */
struct bench_boot {
	struct bench_span span[BENCH_SPANS];
	size_t n;
	/** @report: what --report said of it, see bench_drawn(); owned, or
	 * NULL */
	char *report;
};

/** struct bench_series - boots of the same thing */
struct bench_series {
	struct bench_boot *boot;
	size_t n;
};

/** struct bench_what - what was booted; strings are owned, or NULL */
struct bench_what {
	/** @kernel: release; @machine, @accel: QEMU's words */
	char *kernel, *machine, *accel;
};

/** enum bench_side - of a comparison */
enum bench_side { BENCH_A, BENCH_B, BENCH_SIDES };

/** struct bench - a whole measurement; zero it to begin with */
struct bench {
	/** @icount: guest time alone, counted in instructions */
	bool icount;
	/** @pairs: there is a B, booted in turn with A */
	bool pairs;
	/** @options: of `run`, owned; @command: words, owned */
	struct strv options[BENCH_SIDES], command;
	struct bench_what what;
	struct bench_series side[BENCH_SIDES];
};

/** struct bench_ends - what is known of a boot from outside: nanoseconds of
 * CLOCK_MONOTONIC when bootlet was forked and when it was reaped */
struct bench_ends {
	long long begin, end;
};

/**
 * bench_argv() - the words of one boot
 * @b:      options and command
 * @side:   whose
 * @report: file for --report
 * @chart:  file for --chart, or NULL
 * @argv:   appended to: "bootlet" first
 */
void bench_argv(const struct bench *b, enum bench_side side, const char *report,
		const char *chart, struct strv *argv);

/**
 * bench_read() - take one boot's phases out of its report
 * @json:   what --report said, see bootlet(1)
 * @icount: the guest's phases alone
 * @ends:   the boot's
 * @out:    filled in, without @report; a phase that was not reached is left out
 * @what:   filled in where it is empty; or NULL
 *
 * Return: NULL; or what is wrong with @json in a few words (static text).
 */
const char *bench_read(const char *json, bool icount,
		       const struct bench_ends *ends, struct bench_boot *out,
		       struct bench_what *what);

/** bench_add() - append a boot to a series, which owns it from now on */
void bench_add(struct bench_series *s, const struct bench_boot *boot);

/**
 * bench_values() - one phase of all boots
 * @name: of the phase
 * @out:  @s->n values, nanoseconds
 *
 * Return: whether each boot has it.
 */
bool bench_values(const struct bench_series *s, const char *name, double *out);

/**
 * bench_names() - the phases that all boots have, in their order
 * @out: BENCH_SPANS pointers into @s
 *
 * Return: how many.
 */
size_t bench_names(const struct bench_series *s, const char *out[BENCH_SPANS]);

/**
 * bench_median() - the boot in the middle: whose total is nearest the median
 *
 * Return: in @s; NULL of none.
 */
const struct bench_boot *bench_median(const struct bench_series *s);

/**
 * bench_drawn() - the picture of the boot in the middle
 * @s: boots whose @report is not what --report said, but their picture
 *
 * Return: a copy of it, which the caller frees; NULL of none.
 */
char *bench_drawn(const struct bench_series *s);

/** bench_series_free() - free its boots; zero again */
void bench_series_free(struct bench_series *s);

/** bench_free() - free what is owned; zero again */
void bench_free(struct bench *b);

/**
 * bench_time() - a length for people: four digits and a unit, 10 bytes wide
 * @ns:  nanoseconds, 0 or more
 * @out: appended to
 */
void bench_time(double ns, struct buf *out);

/** bench_table() - all of it for people; appended to @out */
void bench_table(const struct bench *b, struct buf *out);

/** bench_json() - all of it for programs; the caller frees */
char *bench_json(const struct bench *b);

/**
 * bench_load() - read what bench_json() has written
 * @json: text
 * @out:  zero; filled in; the caller calls bench_free(), also after an error
 *
 * Return: NULL; or what is wrong with it in a few words (static text).
 */
const char *bench_load(const char *json, struct bench *out);

/** struct bench_slower - a phase that got slower */
struct bench_slower {
	/** @name: in one of the series */
	const char *name;
	/** @was, @is: medians, nanoseconds */
	double was, is;
};

/** struct bench_verdict - of a comparison */
struct bench_verdict {
	struct bench_slower slower[BENCH_SPANS];
	size_t n;
	/** @few: there are too few boots to tell noise from a change */
	bool few;
};

/** BENCH_FLOOR_ICOUNT, BENCH_FLOOR_WALL - nanoseconds by which a phase has to
 * be slower to count as slower, whatever part of it that is */
#define BENCH_FLOOR_ICOUNT 20000
#define BENCH_FLOOR_WALL   1000000

/** BENCH_LEAST - boots of a series that tell noise from a change */
#define BENCH_LEAST 3

/**
 * bench_unlike() - why two measurements cannot be compared
 *
 * Another kernel is none: it may be what is to be measured.
 *
 * Return: NULL; or e.g. "machine pc, and here it is q35", which the caller
 * frees.
 */
char *bench_unlike(const struct bench *was, const struct bench *is);

/**
 * bench_compare() - which phases got slower
 * @was, @is: series
 * @icount:   their times are exact: medians are compared
 * @pairs:    they were measured in turn, boot by boot
 * @most:     allowed, as a part: 0.02 for 2 %
 * @out:      filled in
 *
 * Without @icount a phase counts only where the interval of 95 % of the ratio
 * leaves out that it stayed as it was.
 */
void bench_compare(const struct bench_series *was,
		   const struct bench_series *is, bool icount, bool pairs,
		   double most, struct bench_verdict *out);

#endif
