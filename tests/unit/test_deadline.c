// SPDX-License-Identifier: MIT
#include "host/deadline.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static const struct deadline_run command = { 0 };
static const struct deadline_run shell = { .shell = true };
static const struct deadline_run person = { .shell = true, .terminal = true };
static const struct deadline_run debugger = { .debugger = true };

static const struct {
	const struct deadline_run *run;
	double boot, init, command, shutdown, all;
} defaults[] = {
	{ &command, 120, 60, 3600, 10, 0 },
	{ &shell, 120, 60, 0, 10, 0 },
	{ &person, 0, 0, 0, 10, 0 },
	{ &debugger, 0, 0, 0, 0, 0 },
};

START_TEST(defaults_are_those_of_the_manual)
{
	struct deadlines d = { 0 };

	deadlines_settle(&d, defaults[_i].run);
	ck_assert_double_eq(d.seconds[DEADLINE_BOOT], defaults[_i].boot);
	ck_assert_double_eq(d.seconds[DEADLINE_INIT], defaults[_i].init);
	ck_assert_double_eq(d.seconds[DEADLINE_COMMAND], defaults[_i].command);
	ck_assert_double_eq(d.seconds[DEADLINE_SHUTDOWN],
			    defaults[_i].shutdown);
	ck_assert_double_eq(d.seconds[DEADLINE_ALL], defaults[_i].all);
}
END_TEST

START_TEST(what_was_given_stays)
{
	struct deadlines d = { 0 };

	for (int i = DEADLINE_BOOT; i < DEADLINE_N; i++) {
		d.given[i] = true;
		d.seconds[i] = i % 2 ? 0 : i;
	}
	for (size_t k = 0; k < sizeof(defaults) / sizeof(defaults[0]); k++) {
		deadlines_settle(&d, defaults[k].run);
		for (int i = DEADLINE_BOOT; i < DEADLINE_N; i++)
			ck_assert_double_eq(d.seconds[i], i % 2 ? 0 : i);
	}
}
END_TEST

/* Boot 1 s, init 2 s, command 4 s, shutdown 8 s; all as the row says. */
static const struct {
	long long at[N_MILESTONES];
	double all;
	enum deadline passed; /* at @when, and not one millisecond before */
	long long when; /* 0: never */
} rows[] = {
	{ { 5000 }, 0, DEADLINE_BOOT, 6000 },
	/* A start that came to nothing took its part. */
	{ { -3000 }, 5, DEADLINE_BOOT, -2000 },
	{ { 5000, 5500 }, 0, DEADLINE_INIT, 7500 },
	{ { 5000, 5500, 6000 }, 0, DEADLINE_COMMAND, 10000 },
	{ { 5000, 5500, 6000, 6500 }, 0, DEADLINE_SHUTDOWN, 14500 },
	{ { 5000, 5500, 6000, 6500, 6600 }, 0, DEADLINE_NONE, 0 },
	/* init gave up: it never started a command. */
	{ { 5000, 5500, 0, 6500 }, 0, DEADLINE_SHUTDOWN, 14500 },
	/* Whichever is first. */
	{ { 5000 }, 0.5, DEADLINE_ALL, 5500 },
	{ { 5000, 5500, 6000 }, 3, DEADLINE_ALL, 8000 },
	{ { 5000, 5500, 6000 }, 100, DEADLINE_COMMAND, 10000 },
	/* After the verdict there is time to switch off. */
	{ { 5000, 5500, 6000, 6500 }, 2, DEADLINE_SHUTDOWN, 14500 },
};

START_TEST(the_right_one_passes_at_its_moment)
{
	const long long *at = rows[_i].at;
	struct deadlines d = {
		.seconds = {
			[DEADLINE_BOOT] = 1,
			[DEADLINE_INIT] = 2,
			[DEADLINE_COMMAND] = 4,
			[DEADLINE_SHUTDOWN] = 8,
			[DEADLINE_ALL] = rows[_i].all,
		},
	};

	ck_assert_int_eq(deadline_next(&d, at), rows[_i].when);
	if (!rows[_i].when) {
		ck_assert_int_eq(deadline_passed(&d, at, 1LL << 60), 0);
		return;
	}
	ck_assert_int_eq(deadline_passed(&d, at, rows[_i].when - 1), 0);
	ck_assert_int_eq(deadline_passed(&d, at, rows[_i].when),
			 rows[_i].passed);
	ck_assert_int_eq(deadline_passed(&d, at, rows[_i].when + 1),
			 rows[_i].passed);
}
END_TEST

