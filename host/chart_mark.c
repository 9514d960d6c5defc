// SPDX-License-Identifier: MIT
/* Numbers and names of the longest, over their bars. */
#include "chart_draw.h"

#include <stdlib.h>

/** struct mark - one of them */
struct mark {
	const struct timeline_span *span;
	double x, width;
	int rank;
	/** @text: its name and time; NULL: they stand in the bar; owned */
	char *text;
};

static int by_place(const void *a, const void *b)
{
	const struct mark *m = a, *n = b;

	if (m->x < n->x || m->x > n->x)
		return m->x < n->x ? -1 : 1;
	return m->rank - n->rank;
}

static size_t find_marks(const struct chart_panel *p, enum timeline_lane lane,
			 struct mark marks[CHART_RANKS])
{
	const struct chart_plan *plan = p->d->plan;
	size_t n = 0;

	for (size_t i = 0; i < plan->n_ranks; i++) {
		const struct timeline_span *s = plan->rank[i];
		double a = chart_x(p->scale, s->begin);
		double b = chart_x(p->scale, s->end);

		if (s->lane == lane)
			marks[n++] = (struct mark){ .span = s,
						    .x = (a + b) / 2,
						    .width = b - a,
						    .rank = (int)i + 1 };
	}
	qsort(marks, n, sizeof(*marks), by_place);
	return n;
}

void chart_number(struct chart_draw *d, double x, double y, int rank)
{
	double r = d->style->mark, size = rank < 10 ? r * 1.35 : r * 1.15;

	buf_addf(d->out,
		 "<circle class=\"k\" cx=\"%.1f\" cy=\"%.1f\" r=\"%g\"/>"
		 "<text class=\"c kt\" x=\"%.1f\" y=\"%.1f\" "
		 "font-size=\"%g\">%d</text>\n",
		 x, y, r, x, y + size * 0.36, size, rank);
}

static void draw_line(struct chart_draw *d, double x, double y, double to_x,
		      double to_y)
{
	buf_addf(d->out, "<path class=\"l\" d=\"M%.1f %.1fL%.1f %.1f\"/>", x, y,
		 to_x, to_y);
}

/* In one row, each as near to its bar as can be. */
static double draw_numbers(struct chart_panel *p, const struct mark *marks,
			   size_t n)
{
	const struct chart_style *style = p->d->style;
	double x[CHART_RANKS], r = style->mark, y = p->d->y + 2;

	for (size_t i = 0; i < n; i++)
		x[i] = marks[i].x;
	chart_spread(x, n, 2 * r + 2, style->left + r, style->right - r);
	for (size_t i = 0; i < n; i++) {
		draw_line(p->d, x[i], y + 2 * r, marks[i].x, y + 2 * r + 9);
		chart_number(p->d, x[i], y + r, marks[i].rank);
	}
	return 2 * r + 12;
}

static double draw_names(struct chart_panel *p, const struct mark *marks,
			 const struct chart_label *labels, size_t n, int rows)
{
	const struct chart_style *style = p->d->style;
	double r = style->mark, step = 2 * r + 3;
	/* Each line ends on its bar, of which two may be close together. */
	double bottom = p->d->y + rows * step + 9, bend = bottom - 9;

	for (size_t i = 0; i < n; i++) {
		double x = labels[i].x, y = bend - labels[i].row * step - r;
		double at = labels[i].left ? x - r - 4 : x + r + 4;

		draw_line(p->d, x, y + r, x, bend);
		draw_line(p->d, x, bend, marks[i].x, bottom);
		chart_number(p->d, x, y, marks[i].rank);
		if (marks[i].text)
			chart_text(p->d, at, y + style->small * 0.35,
				   style->small, labels[i].left ? "e t" : "t",
				   marks[i].text, labels[i].width);
	}
	return bottom - p->d->y;
}

/* A name that stands in its bar needs not stand over it. */
static void name_marks(struct mark *marks, struct chart_label *labels, size_t n,
		       const struct chart_style *style)
{
	char time[CHART_TIME_MAX];
	double x[CHART_RANKS];

	for (size_t i = 0; i < n; i++)
		x[i] = marks[i].x;
	chart_spread(x, n, style->mark + 2, style->left, style->right);
	for (size_t i = 0; i < n; i++) {
		const struct timeline_span *s = marks[i].span;
		double r = style->mark, size = style->small;

		labels[i] = (struct chart_label){
			.x = x[i],
			.width = 2 * r,
			.before = r,
		};
		if (chart_width(s->name, size) <= marks[i].width - 8)
			continue;
		chart_time(time, s->end - s->begin);
		marks[i].text = xasprintf("%s %s", s->name, time);
		labels[i].width += 4 + chart_width(marks[i].text, size);
	}
}

double chart_marks(struct chart_panel *p, enum timeline_lane lane)
{
	const struct chart_style *style = p->d->style;
	struct chart_label labels[CHART_RANKS];
	struct mark marks[CHART_RANKS];
	size_t n = find_marks(p, lane, marks);
	double took;
	int rows;

	if (!n)
		return 0;
	if (!style->beside)
		return draw_numbers(p, marks, n);
	name_marks(marks, labels, n, style);
	rows = chart_labels(labels, n, style->margin, style->width);
	took = rows ? draw_names(p, marks, labels, n, rows) :
		      draw_numbers(p, marks, n);
	for (size_t i = 0; i < n; i++)
		free(marks[i].text);
	return took;
}
