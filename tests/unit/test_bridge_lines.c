// SPDX-License-Identifier: MIT
/* Plans as text, for people, sh and ip. */
#include "unit.h"

#include "bridge_model.h"
#include "host/spawn.h"

#include <stdio.h>

#define GOLDEN TOPDIR "/tests/unit/golden/"

static void same_as_golden(const char *name, bool undo)
{
	char *path = xasprintf(GOLDEN "%s", name);
	struct netplan down = { 0 };
	struct buf text = { 0 }, want = { 0 };

	ck_assert_int_eq(bridge_up_plan(&spec, &have, &plan, &why), 0);
	bridge_undo_plan(&plan, NULL, &down);
	netplan_sh(undo ? &down : &plan, &text);
	if (getenv("UPDATE_GOLDEN")) {
		FILE *f = fopen(path, "w");

		ck_assert_ptr_nonnull(f);
		fputs(text.p, f);
		fclose(f);
	}
	ck_assert_int_eq(read_file(path, &want, 65536), 0);
	ck_assert_str_eq(text.p, want.p);
	netplan_free(&down);
	buf_free(&text);
	buf_free(&want);
	free(path);
}

static void one_tap(void)
{
	strv_free(&spec.taps);
	strv_push(&spec.taps, "tap0");
}

START_TEST(golden_up)
{
	one_tap();
	same_as_golden("ip-up.txt", false);
}
END_TEST

START_TEST(golden_down)
{
	one_tap();
	same_as_golden("ip-down.txt", true);
}
END_TEST

static void hostile(void)
{
	strv_free(&spec.taps);
	strv_pushl(&spec.taps, "-a,b$c", "`x`;y&z*", NULL);
	spec.bridge = "lab$br";
	spec.owner = 4294967294;
	ck_assert_ptr_null(parse_bridge_addr("10.20.30.40/9", &spec.addr));
}

START_TEST(golden_options)
{
	hostile();
	same_as_golden("ip-options.txt", false);
}
END_TEST

/* Each line, read by sh, is the argv; an "ip" of ours notes what it gets. */
START_TEST(sh_reads_it_back)
{
	struct buf script = { 0 }, got = { 0 }, want = { 0 };
	const struct spawn s = { .in = &script, .out = &got };
	struct strv sh = { 0 };

	hostile();
	ck_assert_int_eq(bridge_up_plan(&spec, &have, &plan, &why), 0);
	buf_adds(&script, "ip() { printf '<%s>' ip \"$@\"; echo; }\n");
	netplan_sh(&plan, &script);
	for (size_t i = 0; i < plan.n; i++) {
		struct strv argv = { 0 };

		netop_argv(&plan.v[i], &argv);
		for (size_t w = 0; w < argv.n; w++)
			buf_addf(&want, "<%s>", argv.v[w]);
		buf_addc(&want, '\n');
		strv_free(&argv);
	}
	strv_push(&sh, "sh");
	ck_assert_int_eq(spawn_run(&s, &sh), 0);
	ck_assert_str_eq(got.p, want.p);
	ck_assert_ptr_nonnull(strstr(got.p, "<name><`x`;y&z*>"));
	strv_free(&sh);
	buf_free(&script);
	buf_free(&got);
	buf_free(&want);
}
END_TEST

START_TEST(batch_lines)
{
	struct buf text = { 0 };

	hostile();
	spec.taps.n = 1;
	ck_assert_int_eq(bridge_up_plan(&spec, &have, &plan, &why), 0);
	spec.taps.n = 2;
	netplan_batch(&plan, &text);
	ck_assert_str_eq(
		text.p,
		"link add name bootlet-new0 type bridge\n"
		"link set dev bootlet-new0 alias \"bootlet net lab$br\"\n"
		"link set dev bootlet-new0 name lab$br\n"
		"address add 10.20.30.40/9 brd 10.127.255.255 dev lab$br\n"
		"link set dev lab$br up\n"
		"tuntap add dev bootlet-new1 mode tap user 4294967294\n"
		"link set dev bootlet-new1 alias \"bootlet net lab$br\"\n"
		"link set dev bootlet-new1 name -a,b$c\n"
		"link set dev -a,b$c master lab$br\n"
		"link set dev -a,b$c up\n");
	buf_free(&text);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("bridge_lines");
	TCase *t = tcase_create("plans");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, golden_up);
	tcase_add_test(t, golden_down);
	tcase_add_test(t, golden_options);
	tcase_add_test(t, sh_reads_it_back);
	tcase_add_test(t, batch_lines);
	suite_add_tcase(s, t);
	return s;
}
