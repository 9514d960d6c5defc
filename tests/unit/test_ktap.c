// SPDX-License-Identifier: MIT
/* Every dialect that the header promises, and all that can be wrong in it. */
#include "host/ktap.h"
#include "ktap_show.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

/* Rows of what is seen: P passed, F failed, S skipped, T to do, E error. */
static const struct row {
	const char *name, *in, *want, *reason;
} rows[] = {
	{ "TAP 12", "1..2\nok 1 - one\nok 2 - two\n", "P one\nP two\n", NULL },
	{ "no descriptions, no numbers", "1..3\nok\nnot ok\nok 3\n",
	  "P test 1\nF test 2\nP test 3\n", "test 2 failed" },
	{ "a plan at the end", "ok 1 a\nok 2 b\n1..2\n", "P a\nP b\n", NULL },
	{ "carriage returns, blanks at the end",
	  "TAP version 13\r\n1..1 \r\nok 1 - a \r\n", "P a\n", NULL },
	{ "no newline at the end", "1..1\nok 1 a", "P a\n", NULL },
	{ "directives",
	  "TAP version 13\n1..9\nok 1 a # SKIP no net\nnot ok 2 b # skip\n"
	  "not ok 3 c # TODO later\nok 4 d # todo\nok 5 e # XFAIL known\n"
	  "not ok 6 f # TIMEOUT 45 seconds\nnot ok 7 g # exit=3\n"
	  "not ok 8 # ERROR h\nok 9 i #Skipped: why\n",
	  "S a | no net\nS b\nT c | later\nP d\nT e | known\n"
	  "F f | TIMEOUT 45 seconds\nF g | exit=3\nF h | ERROR h\n"
	  "S i | why\n",
	  "f failed: TIMEOUT 45 seconds" },
	{ "an ok that shouts an error",
	  "1..3\nok 1 a # ERROR x\nok 2 b # error path\nok 3 c # TIMEOUT\n",
	  "F a | ERROR x\nP b | error path\nF c | TIMEOUT\n",
	  "a failed: ERROR x" },
	{ "hashes that are none",
	  "1..5\nok 1 issue #12\nok 2 C\\# \\# SKIP\nok 3 a\\\\ # SKIP b\n"
	  "not ok 4 c # skipping it broke\nok 5 d # n=1 # SKIP\n",
	  "P issue #12\nP C# # SKIP\nS a\\ | b\nF c | skipping it broke\n"
	  "P d | n=1 # SKIP\n",
	  "c failed: skipping it broke" },
	{ "all skipped", "1..0 # SKIP no such device\n",
	  "S all tests | no such device\n", NULL },
	{ "all skipped, no reason", "1..0 # skip\n", "S all tests\n", NULL },
	{ "nothing planned", "TAP version 13\n1..0\n",
	  "E plan | planned 0, and nothing says that it is skipped\n",
	  "planned 0, and nothing says that it is skipped" },
	{ "lines that are none of a test",
	  "hello\n1..2x\n2..3\nokay\nnot okay\nnot  ok 1\n1..2\nok 1 a\n"
	  "[ OK ] fine\nusb 1-1: ok\n#1..7\nok 2 b\n pragma +strict\n",
	  "P a\nP b\n", NULL },
	{ "fewer than planned", "1..5\nok 1 a\nok 2 b\nok 3 c\n",
	  "P a\nP b\nP c\nE plan | planned 5, saw 3\n", "planned 5, saw 3" },
	{ "more than planned", "1..1\nok 1 a\nok 2 b\n",
	  "P a\nP b\nE plan | planned 1, saw 2\n", "planned 1, saw 2" },
	{ "none of those planned", "TAP version 13\n1..4\n",
	  "E plan | planned 4, saw 0\n", "planned 4, saw 0" },
	{ "more than a number holds", "1..99999999999999999999999\nok 1 a\n",
	  "P a\nE plan | planned 18446744073709551615, saw 1\n",
	  "planned 18446744073709551615, saw 1" },
	{ "no plan", "TAP version 13\nok 1 a\n",
	  "P a\nE plan | no plan: whether all 1 were all is unknown\n",
	  "no plan: whether all 1 were all is unknown" },
	{ "a version and nothing else", "KTAP version 1\n",
	  "E results | no results behind the version\n",
	  "no results behind the version" },
	{ "nothing", "", "E results | no results in the output\n",
	  "no results in the output" },
	{ "no results", "all is well\nPASS\n",
	  "E results | no results in the output\n",
	  "no results in the output" },
	{ "a missing number", "1..3\nok 1 a\nok 3 c\n",
	  "P a\nE number | test 2 is missing\nP c\n"
	  "E plan | planned 3, saw 2\n",
	  "test 2 is missing" },
	{ "missing numbers", "1..2\nok 1 a\nok 9 c\n",
	  "P a\nE number | tests 2 to 8 are missing\nP c\n",
	  "tests 2 to 8 are missing" },
	{ "a number twice", "1..3\nok 1 a\nok 1 a\nok 2 b\n",
	  "P a\nE number | test 1 comes behind test 1\nP a\nP b\n",
	  "test 1 comes behind test 1" },
	{ "out of order", "1..2\nok 2 b\nok 1 a\n",
	  "E number | test 1 is missing\nP b\n"
	  "E number | test 1 comes behind test 2\nP a\n",
	  "test 1 is missing" },
	{ "number nought", "1..1\nok 0 a\n",
	  "E number | test 0 comes behind test 0\nP a\n",
	  "test 0 comes behind test 0" },
	{ "bailing out", "1..3\nok 1 a\nBail out! no disk\n",
	  "P a\nE bail out | bailed out: no disk\n", "bailed out: no disk" },
	{ "bailing out without a word", "Bail out!\n",
	  "E bail out | bailed out\n", "bailed out" },
	{ "one program behind the other",
	  "TAP version 13\n1..1\nok 1 a\nTAP version 13\n1..2\nok 1 b\n"
	  "1..1\nok 1 c\nok 2 d\n",
	  "P a\nP b\nE plan | planned 2, saw 1\nP c\nP d\n"
	  "E plan | planned 1, saw 2\n",
	  "planned 2, saw 1" },
	{ "two with their plans at the end",
	  "ok 1 a\n1..1\nok 1 b\nok 2 c\n1..2\n", "P a\nP b\nP c\n", NULL },
};

