// SPDX-License-Identifier: MIT
/* KTAP and TAP, and the files that are written of them. The first byte: how
 * many bytes come at a time. */
#include "fuzz.h"

#include "host/junit.h"
#include "host/ktap.h"
#include "host/ktap_line.c"

#include <stdio.h>

static void check_tests(const struct ktap *k)
{
	unsigned long count[KTAP_STATUS_N] = { 0 };
	struct buf path = { 0 };
	size_t n;
	const struct ktap_test *t = ktap_tests(k, &n);

	for (size_t i = 0; i < n; i++) {
		fuzz_assert(t[i].status < KTAP_STATUS_N);
		fuzz_assert(t[i].parent >= -1 && t[i].parent < (long)i);
		fuzz_assert(!t[i].name || strlen(t[i].name) <= KTAP_NAME_MAX);
		fuzz_assert(!t[i].text ||
			    strlen(t[i].text) <= KTAP_TEXT_MAX + 64);
		count[t[i].status]++;
		path.n = 0;
		ktap_path(k, (long)i, ".", &path);
	}
	/* None of these inputs is so large that anything is dropped. */
	for (int i = 0; i < KTAP_SUITE; i++)
		fuzz_assert(ktap_count(k, (enum ktap_status)i) == count[i]);
	buf_free(&path);
}

static void say(const struct ktap *k, struct buf *out)
{
	char *why = ktap_reason(k);
	size_t n;
	const struct ktap_test *t = ktap_tests(k, &n);

	ktap_summary(k, out);
	fuzz_assert(!why ==
		    !(ktap_count(k, KTAP_FAILED) || ktap_count(k, KTAP_ERROR)));
	buf_addf(out, "\n%s\n", why ? why : "");
	for (size_t i = 0; i < n; i++)
		buf_addf(out, "%d %ld %lu %s: %s\n%s\n", t[i].status,
			 t[i].parent, t[i].line, t[i].name ? t[i].name : "-",
			 t[i].why ? t[i].why : "-",
			 t[i].text ? t[i].text : "-");
	free(why);
}

static size_t count_of(const char *text, const char *word)
{
	size_t n = 0;

	while ((text = strstr(text, word)))
		n++, text++;
	return n;
}

/* All tests are in it, and nothing that is no XML. */
static void check_junit(const struct ktap *k)
{
	static const struct junit_run run = { .name = "fuzz" };
	struct buf xml = { 0 };
	size_t n, suites = 0;
	const struct ktap_test *t = ktap_tests(k, &n);

	for (size_t i = 0; i < n; i++)
		suites += t[i].status == KTAP_SUITE;
	junit_write(k, &run, &xml);
	fuzz_assert(strlen(xml.p) == xml.n);
	fuzz_assert(count_of(xml.p, "<testcase ") == n - suites);
	fuzz_assert(count_of(xml.p, "<testsuite ") ==
		    count_of(xml.p, "</testsuite>"));
	for (const char *s = xml.p; *s; s++)
		fuzz_assert((unsigned char)*s >= ' ' || *s == '\n' ||
			    *s == '\t');
	buf_free(&xml);
}

static void read_whole(const uint8_t *p, size_t n, size_t step, struct buf *out)
{
	struct ktap *k = ktap_new();

	while (n) {
		size_t take = n < step ? n : step;

		ktap_feed(k, p, take);
		p += take;
		n -= take;
	}
	ktap_end(k);
	check_tests(k);
	check_junit(k);
	say(k, out);
	ktap_free(k);
}

static void try_line(const uint8_t *p, size_t n)
{
	char *line = fuzz_string(p, n), *text = ktap_line_text(line);
	size_t len = strlen(line);
	struct ktap_line l;

	fuzz_assert(fuzz_within(text, strlen(text) + 1, line, len + 1));
	parse_ktap_line(text, &l);
	fuzz_assert(!l.name || !*l.name ||
		    fuzz_within(l.name, strlen(l.name) + 1, line, len + 1));
	fuzz_assert(!l.why || !*l.why ||
		    fuzz_within(l.why, strlen(l.why) + 1, line, len + 1));
	free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	size_t step = 1 + (size_t)fuzz_byte(&p, &n);
	struct buf whole = { 0 }, parts = { 0 };

	read_whole(p, n, SIZE_MAX, &whole);
	read_whole(p, n, step, &parts);
	fuzz_assert(whole.n == parts.n && !memcmp(whole.p, parts.p, whole.n));
	buf_free(&whole);
	buf_free(&parts);
	try_line(p, n);
	return 0;
}
