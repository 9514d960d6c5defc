// SPDX-License-Identifier: MIT
#include "host/accel.h"
#include "host/run.h"
#include "host/run_cmdline.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *words[] = { "true", NULL };

static struct run_spec basic(const char *machine)
{
	return (struct run_spec){
		.channel = channel_find("uart"),
		.machine = machine_find(machine),
		.accel = RUN_TCG,
		.cpus = 1,
		.command = words,
	};
}

/* Whether it is a word of the line, or how one begins that ends in "=". */
static bool line_has(const char *line, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = line; *p; p += strcspn(p, " ")) {
		p += strspn(p, " ");
		if (!strncmp(p, word, len) &&
		    (word[len - 1] == '=' || p[len] == ' ' || !p[len]))
			return true;
	}
	return false;
}

static bool has(const struct run_spec *spec, const char *word)
{
	char *line = run_cmdline(spec, NULL);
	bool is = line_has(line, word);

	free(line);
	return is;
}

static const char calibrated[] = "nolapic_timer";

/* KVM's guest has a timer whose speed it is told, and a second processor has
 * none but that one. */
START_TEST(fast_machine)
{
	static const char *const pcs[] = { "pc", "q35" };

	for (size_t i = 0; i < 2; i++) {
		struct run_spec spec = basic(pcs[i]);

		ck_assert(!has(&spec, calibrated));
		spec.start.fast = true;
		ck_assert(has(&spec, calibrated));
		spec.cpus = 2;
		ck_assert(!has(&spec, calibrated));
		spec.cpus = 1;
		spec.accel = RUN_KVM;
		ck_assert(!has(&spec, calibrated));
		ck_assert(has(&spec, "rodata=off"));
	}
}
END_TEST

START_TEST(fast_microvm)
{
	struct run_spec spec = basic("microvm");

	spec.start.fast = true;
	ck_assert(!has(&spec, calibrated));
	ck_assert(has(&spec, "rodata=off"));
}
END_TEST

/* Where KVM may yet be tried it is not known to be TCG. */
START_TEST(fast_auto)
{
	struct run_spec spec = basic("pc");
	char dir[] = "/tmp/bootlet-cmdline-XXXXXX";
	const char *why;
	bool device;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	setenv("XDG_CACHE_HOME", dir, 1);
	device = accel_kvm(&why) != ACCEL_KVM_NONE;
	spec.accel = RUN_AUTO;
	spec.start.fast = true;
	ck_assert_int_eq(has(&spec, calibrated), !device);
	accel_remember(false);
	ck_assert(has(&spec, calibrated));
	accel_remember(true);
	ck_assert_int_eq(has(&spec, calibrated), !device);
	ck_assert_int_eq(system("rm -r $XDG_CACHE_HOME"), 0);
}
END_TEST

START_TEST(machine_words)
{
	struct run_spec spec = basic("microvm");

	ck_assert(has(&spec, "reboot=a"));
	ck_assert(has(&spec, "tsc=reliable"));
	spec.icount.on = true;
	ck_assert(has(&spec, "tsc_early_khz=1000000"));
	for (int i = 0; i < 2; i++) {
		spec = basic(i ? "q35" : "pc");
		spec.icount.on = true;
		ck_assert(!has(&spec, "reboot=a"));
		ck_assert(!has(&spec, "tsc=reliable"));
		ck_assert(!has(&spec, "tsc_early_khz="));
	}
	/* Before the machine is chosen. */
	spec.machine = NULL;
	ck_assert(!has(&spec, "tsc=reliable"));
}
END_TEST

START_TEST(loud)
{
	static char *const said[] = { "quiet", "a=b loglevel=3", "debug",
				      "ignore_loglevel" };
	struct run_spec spec = basic("pc");

	ck_assert(has(&spec, "ignore_loglevel"));
	for (size_t i = 0; i < 4; i++) {
		char *line;

		strv_push(&spec.append, said[i]);
		line = run_cmdline(&spec, NULL);
		/* The user's own, or none. */
		ck_assert_int_eq(line_has(line, "ignore_loglevel"), i == 3);
		free(line);
		strv_free(&spec.append);
	}
	/* What only has that in it is something else. */
	strv_push(&spec.append, "my.quiet=1 debug_pagealloc=on");
	ck_assert(has(&spec, "ignore_loglevel"));
	strv_free(&spec.append);
	spec.command = NULL;
	ck_assert(!has(&spec, "ignore_loglevel"));
}
END_TEST

START_TEST(others)
{
	struct run_spec spec = basic("pc");
	char *line;

	ck_assert(!has(&spec, "bootlet.warm="));
	ck_assert(!has(&spec, "initcall_debug"));
	spec.warm.on = true;
	ck_assert(has(&spec, "bootlet.warm=2"));
	spec.files.root = "/";
	ck_assert(has(&spec, "bootlet.warm=1"));
	spec.chart = "x.svg";
	ck_assert(has(&spec, "initcall_debug"));
	spec.net.background = true;
	ck_assert(has(&spec, "bootlet.net=background"));
	strv_push(&spec.append, "last words");
	line = run_cmdline(&spec, "10.0.2.15::10.0.2.2");
	ck_assert(line_has(line, "ip=10.0.2.15::10.0.2.2"));
	/* Where the kernel takes the later one, it is the user's. */
	ck_assert_str_eq(strstr(line, " last"), " last words");
	free(line);
	strv_free(&spec.append);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("run_cmdline");
	TCase *t = tcase_create("run_cmdline");

	tcase_add_test(t, fast_machine);
	tcase_add_test(t, fast_microvm);
	tcase_add_test(t, fast_auto);
	tcase_add_test(t, machine_words);
	tcase_add_test(t, loud);
	tcase_add_test(t, others);
	suite_add_tcase(s, t);
	return s;
}
