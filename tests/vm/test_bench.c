// SPDX-License-Identifier: MIT
/* bootlet bench, and the time that is counted in instructions. */
#include "vm.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define INIT_SLOW BUILD "/vm/init-slow"

#define BENCH	     "bench", VM_KERNEL, "--append", "quiet"
#define BENCH_ICOUNT BENCH, "--icount"

static struct ran r;

/* --- what the JSON says --------------------------------------------------- */

struct phase {
	char name[32];
	double ns;
};

#define PHASES 40

/* Names and medians, in the order in which they stand. Return: how many. */
static int medians(const char *json, struct phase out[PHASES])
{
	const char *p = strstr(json, "\"phases\"");
	int n = 0;

	for (; p && n < PHASES && (p = strstr(p, "\"name\": \"")); p++) {
		const char *median = strstr(p, "\"median_ns\": ");

		ck_assert_ptr_nonnull(median);
		ck_assert_int_eq(sscanf(p, "\"name\": \"%31[^\"]", out[n].name),
				 1);
		out[n++].ns = strtod(median + strlen("\"median_ns\": "), NULL);
	}
	return n;
}

static double median_of(const char *json, const char *name)
{
	struct phase p[PHASES];
	int n = medians(json, p);

	for (int i = 0; i < n; i++)
		if (!strcmp(p[i].name, name))
			return p[i].ns;
	ck_abort_msg("no phase %s in: %.4000s", name, json);
	return 0;
}

/* --- instructions --------------------------------------------------------- */

#define LOAD 6

/* Others want this machine, too: each is busy until it is ended. */
static void load(pid_t busy[LOAD], bool on)
{
	static const char *const loop[] = {
		"timeout", "160", "sh", "-c", "while :; do :; done", NULL
	};

	for (int i = 0; i < LOAD; i++) {
		if (on)
			busy[i] = vm_spawn(loop, -1, -1, -1);
		else
			kill(busy[i], SIGTERM);
	}
	for (int i = 0; !on && i < LOAD; i++)
		waitpid(busy[i], NULL, 0);
}

/* Whether each phase took the same, to a part of 0.2 %. */
static void agree(const char *one, const char *two)
{
	struct phase a[PHASES], b[PHASES];
	int n = medians(one, a);

	ck_assert_int_ge(n, 12);
	ck_assert_int_eq(medians(two, b), n);
	for (int i = 0; i < n; i++) {
		ck_assert_str_eq(a[i].name, b[i].name);
		ck_assert_msg(b[i].ns >= a[i].ns * 0.998 &&
				      b[i].ns <= a[i].ns * 1.002,
			      "%s: %.0f ns, and then %.0f", a[i].name, a[i].ns,
			      b[i].ns);
	}
}

/* One boot without init's sleep and one with it differ by that alone. */
static void find_the_sleep(const char *baseline)
{
	struct text was = vm_slurp(baseline), is;
	double more;

	vm_host(&r, BENCH_ICOUNT, "-n", "1", "--init", INIT_SLOW, "--baseline",
		baseline, vm_fmt("--json=%s", vm_at("slow")));
	ck_code(&r, 1);
	ck_one_line(&r, "mounts: slower: ");
	is = vm_slurp(vm_at("slow"));
	more = median_of(is.p, "mounts") - median_of(was.p, "mounts");
	ck_assert_msg(more > 1e6 && more < 1.2e6, "%.0f ns more", more);
	free(was.p);
	free(is.p);
}

START_TEST(a_busy_machine_changes_nothing)
{
	struct text one, two;
	pid_t busy[LOAD];

	load(busy, true);
	vm_host(&r, BENCH_ICOUNT, vm_fmt("--json=%s", vm_at("one")));
	ck_code(&r, 0);
	ck_has(r.out, "3 boots of ");
	vm_host(&r, BENCH_ICOUNT, "--baseline", vm_at("one"),
		"--max-regression", "0.2%", vm_fmt("--json=%s", vm_at("two")));
	load(busy, false);
	ck_code(&r, 0);
	ck_one_line(&r, "one: no phase got slower by more than 0.2 %");
	one = vm_slurp(vm_at("one"));
	two = vm_slurp(vm_at("two"));
	agree(one.p, two.p);
	free(one.p);
	free(two.p);
	find_the_sleep(vm_at("one"));
	vm_nothing_left(0);
}
END_TEST

