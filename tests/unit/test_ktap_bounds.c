// SPDX-License-Identifier: MIT
/* What a guest may print to do harm: no end, no line, no sense, no bottom. */
#include "host/ktap.h"
#include "ktap_show.h"
#include "unit.h"

#include <stdio.h>
#include <sys/resource.h>

/* For all that is kept of any stream, and what the sanitizer adds: a string
 * takes it a redzone, and what is freed is kept for a while. */
#define MEMORY_MAX_MIB 256

static long peak_kib(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}

static void feed(struct ktap *t, const char *s)
{
	ktap_feed(t, s, strlen(s));
}

static bool reason_has(const struct ktap *t, const char *part)
{
	char *got = ktap_show(t);
	bool has = strstr(got, part) != NULL;

	free(got);
	return has;
}

START_TEST(a_million_tests)
{
	struct ktap *t = ktap_new();
	long before = peak_kib();
	char line[700];
	size_t n;

	feed(t, "1..1000000\n");
	for (int i = 1; i <= 1000000; i++) {
		snprintf(line, sizeof(line), "ok %d - %0600d\n", i, i);
		feed(t, line);
	}
	ktap_end(t);
	ktap_tests(t, &n);
	ck_assert_uint_le(n, KTAP_TESTS_MAX + KTAP_EXTRA_MAX);
	ck_assert_uint_eq(ktap_count(t, KTAP_PASSED), 1000000);
	ck_assert_uint_eq(ktap_count(t, KTAP_ERROR), 1);
	ck_assert(reason_has(t, "results more than are kept"));
	ck_assert_int_lt((peak_kib() - before) / 1024, MEMORY_MAX_MIB);
	ktap_free(t);
}
END_TEST

/* Each with its output, and each an error more by its number. */
START_TEST(a_million_failures)
{
	struct ktap *t = ktap_new();
	long before = peak_kib();
	size_t n;

	for (int i = 0; i < 1000000; i++)
		feed(t, "# 0123456789012345678901234567890123456789\n"
			"# 0123456789012345678901234567890123456789\n"
			"not ok 7 - 0123456789\n");
	ktap_end(t);
	ktap_tests(t, &n);
	ck_assert_uint_le(n, KTAP_TESTS_MAX + KTAP_EXTRA_MAX);
	ck_assert_uint_eq(ktap_count(t, KTAP_FAILED), 1000000);
	ck_assert(reason_has(t, "results more than are kept"));
	ck_assert_int_lt((peak_kib() - before) / 1024, MEMORY_MAX_MIB);
	ktap_free(t);
}
END_TEST

/* The one failure comes when nothing more is kept; it is. */
START_TEST(the_last_of_many_fails)
{
	struct ktap *t = ktap_new();
	char line[64], *why;

	feed(t, "1..200001\n");
	for (int i = 1; i <= 200000; i++) {
		snprintf(line, sizeof(line), "ok %d\n", i);
		feed(t, line);
	}
	feed(t, "not ok 200001 - the one\n");
	ktap_end(t);
	why = ktap_reason(t);
	ck_assert_str_eq(why, "the one failed");
	free(why);
	ktap_free(t);
}
END_TEST

START_TEST(a_line_without_end)
{
	struct ktap *t = ktap_new();
	char piece[4096];

	feed(t, "1..1\nok 1 - ");
	memset(piece, 'x', sizeof(piece));
	for (int i = 0; i < 10000; i++)
		ktap_feed(t, piece, sizeof(piece));
	feed(t, "# SKIP\n");
	ktap_end(t);
	ck_assert(reason_has(t, "line 2 is longer than 4096 bytes"));
	ck_assert_uint_eq(ktap_count(t, KTAP_PASSED), 1);
	ktap_free(t);
}
END_TEST