START_TEST(without_limits_none_passes)
{
	static const struct deadlines none;
	long long at[N_MILESTONES] = { 1 };

	for (int i = 1; i < N_MILESTONES; i++) {
		ck_assert_int_eq(deadline_next(&none, at), 0);
		ck_assert_int_eq(deadline_passed(&none, at, 1LL << 60), 0);
		at[i] = i + 1;
	}
}
END_TEST

/* With a debugger switching off has no limit: then it is that for all. */
START_TEST(all_goes_on_where_shutdown_has_no_limit)
{
	struct deadlines d = { .seconds = { [DEADLINE_ALL] = 20 } };
	long long at[N_MILESTONES] = { 1000, 1100, 1200, 5000 };

	ck_assert_int_eq(deadline_next(&d, at), 21000);
	/* But some seconds it has. */
	at[AT_STATUS] = 20900;
	ck_assert_int_eq(deadline_next(&d, at), 30900);
	ck_assert_int_eq(deadline_passed(&d, at, 30900), DEADLINE_ALL);
	at[AT_END] = 21000;
	ck_assert_int_eq(deadline_next(&d, at), 0);
}
END_TEST

static const struct {
	enum deadline d;
	const char *name, *says[4];
} words[] = {
	{ DEADLINE_BOOT,
	  "boot",
	  { "deadline of 2.5 seconds for the boot", "no word from init",
	    "--boot-timeout" } },
	{ DEADLINE_INIT,
	  "init",
	  { "for init passed in phase p", "not started", "--init-timeout" } },
	{ DEADLINE_COMMAND,
	  "command",
	  { "for the command", "--command-timeout" } },
	{ DEADLINE_SHUTDOWN,
	  "shutdown",
	  { "for switching off", "killed", "--shutdown-timeout" } },
	{ DEADLINE_ALL, "all", { "for all of it", "--timeout" } },
};

START_TEST(each_has_its_own_words)
{
	char *text = deadline_text(words[_i].d, 2.5, "p", 0, NULL);

	ck_assert_str_eq(deadline_name(words[_i].d), words[_i].name);
	for (int i = 0; words[_i].says[i]; i++)
		ck_assert_msg(strstr(text, words[_i].says[i]), "%s", text);
	ck_assert_ptr_null(strstr(text, "nobody"));
	free(text);
	text = deadline_text(words[_i].d, 2.5, "p", 7.2, "reason");
	ck_assert_msg(strstr(text, "phase p: reason; for 7 seconds nobody"),
		      "%s", text);
	if (words[_i].d != DEADLINE_ALL && words[_i].d != DEADLINE_COMMAND)
		ck_assert_ptr_null(strstr(text, words[_i].says[1]));
	free(text);
}
END_TEST

static const struct {
	double seconds, unread;
	const char *says, *says_too; /* or NULL */
} numbers[] = {
	{ 1, 0, "deadline of 1 second for", NULL },
	{ 1, 1, "deadline of 1 second for", "for 1 second nobody" },
	{ 1, 1.4, "deadline of 1 second for", "for 1 second nobody" },
	{ 2, 1.6, "deadline of 2 seconds for", "for 2 seconds nobody" },
	{ 0.5, 0, "deadline of 0.5 seconds for", NULL },
	{ 1.5, 0, "deadline of 1.5 seconds for", NULL },
	/* As it is printed. */
	{ 1.000001, 0, "deadline of 1 second for", NULL },
};

START_TEST(one_second_is_not_many)
{
	char *text = deadline_text(DEADLINE_ALL, numbers[_i].seconds, "p",
				   numbers[_i].unread, NULL);

	ck_assert_msg(strstr(text, numbers[_i].says), "%s", text);
	if (numbers[_i].says_too)
		ck_assert_msg(strstr(text, numbers[_i].says_too), "%s", text);
	free(text);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("deadline");
	TCase *t = tcase_create("deadline");

	tcase_add_loop_test(t, defaults_are_those_of_the_manual, 0,
			    sizeof(defaults) / sizeof(defaults[0]));
	tcase_add_test(t, what_was_given_stays);
	tcase_add_loop_test(t, the_right_one_passes_at_its_moment, 0,
			    sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(t, without_limits_none_passes);
	tcase_add_test(t, all_goes_on_where_shutdown_has_no_limit);
	tcase_add_loop_test(t, each_has_its_own_words, 0,
			    sizeof(words) / sizeof(words[0]));
	tcase_add_loop_test(t, one_second_is_not_many, 0,
			    sizeof(numbers) / sizeof(numbers[0]));
	suite_add_tcase(s, t);
	return s;
}
