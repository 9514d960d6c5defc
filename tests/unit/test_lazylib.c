// SPDX-License-Identifier: MIT
#include "capture.h"
#include "host/lazylib.h"
#include "unit.h"

#include <stdlib.h>
#include <sys/wait.h>

/* Find a symbol in a child, which ends where there is none. Return: how. */
static int find(const char *library, const char *symbol)
{
	int status;
	pid_t pid;

	capture_begin();
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		struct lazylib lib = { .name = library };

		lazylib_symbol(&lib, symbol);
		exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

START_TEST(is_not_there)
{
	ck_assert_int_eq(find("libno-such.so.1", "f"), 125);
	capture_expect("libno-such.so.1: cannot be loaded: ");
}
END_TEST

START_TEST(is_too_old)
{
	ck_assert_int_eq(find("libm.so.6", "no_such_function"), 125);
	capture_expect("; install it, or build bootlet again");
}
END_TEST

START_TEST(is_loaded_once)
{
	struct lazylib lib = { .name = "libm.so.6" };
	void *handle, *first = lazylib_symbol(&lib, "cos");

	handle = lib.handle;
	ck_assert_ptr_nonnull(first);
	ck_assert_ptr_nonnull(handle);
	ck_assert_ptr_eq(lazylib_symbol(&lib, "cos"), first);
	ck_assert_ptr_eq(lib.handle, handle);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("lazylib");
	TCase *t = tcase_create("library");

	tcase_add_test(t, is_not_there);
	tcase_add_test(t, is_too_old);
	tcase_add_test(t, is_loaded_once);
	suite_add_tcase(suite, t);
	return suite;
}
