// SPDX-License-Identifier: MIT
/* The picture: one golden, and what must hold for any. */
#include "host/chart.h"
#include "host/chart_draw.h"
#include "unit.h"
#include "xmlcheck.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GOLDEN TOPDIR "/tests/unit/golden/chart.svg"
#define MS     1000000LL

static void boot(struct timeline *t)
{
	timeline_add(t, LANE_BOOTLET, "bootlet", 0, 20 * MS);
	timeline_add(t, LANE_QEMU, "QEMU", 20 * MS, 50 * MS);
	timeline_add(t, LANE_FIRMWARE, "firmware", 50 * MS, 200 * MS);
	timeline_add(t, LANE_KERNEL, "kernel", 200 * MS, 1800 * MS);
	timeline_add(t, LANE_BOOT, "init", 1800 * MS, 2300 * MS);
	timeline_add(t, LANE_COMMAND, "command", 2300 * MS, 2310 * MS);
	timeline_add(t, LANE_OFF, "power-off", 2310 * MS, 2500 * MS);
	timeline_add(t, LANE_LEVEL, "setup", 200 * MS, 800 * MS);
	timeline_add(t, LANE_LEVEL, "initcalls", 800 * MS, 1700 * MS);
	timeline_add(t, LANE_LEVEL, "to init", 1700 * MS, 1800 * MS);
	timeline_add(t, LANE_INITCALL, "acpi_init", 900 * MS, 1100 * MS);
	timeline_add(t, LANE_INITCALL, "xenbus_init", 1100 * MS, 1100100000)
		->result = -19;
	timeline_add(t, LANE_INITCALL, "pty_init", 1100200000, 1100300000);
	timeline_add(t, LANE_INITCALL, "crypto_algapi_init", 1500 * MS,
		     1690 * MS);
	timeline_add(t, LANE_INIT, "mounts", 1800 * MS, 1814 * MS);
	timeline_add(t, LANE_INIT, "modules", 1814 * MS, 2290 * MS);
	timeline_add(t, LANE_INIT, "net", 2290 * MS, 2300 * MS);
	timeline_add(t, LANE_MODULE, "e1000_init_module [e1000]", 1850 * MS,
		     2263 * MS);
	timeline_add(t, LANE_PROBE, "0000:00:03.0", 1851 * MS, 2262 * MS);
	t->title = xstrdup("Linux 6.1.0 on pc (tcg): true");
	t->note = xstrdup("Times count from bootlet's start.");
}

/* Return: the picture, which is sound; the caller frees. */
static struct buf draw(const struct timeline *t)
{
	static const char *const no[] = { "nan",    "inf\"", "=\"-nan",
					  "(null)", "e+",    "=\"\"" };
	struct buf out = { 0 };
	const char *wrong;

	chart_svg(t, &out);
	ck_assert_uint_eq(strlen(out.p), out.n);
	wrong = xml_wrong(out.p);
	ck_assert_msg(!wrong, "%.200s", wrong ? wrong : "");
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		ck_assert_msg(!strstr(out.p, no[i]), "%s", no[i]);
	return out;
}

static size_t count(const char *text, const char *word)
{
	size_t n = 0;

	for (; (text = strstr(text, word)); text++)
		n++;
	return n;
}

START_TEST(test_golden)
{
	struct timeline t = { 0 };
	struct buf out, want = { 0 };

	boot(&t);
	out = draw(&t);
	if (getenv("UPDATE_GOLDEN")) {
		FILE *f = fopen(GOLDEN, "w");

		fputs(out.p, f);
		fclose(f);
	}
	ck_assert_int_eq(read_file(GOLDEN, &want, 1 << 20), 0);
	ck_assert_str_eq(out.p, want.p);
	/* Both layouts have all of the longest, by number and by name. */
	ck_assert_uint_eq(count(out.p, "crypto_algapi_init"), 6);
	ck_assert_ptr_nonnull(strstr(out.p, "acpi_init (initcall)\n200 ms, "
					    "from 900 ms on"));
	/* A row for what is there, which each layout has once or twice. */
	ck_assert_uint_eq(count(out.p, ">device probes</text>"), 4);
	t.span[t.n - 1].begin = t.span[t.n - 1].end = 1000 * MS;
	buf_free(&want);
	chart_svg(&t, &want);
	ck_assert_uint_eq(count(want.p, ">device probes</text>"), 2);
	/* Two that are too narrow to be seen alone. */
	ck_assert_ptr_nonnull(strstr(out.p, "2 initcalls: 200 µs in all"));
	buf_free(&out);
	buf_free(&want);
	timeline_free(&t);
}
END_TEST

