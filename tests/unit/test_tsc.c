// SPDX-License-Identifier: MIT
#include "host/tsc.h"
#include "unit.h"

/* Agrees with itself to 1 in 1,000, however busy the machine; kernels find
 * 1 in 2,000 good enough when they calibrate it themselves. */
START_TEST(agrees)
{
	unsigned int n[5];
	int close = 0;

	for (int i = 0; i < 5; i++)
		n[i] = tsc_khz();
#ifdef __x86_64__
	ck_assert_uint_gt(n[0], 100000);
#endif
	for (int i = 1; i < 5; i++)
		close += n[i] - n[0] + n[0] / 1000 <= n[0] / 500;
	ck_assert_int_ge(close, 3);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("tsc");
	TCase *t = tcase_create("tsc");

	tcase_add_test(t, agrees);
	suite_add_tcase(s, t);
	return s;
}
