// SPDX-License-Identifier: MIT
/* The kernel's Kconfig language. The text is of one file, which may source
 * itself. */
#include "fuzz.h"

#include "host/str.h"

/* There is no other file. */
static const uint8_t *source;
static size_t size;

static int fuzz_read_file(const char *path, struct buf *out, size_t max)
{
	(void)path;
	(void)max;
	buf_add(out, size ? source : (const uint8_t *)"",
		size ? strnlen((const char *)source, size) : 0);
	return 0;
}

#define read_file fuzz_read_file
#include "host/kconfig_parse.c"
#undef read_file

static void check_entry(const struct kentry *e, const struct kconfig *c)
{
	fuzz_assert(e->file && e->line);
	if (e->dep)
		fuzz_assert(kexpr_eval(e->dep, c) <= 2);
	if (e->prompt && e->visible)
		fuzz_assert(kexpr_eval(e->visible, c) <= 2);
}

static void check_props(const struct kprop *p, const struct kconfig *c)
{
	for (; p; p = p->next) {
		fuzz_assert(p->value);
		fuzz_assert(kexpr_eval(p->value, c) <= 2);
		if (p->cond)
			fuzz_assert(kexpr_eval(p->cond, c) <= 2);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct ktree t = { .srcdir = "x86" };
	struct kconfig c = { 0 };

	source = p;
	size = n;
	t.top = xstrdup("top");
	t.release = xstrdup("6.1.7");
	kconfig_set(&c, "A", "y");
	kconfig_set(&c, "B", "m");
	kconfig_set(&c, "C", "\"text\"");
	ktree_parse(&t, "Kconfig");
	for (size_t i = 0; i < t.n; i++) {
		const struct ksym *s = t.sym[i];

		fuzz_assert(ktree_find(&t, s->name) == s);
		for (const struct kentry *e = s->entries; e; e = e->next)
			check_entry(e, &c);
		check_props(s->defaults, &c);
		check_props(s->selects, &c);
	}
	kconfig_free(&c);
	ktree_free(&t);
	return 0;
}
