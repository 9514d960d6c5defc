// SPDX-License-Identifier: MIT
#include "unit.h"

#include "init/cmdline.h"
#include "init/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct boot_config cfg;
static char said[8192];

/* What parsing @text writes to fd 2; the result stays in @cfg. */
static int parse_as(const char *text, size_t len, bool file)
{
	int old = dup(STDERR_FILENO), fds[2], r;
	/* Exactly as long as it is, for the address sanitizer to watch. */
	char *copy = malloc(len ? len : 1);
	ssize_t n;

	memcpy(copy, text, len);
	ck_assert_int_eq(pipe2(fds, O_NONBLOCK), 0);
	dup2(fds[1], STDERR_FILENO);
	r = cmdline_parse(&cfg, copy, len, file);
	dup2(old, STDERR_FILENO);
	close(old);
	n = read(fds[0], said, sizeof(said) - 1);
	said[n > 0 ? n : 0] = '\0';
	close(fds[0]);
	close(fds[1]);
	free(copy);
	return r;
}

static int parse(const char *text)
{
	memset(&cfg, 0, sizeof(cfg));
	return parse_as(text, strlen(text), false);
}

static int parse_file(const char *text)
{
	memset(&cfg, 0, sizeof(cfg));
	return parse_as(text, strlen(text), true);
}

/* What lib/cmdline.c of the kernel makes of it, word by word. */
static const struct {
	const char *text;
	const char *words; /* joined by "|" */
} quoting[] = {
	{ "", "" },
	{ " \t\n ", "" },
	{ "a b=c", "a|b=c" },
	{ "  a\tb\n", "a|b" },
	{ "p=\"a b\" c", "p=a b|c" },
	{ "\"p=a b\" c", "p=a b|c" },
	{ "\"p q=a b\" c", "p q=a b|c" },
	{ "p=a\" \"b c", "p=a\" \"b|c" },
	{ "p=\"a b\"c d", "p=a b\"c|d" },
	{ "p=x\"a b\" d", "p=x\"a b\"|d" },
	{ "p=\"a b c", "p=a b c" },
	{ "p=\"\" c", "p=|c" },
	{ "p=\" c", "p= c" },
	{ "p=\"", "p=" },
	{ "p=a=b", "p=a=b" },
	{ "p=a=\"b\"", "p=a=\"b\"" },
	{ "p= c", "p=|c" },
	{ "=x c", "=x|c" },
	{ "\"\" c", "c" },
	{ "\"", "" },
	{ "p\"q r\"=s t", "p\"q r\"=s|t" },
	{ "\"p=\"a b\" c", "p=a|b\" c" },
	{ "a -- b=c", "a" },
	{ "a --x --=y -- b", "a|--x|--=y" },
};

START_TEST(quotes_as_the_kernel)
{
	char joined[256] = "";

	ck_assert_int_eq(parse(quoting[_i].text), 0);
	for (size_t i = 0; i < cfg.n_params; i++) {
		if (i)
			strcat(joined, "|");
		strcat(joined, cfg.params[i]);
	}
	ck_assert_str_eq(joined, quoting[_i].words);
}
END_TEST

START_TEST(keys_are_compared_as_the_kernel)
{
	ck_assert_str_eq(cmdline_key_is("a-b=1", "a_b"), "1");
	ck_assert_str_eq(cmdline_key_is("a_b=1", "a-b"), "1");
	ck_assert_str_eq(cmdline_key_is("quiet", "quiet"), "");
	ck_assert_str_eq(cmdline_key_is("ip=", "ip"), "");
	ck_assert_str_eq(cmdline_key_is("ip=a=b", "ip"), "a=b");
	ck_assert_ptr_null(cmdline_key_is("ipx=1", "ip"));
	ck_assert_ptr_null(cmdline_key_is("i", "ip"));
	ck_assert_ptr_null(cmdline_key_is("IP=1", "ip"));
	ck_assert_ptr_null(cmdline_key_is("", "ip"));
}
END_TEST

START_TEST(the_last_value_of_any_key)
{
	ck_assert_int_eq(parse("root=/dev/sda a-b=1 root=LABEL=x rw a_b"), 0);
	ck_assert_str_eq(cmdline_last(&cfg, "root"), "LABEL=x");
	ck_assert_str_eq(cmdline_last(&cfg, "rw"), "");
	ck_assert_str_eq(cmdline_last(&cfg, "a_b"), "");
	ck_assert_ptr_null(cmdline_last(&cfg, "ro"));
	ck_assert_int_eq(parse(""), 0);
	ck_assert_ptr_null(cmdline_last(&cfg, "root"));
}
END_TEST

