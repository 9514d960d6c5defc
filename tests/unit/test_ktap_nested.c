// SPDX-License-Identifier: MIT
/* Subtests, in all the forms that are about. */
#include "host/ktap.h"
#include "ktap_show.h"
#include "unit.h"

static const struct row {
	const char *name, *in, *want, *reason;
} rows[] = {
	{ "KTAP",
	  "KTAP version 1\n1..2\n  KTAP version 1\n  1..2\n"
	  "    KTAP version 1\n    1..1\n    # of x\n    ok 1 x\n"
	  "  ok 1 inner\n  ok 2 flat # SKIP not here\nok 1 outer\n"
	  "  KTAP version 1\n  1..1\n  ok 1 x\nok 2 other\n",
	  "P outer/inner/x\nS outer/flat | not here\nP other/x\n", NULL },
	{ "TAP 14",
	  "TAP version 14\n1..2\n# Subtest: first\n    1..1\n    ok 1 - a\n"
	  "ok 1 - first\n# Subtest: second\n    # Subtest: deep\n"
	  "        ok 1 - b\n        1..1\n    ok 1 - deep\n    1..1\n"
	  "ok 2 - second\n",
	  "P first/a\nP second/deep/b\n", NULL },
	{ "TAP 14, and nothing before the subtest",
	  "TAP version 14\n1..2\n    ok 1 - a\n    ok 2 - b\n    1..2\n"
	  "ok 1 - first\nok 2 - flat\n",
	  "P first/a\nP first/b\nP flat\n", NULL },
	{ "KUnit, with a tab",
	  "TAP version 14\n1..2\n\t# Subtest: list\n\t1..2\n\tok 1 - add\n"
	  "\tok 2 - del\nok 1 - list\n\t# Subtest: sort\n\t1..1\n"
	  "\tok 1 - up\nok 2 - sort\n",
	  "P list/add\nP list/del\nP sort/up\n", NULL },
	{ "KUnit with parameters, which have no plan",
	  "KTAP version 1\n1..1\n    KTAP version 1\n    # Subtest: math\n"
	  "    1..2\n        KTAP version 1\n        # Subtest: root\n"
	  "        ok 1 of 4\n        ok 2 of 9\n"
	  "    # root: pass:2 fail:0 skip:0 total:2\n    ok 1 root\n"
	  "    ok 2 sum\n# math: pass:2 fail:0\n# Totals: pass:3\n"
	  "ok 1 math\n",
	  "P math/root/of 4\nP math/root/of 9\nP math/sum\n", NULL },
	{ "KUnit's results one behind the other",
	  "    # Subtest: a\n    1..1\n    ok 1 - x\nok 1 - a\n"
	  "    # Subtest: b\n    1..1\n    ok 1 - y\nok 1 - b\n",
	  "P a/x\nP b/y\n", NULL },
	{ "a console",
	  "[    0.000000] Linux version 6.1\n[    1.500000] KTAP version 1\n"
	  "[    1.500100] 1..1\n[    1.5][    T1]     KTAP version 1\n"
	  "<6>[    1.6]     # Subtest: io\n[    1.6]     1..2\n"
	  "[    1.7]     ok 1 read\n[    1.7] usb 1-1: new device\n"
	  "[    1.8][   C0]     ok 2 write\n[    1.9] ok 1 io\n",
	  "P io/read\nP io/write\n", NULL },
	{ "a console, cut with a blank too much",
	  " boot\n KTAP version 1\n 1..1\n     # Subtest: io\n     1..1\n"
	  "     ok 1 read\n ok 1 io\n",
	  "P io/read\n", NULL },
	{ "kselftest's runner",
	  "TAP version 13\n1..3\n# selftests: mm: one\n# TAP version 13\n"
	  "# 1..2\n# ok 1 map\n# # a remark\n# ok 2 # SKIP huge pages\n"
	  "# # Totals: pass:1 fail:0 xfail:0 xpass:0 skip:1 error:0\n"
	  "ok 1 selftests: mm: one\n# selftests: mm: two\n# PASS\n"
	  "ok 2 selftests: mm: two\n# selftests: mm: three\n"
	  "# TAP version 13\n# 1..0 # SKIP not as this user\n"
	  "ok 3 selftests: mm: three # SKIP\n",
	  "P selftests: mm: one/map\n"
	  "S selftests: mm: one/huge pages | huge pages\n"
	  "P selftests: mm: two\n"
	  "S selftests: mm: three | not as this user\n",
	  NULL },
	{ "kselftest's runner, failures",
	  "TAP version 13\n1..2\n# TAP version 13\n# 1..2\n# not ok 1 map\n"
	  "# Bail out! no memory\nnot ok 1 one # exit=1\n# TAP version 13\n"
	  "# 1..1\nnot ok 2 two # TIMEOUT 45 seconds\n",
	  "F one/map\nE one/bail out | bailed out: no memory\n"
	  "E two/plan | planned 1, saw 0\n",
	  "one/map failed" },
	{ "subtests that were all skipped",
	  "1..2\n# Subtest: a\n    1..0 # SKIP no\nok 1 - a\n"
	  "# Subtest: b\n    1..0\nnot ok 2 - b\n",
	  "S a | no\nF b\n", "b failed" },
	{ "a failure below an ok",
	  "KTAP version 1\n1..1\n  KTAP version 1\n  1..1\n  not ok 1 x\n"
	  "ok 1 up\n",
	  "F up/x\nE up/result | reported as ok, but 1 in it failed\n",
	  "up/x failed" },
	{ "a failure below a skip",
	  "KTAP version 1\n1..1\n  KTAP version 1\n  1..1\n  not ok 1 x\n"
	  "ok 1 up # SKIP\n",
	  "F up/x\nE up/result | reported as skipped, but 1 in it failed\n",
	  "up/x failed" },
	{ "a failure of the suite itself",
	  "KTAP version 1\n1..1\n  KTAP version 1\n  1..1\n  ok 1 x\n"
	  "not ok 1 up # exit=2\n",
	  "F up | exit=2\nP up/x\n", "up failed: exit=2" },
	{ "failures that the suite expects",
	  "1..2\nnot ok 1 - real\n# Subtest: a\n    1..2\n    not ok 1 - x\n"
	  "    ok 2 - y\nnot ok 2 - a # TODO one day\n",
	  "F real\nT a/x\nP a/y\n", "real failed" },
	{ "nothing but expected failures",
	  "1..1\n# Subtest: a\n    1..1\n    not ok 1 - x\n"
	  "not ok 1 - a # TODO one day\n",
	  "T a/x\n", NULL },
	{ "a plan inside is not fulfilled",
	  "KTAP version 1\n1..1\n  KTAP version 1\n  1..3\n  ok 1 x\n"
	  "ok 1 up\n",
	  "P up/x\nE up/plan | planned 3, saw 1\n", "up: planned 3, saw 1" },
	{ "an empty subtest",
	  "KTAP version 1\n1..1\n  KTAP version 1\nok 1 up\n",
	  "E up/results | no results in this subtest\n",
	  "up: no results in this subtest" },
	{ "cut off in a subtest",
	  "KTAP version 1\n1..1\n    KTAP version 1\n    # Subtest: up\n"
	  "    1..2\n    ok 1 x\n",
	  "P up/x\nE up/plan | planned 2, saw 1\n"
	  "E up/subtest | no result line for this subtest; it was cut off\n"
	  "E plan | planned 1, saw 0\n",
	  "up: planned 2, saw 1" },
	{ "the next subtest, and none has its result",
	  "KTAP version 1\n1..2\n  KTAP version 1\n  1..1\n  ok 1 x\n"
	  "  KTAP version 1\n  1..1\n  ok 1 y\nok 2 b\n",
	  "P line 3/x\nE line 3/subtest | no result line for this subtest; it "
	  "was cut off\nP b/y\nE number | test 1 is missing\n"
	  "E plan | planned 2, saw 1\n",
	  "line 3: no result line for this subtest; it was cut off" },
	{ "a second plan inside",
	  "1..1\n# Subtest: a\n    1..1\n    ok 1 - x\n    1..1\nok 1 - a\n",
	  "P a/x\nE a/plan | a second plan, 1..1\n", "a: a second plan, 1..1" },
	{ "an indented print is no subtest",
	  "KTAP version 1\n1..1\n    ok 1 printed\n      not ok 7 too\n"
	  "  --- a/b\nok 1 a\n",
	  "P a\n", NULL },
	{ "a message of the kernel that begins with ok",
	  "KTAP version 1\n1..1\nok then\nok 1 a\n", "P a\n", NULL },
	{ "a not ok is never dropped", "KTAP version 1\n1..1\nnot ok then\n",
	  "F then\n", "then failed" },
};

START_TEST(forms)
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

/* A log that is good, cut anywhere before its last result line: never good. */
START_TEST(no_beginning_is_good)
{
	const char *in = rows[_i].in, *end = in + strlen(in) - 1;
	struct ktap *t;
	char *why;

	/* Two logs, the first of which is whole. */
	if (rows[_i].reason || !strncmp(in, "    # Subtest: a", 16))
		return;
	while (end > in && end[-1] != '\n')
		end--;
	for (size_t n = 0; n < (size_t)(end - in); n++) {
		t = ktap_of(in, n);
		why = ktap_reason(t);
		ck_assert_msg(why, "%s: good after %zu bytes", rows[_i].name,
			      n);
		free(why);
		ktap_free(t);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("ktap_nested");
	TCase *t = tcase_create("nested");
	int n = sizeof(rows) / sizeof(rows[0]);

	tcase_add_loop_test(t, forms, 0, n);
	tcase_add_loop_test(t, split_anywhere, 0, n);
	tcase_add_loop_test(t, no_beginning_is_good, 0, n);
	suite_add_tcase(s, t);
	return s;
}
