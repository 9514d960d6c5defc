// SPDX-License-Identifier: MIT
#include "host/msg.h"
#include "host/run_report.h"
#include "scratch.h"
#include "unit.h"

#include <errno.h>
#include <jansson.h>

static struct run_report r;

static struct run_spec spec_with(const char *path)
{
	return (struct run_spec){ .verdict = { .report = path } };
}

static int begin(const char *path)
{
	struct run_spec spec = spec_with(path);

	return run_report_begin(&r, &spec);
}

static json_t *load(const char *path)
{
	json_error_t err;
	json_t *o = json_load_file(path, 0, &err);

	ck_assert_msg(o != NULL, "%s: %s", path, err.text);
	return o;
}

static void ck_field(const char *path, const char *key, const char *want)
{
	json_t *o = load(path);

	ck_assert_pstr_eq(json_string_value(json_object_get(o, key)), want);
	json_decref(o);
}

START_TEST(nobody_wants_one)
{
	static const struct verdict v = { .outcome = OUTCOME_EXIT };
	struct strv argv = { 0 };

	ck_assert_int_eq(begin(NULL), 0);
	strv_push(&argv, "q");
	run_report_qemu(&r, "tcg", "why", &argv);
	run_report_verdict(&r, &v, NULL);
	ck_assert_int_eq(run_report_end(&r, 7), 7);
	ck_assert_int_eq(run_report_end(&r, 0), 0);
	strv_free(&argv);
}
END_TEST

/* The report of another run must not be believed, whatever happens now. */
START_TEST(it_is_unfinished_until_the_end)
{
	struct verdict v = verdict_make(OUTCOME_EXIT, 0, NULL);
	json_t *o;

	put("r.json", "{\"outcome\": \"exit\"}", 19, 0644);
	ck_assert_int_eq(begin(at("r.json")), 0);
	o = load(at("r.json"));
	ck_assert_str_eq(json_string_value(json_object_get(o, "outcome")),
			 "unfinished");
	ck_assert(json_is_null(json_object_get(o, "exit_code")));
	json_decref(o);
	run_report_verdict(&r, &v, NULL);
	ck_field(at("r.json"), "outcome", "unfinished");
	ck_assert_int_eq(run_report_end(&r, 0), 0);
	ck_field(at("r.json"), "outcome", "exit");
}
END_TEST

START_TEST(without_a_verdict_bootlet_has_failed)
{
	struct kernel k = { .image = (char *)"/i", .release = (char *)"6.1" };
	json_t *o;

	ck_assert_int_eq(begin(at("r.json")), 0);
	run_report_kernel(&r, &k);
	msg_error("%s: no such file", "/x");
	ck_assert_int_eq(run_report_end(&r, 125), 125);
	ck_field(at("r.json"), "outcome", "not-started");
	ck_field(at("r.json"), "text", "/x: no such file");
	o = load(at("r.json"));
	ck_assert_str_eq(json_string_value(json_object_get(
				 json_object_get(o, "kernel"), "release")),
			 "6.1");
	json_decref(o);
}
END_TEST

START_TEST(qemu_could_not_be_started)
{
	struct strv argv = { 0 };
	json_t *o;

	strv_pushl(&argv, "q", "-machine", "microvm,accel=tcg", NULL);
	ck_assert_int_eq(begin(at("r.json")), 0);
	run_report_qemu(&r, "kvm", "because", &argv);
	/* And once more, with the other one. */
	run_report_qemu(&r, "tcg", "KVM failed", &argv);
	msg_error("q: not found");
	ck_assert_int_eq(run_report_end(&r, 125), 125);
	ck_field(at("r.json"), "outcome", "qemu-failed");
	ck_field(at("r.json"), "text", "q: not found");
	ck_field(at("r.json"), "machine", "microvm");
	o = load(at("r.json"));
	ck_assert_uint_eq(json_array_size(json_object_get(o, "qemu")), 3);
	ck_assert_str_eq(json_string_value(json_object_get(
				 json_object_get(o, "accelerator"), "why")),
			 "KVM failed");
	json_decref(o);
	strv_free(&argv);
}
END_TEST

