// SPDX-License-Identifier: MIT
#include "unit.h"

#include "host/spawn.h"
#include "scratch.h"

#include <errno.h>
#include <time.h>

static int run(const struct spawn *s, const char *script)
{
	struct strv argv = { 0 };
	int status;

	strv_pushl(&argv, "sh", "-c", script, NULL);
	status = spawn_run(s, &argv);
	strv_free(&argv);
	return status;
}

static const struct {
	const char *script;
	int status;
} ends[] = {
	{ "exit 0", 0 },
	{ "exit 1", 1 },
	{ "exit 255", 255 },
	{ "kill -9 $$", 137 },
	{ "kill -TERM $$", 143 },
	/* stdin is empty, never the user's */
	{ "test -z \"$(cat)\"", 0 },
};

START_TEST(status)
{
	const struct spawn s = { 0 };

	ck_assert_int_eq(run(&s, ends[_i].script), ends[_i].status);
}
END_TEST

START_TEST(streams)
{
	struct buf out = { 0 }, err = { 0 };
	const struct spawn s = { .out = &out, .err = &err };

	ck_assert_int_eq(run(&s, "echo one; echo two >&2; echo three"), 0);
	ck_assert_str_eq(out.p, "one\nthree\n");
	ck_assert_str_eq(err.p, "two\n");
	buf_free(&out);
	buf_free(&err);
}
END_TEST

/* More than a pipe holds, before anybody reads it. */
START_TEST(input)
{
	struct buf in = { 0 }, out = { 0 };
	const struct spawn s = { .in = &in, .out = &out };

	ck_assert_int_eq(run(&s, "cat"), 0);
	ck_assert_uint_eq(out.n, 0);
	for (int i = 0; i < 300000; i++)
		buf_addc(&in, (char)i);
	ck_assert_int_eq(run(&s, "cat"), 0);
	ck_assert_uint_eq(out.n, in.n);
	ck_assert_mem_eq(out.p, in.p, in.n);
	buf_free(&in);
	buf_free(&out);
}
END_TEST

START_TEST(merged)
{
	struct buf both = { 0 };
	const struct spawn s = { .out = &both, .err = &both };

	ck_assert_int_eq(run(&s, "echo one; echo two >&2"), 0);
	ck_assert_str_eq(both.p, "one\ntwo\n");
	buf_free(&both);
}
END_TEST

/* Without @out, stdout goes to our stderr, also where stderr is caught. */
START_TEST(stdout_to_stderr)
{
	struct buf err = { 0 };
	const struct spawn s = { .err = &err };

	scratch_make();
	said_begin();
	ck_assert_int_eq(run(&s, "echo one; echo two >&2"), 0);
	ck_assert_str_eq(said(), "one\n");
	ck_assert_str_eq(err.p, "two\n");
	buf_free(&err);
	scratch_remove();
}
END_TEST

/* More than a pipe holds, on both streams at once. */
START_TEST(large)
{
	struct buf out = { 0 }, err = { 0 };
	const struct spawn s = { .out = &out, .err = &err };

	ck_assert_int_eq(run(&s, "head -c 300000 /dev/zero >&2;"
				 "head -c 400000 /dev/zero"),
			 0);
	ck_assert_uint_eq(err.n, 300000);
	ck_assert_uint_eq(out.n, 400000);
	buf_free(&out);
	buf_free(&err);
}
END_TEST

START_TEST(directory_and_environment)
{
	static const char *const env[] = { "BOOTLET_UNIT=a b", NULL };
	struct buf out = { 0 };
	const struct spawn s = { .out = &out, .cwd = "/", .env = env };

	ck_assert_int_eq(run(&s, "echo \"$PWD $BOOTLET_UNIT\""), 0);
	ck_assert_str_eq(out.p, "/ a b\n");
	ck_assert_ptr_null(getenv("BOOTLET_UNIT"));
	buf_free(&out);
}
END_TEST

