// SPDX-License-Identifier: MIT
#include "host/bench.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GOLDEN TOPDIR "/tests/unit/golden/"

static void same_as_golden(const char *text, const char *name)
{
	char *path = xasprintf(GOLDEN "%s", name);
	struct buf want = { 0 };

	if (getenv("UPDATE_GOLDEN")) {
		FILE *f = fopen(path, "w");

		fputs(text, f);
		fclose(f);
	}
	ck_assert_int_eq(read_file(path, &want, 65536), 0);
	ck_assert_str_eq(text, want.p);
	buf_free(&want);
	free(path);
}

/* --- one boot ------------------------------------------------------------- */

#define PHASES                                                \
	"\"kernel_ns\": 1500000000, \"phases\": [{\"name\": " \
	"\"console\", \"us\": 9, \"ns\": 9747}, {\"name\": "  \
	"\"mounts\", \"ns\": 1000000}], \"command_ns\": 2000000, "
#define REPORT                                                          \
	"{\"kernel\": {\"release\": \"6.1\"}, \"machine\": \"pc\", "    \
	"\"accelerator\": {\"name\": \"tcg\"}, \"boot\": {" PHASES      \
	"\"moments\": {\"clock\": 1000, \"begin\": 0, \"qemu\": 5000, " \
	"\"listen\": null, \"kernel\": 9000, \"ready\": 10, "           \
	"\"command\": 20000, \"status\": 26000, \"gone\": 33000}}}"

static const struct bench_ends ends = { 400, 34500 };

static void is_span(const struct bench_boot *b, size_t i, const char *name,
		    double ns)
{
	ck_assert_uint_lt(i, b->n);
	ck_assert_str_eq(b->span[i].name, name);
	ck_assert_double_eq(b->span[i].ns, ns);
}

START_TEST(a_boot_by_the_clock)
{
	struct bench_boot b;
	struct bench bench = { 0 };

	ck_assert_pstr_eq(bench_read(REPORT, false, &ends, &b, &bench.what),
			  NULL);
	ck_assert_uint_eq(b.n, 9);
	/* With what was before its main(). */
	is_span(&b, 0, "prepare", 5600);
	is_span(&b, 1, "qemu", 4000);
	is_span(&b, 2, "kernel", 1500000000);
	is_span(&b, 3, "console", 9747);
	is_span(&b, 4, "mounts", 1000000);
	is_span(&b, 5, "command", 6000);
	is_span(&b, 6, "shutdown", 7000);
	is_span(&b, 7, "clear up", 500);
	is_span(&b, 8, "total", 34100);
	ck_assert_str_eq(bench.what.kernel, "6.1");
	ck_assert_str_eq(bench.what.machine, "pc");
	ck_assert_str_eq(bench.what.accel, "tcg");
	bench_free(&bench);
}
END_TEST

START_TEST(a_boot_by_instructions)
{
	struct bench_boot b;

	ck_assert_pstr_eq(bench_read(REPORT, true, &ends, &b, NULL), NULL);
	ck_assert_uint_eq(b.n, 5);
	is_span(&b, 0, "kernel", 1500000000);
	is_span(&b, 3, "command", 2000000);
	is_span(&b, 4, "total", 1503009747);
}
END_TEST

static const char *const no_reports[] = {
	"",
	"{",
	"[]",
	"{}",
	"\"x\"",
	"{\"boot\": 3}",
	"{\"boot\": {}}",
	"{\"boot\": {\"moments\": []}}",
};

START_TEST(no_report)
{
	struct bench_boot b;

	ck_assert_ptr_nonnull(
		bench_read(no_reports[_i], false, &ends, &b, NULL));
}
END_TEST

/* What was not reached, and what is none of ours, has no phase. */
START_TEST(half_a_report)
{
	struct bench_boot b;

	ck_assert_pstr_eq(
		bench_read("{\"boot\": {\"kernel_ns\": null, \"phases\": [3, "
			   "{\"name\": \"x\"}, {\"ns\": 4}, {\"name\": \"y\", "
			   "\"ns\": -1}], \"moments\": {\"clock\": \"x\", "
			   "\"status\": 9, \"gone\": 5}}}",
			   false, &ends, &b, NULL),
		NULL);
	ck_assert_uint_eq(b.n, 1);
	is_span(&b, 0, "total", 34100);
}
END_TEST

/* --- the plan ------------------------------------------------------------- */

