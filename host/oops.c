// SPDX-License-Identifier: MIT
/*
 * The stream: pieces become lines, lines become findings. A line that lies
 * whole in a piece is looked at in place; one that spans pieces, or is without
 * end, goes through a buffer of fixed size, whose tail is looked at again with
 * what follows it.
 */
#include "oops_priv.h"

#include <stdlib.h>
#include <string.h>

/* Of a line without end, so much is looked at at a time, and so much again. */
#define SEGMENT	 2048
#define TAIL	 512
#define LOOKBACK 128
/* A report's function is looked for so far behind its title. */
#define WINDOW_LINES 80
#define WINDOW_BYTES (16 * 1024)
/* With panic_on_warn and its like the panic stands so near below. */
#define PANIC_LINES 10
/* So far below a title a line may be a part of its report. */
#define PART_LINES 60
#define NEAR_LINES 3
/* A kernel that has run so long has come to init, or nearly. */
#define RAN_SECONDS 2
#define CALLER_MAX  16
/* Places in one line that may begin a title: a hostile line has many. Behind
 * so many with a key, or with what only the filter takes for one, nothing but
 * a panic is looked for. */
#define PLACES_MAX 16
#define FILTER_MAX 128

struct oops_scan {
	struct oops_filter filter;
	oops_found_fn *found;
	void *ctx;
	/* The line that has begun: its number, where @have lies, what of it. */
	unsigned long long line, offset;
	size_t have;
	bool middle;
	/* The stream: has times; is of a kernel that ran; that will restart. */
	bool stamped, ran, orderly, panicked;
	/* The last report: what it was, and the last line known of it. */
	enum oops_class last;
	unsigned long long last_line;
	/* The finding that is not complete, or the last one. */
	bool open;
	/* Its title has its function. */
	bool titled;
	struct oops_finding f;
	/* What a panic is the end of: the trace below is that of both. */
	bool ended;
	struct oops_finding cause;
	size_t lines_left, bytes_left;
	char caller[CALLER_MAX];
	char buf[SEGMENT];
};

struct oops_scan *oops_open(oops_found_fn *found, void *ctx)
{
	struct oops_scan *s = xrealloc(NULL, sizeof(*s));

	memset(s, 0, sizeof(*s));
	oops_filter_init(&s->filter);
	s->found = found;
	s->ctx = ctx;
	s->line = 1;
	return s;
}

void oops_close(struct oops_scan *s)
{
	free(s);
}

const struct oops_finding *oops_pending(const struct oops_scan *s)
{
	return s->open ? &s->f : NULL;
}

static void complete(struct oops_scan *s)
{
	if (!s->open)
		return;
	s->open = false;
	if (s->ended) {
		s->ended = false;
		memcpy(s->cause.function, s->f.function,
		       sizeof(s->cause.function));
		s->found(&s->cause, s->ctx);
	}
	s->found(&s->f, s->ctx);
}

/* --- a title ---------------------------------------------------------------- */

static bool is_part(const struct oops_scan *s, const struct oops_row *row)
{
	unsigned long long far = row->flags & OOPS_NEAR ? NEAR_LINES :
							  PART_LINES;

	return s->last_line && row->merge & OOPS_BIT(s->last) &&
	       s->line - s->last_line <= far;
}

/* "---[ end Kernel panic - not syncing: ... ]---" */
static bool is_end(struct oops_text line, size_t at)
{
	return at >= 4 && !memcmp(line.p + at - 4, "end ", 4);
}

/* Rows that are no failure by themselves but change what others mean. */
static bool is_event(struct oops_scan *s, const struct oops_hit *h)
{
	const struct oops_row *row = h->row;
	bool restarted = s->ran && !s->orderly;

	/* Somebody only says so. */
	if (row->flags & OOPS_BEGIN && h->prefix.seconds)
		return true;
	if (row->flags & OOPS_ORDERLY) {
		s->orderly = true;
		return true;
	}
	if (row->flags & OOPS_BEGIN) {
		s->ran = false;
		s->orderly = false;
		return !restarted;
	}
	return (row->flags & OOPS_HARMLESS) != 0;
}

