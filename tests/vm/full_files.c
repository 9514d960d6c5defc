// SPDX-License-Identifier: MIT
/* All programs of this machine, read in the guest byte by byte. */
#include "vm.h"

#include <stdio.h>

static struct ran host, guest;

#define SUMS "sha256sum /bin/* 2>/dev/null; true"

START_TEST(every_program_is_the_same)
{
	vm_exec(&host, NULL, 0, VM_ARGV("sh", "-c", SUMS));
	vm_sh(&guest, "exec \"$@\" --root / -- sha256sum /bin/*", VM_RUN);
	ck_assert_int_gt(text_lines(&host.out), 50);
	ck_assert_uint_eq(guest.out.n, host.out.n);
	ck_assert_str_eq(guest.out.p, host.out.p);
}
END_TEST

/* To be compared with what others take; the console has its part in it. */
START_TEST(a_short_command_is_quick)
{
	double best = 1e9;

	for (int i = 0; i < 3; i++) {
		vm_boot(&guest, "--root", "/", "--", "uname", "-r");
		ck_code(&guest, 0);
		if (guest.seconds < best)
			best = guest.seconds;
	}
	printf("# run --root / -- uname -r: %.2f s\n", best);
	ck_assert_double_lt(best, 60);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("full_files");
	TCase *t = tcase_create("files");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_test(t, every_program_is_the_same);
	tcase_add_test(t, a_short_command_is_quick);
	suite_add_tcase(s, t);
	return s;
}