START_TEST(words_of_a_boot)
{
	struct bench b = { .pairs = true };
	struct strv argv = { 0 };

	strv_pushl(&b.options[BENCH_A], "--kernel", "distro", NULL);
	strv_pushl(&b.options[BENCH_B], "--machine", "q35", NULL);
	strv_pushl(&b.command, "sh", "-c", "--", NULL);
	bench_argv(&b, BENCH_A, "/f", NULL, &argv);
	ck_assert_uint_eq(argv.n, 10);
	ck_assert_str_eq(argv.v[0], "bootlet");
	ck_assert_str_eq(argv.v[1], "run");
	ck_assert_str_eq(argv.v[3], "distro");
	ck_assert_str_eq(argv.v[4], "--report");
	ck_assert_str_eq(argv.v[6], "--");
	ck_assert_str_eq(argv.v[9], "--");
	strv_free(&argv);
	bench_argv(&b, BENCH_B, "/f", NULL, &argv);
	ck_assert_uint_eq(argv.n, 12);
	ck_assert_str_eq(argv.v[4], "--machine");
	strv_free(&argv);
	bench_argv(&b, BENCH_A, "/f", "/c", &argv);
	ck_assert_uint_eq(argv.n, 12);
	ck_assert_str_eq(argv.v[6], "--chart");
	ck_assert_str_eq(argv.v[7], "/c");
	ck_assert_str_eq(argv.v[8], "--");
	strv_free(&argv);
	bench_free(&b);
}
END_TEST

/* --- many ----------------------------------------------------------------- */

static void add_boot(struct bench_series *s, double kernel, double mounts,
		     double total)
{
	struct bench_boot b = {
		.span = { { "kernel", kernel },
			  { "mounts", mounts },
			  { "total", total } },
		.n = 3,
	};

	bench_add(s, &b);
}

/* Of three the one whose time is in the middle, not the second. */
START_TEST(the_picture_in_the_middle)
{
	struct bench_series s = { 0 };
	static const double total[] = { 300, 900, 500 };
	char *svg;

	ck_assert_ptr_null(bench_drawn(&s));
	for (int i = 0; i < 3; i++) {
		add_boot(&s, 1, 1, total[i]);
		s.boot[i].report = xasprintf("<svg %d>", i);
	}
	svg = bench_drawn(&s);
	ck_assert_pstr_eq(svg, "<svg 2>");
	free(svg);
	bench_series_free(&s);
	ck_assert_uint_eq(s.n, 0);
	ck_assert_ptr_null(bench_drawn(&s));
}
END_TEST

static void name_it(struct bench *b)
{
	b->what = (struct bench_what){
		.kernel = xstrdup("6.1.0-1-amd64"),
		.machine = xstrdup("pc"),
		.accel = xstrdup("tcg"),
	};
	strv_pushl(&b->command, "echo", "a b", NULL);
	strv_pushl(&b->options[BENCH_A], "--kernel", "distro", NULL);
}

static void fill(struct bench *b)
{
	struct bench_series *s = &b->side[BENCH_A];

	name_it(b);
	add_boot(s, 1.68e9, 9747, 2e9);
	add_boot(s, 1.7e9, 99990, 2.1e9);
	add_boot(s, 1.66e9, 0, 1.9e9);
	add_boot(s, 1.69e9, 123456, 2.05e9);
}

static void fill_pairs(struct bench *b)
{
	struct bench_series *s = &b->side[BENCH_B];

	fill(b);
	b->pairs = true;
	strv_pushl(&b->options[BENCH_B], "--machine", "q35", NULL);
	add_boot(s, 0.84e9, 19747, 2.2e9);
	add_boot(s, 0.85e9, 99999, 2.2e9);
	add_boot(s, 0.83e9, 0, 2.1e9);
	add_boot(s, 0.845e9, 123456, 2.11e9);
}

START_TEST(table)
{
	struct bench b = { 0 };
	struct buf out = { 0 };

	fill(&b);
	bench_table(&b, &out);
	same_as_golden(out.p, "bench-one.txt");
	buf_free(&out);
	bench_free(&b);
}
END_TEST

START_TEST(table_of_pairs)
{
	struct bench b = { 0 };
	struct buf out = { 0 };

	fill_pairs(&b);
	bench_table(&b, &out);
	same_as_golden(out.p, "bench-pairs.txt");
	buf_free(&out);
	bench_free(&b);
}
END_TEST