START_TEST(arguments_are_bytes)
{
	const char *odd = "a 'b' \"c\", $(d)\n\\-\xff";
	struct strv argv = { 0 };
	struct buf out = { 0 };
	const struct spawn s = { .out = &out };

	strv_pushl(&argv, "printf", "%s", odd, NULL);
	ck_assert_int_eq(spawn_run(&s, &argv), 0);
	ck_assert_str_eq(out.p, odd);
	strv_free(&argv);
	buf_free(&out);
}
END_TEST

START_TEST(missing)
{
	struct strv argv = { 0 };
	const struct spawn s = { .cwd = "/nonexistent" };
	const struct spawn here = { 0 };

	strv_push(&argv, "bootlet-no-such-program");
	ck_assert_int_eq(spawn_run(&here, &argv), -ENOENT);
	strv_free(&argv);
	strv_push(&argv, "true");
	ck_assert_int_eq(spawn_run(&s, &argv), -ENOENT);
	strv_free(&argv);
	strv_push(&argv, "/etc/passwd");
	ck_assert_int_eq(spawn_run(&here, &argv), -EACCES);
	strv_free(&argv);
}
END_TEST

START_TEST(deadline)
{
	struct buf out = { 0 };
	const struct spawn s = { .out = &out, .timeout_ms = 200 };
	time_t begin = time(NULL);

	ck_assert_int_eq(run(&s, "echo begun; exec sleep 60"), -ETIMEDOUT);
	ck_assert_int_le(time(NULL) - begin, 3);
	ck_assert_str_eq(out.p, "begun\n");
	buf_free(&out);
}
END_TEST

START_TEST(deadline_not_reached)
{
	struct buf out = { 0 };
	const struct spawn s = { .out = &out, .timeout_ms = 20000 };

	ck_assert_int_eq(run(&s, "sleep 0.1; echo done; exit 7"), 7);
	ck_assert_str_eq(out.p, "done\n");
	buf_free(&out);
}
END_TEST

START_TEST(until)
{
	struct buf out = { 0 };
	const struct spawn s = { .out = &out,
				 .timeout_ms = 20000,
				 .until = "Linux version" };
	time_t begin = time(NULL);

	ck_assert_int_eq(run(&s, "printf 'Linux ver'; sleep 0.2;"
				 "echo sion 1; exec sleep 60"),
			 0);
	ck_assert_int_le(time(NULL) - begin, 5);
	buf_free(&out);
}
END_TEST

/* What a daemon left behind holds open must not hold us up. */
START_TEST(grandchild)
{
	struct buf out = { 0 };
	const struct spawn s = { .out = &out };
	time_t begin = time(NULL);

	ck_assert_int_eq(run(&s, "sleep 5 & echo told"), 0);
	ck_assert_int_le(time(NULL) - begin, 3);
	ck_assert_str_eq(out.p, "told\n");
	buf_free(&out);
}
END_TEST

START_TEST(which)
{
	char *path;

	scratch_make();
	put_script("bin/bootlet-tool", "#!/bin/sh\n");
	put_text("bin/bootlet-text", "");
	setenv("PATH", at("bin"), 1);
	path = spawn_which("bootlet-tool");
	ck_assert_str_eq(path, at("bin/bootlet-tool"));
	free(path);
	ck_assert_ptr_null(spawn_which("bootlet-none"));
	setenv("PATH", "/bin:/usr/bin", 1);
	scratch_remove();
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("spawn");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 30);
	tcase_add_loop_test(t, status, 0, sizeof(ends) / sizeof(*ends));
	tcase_add_test(t, streams);
	tcase_add_test(t, input);
	tcase_add_test(t, merged);
	tcase_add_test(t, stdout_to_stderr);
	tcase_add_test(t, large);
	tcase_add_test(t, directory_and_environment);
	tcase_add_test(t, arguments_are_bytes);
	tcase_add_test(t, missing);
	tcase_add_test(t, deadline);
	tcase_add_test(t, deadline_not_reached);
	tcase_add_test(t, until);
	tcase_add_test(t, grandchild);
	tcase_add_test(t, which);
	suite_add_tcase(s, t);
	return s;
}