START_TEST(a_command_as_without)
{
	/* An input that never ends does not reach it. */
	vm_sh(&r, "\"$@\" </dev/zero", VM_RUN, "--icount", "--", "sh", "-c",
	      "echo out; echo err >&2; wc -c; ls /etc/bootlet; exit 3");
	ck_code(&r, 3);
	ck_assert_str_eq(r.out.p, "out\n0\ncommand\n");
	ck_assert_str_eq(r.err.p, "err\n");
	vm_nothing_left(0);
}
END_TEST

/* More than the pipes hold, and through to the last byte. */
START_TEST(much_output)
{
	vm_sh(&r, "\"$@\" | cksum", VM_RUN, "--icount", "--", "sh", "-c",
	      "head -c 1300000 /dev/zero; echo end");
	ck_code(&r, 0);
	ck_has(r.out, " 1300004\n");
}
END_TEST

/* It cannot be told; so it is ended. */
START_TEST(a_signal_ends_it)
{
	pid_t pid = vm_spawn(VM_ARGV(vm_bootlet(), VM_RUN, "--icount", "--",
				     "sh", "-c", "while :; do :; done"),
			     -1, -1, -1);

	vm_qemu_of(pid, 20);
	kill(pid, SIGTERM);
	ck_assert_int_eq(vm_wait(pid, 20), 128 + SIGTERM);
	vm_nothing_left(5);
}
END_TEST

/* --- the clock ------------------------------------------------------------ */

START_TEST(the_parts_make_up_the_whole)
{
	struct phase p[PHASES];
	double sum = 0, total;
	int n;

	vm_host(&r, BENCH, "-n", "1", "--json", "--", "sh", "-c",
		"echo not here");
	ck_code(&r, 0);
	ck_hasnt(r.out, "not here\n");
	ck_assert_str_eq(r.err.p, "");
	ck_has(r.out, "\"mode\": \"wall\"");
	total = median_of(r.out.p, "total");
	n = medians(r.out.p, p);
	ck_assert_str_eq(p[0].name, "prepare");
	ck_assert_str_eq(p[n - 2].name, "clear up");
	for (int i = 0; i < n - 1; i++)
		sum += p[i].ns;
	ck_assert_msg(sum > 0.8 * total && sum < 1.2 * total, "%.0f ns of %.0f",
		      sum, total);
	vm_nothing_left(0);
}
END_TEST

START_TEST(in_turn)
{
	vm_host(&r, BENCH_ICOUNT, "-n", "1", "--against",
		"--append 'loglevel=7 x=\"a b\"'", "--max-regression=10000");
	ck_code(&r, 0);
	ck_has(r.out, "1 pair of ");
	ck_has(r.out, "\nkernel ");
	ck_has(r.out, "   1.0000\n");
	ck_one_line(&r, "--against: no phase is slower by more than 10000 %");
}
END_TEST

/* --- the picture ---------------------------------------------------------- */

static long files_below(const char *dir)
{
	long n;

	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-c", "find \"$1\" | wc -l", "sh", dir));
	n = strtol(r.out.p, NULL, 10);
	return n;
}

/* One boot that counts, one that is drawn, nothing left beside it. */
START_TEST(a_chart)
{
	const char *dir = vm_at("a dir"), *svg = vm_at("a dir/of a boot.svg");
	struct text chart;

	ck_assert_int_eq(mkdir(dir, 0700), 0);
	vm_host(&r, BENCH_ICOUNT, "-n", "1", "--chart", svg);
	ck_code(&r, 0);
	ck_has(r.out, "1 boot of ");
	chart = vm_slurp(svg);
	ck_has(chart, "<svg ");
	ck_has(chart, "</svg>\n");
	/* Else they would be taken for the clock's. */
	ck_has(chart, "(tcg; times are guest instructions, 1 ns each): true");
	free(chart.p);
	ck_assert_int_eq(files_below(dir), 2);
	vm_nothing_left(0);
}
END_TEST

