// SPDX-License-Identifier: MIT
#include "chart.h"

#include "chart_draw.h"

#include <stdlib.h>

static const struct chart_style wide = {
	.class = "wide",
	.width = 1200,
	.left = 132,
	.right = 1176,
	.margin = 24,
	.title = 24,
	.text = 14,
	.small = 12,
	.stage = 34,
	.lane = 46,
	.part = 20,
	.thin = 10,
	.mark = 9,
	.ticks = 10,
	.columns = 2,
	.beside = true,
};

static const struct chart_style narrow = {
	.class = "narrow",
	.width = 400,
	.left = 14,
	.right = 386,
	.margin = 14,
	.title = 19,
	.text = 14,
	.small = 12.5,
	.stage = 34,
	.lane = 44,
	.part = 18,
	.thin = 10,
	.mark = 9,
	.ticks = 5,
	.columns = 1,
};

/* How long each stage took, by its colour, which is what a reader looks for. */
static void draw_legend(struct chart_draw *d)
{
	const struct chart_style *s = d->style;
	double x = s->margin, size = s->text, width;
	char time[CHART_TIME_MAX], *text;

	d->y += size * 1.8;
	for (int lane = 0; lane < N_STAGES; lane++) {
		long long sum = 0;

		for (size_t i = 0; i < d->plan->n[lane]; i++)
			sum += d->plan->span[lane][i]->end -
			       d->plan->span[lane][i]->begin;
		if (!sum)
			continue;
		text = xasprintf("%s %s", chart_kind(lane, false),
				 chart_time(time, sum));
		width = chart_width(text, size);
		if (x + size + 5 + width > s->width - s->margin &&
		    x > s->margin) {
			x = s->margin;
			d->y += size * 1.7;
		}
		buf_addf(d->out,
			 "<rect class=\"f%d\" x=\"%.1f\" y=\"%.1f\" "
			 "width=\"%g\" height=\"%g\"/>",
			 lane, x, d->y - size * 0.82, size, size);
		chart_text(d, x + size + 5, d->y, size, "t", text, width + 1);
		x += size + 5 + width + 14;
		free(text);
	}
	d->y += 8;
}

static void draw_trouble(struct chart_draw *d)
{
	const struct chart_style *s = d->style;
	double top = d->y + 12;
	char *text;

	if (!d->t->trouble)
		return;
	text = xasprintf("Incomplete: %s", d->t->trouble);
	d->y += 16;
	chart_wrap(d, s->text, "x", text, 4);
	free(text);
	d->y += 10;
	buf_addf(d->out,
		 "<rect class=\"xb\" x=\"%g\" y=\"%.1f\" width=\"%g\" "
		 "height=\"%.1f\" rx=\"4\"/>\n",
		 s->margin - 8, top, s->width - 2 * s->margin + 16, d->y - top);
	d->y += 6;
}

static double draw_layout(const struct timeline *t,
			  const struct chart_plan *plan,
			  const struct chart_style *style, struct buf *out)
{
	struct buf body = { 0 };
	struct chart_draw d = {
		.out = &body,
		.t = t,
		.plan = plan,
		.style = style,
		.y = 14,
	};

	chart_wrap(&d, style->title, "b", t->title ? t->title : "A boot", 3);
	draw_legend(&d);
	draw_trouble(&d);
	chart_panels(&d);
	chart_list(&d);
	if (t->note)
		chart_wrap(&d, style->small, "m", t->note, 8);
	d.y += 18;
	/* Its own coordinates, of which one is one pixel of its width. */
	buf_addf(out,
		 "<svg class=\"%s\" width=\"%g\" height=\"%.0f\" "
		 "viewBox=\"0 0 %g %.0f\">\n"
		 "<rect class=\"bg\" width=\"%g\" height=\"%.0f\"/>\n",
		 style->class, wide.width, d.y * wide.width / style->width,
		 style->width, d.y, style->width, d.y);
	buf_add(out, body.p, body.n);
	buf_adds(out, "</svg>\n");
	buf_free(&body);
	return d.y;
}

/* What the picture says, for who cannot see it. */
static void describe(const struct timeline *t, const struct chart_plan *plan,
		     struct buf *out)
{
	char time[CHART_TIME_MAX];

	buf_adds(out, "<desc id=\"d\">");
	if (t->trouble) {
		buf_adds(out, "Incomplete: ");
		chart_escape(out, t->trouble);
		buf_adds(out, ". ");
	}
	for (int lane = 0; lane < N_STAGES; lane++)
		for (size_t i = 0; i < plan->n[lane]; i++) {
			const struct timeline_span *s = plan->span[lane][i];

			chart_escape(out, s->name);
			buf_addf(out, " %s. ",
				 chart_time(time, s->end - s->begin));
		}
	for (size_t i = 0; i < plan->n_ranks; i++) {
		const struct timeline_span *s = plan->rank[i];

		buf_addf(out, "%s%zu: ", i ? ", " : "The longest: ", i + 1);
		chart_escape(out, s->name);
		buf_addf(out, " %s", chart_time(time, s->end - s->begin));
	}
	buf_adds(out, "</desc>\n");
}

void chart_svg(const struct timeline *t, struct buf *out)
{
	struct buf big = { 0 }, small = { 0 };
	struct chart_plan plan;
	double height, tall;

	chart_plan(t, &plan);
	height = draw_layout(t, &plan, &wide, &big);
	tall = draw_layout(t, &plan, &narrow, &small);
	buf_addf(
		out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"100%%\" "
		"viewBox=\"0 0 %g %.0f\" preserveAspectRatio=\"xMinYMin meet\" "
		"role=\"img\" aria-labelledby=\"t d\">\n<title id=\"t\">",
		wide.width, height);
	chart_escape(out, t->title ? t->title : "A boot");
	buf_adds(out, "</title>\n");
	describe(t, &plan, out);
	chart_css(out, tall / narrow.width);
	/* Behind both, and beside them. */
	buf_adds(out, "<rect class=\"bg\" width=\"100%\" height=\"100%\"/>\n");
	buf_add(out, big.p, big.n);
	buf_add(out, small.p, small.n);
	buf_adds(out, "</svg>\n");
	buf_free(&big);
	buf_free(&small);
	chart_plan_free(&plan);
}
