// SPDX-License-Identifier: MIT
#include "chart_layout.h"

#include "str.h"

#include <stdlib.h>

/* Pixels: what is narrower than the first is drawn together with its
 * neighbours, up to the second; between two of them may be the third. */
#define NARROW	 1.5
#define TOGETHER 4.0
#define APART	 1.5

static double least(double a, double b)
{
	return a < b ? a : b;
}

static double most(double a, double b)
{
	return a > b ? a : b;
}

double chart_x(const struct chart_scale *s, long long ns)
{
	long long cut = s->cut_to - s->cut_from;
	long long range = s->to - s->from - cut;
	double x;

	if (ns > s->cut_from && cut > 0)
		ns = ns < s->cut_to ? s->cut_from : ns - cut;
	if (range <= 0)
		return s->x0;
	x = s->x0 + (s->x1 - s->x0) * ((double)(ns - s->from) / (double)range);
	return least(most(x, s->x0), s->x1);
}

long long chart_tick(long long range, int max)
{
	static const int steps[] = { 1, 2, 5 };
	long long unit = 1;

	for (;; unit *= 10)
		for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
			if (range / (steps[i] * unit) <= max ||
			    unit >= 1000000000000000000 / 10)
				return steps[i] * unit;
}

static bool is_outside(const struct chart_scale *s,
		       const struct timeline_span *span)
{
	return span->end < s->from || span->begin > s->to;
}

static bool joins(const struct chart_bar *bar, double x, double w)
{
	return bar->n && bar->w < NARROW + TOGETHER && w < NARROW &&
	       x - (bar->x + bar->w) < APART && x + w - bar->x <= TOGETHER;
}

size_t chart_bars(const struct chart_scale *s,
		  const struct timeline_span *const *v, size_t n,
		  struct chart_bar *bars)
{
	size_t k = 0;
	bool narrow = false;

	for (size_t i = 0; i < n; i++) {
		double x = chart_x(s, v[i]->begin);
		double w = chart_x(s, v[i]->end) - x;
		struct chart_bar *bar;

		if (is_outside(s, v[i]))
			continue;
		bar = k ? &bars[k - 1] : NULL;
		if (!bar || !narrow || !joins(bar, x, w)) {
			bar = &bars[k++];
			*bar = (struct chart_bar){ .x = x,
						   .longest = v[i],
						   .begin = v[i]->begin,
						   .end = v[i]->end };
			narrow = w < NARROW;
		}
		bar->w = most(bar->w, x + w - bar->x);
		bar->n++;
		bar->sum += v[i]->end - v[i]->begin;
		if (v[i]->end > bar->end)
			bar->end = v[i]->end;
		if (v[i]->end - v[i]->begin >
		    bar->longest->end - bar->longest->begin)
			bar->longest = v[i];
	}
	return k;
}

static bool is_work(const struct timeline_span *s)
{
	return s->lane == LANE_INITCALL || s->lane == LANE_MODULE ||
	       s->lane == LANE_INIT;
}

size_t chart_rank(const struct timeline *t,
		  const struct timeline_span *rank[CHART_RANKS])
{
	size_t n = 0, k;

	for (size_t i = 0; i < t->n; i++) {
		const struct timeline_span *s = &t->span[i];
		long long took = s->end - s->begin;

		if (!is_work(s) || !took)
			continue;
		if (n == CHART_RANKS &&
		    rank[n - 1]->end - rank[n - 1]->begin >= took)
			continue;
		k = n < CHART_RANKS ? n++ : n - 1;
		for (; k && rank[k - 1]->end - rank[k - 1]->begin < took; k--)
			rank[k] = rank[k - 1];
		rank[k] = s;
	}
	return n;
}

/* Some that touch one another: where the first is best for all of them. */
struct cluster {
	size_t first, n;
	double at;
};

/* The least sum of squares that all are moved by: clusters that meet become one
 * (pool adjacent violators). */
void chart_spread(double *x, size_t n, double gap, double low, double high)
{
	struct cluster c[CHART_RANKS];
	size_t k = 0;

	if (n > CHART_RANKS)
		n = CHART_RANKS;
	for (size_t i = 0; i < n; i++) {
		c[k++] = (struct cluster){ i, 1, x[i] };
		while (k > 1 &&
		       c[k - 1].at < c[k - 2].at + (double)c[k - 2].n * gap) {
			struct cluster *a = &c[k - 2], *b = &c[k - 1];
			double at = b->at - (double)a->n * gap;

			a->at = (a->at * (double)a->n + at * (double)b->n) /
				(double)(a->n + b->n);
			a->n += b->n;
			k--;
		}
	}
	for (size_t i = 0; i < k; i++)
		for (size_t m = 0; m < c[i].n; m++)
			x[c[i].first + m] = c[i].at + (double)m * gap;
	for (size_t i = 0; i < n; i++)
		x[i] = most(x[i], i ? x[i - 1] + gap : low);
	for (size_t i = n; i; i--)
		x[i - 1] = least(x[i - 1], i < n ? x[i] - gap : high);
}

/* --- labels ---------------------------------------------------------------- */

/* Pixels between two. */
#define LABEL_GAP 6.0

