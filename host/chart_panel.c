// SPDX-License-Identifier: MIT
/* The two panels: rows of bars over an axis. */
#include "chart_draw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Between two rows; above a name that stands over its lane. */
#define GAP 5.0

/** struct panel - one under way: its grid goes behind its bars */
struct panel {
	struct chart_draw *d;
	const struct chart_scale *scale;
	/** @zero: what its axis counts from; @plus: say so */
	long long zero;
	bool plus;
	double top;
};

/* How high the lanes' bars are. */
enum height { STAGE, LANE, PART, THIN };

static double height_of(const struct chart_style *s, enum height h)
{
	const double heights[] = {
		[STAGE] = s->stage,
		[LANE] = s->lane,
		[PART] = s->part,
		[THIN] = s->thin,
	};

	return heights[h];
}

/* --- bars ------------------------------------------------------------------ */

static void draw_rect(struct panel *p, const struct chart_bar *bar,
		      const char *class, double y, double h)
{
	struct buf *out = p->d->out;

	buf_addf(out,
		 "<rect class=\"%s\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" "
		 "height=\"%.2f\">",
		 class, bar->x, y, bar->w, h);
	chart_hover(out, bar);
	buf_adds(out, "</rect>\n");
}

/* The name in the bar, and how long it took, if they are to be read there. */
static void label_bar(struct panel *p, const struct chart_bar *bar, double y,
		      double h)
{
	const struct chart_style *style = p->d->style;
	const struct timeline_span *s = bar->longest;
	double size = h < 1.3 * style->small ? h / 1.3 : style->small;
	double room = bar->w - 8, x = bar->x + bar->w / 2;
	char time[CHART_TIME_MAX], class[16], *both;

	chart_time(time, s->end - s->begin);
	snprintf(class, sizeof(class), "c i%d", (int)s->lane);
	both = xasprintf("%s %s", s->name, time);
	if (chart_width(both, size) <= room) {
		chart_text(p->d, x, y + h / 2 + size * 0.35, size, class, both,
			   room);
	} else if (h > 2.6 * size && chart_width(s->name, size) <= room) {
		chart_text(p->d, x, y + h / 2 - size * 0.2, size, class,
			   s->name, room);
		chart_text(p->d, x, y + h / 2 + size * 0.95, size, class, time,
			   room);
	} else if (chart_width(s->name, size) <= room) {
		chart_text(p->d, x, y + h / 2 + size * 0.35, size, class,
			   s->name, room);
	}
	free(both);
}

/* Of bars that are drawn together the height is how much of the time they
 * took, so that the area is the same as if each had been drawn. */
static double share_of(const struct chart_bar *bar)
{
	double share;

	if (bar->n < 2 || bar->end <= bar->begin)
		return 1;
	share = (double)bar->sum / (double)(bar->end - bar->begin);
	return share < 0.2 ? 0.2 : share > 1 ? 1 : share;
}

static void draw_bar(struct panel *p, struct chart_bar *bar, size_t i, double y,
		     double h)
{
	enum timeline_lane lane = bar->longest->lane;
	double share = share_of(bar);
	bool narrow = bar->w < 3;
	char class[32];

	/* A hair's breadth, however short. */
	if (bar->w < 1)
		bar->w = 1;
	snprintf(class, sizeof(class), "f%d%s%s%s", (int)lane,
		 lane == LANE_LEVEL && i % 2 ? " e" : "", narrow ? " n" : "",
		 bar->longest->open ? " u" : "");
	draw_rect(p, bar, class, y + h * (1 - share), h * share);
	if (bar->n == 1)
		label_bar(p, bar, y, h);
}

static void draw_lane(struct panel *p, enum timeline_lane lane, double y,
		      double h)
{
	const struct chart_plan *plan = p->d->plan;
	struct chart_bar *bars;
	size_t n;

	if (!plan->n[lane])
		return;
	bars = xrealloc(NULL, plan->n[lane] * sizeof(*bars));
	n = chart_bars(p->scale, plan->span[lane], plan->n[lane], bars);
	for (size_t i = 0; i < n; i++)
		draw_bar(p, &bars[i], i, y, h);
	free(bars);
}

/* --- numbers of the longest ------------------------------------------------ */