/* One that is no result is none of our business. */
START_TEST(noise_without_end)
{
	struct ktap *t = ktap_new();
	char piece[4096], *why;

	feed(t, "1..1\n");
	memset(piece, 0, sizeof(piece));
	for (int i = 0; i < 10000; i++)
		ktap_feed(t, piece, sizeof(piece));
	feed(t, "\nok 1\n");
	ktap_end(t);
	why = ktap_reason(t);
	ck_assert_pstr_eq(why, NULL);
	ktap_free(t);
}
END_TEST

static void deep(struct ktap *t, int depth, int step)
{
	char line[8192];

	for (int i = 0; i < depth; i++) {
		snprintf(line, sizeof(line), "%*sKTAP version 1\n%*s1..1\n",
			 i * step, "", i * step, "");
		feed(t, line);
	}
	for (int i = depth; i-- > 0;) {
		snprintf(line, sizeof(line), "%*sok 1 d%d\n", i * step, "", i);
		feed(t, line);
	}
	ktap_end(t);
}

START_TEST(nested)
{
	struct ktap *t = ktap_new();
	char *why;

	deep(t, KTAP_DEPTH_MAX, 2);
	why = ktap_reason(t);
	ck_assert_pstr_eq(why, NULL);
	ck_assert_uint_eq(ktap_count(t, KTAP_PASSED), 1);
	ktap_free(t);
	t = ktap_new();
	deep(t, 1000, 2);
	ck_assert(reason_has(t, "subtests below level 16 were not read"));
	ktap_free(t);
	t = ktap_new();
	deep(t, 4, 60);
	ck_assert(reason_has(t, "subtests below level 16 were not read"));
	ktap_free(t);
}
END_TEST

static const char *const words[] = {
	"ok ",
	"not ok ",
	"1..",
	"3",
	" ",
	"    ",
	"\n",
	"KTAP version 1",
	"# ",
	"#",
	"Subtest: x",
	"\t",
	"---",
	"...",
	"SKIP",
	"1",
	"\\",
	"\r",
	"[1.2]",
	"Bail out!",
	"TODO",
	"2",
	"- ",
	"\n  ",
	"\0",
	"\xff",
	"ERROR",
	"<6>",
	"\n    ",
	"\n# ",
	"\nok ",
	"\n1..",
	"TAP version 13",
	"\n",
	"\n",
	"\n",
};

/* Nothing but that it ends, and that a piece more or less changes nothing; the
 * sanitizers see the rest. */
START_TEST(any_words)
{
	unsigned int x = (unsigned int)_i * 2654435761U + 1;
	struct buf in = { 0 };
	struct ktap *t;
	struct buf out = { 0 };

	for (int i = 0; i < 300; i++) {
		x = x * 1103515245 + 12345;
		buf_adds(&in,
			 words[(x >> 16) % (sizeof(words) / sizeof(words[0]))]);
	}
	ktap_ck_splits(in.p);
	t = ktap_of(in.p, in.n);
	ktap_summary(t, &out);
	ck_assert(out.n > 0);
	buf_free(&out);
	buf_free(&in);
	ktap_free(t);
}
END_TEST

START_TEST(any_bytes)
{
	unsigned int x = 42;
	struct ktap *t = ktap_new();
	char piece[1000];

	for (int i = 0; i < 2000; i++) {
		for (size_t k = 0; k < sizeof(piece); k++) {
			x = x * 1103515245 + 12345;
			piece[k] = (char)(x >> 16);
		}
		ktap_feed(t, piece, sizeof(piece));
	}
	ktap_end(t);
	ck_assert(reason_has(t, "no results"));
	ktap_free(t);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("ktap_bounds");
	TCase *t = tcase_create("bounds");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, a_million_tests);
	tcase_add_test(t, a_million_failures);
	tcase_add_test(t, the_last_of_many_fails);
	tcase_add_test(t, a_line_without_end);
	tcase_add_test(t, noise_without_end);
	tcase_add_test(t, nested);
	tcase_add_loop_test(t, any_words, 0, 40);
	tcase_add_test(t, any_bytes);
	suite_add_tcase(s, t);
	return s;
}
