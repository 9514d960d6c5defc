// SPDX-License-Identifier: MIT
/* A kernel's .config, and fragments of one. */
#include "fuzz.h"

#include "host/kconfig.h"
#include "host/kconfig_frag.h"

#include <errno.h>

static void try_config(const char *text)
{
	struct kconfig c = { 0 };
	int err = parse_kconfig(text, &c);

	fuzz_assert(!err || err == -EINVAL);
	for (size_t i = 0; i < c.n; i++) {
		fuzz_assert(*c.v[i].name && c.v[i].value);
		fuzz_assert(!strpbrk(c.v[i].name, " =\n"));
		fuzz_assert(!strchr(c.v[i].value, '\n'));
		fuzz_assert(kconfig_get(&c, c.v[i].name) == c.v[i].value);
		fuzz_assert(kconfig_tri(&c, c.v[i].name) <= 2);
	}
	kconfig_free(&c);
}

/* As text, and read again from it: the same. */
static void try_fragment(const char *text)
{
	struct kfrags set = { 0 };
	struct buf once = { 0 };

	set.v = xrealloc(NULL, sizeof(*set.v));
	set.n = 1;
	if (!parse_kfrag(text, "a", 1, &set.v[0]) && !kfrags_merge(&set)) {
		struct kfrags again = { .n = 1 };

		kfrags_print(&set, &once);
		again.v = xrealloc(NULL, sizeof(*again.v));
		fuzz_assert(!parse_kfrag(once.p ? once.p : "", "b", 1,
					 &again.v[0]));
		fuzz_assert(!kfrags_merge(&again));
		fuzz_assert(again.n_want == set.n_want);
		for (size_t i = 0; i < set.n_want; i++) {
			const struct kwant *a = set.want[i];
			const struct kwant *b = again.want[i];

			fuzz_assert(!strcmp(a->name, b->name) &&
				    !strcmp(a->value, b->value));
			fuzz_assert(a->since == b->since &&
				    a->until == b->until &&
				    a->either == b->either &&
				    a->at_least == b->at_least);
		}
		kfrags_free(&again);
	}
	kfrags_free(&set);
	buf_free(&once);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *text = fuzz_string(p, n);

	try_config(text);
	try_fragment(text);
	free(text);
	return 0;
}