/* Interrupted behind A's second boot, and before there was one. */
START_TEST(table_cut_short)
{
	struct bench b = { .pairs = true };
	struct buf out = { 0 };

	bench_table(&b, &out);
	ck_assert_ptr_nonnull(strstr(out.p, "0 pairs of ? on ? under ?"));
	buf_free(&out);
	add_boot(&b.side[BENCH_A], 1e9, 1, 1e9);
	add_boot(&b.side[BENCH_B], 2e9, 1, 2e9);
	add_boot(&b.side[BENCH_A], 1e9, 1, 1e9);
	bench_table(&b, &out);
	ck_assert_ptr_nonnull(strstr(out.p, "2.0000  [too few boots]"));
	buf_free(&out);
	bench_free(&b);
}
END_TEST

/* Exact, so that one pair is enough, and there is no interval. */
START_TEST(table_of_counted_pairs)
{
	struct bench b = { .pairs = true, .icount = true };
	struct buf out = { 0 };

	add_boot(&b.side[BENCH_A], 1e9, 1e6, 1e9);
	add_boot(&b.side[BENCH_B], 1.001e9, 2e6, 0.9e9);
	bench_table(&b, &out);
	ck_assert_ptr_nonnull(strstr(out.p, "      B/A\n"));
	ck_assert_ptr_nonnull(strstr(out.p, "   1.0010\n"));
	ck_assert_ptr_nonnull(strstr(out.p, "   2.0000  slower\n"));
	ck_assert_ptr_nonnull(strstr(out.p, "   0.9000  faster\n"));
	buf_free(&out);
	bench_free(&b);
}
END_TEST

static const struct {
	double ns;
	const char *text;
} times[] = {
	{ 0, "  0.000 us" },	   { 1, "  0.001 us" },
	{ 9747, "  9.747 us" },	   { 72976, "  72.98 us" },
	{ 143681, "  143.7 us" },  { 1208865, "  1.209 ms" },
	{ 33e6, "  33.00 ms" },	   { 1679612997, "  1.680 s " },
	{ 86400e9, "86400.0 s " },
};

START_TEST(time_for_people)
{
	struct buf out = { 0 };

	bench_time(times[_i].ns, &out);
	ck_assert_str_eq(out.p, times[_i].text);
	buf_free(&out);
}
END_TEST

START_TEST(phases_that_all_have)
{
	struct bench_series s = { 0 };
	struct bench_boot two = {
		.span = { { "mounts", 4 }, { "net", 5 } },
		.n = 2,
	};
	const char *names[BENCH_SPANS];
	double v[2];

	ck_assert_uint_eq(bench_names(&s, names), 0);
	ck_assert(!bench_values(&s, "mounts", v));
	ck_assert_ptr_null(bench_median(&s));
	add_boot(&s, 1, 2, 3);
	ck_assert_uint_eq(bench_names(&s, names), 3);
	bench_add(&s, &two);
	ck_assert_uint_eq(bench_names(&s, names), 1);
	ck_assert_str_eq(names[0], "mounts");
	ck_assert(bench_values(&s, "mounts", v));
	ck_assert_double_eq(v[0], 2);
	ck_assert_double_eq(v[1], 4);
	ck_assert(!bench_values(&s, "net", v));
	free(s.boot);
}
END_TEST

START_TEST(the_boot_in_the_middle)
{
	struct bench_series s = { 0 };

	add_boot(&s, 1, 1, 90);
	add_boot(&s, 2, 1, 50);
	add_boot(&s, 3, 1, 10);
	ck_assert_double_eq(bench_median(&s)->span[0].ns, 2);
	free(s.boot);
}
END_TEST

/* --- JSON ----------------------------------------------------------------- */

START_TEST(json_there_and_back)
{
	struct bench b = { 0 }, back = { 0 };
	char *text, *again;

	if (_i)
		fill_pairs(&b);
	else
		fill(&b);
	b.icount = _i;
	text = bench_json(&b);
	same_as_golden(text, _i ? "bench-pairs.json" : "bench-one.json");
	ck_assert_pstr_eq(bench_load(text, &back), NULL);
	ck_assert(back.icount == b.icount && back.pairs == b.pairs);
	ck_assert_ptr_null(bench_unlike(&b, &back));
	again = bench_json(&back);
	ck_assert_str_eq(text, again);
	free(text);
	free(again);
	bench_free(&b);
	bench_free(&back);
}
END_TEST

#define HEAD "{\"bench\": 1, \"mode\": \"wall\", \"command\": [\"true\"], "