/* What was there stays. */
START_TEST(no_chart_of_a_boot_that_fails)
{
	const char *svg = vm_put("old.svg", "old", false);
	struct text was;

	vm_host(&r, BENCH_ICOUNT, "-n", "1", "--chart", svg, "--", "sh", "-c",
		"exit 7");
	ck_code(&r, 7);
	was = vm_slurp(svg);
	ck_assert_str_eq(was.p, "old");
	free(was.p);
	vm_nothing_left(0);
}
END_TEST

/* --- what goes wrong ------------------------------------------------------ */

START_TEST(a_boot_that_fails)
{
	vm_host(&r, BENCH_ICOUNT, "--", "sh", "-c", "exit 7");
	ck_code(&r, 7);
	ck_has(r.err, "boot 1: ended with 7; nothing more is booted\n");
	ck_assert_str_eq(r.out.p, "");
	vm_host(&r, BENCH_ICOUNT, "--", "false");
	ck_code(&r, 125);
	vm_host(&r, BENCH_ICOUNT, "--", "/no/such");
	ck_code(&r, 127);
	ck_has(r.err, "/no/such: not in the image\n");
	vm_nothing_left(0);
}
END_TEST

static const struct {
	const char *words[4], *says;
	int code;
} wrong[] = {
	{ { "-n", "0" }, "--boots 0: must be a number", 2 },
	{ { "--max-regression", "2" }, "slower than what?", 2 },
	{ { "--max-regression", "x" }, "must be a percentage", 2 },
	{ { "--report", "x" }, "each boot has one already", 2 },
	{ { "--against", "" }, "A and B would be the same", 2 },
	{ { "--against", "'a" }, "a ' is not closed", 2 },
	{ { "--against", "-- x" }, "options only", 2 },
	/* B's are known to be wrong before A is booted. */
	{ { "--against", "--bogus" }, "--bogus: unknown option", 2 },
	{ { "--against", "--machine isapc" }, "--machine isapc: must be ", 2 },
	{ { "--against", "--cpus" }, "--cpus: needs an argument", 2 },
	{ { "--against", "word" }, "--against word: options only", 2 },
	{ { "--against", "--print" }, "--print boots nothing", 2 },
	{ { "--against", "--help" }, "help is at bootlet run --help", 2 },
	{ { "--against", "--report x" }, "each boot has one already", 2 },
	{ { "--against", "--net none --nic e1000" }, "goes with none of", 2 },
	{ { "--against", "--cpus 2", "--icount" }, "one CPU's instr", 2 },
	{ { "--net", "none", "--nic", "virtio" }, "goes with none of", 2 },
	{ { "--accel", "kvm", "--icount" }, "KVM counts no instructions", 2 },
	{ { "--baseline", "/no/such" }, "No such file or directory", 2 },
	{ { "--baseline", "/dev/null" }, "is no JSON", 2 },
	{ { "--json=" }, "is empty", 2 },
	{ { "--json", "x" }, "as in: bootlet bench --json=x", 2 },
	{ { "--json=/no/such" }, "--json=/no/such: cannot be written", 125 },
	{ { "--json=/" }, "--json=/: cannot be written: Is a directory", 125 },
	{ { "--chart=" }, "is empty", 2 },
	{ { "--chart", "-" }, "--chart -: bootlet's own output goes", 2 },
	{ { "--chart", "/no/such" }, "cannot be written: No such file", 125 },
	{ { "--chart", "x", "--warm" }, "leave out one of the two", 2 },
	{ { "--chart", "/dev/full/x", "--json=/dev/full/x" },
	  "--json writes that file, too",
	  2 },
	{ { "true" }, "true: not an option; a command follows --", 2 },
};

