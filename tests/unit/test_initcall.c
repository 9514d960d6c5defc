// SPDX-License-Identifier: MIT
/* Lines as four kernels have printed them, and what becomes of bad ones. */
#include "host/initcall.h"
#include "host/initcall_line.h"
#include "host/str.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const words[] = {
	[INITCALL_BUILTIN] = "built in",
	[INITCALL_MODULE] = "module",
	[INITCALL_PROBE] = "probe",
	[INITCALL_LEVEL] = "level",
};

/* One line each: kind, name, [module], begin and end in microseconds. */
static void show(const struct initcalls *x, struct buf *out)
{
	size_t n;
	const struct initcall *v = initcalls_all(x, &n);

	for (size_t i = 0; i < n; i++) {
		buf_addf(out, "%s %s", words[v[i].kind], v[i].name);
		if (v[i].module)
			buf_addf(out, " [%s]", v[i].module);
		buf_addf(out, " %lld-%lld", v[i].begin / 1000, v[i].end / 1000);
		if (v[i].has_result && v[i].result)
			buf_addf(out, " = %d", v[i].result);
		if (v[i].open)
			buf_adds(out, " open");
		buf_addc(out, '\n');
	}
}

/* In pieces of @step bytes. */
static void same(const char *in, const char *want, size_t step)
{
	struct initcalls *x = initcalls_new();
	struct buf got = { 0 };
	size_t n = strlen(in);

	for (size_t i = 0; i < n; i += step)
		initcalls_feed(x, in + i, n - i < step ? n - i : step, 0);
	initcalls_end(x);
	show(x, &got);
	ck_assert_str_eq(got.p ? got.p : "", want);
	initcalls_free(x);
	buf_free(&got);
}

