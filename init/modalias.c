// SPDX-License-Identifier: MIT
#include "modalias.h"

#include "file.h"

static uint16_t hash_add(uint16_t hash, char c)
{
	return (uint16_t)(hash * 31 + (unsigned char)c);
}

/* Whether a name may match what stands before the first special of @pattern.
 * Some are taken for one that are none: they cost time only. */
static bool may_match(const struct modalias_starts *starts, const char *pattern)
{
	uint16_t hash = 0;
	unsigned char c;

	while ((c = (unsigned char)*pattern++) > '*' && c != '?' && c != '[') {
		hash = hash_add(hash, (char)c);
		if (!starts->has[hash])
			return false;
	}
	return true;
}

uint16_t modalias_expect(struct modalias_starts *starts, uint16_t hash, char c)
{
	hash = hash_add(hash, c);
	starts->has[hash] = 1;
	return hash;
}

/* What is between "[" and "]"; *@pattern moves behind it. */
__attribute__((noinline)) static bool set_match(const char **pattern, char c)
{
	const char *p = *pattern;
	bool match = false;

	while (!text_ends(*p) && *p++ != ']') {
		char low = p[-1], high = low;

		if (*p == '-' && !text_ends(p[1])) {
			high = p[1];
			p += 2;
		}
		match |= low <= c && c <= high;
	}
	*pattern = p;
	return match;
}

/* Only the last star can be wrong: what stands before it is matched as early
 * as it can be. */
bool modalias_match(const char *pattern, const char *name)
{
	const char *star = NULL, *from = name;

	for (;;) {
		char want = *pattern++, c = *name;

		if (want == '*') {
			star = pattern;
			from = name;
		} else if (text_ends(c)) {
			return text_ends(want);
		} else if (want == '?' || text_fold(want) == text_fold(c) ||
			   (want == '[' && set_match(&pattern, c))) {
			name++;
		} else {
			if (!star)
				return false;
			pattern = star;
			name = ++from;
		}
	}
}

struct span modalias_next(struct span *text, const char *names,
			  const struct modalias_starts *starts)
{
	while (text->len) {
		const char *name = names, *p = span_cut(text, '\n').p;
		struct span pattern, module;

		p = text_after(p, "alias ");
		if (!p || (starts && !may_match(starts, p)))
			continue;
		pattern = word_at(p);
		module = word_at(pattern.p + pattern.len);
		if (!module.len)
			continue;
		do {
			if (modalias_match(pattern.p, name))
				return module;
			name = text_next(name);
		} while (starts && *name);
	}
	return (struct span){ 0 };
}