START_TEST(wrong_usage)
{
	const char *argv[16] = { vm_bootlet(), BENCH };
	int n = 0;

	while (argv[n])
		n++;
	for (int i = 0; i < 4 && wrong[_i].words[i]; i++)
		argv[n++] = wrong[_i].words[i];
	vm_exec(&r, NULL, 0, argv);
	ck_code(&r, wrong[_i].code);
	ck_one_line(&r, wrong[_i].says);
	vm_nothing_left(0);
}
END_TEST

/* Not the code that says slower. */
START_TEST(nowhere_to_write)
{
	vm_sh(&r, "\"$@\" >/dev/full", BENCH_ICOUNT, "-n", "1",
	      "--json=/dev/full");
	ck_code(&r, 125);
	ck_has(r.err, "stdout: cannot be written: No space left on device\n");
	ck_has(r.err, "--json=/dev/full: cannot be written: No space left");
}
END_TEST

/* B comes to nothing by what no option tells: its words are its own. */
START_TEST(a_side_that_does_not_boot)
{
	vm_host(&r, BENCH_ICOUNT, "--against", "--init /no/such");
	ck_code(&r, 125);
	ck_has(r.err, "/no/such: ");
	ck_has(r.err, " of B: ended with 125; nothing more is booted\n");
	vm_nothing_left(0);
}
END_TEST

START_TEST(a_baseline_of_something_else)
{
	const char *base = vm_put(
		"other",
		"{\"bench\": 1, \"mode\": \"wall\", \"command\": [\"true\"], "
		"\"a\": {\"boots\": 1, \"phases\": [{\"name\": \"x\", \"ns\": "
		"[1]}]}}",
		false);

	vm_host(&r, BENCH_ICOUNT, "--baseline", base);
	ck_code(&r, 2);
	ck_one_line(&r, "cannot be compared: it is of time by the clock");
	vm_host(&r, BENCH, "--baseline", base, "--", "false");
	ck_code(&r, 2);
	ck_one_line(&r, "cannot be compared: it is of another command");
}
END_TEST

/* It ends its boot, tells what it has, which is nothing, and says why. */
START_TEST(interrupted)
{
	const char *dir = vm_at("d"), *svg = vm_at("d/x.svg");
	pid_t pid;

	ck_assert_int_eq(mkdir(dir, 0700), 0);
	pid = vm_spawn(VM_ARGV(vm_bootlet(), BENCH, "-n", "100", "--chart",
			       svg),
		       -1, -1, -1);
	vm_sleep_ms(1500);
	kill(pid, SIGINT);
	ck_assert_int_eq(vm_wait(pid, 20), 128 + SIGINT);
	ck_assert_int_eq(files_below(dir), 1);
	vm_nothing_left(5);
}
END_TEST

START_TEST(killed)
{
	pid_t pid =
		vm_spawn(VM_ARGV(vm_bootlet(), BENCH, "-n", "100"), -1, -1, -1);

	vm_sleep_ms(1500);
	kill(pid, SIGKILL);
	vm_wait(pid, 20);
	vm_nothing_left(10);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("bench");
	TCase *t = tcase_create("bench");

	tcase_add_test(t, a_busy_machine_changes_nothing);
	tcase_add_test(t, a_command_as_without);
	tcase_add_test(t, much_output);
	tcase_add_test(t, a_signal_ends_it);
	tcase_add_test(t, the_parts_make_up_the_whole);
	tcase_add_test(t, in_turn);
	tcase_add_test(t, a_chart);
	tcase_add_test(t, no_chart_of_a_boot_that_fails);
	tcase_add_test(t, a_boot_that_fails);
	tcase_add_loop_test(t, wrong_usage, 0,
			    (int)(sizeof(wrong) / sizeof(wrong[0])));
	tcase_add_test(t, a_side_that_does_not_boot);
	tcase_add_test(t, a_baseline_of_something_else);
	tcase_add_test(t, nowhere_to_write);
	tcase_add_test(t, interrupted);
	tcase_add_test(t, killed);
	tcase_set_timeout(t, VM_TCASE_S);
	suite_add_tcase(s, t);
	return s;
}
