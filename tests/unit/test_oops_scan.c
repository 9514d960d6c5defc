// SPDX-License-Identifier: MIT
/* bootlet scan, and what is expected of a log. */
#include "oops_found.h"
#include "unit.h"

#include "host/cmds.h"
#include "scratch.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <sys/wait.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define KASAN	 "[    1.000000] BUG: KASAN: use-after-free in frob+0x1/0x2\n"
#define PANIC	 "[    2.000000] Kernel panic - not syncing: Fatal exception\n"

static void write_log(const char *name, const char *text)
{
	FILE *f = fopen(at(name), "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	ck_assert_int_eq(fclose(f), 0);
}

static void setup(void)
{
	scratch_make();
	ck_assert_int_eq(chdir(scratch), 0);
	write_log("bad", "frob\n" KASAN "frob\n" PANIC);
	write_log("good", "[    1.000000] frob\n");
	write_log("empty", "");
	write_log("-n", PANIC);
	ck_assert_int_eq(mkdir(at("dir"), 0700), 0);
}

/* Return: the exit code; what was printed is in "out" and "err". */
static int scan(const char *const *args, const char *in)
{
	char *argv[16] = { "scan" };
	int argc = 1, status;
	pid_t pid;

	while (args[argc - 1]) {
		argv[argc] = (char *)args[argc - 1];
		argc++;
	}
	fflush(NULL);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (!pid) {
		if (!freopen(in ? in : "/dev/null", "r", stdin) ||
		    !freopen("out", "w", stdout) ||
		    !freopen("err", "w", stderr))
			_exit(99);
		exit(cmd_scan.run(&cmd_scan, argc, argv));
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void printed(const char *file, const char *want)
{
	struct buf got = { 0 };

	ck_assert_int_eq(read_file(at(file), &got, 65536), 0);
	ck_assert_str_eq(got.p ? got.p : "", want);
	buf_free(&got);
}

#define K "kasan: BUG: KASAN: use-after-free in frob+0x1/0x2\n"
#define P "panic: Kernel panic - not syncing: Fatal exception\n"

static const struct {
	const char *args[8], *in;
	int code;
	const char *out, *err;
} runs[] = {
	{ { "bad" }, NULL, 1, K P, "" },
	{ { "good" }, NULL, 0, "", "" },
	{ { "empty" }, NULL, 0, "", "" },
	{ { "-" }, "bad", 1, K P, "" },
	{ { "-" }, "good", 0, "", "" },
	{ { "-n", "bad" }, NULL, 1, "2: " K "4: " P, "" },
	{ { "--line-number", "--", "-n" }, NULL, 1, "1: " P, "" },
	{ { "good", "bad" }, NULL, 1, "bad: " K "bad: " P, "" },
	{ { "-n", "bad", "bad" },
	  NULL,
	  1,
	  "bad:2: " K "bad:4: " P "bad:2: " K "bad:4: " P,
	  "" },
	{ { "--allow", "^kasan: ", "bad" }, NULL, 1, P, "" },
	{ { "--allow", "frob|Fatal", "bad" }, NULL, 0, "", "" },
	{ { "--allow", "frob", "--allow", "^panic: .*exception$", "bad" },
	  NULL,
	  0,
	  "",
	  "" },
	{ { "--allow", "fatal", "bad" }, NULL, 1, K P, "" },
	{ { "--allow", "a(b", "bad" }, NULL, 2, "", "a(b" },
	{ { "--allow", "", "bad" }, NULL, 2, "", "empty" },
	{ { NULL }, NULL, 2, "", "which log" },
	{ { "--nonesuch", "bad" }, NULL, 2, "", "nonesuch" },
	{ { "nonesuch" }, NULL, 2, "", "nonesuch: cannot be opened: No such" },
	{ { "dir" }, NULL, 2, "", "dir: cannot be read: Is a directory" },
	{ { "nonesuch", "bad" }, NULL, 2, "bad: " K "bad: " P, "nonesuch" },
	{ { "--json", "good" }, NULL, 0, "[]\n", "" },
};

START_TEST(command)
{
	struct buf err = { 0 };

	ck_assert_int_eq(scan(runs[_i].args, runs[_i].in), runs[_i].code);
	printed("out", runs[_i].out);
	ck_assert_int_eq(read_file(at("err"), &err, 65536), 0);
	if (!*runs[_i].err) {
		ck_assert_uint_eq(err.n, 0);
	} else {
		ck_assert_msg(strstr(err.p, runs[_i].err) != NULL, "%s", err.p);
		ck_assert_ptr_eq(strchr(err.p, '\n'), err.p + err.n - 1);
	}
	buf_free(&err);
}
END_TEST

START_TEST(json)
{
	static const char *const args[] = { "--json", "bad", NULL };
	json_t *list, *o;

	ck_assert_int_eq(scan(args, NULL), 1);
	list = json_load_file(at("out"), 0, NULL);
	ck_assert_uint_eq(json_array_size(list), 2);
	o = json_array_get(list, 0);
	ck_assert_str_eq(json_string_value(json_object_get(o, "class")),
			 "kasan");
	ck_assert_str_eq(json_string_value(json_object_get(o, "title")),
			 "BUG: KASAN: use-after-free in frob+0x1/0x2");
	ck_assert_str_eq(json_string_value(json_object_get(o, "function")),
			 "frob");
	ck_assert_str_eq(json_string_value(json_object_get(o, "file")), "bad");
	ck_assert_int_eq(json_integer_value(json_object_get(o, "line")), 2);
	ck_assert_int_eq(json_integer_value(json_object_get(o, "offset")),
			 strlen("frob\n[    1.000000] "));
	o = json_array_get(list, 1);
	ck_assert(json_is_null(json_object_get(o, "function")));
	json_decref(list);
}
END_TEST

/* In one array, a finding a line, so that nothing is kept until the end. */
START_TEST(json_of_two_logs)
{
	static const char *const args[] = { "--json", "bad", "good", "bad",
					    NULL };
	struct buf text = { 0 };
	size_t lines = 0;
	json_t *list;

	ck_assert_int_eq(scan(args, NULL), 1);
	list = json_load_file(at("out"), 0, NULL);
	ck_assert_uint_eq(json_array_size(list), 4);
	json_decref(list);
	ck_assert_int_eq(read_file(at("out"), &text, 65536), 0);
	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	ck_assert_uint_eq(lines, 1 + 4 + 1);
	buf_free(&text);
}
END_TEST

/* JSON is UTF-8, a name is any bytes. */
START_TEST(json_of_a_strange_name)
{
	static const char *const args[] = { "--json", "\xff\n", NULL };
	json_t *list;

	write_log("\xff\n", PANIC);
	ck_assert_int_eq(scan(args, NULL), 1);
	list = json_load_file(at("out"), 0, NULL);
	ck_assert_str_eq(json_string_value(json_object_get(
				 json_array_get(list, 0), "file")),
			 "?\n");
	json_decref(list);
}
END_TEST

START_TEST(full_disk_is_an_error)
{
	static const char *const args[] = { "bad", NULL };

	ck_assert_int_eq(symlink("/dev/full", at("out")), 0);
	ck_assert_int_eq(scan(args, NULL), 2);
}
END_TEST

START_TEST(allowed)
{
	struct oops_finding f = { .class = OOPS_HUNG_TASK,
				  .title = "INFO: task a:1 blocked for more",
				  .function = "frob_wait" };
	struct oops_allow a = { 0 };

	ck_assert(!oops_allow_match(&a, &f));
	ck_assert_ptr_null(oops_allow_add(&a, "in frob_.*$"));
	ck_assert(oops_allow_match(&a, &f));
	strcpy(f.function, "frub");
	ck_assert(!oops_allow_match(&a, &f));
	ck_assert_ptr_nonnull(oops_allow_add(&a, "["));
	ck_assert_ptr_nonnull(oops_allow_add(&a, ""));
	ck_assert_uint_eq(a.n, 1);
	ck_assert(!oops_allow_match(&a, &f));
	ck_assert_ptr_null(oops_allow_add(&a, "^hung-task: "));
	ck_assert(oops_allow_match(&a, &f));
	oops_allow_free(&a);
	ck_assert(!oops_allow_match(&a, &f));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("oops_scan");
	TCase *t = tcase_create("command");

	tcase_add_checked_fixture(t, setup, scratch_remove);
	tcase_add_loop_test(t, command, 0, COUNT(runs));
	tcase_add_test(t, json);
	tcase_add_test(t, json_of_two_logs);
	tcase_add_test(t, json_of_a_strange_name);
	tcase_add_test(t, full_disk_is_an_error);
	suite_add_tcase(s, t);
	t = tcase_create("allow");
	tcase_add_test(t, allowed);
	suite_add_tcase(s, t);
	return s;
}
