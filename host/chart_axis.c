// SPDX-License-Identifier: MIT
#include "chart_draw.h"

#include <stdio.h>

static void tick_text(char text[CHART_TIME_MAX], const struct chart_panel *p,
		      long long at, long long step)
{
	long long range = p->scale->to - p->scale->from -
			  (p->scale->cut_to - p->scale->cut_from);
	bool s = range >= 1000000000, ms = range >= 1000000;
	long long unit = s ? 1000000000 : ms ? 1000000 : 1000;
	int digits = 0;

	for (long long u = unit; u > step && u > 1; u /= 10)
		digits++;
	snprintf(text, CHART_TIME_MAX, "%s%.*f %s", p->plus && at ? "+" : "",
		 digits, (double)at / (double)unit,
		 s  ? "s" :
		 ms ? "ms" :
		      "µs");
}

/* Behind the bars: @bars is what was drawn of them. */
void chart_axis(struct chart_panel *p, const struct buf *bars)
{
	struct chart_draw *d = p->d;
	const struct chart_scale *s = p->scale;
	long long cut = s->cut_to - s->cut_from,
		  end = cut ? s->cut_from : s->to;
	long long step = chart_tick(s->to - s->from - cut, d->style->ticks);
	double size = d->style->small, bottom = d->y;
	char text[CHART_TIME_MAX];

	for (long long t = p->zero; t <= end; t += step) {
		double x = chart_x(s, t), half;

		buf_addf(d->out, "<path class=\"g\" d=\"M%.1f %.1fV%.1f\"/>", x,
			 p->top, bottom + 4);
		tick_text(text, p, t - p->zero, step);
		half = chart_width(text, size) / 2;
		/* The outermost ones stay inside. */
		if (x - half < 4)
			x = 4 + half;
		if (x + half > d->style->width - 4)
			x = d->style->width - 4 - half;
		chart_text(d, x, bottom + 6 + size, size, "c m", text, 200);
	}
	buf_addf(d->out, "<path class=\"a\" d=\"M%.1f %.1fH%.1f\"/>\n", s->x0,
		 bottom, s->x1);
	if (bars->n)
		buf_add(d->out, bars->p, bars->n);
	d->y = bottom + size + 14;
}
