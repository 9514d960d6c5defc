// SPDX-License-Identifier: MIT
#include "host/kbuild_line.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static void ck_line(const char *line, enum kbuild_kind kind, const char *target)
{
	struct kbuild_line l;
	char *got;

	parse_kbuild_line(line, &l);
	ck_assert_msg(l.kind == kind, "%s: kind %d", line, l.kind);
	got = l.target ? xasprintf("%.*s", l.target_len, l.target) : NULL;
	ck_assert_pstr_eq(got, target);
	free(got);
}

START_TEST(steps)
{
	struct kbuild_line l;

	ck_line("  CC      net/ipv4/tcp.o", KBUILD_STEP, "net/ipv4/tcp.o");
	ck_line("  CC [M]  fs/fat/dir.o", KBUILD_STEP, "fs/fat/dir.o");
	ck_line("  HOSTCC  scripts/basic/fixdep", KBUILD_STEP,
		"scripts/basic/fixdep");
	ck_line("  VDSO2C  a.c # b", KBUILD_STEP, "a.c");
	parse_kbuild_line("  LD [M]  fs/fat/fat.o", &l);
	ck_assert_int_eq(l.step_len, 6);
	ck_assert(!strncmp(l.step, "LD [M]", 6));
}
END_TEST

START_TEST(words)
{
	struct kbuild_line l;

	ck_line("", KBUILD_WORDS, NULL);
	ck_line("  308 | #define HPAGE ({ BUILD_BUG(); 0; })", KBUILD_WORDS,
		NULL);
	ck_line("  CC", KBUILD_WORDS, NULL);
	ck_line("  CC   ", KBUILD_WORDS, NULL);
	ck_line("makefile: odd", KBUILD_WORDS, NULL);
	ck_line("make[x]: odd", KBUILD_WORDS, NULL);
	parse_kbuild_line("a.c:1:2: warning: unused", &l);
	ck_assert(l.warning);
	parse_kbuild_line("a.c:1:2: error: unused", &l);
	ck_assert(!l.warning);
}
END_TEST

START_TEST(failures)
{
	ck_line("make[3]: *** [/s rc/scripts/Makefile.build:255: mm/shmem.o] "
		"Error 1",
		KBUILD_FAILED, "mm/shmem.o");
	ck_line("make: *** [mm/shmem.o] Killed", KBUILD_FAILED, "mm/shmem.o");
	ck_line("make[1]: [Makefile:3: x.o] Error 1 (ignored)", KBUILD_MAKE,
		NULL);
	ck_line("make[1]: *** [Makefile:3: x.o] Error 1 (ignored)",
		KBUILD_STOPPED, "[Makefile:3: x.o] Error 1 (ignored)");
	ck_line("make[2]: *** No rule to make target 'x.o', needed by 'y'.",
		KBUILD_STOPPED, "No rule to make target 'x.o', needed by 'y'.");
	ck_line("make[2]: *** Waiting for unfinished jobs....", KBUILD_MAKE,
		NULL);
	ck_line("make[2]: *** Deleting file 'x.o'", KBUILD_MAKE, NULL);
	ck_line("make[2]: Target 'mm/' not remade because of errors.",
		KBUILD_MAKE, NULL);
}
END_TEST

START_TEST(undefined)
{
	ck_line("signal.c:(.text+0x4a8): undefined reference to `__bad_user'",
		KBUILD_UNDEFINED, "__bad_user");
	ck_line("ld.lld: error: undefined symbol: __bad_user", KBUILD_UNDEFINED,
		"__bad_user");
	ck_line("ERROR: modpost: \"__bad\" [fs/fat/fat.ko] undefined!",
		KBUILD_UNDEFINED, "__bad");
	ck_line("WARNING: modpost: \"__bad\" [fs/fat/fat.ko] is odd",
		KBUILD_WORDS, NULL);
}
END_TEST

static void ck_bar(size_t done, size_t total, unsigned int width,
		   const char *want)
{
	struct buf b = { 0 };

	kbuild_bar(&b, done, total, "CC", "net/ipv4/tcp.o", width);
	ck_assert_str_eq(b.p, want);
	buf_free(&b);
}

START_TEST(bar)
{
	ck_bar(412, 1834, 60, "[ 412/1834] CC net/ipv4/tcp.o");
	ck_bar(412, 1834, 64, "[ 412/1834] ###............. CC net/ipv4/tcp.o");
	ck_bar(1834, 1834, 64,
	       "[1834/1834] ################ CC net/ipv4/tcp.o");
	ck_bar(412, 0, 64, "[412] CC net/ipv4/tcp.o");
	/* More than all is a total that was wrong. */
	ck_bar(7, 6, 64, "[7] CC net/ipv4/tcp.o");
	ck_bar(412, 1834, 16, "[ 412/1834] CC ");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("kbuild_line");
	TCase *t = tcase_create("kbuild_line");

	tcase_add_test(t, steps);
	tcase_add_test(t, words);
	tcase_add_test(t, failures);
	tcase_add_test(t, undefined);
	tcase_add_test(t, bar);
	suite_add_tcase(s, t);
	return s;
}
