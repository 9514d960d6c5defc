// SPDX-License-Identifier: MIT
/* A line of a kernel's build, and the progress that is shown of it. */
#include "fuzz.h"

#include "host/kbuild_line.c"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *line = fuzz_string(p, n);
	size_t len = strlen(line);
	struct kbuild_line l;
	struct buf bar = { 0 };

	parse_kbuild_line(line, &l);
	fuzz_assert(l.kind <= KBUILD_MAKE);
	fuzz_assert(l.step_len >= 0 && l.target_len >= 0);
	if (l.step)
		fuzz_assert(fuzz_within(l.step, (size_t)l.step_len, line, len));
	if (l.target)
		fuzz_assert(
			fuzz_within(l.target, (size_t)l.target_len, line, len));
	kbuild_bar(&bar, len, 0, line, line, 80);
	kbuild_bar(&bar, len, 1000, "CC", line, 20);
	buf_free(&bar);
	free(line);
	return 0;
}