/** struct mark - one of them over its bar */
struct mark {
	double x;
	int rank;
};

static int by_place(const void *a, const void *b)
{
	const struct mark *m = a, *n = b;

	return m->x < n->x ? -1 : m->x > n->x;
}

static size_t find_marks(const struct panel *p, enum timeline_lane lane,
			 struct mark marks[CHART_RANKS])
{
	const struct chart_plan *plan = p->d->plan;
	size_t n = 0;

	for (size_t i = 0; i < plan->n_ranks; i++) {
		const struct timeline_span *s = plan->rank[i];

		if (s->lane != lane)
			continue;
		marks[n++] = (struct mark){
			.x = (chart_x(p->scale, s->begin) +
			      chart_x(p->scale, s->end)) /
			     2,
			.rank = (int)i + 1,
		};
	}
	qsort(marks, n, sizeof(*marks), by_place);
	return n;
}

static void draw_number(struct chart_draw *d, double x, double y, int rank)
{
	double r = d->style->mark;

	buf_addf(d->out,
		 "<circle class=\"k\" cx=\"%.1f\" cy=\"%.1f\" r=\"%g\"/>"
		 "<text class=\"c kt\" x=\"%.1f\" y=\"%.1f\" "
		 "font-size=\"%g\">%d</text>\n",
		 x, y, r, x, y + r * 0.45, r * 1.3, rank);
}

static void draw_marks(struct panel *p, enum timeline_lane lane, double y)
{
	const struct chart_style *style = p->d->style;
	struct mark marks[CHART_RANKS];
	size_t n = find_marks(p, lane, marks);
	double x[CHART_RANKS], r = style->mark;

	for (size_t i = 0; i < n; i++)
		x[i] = marks[i].x;
	chart_spread(x, n, 2 * r + 2, style->left + r, style->right - r);
	for (size_t i = 0; i < n; i++) {
		buf_addf(p->d->out,
			 "<path class=\"l\" d=\"M%.1f %.1fL%.1f %.1f\"/>",
			 x[i], y + 2 * r, marks[i].x, y + 2 * r + 9);
		draw_number(p->d, x[i], y + r, marks[i].rank);
	}
}

static bool has_marks(const struct panel *p, enum timeline_lane lane)
{
	struct mark marks[CHART_RANKS];

	return find_marks(p, lane, marks) > 0;
}

/* --- rows ------------------------------------------------------------------ */

static void name_row(struct panel *p, const char *name, double h)
{
	struct chart_draw *d = p->d;
	const struct chart_style *s = d->style;

	if (s->beside) {
		chart_text(d, s->left - 12, d->y + h / 2 + s->small * 0.35,
			   s->small, "e m", name, s->left - 14);
		return;
	}
	chart_text(d, s->left, d->y + s->small, s->small, "m", name,
		   s->right - s->left);
	d->y += s->small + 4;
}

/* @also: a lane that is drawn in the same row, or N_LANES. */
static void draw_row(struct panel *p, enum timeline_lane lane,
		     enum timeline_lane also, const char *name, enum height how)
{
	struct chart_draw *d = p->d;
	double h = height_of(d->style, how);

	if (!d->plan->n[lane])
		return;
	if (!d->style->beside)
		name_row(p, name, h);
	if (has_marks(p, lane)) {
		draw_marks(p, lane, d->y);
		d->y += 2 * d->style->mark + 10;
	}
	if (d->style->beside)
		name_row(p, name, h);
	draw_lane(p, lane, d->y, h);
	if (also < N_LANES)
		draw_lane(p, also, d->y, h);
	d->y += h + GAP;
}

/* Two strokes across a bar: here something was left out. */
static void draw_cut(struct panel *p, double y, double h)
{
	double x = chart_x(p->scale, p->scale->cut_from);

	if (p->scale->cut_from >= p->scale->cut_to)
		return;
	buf_addf(p->d->out,
		 "<path class=\"z\" d=\"M%.1f %.1fl6 %.1fM%.1f %.1fl6 %.1f\"/>\n",
		 x - 6, y + h + 3, -(h + 6), x, y + h + 3, -(h + 6));
}

