// SPDX-License-Identifier: MIT
#include "initcall.h"

#include "initcall_line.h"
#include "str.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* How far back a call is looked for that returns now. */
#define LOOK_BACK 64

/* The clock that an initcall is measured by counts ticks until the kernel has
 * found a better one; and before 5.19 what is called usecs are 1024 ns. */
enum precision { UNKNOWN, TICKS, FINE };

/* Where printk's clock, @at, and the host's were seen together; from here on
 * the one was @behind the other. */
struct knot {
	long long at, behind;
};

/* So near to one another, in nanoseconds, and so many are kept. */
#define KNOT_NS	  2000000
#define KNOTS_MAX 20000

struct initcalls {
	struct initcall *v;
	size_t n, cap;
	unsigned long lost;
	char line[INITCALL_LINE_MAX];
	size_t used;
	enum precision precision;
	long long unit;
	/* The last time seen on printk's clock. */
	long long last;
	struct knot *knot;
	size_t knots, knots_cap;
};

struct initcalls *initcalls_new(void)
{
	struct initcalls *x = xrealloc(NULL, sizeof(*x));

	*x = (struct initcalls){ .unit = 1000 };
	return x;
}

static void free_all(struct initcalls *x)
{
	for (size_t i = 0; i < x->n; i++) {
		free(x->v[i].name);
		free(x->v[i].module);
	}
	free(x->v);
	free(x->knot);
}

void initcalls_reset(struct initcalls *x)
{
	free_all(x);
	*x = (struct initcalls){ .unit = 1000 };
}

void initcalls_free(struct initcalls *x)
{
	if (!x)
		return;
	free_all(x);
	free(x);
}

static struct initcall *add(struct initcalls *x, enum initcall_kind kind,
			    const struct initcall_line *l)
{
	if (x->n == INITCALLS_MAX) {
		x->lost++;
		return NULL;
	}
	if (x->n == x->cap) {
		x->cap = x->cap ? 2 * x->cap : 256;
		x->v = xrealloc(x->v, x->cap * sizeof(*x->v));
	}
	x->v[x->n] = (struct initcall){
		.kind = kind,
		.name = xstrdup(l->name),
		.module = *l->module ? xstrdup(l->module) : NULL,
		.pid = l->pid,
		.begin = l->at,
		.end = l->at,
	};
	return &x->v[x->n++];
}

/* --- who has returned ------------------------------------------------------ */

/* Whether two names are one, but for a byte that was lost. */
static bool is_near(const char *a, const char *b)
{
	size_t i = 0;

	if (strlen(a) < strlen(b))
		return is_near(b, a);
	while (b[i] && a[i] == b[i])
		i++;
	return !a[i] || !strcmp(a + i + 1, b + i);
}

static bool is_call(const struct initcall *c)
{
	return c->kind == INITCALL_BUILTIN || c->kind == INITCALL_MODULE;
}

static struct initcall *find_open(struct initcalls *x,
				  const struct initcall_line *l,
				  bool (*same)(const char *a, const char *b))
{
	for (size_t i = x->n; i && x->n - i < LOOK_BACK; i--) {
		struct initcall *c = &x->v[i - 1];

		if (is_call(c) && c->open && same(c->name, l->name))
			return c;
	}
	return NULL;
}

static bool is_equal(const char *a, const char *b)
{
	return !strcmp(a, b);
}

/* --- how long it took ------------------------------------------------------ */

/* Whether a time is some milliseconds, in units of @unit nanoseconds. */
static bool is_ticks(long long us, long long unit)
{
	long long ms = (us * unit + 500000) / 1000000;

	return ms && ms * 1000000 / unit == us;
}

/* The first that is neither 0 nor ticks shows that the clock is fine. */
static void learn_precision(struct initcalls *x, long long us)
{
	if (!us || x->precision == FINE)
		return;
	if (x->precision == UNKNOWN && !is_ticks(us, 1000) &&
	    is_ticks(us, 1024))
		x->unit = 1024;
	x->precision = is_ticks(us, x->unit) ? TICKS : FINE;
}

static long long begin_of(const struct initcalls *x,
			  const struct initcall_line *l, long long unit)
{
	long long begin = l->at - l->us * unit;

	if (x->precision != FINE && !l->us)
		return l->at;
	return begin > 0 ? begin : 0;
}

static void take_calling(struct initcalls *x, const struct initcall_line *l)
{
	struct initcall *c;

	/* One process does one after the other: a line was lost. */
	for (size_t i = x->n; i && x->n - i < LOOK_BACK; i--) {
		c = &x->v[i - 1];
		if (!is_call(c) || !c->open || c->pid != l->pid || l->pid < 0)
			continue;
		c->open = false;
		c->end = l->at > c->begin ? l->at : c->begin;
	}
	c = add(x, *l->module ? INITCALL_MODULE : INITCALL_BUILTIN, l);
	if (c)
		c->open = true;
}

