// SPDX-License-Identifier: MIT
/* `make bench`: what makes its rows, and what makes a table of them. */
#include "vm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct ran r;

#define BENCH_BIN  BUILD "/bench"
#define PAIRS	   BENCH_BIN "/pairs"
#define pairs(...) vm_exec(&r, NULL, 0, VM_ARGV(PAIRS, __VA_ARGS__))

static void expect_row(const char *row)
{
	ck_code(&r, 0);
	ck_assert_str_eq(r.out.p, row);
}

START_TEST(row_of_values)
{
	static const char in[] = "1 2\n3 4\n1 1\n3 3\n1000 1000\n";

	vm_exec(&r, in, sizeof(in) - 1,
		VM_ARGV(PAIRS, "--values", "-", "--unit", "ns", "--name", "a b",
			"--limit", "1.5", "--ref", "the other"));
	expect_row("a b\t3\t3\tns\t1.000\t0.500\t1.000\t1.5\tthe other\n");
	vm_exec(&r, "12.345 5\n", 9, VM_ARGV(PAIRS, "--values", "-"));
	expect_row("-\t12.3\t5\t-\t2.469\t-\t-\t-\t-\n");
}
END_TEST

/* Ours counts what it is called for, and theirs which of the two was first. */
START_TEST(pairs_in_turn)
{
	const char *log = vm_at("log");

	unlink(log);
	pairs("-n", "3", "--warmup", "1", "--name", "x", "--", "sh", "-c",
	      "printf a >>\"$0\"", log, "--vs", "sh", "-c", "printf b >>\"$0\"",
	      log);
	ck_code(&r, 0);
	ck_assert_str_eq(vm_slurp(log).p, "abbaabba");
	ck_assert(!strncmp(r.out.p, "x\t", 2));
	ck_assert_ptr_nonnull(strstr(r.out.p, "\tms\t"));
}
END_TEST

/* One sleeps 20 times as long: no machine turns that round. */
START_TEST(pairs_measure)
{
	double ours, theirs, ratio;

	pairs("-n", "3", "--name", "x", "--", "sleep", "0.01", "--vs", "sleep",
	      "1");
	ck_code(&r, 0);
	ck_assert_int_eq(sscanf(r.out.p, "x\t%lf\t%lf\tms\t%lf", &ours, &theirs,
				&ratio),
			 3);
	ck_assert_double_ge(ours, 10);
	ck_assert_double_ge(theirs, 1000);
	ck_assert_double_lt(ratio, 1);
	pairs("--memory", "-n", "1", "--against", "10000", "--", "true");
	ck_code(&r, 0);
	ck_assert_ptr_nonnull(strstr(r.out.p, "\t10000\tMiB\t"));
	/* Without --stdout to nowhere, with it begun anew each time. */
	pairs("-n", "2", "--stdout", vm_at("out"), "--fresh", vm_at("gone"),
	      "--", "sh", "-c", "! test -e \"$0\" && : >\"$0\" && echo ours",
	      vm_at("gone"), "--vs", "true");
	ck_code(&r, 0);
	ck_assert_str_eq(vm_slurp(vm_at("out")).p, "");
}
END_TEST

static const struct {
	const char *line, *words;
	int code;
} wrong[] = {
	{ "-- sh -c 'echo why >&2; exit 3' --vs true",
	  "pairs: sh: exit status 3\nwhy\n", 1 },
	{ "-- true --vs sh -c 'kill -9 $$'", "pairs: sh: died of signal 9\n",
	  1 },
	{ "-- /none --vs true", "pairs: /none: cannot be run: No such", 1 },
	{ "--timeout 0.2 -- sleep 50 --vs true",
	  "pairs: sleep: takes more than 0.2 s\n", 1 },
	{ "--values /dev/null", "two numbers a line", 1 },
	{ "--values - <<E\n1 0\nE", "is no pair", 1 },
	{ "-- true", "--vs COMMAND or --against", 2 },
	{ "-n x -- true --vs true", "x: is no number", 2 },
	{ "-n 0 -- true --vs true", "nothing to measure", 2 },
	{ "--no-such", "usage: pairs", 2 },
};

