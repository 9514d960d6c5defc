// SPDX-License-Identifier: MIT
#include "modalias.h"

#include "file.h"

#include <stdint.h>
#include <string.h>

static uint16_t hash_add(uint16_t hash, char c)
{
	return (uint16_t)(hash * 31 + (unsigned char)c);
}

void modalias_expect(struct modalias_starts *starts, struct span name)
{
	uint16_t hash = 0;

	while (name.len--) {
		hash = hash_add(hash, *name.p++);
		starts->has[hash] = 1;
	}
}

/* Whether a name may match what stands before the first special of @line. */
static bool may_match(const struct modalias_starts *starts, struct span line)
{
	uint16_t hash = 0;

	for (; line.len && !strchr("*?[ ", *line.p); line.len--) {
		hash = hash_add(hash, *line.p++);
		if (!starts->has[hash])
			return false;
	}
	return true;
}

/* Take a "?", a "[...]" or a letter off @pattern. */
static bool letter_match(struct span *pattern, char c)
{
	const char *p = pattern->p, *end = p + pattern->len;
	char first = *p++, low, high;
	bool match = first == '?' || text_fold(first) == text_fold(c);

	if (first == '[') {
		match = false;
		while (p < end && *p != ']') {
			low = high = *p++;
			if (end - p > 1 && *p == '-') {
				high = p[1];
				p += 2;
			}
			match |= low <= c && c <= high;
		}
		p += p < end;
	}
	*pattern = (struct span){ p, (size_t)(end - p) };
	return match;
}

/* Only the last star can be wrong: what stands before it is matched as early
 * as it can be. */
bool modalias_match(struct span pattern, struct span name)
{
	struct span star = { 0 }, from = name;

	for (;;) {
		if (pattern.len && *pattern.p == '*') {
			pattern.p++;
			pattern.len--;
			star = pattern;
			from = name;
		} else if (!name.len) {
			return !pattern.len;
		} else if (pattern.len && letter_match(&pattern, *name.p)) {
			name.p++;
			name.len--;
		} else if (star.p) {
			from.p++;
			from.len--;
			pattern = star;
			name = from;
		} else {
			return false;
		}
	}
}

struct span modalias_next(struct span *text, struct span names,
			  const struct modalias_starts *starts)
{
	while (text->len) {
		struct span line = span_cut(text, '\n'), left = names, pattern;

		if (!span_is(span_cut(&line, ' '), "alias") ||
		    (starts && !may_match(starts, line)))
			continue;
		pattern = word_cut(&line);
		line = word_cut(&line);
		while (line.len && left.len)
			if (modalias_match(pattern, span_cut(&left, '\0')))
				return line;
	}
	return (struct span){ 0 };
}
