// SPDX-License-Identifier: MIT
#include "unit.h"

#include "init/log.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char caught[4096];

/* What @say writes to fd 2; a test runs in a process of its own. */
static const char *caught_from(void (*say)(void))
{
	int old = dup(STDERR_FILENO), fds[2];
	ssize_t n;

	ck_assert_int_eq(pipe(fds), 0);
	dup2(fds[1], STDERR_FILENO);
	say();
	dup2(old, STDERR_FILENO);
	close(fds[1]);
	close(old);
	n = read(fds[0], caught, sizeof(caught) - 1);
	close(fds[0]);
	ck_assert_int_ge((int)n, 0);
	caught[n] = '\0';
	return caught;
}

#define CHECK_FMT(want, ...)                                             \
	do {                                                             \
		char buf_[256], libc_[256];                              \
		size_t n_ = fmt_format(buf_, sizeof(buf_), __VA_ARGS__); \
		ck_assert_str_eq(buf_, want);                            \
		ck_assert_uint_eq(n_, strlen(want));                     \
		snprintf(libc_, sizeof(libc_), __VA_ARGS__);             \
		ck_assert_str_eq(buf_, libc_);                           \
	} while (0)

START_TEST(formats_as_printf_does)
{
	CHECK_FMT("plain", "plain");
	CHECK_FMT("a b c%", "%s b c%%", "a");
	CHECK_FMT("-2147483648 2147483647", "%d %d", INT_MIN, INT_MAX);
	CHECK_FMT("4294967295 ffffffff", "%u %x", UINT_MAX, UINT_MAX);
	CHECK_FMT("-9223372036854775808", "%lld", LLONG_MIN);
	CHECK_FMT("18446744073709551615", "%llu", ULLONG_MAX);
	CHECK_FMT("-5 5 ff", "%ld %lu %lx", -5L, 5UL, 255UL);
	CHECK_FMT("18446744073709551615", "%zu", (size_t)-1);
	CHECK_FMT("deadbeefcafe", "%llx", 0xdeadbeefcafeULL);
	CHECK_FMT("0 0", "%d %x", 0, 0);
}
END_TEST

START_TEST(pads_to_a_width)
{
	CHECK_FMT("    7", "%5d", 7);
	CHECK_FMT("00007", "%05u", 7U);
	CHECK_FMT("   -7", "%5d", -7);
	CHECK_FMT("123456", "%3d", 123456);
	CHECK_FMT("000042", "%06lld", 42LL);
	CHECK_FMT("   ab", "%5s", "ab");
	CHECK_FMT("ab|", "%.*s|", 2, "abc");
	CHECK_FMT("a|", "%.*s|", 2, "a");
	CHECK_FMT("|abc", "%.*s|%s", 0, "x", "abc");
	CHECK_FMT("0000000000000000000000000000ff", "%030x", 255U);
}
END_TEST

START_TEST(cuts_and_tells_the_whole_length)
{
	char buf[8];

	memset(buf, '#', sizeof(buf));
	ck_assert_uint_eq(fmt_format(buf, 4, "%s", "abcdef"), 6);
	ck_assert_mem_eq(buf, "abc\0####", 8);
	ck_assert_uint_eq(fmt_format(buf, 1, "%d", 1234), 4);
	ck_assert_int_eq(buf[0], '\0');
	buf[0] = '#';
	ck_assert_uint_eq(fmt_format(buf, 0, "xyz"), 3);
	ck_assert_int_eq(buf[0], '#');
	ck_assert_uint_eq(fmt_format(buf, 4, "%s", "abc"), 3);
	ck_assert_str_eq(buf, "abc");
}
END_TEST

START_TEST(survives_odd_formats)
{
	const char *volatile null = NULL;
	const char *volatile open_end = "x%", *volatile unknown = "%q!";
	char buf[32];

	fmt_format(buf, sizeof(buf), "%s", null);
	ck_assert_str_eq(buf, "");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-security"
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	fmt_format(buf, sizeof(buf), open_end);
	ck_assert_str_eq(buf, "x");
	fmt_format(buf, sizeof(buf), unknown);
	ck_assert_str_eq(buf, "q!");
#pragma GCC diagnostic pop
}
END_TEST

/* One that is out of step with its number would name another error. */
START_TEST(names_errors_as_strerror_does)
{
	size_t named = 0;

	for (int err = 1; err < 134; err++) {
		const char *text = err_text(err);

		ck_assert_str_eq(err_text(-err), text);
		if (!strncmp(text, "error ", 6))
			continue;
		ck_assert_str_eq(text, strerror(err));
		named++;
	}
	ck_assert_uint_ge(named, 18);
	ck_assert_str_eq(err_text(ENOENT), "No such file or directory");
	ck_assert_str_eq(err_text(EOPNOTSUPP), "Operation not supported");
}
END_TEST

START_TEST(numbers_unknown_errors)
{
	ck_assert_str_eq(err_text(99999), "error 99999");
	ck_assert_str_eq(err_text(-99999), "error 99999");
	ck_assert_str_eq(err_text(0), "error 0");
}
END_TEST

static void say_both(void)
{
	log_info("eth0: %s", "up");
	log_warn("eth1: %d", 3);
}

START_TEST(writes_lines)
{
	ck_assert_str_eq(caught_from(say_both),
			 "init: eth0: up\ninit: eth1: 3\n");
}
END_TEST

START_TEST(quiet_leaves_out_info_only)
{
	log_quiet(true);
	ck_assert_str_eq(caught_from(say_both), "init: eth1: 3\n");
	log_quiet(false);
	ck_assert_str_eq(caught_from(say_both),
			 "init: eth0: up\ninit: eth1: 3\n");
}
END_TEST

static void say_control(void)
{
	log_warn("a\033[2Jb\nc\x7f%s", "\td\xc3\xa9");
}

START_TEST(control_characters_do_not_pass)
{
	ck_assert_str_eq(caught_from(say_control),
			 "init: a?[2Jb?c??d\xc3\xa9\n");
}
END_TEST

static void say_long(void)
{
	char text[2000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	log_warn("%s", text);
}

START_TEST(long_lines_are_cut)
{
	const char *line = caught_from(say_long);

	ck_assert_uint_eq(strlen(line), 511);
	ck_assert_int_eq(line[510], '\n');
	ck_assert_int_eq(line[509], 'x');
}
END_TEST

START_TEST(no_fd_2_is_no_fault)
{
	close(STDERR_FILENO);
	log_warn("nobody hears it");
	ck_assert_int_eq(write(STDERR_FILENO, "", 1), -1);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("log");
	TCase *fmt = tcase_create("fmt"), *log = tcase_create("log");

	tcase_add_test(fmt, formats_as_printf_does);
	tcase_add_test(fmt, pads_to_a_width);
	tcase_add_test(fmt, cuts_and_tells_the_whole_length);
	tcase_add_test(fmt, survives_odd_formats);
	tcase_add_test(fmt, names_errors_as_strerror_does);
	tcase_add_test(fmt, numbers_unknown_errors);
	tcase_add_test(log, writes_lines);
	tcase_add_test(log, quiet_leaves_out_info_only);
	tcase_add_test(log, control_characters_do_not_pass);
	tcase_add_test(log, long_lines_are_cut);
	tcase_add_test(log, no_fd_2_is_no_fault);
	suite_add_tcase(s, fmt);
	suite_add_tcase(s, log);
	return s;
}
