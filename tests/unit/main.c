// SPDX-License-Identifier: MIT
/* Runs the one suite that the test file linked with this one defines. */
#include "unit.h"

#include <stdlib.h>

int main(void)
{
	SRunner *runner = srunner_create(suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
