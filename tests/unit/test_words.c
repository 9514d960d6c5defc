// SPDX-License-Identifier: MIT
#include "host/quote.h"
#include "host/words.h"
#include "unit.h"

#include <string.h>

static const struct {
	const char *text;
	const char *words; /* each ended by "|"; NULL: it is wrong */
} lines[] = {
	{ "", "" },
	{ " \t\n", "" },
	{ "a", "a|" },
	{ "  --machine  microvm\t-m 1G\n", "--machine|microvm|-m|1G|" },
	{ "''", "|" },
	{ "'' \"\" x", "||x|" },
	{ "--append 'a b  c'", "--append|a b  c|" },
	{ "'a\\b'", "a\\b|" },
	{ "a'b'\"c\"d", "abcd|" },
	{ "\"a 'b' c\"", "a 'b' c|" },
	{ "\"\\$ \\` \\\" \\\\ \\n\"", "$ ` \" \\ \\n|" },
	{ "a\\ b", "a b|" },
	{ "\\'", "'|" },
	{ "a\\\nb", "ab|" },
	{ "a \\\n b\\\n c \\\n", "a|b|c|" },
	{ "\"a\\\nb\"", "ab|" },
	{ "\"a\\\\\nb\"", "a\\\nb|" },
	/* Nothing is expanded. */
	{ "$HOME * ~ `x` #", "$HOME|*|~|`x`|#|" },
	{ "'a", NULL },
	{ "\"a", NULL },
	{ "\"a\\\"", NULL },
	{ "a\\", NULL },
	{ "\"a\\", NULL },
};

START_TEST(split)
{
	struct strv v = { 0 };
	struct buf got = { 0 };
	const char *wrong = parse_words(lines[_i].text, &v);

	buf_adds(&got, "");
	for (size_t i = 0; i < v.n; i++)
		buf_addf(&got, "%s|", v.v[i]);
	if (lines[_i].words)
		ck_assert_pstr_eq(wrong, NULL);
	else
		ck_assert_ptr_nonnull(wrong);
	if (lines[_i].words)
		ck_assert_str_eq(got.p, lines[_i].words);
	buf_free(&got);
	strv_free(&v);
}
END_TEST

/* What quote.h writes is read back. */
START_TEST(the_other_way)
{
	static const char *const words[] = { "a",  "",	    "a b",  "it's",
					     "$x", "\"q\"", "a\nb", "\\",
					     "-",  "\t",    "'''" };
	struct buf line = { 0 };
	struct strv v = { 0 };
	size_t n = sizeof(words) / sizeof(words[0]);

	for (size_t i = 0; i < n; i++) {
		quote_sh(&line, words[i]);
		buf_addc(&line, ' ');
	}
	ck_assert_pstr_eq(parse_words(line.p, &v), NULL);
	ck_assert_uint_eq(v.n, n);
	for (size_t i = 0; i < n; i++)
		ck_assert_str_eq(v.v[i], words[i]);
	buf_free(&line);
	strv_free(&v);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("words");
	TCase *t = tcase_create("words");

	tcase_add_loop_test(t, split, 0,
			    (int)(sizeof(lines) / sizeof(lines[0])));
	tcase_add_test(t, the_other_way);
	suite_add_tcase(s, t);
	return s;
}
