// SPDX-License-Identifier: MIT
/* What depmod(8) wrote: modules.dep, .softdep and .builtin. The first line is
 * the name of the module that is asked for. */
#include "fuzz.h"

#include "init/moddep.h"

#include <stdbool.h>

static const char *text;
static size_t size, found_n;

/* A span of the text, and not "nothing". */
static bool check_span(struct span s)
{
	if (!s.p)
		return false;
	fuzz_assert(fuzz_within(s.p, s.len, text, size));
	return true;
}

static struct span whole(void)
{
	return (struct span){ text, size };
}

static void try_dep(struct span name)
{
	struct span line = moddep_find(whole(), name), word;
	size_t n = 0;

	if (!check_span(line))
		return;
	fuzz_assert(!memchr(line.p, '\n', line.len));
	check_span(moddep_path(line));
	fuzz_assert(modname_same(modname_of(moddep_path(line)), name));
	fuzz_assert(moddep_find(whole(), name).p == line.p);
	moddep_drives(line.p, "net\0block\0");
	while (check_span(word = moddep_pop(&line))) {
		fuzz_assert(word.len && n++ < size);
		fuzz_assert(word.p == line.p + line.len);
		check_span(modname_of(word));
	}
}

static void found(struct span word)
{
	fuzz_assert(check_span(word) && word.len);
	fuzz_assert(word.p[word.len - 1] != ':');
	fuzz_assert(!memchr(word.p, '\n', word.len));
	fuzz_assert(found_n++ < size);
}

static void try_softdep(struct span name)
{
	found_n = 0;
	softdep_each(whole(), name, SOFTDEP_PRE, found);
	softdep_each(whole(), name, SOFTDEP_POST, found);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *name = fuzz_line(&p, &n), *copy = calloc(1, n + 1);

	fuzz_assert(copy);
	/* As modindex_map() has it: a NUL behind the text. */
	memcpy(copy, p, n);
	text = copy;
	size = n;
	try_dep(span_of(name));
	try_softdep(span_of(name));
	fuzz_assert(modname_same(span_of(name), span_of(name)));
	free(name);
	free(copy);
	return 0;
}
