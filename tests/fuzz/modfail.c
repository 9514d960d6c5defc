// SPDX-License-Identifier: MIT
/* A module's .modinfo as init reads it, to say why the kernel refused it. The
 * first line: the running kernel's release. */
#include "fuzz.h"

#include "init/modfail.c"

static void check_value(const char *value, const char *key, const char *map,
			size_t n)
{
	size_t len = strlen(key);

	if (!value)
		return;
	fuzz_assert(fuzz_within(value, 1, map, n));
	fuzz_assert(memchr(value, '\0', n - (size_t)(value - map)));
	fuzz_assert(value >= map + len && !memcmp(value - len, key, len));
	fuzz_assert(value - len == map || !value[-(ptrdiff_t)len - 1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const int errors[] = { -ENOENT, -ENOEXEC, -EINVAL, -EPERM };
	static const char *const keys[] = { "depends=", "vermagic=" };
	char *release = fuzz_line(&p, &n), *map = fuzz_copy(p, n);

	for (size_t i = 0; i < 2; i++)
		check_value(modinfo_value(map, n, keys[i]), keys[i], map, n);
	for (size_t i = 0; i < 4; i++)
		report_modinfo("x.ko", release, errors[i], map, n);
	free(release);
	free(map);
	return 0;
}
