// SPDX-License-Identifier: MIT
/* /proc/self/mounts, as it is read before the machine goes off. The first
 * byte: how many are wanted. */
#include "fuzz.h"

#include "init/power.c"

#include <stdio.h>

/* A path written as the kernel writes it is unescaped to what it was. */
static void check_escape(const char *target)
{
	char *text = malloc(4 * strlen(target) + 32), *to = text;
	const char *found[1];

	fuzz_assert(text);
	to += sprintf(to, "/dev/sda ");
	for (const char *s = target; *s; s++)
		to += sprintf(to, strchr(" \t\n\\#", *s) ? "\\%03o" : "%c", *s);
	sprintf(to, " ext4 rw 0 0\n");
	fuzz_assert(parse_mounts(text, found, 1) == 1);
	fuzz_assert(!strcmp(found[0], target));
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	size_t max = fuzz_byte(&p, &n), got;
	char *text = fuzz_string(p, n);
	size_t len = strlen(text);
	const char **found = malloc((max ? max : 1) * sizeof(*found));

	fuzz_assert(found);
	got = parse_mounts(text, found, max);
	fuzz_assert(got <= max);
	for (size_t i = 0; i < got; i++) {
		size_t size = strlen(found[i]);

		fuzz_assert(fuzz_within(found[i], size + 1, text, len + 1));
		fuzz_assert(!i || found[i] < found[i - 1]);
		check_escape(found[i]);
	}
	free(found);
	free(text);
	return 0;
}