static void draw_stages(struct panel *p)
{
	struct chart_draw *d = p->d;
	double h = d->style->stage;

	name_row(p, "stages", h);
	for (int lane = 0; lane < N_STAGES; lane++)
		draw_lane(p, (enum timeline_lane)lane, d->y, h);
	draw_cut(p, d->y, h);
	d->y += h + GAP;
}

/* --- the axis -------------------------------------------------------------- */

static void tick_text(char text[CHART_TIME_MAX], const struct panel *p,
		      long long at, long long step)
{
	long long range = p->scale->to - p->scale->from -
			  (p->scale->cut_to - p->scale->cut_from);
	bool s = range >= 1000000000, ms = range >= 1000000;
	double unit = s ? 1e9 : ms ? 1e6 : 1e3;
	int digits = 0;

	for (double u = unit; u > (double)step * 1.001 && digits < 9; u /= 10)
		digits++;
	snprintf(text, CHART_TIME_MAX, "%s%.*f %s",
		 p->plus && at ? "+" : "", digits, (double)at / unit,
		 s  ? "s" :
		 ms ? "ms" :
		      "µs");
}

/* Behind the bars: @bars is what was drawn of them. */
static void draw_axis(struct panel *p, const struct buf *bars)
{
	struct chart_draw *d = p->d;
	const struct chart_scale *s = p->scale;
	long long cut = s->cut_to - s->cut_from, end = cut ? s->cut_from : s->to;
	long long step = chart_tick(s->to - s->from - cut, d->style->ticks);
	double size = d->style->small, bottom = d->y;
	char text[CHART_TIME_MAX];

	for (long long t = p->zero; t <= end; t += step) {
		double x = chart_x(s, t), half;

		buf_addf(d->out, "<path class=\"g\" d=\"M%.1f %.1fV%.1f\"/>", x,
			 p->top, bottom + 4);
		tick_text(text, p, t - p->zero, step);
		half = chart_width(text, size) / 2;
		if (x + half > d->style->width)
			continue;
		/* The first would begin before the margin does. */
		chart_text(d, t == p->zero && !d->style->beside ? x + half - 4 : x,
			   bottom + 6 + size, size, "c m", text, 200);
	}
	buf_addf(d->out, "<path class=\"a\" d=\"M%.1f %.1fH%.1f\"/>\n", s->x0,
		 bottom, s->x1);
	if (bars->n)
		buf_add(d->out, bars->p, bars->n);
	d->y = bottom + size + 14;
}

/* --- both ------------------------------------------------------------------ */

static void heading(struct chart_draw *d, const char *text)
{
	d->y += d->style->text + 6;
	chart_text(d, d->style->margin, d->y, d->style->text, "b", text,
		   d->style->width - 2 * d->style->margin);
	d->y += 10;
}

static void whole_rows(struct panel *p)
{
	const struct chart_plan *plan = p->d->plan;

	draw_row(p, LANE_INITCALL, N_LANES, "initcalls", LANE);
	draw_row(p, LANE_PROBE, N_LANES, "device probes", THIN);
	draw_row(p, LANE_LEVEL, N_LANES, "in the kernel", PART);
	if (!plan->has_zoom) {
		draw_row(p, LANE_INIT, N_LANES, "init's phases", LANE);
		draw_row(p, LANE_MODULE, N_LANES, "modules", LANE);
	}
	draw_stages(p);
}

static void zoom_rows(struct panel *p)
{
	draw_row(p, LANE_INIT, LANE_COMMAND, "init's phases", LANE);
	draw_row(p, LANE_MODULE, N_LANES, "modules", LANE);
	draw_row(p, LANE_PROBE, N_LANES, "device probes", THIN);
}

static void draw_panel(struct panel *p, void (*rows)(struct panel *p))
{
	struct chart_draw *d = p->d;
	struct buf *out = d->out, bars = { 0 };

	p->top = d->y;
	d->out = &bars;
	rows(p);
	d->out = out;
	draw_axis(p, &bars);
	buf_free(&bars);
}

/* What of the first panel is the second one: a band that becomes as wide. */
static void draw_wedge(struct chart_draw *d, const struct chart_scale *whole,
		       const struct chart_scale *zoom, double top,
		       double bottom)
{
	double a = chart_x(whole, zoom->from), b = chart_x(whole, zoom->to);

	if (b - a < 1)
		b = a + 1;
	buf_addf(d->out,
		 "<path class=\"w\" d=\"M%.1f %.1fV%.1fL%.1f %.1fH%.1f"
		 "L%.1f %.1fV%.1fZ\"/>\n",
		 a, top, bottom, zoom->x0, d->y, zoom->x1, b, bottom, top);
}

