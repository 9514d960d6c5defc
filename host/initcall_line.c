// SPDX-License-Identifier: MIT
#include "initcall_line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* More is no time of a boot, and stays far from overflow in nanoseconds. */
#define SECONDS_DIGITS 8
#define US_MAX	       1000000000000LL

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *skip_spaces(const char *p)
{
	return p + strspn(p, " ");
}

/* Return: what follows @word, of which one byte may be missing; or NULL. */
static const char *after_word(const char *p, const char *word)
{
	size_t i = 0;

	while (word[i] && p[i] == word[i])
		i++;
	if (!word[i])
		return p + i;
	return strncmp(p + i, word + i + 1, strlen(word + i + 1)) ?
		       NULL :
		       p + strlen(word) - 1;
}

/* Likewise, the first such place. */
static const char *find_word(const char *p, const char *word,
			     const char **begin)
{
	const char *end;

	for (; *p; p++) {
		end = after_word(p, word);
		if (!end)
			continue;
		*begin = p;
		return end;
	}
	return NULL;
}

/* "[    0.123456] ": six digits, or a byte was lost. Return: what follows, or
 * NULL. */
static const char *parse_stamp(const char *p, long long *at)
{
	long long s = 0, us = 0;
	int digits = 0;

	p = skip_spaces(p + 1);
	for (; is_digit(*p) && digits <= SECONDS_DIGITS; p++, digits++)
		s = s * 10 + (*p - '0');
	if (!digits || digits > SECONDS_DIGITS || *p++ != '.')
		return NULL;
	for (digits = 0; is_digit(*p) && digits <= 6; p++, digits++)
		us = us * 10 + (*p - '0');
	if (!digits || digits > 6)
		return NULL;
	*at = digits == 6 ? (s * 1000000 + us) * 1000 : -1;
	if (*p == ']')
		p++;
	return skip_spaces(p);
}

/* "[    T1]" of CONFIG_PRINTK_CALLER, with or without a space before. */
static const char *skip_caller(const char *p)
{
	const char *c = p;

	if (*c != '[')
		return p;
	c = skip_spaces(c + 1);
	if (*c != 'T' && *c != 'C')
		return p;
	c += 1 + strspn(c + 1, "0123456789");
	return *c == ']' ? skip_spaces(c + 1) : p;
}

/* What a program prints without a newline may stand before. */
static const char *line_text(const char *line, long long *at)
{
	const char *text;

	for (const char *p = strchr(line, '['); p; p = strchr(p + 1, '[')) {
		text = parse_stamp(p, at);
		if (text)
			return skip_caller(text);
	}
	return NULL;
}

static void keep(char *to, const char *from, size_t n)
{
	if (n >= INITCALL_NAME_MAX)
		n = INITCALL_NAME_MAX - 1;
	memcpy(to, from, n);
	to[n] = '\0';
}

/* "F+0x0/0x20 [MODULE]", or an address where the kernel knows no symbols. */
static const char *parse_function(const char *p, struct initcall_line *out)
{
	size_t n = strcspn(p, " +"), word = strcspn(p, " "), module;
	const char *offset = strstr(p, "0x0/0x");

	/* The "+" was lost. */
	if (n == word && offset && offset > p && offset < p + n)
		n = (size_t)(offset - p);
	if (!n || (n == word && strncmp(p, "0x", 2) != 0))
		return NULL;
	keep(out->name, p, n);
	p = skip_spaces(p + word);
	if (*p != '[')
		return p;
	module = strcspn(++p, " ]");
	keep(out->module, p, module);
	p += strcspn(p, "]");
	return *p ? skip_spaces(p + 1) : p;
}

static bool parse_number(const char **p, long long *out)
{
	char *end;
	bool minus = **p == '-';

	if (!is_digit((*p)[minus]))
		return false;
	errno = 0;
	*out = strtoll(*p, &end, 10);
	*p = end;
	return !errno;
}

/* "returned 0 after 12 usecs", and that of async.c, without the number. */
static bool parse_end(const char *p, struct initcall_line *out)
{
	long long n;

	p = after_word(p, "returned ");
	if (!p)
		return false;
	p = skip_spaces(p);
	if (parse_number(&p, &n)) {
		out->result = (int)n;
		out->has_result = n == (int)n;
		p = skip_spaces(p);
	}
	p = after_word(p, "after ");
	if (!p)
		return false;
	p = skip_spaces(p);
	return parse_number(&p, &out->us) && out->us >= 0 &&
	       out->us <= US_MAX && after_word(skip_spaces(p), "usecs");
}

static bool parse_calling(const char *p, struct initcall_line *out)
{
	long long pid;

	p = after_word(p, "calling  ");
	if (p)
		p = parse_function(skip_spaces(p), out);
	if (!p)
		return false;
	if (*p == '@')
		p = skip_spaces(p + 1);
	out->pid = parse_number(&p, &pid) && pid == (long)pid ? (long)pid : -1;
	return true;
}

static bool parse_returned(const char *p, struct initcall_line *out)
{
	p = after_word(p, "initcall ");
	if (p)
		p = parse_function(skip_spaces(p), out);
	return p && parse_end(p, out);
}

static bool parse_probe(const char *p, struct initcall_line *out)
{
	const char *name = after_word(p, "probe of "), *end;

	if (!name || !find_word(name, " returned ", &end) || end == name)
		return false;
	keep(out->name, name, (size_t)(end - name));
	return parse_end(skip_spaces(end), out);
}

static bool parse_level(const char *p, struct initcall_line *out)
{
	p = after_word(p, "entering initcall level: ");
	if (!p || strchr(" \r", *p))
		return false;
	keep(out->name, p, strcspn(p, " \r"));
	return true;
}

static const struct {
	enum initcall_line_kind kind;
	bool (*parse)(const char *p, struct initcall_line *out);
} kinds[] = {
	{ INITCALL_LINE_CALLING, parse_calling },
	{ INITCALL_LINE_RETURNED, parse_returned },
	{ INITCALL_LINE_PROBE, parse_probe },
	{ INITCALL_LINE_LEVEL, parse_level },
};

bool parse_initcall_line(const char *line, struct initcall_line *out)
{
	long long at = -1;
	const char *text = line_text(line, &at);

	*out = (struct initcall_line){ .at = at, .pid = -1 };
	if (!text)
		return false;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].parse(text, out)) {
			out->kind = kinds[i].kind;
			return true;
		}
		*out = (struct initcall_line){ .at = at, .pid = -1 };
	}
	return true;
}
