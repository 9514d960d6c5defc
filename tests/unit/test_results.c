// SPDX-License-Identifier: MIT
/* What results make of a verdict, and that the file is there whatever came. */
#include "host/msg.h"
#include "host/results.h"
#include "host/verdict.h"
#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define GOOD "1..1\nok 1 a\n"
#define BAD  "1..2\nok 1 a\nnot ok 2 b # exit=9\n"

static char dir[] = "/tmp/bootlet-results-XXXXXX";
static char *path;

static void setup(void)
{
	ck_assert_ptr_nonnull(mkdtemp(dir));
	path = xasprintf("%s/r.xml", dir);
}

static void teardown(void)
{
	char *cmd = xasprintf("rm -rf %s", dir);

	ck_assert_int_eq(system(cmd), 0);
	free(cmd);
	free(path);
}

static char *file(void)
{
	struct buf b = { 0 };

	ck_assert_int_eq(read_file(path, &b, 1 << 20), 0);
	return b.p;
}

static const struct {
	const char *tap;
	struct verdict before;
	int signal;
	enum outcome outcome;
	int code;
	/* Of the verdict, or NULL; what the file has and has not. */
	const char *text, *has, *hasnt;
} rows[] = {
	{ GOOD,
	  { .outcome = OUTCOME_EXIT },
	  0,
	  OUTCOME_EXIT,
	  0,
	  NULL,
	  "errors=\"0\"",
	  "<error" },
	{ BAD,
	  { .outcome = OUTCOME_EXIT },
	  0,
	  OUTCOME_TESTS_FAILED,
	  1,
	  "b failed: exit=9",
	  "<failure",
	  "<error" },
	{ "1..5\nok 1\nok 2\nok 3\n",
	  { .outcome = OUTCOME_EXIT },
	  0,
	  OUTCOME_TESTS_FAILED,
	  1,
	  "planned 5, saw 3",
	  "planned 5, saw 3",
	  "<failure" },
	{ "hello\n",
	  { .outcome = OUTCOME_EXIT },
	  0,
	  OUTCOME_TESTS_FAILED,
	  1,
	  "no results in the output",
	  "no results",
	  "<failure" },
	/* The command's own code stands. */
	{ BAD,
	  { .outcome = OUTCOME_EXIT, .number = 3, .exit_code = 3 },
	  0,
	  OUTCOME_EXIT,
	  3,
	  NULL,
	  "<failure",
	  "<error" },
	/* Nothing is green, though all tests have passed. */
	{ GOOD,
	  { .outcome = OUTCOME_EXIT, .number = 3, .exit_code = 3 },
	  0,
	  OUTCOME_EXIT,
	  3,
	  NULL,
	  "<error type=\"exit\" message=\"the command "
	  "exited with 3\"",
	  "<failure" },
	{ GOOD,
	  { .outcome = OUTCOME_PANIC, .exit_code = 123 },
	  0,
	  OUTCOME_PANIC,
	  123,
	  NULL,
	  "<error type=\"panic\"",
	  "<failure" },
	{ GOOD,
	  { .outcome = OUTCOME_TIMEOUT, .exit_code = 124 },
	  0,
	  OUTCOME_TIMEOUT,
	  124,
	  NULL,
	  "<error type=\"timeout\"",
	  "<failure" },
	{ GOOD,
	  { .outcome = OUTCOME_NO_INIT, .exit_code = 125 },
	  SIGINT,
	  OUTCOME_NO_INIT,
	  125,
	  NULL,
	  "<error type=\"interrupted\"",
	  "<failure" },
};

START_TEST(verdicts)
{
	struct results r = { .junit = path };
	struct results_end end = { .signal = rows[_i].signal };
	struct verdict v = rows[_i].before;
	char *xml;

	ck_assert_int_eq(results_open(&r, "t"), 0);
	ck_assert_int_ne(access(path, F_OK), 0);
	ktap_feed(results_ktap(&r), rows[_i].tap, strlen(rows[_i].tap));
	results_conclude(&r, &v, &end);
	ck_assert_int_eq(v.outcome, rows[_i].outcome);
	ck_assert_int_eq(v.exit_code, rows[_i].code);
	ck_assert_pstr_eq(v.text, rows[_i].text);
	results_close(&r);
	ck_assert_ptr_null(results_ktap(&r));
	xml = file();
	ck_assert_msg(strstr(xml, rows[_i].has), "%s", xml);
	ck_assert_msg(!strstr(xml, rows[_i].hasnt), "%s", xml);
	free(v.text);
	free(xml);
}
END_TEST

static char bug[] = "oops: BUG: x in f", warning[] = "warning: w";
static char *found[] = { bug, warning, NULL };

#define RUN    "<testcase name=\"run\""
#define KERNEL "<testcase name=\"kernel\""
#define OOPS   "<error type=\"oops\" message=\"oops: BUG: x in f\">from\n"
#define OOPS_TWO \
	"<error type=\"oops\" message=\"oops: BUG: x in f; and 1 more\""

