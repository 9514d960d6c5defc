// SPDX-License-Identifier: MIT
/*
 * Runs the one suite that the test file linked with this one defines, and
 * then looks whether it left a process or a file behind.
 */
#include "vm.h"

#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	SRunner *runner = srunner_create(suite());
	const char *left;
	int failed;

	vm_setup();
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	left = vm_cleanup();
	if (left)
		printf("left behind: %s\n", left);
	return failed || left ? EXIT_FAILURE : EXIT_SUCCESS;
}