START_TEST(takes_every_key)
{
	ck_assert_int_eq(parse("ip=a ip=b console=tty0 "
			       "console=ttyS0,115200n8 hostname=h quiet "
			       "bootlet.port=ttyS1 bootlet.size=24x80 "
			       "bootlet.modules=e1000,,loop, "
			       "modprobe.blacklist=a-b,c x.y=z"),
			 0);
	ck_assert_uint_eq(cfg.n_ip, 2);
	ck_assert_str_eq(cfg.ip[0], "a");
	ck_assert_str_eq(cfg.ip[1], "b");
	ck_assert_str_eq(cfg.console, "ttyS0");
	ck_assert_str_eq(cfg.hostname, "h");
	ck_assert(cfg.quiet);
	ck_assert_str_eq(cfg.port, "ttyS1");
	ck_assert_uint_eq(cfg.rows, 24);
	ck_assert_uint_eq(cfg.cols, 80);
	ck_assert_uint_eq(cfg.n_modules, 2);
	ck_assert_str_eq(cfg.modules[0], "e1000");
	ck_assert_str_eq(cfg.modules[1], "loop");
	ck_assert_uint_eq(cfg.n_blacklist, 2);
	ck_assert_str_eq(cfg.blacklist[0], "a-b");
	ck_assert_str_eq(cfg.blacklist[1], "c");
	ck_assert_str_eq(cfg.params[cfg.n_params - 1], "x.y=z");
	ck_assert_str_eq(said, "");
}
END_TEST

START_TEST(net_is_waited_for_or_not)
{
	ck_assert_int_eq(parse("bootlet.net=background"), 0);
	ck_assert(cfg.background);
	/* What is neither changes nothing. */
	ck_assert_int_eq(parse("bootlet.net=background bootlet.net=back "
			       "bootlet.net= bootlet.net"),
			 0);
	ck_assert(cfg.background);
	ck_assert_int_eq(parse("bootlet.net=background "
			       "bootlet.net=foreground"),
			 0);
	ck_assert(!cfg.background);
}
END_TEST

START_TEST(nothing_is_nothing)
{
	ck_assert_int_eq(parse("\n"), 0);
	ck_assert_uint_eq(cfg.n_params + cfg.n_ip + cfg.n_modules, 0);
	ck_assert_ptr_null(cfg.console);
	ck_assert_ptr_null(cfg.hostname);
	ck_assert_ptr_null(cfg.port);
	ck_assert(!cfg.quiet && !cfg.rows && !cfg.cols);
	ck_assert_int_eq(parse("console=ttyS0 console="), 0);
	ck_assert_ptr_null(cfg.console);
}
END_TEST

START_TEST(the_last_wins_and_lists_grow)
{
	const char *file = "hostname=file\nip=1\nbootlet.modules=a\n"
			   "console=ttyS1\n";
	const char *line = "hostname=line ip=2 bootlet.modules=b";

	memset(&cfg, 0, sizeof(cfg));
	ck_assert_int_eq(parse_as(file, strlen(file), true), 0);
	ck_assert_int_eq(parse_as(line, strlen(line), false), 0);
	ck_assert_str_eq(cfg.hostname, "line");
	ck_assert_str_eq(cfg.console, "ttyS1");
	ck_assert_str_eq(cfg.ip[0], "1");
	ck_assert_str_eq(cfg.ip[1], "2");
	ck_assert_str_eq(cfg.modules[0], "a");
	ck_assert_str_eq(cfg.modules[1], "b");
}
END_TEST

START_TEST(a_nul_ends_the_text)
{
	static const char text[] = "a\0hostname=x";

	memset(&cfg, 0, sizeof(cfg));
	ck_assert_int_eq(parse_as(text, sizeof(text), false), 0);
	ck_assert_uint_eq(cfg.n_params, 1);
	ck_assert_ptr_null(cfg.hostname);
}
END_TEST

START_TEST(files_have_lines_and_comments)
{
	ck_assert_int_eq(parse_file("# hostname=no\n"
				    "  # neither\r\n"
				    "hostname=yes # word\r\n"
				    "x=\"open\n"
				    "--\n"
				    "console=ttyS0,9600"),
			 0);
	ck_assert_str_eq(cfg.hostname, "yes");
	ck_assert_str_eq(cfg.console, "ttyS0");
	ck_assert_str_eq(cfg.params[1], "#");
	ck_assert_str_eq(cfg.params[2], "word");
	ck_assert_str_eq(cfg.params[3], "x=open");
	ck_assert_str_eq(cfg.params[4], "--");
}
END_TEST

START_TEST(a_command_line_has_no_comments)
{
	ck_assert_int_eq(parse("# hostname=h"), 0);
	ck_assert_str_eq(cfg.hostname, "h");
}
END_TEST