/* One line is all there is of these. */
static const uint32_t traceless =
	OOPS_BIT(OOPS_BOOT) | OOPS_BIT(OOPS_REBOOT) | OOPS_BIT(OOPS_NETDEV) |
	OOPS_BIT(OOPS_FIRMWARE) | OOPS_BIT(OOPS_PROGRAM);

/* Return: whether the title has the function. One that comes again and again is
 * not searched again. */
static bool read_title(struct oops_scan *s, const struct oops_hit *h)
{
	char title[OOPS_TITLE_MAX];
	bool again;

	oops_clean(h->title, title, sizeof(title));
	again = s->titled && s->f.class == h->row->class &&
		!strcmp(s->f.title, title);
	s->f.class = h->row->class;
	s->f.line = s->line;
	s->f.offset = s->offset + h->at;
	if (again)
		return true;
	memcpy(s->f.title, title, strlen(title) + 1);
	*s->f.function = '\0';
	s->titled = oops_title_function(s->f.class, h->title, s->f.function);
	return s->titled;
}

static void begin(struct oops_scan *s, const struct oops_hit *h)
{
	struct oops_text caller = h->prefix.caller;
	bool titled;

	/* The panic has come before the trace. */
	if (s->open && !s->ended && h->row->class == OOPS_PANIC &&
	    s->line - s->f.line <= PANIC_LINES) {
		s->cause = s->f;
		s->ended = true;
	} else {
		complete(s);
	}
	titled = read_title(s, h);
	if (caller.n >= CALLER_MAX)
		caller.n = 0;
	memcpy(s->caller, caller.p ? caller.p : "", caller.n);
	s->caller[caller.n] = '\0';
	s->lines_left = WINDOW_LINES;
	s->bytes_left = WINDOW_BYTES;
	s->last = h->row->class;
	s->last_line = s->line;
	s->panicked |= s->last == OOPS_PANIC;
	s->open = true;
	if (traceless & OOPS_BIT(s->f.class) || titled)
		complete(s);
}

/* Return: whether the line was a title; @places is less by one with a key. */
static bool take_place(struct oops_scan *s, struct oops_text line, size_t at,
		       size_t *places)
{
	const struct oops_known known = { s->stamped, s->middle };
	struct oops_hit h;
	bool hit = oops_match(&s->filter, &known, line, at, &h);

	if (*places && h.place != OOPS_NO_KEY)
		--*places;
	if (!hit || is_event(s, &h))
		return false;
	if (h.row->class == OOPS_PANIC && s->panicked && is_end(line, at))
		return false;
	if (is_part(s, h.row)) {
		s->last_line = s->line;
		return false;
	}
	begin(s, &h);
	return true;
}

/* The next panic in a line that has too much else. */
static size_t next_panic(struct oops_text line, size_t at)
{
	static const char panic[] = "Kernel panic - not syncing: ";
	const char *p =
		memmem(line.p + at, line.n - at, panic, sizeof(panic) - 1);

	return p ? (size_t)(p - line.p) : line.n;
}

/* Titles that begin in [@from, @to). */
static bool find_titles(struct oops_scan *s, struct oops_text line, size_t from,
			size_t to)
{
	size_t places = PLACES_MAX, most = FILTER_MAX;

	for (size_t at = from; at < line.n; at++) {
		at = places && most ? oops_filter_next(&s->filter, line, at) :
				      next_panic(line, at);
		if (at >= to)
			return false;
		most -= most > 0;
		if (take_place(s, line, at, &places))
			return true;
	}
	return false;
}

/* --- a line ----------------------------------------------------------------- */

/* Reports about CPUs that stand still are printed by others. */
static bool is_others(const struct oops_scan *s, struct oops_text caller)
{
	static const uint32_t stalls =
		OOPS_BIT(OOPS_RCU_STALL) | OOPS_BIT(OOPS_SOFT_LOCKUP) |
		OOPS_BIT(OOPS_HARD_LOCKUP) | OOPS_BIT(OOPS_WORKQUEUE);

	if (!caller.n || !*s->caller || OOPS_BIT(s->f.class) & stalls)
		return false;
	return strlen(s->caller) != caller.n ||
	       memcmp(s->caller, caller.p, caller.n) != 0;
}

