// SPDX-License-Identifier: MIT
#include "junit.h"

#define REPLACEMENT "\xef\xbf\xbd"

static const struct {
	char c;
	const char *text;
} escapes[] = {
	{ '&', "&amp;" },
	{ '<', "&lt;" },
	/* "]]>" must not stand in a text. */
	{ '>', "&gt;" },
	{ '"', "&quot;" },
	{ '\r', "&#13;" },
};

static const struct {
	char c;
	const char *text;
} blanks[] = {
	{ '\n', "&#10;" },
	{ '\t', "&#9;" },
};

/* By their first byte: how long, what of it counts, the least that needs so
 * many. */
static const struct {
	unsigned char mask, lead;
	size_t n;
	unsigned long least;
} forms[] = {
	{ 0xe0, 0xc0, 2, 0x80 },
	{ 0xf0, 0xe0, 3, 0x800 },
	{ 0xf8, 0xf0, 4, 0x10000 },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool is_char(unsigned long c)
{
	return (c >= 0x20 && c < 0xd800) || (c >= 0xe000 && c < 0xfffe) ||
	       (c >= 0x10000 && c <= 0x10ffff);
}

/* Bytes of the character of more than one that begins here; 0: none does. */
static size_t character(const unsigned char *p, size_t n)
{
	unsigned long c;

	for (size_t i = 0; i < COUNT(forms); i++) {
		if ((p[0] & forms[i].mask) != forms[i].lead || n < forms[i].n)
			continue;
		c = p[0] & (unsigned char)~forms[i].mask;
		for (size_t k = 1; k < forms[i].n; k++) {
			if ((p[k] & 0xc0) != 0x80)
				return 0;
			c = c << 6 | (p[k] & 0x3f);
		}
		return c >= forms[i].least && is_char(c) ? forms[i].n : 0;
	}
	return 0;
}

static const char *escape(char c, bool attribute)
{
	for (size_t i = 0; i < COUNT(escapes); i++)
		if (escapes[i].c == c)
			return escapes[i].text;
	for (size_t i = 0; i < COUNT(blanks); i++)
		if (blanks[i].c == c)
			return attribute ? blanks[i].text : NULL;
	return (unsigned char)c < 0x20 ? REPLACEMENT : NULL;
}

void xml_text(const char *p, size_t n, bool attribute, struct buf *out)
{
	const char *text;
	size_t len;

	for (size_t i = 0; i < n; i += len) {
		len = 1;
		if ((unsigned char)p[i] >= 0x80) {
			len = character((const unsigned char *)p + i, n - i);
			text = len ? NULL : REPLACEMENT;
			len += !len;
		} else if (p[i] == '\r' && i + 1 < n && p[i + 1] == '\n') {
			text = "";
		} else {
			text = escape(p[i], attribute);
		}
		if (text)
			buf_adds(out, text);
		else
			buf_add(out, p + i, len);
	}
}