static const struct row {
	const char *name, *in, *want;
} rows[] = {
	{ "5.10: ticks, then usecs of 1024 ns",
	  "[    0.162239] calling  hvc_console_init+0x0/0x18 @ 0\r\n"
	  "[    0.162254] initcall hvc_console_init+0x0/0x18 returned 0 after 0 usecs\r\n"
	  "[    0.553000] calling  init_hw_perf_events+0x0/0x6d0 @ 1\r\n"
	  "[    0.557261] initcall init_hw_perf_events+0x0/0x6d0 returned 0 after 3906 usecs\r\n"
	  "[    0.636088] probe of reg-dummy returned 1 after 0 usecs\r\n"
	  "[    0.665214] calling  xenbus_init+0x0/0x2e1 @ 1\r\n"
	  "[    0.665351] initcall xenbus_init+0x0/0x2e1 returned -19 after 0 usecs\r\n"
	  "[    1.886564] calling  e1000_init_module+0x0/0x1000 [e1000] @ 1\r\n"
	  "[    2.299715] probe of 0000:00:03.0 returned 1 after 412558 usecs\r\n"
	  "[    2.300025] initcall e1000_init_module+0x0/0x1000 [e1000] returned 0 after 403506 usecs\r\n",
	  "built in hvc_console_init 162239-162254\n"
	  "built in init_hw_perf_events 553000-557261\n"
	  "probe reg-dummy 636088-636088 = 1\n"
	  "built in xenbus_init 665214-665351 = -19\n"
	  "module e1000_init_module [e1000] 1886834-2300025\n"
	  "probe 0000:00:03.0 1887157-2299715 = 1\n" },
	{ "6.1",
	  "[    0.550557] calling  unpopulated_init+0x0/0x43 @ 1\r\n"
	  "[    0.550676] initcall unpopulated_init+0x0/0x43 returned -19 after 0 usecs\r\n"
	  "[    0.601168] probe of reg-dummy returned 0 after 4000 usecs\r\n"
	  "[    0.601300] initcall regulator_init+0x0/0xb1 returned 0 after 4000 usecs\r\n"
	  "[    1.032843] pci 0000:00:00.0: calling  quirk_mmio_always_on+0x0/0x20 @ 1\r\n"
	  "[    1.032900] pci 0000:00:00.0: quirk_mmio_always_on+0x0/0x20 took 0 usecs\r\n"
	  "[    1.146957] calling  xenbus_init+0x0/0x3a @ 1\r\n"
	  "[    1.147072] initcall xenbus_init+0x0/0x3a returned -19 after 14 usecs\r\n"
	  "[    1.758790] Run /init as init process\r\n"
	  "[    1.970897] calling  e1000_init_module+0x0/0x1000 [e1000] @ 1\r\n"
	  "[    2.384252] probe of 0000:00:03.0 returned 0 after 412624 usecs\r\n"
	  "[    2.384535] initcall e1000_init_module+0x0/0x1000 [e1000] returned 0 after 413253 usecs\r\n",
	  "built in unpopulated_init 550557-550676 = -19\n"
	  "probe reg-dummy 597168-601168\n"
	  "built in regulator_init 597300-601300\n"
	  "built in xenbus_init 1147058-1147072 = -19\n"
	  "module e1000_init_module [e1000] 1971282-2384535\n"
	  "probe 0000:00:03.0 1971628-2384252\n" },
	{ "6.12, with its callers",
	  "[    1.595941][    T1] calling  xenbus_init+0x0/0x40 @ 1\r\n"
	  "[    1.596042][    T1] initcall xenbus_init+0x0/0x40 returned -19 after 9 usecs\r\n"
	  "[    2.631172] [    T1] calling  e1000_init_module+0x0/0xff0 [e1000] @ 1\r\n"
	  "[    3.018899] [   C0] initcall e1000_init_module+0x0/0xff0 [e1000] returned 0 after 387378 usecs\r\n",
	  "built in xenbus_init 1596033-1596042 = -19\n"
	  "module e1000_init_module [e1000] 2631521-3018899\n" },
	{ "7.2: levels",
	  "[    0.211167] entering initcall level: console\r\n"
	  "[    0.212764] calling  hvc_console_init+0x0/0x20 @ 0\r\n"
	  "[    0.212783] initcall hvc_console_init+0x0/0x20 returned 0 after 0 usecs\r\n"
	  "[    0.750955] entering initcall level: early\r\n"
	  "[    0.780559] calling  unpopulated_init+0x0/0x50 @ 1\r\n"
	  "[    0.780686] initcall unpopulated_init+0x0/0x50 returned -19 after 0 usecs\r\n"
	  "[    3.048810] calling  e1000_init_module+0x0/0xff0 [e1000] @ 1\r\n"
	  "[    3.422851] initcall e1000_init_module+0x0/0xff0 [e1000] returned 0 after 373660 usecs\r\n",
	  "level console 211167-750955\n"
	  "built in hvc_console_init 212764-212783\n"
	  "level early 750955-780686\n"
	  "built in unpopulated_init 780559-780686 = -19\n"
	  "module e1000_init_module [e1000] 3049191-3422851\n" },
	{ "side by side: modules of two processes, an asynchronous call",
	  "[    1.000000] calling  a_init+0x0/0x1 [a] @ 70\n"
	  "[    1.100000] calling  b_init+0x0/0x1 [b] @ 71\n"
	  "[    1.150000] calling  7_async_init+0x0/0x1 @ 72\n"
	  "[    1.200000] initcall a_init+0x0/0x1 [a] returned 0 after 199990 usecs\n"
	  "[    1.250001] initcall 7_async_init+0x0/0x1 returned after 99990 usecs\n"
	  "[    1.300000] initcall b_init+0x0/0x1 [b] returned -2 after 199990 usecs\n",
	  "module a_init [a] 1000010-1200000\n"
	  "module b_init [b] 1100010-1300000 = -2\n"
	  "built in 7_async_init 1150011-1250001\n" },
	{ "no symbols, a build id, the level of the message",
	  "<7>[    1.000000] calling  0xffffffff81234567 @ 1\n"
	  "<7>[    1.000200] initcall 0xffffffff81234567 returned 0 after 101 usecs\n"
	  "[    2.000000] calling  m_init+0x0/0x1000 [m 0123456789abcdef] @ 9\n"
	  "[    2.000200] initcall m_init+0x0/0x1000 [m 0123456789abcdef] returned 0 after 101 usecs\n",
	  "built in 0xffffffff81234567 1000099-1000200\n"
	  "module m_init [m] 2000099-2000200\n" },
	{ "bytes that a UART has lost",
	  "[    1.538618] caling  rsa_init+0x0/0x60 @ 1\n"
	  "[    1.538811] initcall rsa_init0x0/0x60 returned 0 after 92 usecs\n"
	  "[    2.090707 calling fault_around+0x0/0x30 @ 1\n"
	  "[    2.094761] intcall fault_aroud+0x0/0x30 retuned 0 after 65 usecs\n"
	  "[    2.1] calling  short_stamp+0x0/0x30 @ 1\n"
	  "[    2.200000] initcall short_stamp+0x0/0x30 returned 0 ater 77 usecs\n",
	  "built in rsa_init 1538719-1538811\n"
	  "built in fault_around 2094696-2094761\n"
	  "built in short_stamp 2199923-2200000\n" },
	{ "whole lines lost: of the end, of the begin",
	  "[    1.000000] calling  a+0x0/0x60 @ 1\n"
	  "[    1.500000] calling  b+0x0/0x60 @ 1\n"
	  "[    1.600000] initcall b+0x0/0x60 returned 0 after 99999 usecs\n"
	  "[    2.000000] initcall c+0x0/0x60 returned 0 after 50001 usecs\n",
	  "built in a 1000000-1500000\n"
	  "built in b 1500001-1600000\n"
	  "built in c 1949999-2000000\n" },
	{ "the console ends: in an initcall, in a line",
	  "[    1.000000] calling  hangs+0x0/0x60 @ 1\n"
	  "[    9.000000] rcu: INFO: rcu_sched self-detected stall on CPU\n"
	  "[   10.000000] initcall hangs+0x0/0x60 returned 0 after 9000",
	  "built in hangs 1000000-9000000 open\n" },
	{ "words of a program stand before",
	  "loading...[    1.000000] calling  a+0x0/0x60 [a] @ 9\n"
	  "[x] [    1.000200] initcall a+0x0/0x60 [a] returned 0 after 101 usecs\n",
	  "module a [a] 1000099-1000200\n" },
	{ "no lines of initcalls",
	  "calling  a+0x0/0x60 @ 1\n"
	  "[    1.000000] calling home @\n"
	  "[    1.000000] initcall a+0x0/0x60 returned with preemption imbalance\n"
	  "[    1.000000] initcall  returned 0 after 1 usecs\n"
	  "[    1.000000] initcall a+0x0/0x1 returned 0 after -1 usecs\n"
	  "[    1.000000] initcall a+0x0/0x1 returned 0 after 99999999999999999999 usecs\n"
	  "[    1.000000] initcall a+0x0/0x1 returned 0 after 5 lightyears\n"
	  "[    1.000000] probe of  returned 0 after 5 usecs\n"
	  "[    1.000000] probe of x\n[    1.000000] entering initcall level: \n"
	  "[    1.000000] entering initcall level:  x\n"
	  "[ 1.] calling\n[.5] calling\n[\n[ ]\n\n"
	  "[999999999999.123456] initcall a+0x0/0x1 returned 0 after 5 usecs\n",
	  "" },
};

