// SPDX-License-Identifier: MIT
/*
 * README's recipes for CI, as they stand there: the steps of the job that a
 * shell runs, and the script. What the service itself does (checkout, cache,
 * upload) is not here.
 */
#include "vm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define README	TOPDIR "/README.md"
#define INDENT	4
#define MAX_RUN 8

static struct ran r;

/* What a user of the recipes has: the project under test beside a test. */
static void setup(void)
{
	vm_setup();
	vm_put("test.sh",
	       "#!/bin/sh\n"
	       "echo TAP version 13\necho 1..2\necho ok 1 - boots\n"
	       "test \"$(id -u)\" = 0 && echo ok 2 - root || echo not ok 2\n",
	       true);
	/* The recipe makes /dev/kvm usable; on a test's machine it stays. */
	ck_assert_int_eq(symlink(TOPDIR, vm_at("bootlet")), 0);
	vm_put("sudo", "#!/bin/sh\nexit 0\n", true);
}

static void teardown(void)
{
	const char *left = vm_cleanup();

	ck_assert_msg(!left, "left behind: %s", left ? left : "");
}

/* README's indented block that begins with @first, without the indent; the
 * caller frees. */
static char *block(const char *first)
{
	struct text readme = vm_slurp(README), out = { 0 };
	char *from = strstr(readme.p, first);

	ck_assert_msg(from != NULL, "not in README: %s", first);
	while (from && *from) {
		size_t len = strcspn(from, "\n");
		bool inside = len > INDENT && !strncmp(from, "    ", INDENT);

		if (len && !inside)
			break;
		if (len)
			text_add(&out, from + INDENT, len - INDENT);
		text_add(&out, "\n", 1);
		from += len + (from[len] == '\n');
	}
	free(readme.p);
	return out.p;
}

static size_t indent_of(const char *line)
{
	return strspn(line, " ");
}

/* Bodies of a job's "run:", in order. Return: how many. */
static int run_steps(const char *job, struct text step[MAX_RUN])
{
	int n = 0;
	const char *line = job;

	while (*line) {
		size_t len = strcspn(line, "\n"), in = indent_of(line);
		const char *key = line + in;

		line += len + (line[len] == '\n');
		if (!strncmp(key, "- ", 2))
			key += 2;
		if (strncmp(key, "run: ", 5) != 0)
			continue;
		ck_assert_int_lt(n, MAX_RUN);
		key += 5;
		if (*key != '|') {
			text_add(&step[n++], key, strcspn(key, "\n"));
			continue;
		}
		while (*line && (indent_of(line) > in || *line == '\n')) {
			len = strcspn(line, "\n");
			text_add(&step[n], line, len + (line[len] == '\n'));
			line += len + (line[len] == '\n');
		}
		n++;
	}
	return n;
}

/* As the service does it: each step a shell of its own that ends at the first
 * error; what is written to $GITHUB_PATH is in the next one's PATH. */
#define STEP                                                 \
	"cd \"$TMPDIR\"; unset MAKEFLAGS MFLAGS MAKELEVEL; " \
	"export GITHUB_PATH=$PWD/path; touch path; "         \
	"PATH=$(tr '\\n' ':' <path)$PWD:$PATH; "             \
	"exec sh -e \"$1\""

static void run_step(int i, const struct text *step)
{
	const char *name = vm_fmt("step%d", i);

	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-c", STEP, "sh", vm_put(name, step->p, false)));
}

START_TEST(the_job)
{
	struct text step[MAX_RUN] = { 0 }, xml, json;
	char *job = block("    name: kernel\n");
	int n = run_steps(job, step);

	ck_assert_int_ge(n, 3);
	for (int i = 0; i < n; i++) {
		run_step(i, &step[i]);
		ck_code(&r, 0);
		free(step[i].p);
	}
	ck_has(r.out, "ok 1 - boots");
	xml = vm_slurp(vm_at("results.xml"));
	ck_has(xml, "tests=\"2\"");
	ck_has(xml, "failures=\"0\"");
	json = vm_slurp(vm_at("report.json"));
	ck_has(json, "\"outcome\": \"exit\"");
	ck_assert_uint_gt(vm_slurp(vm_at("console.log")).n, 0);
	free(xml.p);
	free(json.p);
	free(job);
	vm_nothing_left(0);
}
END_TEST

/* One kernel that is good, and one that is none. */
START_TEST(the_script)
{
	char *script = block("    #!/bin/sh\n    # test-kernels");
	const char *path = vm_put("test-kernels", script, true);

	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-c",
			"cd \"$TMPDIR\"; PATH=" BUILD ":$PATH; "
			"exec \"$@\"",
			"sh", path, "distro", "./nonsuch"));
	ck_code(&r, 1);
	ck_has(r.out, "distro: passed");
	ck_has(r.out, "./nonsuch: could not be run");
	free(script);
	vm_nothing_left(0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("recipes");
	TCase *t = tcase_create("README");

	tcase_add_unchecked_fixture(t, setup, teardown);
	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_test(t, the_job);
	tcase_add_test(t, the_script);
	suite_add_tcase(s, t);
	return s;
}
