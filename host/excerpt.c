// SPDX-License-Identifier: MIT
#include "excerpt.h"

#include <string.h>

/* A report's title is no farther behind its "[ cut here ]". */
#define CUT_HERE_LINES 4

static bool has(const char *p, const char *end, const char *word)
{
	return memmem(p, (size_t)(end - p), word, strlen(word)) != NULL;
}

/* Where the next line begins. */
static const char *next_line(const char *p, const char *end)
{
	const char *newline = memchr(p, '\n', (size_t)(end - p));

	return newline ? newline + 1 : end;
}

/* Where the line begins that the byte before @p is in. */
static const char *line_before(const char *begin, const char *p)
{
	const char *newline;

	if (p == begin)
		return p;
	newline = memrchr(begin, '\n', (size_t)(p - 1 - begin));
	return newline ? newline + 1 : begin;
}

static size_t count_lines(const char *p, const char *end)
{
	size_t n = 0;

	for (; p < end; p = next_line(p, end))
		n++;
	return n;
}

/* A guest's bytes: none of them is for the terminal to obey. */
static void add_line(const char *p, const char *end, struct buf *out)
{
	while (end > p && (end[-1] == '\n' || end[-1] == '\r'))
		end--;
	/* Its last bytes, as of a line of which the beginning is gone. */
	if (end - p > EXCERPT_COLUMNS) {
		buf_addf(out, "(%zu bytes more) ",
			 (size_t)(end - p) - EXCERPT_COLUMNS);
		p = end - EXCERPT_COLUMNS;
	}
	for (; p < end; p++) {
		bool obeyed = (unsigned char)*p < ' ' || *p == 0x7f;

		buf_addc(out, obeyed && *p != '\t' ? '?' : *p);
	}
	buf_addc(out, '\n');
}

/* At most so many. Return: behind them. */
static const char *add_lines(const char *p, const char *end, size_t max,
			     struct buf *out)
{
	for (const char *next; p < end && max; p = next, max--) {
		next = next_line(p, end);
		add_line(p, next, out);
	}
	return p;
}

/* Where a report begins whose title has the byte at @p. WARN()'s own words, or
 * what is wrong with a list, stand between that and the title. */
static const char *report_begin(const char *begin, const char *p)
{
	const char *title = line_before(begin, p + 1), *end = title;

	for (int i = 0; i < CUT_HERE_LINES && end > begin; i++) {
		const char *line = line_before(begin, end);

		if (has(line, end, "[ cut here ]"))
			return line;
		if (has(line, end, "---[ end "))
			break;
		end = line;
	}
	return title;
}

/* How many lines a report takes. */
static size_t report_lines(const char *p, const char *end)
{
	for (size_t n = 1; p < end && n <= EXCERPT_REPORT; n++) {
		const char *next = next_line(p, end);

		if (has(p, next, "---[ end "))
			return n > EXCERPT_TRACE ? n : EXCERPT_TRACE;
		p = next;
	}
	return EXCERPT_TRACE;
}

static void say_more(size_t n, const char *log, struct buf *out)
{
	const char *s = n == 1 ? "" : "s";

	if (log)
		buf_addf(out, "%zu more line%s; %s has all\n", n, s, log);
	else
		buf_addf(out, "%zu more line%s; --log FILE keeps all\n", n, s);
}

/* Back from @end, not farther than @begin. */
static const char *last_lines(const char *begin, const char *end)
{
	const char *p = end;

	for (size_t n = 0; n < EXCERPT_LINES && p > begin; n++)
		p = line_before(begin, p);
	return p;
}

char *excerpt_text(const struct excerpt *e)
{
	const char *begin = e->tail->p, *end = begin + e->tail->n, *p;
	struct buf out = { 0 };

	if (!e->tail->n)
		return NULL;
	if (e->failure) {
		p = report_begin(begin, e->failure);
		p = add_lines(p, end, report_lines(p, end), &out);
		begin = e->end ? last_lines(p, end) : end;
		if (p < begin)
			say_more(count_lines(p, begin), e->log, &out);
	} else {
		begin = last_lines(begin, end);
		/* Half a line is none, unless it is all there is. */
		if (e->cut && begin == e->tail->p &&
		    next_line(begin, end) < end)
			begin = next_line(begin, end);
	}
	add_lines(begin, end, EXCERPT_LINES, &out);
	return out.p;
}