static const struct {
	const char *text;
	const char *message;
} bad[] = {
	{ "bootlet.size=24", "init: bootlet.size=24: want ROWSxCOLUMNS" },
	{ "bootlet.size=24x", "init: bootlet.size=24x: want ROWSxCOLUMNS" },
	{ "bootlet.size=x80", "init: bootlet.size=x80: want ROWSxCOLUMNS" },
	{ "bootlet.size=0x80", "init: bootlet.size=0x80: want" },
	{ "bootlet.size=24x65536", "init: bootlet.size=24x65536: want" },
	{ "bootlet.size=24x80x1", "init: bootlet.size=24x80x1: want" },
	{ "bootlet.size=99999999999999999999x1", "init: bootlet.size=999" },
	{ "bootlet.size", "init: bootlet.size: want ROWSxCOLUMNS" },
	{ "bootlet.port=/etc/x", "init: bootlet.port=/etc/x: want a list" },
	{ "bootlet.port=", "init: bootlet.port=: want a list" },
	{ "hostname=", "init: hostname=: want 1 to 64 bytes" },
	{ "hostname=1234567890123456789012345678901234567890123456789012345"
	  "6789012345",
	  "init: hostname=1234567890123456789" },
};

START_TEST(bad_values_are_named_and_ignored)
{
	ck_assert_int_eq(parse(bad[_i].text), 0);
	ck_assert_msg(!strncmp(said, bad[_i].message, strlen(bad[_i].message)),
		      "%s", said);
	ck_assert_ptr_eq(strchr(said, '\n'), said + strlen(said) - 1);
	ck_assert_uint_eq(cfg.n_params, 1);
	ck_assert(!cfg.rows && !cfg.cols && !cfg.port && !cfg.hostname);
}
END_TEST

START_TEST(limits_of_values_are_taken)
{
	ck_assert_int_eq(parse("bootlet.size=65535x1 hostname="
			       "12345678901234567890123456789012"
			       "34567890123456789012345678901234"),
			 0);
	ck_assert_uint_eq(cfg.rows, 65535);
	ck_assert_uint_eq(cfg.cols, 1);
	ck_assert_uint_eq(strlen(cfg.hostname), 64);
	ck_assert_str_eq(said, "");
}
END_TEST

START_TEST(full_lists_drop_with_a_warning)
{
	char text[4096] = "";

	for (int i = 0; i <= 3 + BOOT_MAX_IP; i++)
		sprintf(text + strlen(text), "ip=%d ", i);
	ck_assert_int_eq(parse(text), 0);
	ck_assert_uint_eq(cfg.n_ip, BOOT_MAX_IP);
	ck_assert_str_eq(said,
			 "init: 8: left out, and all like it: more than 8\n");

	strcpy(text, "bootlet.modules=");
	for (int i = 0; i <= 3 + BOOT_MAX_MODULES; i++)
		sprintf(text + strlen(text), "m%d,", i);
	ck_assert_int_eq(parse(text), 0);
	ck_assert_uint_eq(cfg.n_modules, BOOT_MAX_MODULES);
	ck_assert_str_eq(
		said, "init: m96: left out, and all like it: more than 96\n");

	text[0] = '\0';
	for (int i = 0; i <= 3 + BOOT_MAX_PARAMS; i++)
		sprintf(text + strlen(text), "p%d ", i);
	ck_assert_int_eq(parse(text), 0);
	ck_assert_uint_eq(cfg.n_params, BOOT_MAX_PARAMS);
	ck_assert_str_eq(
		said, "init: p256: left out, and all like it: more than 256\n");
}
END_TEST

static size_t said_lines(void)
{
	size_t n = 0;

	for (const char *p = said; *p; p++)
		n += *p == '\n';
	return n;
}

static void wins(void)
{
	static const char line[] = "ip=l1 ip=l2 bootlet.port=ttyS1 "
				   "bootlet.modules=lm modprobe.blacklist=lb "
				   "m.p=line";

	ck_assert_int_eq(parse_as(line, sizeof(line) - 1, false), 0);
	ck_assert_str_eq(said, "");
	ck_assert_str_eq(cfg.ip[cfg.n_ip - 2], "l1");
	ck_assert_str_eq(cfg.ip[cfg.n_ip - 1], "l2");
	ck_assert_str_eq(cfg.port, "ttyS1");
	ck_assert_str_eq(cfg.modules[cfg.n_modules - 1], "lm");
	ck_assert_str_eq(cfg.blacklist[cfg.n_blacklist - 1], "lb");
	ck_assert_str_eq(cfg.params[cfg.n_params - 1], "m.p=line");
}

