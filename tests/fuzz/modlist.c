// SPDX-License-Identifier: MIT
/* modules.order and modules.builtin, as the host reads them. */
#include "fuzz.h"

#include "host/modindex.c"

static void check_name(const char *name)
{
	fuzz_assert(*name && strlen(name) < NAME_MAX_LEN);
	fuzz_assert(!strchr(name, '/') && !strchr(name, '-'));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct modindex *x = xrealloc(NULL, sizeof(*x));
	char *order = fuzz_string(p, n), *builtin = fuzz_string(p, n);

	*x = (struct modindex){ .dir = xstrdup("/nowhere"),
				.release = xstrdup("6.1"),
				.scanned = true };
	parse_order(x, order);
	parse_builtin(x, builtin);
	for (size_t i = 0; i < x->n; i++) {
		check_name(x->v[i].name);
		fuzz_assert(*x->v[i].rel);
	}
	for (size_t i = 0; i < x->builtin.n; i++)
		check_name(x->builtin.v[i]);
	modindex_nearest(x, "e1000");
	modindex_close(x);
	free(order);
	free(builtin);
	return 0;
}
