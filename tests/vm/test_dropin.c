// SPDX-License-Identifier: MIT
#include "dropin.h"

START_TEST(own_kernel)
{
	dropin_check(NULL);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("dropin");
	TCase *t = tcase_create("own kernel");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_test(t, own_kernel);
	suite_add_tcase(s, t);
	return s;
}
