/* SPDX-License-Identifier: MIT */
/* What the tests of host/ktap.h share: results as text. Included by the test
 * programs themselves, since a unit test is one object. */
#ifndef BOOTLET_TESTS_KTAP_SHOW_H
#define BOOTLET_TESTS_KTAP_SHOW_H

#include "host/ktap.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* A stream, to its end. */
static inline struct ktap *ktap_of(const char *p, size_t n)
{
	struct ktap *t = ktap_new();

	ktap_feed(t, p, n);
	ktap_end(t);
	return t;
}

/* A line for each: its letter, its path, " | " and the reason. Suites are not
 * shown but in the paths. */
static inline char *ktap_show(const struct ktap *t)
{
	static const char letters[] = "PFSTE";
	struct buf out = { 0 };
	size_t n;
	const struct ktap_test *tests = ktap_tests(t, &n);

	buf_adds(&out, "");
	for (size_t i = 0; i < n; i++) {
		if (tests[i].status == KTAP_SUITE)
			continue;
		buf_addf(&out, "%c ", letters[tests[i].status]);
		ktap_path(t, (long)i, "/", &out);
		if (tests[i].why)
			buf_addf(&out, " | %s", tests[i].why);
		buf_addc(&out, '\n');
	}
	return out.p;
}

static inline void ktap_ck(const char *name, const char *in, const char *want,
			   const char *reason)
{
	struct ktap *t = ktap_of(in, strlen(in));
	char *got = ktap_show(t), *why = ktap_reason(t);

	ck_assert_msg(!strcmp(got, want), "%s: got:\n%snot:\n%s", name, got,
		      want);
	ck_assert_msg(reason ? why && !strcmp(why, reason) : !why,
		      "%s: reason is %s", name, why ? why : "none");
	free(got);
	free(why);
	ktap_free(t);
}

/* Two pieces, cut anywhere, are the same as one; so is a byte at a time. And
 * every beginning of it can be the end. */
static inline void ktap_ck_splits(const char *in)
{
	size_t n = strlen(in);
	struct ktap *t = ktap_of(in, n);
	char *want = ktap_show(t), *got;

	ktap_free(t);
	for (size_t i = 0; i <= n + 1; i++) {
		t = ktap_new();
		if (i <= n) {
			ktap_feed(t, in, i);
			ktap_feed(t, in + i, n - i);
		}
		for (size_t k = 0; i > n && k < n; k++)
			ktap_feed(t, in + k, 1);
		ktap_end(t);
		got = ktap_show(t);
		ck_assert_str_eq(got, want);
		free(got);
		ktap_free(t);
		t = ktap_of(in, i < n ? i : n);
		ktap_free(t);
	}
	free(want);
}

#endif
