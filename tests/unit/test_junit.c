// SPDX-License-Identifier: MIT
#include "host/junit.h"
#include "ktap_show.h"
#include "tests/skip.h"
#include "unit.h"

#include <stdio.h>
#include <unistd.h>

#define GOLDEN TOPDIR "/tests/unit/golden/"

static const char mixed[] =
	"TAP version 13\n1..5\n# selftests: mm: maps\n# TAP version 13\n"
	"# 1..3\n# ok 1 map\n# # expected 1 < 2 && \"x\"\n# not ok 2 unmap\n"
	"# ok 3 # XFAIL remap\nnot ok 1 selftests: mm: maps # exit=1\n"
	"ok 2 a <b> & \"c\" 'd' # SKIP no\tdevice\n"
	"# a \x1b[31mred\x1b[0m \xff line ]]>\n"
	"not ok 3 gr\xc3\xbc\xc3\x9f # TIMEOUT 45 seconds\nok 4\n";

static const struct {
	const char *golden, *tap;
	struct junit_run run;
} rows[] = {
	{ "junit-mixed.xml", mixed, { .name = "test.sh", .seconds = 12.3456 } },
	{ "junit-good.xml",
	  "KTAP version 1\n1..1\n  KTAP version 1\n  # Subtest: list\n"
	  "  1..2\n  ok 1 add\n  ok 2 del\nok 1 list\n",
	  { .name = "kunit", .seconds = 1 } },
	{ "junit-panic.xml",
	  "1..2\nok 1 a\n",
	  { .name = "t",
	    .outcome = "panic",
	    .text = "kernel panic: sysrq \"triggered\" crash",
	    .console = "[ 1.0] one\n[ 1.1] <two>\n",
	    .seconds = 3.5 } },
	{ "junit-oops.xml",
	  "1..1\nok 1 a\n",
	  { .name = "t",
	    .outcome = "signal",
	    .text = "the command was killed by signal 9 (Killed)",
	    .kernel = "oops: Oops: 0002 in f",
	    .console = "[ 1.0] Oops: 0002\n",
	    .seconds = 1 } },
	{ "junit-kernel.xml",
	  "1..1\nnot ok 1 a\n",
	  { .name = "t", .kernel = "warning: w", .seconds = 1 } },
	{ "junit-nothing.xml",
	  "",
	  { .name = "", .outcome = "timeout", .text = "the deadline passed" } },
};

static char *xml_of(const char *tap, const struct junit_run *run)
{
	struct ktap *t = ktap_of(tap, strlen(tap));
	struct buf out = { 0 };

	junit_write(t, run, &out);
	ktap_free(t);
	return out.p;
}

START_TEST(documents)
{
	char *path = xasprintf(GOLDEN "%s", rows[_i].golden);
	char *xml = xml_of(rows[_i].tap, &rows[_i].run);
	struct buf want = { 0 };

	if (getenv("UPDATE_GOLDEN")) {
		FILE *f = fopen(path, "w");

		fputs(xml, f);
		fclose(f);
	}
	ck_assert_int_eq(read_file(path, &want, 65536), 0);
	ck_assert_str_eq(xml, want.p);
	free(xml);
	free(path);
	buf_free(&want);
}
END_TEST

/* What a reader makes of it, where there is one to ask. */
static void ck_well_formed(const char *xml, size_t n)
{
	static int there = -1;
	FILE *f;

	if (there < 0)
		there = !system("xmllint --version >/dev/null 2>&1");
	if (!there) {
		skip_test("no xmllint to ask");
		return;
	}
	f = popen("xmllint --noout - 2>&1", "w");
	fwrite(xml, 1, n, f);
	ck_assert_int_eq(pclose(f), 0);
}

START_TEST(documents_are_well_formed)
{
	char *xml = xml_of(rows[_i].tap, &rows[_i].run);

	ck_well_formed(xml, strlen(xml));
	free(xml);
}
END_TEST

