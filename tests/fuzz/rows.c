// SPDX-License-Identifier: MIT
/* The rows of BOOTLET_MOUNTS: five strings each, applied by a fake. The NULs
 * are newlines here. */
#include "fuzz.h"

#define io_chdir fake_chdir
#include "init/share.c"

#include "tests/unit/fake_sys.h"

/* Into the new root: not here. */
int fake_chdir(const char *path)
{
	return *path ? 0 : -ENOENT;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *rows = malloc(n + 1);
	size_t strings = 0;
	int r;

	/* More than fake_sys.c can write down. */
	if (n > 4096) {
		free(rows);
		return 0;
	}
	fuzz_assert(rows);
	for (size_t i = 0; i < n; i++) {
		rows[i] = p[i] == '\n' ? '\0' : (char)p[i];
		strings += !rows[i];
	}
	/* As file_load() ends what it has read. */
	rows[n] = '\0';
	strings += n && rows[n - 1];
	fake_reset();
	r = share_rows(rows, rows + n);
	/* Whole rows, all of which were mounted. */
	fuzz_assert(r == 0 ? strings % N_FIELDS == 0 :
			     r == -EINVAL || r == -ENOENT);
	fuzz_assert(r || fake_count("mkdir ") >= strings / N_FIELDS);
	fuzz_assert(fake_count("mount ") <= strings / N_FIELDS);
	free(rows);
	return 0;
}