START_TEST(dialects)
{
	const struct row *r = &rows[_i];

	ktap_ck(r->name, r->in, r->want, r->reason);
}
END_TEST

START_TEST(split_anywhere)
{
	ktap_ck_splits(rows[_i].in);
}
END_TEST

/* What stands before and behind a failure is what one needs to know of it. */
START_TEST(output_of_a_failure)
{
	static const char tap[] = "1..3\nok 1 a\n# before\nkernel says\n"
				  "not ok 2 b\n  ---\n  got: 1\n  ok 9 no\n"
				  "  ...\n# behind\nok 3 c\n# no more\n";
	struct ktap *t = ktap_of(tap, sizeof(tap) - 1);
	size_t n;

	ck_assert_str_eq(ktap_tests(t, &n)[1].text,
			 "# before\nkernel says\n  ---\n  got: 1\n  ok 9 no\n"
			 "  ...\n# behind\n");
	ck_assert_uint_eq(n, 3);
	ck_assert_ptr_null(ktap_tests(t, &n)[0].text);
	ck_assert_ptr_null(ktap_tests(t, &n)[2].text);
	ck_assert_uint_eq(ktap_tests(t, &n)[1].line, 5);
	ktap_free(t);
}
END_TEST

/* KTAP has it before the result only. */
START_TEST(output_in_ktap)
{
	static const char tap[] = "KTAP version 1\n1..2\n# of a\nnot ok 1 a\n"
				  "# of b\nnot ok 2 b\n";
	struct ktap *t = ktap_of(tap, sizeof(tap) - 1);
	size_t n;

	ck_assert_str_eq(ktap_tests(t, &n)[0].text, "# of a\n");
	ck_assert_str_eq(ktap_tests(t, &n)[1].text, "# of b\n");
	ktap_free(t);
}
END_TEST

START_TEST(summaries)
{
	static const char tap[] = "1..7\nok 1 a\nnot ok 2\nnot ok 3\n"
				  "ok 4 # SKIP\nok 5 # XFAIL x\nok 6\n";
	struct ktap *t = ktap_of(tap, sizeof(tap) - 1);
	struct buf out = { 0 };

	ktap_summary(t, &out);
	ck_assert_str_eq(out.p, "2 passed, 2 failed, 1 skipped, "
				"1 failed as expected, 1 error");
	buf_free(&out);
	ktap_free(t);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("ktap");
	TCase *t = tcase_create("flat");
	int n = sizeof(rows) / sizeof(rows[0]);

	tcase_add_loop_test(t, dialects, 0, n);
	tcase_add_loop_test(t, split_anywhere, 0, n);
	tcase_add_test(t, output_of_a_failure);
	tcase_add_test(t, output_in_ktap);
	tcase_add_test(t, summaries);
	suite_add_tcase(s, t);
	return s;
}