START_TEST(where_it_cannot_be_written)
{
	ck_assert_int_eq(begin(at("no/such/dir")), -ENOENT);
	ck_assert_ptr_nonnull(strstr(msg_last_error(), "cannot be written"));
	ck_assert_int_eq(run_report_end(&r, 125), 125);
	ck_assert_int_eq(begin(scratch), -EISDIR);
	run_report_end(&r, 125);
	ck_assert_int_eq(begin("-"), -EBUSY);
	run_report_end(&r, 125);
	ck_assert_int_eq(begin("/dev/full"), 0);
	ck_assert_int_eq(run_report_end(&r, 0), 125);
}
END_TEST

/* What the image would not have, found out before there is a guest. */
START_TEST(a_command_that_is_not_there)
{
	json_t *o;

	ck_assert_int_eq(begin(at("r.json")), 0);
	msg_error("./t: needs its dynamic loader");
	ck_assert_int_eq(run_report_end(&r, 127), 127);
	ck_field(at("r.json"), "outcome", "exec-failed");
	ck_field(at("r.json"), "text", "./t: needs its dynamic loader");
	o = load(at("r.json"));
	ck_assert_int_eq(json_integer_value(json_object_get(o, "exit_code")),
			 127);
	ck_assert_int_eq(json_integer_value(json_object_get(o, "errno")),
			 ENOENT);
	json_decref(o);
}
END_TEST

/* It could be written at first. A failure's own code stands. */
START_TEST(where_it_can_no_more_be_written)
{
	static const int codes[][2] = { { 0, 125 }, { 3, 3 }, { 124, 124 } };

	put("d/r.json", "", 0, 0644);
	ck_assert_int_eq(begin(at("d/r.json")), 0);
	unlink(at("d/r.json"));
	ck_assert_int_eq(rmdir(at("d")), 0);
	ck_assert_int_eq(run_report_end(&r, codes[_i][0]), codes[_i][1]);
	ck_assert_ptr_nonnull(strstr(msg_last_error(), "cannot be written"));
}
END_TEST

/* As of a shell's >(jq .outcome): one report, not two. */
START_TEST(a_pipe_gets_it_once)
{
	char text[65536];
	ssize_t n;
	int p[2];
	char path[64];
	json_t *o;

	ck_assert_int_eq(pipe(p), 0);
	snprintf(path, sizeof(path), "/dev/fd/%d", p[1]);
	ck_assert_int_eq(begin(path), 0);
	ck_assert_int_eq(run_report_end(&r, 1), 1);
	close(p[1]);
	n = read(p[0], text, sizeof(text) - 1);
	ck_assert_int_gt(n, 0);
	text[n] = '\0';
	o = json_loads(text, 0, NULL);
	ck_assert_ptr_nonnull(o);
	ck_assert_str_eq(json_string_value(json_object_get(o, "outcome")),
			 "not-started");
	ck_assert_int_eq(read(p[0], text, 1), 0);
	json_decref(o);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("run_report");
	TCase *t = tcase_create("run_report");

	tcase_add_checked_fixture(t, scratch_make, scratch_remove);
	tcase_add_test(t, nobody_wants_one);
	tcase_add_test(t, it_is_unfinished_until_the_end);
	tcase_add_test(t, without_a_verdict_bootlet_has_failed);
	tcase_add_test(t, qemu_could_not_be_started);
	tcase_add_test(t, where_it_cannot_be_written);
	tcase_add_test(t, a_command_that_is_not_there);
	tcase_add_loop_test(t, where_it_can_no_more_be_written, 0, 3);
	tcase_add_test(t, a_pipe_gets_it_once);
	suite_add_tcase(s, t);
	return s;
}
