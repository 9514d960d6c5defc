// SPDX-License-Identifier: MIT
/* The two panels: rows of bars over an axis. */
#include "chart_draw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Between two rows; above a name that stands over its lane. */
#define GAP 5.0

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

static void draw_rect(struct chart_panel *p, const struct chart_bar *bar,
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
static void label_bar(struct chart_panel *p, const struct chart_bar *bar,
		      double y, double h)
{
	const struct chart_style *style = p->d->style;
	const struct timeline_span *s = bar->longest;
	double size = style->small, room = bar->w - 8;
	double x = bar->x + bar->w / 2;
	const char *name = s->lane < N_STAGES ? chart_kind(s->lane, false) :
						s->name;
	char time[CHART_TIME_MAX], class[16], *both;

	if (h < size || chart_width(name, size) > room)
		return;
	chart_time(time, s->end - s->begin);
	snprintf(class, sizeof(class), "c i%d", (int)s->lane);
	both = xasprintf("%s %s", name, time);
	if (chart_width(both, size) <= room) {
		chart_text(p->d, x, y + h / 2 + size * 0.35, size, class, both,
			   room);
	} else if (h > 2.6 * size && chart_width(time, size) <= room) {
		chart_text(p->d, x, y + h / 2 - size * 0.2, size, class, name,
			   room);
		chart_text(p->d, x, y + h / 2 + size * 0.95, size, class, time,
			   room);
	} else {
		chart_text(p->d, x, y + h / 2 + size * 0.35, size, class, name,
			   room);
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

static void draw_bar(struct chart_panel *p, struct chart_bar *bar, size_t i,
		     double y, double h)
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

static void draw_lane(struct chart_panel *p, enum timeline_lane lane, double y,
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

/* --- rows ------------------------------------------------------------------ */

static void name_row(struct chart_panel *p, const char *name, double h)
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

static bool is_seen(const struct chart_panel *p, enum timeline_lane lane)
{
	const struct chart_plan *plan = p->d->plan;

	for (size_t i = 0; i < plan->n[lane]; i++)
		if (plan->span[lane][i]->begin <= p->scale->to &&
		    plan->span[lane][i]->end >= p->scale->from)
			return true;
	return false;
}

/* @also: a lane that is drawn in the same row, or N_LANES. */
static void draw_row(struct chart_panel *p, enum timeline_lane lane,
		     enum timeline_lane also, const char *name, enum height how)
{
	struct chart_draw *d = p->d;
	double h = height_of(d->style, how);

	if (!is_seen(p, lane))
		return;
	if (!d->style->beside)
		name_row(p, name, h);
	d->y += chart_marks(p, lane);
	if (d->style->beside)
		name_row(p, name, h);
	draw_lane(p, lane, d->y, h);
	if (also < N_LANES)
		draw_lane(p, also, d->y, h);
	d->y += h + GAP;
}

/* Two strokes across a bar: here something was left out. */
static void draw_cut(struct chart_panel *p, double y, double h)
{
	double x = chart_x(p->scale, p->scale->cut_from);

	if (p->scale->cut_from >= p->scale->cut_to)
		return;
	buf_addf(
		p->d->out,
		"<path class=\"z\" d=\"M%.1f %.1fl6 %.1fM%.1f %.1fl6 %.1f\"/>\n",
		x - 6, y + h + 3, -(h + 6), x, y + h + 3, -(h + 6));
}

static void draw_stages(struct chart_panel *p)
{
	struct chart_draw *d = p->d;
	double h = d->style->stage;

	name_row(p, "stages", h);
	for (int lane = 0; lane < N_STAGES; lane++)
		draw_lane(p, (enum timeline_lane)lane, d->y, h);
	draw_cut(p, d->y, h);
	d->y += h + GAP;
}

/* --- both ------------------------------------------------------------------ */

void chart_heading(struct chart_draw *d, const char *text)
{
	d->y += d->style->text + 6;
	chart_text(d, d->style->margin, d->y, d->style->text, "b", text,
		   d->style->width - 2 * d->style->margin);
	d->y += 10;
}

static void whole_rows(struct chart_panel *p)
{
	const struct chart_plan *plan = p->d->plan;

	draw_row(p, LANE_INITCALL, N_LANES, "initcalls", LANE);
	draw_row(p, LANE_PROBE, N_LANES, "device probes", THIN);
	draw_row(p, LANE_LEVEL, N_LANES, "kernel's parts", PART);
	if (!plan->has_zoom) {
		draw_row(p, LANE_INIT, N_LANES, "init's phases", LANE);
		draw_row(p, LANE_MODULE, N_LANES, "modules", LANE);
	}
	draw_stages(p);
}

static void zoom_rows(struct chart_panel *p)
{
	draw_row(p, LANE_INIT, LANE_COMMAND, "init's phases", LANE);
	draw_row(p, LANE_MODULE, N_LANES, "modules", LANE);
	draw_row(p, LANE_PROBE, N_LANES, "device probes", THIN);
}

static void draw_panel(struct chart_panel *p,
		       void (*rows)(struct chart_panel *p))
{
	struct chart_draw *d = p->d;
	struct buf *out = d->out, bars = { 0 };

	p->top = d->y;
	d->out = &bars;
	rows(p);
	d->out = out;
	chart_axis(p, &bars);
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

	text = times >= 1.15 ? xasprintf("init, magnified %.*f times",
					 times < 9.95 ? 1 : 0, times) :
			       xstrdup("init");
	chart_heading(d, text);
	free(text);
}

void chart_panels(struct chart_draw *d)
{
	const struct chart_style *s = d->style;
	struct chart_scale whole = d->plan->whole, zoom = d->plan->zoom;
	struct chart_panel p = { .d = d, .scale = &whole };
	struct chart_panel q = { .d = d, .scale = &zoom, .plus = true };
	struct buf *out = d->out, first = { 0 };
	char time[CHART_TIME_MAX], *text;
	double top, bottom;

	whole.x0 = zoom.x0 = s->left;
	whole.x1 = zoom.x1 = s->right;
	q.zero = zoom.from;
	text = xasprintf("The whole run: %s", chart_time(time, whole.to));
	chart_heading(d, text);
	free(text);
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
