/* SPDX-License-Identifier: MIT */
/* Whether a text is well-formed XML, as far as what is written here uses it:
 * elements, attributes, the five entities, UTF-8, no control bytes. */
#ifndef BOOTLET_XMLCHECK_H
#define BOOTLET_XMLCHECK_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static inline const char *xml_entity(const char *p)
{
	static const char *const names[] = { "&amp;", "&lt;", "&gt;", "&quot;",
					     "&apos;" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strncmp(p, names[i], strlen(names[i])))
			return p + strlen(names[i]);
	return NULL;
}

/* Text up to @end, one byte. Return: where it is; NULL: it is no text. */
static inline const char *xml_text(const char *p, char end)
{
	while (p && *p && *p != end) {
		if (*p == '&')
			p = xml_entity(p);
		else if (*p == '<' || ((unsigned char)*p < 0x20 && *p != '\n'))
			return NULL;
		else
			p++;
	}
	return p;
}

static inline bool xml_utf8(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	while (*p) {
		int more = *p < 0x80 ? 0 :
			   *p < 0xc2 ? -1 :
			   *p < 0xe0 ? 1 :
			   *p < 0xf0 ? 2 :
			   *p < 0xf5 ? 3 :
				       -1;

		if (more < 0 || (*p == 0xed && p[1] >= 0xa0) ||
		    (*p == 0xe0 && p[1] < 0xa0))
			return false;
		p++;
		for (; more > 0; more--, p++)
			if ((*p & 0xc0) != 0x80)
				return false;
	}
	return true;
}

/* Return: NULL; or where it is wrong. */
static inline const char *xml_wrong(const char *text)
{
	static char stack[64][32];
	const char *p = text;
	int depth = 0;

	if (!xml_utf8(text))
		return "not UTF-8";
	if (!strncmp(p, "<?xml ", 6))
		p = strstr(p, "?>") + 2;
	while (*p) {
		const char *at = p;
		size_t n;

		if (*p != '<') {
			p = xml_text(p, '<');
			if (!p)
				return at;
			continue;
		}
		if (p[1] == '/') {
			n = strcspn(p + 2, ">");
			if (!depth || n >= sizeof(stack[0]) ||
			    strlen(stack[depth - 1]) != n ||
			    strncmp(stack[depth - 1], p + 2, n) != 0)
				return at;
			depth--;
			p += n + 3;
			continue;
		}
		n = strcspn(++p, " />\n");
		if (!n || n >= sizeof(stack[0]) || depth == 64)
			return at;
		snprintf(stack[depth++], sizeof(stack[0]), "%.*s", (int)n, p);
		for (p += n; *p == ' ' || *p == '\n';) {
			p += strspn(p, " \n");
			n = strcspn(p, "=\"<> /");
			if (!n)
				break;
			if (strncmp(p + n, "=\"", 2) != 0)
				return at;
			p = xml_text(p + n + 2, '"');
			if (!p || *p++ != '"')
				return at;
		}
		if (!strncmp(p, "/>", 2)) {
			depth--;
			p += 2;
		} else if (*p++ != '>') {
			return at;
		}
		/* One element at the outside. */
		if (!depth && p[strspn(p, "\n")])
			return p;
	}
	return depth ? "an element is not closed" : NULL;
}

#endif
