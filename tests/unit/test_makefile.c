// SPDX-License-Identifier: MIT
/* What make says before the compiler says it worse. */
#include "scratch.h"
#include "unit.h"

#include <sys/wait.h>

static char words[4096];

/* Run make, not as a child of the one that this test may run under. */
static int make(const char *args)
{
	char cmd[1024];
	size_t n;
	FILE *f;

	snprintf(cmd, sizeof(cmd),
		 "env -u MAKEFLAGS -u MAKELEVEL make -s -C '%s' B=%s/b %s 2>&1",
		 TOPDIR, scratch, args);
	f = popen(cmd, "r");
	ck_assert_ptr_nonnull(f);
	n = fread(words, 1, sizeof(words) - 1, f);
	words[n] = '\0';
	return WEXITSTATUS(pclose(f));
}

START_TEST(a_library_is_missing)
{
	char target[128];

	snprintf(target, sizeof(target),
		 "PKGS='libarchive no-such-1 no-such-2' %s/b/obj/host/str.o",
		 scratch);
	ck_assert_int_ne(make(target), 0);
	ck_assert_msg(strstr(words, "missing: no-such-1 no-such-2; "
				    "sh .ci/deps boot installs it\n") == words,
		      "%s", words);
	ck_assert(access(at("b/obj/host/str.o"), F_OK));
}
END_TEST

START_TEST(what_needs_no_library)
{
	static const char *const targets[] = { "help", "clean" };
	char args[64];

	snprintf(args, sizeof(args), "PKGS=no-such %s", targets[_i]);
	ck_assert_msg(!make(args), "%s", words);
	ck_assert_ptr_null(strstr(words, "missing"));
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("makefile");
	TCase *t = tcase_create("libraries");

	tcase_add_checked_fixture(t, scratch_make, scratch_remove);
	tcase_add_test(t, a_library_is_missing);
	tcase_add_loop_test(t, what_needs_no_library, 0, 2);
	suite_add_tcase(suite, t);
	return suite;
}
