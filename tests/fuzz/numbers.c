// SPDX-License-Identifier: MIT
/* The small texts of the kernel that init reads: numbers, MAJOR:MINOR. */
#include "fuzz.h"

#include "init/dev.c"

#include <stdio.h>
#include <sys/sysmacros.h>

static void try_number(const char *text)
{
	const char *end = text;
	int got = parse_number(&end, (1 << 27) - 1);

	fuzz_assert(fuzz_within(end, 0, text, strlen(text)));
	if (got < 0)
		return;
	fuzz_assert(end > text && (*end < '0' || *end > '9'));
	fuzz_assert(strtoll(text, NULL, 10) == got);
}

static void try_device(const char *text)
{
	char again[32];
	dev_t dev = 1, same;

	if (parse_dev_number(text, &dev)) {
		fuzz_assert(!dev);
		return;
	}
	fuzz_assert(major(dev) < 1 << 12 && minor(dev) < 1 << 20);
	sprintf(again, "%u:%u\n", major(dev), minor(dev));
	fuzz_assert(!parse_dev_number(again, &same) && same == dev);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *text = fuzz_string(p, n);

	try_number(text);
	try_device(text);
	free(text);
	return 0;
}
