// SPDX-License-Identifier: MIT
/* modules.alias, and the names of devices that are looked for in it. The first
 * line is the names, a space between them. */
#include "fuzz.h"

#include "init/modalias.c"

#include <fnmatch.h>

static struct modalias_starts starts;

static const char *text;
static size_t size;

static void expect(const char *name)
{
	uint16_t hash = 0;

	while (*name)
		hash = modalias_expect(&starts, hash, *name++);
}

static size_t count(const char *names, const struct modalias_starts *s)
{
	struct span rest = { text, size }, module;
	size_t n = 0;

	while ((module = modalias_next(&rest, names, s)).p) {
		fuzz_assert(fuzz_within(module.p, module.len, text, size));
		fuzz_assert(module.len && !memchr(module.p, '\n', module.len));
		fuzz_assert(rest.p + rest.len == text + size);
		n++;
	}
	fuzz_assert(!rest.len);
	return n;
}

/* fnmatch(3) has more than depmod(8) writes: it is asked where that counts
 * for nothing. */
static void check_match(const char *pattern, const char *name)
{
	char *p, *s;

	if (strspn(pattern, "*?:abcdefghijklmnopqrstuvwxyz0123456789,") !=
	    strlen(pattern))
		return;
	p = strdup(pattern);
	s = strdup(name);
	fuzz_assert(p && s);
	for (char *c = s; *c; c++)
		if (text_ends(*c))
			*c = '\0';
	fuzz_assert(modalias_match(p, s) == !fnmatch(p, s, 0));
	free(p);
	free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	char *line = fuzz_line(&p, &n), *copy = calloc(1, n + 1);
	char *names = malloc(strlen(line) + 2), *to = names;
	size_t each = 0, all;

	fuzz_assert(copy && names);
	/* As modindex_map() has it. */
	memcpy(copy, p, n);
	text = copy;
	size = n;
	memset(&starts, 0, sizeof(starts));
	for (const char *s = line; *s;) {
		size_t len = strcspn(s, " ");

		if (len) {
			memcpy(to, s, len);
			to[len] = '\0';
			expect(to);
			each += count(to, NULL);
			to += len + 1;
		}
		s += len + (s[len] == ' ');
	}
	*to = '\0';
	all = *names ? count(names, &starts) : 0;
	/* A line counts once, however many names it matches. That "-" and "_"
	 * are the same is so for who asks for one name. */
	fuzz_assert(all <= each);
	if (!memchr(copy, '_', n) && !strchr(line, '_'))
		fuzz_assert(!all == !each);
	check_match(line, line);
	check_match(copy, line);
	free(copy);
	free(names);
	free(line);
	return 0;
}
