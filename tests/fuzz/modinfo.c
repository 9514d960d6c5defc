// SPDX-License-Identifier: MIT
/* A module's .modinfo as the host reads it. The NULs are newlines here. */
#include "fuzz.h"

#include "host/modinfo.c"

static void check_words(const struct strv *v, const char *seps)
{
	for (size_t i = 0; i < v->n; i++)
		fuzz_assert(*v->v[i] && !strpbrk(v->v[i], seps));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct modinfo info = { 0 };
	char *copy = fuzz_copy(p, n);

	for (size_t i = 0; i < n; i++)
		copy[i] = copy[i] == '\n' ? '\0' : copy[i];
	if (take_strings(copy, n, &info))
		fuzz_assert(!n || copy[n - 1]);
	check_words(&info.depends, ",");
	check_words(&info.softpre, " \t");
	check_words(&info.softpost, " \t");
	modinfo_free(&info);
	fuzz_assert(!info.name && !info.vermagic && !info.depends.n);
	free(copy);
	return 0;
}