START_TEST(test_rows)
{
	const struct row *r = &rows[_i];

	for (size_t step = 1; step <= strlen(r->in); step++)
		same(r->in, r->want, step);
}
END_TEST

/* Nothing that a guest prints breaks it: each byte in turn is another one, or
 * none. */
START_TEST(test_damage)
{
	static const char bad[] = { '\0', '\n', '[', ']', '9', '-', '\xff' };
	const char *in = rows[_i].in;
	size_t n = strlen(in);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < sizeof(bad); k++) {
			struct initcalls *x = initcalls_new();
			const struct initcall *v;
			size_t kept;

			initcalls_feed(x, in, i, 1);
			initcalls_feed(x, &bad[k], 1, 2);
			initcalls_feed(x, in + i + 1, n - i - 1, 3);
			initcalls_end(x);
			v = initcalls_all(x, &kept);
			ck_assert_uint_le(kept, 64);
			for (size_t m = 0; m < kept; m++) {
				ck_assert_int_ge(v[m].begin, 0);
				ck_assert_int_ge(v[m].end, v[m].begin);
				ck_assert_uint_lt(strlen(v[m].name),
						  INITCALL_NAME_MAX);
			}
			initcalls_free(x);
		}
}
END_TEST

/* A byte less anywhere: as many are found, and no time is out of the run. */
START_TEST(test_lost_byte)
{
	const char *in = rows[1].in;
	size_t n = strlen(in), kept;

	for (size_t i = 0; i < n; i++) {
		struct initcalls *x;
		const struct initcall *v;

		if (in[i] == '\r' || in[i] == '\n')
			continue;
		x = initcalls_new();
		initcalls_feed(x, in, i, 1);
		initcalls_feed(x, in + i + 1, n - i - 1, 2);
		initcalls_end(x);
		v = initcalls_all(x, &kept);
		ck_assert_uint_ge(kept, 5);
		ck_assert_uint_le(kept, 7);
		for (size_t m = 0; m < kept; m++)
			ck_assert_int_le(v[m].end, 2384535000);
		initcalls_free(x);
	}
}
END_TEST

