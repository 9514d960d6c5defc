// SPDX-License-Identifier: MIT
#include "host/excerpt.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct buf tail;

static void teardown(void)
{
	buf_free(&tail);
}

/* "lN" each, from @from on. */
static void add(size_t from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_addf(&tail, "l%zu\r\n", from + i);
}

static size_t lines_of(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static void ck_begins(const char *text, const char *with)
{
	ck_assert_msg(!strncmp(text, with, strlen(with)), "%s", text);
}

static void ck_ends(const char *text, const char *with)
{
	size_t n = strlen(text), m = strlen(with);

	ck_assert_msg(n >= m && !strcmp(text + n - m, with), "%s", text);
}

static char *failure_text(struct excerpt e)
{
	e.tail = &tail;
	e.failure = strstr(tail.p, "TITLE");
	return excerpt_text(&e);
}

START_TEST(nothing)
{
	ck_assert_ptr_null(excerpt_text(&(struct excerpt){ .tail = &tail }));
}
END_TEST

START_TEST(the_last_lines)
{
	struct excerpt e = { .tail = &tail };
	char *text;

	add(0, 50);
	text = excerpt_text(&e);
	ck_begins(text, "l30\nl31\n");
	ck_ends(text, "\nl49\n");
	ck_assert_uint_eq(lines_of(text), EXCERPT_LINES);
	free(text);
	/* The last one has no end. */
	buf_adds(&tail, "x");
	text = excerpt_text(&e);
	ck_begins(text, "l31\n");
	ck_ends(text, "\nl49\nx\n");
	free(text);
}
END_TEST

/* What came before is gone, in the middle of a line. */
START_TEST(whole_lines)
{
	struct excerpt e = { .tail = &tail, .cut = true };
	char *text;

	buf_adds(&tail, "lf a line");
	text = excerpt_text(&e);
	ck_assert_str_eq(text, "lf a line\n");
	free(text);
	buf_adds(&tail, "\nb\n");
	text = excerpt_text(&e);
	ck_assert_str_eq(text, "b\n");
	free(text);
	e.cut = false;
	text = excerpt_text(&e);
	ck_assert_str_eq(text, "lf a line\nb\n");
	free(text);
}
END_TEST

/* A console that never ends its line is no reason to flood a terminal. */
START_TEST(a_line_has_an_end)
{
	char *text;

	for (int i = 0; i < EXCERPT_COLUMNS; i++)
		buf_addc(&tail, 'x');
	text = excerpt_text(&(struct excerpt){ .tail = &tail });
	ck_assert_uint_eq(strlen(text), EXCERPT_COLUMNS + 1);
	free(text);
	for (int i = 0; i < 70000; i++)
		buf_addc(&tail, i < 69999 ? 'y' : 'z');
	text = excerpt_text(&(struct excerpt){ .tail = &tail });
	ck_begins(text, "(70000 bytes more) yyy");
	ck_ends(text, "yz\n");
	ck_assert_uint_lt(strlen(text), EXCERPT_COLUMNS + 30);
	free(text);
}
END_TEST

START_TEST(no_byte_is_obeyed)
{
	static const char bytes[] = "\x1b[31mred\tx\0y\rz\x7f\r\r\n\n";
	char *text;

	buf_add(&tail, bytes, sizeof(bytes) - 1);
	text = excerpt_text(&(struct excerpt){ .tail = &tail });
	ck_assert_str_eq(text, "?[31mred\tx?y?z?\n\n");
	free(text);
}
END_TEST

static const struct {
	const char *before; /* the title's line */
	size_t lines; /* of the report, the title's included, to "end" */
	size_t behind; /* that */
	bool end;
	const char *log;
	const char *begins, *ends;
	size_t n;
} rows[] = {
	{ "a\n[ 1.0] ", 1, 0, false, NULL, "[ 1.0] TITLE", "TITLE\n", 1 },
	{ "", 1, 0, false, NULL, "TITLE", "TITLE\n", 1 },
	{ "glued ", 1, 3, false, NULL, "glued TITLE", "\nl2\n", 4 },
	/* What begins a report, or is too far, or begins another one. */
	{ "a\n--[ cut here ]--\r\n[ 1.0] ", 1, 0, false, NULL,
	  "--[ cut here ]--\n[ 1.0] TITLE\n", "TITLE\n", 2 },
	{ "--[ cut here ]--\n", 1, 0, false, NULL, "--[ cut", "TITLE\n", 2 },
	{ "--[ cut here ]--\nb\nc\nd\n", 1, 0, false, NULL, "--[ cut",
	  "b\nc\nd\nTITLE\n", 5 },
	{ "--[ cut here ]--\nb\nc\nd\ne\n", 1, 0, false, NULL, "TITLE", "\n",
	  1 },
	{ "--[ cut here ]--\n---[ end trace\n", 1, 0, false, NULL, "TITLE",
	  "\n", 1 },
	/* Its end is near, so near that other things count, or too far. */
	{ "", 40, 0, false, NULL, "TITLE", "---[ end trace\n", 40 },
	{ "", 41, 0, false, NULL, "TITLE", "---[ end trace\n", 41 },
	{ "", 100, 1, false, NULL, "TITLE",
	  "---[ end trace\n1 more line; --log FILE keeps all\n", 101 },
	{ "", 10, 31, false, NULL, "TITLE",
	  "\nl29\n1 more line; --log FILE keeps all\n", 41 },
	{ "", 101, 7, false, NULL, "TITLE",
	  "\nr39\n68 more lines; --log FILE keeps all\n", 41 },
	{ "", 50, 25, false, "a b", "TITLE",
	  "---[ end trace\n25 more lines; a b has all\n", 51 },
	/* The end is of interest, too. */
	{ "", 50, 25, true, NULL, "TITLE", "\nl24\n", 71 },
	{ "", 50, 20, true, NULL, "TITLE", "\nl19\n", 70 },
	{ "", 50, 2, true, NULL, "TITLE", "---[ end trace\nl0\nl1\n", 52 },
};

START_TEST(a_failure)
{
	char *text;

	buf_addf(&tail, "%sTITLE\n", rows[_i].before);
	for (size_t i = 1; i < rows[_i].lines; i++) {
		if (i + 1 < rows[_i].lines)
			buf_addf(&tail, "r%zu\n", i);
		else
			buf_adds(&tail, "---[ end trace\r\n");
	}
	add(0, rows[_i].behind);
	text = failure_text(
		(struct excerpt){ .end = rows[_i].end, .log = rows[_i].log });
	ck_begins(text, rows[_i].begins);
	ck_ends(text, rows[_i].ends);
	ck_assert_uint_eq(lines_of(text), rows[_i].n);
	free(text);
}
END_TEST

START_TEST(what_is_left_out_before_the_end)
{
	char *text;

	buf_adds(&tail, "TITLE\n");
	add(0, 100);
	text = failure_text((struct excerpt){ .end = true });
	ck_assert_ptr_nonnull(strstr(text, "\nl38\n41 more lines; --log FILE "
					   "keeps all\nl80\n"));
	ck_ends(text, "\nl99\n");
	free(text);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("excerpt");
	TCase *t = tcase_create("excerpt");

	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, nothing);
	tcase_add_test(t, the_last_lines);
	tcase_add_test(t, whole_lines);
	tcase_add_test(t, a_line_has_an_end);
	tcase_add_test(t, no_byte_is_obeyed);
	tcase_add_loop_test(t, a_failure, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(t, what_is_left_out_before_the_end);
	suite_add_tcase(s, t);
	return s;
}
