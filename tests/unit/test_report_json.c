// SPDX-License-Identifier: MIT
#include "host/report.h"
#include "unit.h"

#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GOLDEN TOPDIR "/tests/unit/golden/"

static char run[] = "./test.sh", word[] = "a \"b\"\n";
static char *command[] = { run, word, NULL };
static char qemu[] = "qemu", q1[] = "-machine", q2[] = "pc,accel=tcg";
static char *argv[] = { qemu, q1, q2, NULL };
static const struct strv qemu_argv_is = { .v = argv, .n = 3 };

static struct oops_finding found[] = {
	{ .class = OOPS_WARNING, .title = "WARNING: x", .function = "foo" },
	{ .class = OOPS_PANIC, .title = "Kernel panic - not syncing: y" },
};
static bool allowed[] = { true, false };

static struct session_result seen(void)
{
	return (struct session_result){
		.facts = { .status = true,
			   .ready = true,
			   .deadline = DEADLINE_SHUTDOWN,
			   .timeout = 10,
			   .signal = SIGTERM },
		.at = { 1025, 3000, 3100, 4000, 14000 },
		.kernel_ns = 1500000999,
		.command_ns = 12345678,
		.moments = { .ns = { [MOMENT_BEGIN] = 5000,
				     [MOMENT_QEMU] = 7000,
				     [MOMENT_STATUS] = 9000000000000 },
			     .kernel = 8999 },
		.phases = { { "console", 800999 }, { "mounts", 11000000 } },
		.n_phases = 2,
		.findings = { .v = found,
			      .n = 2,
			      .total = 3,
			      .allowed = allowed },
		.release = "6.1.0-1-amd64",
	};
}

static struct report described(const struct verdict *v,
			       const struct session_result *out)
{
	return (struct report){
		.version = "1.2.3",
		.verdict = v,
		.command = command,
		.image = "/boot/vmlinuz",
		.release = "of the host",
		.accel = "tcg",
		.why = "/dev/kvm: No such file or directory",
		.machine = "pc",
		.channel = "uart",
		.qemu = &qemu_argv_is,
		.out = out,
		.began = 1000,
		.ended = 14250,
	};
}

/* The names are a contract: what CI reads. */
static void same_as_golden(const struct report *r, const char *name)
{
	char *path = xasprintf(GOLDEN "%s", name), *text = report_json(r);
	struct buf want = { 0 };

	if (getenv("UPDATE_GOLDEN")) {
		FILE *f = fopen(path, "w");

		fputs(text, f);
		fclose(f);
	}
	ck_assert_int_eq(read_file(path, &want, 65536), 0);
	ck_assert_str_eq(text, want.p);
	buf_free(&want);
	free(text);
	free(path);
}

static json_t *loaded(const struct report *r)
{
	char *text = report_json(r);
	json_error_t err;
	json_t *o = json_loads(text, 0, &err);

	ck_assert_msg(o != NULL, "%s: %s", err.text, text);
	free(text);
	return o;
}

START_TEST(a_full_report)
{
	struct session_result out = seen();
	struct verdict v = verdict_make(OUTCOME_TIMEOUT, 0, xstrdup("late"));
	struct report r = described(&v, &out);

	buf_adds(&out.tail, "one\r\ntwo\r\n");
	buf_adds(&out.words, "qemu: hm\n");
	same_as_golden(&r, "report-full.json");
	buf_free(&out.tail);
	buf_free(&out.words);
	verdict_free(&v);
}
END_TEST

START_TEST(an_empty_report)
{
	struct verdict v = verdict_make(OUTCOME_UNFINISHED, 0, NULL);
	struct report r = { .verdict = &v, .began = 5, .ended = 5 };

	same_as_golden(&r, "report-empty.json");
}
END_TEST

static const struct {
	enum outcome outcome;
	int number, exit_code;
	const char *key; /* that has the number; NULL: none */
	const char *text; /* of it */
} numbers[] = {
	{ OUTCOME_EXIT, 0, 0, "code", NULL },
	{ OUTCOME_EXIT, 255, 255, "code", NULL },
	{ OUTCOME_SIGNAL, SIGKILL, 137, "signal", "Killed" },
	{ OUTCOME_INTERRUPTED, SIGINT, 130, "signal", "Interrupt" },
	{ OUTCOME_EXEC_FAILED, ENOENT, 127, "errno",
	  "No such file or directory" },
	{ OUTCOME_INIT_ERROR, ENODEV, 125, "errno", "No such device" },
	{ OUTCOME_INIT_ERROR, 0, 125, NULL, NULL },
	{ OUTCOME_PANIC, 0, 123, NULL, NULL },
	{ OUTCOME_OOPS, 0, 122, NULL, NULL },
	{ OUTCOME_TIMEOUT, 0, 124, NULL, NULL },
	{ OUTCOME_NO_INIT, 0, 125, NULL, NULL },
	{ OUTCOME_QEMU_FAILED, 0, 125, NULL, NULL },
	{ OUTCOME_LOST_OUTPUT, ENOSPC, 125, "errno",
	  "No space left on device" },
	{ OUTCOME_NOT_STARTED, 0, 125, NULL, NULL },
};

