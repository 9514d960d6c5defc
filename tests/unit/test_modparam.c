// SPDX-License-Identifier: MIT
#include "unit.h"

#include "init/cmdline.h"
#include "init/modparam.h"

#include <errno.h>
#include <string.h>

static struct boot_config cfg;
static char buf[512];

static const char *build(const char *line, const char *name)
{
	memset(&cfg, 0, sizeof(cfg));
	ck_assert_int_eq(cmdline_parse(&cfg, line, strlen(line), false), 0);
	ck_assert_int_eq(
		modparam_build(&cfg, name, strlen(name), buf, sizeof(buf)), 0);
	return buf;
}

static const struct {
	const char *line;
	const char *name;
	const char *params;
	const char *read; /* @params as the kernel reads it, joined by "|" */
} rows[] = {
	{ "", "e1000", "", "" },
	{ "e1000.debug=16", "e1000", "debug=16", "debug=16" },
	{ "e1000.debug=16 x e1000.a", "e1000", "debug=16 a", "debug=16|a" },
	{ "e1000e.debug=16 e100.x=1 e1000=1 e1000.", "e1000", "", "" },
	{ "snd-hda.x=1 snd_hda.y=2", "snd_hda", "x=1 y=2", "x=1|y=2" },
	{ "snd-hda.x=1 snd_hda.y=2", "snd-hda", "x=1 y=2", "x=1|y=2" },
	{ "m.p=\"a b\" m.q=c", "m", "p=\"a b\" q=c", "p=a b|q=c" },
	{ "\"m.p=a b\" m.q", "m", "p=\"a b\" q", "p=a b|q" },
	{ "m.p=a\" \"b m.q=c", "m", "p=a\" \"b q=c", "p=a\" \"b|q=c" },
	{ "m.p=\"a b\"c m.q=d", "m", "p=\"a b\"c q=d", "p=a b\"c|q=d" },
	{ "m.q=d m.p=\"a b c", "m", "q=d p=\"a b c\"", "q=d|p=a b c" },
	{ "m.p=", "m", "p=", "p=" },
	{ "m.p=a=b,c", "m", "p=a=b,c", "p=a=b,c" },
	{ "m.a.b=c", "m", "a.b=c", "a.b=c" },
};

START_TEST(collects_the_parameters_of_one_module)
{
	ck_assert_str_eq(build(rows[_i].line, rows[_i].name), rows[_i].params);
}
END_TEST

START_TEST(the_kernel_reads_the_values_back)
{
	char joined[256] = "";

	build(rows[_i].line, rows[_i].name);
	memset(&cfg, 0, sizeof(cfg));
	ck_assert_int_eq(cmdline_parse(&cfg, buf, strlen(buf), false), 0);
	for (size_t i = 0; i < cfg.n_params; i++) {
		if (i)
			strcat(joined, "|");
		strcat(joined, cfg.params[i]);
	}
	ck_assert_str_eq(joined, rows[_i].read);
}
END_TEST

START_TEST(what_does_not_fit_is_left_out_whole)
{
	const char *line = "m.a=1 m.bbbbbbbbbb=2 m.c=3";
	char small[9];

	memset(&cfg, 0, sizeof(cfg));
	cmdline_parse(&cfg, line, strlen(line), false);
	ck_assert_int_eq(modparam_build(&cfg, "m", 1, small, sizeof(small)),
			 -E2BIG);
	ck_assert_str_eq(small, "a=1 c=3");
	ck_assert_int_eq(modparam_build(&cfg, "m", 1, small, 1), -E2BIG);
	ck_assert_str_eq(small, "");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("modparam");
	TCase *t = tcase_create("modparam");

	tcase_add_loop_test(t, collects_the_parameters_of_one_module, 0,
			    sizeof(rows) / sizeof(rows[0]));
	tcase_add_loop_test(t, the_kernel_reads_the_values_back, 0,
			    sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(t, what_does_not_fit_is_left_out_whole);
	suite_add_tcase(s, t);
	return s;
}
