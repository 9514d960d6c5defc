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

struct span word_at(const char *p)
{
	struct span word = { p, 0 };

	while (*word.p == ' ')
		word.p++;
	while (!text_ends(word.p[word.len]))
		word.len++;
	return word;
}

struct span moddep_path(struct span line)
{
	return span_cut(&line, ':');
}

bool moddep_drives(const char *line, const char *kinds)
{
	const char *kind = NULL, *rest;

	for (; !kind && *line != ':' && !text_ends(*line); line++)
		kind = text_after(line, "/drivers/");
	for (; kind && *kinds; kinds = text_next(kinds)) {
		rest = text_after(kind, kinds);
		if (rest && *rest == '/')
			return true;
	}
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
	const char *end = line->p + line->len, *start;

	while (end > line->p && text_ends(end[-1]))
		end--;
	start = end;
	while (start > line->p && !text_ends(start[-1]))
		start--;
	if (start == line->p)
		return (struct span){ 0 };
	line->len = (size_t)(start - line->p);
	return (struct span){ start, (size_t)(end - start) };
}

void softdep_each(struct span text, struct span name, enum softdep_kind kind,
		  void (*found)(struct span name))
{
	while (text.len) {
		const char *p = text_after(span_cut(&text, '\n').p, "softdep ");
		struct span word = { 0 };
		bool wanted = false;

		if (p)
			word = word_at(p);
		if (!word.len || !modname_same(word, name))
			continue;
		while ((word = word_at(word.p + word.len)).len) {
			if (word.p[word.len - 1] == ':')
				wanted = word.len == kind;
			else if (wanted)
				found(word);
		}
	}
}