START_TEST(full_lists_of_a_file_leave_room)
{
	static char text[16384];

	for (int i = 0; i < 120; i++)
		sprintf(text + strlen(text),
			"ip=%d\nbootlet.modules=m%d\nmodprobe.blacklist=b%d\n",
			i, i, i);
	ck_assert_int_eq(parse_file(text), 0);
	ck_assert_uint_eq(cfg.n_ip, BOOT_MAX_IP - 2);
	ck_assert_uint_eq(cfg.n_modules, BOOT_MAX_MODULES - 24);
	ck_assert_uint_eq(cfg.n_blacklist, BOOT_MAX_BLACKLIST - 8);
	ck_assert_uint_eq(cfg.n_params, BOOT_MAX_PARAMS - 64);
	/* One line each, not one a word. */
	ck_assert_uint_eq(said_lines(), 4);
	ck_assert_ptr_nonnull(strstr(said, "init: 6: left out, and all like "
					   "it: more than 6\n"));
	/* Another text, said again. */
	ck_assert_int_eq(parse_as("ip=x ip=y", 9, true), 0);
	ck_assert_uint_eq(said_lines(), 2);
	wins();
}
END_TEST

START_TEST(a_long_file_leaves_room)
{
	static char text[sizeof(cfg.text)];
	char line[2048] = "bootlet.modules=";

	memset(text, 'x', sizeof(text));
	for (size_t i = 100; i < sizeof(text); i += 100)
		text[i] = '\n';
	memset(&cfg, 0, sizeof(cfg));
	ck_assert_int_eq(parse_as(text, sizeof(text), true), -E2BIG);
	ck_assert_uint_le(cfg.text_len, sizeof(cfg.text) - 4096);
	ck_assert_uint_gt(cfg.text_len, sizeof(cfg.text) - 4096 - 100);
	wins();

	/* The longest that a machine takes, with one list in all of it. */
	memset(&cfg, 0, sizeof(cfg));
	parse_as(text, sizeof(text), true);
	memset(line + strlen(line), 'm', sizeof(line) - strlen(line) - 1);
	line[sizeof(line) - 1] = '\0';
	ck_assert_int_eq(parse_as(line, strlen(line), false), 0);
	ck_assert_uint_eq(cfg.n_modules, 1);
}
END_TEST

START_TEST(too_long_a_text_is_told)
{
	static char text[sizeof(cfg.text) + 100];

	memset(text, 'x', sizeof(text));
	memcpy(text, "hostname=h ", 11);
	memset(&cfg, 0, sizeof(cfg));
	ck_assert_int_eq(parse_as(text, sizeof(text), false), -E2BIG);
	ck_assert_str_eq(cfg.hostname, "h");
	ck_assert_uint_eq(cfg.n_params, 1);

	/* A list needs its room twice. */
	memset(text, 'm', sizeof(text));
	memcpy(text, "bootlet.modules=", 16);
	memset(&cfg, 0, sizeof(cfg));
	ck_assert_int_eq(parse_as(text, sizeof(cfg.text) * 3 / 4, true),
			 -E2BIG);
	ck_assert_uint_eq(cfg.n_modules, 0);
	ck_assert_uint_le(cfg.text_len, sizeof(cfg.text));
}
END_TEST

START_TEST(loads_what_the_kernel_was_given)
{
	memset(&cfg, 0, sizeof(cfg));
	ck_assert_int_eq(cmdline_load(&cfg), 0);
	ck_assert_uint_gt(cfg.n_params, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("cmdline");
	TCase *t = tcase_create("cmdline");

	tcase_add_loop_test(t, quotes_as_the_kernel, 0,
			    sizeof(quoting) / sizeof(quoting[0]));
	tcase_add_test(t, keys_are_compared_as_the_kernel);
	tcase_add_test(t, the_last_value_of_any_key);
	tcase_add_test(t, takes_every_key);
	tcase_add_test(t, net_is_waited_for_or_not);
	tcase_add_test(t, nothing_is_nothing);
	tcase_add_test(t, the_last_wins_and_lists_grow);
	tcase_add_test(t, a_nul_ends_the_text);
	tcase_add_test(t, files_have_lines_and_comments);
	tcase_add_test(t, a_command_line_has_no_comments);
	tcase_add_loop_test(t, bad_values_are_named_and_ignored, 0,
			    sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(t, limits_of_values_are_taken);
	tcase_add_test(t, full_lists_drop_with_a_warning);
	tcase_add_test(t, full_lists_of_a_file_leave_room);
	tcase_add_test(t, a_long_file_leaves_room);
	tcase_add_test(t, too_long_a_text_is_told);
	tcase_add_test(t, loads_what_the_kernel_was_given);
	suite_add_tcase(s, t);
	return s;
}