static void zoom_heading(struct chart_draw *d, const struct chart_scale *whole,
			 const struct chart_scale *zoom)
{
	double shown = chart_x(whole, zoom->to) - chart_x(whole, zoom->from);
	double times = shown > 0 ? (zoom->x1 - zoom->x0) / shown : 0;
	char *text;

	text = times >= 1.15 ?
		       xasprintf("init, magnified %.*f times",
				 times < 9.95 ? 1 : 0, times) :
		       xstrdup("init");
	heading(d, text);
	free(text);
}

void chart_panels(struct chart_draw *d)
{
	const struct chart_style *s = d->style;
	struct chart_scale whole = d->plan->whole, zoom = d->plan->zoom;
	struct panel p = { .d = d, .scale = &whole };
	struct panel q = { .d = d, .scale = &zoom, .plus = true };
	struct buf *out = d->out, first = { 0 };
	double top, bottom;

	whole.x0 = zoom.x0 = s->left;
	whole.x1 = zoom.x1 = s->right;
	q.zero = zoom.from;
	heading(d, "The whole run");
	top = d->y;
	d->out = &first;
	draw_panel(&p, whole_rows);
	d->out = out;
	if (d->plan->has_zoom) {
		bottom = d->y;
		d->y += 34;
		/* Behind the panel that it comes out of. */
		draw_wedge(d, &whole, &zoom, top, bottom);
	}
	buf_add(d->out, first.p, first.n);
	buf_free(&first);
	if (!d->plan->has_zoom)
		return;
	zoom_heading(d, &whole, &zoom);
	draw_panel(&q, zoom_rows);
}

/* --- the list -------------------------------------------------------------- */

static void draw_item(struct chart_draw *d, size_t i, double x, double y,
		      double width)
{
	const struct chart_style *s = d->style;
	const struct timeline_span *span = d->plan->rank[i];
	const struct timeline_span *longest = d->plan->rank[0];
	double share = (double)(span->end - span->begin) /
		       (double)(longest->end - longest->begin);
	double name = s->beside ? width * 0.5 : width - 30;
	double bar = s->beside ? x + 36 + name : x + 30;
	double room = s->beside ? width - name - 130 : width - 190;
	double by = s->beside ? y : y + s->text + 5;
	char time[CHART_TIME_MAX], *text;

	draw_number(d, x + s->mark, y + s->text * 0.5, (int)i + 1);
	chart_text(d, x + 30, y + s->text * 0.85, s->text, "t", span->name,
		   name);
	text = xasprintf("%s%s", chart_time(time, span->end - span->begin),
			 span->open ? ", had not ended" : "");
	buf_addf(d->out,
		 "<rect class=\"f%d\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
		 "height=\"%.1f\"/>\n",
		 (int)span->lane, bar, by + 1,
		 share * room < 1 ? 1 : share * room, s->text * 0.85);
	chart_text(d, bar + share * room + 7, by + s->text * 0.85, s->small,
		   "t", text, 200);
	if (!s->beside)
		chart_text(d, x + width, by + s->text * 0.85, s->small, "e m",
			   chart_kind(span->lane, false), 100);
	free(text);
}

void chart_list(struct chart_draw *d)
{
	const struct chart_style *s = d->style;
	size_t n = d->plan->n_ranks;
	size_t rows = (n + (size_t)s->columns - 1) / (size_t)s->columns;
	double step = s->beside ? s->text + 13 : 2 * s->text + 22;
	double width = (s->width - 2 * s->margin) / s->columns;
	char *text;

	if (!n)
		return;
	d->y += 12;
	text = xasprintf("The %s%s longest", n == CHART_RANKS ? "ten" : "",
			 "");
	heading(d, n == CHART_RANKS ? text : "The longest");
	free(text);
	for (size_t i = 0; i < n; i++)
		draw_item(d, i, s->margin + (double)(i / rows) * width,
			  d->y + (double)(i % rows) * step, width);
	d->y += (double)rows * step;
}
