// SPDX-License-Identifier: MIT
/* Bytes to lines. */
#include "ktap_priv.h"

#include <stdlib.h>
#include <string.h>

struct ktap *ktap_new(void)
{
	struct ktap *t = xrealloc(NULL, sizeof(*t));

	*t = (struct ktap){
		.level = { { .suite = -1, .suites_only = true } },
		.depth = 1,
		.after_result = -1,
		.first_bad = -1,
		.failure = -1,
	};
	return t;
}

void ktap_free(struct ktap *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n; i++) {
		free(t->tests[i].name);
		free(t->tests[i].why);
		free(t->tests[i].text);
	}
	for (size_t i = 0; i < t->depth; i++)
		free(t->level[i].plan_why);
	free(t->tests);
	free(t->subtest);
	buf_free(&t->line);
	buf_free(&t->recent);
	buf_free(&t->more);
	free(t);
}

static void add_piece(struct ktap *t, const char *p, size_t n)
{
	size_t room = KTAP_LINE_MAX - t->line.n;

	if (n > room) {
		t->cut = true;
		n = room;
	}
	buf_add(&t->line, p, n);
}

/* NUL is no byte of text, and would hide what is behind it. */
static void clean(struct buf *line)
{
	for (size_t i = 0; i < line->n; i++)
		if (!line->p[i])
			line->p[i] = '\1';
	while (line->n && strchr(" \t\r", line->p[line->n - 1]))
		line->p[--line->n] = '\0';
}

static void end_line(struct ktap *t)
{
	t->line_no++;
	/* Not NULL, also for an empty line. */
	add_piece(t, "", 0);
	clean(&t->line);
	ktap_take_line(t, ktap_line_text(t->line.p));
	t->line.n = 0;
	t->cut = false;
}

void ktap_feed(struct ktap *t, const void *data, size_t n)
{
	const char *p = data, *end = p + n, *newline;

	while (p < end) {
		newline = memchr(p, '\n', (size_t)(end - p));
		add_piece(t, p, (size_t)((newline ? newline : end) - p));
		if (!newline)
			return;
		end_line(t);
		p = newline + 1;
	}
}

void ktap_end(struct ktap *t)
{
	struct ktap_level *root = t->level;

	if (t->ended)
		return;
	t->ended = true;
	if (t->line.n)
		end_line(t);
	ktap_levels_end(t);
	if (t->too_deep)
		ktap_error(t, root, "depth",
			   "subtests below level %d were not read",
			   KTAP_DEPTH_MAX);
	if (t->lost)
		ktap_error(t, root, "size",
			   "%lu results more than are kept are missing here",
			   t->lost);
	for (int i = 0; i < KTAP_SUITE; i++)
		if (t->count[i])
			return;
	ktap_error(t, root, "results", "no results in the output");
}
