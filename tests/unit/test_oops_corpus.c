// SPDX-License-Identifier: MIT
/*
 * The scanner on logs of kernel failures that were collected elsewhere. They
 * are no part of the project: where the directory is not, this says so and
 * passes. Its index.tsv has file, verdict (fail, clean), type and title.
 */
#include "host/oops_priv.h"
#include "oops_found.h"
#include "tests/skip.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define B(name)	 OOPS_BIT(OOPS_##name)
#define LOG_MAX	 (16 << 20)

/* The collection's types, and the classes that are one of these. Those whose
 * name goes on behind a "-" are told by their begin. What has the type "-" has
 * been sorted by nobody, and is asked for being found only. */
static const struct {
	const char *type;
	uint32_t classes;
} types[] = {
	{ "KASAN-", B(KASAN) },
	{ "KFENCE-", B(KFENCE) },
	{ "KMSAN-", B(KMSAN) },
	{ "KCSAN-", B(KCSAN) },
	{ "UBSAN", B(UBSAN) },
	{ "LEAK", B(LEAK) },
	{ "REFCOUNT_WARNING", B(REFCOUNT) },
	{ "ATOMIC_SLEEP", B(ATOMIC) },
	{ "HANG", B(RCU_STALL) | B(HUNG_TASK) | B(SOFT_LOCKUP) |
			  B(HARD_LOCKUP) | B(WORKQUEUE) },
	/* Locks, and what only debugging of preemption notices. */
	{ "LOCKDEP", B(LOCKDEP) | B(SPINLOCK) | B(ATOMIC) },
	{ "BUG", B(BUG) },
	{ "NULL-POINTER-DEREFERENCE", B(OOPS) },
	/* Bad accesses, and lists that are corrupt. */
	{ "MEMORY_SAFETY_BUG",
	  B(OOPS) | B(LIST) | B(SLAB) | B(BAD_PAGE) | B(KASAN) },
	/* WARN() as it is, and where it stands in RCU's or lockdep's code. */
	{ "WARNING", B(WARNING) | B(LOCKDEP) | B(REFCOUNT) | B(LIST) },
	{ "UNEXPECTED_REBOOT", B(REBOOT) },
	/* What ends the machine or a program, by whatever. */
	{ "DoS", B(PANIC) | B(OOPS) | B(STACK) | B(VFS) | B(FIRMWARE) |
			 B(PROGRAM) | B(REBOOT) },
	{ "SYZ_FAILURE", B(PROGRAM) },
};

struct score {
	int fail, found, clean, alarms, typed, agree;
};

static uint32_t classes_of(const char *type)
{
	for (size_t i = 0; i < COUNT(types); i++) {
		size_t n = strlen(types[i].type);

		if (types[i].type[n - 1] == '-' ?
			    !strncmp(type, types[i].type, n) :
			    !strcmp(type, types[i].type))
			return types[i].classes;
	}
	printf("# %s: a type that is not known here\n", type);
	return 0;
}

static void score_fail(struct score *s, const char *file, const char *type,
		       const struct found *f)
{
	s->fail++;
	s->found += f->n > 0;
	if (!f->n)
		printf("# %s: nothing found, but is %s\n", file, type);
	if (!f->n || !strcmp(type, "-") || !classes_of(type))
		return;
	s->typed++;
	if (classes_of(type) & OOPS_BIT(f->first.class))
		s->agree++;
	else
		printf("# %s: %s, but is %s\n", file,
		       oops_class_name(f->first.class), type);
}

static void score_log(struct score *s, const char *dir, const char *file,
		      const char *verdict, const char *type)
{
	char *path = xasprintf("%s/%s", dir, file);
	struct buf log = { 0 };
	struct found f = { 0 };

	ck_assert_msg(read_file(path, &log, LOG_MAX) == 0, "%s", path);
	found_scan(&f, log.p, log.n, 4096);
	if (!strcmp(verdict, "clean")) {
		s->clean++;
		s->alarms += f.n > 0;
		if (f.n)
			printf("# %s: is clean, but: %s", file, f.lines.p);
	} else {
		ck_assert_str_eq(verdict, "fail");
		score_fail(s, file, type, &f);
	}
	found_free(&f);
	buf_free(&log);
	free(path);
}

START_TEST(corpus)
{
	const char *env = getenv("BOOTLET_OOPS_CORPUS");
	const char *dir = env ? env : TOPDIR "/../shared/corpus/oops";
	char *index = xasprintf("%s/index.tsv", dir);
	char line[1024], file[64], verdict[16], type[64];
	struct score s = { 0 };
	FILE *in = fopen(index, "r");

	if (!in) {
		/* What was asked for must be there. */
		ck_assert_msg(!env, "%s: cannot be opened", index);
		skip_test("no corpus of logs; BOOTLET_OOPS_CORPUS names one");
		free(index);
		return;
	}
	while (fgets(line, sizeof(line), in)) {
		ck_assert_int_eq(sscanf(line, "%63[^\t]\t%15[^\t]\t%63[^\t]",
					file, verdict, type),
				 3);
		score_log(&s, dir, file, verdict, type);
	}
	fclose(in);
	printf("# %d of %d failures found, %d of %d clean logs are not, "
	       "the class of %d of %d agrees\n",
	       s.found, s.fail, s.alarms, s.clean, s.agree, s.typed);
	ck_assert_int_gt(s.fail, 0);
	ck_assert_int_gt(s.clean, 0);
	ck_assert_int_ge(100 * s.found, 99 * s.fail);
	ck_assert_int_eq(s.alarms, 0);
	ck_assert_int_ge(100 * s.agree, 95 * s.typed);
	free(index);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("oops_corpus");
	TCase *t = tcase_create("corpus");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, corpus);
	suite_add_tcase(s, t);
	return s;
}