static const char *const not_ours[] = {
	"",
	"x",
	"{}",
	"[]",
	"3",
	"{\"bench\": 2, \"mode\": \"wall\"}",
	"{\"bench\": 1}",
	HEAD "\"a\": 3}",
	HEAD "\"a\": {\"boots\": 0, \"phases\": []}}",
	HEAD "\"a\": {\"boots\": 1, \"phases\": []}}",
	HEAD "\"a\": {\"boots\": -1, \"phases\": [{\"name\": \"x\"}]}}",
	/* No memory for what is only claimed. */
	HEAD "\"a\": {\"boots\": 999999, \"phases\": [{\"name\": \"x\", "
	     "\"ns\": [1]}]}}",
	HEAD "\"a\": {\"boots\": 1, \"phases\": [{\"ns\": [1]}]}}",
	HEAD "\"a\": {\"boots\": 1, \"phases\": [{\"name\": \"x\", \"ns\": "
	     "[\"1\"]}]}}",
	HEAD "\"a\": {\"boots\": 1, \"phases\": [{\"name\": \"x\", \"ns\": "
	     "[-1]}]}}",
	HEAD "\"a\": {\"boots\": 1, \"phases\": [{\"name\": \"x\", \"ns\": "
	     "[1.5e29]}]}}",
	HEAD "\"a\": {\"boots\": 1, \"phases\": [{\"name\": \"x\", \"ns\": "
	     "[1]}, {\"name\": \"y\", \"ns\": []}]}}",
	HEAD "\"a\": {\"boots\": 1, \"phases\": [{\"name\": \"a name that is "
	     "longer than thirty-one bytes\", \"ns\": [1]}]}}",
	HEAD "\"a\": {\"boots\": 1, \"phases\": [{\"name\": \"x\", \"ns\": "
	     "[1]}]}, \"b\": {}}",
};

START_TEST(json_that_is_not_ours)
{
	struct bench b = { 0 };

	ck_assert_ptr_nonnull(bench_load(not_ours[_i], &b));
	bench_free(&b);
}
END_TEST

START_TEST(json_with_too_many_phases)
{
	struct buf text = { 0 };
	struct bench b = { 0 };

	buf_adds(&text, HEAD "\"a\": {\"boots\": 1, \"phases\": [");
	for (int i = 0; i <= BENCH_SPANS; i++)
		buf_addf(&text, "%s{\"name\": \"p%d\", \"ns\": [1]}",
			 i ? ", " : "", i);
	buf_adds(&text, "]}}");
	ck_assert_ptr_nonnull(bench_load(text.p, &b));
	bench_free(&b);
	buf_free(&text);
}
END_TEST

/* --- did it get slower? --------------------------------------------------- */

static const struct {
	double was[5], is[5]; /* of mounts */
	size_t n_was, n_is;
	bool icount, pairs;
	double most;
	int slower; /* whether it is */
} compared[] = {
	/* Exact: a nanosecond above, and at the limit. */
	{ { 1e6 }, { 1.02e6 + 1 }, 1, 1, true, false, 0.02, true },
	{ { 1e6 }, { 1.02e6 }, 1, 1, true, false, 0.02, false },
	{ { 1e6 }, { 2e6 }, 1, 1, true, false, 0.02, true },
	{ { 1e6 }, { 0.5e6 }, 1, 1, true, false, 0.02, false },
	/* Much of little: below the floor, and at it. */
	{ { 1e3 }, { 20e3 }, 1, 1, true, false, 0.02, false },
	{ { 1e3 }, { 21e3 }, 1, 1, true, false, 0.02, true },
	{ { 0 }, { 20e3 }, 1, 1, true, false, 0.02, true },
	/* By the clock: beyond all doubt; noise; too few. */
	{ { 1e9, 1.01e9, 0.99e9, 1e9, 1e9 },
	  { 1.1e9, 1.11e9, 1.09e9, 1.1e9, 1.1e9 },
	  5,
	  5,
	  false,
	  false,
	  0.02,
	  true },
	{ { 1e9, 1.5e9, 0.7e9, 1e9, 2e9 },
	  { 1.1e9, 0.8e9, 2.09e9, 1.1e9, 0.9e9 },
	  5,
	  5,
	  false,
	  false,
	  0.02,
	  false },
	{ { 1e9, 1e9 }, { 2e9, 2e9 }, 2, 2, false, false, 0.02, false },
	{ { 1e5, 1e5, 1e5 }, { 9e5, 9e5, 9e5 }, 3, 3, false, false, 0.02, false },
	/* In turn each with its own: what both share is no doubt. */
	{ { 1e9, 2e9, 3e9, 4e9, 5e9 },
	  { 1.1e9, 2.2e9, 3.3e9, 4.4e9, 5.5e9 },
	  5,
	  5,
	  false,
	  true,
	  0.02,
	  true },
	{ { 1e9, 2e9, 3e9, 4e9, 5e9 },
	  { 1.1e9, 2.2e9, 3.3e9, 4.4e9, 5.5e9 },
	  5,
	  5,
	  false,
	  false,
	  0.02,
	  false },
	{ { 1e9, 2e9, 3e9, 4e9, 5e9 },
	  { 1.1e9, 2.2e9, 3.3e9, 4.4e9, 5.5e9 },
	  5,
	  5,
	  false,
	  true,
	  0.2,
	  false },
};

