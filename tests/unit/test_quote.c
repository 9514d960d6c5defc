// SPDX-License-Identifier: MIT
#include "host/quote.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What sh makes of a printed line: each word followed by a NUL. */
static void read_back(const char *line, struct buf *out)
{
	struct buf script = { 0 };
	char path[] = "/tmp/bootlet-quote-XXXXXX", piece[512];
	int fd = mkstemp(path);
	char *cmd = xasprintf("sh %s", path);
	FILE *f;
	size_t n;

	buf_adds(&script, "set -- ");
	buf_adds(&script, line);
	buf_adds(&script, "printf '%s\\0' \"$@\"\n");
	f = fdopen(fd, "w");
	ck_assert_uint_eq(fwrite(script.p, 1, script.n, f), script.n);
	ck_assert_int_eq(fclose(f), 0);
	f = popen(cmd, "r");
	while ((n = fread(piece, 1, sizeof(piece), f)))
		buf_add(out, piece, n);
	ck_assert_int_eq(pclose(f), 0);
	unlink(path);
	free(cmd);
	buf_free(&script);
}

START_TEST(sh_reads_back_the_same_argv)
{
	static const char *const words[] = {
		"qemu", "-plain",      "with space", "it's",	  "\"q\"",
		"a,b",	"$HOME",       "`id`",	     "new\nline", "",
		"-",	"back\\slash", "*?[x]",	     "\xff\xfe",  "~",
		"a#b",	"#c",	       "é",	     "!x",	  "{a,b}",
	};
	struct strv argv = { 0 };
	struct buf line = { 0 }, want = { 0 }, got = { 0 };

	for (int turn = 0; turn < 4; turn++)
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			strv_push(&argv, words[i]);
			buf_add(&want, words[i], strlen(words[i]) + 1);
		}
	quote_line(&line, &argv);
	read_back(line.p, &got);
	ck_assert_uint_eq(got.n, want.n);
	ck_assert_mem_eq(got.p, want.p, want.n);
	buf_free(&line);
	buf_free(&want);
	buf_free(&got);
	strv_free(&argv);
}
END_TEST

START_TEST(plain_words_stay_plain)
{
	struct buf b = { 0 };

	quote_sh(&b, "stdio,id=console,mux=on");
	ck_assert_str_eq(b.p, "stdio,id=console,mux=on");
	buf_free(&b);
	quote_sh(&b, "a b");
	ck_assert_str_eq(b.p, "'a b'");
	buf_free(&b);
}
END_TEST

START_TEST(long_lines_break_between_options)
{
	struct strv argv = { 0 };
	struct buf b = { 0 };
	char *save, *line;
	int lines = 0;

	strv_push(&argv, "qemu");
	for (int i = 0; i < 20; i++)
		strv_pushl(&argv, "-option", "argument", NULL);
	quote_line(&b, &argv);
	for (line = strtok_r(b.p, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save), lines++) {
		ck_assert_uint_le(strlen(line), 79);
		if (lines)
			ck_assert_int_eq(strncmp(line, "    -option", 11), 0);
	}
	ck_assert_int_gt(lines, 3);
	buf_free(&b);
	strv_free(&argv);
}
END_TEST

START_TEST(qemu_commas)
{
	static const char *const pairs[][2] = {
		{ "", "" },
		{ "/a/b", "/a/b" },
		{ "/a,b", "/a,,b" },
		{ ",,", ",,,," },
	};

	for (size_t i = 0; i < 4; i++) {
		char *s = quote_qemu(pairs[i][0]);

		ck_assert_str_eq(s, pairs[i][1]);
		free(s);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("quote");
	TCase *t = tcase_create("quote");

	tcase_add_test(t, sh_reads_back_the_same_argv);
	tcase_add_test(t, plain_words_stay_plain);
	tcase_add_test(t, long_lines_break_between_options);
	tcase_add_test(t, qemu_commas);
	suite_add_tcase(s, t);
	return s;
}
