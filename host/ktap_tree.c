// SPDX-License-Identifier: MIT
/* What is kept of the tests, within bounds, and what is counted. */
#include "ktap_priv.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_bad(enum ktap_status status)
{
	return status == KTAP_FAILED || status == KTAP_ERROR;
}

/* Bytes of a string that are kept; no character of UTF-8 is cut in two. */
static size_t kept(const char *s, size_t max)
{
	size_t n = strlen(s);

	if (n <= max)
		return n;
	for (n = max; n > max - 4 && ((unsigned char)s[n] & 0xc0) == 0x80;)
		n--;
	return n;
}

static char *keep(struct ktap *t, const char *s, size_t max)
{
	size_t n = s ? kept(s, max) : 0;
	char *copy;

	if (!n)
		return NULL;
	copy = xrealloc(NULL, n + 1);
	memcpy(copy, s, n);
	copy[n] = '\0';
	t->bytes += n + 1;
	return copy;
}

/* Failures are kept above the bounds of what passes: they are what is looked
 * for. */
static bool has_room(const struct ktap *t, enum ktap_status status)
{
	if (t->n < KTAP_TESTS_MAX && t->bytes < KTAP_BYTES_MAX)
		return true;
	/* What is said at the end says that there is not all. */
	return is_bad(status) &&
	       (t->ended ||
		t->count[KTAP_FAILED] + t->count[KTAP_ERROR] <= KTAP_EXTRA_MAX);
}

static void note_bad(struct ktap *t, long i, enum ktap_status status)
{
	if (is_bad(status) && t->first_bad < 0)
		t->first_bad = i;
}

long ktap_add(struct ktap *t, enum ktap_status status, long parent,
	      const char *name, const char *why)
{
	t->count[status]++;
	if (!has_room(t, status)) {
		t->lost += status != KTAP_SUITE;
		return -1;
	}
	if (t->n == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 64;
		t->tests = xrealloc(t->tests, t->cap * sizeof(*t->tests));
	}
	t->bytes += sizeof(*t->tests);
	t->tests[t->n] = (struct ktap_test){
		.status = status,
		.parent = parent,
		.line = t->line_no,
		.name = keep(t, name, KTAP_NAME_MAX),
		.why = keep(t, why, KTAP_NAME_MAX),
	};
	note_bad(t, (long)t->n, status);
	return (long)t->n++;
}

static void replace(struct ktap *t, char **s, const char *with)
{
	char *copy = keep(t, with, KTAP_NAME_MAX);

	if (!copy)
		return;
	t->bytes -= *s ? strlen(*s) + 1 : 0;
	free(*s);
	*s = copy;
}

void ktap_rename(struct ktap *t, long i, const char *name)
{
	if (i >= 0)
		replace(t, &t->tests[i].name, name);
}

void ktap_explain(struct ktap *t, long i, const char *why)
{
	if (i >= 0)
		replace(t, &t->tests[i].why, why);
}

void ktap_turn(struct ktap *t, long i, enum ktap_status status)
{
	t->count[status]++;
	if (i < 0) {
		t->lost++;
		return;
	}
	t->count[t->tests[i].status]--;
	t->tests[i].status = status;
	t->tests[i].line = t->line_no;
	note_bad(t, i, status);
}

unsigned long ktap_expect(struct ktap *t, long from)
{
	unsigned long n = 0;

	for (size_t i = from < 0 ? t->n : (size_t)from; i < t->n; i++) {
		if (t->tests[i].status != KTAP_FAILED)
			continue;
		t->tests[i].status = KTAP_TODO;
		n++;
	}
	t->count[KTAP_FAILED] -= n;
	t->count[KTAP_TODO] += n;
	if (!n || t->first_bad < from)
		return n;
	t->first_bad = -1;
	for (size_t i = (size_t)from; i < t->n && t->first_bad < 0; i++)
		note_bad(t, (long)i, t->tests[i].status);
	return n;
}

