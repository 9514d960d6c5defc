// SPDX-License-Identifier: MIT
/* All that a monitor can say wrong, and say nothing: who asks it waits up to
 * its bound, which takes minutes. */
#include "garbage.h"

const char *const modes[] = {
	"silent", "close",	  "slow",	 "endless",  "newlines",
	"deep",	  "deep-objects", "huge-number", "overflow", "bytes",
	"half",	  "wrong-types",  "events",	 "refuses",  "internal-error",
};

Suite *suite(void)
{
	Suite *s = suite_create("garbage, all of it");

	add(s, "run", monitor_of_a_run, N(modes));
	add(s, "another", monitor_of_another, N(modes));
	return s;
}
