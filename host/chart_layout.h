/* SPDX-License-Identifier: MIT */
/* Where things are in a chart: numbers only, of which chart_panel.c and
 * chart_text.c make shapes. */
#ifndef BOOTLET_CHART_LAYOUT_H
#define BOOTLET_CHART_LAYOUT_H

#include "timeline.h"

#include <stdbool.h>
#include <stddef.h>

/** CHART_RANKS - how many of the longest spans are labelled */
#define CHART_RANKS 10

/** struct chart_scale - time to pixels, with a part left out */
struct chart_scale {
	/** @from, @to: nanoseconds; @x0, @x1: where they are */
	long long from, to;
	double x0, x1;
	/** @cut_from, @cut_to: what is left out; equal: nothing is */
	long long cut_from, cut_to;
};

/** chart_x() - where a time is, within @x0 and @x1 */
double chart_x(const struct chart_scale *s, long long ns);

/**
 * chart_tick() - the distance of round ticks
 * @range: nanoseconds, more than 0
 * @max:   ticks at most, 1 at least
 *
 * Return: nanoseconds, 1, 2 or 5 times a power of ten.
 */
long long chart_tick(long long range, int max);

/** struct chart_bar - one span, or some that are too narrow to be seen alone */
struct chart_bar {
	double x, w;
	/** @first: of @n spans, in their order of begin; @longest: of them */
	const struct timeline_span *longest;
	size_t n;
	/** @sum: nanoseconds of all; @begin, @end: of the first and last */
	long long sum, begin, end;
};

/**
 * chart_bars() - the bars of a lane
 * @s:    its scale; what lies outside is left out, or cut off
 * @v, @n: spans of one lane, sorted by begin
 * @bars: room for @n
 *
 * Neighbours that are narrower than a pixel become one bar of a few pixels, so
 * that there are never many more bars than pixels.
 *
 * Return: how many bars there are.
 */
size_t chart_bars(const struct chart_scale *s,
		  const struct timeline_span *const *v, size_t n,
		  struct chart_bar *bars);

/**
 * chart_rank() - the longest spans of work: initcalls, modules, init's phases
 * @t:    whose
 * @rank: filled with the longest, the first the longest of all
 *
 * Return: how many there are, CHART_RANKS at most; none took 0.
 */
size_t chart_rank(const struct timeline *t,
		  const struct timeline_span *rank[CHART_RANKS]);

/**
 * chart_spread() - keep marks apart
 * @x:    @n places from left to right, CHART_RANKS at most; they are moved as
 *        little as can be
 * @gap:  that is to be between two
 * @low, @high: that all have to keep to, where there is room
 */
void chart_spread(double *x, size_t n, double gap, double low, double high);

/** struct chart_label - a text beside a line down to what it names */
struct chart_label {
	/** @x: of the line; @width: of all, of which @before are on the other
	 * side of the line than the text */
	double x, width, before;
	/** @row: from below, filled in; @left: so is which side the text is on */
	int row;
	bool left;
};

/**
 * chart_labels() - find places for labels, so that nothing crosses
 * @v: @n of them, by their @x from left to right, which are more than @before
 *     apart
 * @low, @high: where the room ends
 *
 * Neither does a label cover another, nor does a line cross a label: the first
 * ones are written to the left of their lines, the others to the right, so that
 * there are as few rows as can be.
 *
 * Return: rows needed; 0 where there is no room.
 */
int chart_labels(struct chart_label *v, size_t n, double low, double high);

/** struct chart_plan - what of a timeline is drawn in which panel */
struct chart_plan {
	/** @whole: the run; @zoom: of init, valid if @has_zoom; only times */
	struct chart_scale whole, zoom;
	bool has_zoom;
	/** @span: all, by lane, sorted by begin; owned, by chart_plan_free() */
	const struct timeline_span **span[N_LANES];
	size_t n[N_LANES];
	const struct timeline_span *rank[CHART_RANKS];
	size_t n_ranks;
};

/**
 * chart_plan() - decide what is drawn
 *
 * A command that took long compared with the boot is left out but for its ends,
 * so that the boot can be seen.
 */
void chart_plan(const struct timeline *t, struct chart_plan *p);

/** chart_plan_free() - free what is owned */
void chart_plan_free(struct chart_plan *p);

#endif
