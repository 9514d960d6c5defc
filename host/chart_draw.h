/* SPDX-License-Identifier: MIT */
/* Inside of chart*.c: one layout under way, and what all of it is drawn with. */
#ifndef BOOTLET_CHART_DRAW_H
#define BOOTLET_CHART_DRAW_H

#include "chart_layout.h"
#include "str.h"

/* Bytes of what chart_time() writes. */
#define CHART_TIME_MAX 32

/** struct chart_style - sizes of one layout, in pixels */
struct chart_style {
	/** @class: that the style sheet shows or hides */
	const char *class;
	/** @width: of all; @left, @right: of what has an axis; @margin: of what
	 * has none */
	double width, left, right, margin;
	/** @title, @text, @small: sizes of type */
	double title, text, small;
	/** @stage, @lane, @part, @thin: heights of rows */
	double stage, lane, part, thin;
	/** @mark: radius of a number's circle */
	double mark;
	/** @ticks: at most on an axis; @columns: of the list of the longest */
	int ticks, columns;
	/** @beside: names of lanes stand left of them, not above */
	bool beside;
};

/** struct chart_draw - a layout under way */
struct chart_draw {
	struct buf *out;
	const struct timeline *t;
	const struct chart_plan *plan;
	const struct chart_style *style;
	/** @y: where the next thing goes */
	double y;
};

/** struct chart_panel - one under way: its grid goes behind its bars */
struct chart_panel {
	struct chart_draw *d;
	const struct chart_scale *scale;
	/** @zero: what its axis counts from; @plus: say so */
	long long zero;
	bool plus;
	double top;
};

/** chart_css() - append the style sheet. @narrow: height by width of that
 * layout */
void chart_css(struct buf *out, double narrow);

/** chart_time() - "1.74 s", "413 ms", "12.3 µs". Return: @text */
const char *chart_time(char text[CHART_TIME_MAX], long long ns);

/** chart_escape() - append text for XML, of any bytes: what is no text of XML
 * is written as \xNN */
void chart_escape(struct buf *out, const char *text);

/** chart_width() - how wide a text is, nearly, in pixels of type of @size */
double chart_width(const char *text, double size);

/** chart_fit() - append a text, cut to a width with an ellipsis, escaped */
void chart_fit(struct buf *out, const char *text, double size, double width);

/** chart_text() - draw a line of text; @class of the style sheet */
void chart_text(struct chart_draw *d, double x, double y, double size,
		const char *class, const char *text, double width);

/** chart_wrap() - draw a text on as many lines as it needs, @lines at most,
 * from @d->y on, which is moved */
void chart_wrap(struct chart_draw *d, double size, const char *class,
		const char *text, int lines);

/** chart_hover() - append the <title> of a bar */
void chart_hover(struct buf *out, const struct chart_bar *bar);

/** chart_kind() - what a lane's spans are, one of them or many */
const char *chart_kind(enum timeline_lane lane, bool many);

/** chart_heading() - draw one at @d->y, which is moved */
void chart_heading(struct chart_draw *d, const char *text);

/** chart_number() - draw the circle of one of the longest; @rank from 1 */
void chart_number(struct chart_draw *d, double x, double y, int rank);

/** chart_marks() - draw numbers and names over a lane's longest bars
 *
 * Return: how much room it took, from @p->d->y on.
 */
double chart_marks(struct chart_panel *p, enum timeline_lane lane);

/** chart_axis() - draw the grid, the axis below at @p->d->y, and between the
 * two @bars */
void chart_axis(struct chart_panel *p, const struct buf *bars);

/** chart_panels() - draw both panels from @d->y on, which is moved */
void chart_panels(struct chart_draw *d);

/** chart_list() - draw the longest, likewise */
void chart_list(struct chart_draw *d);

#endif
