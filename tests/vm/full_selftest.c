// SPDX-License-Identifier: MIT
/*
 * The kernel's own tests, from the packaged source, run under bootlet to JUnit:
 * on the kernel that they are for, and on one that lacks what they ask for.
 */
#include "source.h"
#include "vm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A build comes before it, maybe somebody else's. */
#define TCASE_S 3600

/* What CI reads of a file: by a parser that is not ours. */
static const char reader[] =
	"import sys, xml.etree.ElementTree as E\n"
	"root = E.parse(sys.argv[1]).getroot()\n"
	"suites = list(root.iter('testsuite'))\n"
	"cases = list(root.iter('testcase'))\n"
	"def told(key): return sum(int(s.get(key, 0)) for s in suites)\n"
	"def found(*tags): return sum(any(c.find(t) is not None for t in tags)"
	" for c in cases)\n"
	"bad = found('failure', 'error')\n"
	"print('root=' + root.tag)\n"
	"print('told=%d %d %d' % (told('tests'), told('failures') +"
	" told('errors'), told('skipped')))\n"
	"print('found=%d %d %d' % (len(cases), bad, found('skipped')))\n"
	"print('passed=%d' % (len(cases) - bad - found('skipped')))\n"
	"print('bad=%d' % bad)\n"
	"print('skipped=%d' % found('skipped'))\n"
	"print('unnamed=%d' % sum(not c.get('name') for c in cases))\n"
	"for c in cases:\n"
	"    print('case=' + c.get('name', ''))\n";

static struct ran r, xml;
static char *tree;

static void built(void)
{
	tree = source_built(NULL);
}

/* The program @name of the directory @dir of the selftests, linked statically:
 * it needs nothing in the image. Return: its path; the caller frees. */
static char *selftest(const char *dir, const char *name)
{
	char *program = strdup(vm_at(name));
	struct ran cc;

	vm_exec(&cc, NULL, 0,
		VM_ARGV("sh", "-ec",
			"cd \"$1/source/tools/testing/selftests\"\n"
			"cc -static -O2 -w -I. -o \"$2\" \"$3/$4.c\"",
			"sh", tree, program, dir, name));
	ck_code(&cc, 0);
	ran_free(&cc);
	return program;
}

/* Run it on kernel @k, and read what became of it as CI would. */
static void run(const char *k, const char *program)
{
	const char *file = vm_at("result.xml");

	unlink(file);
	vm_host(&r, "run", "-k", k, "--accel", "tcg", "--append", "quiet",
		"--junit", file, "--file", vm_fmt("%s:/selftest", program),
		"--", "/selftest");
	ck_assert_msg(access(file, F_OK) == 0, "no JUnit: %s", r.err.p);
	vm_exec(&xml, NULL, 0, VM_ARGV("python3", "-c", reader, file));
	ck_code(&xml, 0);
	ck_assert_str_eq(xml.err.p, "");
	/* What stands in the attributes is what stands in the file. */
	ck_assert_str_eq(vm_answer(&xml, "told"), vm_answer(&xml, "found"));
	ck_answer(&xml, "unnamed", "0");
	ck_assert_msg(strstr(xml.out.p, "root=testsuite"), "%s", xml.out.p);
}

static int number(const char *key)
{
	return atoi(vm_answer(&xml, key));
}

/* Three tests in plain TAP, by kselftest.h. */
START_TEST(sas)
{
	char *program = selftest("sigaltstack", "sas");

	run("distro", program);
	ck_code(&r, 0);
	ck_answer(&xml, "found", "3 0 0");
	ck_has(r.err, "3 passed");
	/* stdout is the program's own, as without --junit. */
	ck_has(r.out, "1..3\n");
	ck_has(r.out, "ok 3 ");
	free(program);
	vm_nothing_left(2);
}
END_TEST

/* A test that is not right itself: what stands in the buffer of its stdout, if
 * that is no terminal, its forked children print once more. It ends well; its
 * numbers come twice, and that is no success. */
START_TEST(clone3_set_tid)
{
	char *program = selftest("clone3", "clone3_set_tid");

	run("distro", program);
	ck_code(&r, 1);
	ck_has(r.out, "1..29\n");
	ck_has(r.out, "ok 29 PIDs in all namespaces as expected");
	ck_has(xml.out, "PIDs in all namespaces as expected");
	ck_has(r.err, "test 18 comes behind test 18");
	ck_assert_msg(number("bad") > 0, "%s", xml.out.p);
	free(program);
}
END_TEST

/* Without its name spaces it also ends before the plan is fulfilled: what did
 * not run is no success either. */
START_TEST(clone3_on_less)
{
	char *program = selftest("clone3", "clone3_set_tid");

	run(tree, program);
	ck_code(&r, 1);
	ck_has(r.out, "# Planned tests != run tests (29 != 21)");
	ck_has(r.err, "2 failed");
	/* The two that fail, and what is missing behind them. */
	ck_assert_msg(number("bad") > 2, "%s", xml.out.p);
	free(program);
	vm_nothing_left(2);
}
END_TEST

/* By kselftest_harness.h: names with a dot, lines of its own in between. */
START_TEST(harness)
{
	char *program = selftest("pidfd", "pidfd_setns_test");

	run("distro", program);
	ck_code(&r, 0);
	ck_answer(&xml, "found", "7 0 0");
	ck_has(xml.out, "case=current_nsset.invalid_flags\n");
	ran_free(&r);
	run(tree, program);
	ck_code(&r, 1);
	ck_answer(&xml, "passed", "1");
	ck_answer(&xml, "bad", "6");
	free(program);
}
END_TEST

/* One passes, one fails, one is skipped: each is counted as what it is. */
START_TEST(skipped)
{
	char *program = selftest("mincore", "mincore_selftest");

	run("distro", program);
	ck_code(&r, 1);
	ck_answer(&xml, "found", "5 1 1");
	ck_answer(&xml, "passed", "3");
	ck_has(r.err, "3 passed");
	ck_has(r.err, "1 failed");
	ck_has(r.err, "1 skipped");
	free(program);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("selftest");
	TCase *t = tcase_create("JUnit");

	tcase_set_timeout(t, TCASE_S);
	tcase_add_checked_fixture(t, built, NULL);
	tcase_add_test(t, sas);
	tcase_add_test(t, clone3_set_tid);
	tcase_add_test(t, clone3_on_less);
	tcase_add_test(t, harness);
	tcase_add_test(t, skipped);
	suite_add_tcase(s, t);
	return s;
}
