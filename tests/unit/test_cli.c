// SPDX-License-Identifier: MIT
#include "host/cli.h"
#include "host/msg.h"
#include "host/str.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct opts {
	long long n;
	struct {
		const char *file;
		int flags;
	} part;
};

static const char *set_n(void *ctx, const char *arg)
{
	if (cli_number(arg, 1, 8, &((struct opts *)ctx)->n))
		return "expects a number from 1 to 8";
	return NULL;
}

static const char *set_file(void *ctx, const char *arg)
{
	*(const char **)ctx = arg;
	return NULL;
}

static const char *set_flag(void *ctx, const char *arg)
{
	ck_assert_ptr_null(arg);
	*(int *)((char *)ctx + offsetof(struct opts, part.flags) -
		 offsetof(struct opts, part)) += 1;
	return NULL;
}

static const char *set_at(void *ctx, const char *arg)
{
	*(const char **)ctx = arg ? arg : "(none)";
	return arg && !strcmp(arg, "bad") ? "is bad" : NULL;
}

static const struct cli_opt numbers[] = {
	{ "number", 'n', "N", "a number", set_n },
};

static const struct cli_opt parts[] = {
	{ "file", 0, "FILE", "a file", set_file },
	{ "flag", 'f', NULL, "a flag", set_flag },
	{ "choice", 0, "red|green[:LEVEL]", "one of two", set_file },
	{ "node", 0, "PATH:c|b:MAJ", "no choice at all", set_file },
	{ "net", 0, "off|tap=NAME|on", "a choice with a name", set_file },
	{ "at", 0, "[=ADDRESS]", "may be left out", set_at },
};

static const struct cli_group groups[] = {
	{ "Numbers", numbers, 1, 0 },
	{ "Parts", parts, 6, offsetof(struct opts, part) },
};

static const struct cmd cmd = {
	.name = "test",
	.usage = "[options]",
	.summary = "test it",
	.groups = groups,
	.n_groups = 2,
	.usage_error = 42,
};

static int parse(struct opts *o, const char *line)
{
	char *words = xstrdup(line), *save;
	/* Options point into it; reachable, so that no leak is seen. */
	static struct strv argv;
	int at;

	strv_free(&argv);
	strv_push(&argv, "test");
	for (char *w = strtok_r(words, " ", &save); w;
	     w = strtok_r(NULL, " ", &save))
		strv_push(&argv, w);
	at = cli_parse(&cmd, o, (int)argv.n, argv.v);
	free(words);
	return at;
}

START_TEST(options_reach_their_group)
{
	struct opts o = { 0 };

	ck_assert_int_eq(parse(&o, "-n 3 --file x -ff --flag rest -n 9"), 7);
	ck_assert_int_eq(o.n, 3);
	ck_assert_str_eq(o.part.file, "x");
	ck_assert_int_eq(o.part.flags, 3);
	ck_assert_int_eq(parse(&o, "--number=8 -- --flag"), 3);
	ck_assert_int_eq(o.n, 8);
	ck_assert_int_eq(o.part.flags, 3);
}
END_TEST

START_TEST(an_argument_may_be_left_out)
{
	struct opts o = { 0 };

	/* The next word is never taken for it. */
	ck_assert_int_eq(parse(&o, "--at rest"), 2);
	ck_assert_str_eq(o.part.file, "(none)");
	ck_assert_int_eq(parse(&o, "--at=tcp:1 rest"), 2);
	ck_assert_str_eq(o.part.file, "tcp:1");
	ck_assert_int_eq(parse(&o, "--at= rest"), 2);
	ck_assert_str_eq(o.part.file, "");
}
END_TEST

START_TEST(echo_gives_back_what_was_given)
{
	char *argv[] = { "test",     "-n",    "3",	"--flag", "--at",
			 "--at=x y", "--net", "tap=t0", "rest" };
	struct strv out = { 0 };

	cli_echo(&cmd, 1, 9, argv, &out);
	ck_assert_uint_eq(out.n, 5);
	ck_assert_str_eq(out.v[0], "--flag");
	ck_assert_str_eq(out.v[1], "--at");
	ck_assert_str_eq(out.v[2], "--at=x y");
	ck_assert_str_eq(out.v[3], "--net");
	ck_assert_str_eq(out.v[4], "tap=t0");
	strv_free(&out);
}
END_TEST