void ktap_error(struct ktap *t, struct ktap_level *lv, const char *name,
		const char *fmt, ...)
{
	char why[2 * KTAP_NAME_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	lv->errors++;
	ktap_add(t, KTAP_ERROR, lv->suite, name, why);
}

/* --- output --------------------------------------------------------------- */

static void add_line(struct buf *b, const char *line)
{
	buf_adds(b, line);
	buf_addc(b, '\n');
}

/* The last of it is kept: what is nearest to the result. */
static void keep_last(struct buf *b)
{
	const char *from;

	if (b->n <= 2 * (size_t)KTAP_TEXT_MAX)
		return;
	from = memchr(b->p + b->n - KTAP_TEXT_MAX, '\n', KTAP_TEXT_MAX);
	b->n = (size_t)(b->p + b->n - from) - 1;
	memmove(b->p, from + 1, b->n);
	b->p[b->n] = '\0';
}

void ktap_output(struct ktap *t, const char *line)
{
	add_line(&t->recent, line);
	keep_last(&t->recent);
	/* And the first of it. */
	if (t->failure >= 0 && t->more.n < KTAP_TEXT_MAX / 2)
		add_line(&t->more, line);
}

static void flush_output(struct ktap *t)
{
	size_t n = t->more.n, max = KTAP_TEXT_MAX;
	char *p = t->more.p;

	if (t->failure >= 0 && n) {
		if (n > max)
			p[kept(p, max)] = '\0';
		t->tests[t->failure].text = keep(t, p, max);
	}
	t->failure = -1;
	t->more.n = 0;
}

void ktap_output_of(struct ktap *t, long failure, bool follows)
{
	size_t skip = 0, half = KTAP_TEXT_MAX / 2;

	flush_output(t);
	t->failure = failure;
	if (failure >= 0 && t->recent.n) {
		if (t->recent.n > half)
			skip = t->recent.n - half;
		buf_add(&t->more, t->recent.p + skip, t->recent.n - skip);
	}
	t->recent.n = 0;
	if (!follows)
		flush_output(t);
}

/* --- questions ------------------------------------------------------------ */

const struct ktap_test *ktap_tests(const struct ktap *t, size_t *n)
{
	*n = t->n;
	return t->tests;
}

unsigned long ktap_count(const struct ktap *t, enum ktap_status status)
{
	return t->count[status];
}

void ktap_path(const struct ktap *t, long i, const char *sep, struct buf *out)
{
	const struct ktap_test *test = i >= 0 ? &t->tests[i] : NULL;
	size_t begin;

	if (!test)
		return;
	begin = out->n;
	ktap_path(t, test->parent, sep, out);
	if (out->n > begin)
		buf_adds(out, sep);
	if (test->name)
		buf_adds(out, test->name);
	else
		buf_addf(out, "line %lu", test->line);
}

void ktap_summary(const struct ktap *t, struct buf *out)
{
	const unsigned long *n = t->count;

	buf_addf(out, "%lu passed, %lu failed, %lu skipped", n[KTAP_PASSED],
		 n[KTAP_FAILED], n[KTAP_SKIPPED]);
	if (n[KTAP_TODO])
		buf_addf(out, ", %lu failed as expected", n[KTAP_TODO]);
	if (n[KTAP_ERROR])
		buf_addf(out, ", %lu error%s", n[KTAP_ERROR],
			 n[KTAP_ERROR] > 1 ? "s" : "");
}

char *ktap_reason(const struct ktap *t)
{
	const struct ktap_test *test;
	struct buf out = { 0 };

	if (!t->count[KTAP_FAILED] && !t->count[KTAP_ERROR])
		return NULL;
	if (t->first_bad < 0)
		return xstrdup("more failed than could be kept");
	test = &t->tests[t->first_bad];
	if (test->status == KTAP_FAILED) {
		ktap_path(t, t->first_bad, "/", &out);
		buf_adds(&out, " failed");
	} else if (test->parent >= 0) {
		ktap_path(t, test->parent, "/", &out);
	}
	if (test->why)
		buf_addf(&out, "%s%s", out.n ? ": " : "", test->why);
	return out.p;
}