START_TEST(the_number_has_the_name_of_its_kind)
{
	static const char *const keys[] = { "code", "signal", "errno" };
	struct verdict v =
		verdict_make(numbers[_i].outcome, numbers[_i].number, NULL);
	struct report r = { .verdict = &v };
	json_t *o = loaded(&r);

	ck_assert_str_eq(json_string_value(json_object_get(o, "outcome")),
			 verdict_name(numbers[_i].outcome));
	ck_assert_int_eq(json_integer_value(json_object_get(o, "exit_code")),
			 numbers[_i].exit_code);
	for (int i = 0; i < 3; i++) {
		json_t *n = json_object_get(o, keys[i]);
		char *text = xasprintf("%s_text", keys[i]);

		ck_assert_ptr_nonnull(n);
		if (!numbers[_i].key || strcmp(keys[i], numbers[_i].key)) {
			ck_assert_msg(json_is_null(n), "%s", keys[i]);
		} else {
			ck_assert_int_eq(json_integer_value(n),
					 numbers[_i].number);
			ck_assert_pstr_eq(
				json_string_value(json_object_get(o, text)),
				numbers[_i].text);
		}
		free(text);
	}
	json_decref(o);
}
END_TEST

/* A string in, the string that a reader gets. */
static const struct {
	const char *in;
	size_t n;
	const char *out;
	size_t out_n;
} texts[] = {
	{ "a\r\nb\rc\n", 7, "a\nb\rc\n", 6 },
	{ "\0", 1, "\xef\xbf\xbd", 3 },
	{ "\xff\xfe", 2, "\xef\xbf\xbd\xef\xbf\xbd", 6 },
	{ "\x1b[31mred\x07", 9, "\x1b[31mred\x07", 9 },
	{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xa7", 9,
	  "\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xa7", 9 },
	/* Overlong, a surrogate, beyond the last, cut off. */
	{ "\xc0\x80", 2, "\xef\xbf\xbd\xef\xbf\xbd", 6 },
	{ "\xe0\x80\x80", 3, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", 9 },
	{ "\xed\xa0\x80", 3, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", 9 },
	{ "\xf4\x90\x80\x80", 4,
	  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", 12 },
	{ "x\xe2\x82", 3, "x\xef\xbf\xbd\xef\xbf\xbd", 7 },
	{ "\xe2x\x82", 3, "\xef\xbf\xbdx\xef\xbf\xbd", 7 },
};

START_TEST(any_bytes_of_the_console)
{
	struct verdict v = verdict_make(OUTCOME_PANIC, 0, NULL);
	struct session_result out = { 0 };
	struct report r = { .verdict = &v, .out = &out };
	json_t *o, *tail;

	buf_add(&out.tail, texts[_i].in, texts[_i].n);
	o = loaded(&r);
	tail = json_object_get(o, "console_tail");
	ck_assert_uint_eq(json_string_length(tail), texts[_i].out_n);
	ck_assert_mem_eq(json_string_value(tail), texts[_i].out,
			 texts[_i].out_n);
	json_decref(o);
	buf_free(&out.tail);
}
END_TEST

START_TEST(every_byte_there_is)
{
	struct verdict v = verdict_make(OUTCOME_PANIC, 0, NULL);
	struct session_result out = { 0 };
	struct report r = { .verdict = &v, .out = &out };

	for (int i = 0; i < 65536; i++) {
		buf_addc(&out.tail, (char)(i >> 8));
		buf_addc(&out.tail, (char)i);
	}
	json_decref(loaded(&r));
	buf_free(&out.tail);
}
END_TEST

START_TEST(a_long_console_is_cut_at_a_line)
{
	struct verdict v = verdict_make(OUTCOME_PANIC, 0, NULL);
	struct session_result out = { 0 };
	struct report r = { .verdict = &v, .out = &out };
	const char *text;
	json_t *o;

	for (int i = 0; i < 5000; i++)
		buf_addf(&out.tail, "line %d\n", i);
	o = loaded(&r);
	text = json_string_value(json_object_get(o, "console_tail"));
	ck_assert_msg(!strncmp(text, "line ", 5), "%.20s", text);
	ck_assert_uint_le(strlen(text), REPORT_TAIL);
	ck_assert_uint_gt(strlen(text), REPORT_TAIL - 20);
	ck_assert_str_eq(text + strlen(text) - 10, "line 4999\n");
	json_decref(o);
	/* Without any line it is cut anywhere. */
	out.tail.n = 0;
	for (int i = 0; i < 2 * REPORT_TAIL; i++)
		buf_addc(&out.tail, 'x');
	o = loaded(&r);
	ck_assert_uint_eq(
		json_string_length(json_object_get(o, "console_tail")),
		REPORT_TAIL);
	json_decref(o);
	buf_free(&out.tail);
}
END_TEST

/* File names and words need not be UTF-8. */
START_TEST(names_that_are_no_text)
{
	static char name[] = "\xff\xfe";
	char *words[] = { name, NULL };
	struct verdict v = verdict_make(OUTCOME_EXIT, 0, NULL);
	struct report r = { .verdict = &v, .command = words, .image = name };
	json_t *o = loaded(&r);

	ck_assert_str_eq(json_string_value(json_array_get(
				 json_object_get(o, "command"), 0)),
			 "\xef\xbf\xbd\xef\xbf\xbd");
	json_decref(o);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("report_json");
	TCase *t = tcase_create("report_json");

	tcase_add_test(t, a_full_report);
	tcase_add_test(t, an_empty_report);
	tcase_add_loop_test(t, the_number_has_the_name_of_its_kind, 0,
			    sizeof(numbers) / sizeof(numbers[0]));
	tcase_add_loop_test(t, any_bytes_of_the_console, 0,
			    sizeof(texts) / sizeof(texts[0]));
	tcase_add_test(t, every_byte_there_is);
	tcase_add_test(t, a_long_console_is_cut_at_a_line);
	tcase_add_test(t, names_that_are_no_text);
	suite_add_tcase(s, t);
	return s;
}
