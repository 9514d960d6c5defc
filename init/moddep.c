// SPDX-License-Identifier: MIT
#include "moddep.h"

#include "file.h"

#include <string.h>

__attribute__((noinline)) struct span span_of(const char *s)
{
	return (struct span){ s, strlen(s) };
}

bool modname_same(struct span a, struct span b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (text_fold(a.p[i]) != text_fold(b.p[i]))
			return false;
	return true;
}

struct span modname_of(struct span path)
{
	const char *p = path.p, *end = p + path.len, *start = p;

	for (; p < end && *p != ':'; p++)
		if (*p == '/')
			start = p + 1;
	path.p = start;
	while (start < p && *start != '.')
		start++;
	path.len = (size_t)(start - path.p);
	return path;
}

struct span span_cut(struct span *text, char end)
{
	const char *p = memchr(text->p, end, text->len);
	struct span head = { text->p, p ? (size_t)(p - text->p) : text->len };

	text->p += head.len + (p != NULL);
	text->len -= head.len + (p != NULL);
	return head;
}

struct span word_cut(struct span *line)
{
	struct span word;

	do
		word = span_cut(line, ' ');
	while (!word.len && line->len);
	return word;
}

bool span_is(struct span s, const char *text)
{
	return s.len == strlen(text) && !memcmp(s.p, text, s.len);
}

struct span moddep_path(struct span line)
{
	return span_cut(&line, ':');
}

bool moddep_drives(struct span line, const char *kinds)
{
	struct span path = moddep_path(line);

	while (path.len && !span_is(span_cut(&path, '/'), "drivers"))
		;
	path = span_cut(&path, '/');
	for (; *kinds; kinds = text_next(kinds))
		if (span_is(path, kinds))
			return true;
	return false;
}

struct span moddep_find(struct span text, struct span name)
{
	while (text.len) {
		struct span line = span_cut(&text, '\n');

		if (modname_same(modname_of(line), name))
			return line;
	}
	return (struct span){ 0 };
}

struct span moddep_pop(struct span *line)
{
	struct span rest = *line, last = { 0 }, word;

	span_cut(&rest, ':');
	while ((word = word_cut(&rest)).len)
		last = word;
	if (last.p)
		line->len = (size_t)(last.p - line->p);
	return last;
}

void softdep_each(struct span text, struct span name, enum softdep_kind kind,
		  void (*found)(struct span name))
{
	while (text.len) {
		struct span line = span_cut(&text, '\n'), word;
		bool wanted = false;

		if (!span_is(word_cut(&line), "softdep") ||
		    !modname_same(word_cut(&line), name))
			continue;
		while ((word = word_cut(&line)).len) {
			if (word.p[word.len - 1] == ':')
				wanted = word.len == kind;
			else if (wanted)
				found(word);
		}
	}
}