/* What a viewer has to know to show it as it is meant. */
START_TEST(test_views)
{
	struct timeline t = { 0 };
	struct buf out;

	boot(&t);
	out = draw(&t);
	ck_assert_ptr_nonnull(strstr(out.p, "prefers-color-scheme:dark"));
	ck_assert_ptr_nonnull(strstr(out.p, "@media print"));
	ck_assert_ptr_nonnull(strstr(out.p, "max-width:700px"));
	ck_assert_ptr_nonnull(strstr(out.p, "role=\"img\""));
	ck_assert_ptr_nonnull(strstr(out.p, "viewBox=\"0 0 1200 "));
	ck_assert_ptr_nonnull(strstr(out.p, "viewBox=\"0 0 400 "));
	ck_assert_ptr_nonnull(strstr(out.p, "The longest: 1: modules 476 ms"));
	/* Nothing of elsewhere. */
	ck_assert_ptr_null(strstr(out.p, "<script"));
	ck_assert_ptr_null(strstr(out.p, "href"));
	ck_assert_ptr_null(strstr(out.p, "url("));
	ck_assert_uint_eq(count(out.p, "http"), 1);
	buf_free(&out);
	timeline_free(&t);
}
END_TEST

START_TEST(test_incomplete)
{
	struct timeline t = { 0 };
	struct buf out;

	boot(&t);
	out = draw(&t);
	ck_assert_ptr_null(strstr(out.p, "Incomplete"));
	buf_free(&out);
	t.trouble = xstrdup("kernel panic: <VFS> & more");
	t.span[3].open = true;
	out = draw(&t);
	ck_assert_ptr_nonnull(
		strstr(out.p, "Incomplete: kernel panic: &lt;VFS&gt; &amp;"));
	ck_assert_ptr_nonnull(strstr(out.p, "had not ended"));
	buf_free(&out);
	timeline_free(&t);
}
END_TEST

static const struct {
	const char *in, *want;
} names[] = {
	{ "a<b>&\"c'", "a&lt;b&gt;&amp;&quot;c'" },
	{ "]]>", "]]&gt;" },
	{ "\1\n\x1b[0m\x7f", "\\x01\\x0A\\x1B[0m\\x7F" },
	{ "Grün µs 漢 😀", "Grün µs 漢 😀" },
	/* No UTF-8: alone, cut off, overlong, of a surrogate, too large; and
	 * two that are no characters, and one of C1. */
	{ "\xff", "\\xFF" },
	{ "a\xc3", "a\\xC3" },
	{ "\xe6\xbc", "\\xE6\\xBC" },
	{ "\xc0\xaf", "\\xC0\\xAF" },
	{ "\xed\xa0\x80", "\\xED\\xA0\\x80" },
	{ "\xf4\x90\x80\x80", "\\xF4\\x90\\x80\\x80" },
	{ "\xef\xbf\xbe\xef\xbf\xbf", "\\xEF\\xBF\\xBE\\xEF\\xBF\\xBF" },
	{ "\xc2\x85", "\\xC2\\x85" },
};

START_TEST(test_escape)
{
	struct timeline t = { 0 };
	struct buf out = { 0 };

	chart_escape(&out, names[_i].in);
	ck_assert_str_eq(out.p, names[_i].want);
	buf_free(&out);
	for (int lane = 0; lane < N_LANES; lane++)
		timeline_add(&t, lane, names[_i].in, lane * MS, 20 * MS);
	t.title = xstrdup(names[_i].in);
	t.trouble = xstrdup(names[_i].in);
	t.note = xstrdup(names[_i].in);
	out = draw(&t);
	ck_assert_ptr_nonnull(strstr(out.p, names[_i].want));
	buf_free(&out);
	timeline_free(&t);
}
END_TEST

/* A text that is cut is cut between characters. */
START_TEST(test_fit)
{
	struct buf out = { 0 };
	char words[500] = { 0 };
	struct timeline t = { 0 };

	for (int width = 0; width < 200; width++) {
		chart_fit(&out, "Grün<漢😀>\xff\xc3", 12, width);
		ck_assert(xml_utf8(out.p ? out.p : ""));
		out.n = 0;
	}
	buf_free(&out);
	/* Long words and long lines stay inside. */
	memset(words, 'W', sizeof(words) - 1);
	t.title = xstrdup(words);
	for (size_t i = 7; i < sizeof(words) - 1; i += 8)
		words[i] = ' ';
	t.trouble = xstrdup(words);
	t.note = xstrdup(words);
	out = draw(&t);
	buf_free(&out);
	timeline_free(&t);
}
END_TEST