static void take_returned(struct initcalls *x, const struct initcall_line *l)
{
	struct initcall *c = find_open(x, l, is_equal);
	long long begin;

	learn_precision(x, l->us);
	begin = begin_of(x, l, x->unit);
	if (!c)
		c = find_open(x, l, is_near);
	if (!c) {
		c = add(x, *l->module ? INITCALL_MODULE : INITCALL_BUILTIN, l);
		if (!c)
			return;
		c->begin = begin;
	}
	/* Of two names that are one, the longer is the whole one. */
	if (strlen(c->name) < strlen(l->name)) {
		free(c->name);
		c->name = xstrdup(l->name);
	}
	if (x->precision == FINE && begin > c->begin)
		c->begin = begin;
	/* Of two times one is wrong. */
	if (c->begin > l->at)
		c->begin = begin;
	c->end = l->at;
	c->open = false;
	c->result = l->result;
	c->has_result = l->has_result;
}

static void take_probe(struct initcalls *x, const struct initcall_line *l)
{
	struct initcall *c = add(x, INITCALL_PROBE, l);

	if (!c)
		return;
	c->begin = begin_of(x, l, 1000);
	c->result = l->result;
	c->has_result = l->has_result;
}

/* --- the stream ------------------------------------------------------------ */

/* Later ones than can be kept are the last one's, which is far from a boot. */
static void tie_clocks(struct initcalls *x, long long at, long long behind)
{
	struct knot *last = x->knots ? &x->knot[x->knots - 1] : NULL;

	if (last && (at < last->at + KNOT_NS || x->knots == KNOTS_MAX)) {
		if (behind < last->behind)
			last->behind = behind;
		return;
	}
	if (!x->knot || x->knots == x->knots_cap) {
		x->knots_cap = x->knots_cap ? 2 * x->knots_cap : 256;
		x->knot = xrealloc(x->knot, x->knots_cap * sizeof(*x->knot));
	}
	x->knot[x->knots++] = (struct knot){ at, behind };
}

/* A time that a lost byte has made smaller, or that cannot be read, is that of
 * the line before. Lines of several processors come in any order, nearly. */
static void settle_time(struct initcalls *x, struct initcall_line *l,
			long long now)
{
	if (l->at < 0 || l->at + 1000000000 < x->last) {
		l->at = x->last;
		return;
	}
	if (l->at > x->last)
		x->last = l->at;
	tie_clocks(x, l->at, now - l->at);
}

static void take_line(struct initcalls *x, long long now)
{
	struct initcall_line l;

	x->line[x->used] = '\0';
	x->used = 0;
	if (!parse_initcall_line(x->line, &l))
		return;
	settle_time(x, &l, now);
	switch (l.kind) {
	case INITCALL_LINE_CALLING:
		take_calling(x, &l);
		break;
	case INITCALL_LINE_RETURNED:
		take_returned(x, &l);
		break;
	case INITCALL_LINE_PROBE:
		take_probe(x, &l);
		break;
	case INITCALL_LINE_LEVEL:
		add(x, INITCALL_LEVEL, &l);
		break;
	case INITCALL_LINE_OTHER:
		break;
	}
}

void initcalls_feed(struct initcalls *x, const void *p, size_t n, long long now)
{
	const char *c = p;

	for (size_t i = 0; i < n; i++) {
		if (c[i] == '\n' || c[i] == '\r')
			take_line(x, now);
		else if (c[i] && x->used < sizeof(x->line) - 1)
			x->line[x->used++] = c[i];
	}
}

/* A level lasts until the next one, the last of them as long as what is built
 * in is called. */
static void end_levels(struct initcalls *x)
{
	long long end = 0;

	for (size_t i = x->n; i; i--) {
		struct initcall *c = &x->v[i - 1];

		if (c->kind == INITCALL_BUILTIN && c->end > end && !c->open)
			end = c->end;
		if (c->kind != INITCALL_LEVEL)
			continue;
		c->end = end > c->begin ? end : c->begin;
		end = c->begin;
		/* What came before is not later than this. */
		while (i > 1 && x->v[i - 2].kind != INITCALL_LEVEL)
			i--;
	}
}

static int by_begin(const void *a, const void *b)
{
	const struct initcall *c = a, *d = b;

	if (c->begin != d->begin)
		return c->begin < d->begin ? -1 : 1;
	return c->end > d->end ? -1 : c->end < d->end;
}

void initcalls_end(struct initcalls *x)
{
	/* The console may end in the middle of a line, which says nothing. */
	x->used = 0;
	for (size_t i = 0; i < x->n; i++)
		if (x->v[i].open)
			x->v[i].end = x->last;
	end_levels(x);
	for (size_t i = x->knots; i > 1; i--)
		if (x->knot[i - 2].behind > x->knot[i - 1].behind)
			x->knot[i - 2].behind = x->knot[i - 1].behind;
	if (x->n)
		qsort(x->v, x->n, sizeof(*x->v), by_begin);
}

const struct initcall *initcalls_all(const struct initcalls *x, size_t *n)
{
	*n = x->n;
	return x->v;
}

int initcalls_host(const struct initcalls *x, long long ns, long long *at)
{
	size_t low = 0, high = x->knots;

	if (!x->knots)
		return -ENODATA;
	/* The last one that is not behind @ns, or the first. */
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (x->knot[middle].at <= ns)
			low = middle;
		else
			high = middle;
	}
	*at = ns + x->knot[low].behind;
	return 0;
}

unsigned long initcalls_lost(const struct initcalls *x)
{
	return x->lost;
}
