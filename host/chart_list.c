// SPDX-License-Identifier: MIT
/* The longest, by rank. */
#include "chart_draw.h"

#include <stdlib.h>

/* Pixels of: the number; behind a bar, how long it took. */
#define NUMBER 30
#define TIME   72

/* One line, in columns. */
static void draw_beside(struct chart_draw *d, const struct timeline_span *s,
			double share, double x, double width)
{
	const struct chart_style *style = d->style;
	double base = d->y + style->text * 0.85, bar = x + NUMBER + 256;
	double room = width - NUMBER - 256 - TIME - 130;
	char a[CHART_TIME_MAX], *text;

	share = share * room < 1 ? 1 : share * room;
	chart_text(d, x + NUMBER, base, style->text - 1, "t", s->name, 250);
	buf_addf(d->out,
		 "<rect class=\"f%d\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
		 "height=\"%.1f\"/>\n",
		 (int)s->lane, bar, d->y + 1, share, style->text * 0.85);
	chart_text(d, bar + share + 7, base, style->small, "t",
		   chart_time(a, s->end - s->begin), TIME);
	text = xasprintf("%s at %s", chart_kind(s->lane, false),
			 chart_time(a, s->begin));
	chart_text(d, x + width - 20, base, style->small, "e m", text, 150);
	free(text);
}

/* Two lines: name and time; bar and kind. */
static void draw_below(struct chart_draw *d, const struct timeline_span *s,
		       double share, double x, double width)
{
	const struct chart_style *style = d->style;
	double base = d->y + style->text * 0.85, below = base + 8;
	double room = width - NUMBER - 170;
	char a[CHART_TIME_MAX], *text;

	share = share * room < 1 ? 1 : share * room;
	chart_text(d, x + NUMBER, base, style->text, "t", s->name,
		   width - NUMBER - TIME);
	chart_text(d, x + width, base, style->text, "e t",
		   chart_time(a, s->end - s->begin), TIME);
	buf_addf(d->out,
		 "<rect class=\"f%d\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
		 "height=\"%.1f\"/>\n",
		 (int)s->lane, x + NUMBER, below, share, style->text * 0.7);
	text = xasprintf("%s at %s", chart_kind(s->lane, false),
			 chart_time(a, s->begin));
	chart_text(d, x + width, below + style->small * 0.8, style->small,
		   "e m", text, 170);
	free(text);
}

static void draw_item(struct chart_draw *d, size_t i, double x, double width)
{
	const struct timeline_span *s = d->plan->rank[i];
	const struct timeline_span *longest = d->plan->rank[0];
	double share = (double)(s->end - s->begin) /
		       (double)(longest->end - longest->begin);

	chart_number(d, x + d->style->mark, d->y + d->style->text * 0.5,
		     (int)i + 1);
	if (d->style->beside)
		draw_beside(d, s, share, x, width);
	else
		draw_below(d, s, share, x, width);
}

void chart_list(struct chart_draw *d)
{
	const struct chart_style *s = d->style;
	size_t n = d->plan->n_ranks;
	size_t rows = (n + (size_t)s->columns - 1) / (size_t)s->columns;
	double step = s->beside ? s->text + 12 : 2 * s->text + 14;
	double width = (s->width - 2 * s->margin) / s->columns, top;

	if (!n)
		return;
	d->y += 8;
	chart_heading(d, n == CHART_RANKS ? "The ten longest" : "The longest");
	top = d->y;
	for (size_t i = 0; i < n; i++) {
		size_t column = i / rows;

		d->y = top + (double)(i % rows) * step;
		draw_item(d, i, s->margin + (double)column * width, width);
	}
	d->y = top + (double)rows * step;
}