static void read_report(struct oops_scan *s, struct oops_text line)
{
	struct oops_prefix prefix;
	struct oops_text msg;

	oops_prefix_parse(line, line.n, &prefix);
	msg = (struct oops_text){ line.p + prefix.msg, line.n - prefix.msg };
	if (!is_others(s, prefix.caller) &&
	    oops_function(s->f.class, msg, s->f.function)) {
		complete(s);
		return;
	}
	if (!--s->lines_left || s->bytes_left <= line.n)
		complete(s);
	else
		s->bytes_left -= line.n;
}

/* Times on the lines say whose they are, and that a kernel has run. */
static void read_time(struct oops_scan *s, struct oops_text line)
{
	struct oops_prefix prefix;

	if (!memchr("[<", line.p[0], 2))
		return;
	oops_prefix_parse(line, line.n, &prefix);
	s->stamped |= prefix.stamped;
	s->ran |= prefix.seconds >= RAN_SECONDS;
}

static void read_line(struct oops_scan *s, struct oops_text line)
{
	size_t from = s->middle && line.n > LOOKBACK ? LOOKBACK : 0;

	while (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	if (line.n && !s->ran && !s->middle)
		read_time(s, line);
	if (line.n >= OOPS_KEY && find_titles(s, line, from, line.n))
		return;
	if (s->open)
		read_report(s, line);
}

/* The buffer is full and the line has no end: look, and keep its tail. */
static void read_segment(struct oops_scan *s)
{
	const struct oops_text line = { s->buf, SEGMENT };

	if (!s->ran && !s->middle)
		read_time(s, line);
	if (!find_titles(s, line, s->middle ? LOOKBACK : 0,
			 SEGMENT - TAIL + LOOKBACK) &&
	    s->open)
		read_report(s, line);
	memmove(s->buf, s->buf + SEGMENT - TAIL, TAIL);
	s->offset += SEGMENT - TAIL;
	s->have = TAIL;
	s->middle = true;
}

static void end_line(struct oops_scan *s, struct oops_text line)
{
	read_line(s, line);
	s->offset += line.n + 1;
	s->line++;
	s->have = 0;
	s->middle = false;
}

/* --- pieces ----------------------------------------------------------------- */

/* Return: how much of the piece the buffer has taken. */
static size_t fill(struct oops_scan *s, const char *p, size_t n)
{
	size_t space = SEGMENT - s->have;
	const char *end;

	if (n > space)
		n = space;
	end = memchr(p, '\n', n);
	if (end)
		n = (size_t)(end - p);
	memcpy(s->buf + s->have, p, n);
	s->have += n;
	if (end) {
		end_line(s, (struct oops_text){ s->buf, s->have });
		return n + 1;
	}
	if (s->have == SEGMENT)
		read_segment(s);
	return n;
}

/* Return: how many lines without text are there. */
static size_t empty_lines(struct oops_scan *s, const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && p[i] == '\n')
		i++;
	s->offset += i;
	s->line += i;
	return i;
}

void oops_feed(struct oops_scan *s, const void *data, size_t n)
{
	const char *p = data, *const end = p + n;

	while (p < end) {
		size_t left = (size_t)(end - p);
		const char *nl;

		if (*p == '\n' && !s->have && !s->open) {
			p += empty_lines(s, p, left);
			continue;
		}
		nl = s->have ? NULL :
			       memchr(p, '\n', left < SEGMENT ? left : SEGMENT);
		if (!nl) {
			p += fill(s, p, left);
			continue;
		}
		end_line(s, (struct oops_text){ p, (size_t)(nl - p) });
		p = nl + 1;
	}
}

void oops_end(struct oops_scan *s)
{
	if (s->have) {
		read_line(s, (struct oops_text){ s->buf, s->have });
		s->offset += s->have;
		s->have = 0;
		s->middle = false;
	}
	complete(s);
}