START_TEST(any_bytes_are_well_formed)
{
	struct junit_run run = { .name = "\x01<\xff>", .outcome = "no-init" };
	unsigned int x = (unsigned int)_i + 7;
	struct ktap *t = ktap_new();
	struct buf out = { 0 };
	char bytes[3000];

	for (size_t k = 0; k < sizeof(bytes); k++) {
		x = x * 1103515245 + 12345;
		bytes[k] = (char)(x >> 16 & 0xff ? x >> 16 : 1);
	}
	run.console = run.text = bytes;
	bytes[sizeof(bytes) - 1] = '\0';
	for (int k = 0; k < 20; k++) {
		ktap_feed(t, "\nnot ok ", 8);
		ktap_feed(t, bytes + (ptrdiff_t)k * 100, 200);
	}
	ktap_end(t);
	junit_write(t, &run, &out);
	ck_well_formed(out.p, out.n);
	buf_free(&out);
	ktap_free(t);
}
END_TEST

#define FFFD "\xef\xbf\xbd"

static const struct {
	const char *in, *text, *attribute;
} texts[] = {
	{ "plain", "plain", "plain" },
	{ "<a & \"b\">", "&lt;a &amp; &quot;b&quot;&gt;",
	  "&lt;a &amp; &quot;b&quot;&gt;" },
	{ "]]>", "]]&gt;", "]]&gt;" },
	{ "a\tb\nc", "a\tb\nc", "a&#9;b&#10;c" },
	{ "a\r\nb\rc", "a\nb&#13;c", "a&#10;b&#13;c" },
	{ "\x01\x1b\x1f\x7f", FFFD FFFD FFFD "\x7f", FFFD FFFD FFFD "\x7f" },
	/* Two, three, four bytes; the last character there is. */
	{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xa7\xf4\x8f\xbf\xbf",
	  "\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xa7\xf4\x8f\xbf\xbf",
	  "\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xa7\xf4\x8f\xbf\xbf" },
	/* Too long a form, half a character, one of no use. */
	{ "\xc0\xaf", FFFD FFFD, FFFD FFFD },
	{ "\xe0\x80\xaf", FFFD FFFD FFFD, FFFD FFFD FFFD },
	{ "\xe2\x82", FFFD FFFD, FFFD FFFD },
	{ "\x80z", FFFD "z", FFFD "z" },
	/* A surrogate, U+FFFE, above U+10FFFF. */
	{ "\xed\xa0\x80", FFFD FFFD FFFD, FFFD FFFD FFFD },
	{ "\xef\xbf\xbe", FFFD FFFD FFFD, FFFD FFFD FFFD },
	{ "\xf4\x90\x80\x80", FFFD FFFD FFFD FFFD, FFFD FFFD FFFD FFFD },
	{ "\xf8\x88\x80\x80", FFFD FFFD FFFD FFFD, FFFD FFFD FFFD FFFD },
};

START_TEST(escaping)
{
	struct buf out = { 0 };

	xml_text(texts[_i].in, strlen(texts[_i].in), false, &out);
	ck_assert_str_eq(out.p, texts[_i].text);
	out.n = 0;
	xml_text(texts[_i].in, strlen(texts[_i].in), true, &out);
	ck_assert_str_eq(out.p, texts[_i].attribute);
	buf_free(&out);
}
END_TEST

START_TEST(nul)
{
	struct buf out = { 0 };

	xml_text("a\0b", 3, false, &out);
	ck_assert_str_eq(out.p, "a" FFFD "b");
	buf_free(&out);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("junit");
	TCase *t = tcase_create("documents");
	int n = sizeof(rows) / sizeof(rows[0]);

	tcase_add_loop_test(t, documents, 0, n);
	tcase_add_loop_test(t, documents_are_well_formed, 0, n);
	tcase_add_loop_test(t, any_bytes_are_well_formed, 0, 10);
	tcase_add_loop_test(t, escaping, 0, sizeof(texts) / sizeof(texts[0]));
	tcase_add_test(t, nul);
	suite_add_tcase(s, t);
	return s;
}
