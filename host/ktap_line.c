// SPDX-License-Identifier: MIT
#include "ktap_line.h"

#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *word;
	enum ktap_directive directive;
	/* "ok 4 - a # error in it" is a remark; "ok 4 # ERROR" is none. */
	bool shout;
	bool todo;
} directives[] = {
	{ .word = "SKIP", .directive = KTAP_SKIP },
	{ .word = "SKIPPED", .directive = KTAP_SKIP },
	{ .word = "TODO", .directive = KTAP_EXPECTED, .todo = true },
	{ .word = "XFAIL", .directive = KTAP_EXPECTED },
	{ .word = "TIMEOUT", .directive = KTAP_BROKEN, .shout = true },
	{ .word = "ERROR", .directive = KTAP_BROKEN, .shout = true },
};

#define N_DIRECTIVES (sizeof(directives) / sizeof(directives[0]))

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_word(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

static char *skip_blank(char *p)
{
	return p + strspn(p, " \t");
}

/* Behind @word, or NULL. */
static char *after(char *p, const char *word)
{
	size_t n = strlen(word);

	return strncmp(p, word, n) ? NULL : p + n;
}

/* Digits up to what is none. */
static char *number(char *p, unsigned long long *out)
{
	unsigned long long n = 0;

	for (; is_digit(*p); p++) {
		unsigned int digit = (unsigned int)(*p - '0');

		n = n > (ULLONG_MAX - digit) / 10 ? ULLONG_MAX : 10 * n + digit;
	}
	*out = n;
	return p;
}

bool parse_ktap_version(const char *line, bool *ktap)
{
	static const char word[] = "TAP version ";
	const char *p = line;

	*ktap = *p == 'K';
	p += *ktap;
	if (strncmp(p, word, sizeof(word) - 1) ||
	    !is_digit(p[sizeof(word) - 1]))
		return false;
	p += sizeof(word) - 1;
	while (is_digit(*p))
		p++;
	return !p[strspn(p, " \t")];
}

/* The directive that the text begins with; its length, or 0. */
static size_t directive(const char *p, struct ktap_line *out)
{
	size_t n = 0;

	while (is_word(p[n]))
		n++;
	for (size_t i = 0; n && i < N_DIRECTIVES; i++) {
		const char *word = directives[i].word;

		if (strlen(word) != n || strncasecmp(p, word, n) != 0)
			continue;
		if (directives[i].shout && out->ok && strncmp(p, word, n) != 0)
			break;
		out->directive = directives[i].directive;
		out->todo = directives[i].todo;
		return n;
	}
	return 0;
}

/* Where a description ends: at a "#" that stands alone or has a directive
 * behind it; or at the line's end. */
static char *hash(char *text, struct ktap_line *out)
{
	for (char *p = text; *p; p++) {
		if (*p == '\\' && p[1]) {
			p++;
			continue;
		}
		if (*p != '#' || (p > text && !is_blank(p[-1])))
			continue;
		if (directive(p + 1 + strspn(p + 1, " \t"), out) ||
		    is_blank(p[1]))
			return p;
	}
	return text + strlen(text);
}

/* "\#" and "\\" are "#" and "\". */
static void unescape(char *p)
{
	char *to = p;

	for (; *p; p++) {
		if (*p == '\\' && (p[1] == '#' || p[1] == '\\'))
			p++;
		*to++ = *p;
	}
	*to = '\0';
}

static void trim(char *begin, char *end)
{
	while (end > begin && is_blank(end[-1]))
		end--;
	*end = '\0';
}

static void parse_result(char *p, struct ktap_line *out)
{
	char *text = skip_blank(p), *end, *why, *rest;

	if (is_digit(*text)) {
		end = number(text, &out->number);
		out->numbered = !*end || is_blank(*end);
		if (out->numbered)
			text = skip_blank(end);
	}
	if (text[0] == '-' && (!text[1] || is_blank(text[1])))
		text = skip_blank(text + 1);
	end = hash(text, out);
	why = *end ? skip_blank(end + 1) : end;
	rest = why;
	if (out->directive)
		rest += directive(why, out);
	while (rest > why && (is_blank(*rest) || *rest == ':'))
		rest++;
	out->why = out->directive == KTAP_BROKEN ? why : rest;
	trim(text, end);
	unescape(text);
	out->name = text;
	/* kselftest: "ok 3 # SKIP NAME", and nothing before the "#". */
	if (!*text && out->directive)
		out->name = rest;
}

static bool parse_plan(char *p, struct ktap_line *out)
{
	char *end;

	p = after(p, "1..");
	if (!p || !is_digit(*p))
		return false;
	end = number(p, &out->number);
	p = skip_blank(end);
	/* TAP 12 has a list of TODOs behind it. */
	if (*p && *p != '#' && (p == end || strncasecmp(p, "todo", 4) != 0))
		return false;
	if (*p == '#')
		p = skip_blank(p + 1);
	if (!strncasecmp(p, "skip", 4)) {
		out->directive = KTAP_SKIP;
		p += 4;
		while (is_word(*p) || *p == ':')
			p++;
		p = skip_blank(p);
	}
	out->why = p;
	return true;
}

void parse_ktap_line(char *line, struct ktap_line *out)
{
	char *p;

	*out = (struct ktap_line){ .name = "", .why = "" };
	if (parse_ktap_version(line, &out->ktap)) {
		out->kind = KTAP_VERSION;
	} else if ((p = after(line, "Bail out!"))) {
		out->kind = KTAP_BAIL;
		out->name = skip_blank(p);
	} else if (*line == '#') {
		p = after(skip_blank(line + 1), "Subtest: ");
		if (!p)
			return;
		out->kind = KTAP_SUBTEST;
		out->name = skip_blank(p);
	} else if (parse_plan(line, out)) {
		out->kind = KTAP_PLAN;
	} else if ((p = after(line, "---")) && (!*p || is_blank(*p))) {
		out->kind = KTAP_YAML;
	} else {
		p = after(line, "not ok");
		out->ok = !p;
		if (!p)
			p = after(line, "ok");
		if (!p || (*p && !is_blank(*p)))
			return;
		out->kind = KTAP_RESULT;
		parse_result(p, out);
	}
}

/* Behind "[...]" with a time, or a task or CPU, in it; or NULL. */
static char *bracket(char *p)
{
	size_t digits;
	char *q;

	if (*p != '[')
		return NULL;
	q = skip_blank(p + 1);
	if (*q == 'T' || *q == 'C') {
		digits = strspn(q + 1, "0123456789");
		q += 1 + digits;
	} else {
		digits = strspn(q, "0123456789");
		q += digits;
		if (*q != '.')
			return NULL;
		q += 1 + strspn(q + 1, "0123456789");
	}
	return digits && *q == ']' ? q + 1 : NULL;
}

char *ktap_line_text(char *line)
{
	char *p = line, *q;
	bool any = false;

	if (*p == '<' && is_digit(p[1])) {
		q = p + 1 + strspn(p + 1, "0123456789");
		p = *q == '>' ? q + 1 : p;
	}
	while ((q = bracket(p))) {
		p = q;
		any = true;
	}
	return any && *p == ' ' ? p + 1 : p;
}
