// SPDX-License-Identifier: MIT
/* The small texts of the kernel that init reads: numbers, MAJOR:MINOR, a
 * uevent, an address of a section, the arguments of a module. */
#include "fuzz.h"

#include "init/dev.c"
#include "init/sections.c"

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

static void try_uevent(const char *event, size_t n)
{
	const char *name = n ? parse_uevent(event, n) : NULL;

	if (!name)
		return;
	fuzz_assert(fuzz_within(name, strlen(name) + 1, event, n));
	fuzz_assert(*name && !strchr(name, '/') && !strchr(name, ' '));
}

static void try_section(const char *text)
{
	if (is_wanted(text))
		fuzz_assert(*text == '.' && !strchr(text, '/'));
	if (is_address(text))
		fuzz_assert(!strncmp(text, "0x", 2) && text[2]);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *text = fuzz_string(p, n), *event = fuzz_copy(p, n);

	try_number(text);
	try_device(text);
	try_section(text);
	try_uevent(event, n);
	free(text);
	free(event);
	return 0;
}