/* What a run prints on stderr, and its exit code. */
static int in_child(const char *line, struct buf *err)
{
	int p[2], status;
	char piece[512];
	ssize_t n;
	pid_t pid;

	ck_assert_int_eq(pipe(p), 0);
	pid = fork();
	if (pid == 0) {
		struct opts o = { 0 };

		dup2(p[1], STDERR_FILENO);
		dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
		parse(&o, line);
		_exit(0);
	}
	close(p[1]);
	while ((n = read(p[0], piece, sizeof(piece))) > 0)
		buf_add(err, piece, (size_t)n);
	close(p[0]);
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static const struct {
	const char *line, *says;
} wrong[] = {
	{ "--flga", "--flga: unknown option; did you mean --flag?" },
	{ "--flga=x", "--flga: unknown option; did you mean --flag?" },
	{ "--zzzzzz", "--zzzzzz: unknown option; see bootlet test --help" },
	{ "-z", "-z: unknown option; see bootlet test --help" },
	{ "--file", "--file: needs an argument (FILE)" },
	{ "-n", "-n: needs an argument (N)" },
	{ "--flag=3", "--flag: takes no argument" },
	{ "-n 9", "--number 9: expects a number from 1 to 8" },
	{ "--at=bad", "--at=bad: is bad" },
	{ "-n x", "--number x: expects a number from 1 to 8" },
};

START_TEST(wrong_options_get_one_line)
{
	struct buf err = { 0 };
	char *want = xasprintf("bootlet: %s\n", wrong[_i].says);

	ck_assert_int_eq(in_child(wrong[_i].line, &err), 42);
	ck_assert_pstr_eq(err.p, want);
	buf_free(&err);
	free(want);
}
END_TEST

START_TEST(help_names_every_option)
{
	char *text = NULL;
	size_t n;
	FILE *old = stdout;

	stdout = open_memstream(&text, &n);
	cli_help(&cmd);
	fclose(stdout);
	stdout = old;
	ck_assert_ptr_nonnull(strstr(text, "-n, --number N"));
	ck_assert_ptr_nonnull(strstr(text, "    --choice red|green[:LEVEL]"));
	ck_assert_ptr_nonnull(strstr(text, "-f, --flag "));
	ck_assert_ptr_nonnull(strstr(text, "    --at[=ADDRESS] "));
	ck_assert_ptr_nonnull(strstr(text, "Parts:"));
	free(text);
}
END_TEST

START_TEST(completion_is_valid_bash)
{
	const struct cmd *cmds[] = { &cmd };
	char *text = NULL;
	size_t n;
	FILE *old = stdout, *bash;

	stdout = open_memstream(&text, &n);
	cli_completion(cmds, 1);
	fclose(stdout);
	stdout = old;
	ck_assert_ptr_nonnull(strstr(text, "-W 'red green'"));
	ck_assert_ptr_nonnull(strstr(text, "-W 'off tap= on'"));
	ck_assert_ptr_null(strstr(text, "--at )"));
	ck_assert_ptr_null(strstr(text, "PATH"));
	ck_assert_ptr_null(strstr(text, "LEVEL"));
	bash = popen("bash -n", "w");
	ck_assert_uint_eq(fwrite(text, 1, n, bash), n);
	ck_assert_int_eq(pclose(bash), 0);
	free(text);
}
END_TEST

static const struct {
	const char *text;
	int result;
	long long n;
} numbers_read[] = {
	{ "0", 0, 0 },	      { "007", 0, 7 },
	{ "100", 0, 100 },    { "101", -ERANGE, 0 },
	{ "", -EINVAL, 0 },   { "-1", -EINVAL, 0 },
	{ "1x", -EINVAL, 0 }, { " 1", -EINVAL, 0 },
	{ "+1", -EINVAL, 0 }, { "99999999999999999999", -ERANGE, 0 },
};

START_TEST(numbers_are_strict)
{
	long long n = -7;

	ck_assert_int_eq(cli_number(numbers_read[_i].text, 0, 100, &n),
			 numbers_read[_i].result);
	ck_assert_int_eq(n, numbers_read[_i].result ? -7 : numbers_read[_i].n);
}
END_TEST

START_TEST(messages_stay_one_line)
{
	int p[2], old = dup(STDERR_FILENO);
	char text[200];
	ssize_t n;

	ck_assert_int_eq(pipe(p), 0);
	dup2(p[1], STDERR_FILENO);
	msg_error("%s: no such file", "a\nb\x1b[31m\xc3\xa9");
	dup2(old, STDERR_FILENO);
	n = read(p[0], text, sizeof(text) - 1);
	ck_assert_int_gt(n, 0);
	text[n] = '\0';
	ck_assert_str_eq(text, "bootlet: a\\x0ab\\x1b[31m\xc3\xa9: no such "
			       "file\n");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("cli");
	TCase *t = tcase_create("cli");

	tcase_add_test(t, options_reach_their_group);
	tcase_add_test(t, an_argument_may_be_left_out);
	tcase_add_test(t, echo_gives_back_what_was_given);
	tcase_add_loop_test(t, wrong_options_get_one_line, 0,
			    sizeof(wrong) / sizeof(wrong[0]));
	tcase_add_test(t, help_names_every_option);
	tcase_add_test(t, completion_is_valid_bash);
	tcase_add_loop_test(t, numbers_are_strict, 0,
			    sizeof(numbers_read) / sizeof(numbers_read[0]));
	tcase_add_test(t, messages_stay_one_line);
	suite_add_tcase(s, t);
	return s;
}
