// SPDX-License-Identifier: MIT
/* Kernels that `bootlet build` made: as they are by default, and at -O1. */
#include "source.h"
#include "vm.h"

#include <stdlib.h>
#include <string.h>

/* Two builds, and the wait for those of others. */
#define TCASE_S 6000

/* What gcc was told, from the debug info of an object. */
static bool built_with(const char *tree, const char *object, const char *level)
{
	struct ran r;
	bool is;

	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-ec",
			"readelf --debug-dump=info --dwarf-depth=1 \"$1\" | "
			"grep DW_AT_producer | grep -o ' -O[0-9s]*' | tail -n 1",
			"sh", vm_fmt("%s/%s", tree, object)));
	ck_code(&r, 0);
	is = !strncmp(r.out.p + 1, level, strlen(level)) &&
	     r.out.p[1 + strlen(level)] == '\n';
	ran_free(&r);
	return is;
}

static void holds_and_boots(const char *tree)
{
	struct ran r;

	vm_host(&r, "config", "check", tree, BUILT);
	ck_code(&r, 0);
	ran_free(&r);
	vm_host(&r, "run", "-k", tree, "--accel", "tcg", "--net", "user", "--",
		"sh", "-c", "uname -r; ifconfig eth0; lsmod; exit 7");
	ck_code(&r, 7);
	ck_has(r.out, "6.1.");
	ck_has(r.out, "10.0.2.15");
	ck_has(r.out, "e1000");
	ran_free(&r);
}

START_TEST(plain)
{
	char *tree = source_built(NULL);
	struct ran r;

	holds_and_boots(tree);
	ck_assert(built_with(tree, "fs/eventpoll.o", "-O2"));
	/* Nothing has changed: nothing is compiled. */
	vm_host(&r, "build", "-k", tree);
	ck_code(&r, 0);
	ck_hasnt(r.err, "CC ");
	ran_free(&r);
	free(tree);
	vm_nothing_left(2);
}
END_TEST

START_TEST(optimize_1)
{
	char *tree = source_built("1");
	struct text said;

	holds_and_boots(tree);
	ck_assert(built_with(tree, "fs/eventpoll.o", "-O1"));
	ck_assert(built_with(tree, "net/ipv4/tcp_input.o", "-O1"));
	/* Only the one that needs it, not all of that name. */
	ck_assert(built_with(tree, "kernel/signal.o", "-O1"));
	said = vm_slurp(vm_fmt("%s/said", tree));
	/* What is built at -O2 is said, and it is. */
	if (strstr(said.p, "mm/shmem.o"))
		ck_assert(built_with(tree, "mm/shmem.o", "-O2"));
	free(said.p);
	free(tree);
	vm_nothing_left(2);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("build");
	TCase *t = tcase_create("6.1");

	tcase_set_timeout(t, TCASE_S);
	tcase_add_test(t, plain);
	tcase_add_test(t, optimize_1);
	suite_add_tcase(s, t);
	return s;
}