START_TEST(pairs_fail)
{
	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-c", vm_fmt("%s %s", PAIRS, wrong[_i].line)));
	ck_assert_int_eq(r.code, wrong[_i].code);
	ck_assert_str_eq(r.out.p, "");
	ck_assert_msg(strstr(r.err.p, wrong[_i].words), "%s", r.err.p);
}
END_TEST

/* A directory of benchmarks: those of @names, each of one line of sh. */
static void run_table(const char *const bench[][2], const char *form)
{
	static const char script[] =
		"cd \"$1\" && BENCH_BIN=$2 BOOTLET=$3 BOOTLET_BENCH=$4 "
		"sh ./run.sh -o table.md";
	char dir[256];

	snprintf(dir, sizeof(dir), "%s", vm_at("bench"));
	vm_exec(&r, NULL, 0, VM_ARGV("rm", "-rf", dir));
	ck_assert_int_eq(mkdir(dir, 0755), 0);
	vm_exec(&r, NULL, 0, VM_ARGV("cp", TOPDIR "/tests/bench/run.sh", dir));
	ck_code(&r, 0);
	for (size_t i = 0; bench[i][0]; i++)
		vm_put(vm_fmt("bench/%s", bench[i][0]),
		       vm_fmt("#!/bin/sh\n# bench: About %s\n%s\n", bench[i][0],
			      bench[i][1]),
		       true);
	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-c", script, "sh", dir, BENCH_BIN, vm_bootlet(),
			form));
}

#define ROW(ratio) \
	"printf 'x|y\\t1\\t2\\tms\\t" ratio "\\t0.4\\t0.6\\t0.7\\tz\\n'"

START_TEST(table_of_rows)
{
	static const char *const good[][2] = {
		{ "b", ROW("0.5") },
		{ "a",
		  "printf 'n\\t-\\t-\\t-\\t-\\t-\\t-\\t1\\tno such tool\\n'" },
		{ "no.dot", "exit 1" },
		{ "c",
		  "test \"$BOOTLET_BENCH\" != short || exit 0; " ROW("0.6") },
		{ NULL, NULL },
	};
	const char *a, *b;

	run_table(good, "");
	ck_code(&r, 0);
	a = strstr(r.out.p, "\nAbout a\n");
	b = strstr(r.out.p, "\nAbout b\n");
	ck_assert(a && b && a < b);
	ck_assert_ptr_nonnull(strstr(b, "0.5 (0.4 to 0.6)"));
	ck_assert_ptr_nonnull(strstr(
		r.out.p, "3 rows, 0 above their limit, 1 not measured; "));
	ck_assert_ptr_nonnull(strstr(
		vm_slurp(vm_at("bench/table.md")).p,
		"| x\\|y | 1 ms | 2 ms | 0.5 (0.4 to 0.6) | 0.7 | z |\n"));
	/* The only one that says what it does in the short form does nothing. */
	run_table(good, "short");
	ck_code(&r, 1);
	ck_assert_ptr_nonnull(strstr(r.out.p, "bench: 0 rows"));
	ck_assert_str_eq(r.err.p, "");
}
END_TEST

static const struct {
	const char *bench, *words;
} failing[] = {
	{ ROW("0.71"), "1 rows, 1 above their limit" },
	{ "echo why >&2; exit 3", "0 not measured, failed: a; " },
	{ ":", "0 not measured, failed: a; " },
	{ "echo no row", "0 not measured, failed: a; " },
};

START_TEST(table_fails)
{
	const char *const bench[][2] = { { "a", failing[_i].bench },
					 { NULL, NULL } };

	run_table(bench, "");
	ck_code(&r, 1);
	ck_assert_msg(strstr(r.out.p, failing[_i].words), "%s", r.out.p);
	if (_i == 1)
		ck_assert_str_eq(r.err.p, "a: failed:\nwhy\n");
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("table");
	TCase *t = tcase_create("rows");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_test(t, row_of_values);
	tcase_add_test(t, pairs_in_turn);
	tcase_add_test(t, pairs_measure);
	tcase_add_loop_test(t, pairs_fail, 0, sizeof(wrong) / sizeof(wrong[0]));
	tcase_add_test(t, table_of_rows);
	tcase_add_loop_test(t, table_fails, 0,
			    sizeof(failing) / sizeof(failing[0]));
	suite_add_tcase(suite, t);
	return suite;
}