START_TEST(test_long_line)
{
	struct initcalls *x = initcalls_new();
	struct buf name = { 0 }, in = { 0 };
	const struct initcall *v;
	size_t n;

	for (int i = 0; i < 300; i++)
		buf_addc(&name, 'a');
	for (int i = 0; i < 100000; i++)
		buf_adds(&in, "[    1.000000] calling ");
	buf_addf(&in, "\n[    1.000000] calling  %s+0x0/0x1 @ 1\n", name.p);
	initcalls_feed(x, in.p, in.n, 0);
	initcalls_end(x);
	v = initcalls_all(x, &n);
	/* The endless line is one of no sense, but one at most. */
	ck_assert_uint_ge(n, 1);
	ck_assert_uint_le(n, 2);
	ck_assert_uint_eq(strlen(v[n - 1].name), INITCALL_NAME_MAX - 1);
	initcalls_free(x);
	buf_free(&name);
	buf_free(&in);
}
END_TEST

START_TEST(test_too_many)
{
	struct initcalls *x = initcalls_new();
	char line[128];
	size_t n;

	for (int i = 0; i < INITCALLS_MAX + 7; i++) {
		int len = snprintf(line, sizeof(line),
				   "[%5d.000000] probe of x%d returned 0 after "
				   "5 usecs\n",
				   i, i);

		initcalls_feed(x, line, (size_t)len, i);
	}
	initcalls_end(x);
	initcalls_all(x, &n);
	ck_assert_uint_eq(n, INITCALLS_MAX);
	ck_assert_uint_eq(initcalls_lost(x), 7);
	initcalls_reset(x);
	initcalls_end(x);
	initcalls_all(x, &n);
	ck_assert_uint_eq(n, 0);
	ck_assert_uint_eq(initcalls_lost(x), 0);
	initcalls_free(x);
	initcalls_free(NULL);
}
END_TEST

static void say(struct initcalls *x, const char *line, long long now_us)
{
	initcalls_feed(x, line, strlen(line), now_us * 1000);
}

static long long host_us(const struct initcalls *x, long long us)
{
	long long at;

	ck_assert_int_eq(initcalls_host(x, us * 1000, &at), 0);
	return at / 1000;
}

/* The clocks: what waited for the console came late, and so did a line while
 * the host was busy; printk's own has stood still for 40 ms later on. */
START_TEST(test_clocks)
{
	struct initcalls *x = initcalls_new();

	say(x, "[    0.000000] a\n[    0.100000] b\n[    0.200000] c\n",
	    700200);
	say(x, "[    0.300000] d\n", 800000);
	say(x, "[    0.400000] late\n", 999000);
	say(x, "[    0.500000] e\n", 1000000);
	say(x, "[    0.600000] f\n", 1140000);
	initcalls_end(x);
	ck_assert_int_eq(host_us(x, 0), 500000);
	ck_assert_int_eq(host_us(x, 200000), 700000);
	ck_assert_int_eq(host_us(x, 400000), 900000);
	ck_assert_int_eq(host_us(x, 500000), 1000000);
	ck_assert_int_eq(host_us(x, 600000), 1140000);
	ck_assert_int_eq(host_us(x, 700000), 1240000);
	initcalls_free(x);
}
END_TEST

START_TEST(test_no_clock)
{
	struct initcalls *x = initcalls_new();
	long long at = 5;

	say(x, "no time here\n[    0.12] nor here\n", 1000);
	initcalls_end(x);
	ck_assert_int_eq(initcalls_host(x, 0, &at), -ENODATA);
	ck_assert_int_eq(at, 5);
	initcalls_free(x);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("initcall");
	TCase *t = tcase_create("initcall");
	int n = sizeof(rows) / sizeof(rows[0]);

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, test_rows, 0, n);
	tcase_add_loop_test(t, test_damage, 0, n);
	tcase_add_test(t, test_lost_byte);
	tcase_add_test(t, test_long_line);
	tcase_add_test(t, test_too_many);
	tcase_add_test(t, test_clocks);
	tcase_add_test(t, test_no_clock);
	suite_add_tcase(s, t);
	return s;
}