START_TEST(test_time)
{
	static const struct {
		long long ns;
		const char *want;
	} rows[] = {
		{ 0, "0" },
		{ 80, "0.08 µs" },
		{ 999, "1.00 µs" },
		{ 12345, "12.3 µs" },
		{ 999499, "999 µs" },
		{ 999600, "1.00 ms" },
		{ 9996000, "10.0 ms" },
		{ 413253000, "413 ms" },
		{ 999900000, "1.00 s" },
		{ 1740000000, "1.74 s" },
		{ 61234000000, "61.2 s" },
		{ 3600000000000, "3600 s" },
	};
	char text[CHART_TIME_MAX];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_str_eq(chart_time(text, rows[i].ns), rows[i].want);
}
END_TEST

/* Nothing, one of no length, one instant, very long. */
START_TEST(test_extremes)
{
	static const long long ends[] = { 0, 1, 999, 86400LL * 1000000000,
					  9000000000000000000 };
	struct timeline t = { 0 };
	struct buf out = draw(&t);

	buf_free(&out);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		for (int lane = 0; lane < N_LANES; lane++) {
			timeline_add(&t, lane, "x", 0, ends[i]);
			timeline_add(&t, lane, "", ends[i], ends[i]);
		}
		out = draw(&t);
		ck_assert_uint_lt(out.n, 200000);
		buf_free(&out);
		timeline_free(&t);
	}
	ck_assert_ptr_null(timeline_add(&t, LANE_INIT, "backwards", 5, 4));
	ck_assert_uint_eq(t.n, 0);
}
END_TEST

static struct timeline many(int n)
{
	struct timeline t = { 0 };
	char name[64];

	timeline_add(&t, LANE_KERNEL, "kernel", 0, n * 100000LL);
	timeline_add(&t, LANE_BOOT, "init", n * 100000LL, n * 200000LL);
	for (int i = 0; i < n; i++) {
		enum timeline_lane lane = i % 3 == 0 ? LANE_MODULE :
					  i % 3 == 1 ? LANE_INITCALL :
						       LANE_PROBE;

		snprintf(name, sizeof(name), "a_driver_of_this_name_%d_init",
			 i);
		timeline_add(&t, lane, name, i * 200000LL,
			     i * 200000LL + 90000 + i % 7 * 20000);
	}
	return t;
}

/* As large as the picture, not as what it is of. */
START_TEST(test_size)
{
	struct timeline a = many(3000), b = many(10000), c = many(20000);
	struct buf x = draw(&a), y = draw(&b), z = draw(&c);

	ck_assert_uint_lt(x.n, 700000);
	ck_assert_uint_lt(y.n, 700000);
	ck_assert_uint_lt(z.n, y.n + y.n / 10);
	buf_free(&x);
	buf_free(&y);
	buf_free(&z);
	timeline_free(&a);
	timeline_free(&b);
	timeline_free(&c);
}
END_TEST

/* The checker finds what is wrong. */
START_TEST(test_checker)
{
	static const char *const bad[] = {
		"<a>",	    "<a></b>",	     "<a b></a>", "<a b=\"c></a>",
		"<a>&</a>", "<a>&nbsp;</a>", "<a>\1</a>", "<a>\xff</a>",
		"<a/><b/>", "<a b=\"<\"/>",  "</a>",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(xml_wrong(bad[i]), "%s", bad[i]);
	ck_assert_ptr_null(xml_wrong("<a b=\"c &lt;\"><d/>x\n</a>\n"));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("chart");
	TCase *t = tcase_create("chart");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_checker);
	tcase_add_test(t, test_golden);
	tcase_add_test(t, test_views);
	tcase_add_test(t, test_incomplete);
	tcase_add_loop_test(t, test_escape, 0,
			    sizeof(names) / sizeof(names[0]));
	tcase_add_test(t, test_fit);
	tcase_add_test(t, test_time);
	tcase_add_test(t, test_extremes);
	tcase_add_test(t, test_size);
	suite_add_tcase(s, t);
	return s;
}
