// SPDX-License-Identifier: MIT
#include "junit.h"

#include <stdlib.h>
#include <string.h>

/* The elements for what has not passed; NULL: none. */
static const struct {
	const char *element, *type;
} elements[KTAP_STATUS_N] = {
	[KTAP_FAILED] = { "failure", "failed" },
	[KTAP_SKIPPED] = { "skipped", NULL },
	[KTAP_TODO] = { "skipped", "expected failure" },
	[KTAP_ERROR] = { "error", "results" },
};

struct doc {
	const struct ktap *results;
	const struct junit_run *run;
	const struct ktap_test *tests;
	size_t n;
	/* By index + 1 of a suite, 0 for what is in none: its first test, and
	 * the test behind a test; -1 ends. */
	long *first, *next;
	struct buf *out;
};

static void attribute(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, " %s=\"", name);
	xml_text(value, strlen(value), true, out);
	buf_addc(out, '"');
}

/* --- which test is in which suite ----------------------------------------- */

static void sort_tests(struct doc *d)
{
	d->first = xrealloc(NULL, (d->n + 1) * sizeof(*d->first));
	d->next = xrealloc(NULL, (d->n + 1) * sizeof(*d->next));
	for (size_t i = 0; i <= d->n; i++)
		d->first[i] = -1;
	/* From the last, so that each list is in order. */
	for (size_t i = d->n; i-- > 0;) {
		long *list = &d->first[d->tests[i].parent + 1];

		if (d->tests[i].status == KTAP_SUITE)
			continue;
		d->next[i] = *list;
		*list = (long)i;
	}
}

/* --- elements ------------------------------------------------------------- */

/* What tells tests of one name apart. */
static char *class_name(const struct doc *d, long suite)
{
	struct buf path = { 0 };

	buf_adds(&path, d->run->name);
	if (suite >= 0) {
		buf_addc(&path, '.');
		ktap_path(d->results, suite, ".", &path);
	}
	return path.p;
}

static void add_element(struct buf *out, const char *element, const char *type,
			const char *message, const char *text)
{
	buf_addf(out, "      <%s", element);
	if (type)
		attribute(out, "type", type);
	if (message)
		attribute(out, "message", message);
	if (!text || !*text) {
		buf_adds(out, "/>\n");
		return;
	}
	buf_addc(out, '>');
	xml_text(text, strlen(text), false, out);
	buf_addf(out, "</%s>\n", element);
}

static void begin_case(struct buf *out, const char *name, const char *class)
{
	buf_adds(out, "    <testcase");
	attribute(out, "name", name);
	attribute(out, "classname", class);
	/* KTAP does not say; some readers make NaN of what is missing. */
	attribute(out, "time", "0.000");
}

static void add_case(struct doc *d, long i, const char *class)
{
	const struct ktap_test *test = &d->tests[i];
	const char *element = elements[test->status].element;
	const char *message = test->why;
	char *line = NULL;

	if (!test->name)
		line = xasprintf("line %lu", test->line);
	begin_case(d->out, test->name ? test->name : line, class);
	free(line);
	if (!element) {
		buf_adds(d->out, "/>\n");
		return;
	}
	if (!message && test->status == KTAP_FAILED)
		message = "not ok";
	buf_adds(d->out, ">\n");
	add_element(d->out, element, elements[test->status].type, message,
		    test->text);
	buf_adds(d->out, "    </testcase>\n");
}

static void begin_suite(struct buf *out, const char *name,
			const unsigned long count[KTAP_STATUS_N])
{
	unsigned long tests = 0;

	for (int i = 0; i < KTAP_SUITE; i++)
		tests += count[i];
	buf_adds(out, "  <testsuite");
	attribute(out, "name", name);
	buf_addf(out,
		 " tests=\"%lu\" failures=\"%lu\" errors=\"%lu\" "
		 "skipped=\"%lu\" time=\"0.000\">\n",
		 tests, count[KTAP_FAILED], count[KTAP_ERROR],
		 count[KTAP_SKIPPED] + count[KTAP_TODO]);
}

static void add_suite(struct doc *d, long suite)
{
	unsigned long count[KTAP_STATUS_N] = { 0 };
	long first = d->first[suite + 1];
	char *class;

	if (first < 0)
		return;
	for (long i = first; i >= 0; i = d->next[i])
		count[d->tests[i].status]++;
	class = class_name(d, suite);
	begin_suite(d->out, class, count);
	for (long i = first; i >= 0; i = d->next[i])
		add_case(d, i, class);
	buf_adds(d->out, "  </testsuite>\n");
	free(class);
}

static void add_error(struct doc *d, const char *name, const char *class,
		      const char *type, const char *message)
{
	if (!type)
		return;
	begin_case(d->out, name, class);
	buf_adds(d->out, ">\n");
	add_element(d->out, "error", type, message, d->run->console);
	buf_adds(d->out, "    </testcase>\n");
}

static unsigned long count_errors(const struct junit_run *run)
{
	return (unsigned long)(run->outcome != NULL) + (run->kernel != NULL);
}

/* How the run ended, and how the kernel was, as tests that have not passed. */
static void add_run(struct doc *d)
{
	const struct junit_run *run = d->run;
	const unsigned long count[KTAP_STATUS_N] = {
		[KTAP_ERROR] = count_errors(run)
	};
	char *class = xasprintf("%s.bootlet", run->name);

	begin_suite(d->out, class, count);
	add_error(d, "run", class, run->outcome, run->text);
	add_error(d, "kernel", class, run->kernel ? "oops" : NULL, run->kernel);
	buf_adds(d->out, "  </testsuite>\n");
	free(class);
}

void junit_write(const struct ktap *results, const struct junit_run *run,
		 struct buf *out)
{
	struct doc d = { .results = results, .run = run, .out = out };
	unsigned long bad = count_errors(run), tests = bad;
	unsigned long count[KTAP_STATUS_N] = { 0 };

	d.tests = ktap_tests(results, &d.n);
	/* What is in the file, which may be less than there was. */
	for (size_t i = 0; i < d.n; i++) {
		count[d.tests[i].status]++;
		tests += d.tests[i].status != KTAP_SUITE;
	}
	buf_adds(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		      "<testsuites");
	attribute(out, "name", run->name);
	buf_addf(out,
		 " tests=\"%lu\" failures=\"%lu\" errors=\"%lu\" "
		 "time=\"%.3f\">\n",
		 tests, count[KTAP_FAILED], count[KTAP_ERROR] + bad,
		 run->seconds);
	if (bad)
		add_run(&d);
	sort_tests(&d);
	for (long i = -1; i < (long)d.n; i++)
		add_suite(&d, i);
	buf_adds(out, "</testsuites>\n");
	free(d.first);
	free(d.next);
}