/* Labels of one side, of which the outermost is @v[0] and the next one is
 * @step further: each goes as low as those that it would cover allow. It would
 * cross the lines of all that are above it, so none is put below another.
 * Return: rows; 0: one leaves the room. */
static int place_side(struct chart_label *v, int n, int step, bool left,
		      double low, double high)
{
	int rows = 0;

	for (int i = 0; i < n; i++, v += step) {
		double begin = left ? v->x + v->before - v->width :
				      v->x - v->before;
		double end = begin + v->width;

		v->left = left;
		if (begin < low || end > high)
			return 0;
		v->row = 0;
		for (int k = 1; k <= i; k++) {
			const struct chart_label *o = v - k * step;
			bool apart = left ? o->x + o->before + LABEL_GAP <
						     begin :
					    o->x - o->before - LABEL_GAP > end;

			/* What is apart of it is so of all further out. */
			if (apart)
				break;
			if (o->row >= v->row)
				v->row = o->row + 1;
		}
		if (v->row >= rows)
			rows = v->row + 1;
	}
	return rows;
}

/* The first @left ones on the left. Return: rows, or 0. */
static int place_labels(struct chart_label *v, int n, int left, double low,
			double high)
{
	int a = place_side(v, left, 1, true, low, high);
	int b = left < n ?
			place_side(v + n - 1, n - left, -1, false, low, high) :
			0;

	if ((left && !a) || (left < n && !b))
		return 0;
	/* Two circles of different sides may be too near. */
	if (left && left < n &&
	    v[left].x - v[left].before < v[left - 1].x + v[left - 1].before + 1)
		return 0;
	return a > b ? a : b;
}

int chart_labels(struct chart_label *v, size_t n, double low, double high)
{
	int best = 0, best_left = 0, rows;

	for (int left = 0; left <= (int)n; left++) {
		rows = place_labels(v, (int)n, left, low, high);
		if (!rows || (best && rows >= best))
			continue;
		best = rows;
		best_left = left;
	}
	return best ? place_labels(v, (int)n, best_left, low, high) : 0;
}

/* --- the plan -------------------------------------------------------------- */

static int by_begin(const void *a, const void *b)
{
	const struct timeline_span *const *s = a, *const *t = b;

	if ((*s)->begin != (*t)->begin)
		return (*s)->begin < (*t)->begin ? -1 : 1;
	/* What is inside of another is drawn after it. */
	return (*s)->end > (*t)->end ? -1 : (*s)->end < (*t)->end;
}

static void sort_lanes(const struct timeline *t, struct chart_plan *p)
{
	for (size_t i = 0; i < t->n; i++)
		p->n[t->span[i].lane]++;
	for (int lane = 0; lane < N_LANES; lane++) {
		if (p->n[lane])
			p->span[lane] = xrealloc(
				NULL, p->n[lane] * sizeof(*p->span[lane]));
		p->n[lane] = 0;
	}
	for (size_t i = 0; i < t->n; i++) {
		enum timeline_lane lane = t->span[i].lane;

		p->span[lane][p->n[lane]++] = &t->span[i];
	}
	for (int lane = 0; lane < N_LANES; lane++)
		if (p->n[lane])
			qsort(p->span[lane], p->n[lane], sizeof(*p->span[lane]),
			      by_begin);
}

static const struct timeline_span *first_span(const struct chart_plan *p,
					      enum timeline_lane lane)
{
	return p->n[lane] ? p->span[lane][0] : NULL;
}

static void plan_whole(const struct timeline *t, struct chart_plan *p)
{
	const struct timeline_span *c = first_span(p, LANE_COMMAND);
	struct chart_scale *s = &p->whole;
	long long boot, took;

	for (size_t i = 0; i < t->n; i++)
		if (t->span[i].end > s->to)
			s->to = t->span[i].end;
	if (s->to == s->from)
		s->to = s->from + 1;
	if (!c)
		return;
	boot = c->begin - s->from;
	took = c->end - c->begin;
	if (boot <= 0 || took < boot / 2)
		return;
	/* Most of what is left stands before the cut, and has the name. */
	s->cut_from = c->begin + boot / 7;
	s->cut_to = c->end - boot / 40;
}

static void plan_zoom(struct chart_plan *p)
{
	const struct timeline_span *init = first_span(p, LANE_BOOT);
	const struct timeline_span *c = first_span(p, LANE_COMMAND);
	struct chart_scale *s = &p->zoom;
	long long took;

	if (!init || init->end == init->begin)
		return;
	took = init->end - init->begin;
	s->from = init->begin;
	s->to = init->end;
	if (c && c->end > s->to)
		s->to = c->end < s->to + took / 4 ? c->end : s->to + took / 8;
	p->has_zoom = true;
}

void chart_plan(const struct timeline *t, struct chart_plan *p)
{
	*p = (struct chart_plan){ 0 };
	sort_lanes(t, p);
	plan_whole(t, p);
	plan_zoom(p);
	p->n_ranks = chart_rank(t, p->rank);
}

void chart_plan_free(struct chart_plan *p)
{
	for (int lane = 0; lane < N_LANES; lane++)
		free(p->span[lane]);
	*p = (struct chart_plan){ 0 };
}
