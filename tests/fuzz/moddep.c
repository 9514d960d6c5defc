// SPDX-License-Identifier: MIT
/* What depmod(8) wrote: modules.dep, .softdep, .builtin and .alias. The first
 * line is the name of the module that is asked for. */
#include "fuzz.h"

#include "init/moddep.h"

static const char *text;
static size_t size;

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
	moddep_has(line, "/updates/");
	while (check_span(word = moddep_pop(&line))) {
		fuzz_assert(word.len && n++ < size);
		fuzz_assert(word.p == line.p + line.len);
		check_span(modname_of(word));
	}
}

static void try_alias(struct span name)
{
	struct span rest = whole(), module;
	size_t n = 0;

	while (check_span(module = modalias_next(&rest, name))) {
		fuzz_assert(module.len && n++ < size);
		fuzz_assert(rest.p + rest.len == text + size);
	}
	fuzz_assert(!rest.len);
}

static void try_softdep(struct span name, enum softdep_kind kind)
{
	struct span rest = whole(), line = { 0 }, word;
	size_t n = 0;

	while (check_span(word = softdep_next(&rest, &line, name, kind))) {
		fuzz_assert(word.len && word.p[word.len - 1] != ':');
		fuzz_assert(n++ < size);
		fuzz_assert(rest.p + rest.len == text + size);
	}
}

static void try_copy(struct span name)
{
	char *to = malloc(8);
	bool fits;

	fuzz_assert(to);
	fits = span_copy(name, to, 8);
	fuzz_assert(fits == (name.len < 8));
	fuzz_assert(strnlen(to, 8) <= name.len && !to[fits ? name.len : 7]);
	free(to);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *name = fuzz_line(&p, &n), *copy = fuzz_copy(p, n);

	text = copy;
	size = n;
	try_dep(span_of(name));
	try_alias(span_of(name));
	try_softdep(span_of(name), SOFTDEP_PRE);
	try_softdep(span_of(name), SOFTDEP_POST);
	modbuiltin_has(whole(), span_of(name));
	try_copy(span_of(name));
	fuzz_assert(modname_same(span_of(name), span_of(name)));
	free(name);
	free(copy);
	return 0;
}