/* Whatever became of the command: the kernel's failure is in the file. */
static const struct {
	const char *tap;
	enum outcome outcome;
	int number;
	size_t n; /* of those found */
	const char *has[3], *hasnt;
} kernels[] = {
	{ GOOD, OUTCOME_EXIT, 3, 1, { RUN, OOPS, "errors=\"2\"" }, "<failure" },
	{ BAD, OUTCOME_EXIT, 1, 1, { "<failure", OOPS }, RUN },
	{ GOOD, OUTCOME_SIGNAL, 9, 2, { "type=\"signal\"", OOPS_TWO }, "<fai" },
	{ GOOD, OUTCOME_TIMEOUT, 0, 1, { "type=\"timeout\"", OOPS }, "<fai" },
	{ GOOD, OUTCOME_EXEC_FAILED, 2, 1, { "\"exec-failed\"", OOPS }, "<fai" },
	/* It is what the run failed of: one error tells that. */
	{ GOOD, OUTCOME_OOPS, 0, 1, { OOPS, "errors=\"1\"" }, RUN },
	{ BAD, OUTCOME_OOPS, 0, 1, { OOPS, "<failure" }, RUN },
	{ GOOD, OUTCOME_PANIC, 0, 2, { RUN, "type=\"panic\"" }, KERNEL },
	{ GOOD, OUTCOME_EXIT, 3, 0, { RUN, "errors=\"1\"" }, KERNEL },
};

START_TEST(the_kernel_has_failed)
{
	const struct strv oops = { .v = found, .n = kernels[_i].n };
	struct results r = { .junit = path };
	struct results_end end = { .oops = &oops, .console = "from\nhere\n" };
	struct verdict v =
		verdict_make(kernels[_i].outcome, kernels[_i].number, NULL);
	char *xml;

	ck_assert_int_eq(results_open(&r, "t"), 0);
	ktap_feed(results_ktap(&r), kernels[_i].tap, strlen(kernels[_i].tap));
	results_conclude(&r, &v, &end);
	results_close(&r);
	xml = file();
	for (int i = 0; i < 3 && kernels[_i].has[i]; i++)
		ck_assert_msg(strstr(xml, kernels[_i].has[i]), "%s", xml);
	ck_assert_msg(!strstr(xml, kernels[_i].hasnt), "%s", xml);
	verdict_free(&v);
	free(xml);
}
END_TEST

START_TEST(without_a_file)
{
	struct results r = { .tap = true };
	struct verdict v = { .outcome = OUTCOME_EXIT };

	ck_assert_int_eq(results_open(&r, "t"), 0);
	ktap_feed(results_ktap(&r), BAD, strlen(BAD));
	results_conclude(&r, &v, &(struct results_end){ 0 });
	ck_assert_int_eq(v.exit_code, 1);
	results_close(&r);
	free(v.text);
}
END_TEST

START_TEST(not_asked_for)
{
	struct results r = { 0 };
	struct verdict v = { .outcome = OUTCOME_EXIT };

	ck_assert_int_eq(results_open(&r, "t"), 0);
	ck_assert_ptr_null(results_ktap(&r));
	results_conclude(&r, &v, &(struct results_end){ 0 });
	ck_assert_int_eq(v.exit_code, 0);
	results_close(&r);
}
END_TEST

/* A file of yesterday's success must not stay where today nothing ran. */
START_TEST(no_guest)
{
	struct results r = { .junit = path };
	FILE *f = fopen(path, "w");
	char *xml;

	fputs("old", f);
	fclose(f);
	ck_assert_int_eq(results_open(&r, "t"), 0);
	results_close(&r);
	xml = file();
	ck_assert_ptr_nonnull(strstr(xml, "<error type=\"not-run\""));
	free(xml);
	results_close(&r);
}
END_TEST

START_TEST(places_that_cannot_be_written)
{
	char *nowhere = xasprintf("%s/no/such/r.xml", dir);
	struct results r = { .junit = nowhere };

	ck_assert_int_eq(results_open(&r, "t"), -ENOENT);
	results_close(&r);
	r.junit = dir;
	ck_assert_int_eq(results_open(&r, "t"), -EISDIR);
	results_close(&r);
	free(nowhere);
}
END_TEST

/* Nobody would see the results; that is no success. */
START_TEST(disk_full)
{
	struct results r = { .junit = "/dev/full" };
	struct verdict v = { .outcome = OUTCOME_EXIT };

	ck_assert_int_eq(results_open(&r, "t"), 0);
	ktap_feed(results_ktap(&r), GOOD, strlen(GOOD));
	results_conclude(&r, &v, &(struct results_end){ 0 });
	ck_assert_int_eq(v.outcome, OUTCOME_LOST_OUTPUT);
	ck_assert_int_eq(v.exit_code, 125);
	ck_assert_pstr_eq(v.text, "/dev/full: cannot be written: "
				  "No space left on device");
	/* It is said with the verdict, and once. */
	ck_assert_ptr_null(msg_last_error());
	results_close(&r);
	free(v.text);
}
END_TEST

START_TEST(what_goes_together)
{
	struct results none = { 0 }, tap = { .tap = true };
	struct results junit = { .junit = "r.xml" }, out = { .junit = "-" };

	ck_assert_ptr_null(results_wrong(&none, false, "x"));
	ck_assert_ptr_null(results_wrong(&tap, true, "x"));
	ck_assert_ptr_null(results_wrong(&junit, true, "x"));
	ck_assert_ptr_null(results_wrong(&junit, true, NULL));
	ck_assert_ptr_nonnull(results_wrong(&tap, false, NULL));
	ck_assert_ptr_nonnull(results_wrong(&junit, false, NULL));
	ck_assert_ptr_nonnull(results_wrong(&junit, true, "r.xml"));
	ck_assert_ptr_nonnull(results_wrong(&out, true, NULL));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("results");
	TCase *t = tcase_create("results");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, verdicts, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_loop_test(t, the_kernel_has_failed, 0,
			    sizeof(kernels) / sizeof(kernels[0]));
	tcase_add_test(t, without_a_file);
	tcase_add_test(t, not_asked_for);
	tcase_add_test(t, no_guest);
	tcase_add_test(t, places_that_cannot_be_written);
	tcase_add_test(t, disk_full);
	tcase_add_test(t, what_goes_together);
	suite_add_tcase(s, t);
	return s;
}