START_TEST(slower)
{
	struct bench_series was = { 0 }, is = { 0 };
	struct bench_verdict v;

	for (size_t i = 0; i < compared[_i].n_was; i++)
		add_boot(&was, 5, compared[_i].was[i], 7);
	for (size_t i = 0; i < compared[_i].n_is; i++)
		add_boot(&is, 5, compared[_i].is[i], 7);
	bench_compare(&was, &is, compared[_i].icount, compared[_i].pairs,
		      compared[_i].most, &v);
	ck_assert_int_eq((int)v.n, compared[_i].slower);
	if (v.n)
		ck_assert_str_eq(v.slower[0].name, "mounts");
	ck_assert(v.few == (!compared[_i].icount && compared[_i].n_was < 3));
	free(was.boot);
	free(is.boot);
}
END_TEST

/* A phase that only one has is nothing to compare. */
START_TEST(other_phases)
{
	struct bench_series was = { 0 }, is = { 0 };
	struct bench_boot boot = { .span = { { "dhcp", 1e9 } }, .n = 1 };
	struct bench_verdict v;

	add_boot(&was, 5, 6, 7);
	bench_add(&is, &boot);
	bench_compare(&was, &is, true, false, 0.02, &v);
	ck_assert_uint_eq(v.n, 0);
	free(was.boot);
	free(is.boot);
}
END_TEST

static void unlike(const struct bench *was, const struct bench *is,
		   const char *want)
{
	char *why = bench_unlike(was, is);

	if (!want)
		ck_assert_pstr_eq(why, NULL);
	else
		ck_assert_msg(why && strstr(why, want), "%s", why);
	free(why);
}

START_TEST(what_cannot_be_compared)
{
	struct bench a = { 0 }, b = { 0 };

	name_it(&a);
	name_it(&b);
	unlike(&a, &b, NULL);
	/* Not known yet. */
	free(b.what.machine);
	b.what.machine = NULL;
	unlike(&a, &b, NULL);
	b.what.machine = xstrdup("q35");
	unlike(&a, &b, "machine pc, and here it is q35");
	free(b.what.machine);
	b.what.machine = xstrdup("pc");
	free(b.what.accel);
	b.what.accel = xstrdup("kvm");
	unlike(&a, &b, "accelerator tcg");
	b.icount = true;
	unlike(&a, &b, "by the clock, and here it is by --icount");
	b.icount = false;
	strv_push(&b.command, "more");
	unlike(&a, &b, "another command");
	bench_free(&a);
	bench_free(&b);
}
END_TEST

#define COUNT(a) (int)(sizeof(a) / sizeof((a)[0]))

Suite *suite(void)
{
	Suite *s = suite_create("bench");
	TCase *t = tcase_create("bench");

	tcase_add_test(t, the_picture_in_the_middle);
	tcase_add_test(t, a_boot_by_the_clock);
	tcase_add_test(t, a_boot_by_instructions);
	tcase_add_loop_test(t, no_report, 0, COUNT(no_reports));
	tcase_add_test(t, half_a_report);
	tcase_add_test(t, words_of_a_boot);
	tcase_add_test(t, table);
	tcase_add_test(t, table_of_pairs);
	tcase_add_test(t, table_cut_short);
	tcase_add_test(t, table_of_counted_pairs);
	tcase_add_loop_test(t, time_for_people, 0, COUNT(times));
	tcase_add_test(t, phases_that_all_have);
	tcase_add_test(t, the_boot_in_the_middle);
	tcase_add_loop_test(t, json_there_and_back, 0, 2);
	tcase_add_loop_test(t, json_that_is_not_ours, 0, COUNT(not_ours));
	tcase_add_test(t, json_with_too_many_phases);
	tcase_add_loop_test(t, slower, 0, COUNT(compared));
	tcase_add_test(t, other_phases);
	tcase_add_test(t, what_cannot_be_compared);
	suite_add_tcase(s, t);
	return s;
}
