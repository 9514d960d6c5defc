/* SPDX-License-Identifier: MIT */
/* For a test that this machine cannot make. */
#ifndef BOOTLET_TESTS_SKIP_H
#define BOOTLET_TESTS_SKIP_H

#include <stdio.h>

/**
 * skip_test() - this test is not made here; its function is to return now
 * @why: in a few words; a static string
 *
 * run.sh counts these lines: a test that is left out is no test that passed.
 */
static inline void skip_test(const char *why)
{
	printf("SKIP: %s\n", why);
	fflush(stdout);
}

#endif
