// SPDX-License-Identifier: MIT
/* A line of a console: where its message begins, and what may be quoted. */
#include "oops_priv.h"

#include <ctype.h>
#include <string.h>

/* A longer number is no time and no process id. */
#define DIGITS_MAX 10
/* "12:34:56", and where it ends at the latest. */
#define CLOCK	 8
#define DATE_MAX 32
/* A time stands at most so far before what it is the time of. */
#define LOOKBACK 256

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Length of the digits at @i; 0 where there are none, or too many. */
static size_t digits(struct oops_text t, size_t i)
{
	size_t n = 0;

	while (i + n < t.n && is_digit(t.p[i + n]))
		n++;
	return n <= DIGITS_MAX ? n : 0;
}

/* ESC [ ... letter, or ESC and one byte: as ECMA-48 has it. */
static size_t escape(struct oops_text t, size_t i)
{
	size_t n = 2;

	if (t.p[i] != '\033')
		return 0;
	if (i + 1 >= t.n)
		return 1;
	if (t.p[i + 1] != '[')
		return 2;
	while (i + n < t.n && t.p[i + n] >= ' ' && t.p[i + n] < '@')
		n++;
	return i + n < t.n ? n + 1 : n;
}

/* "[   12.345678]", with @seconds of it. */
static size_t stamp(struct oops_text t, size_t i, unsigned long *seconds)
{
	size_t at = i, n, fraction;
	unsigned long s = 0;

	if (at >= t.n || t.p[at] != '[')
		return 0;
	for (at++; at < t.n && t.p[at] == ' ';)
		at++;
	n = digits(t, at);
	if (!n || at + n >= t.n || t.p[at + n] != '.')
		return 0;
	for (size_t k = 0; k < n; k++)
		s = s * 10 + (unsigned long)(t.p[at + k] - '0');
	at += n + 1;
	fraction = digits(t, at);
	/* CONFIG_PRINTK_CALLER may share the bracket: "[ 1.000000@T1]". */
	if (fraction < 3 || at + fraction >= t.n || t.p[at + fraction] != ']')
		return 0;
	*seconds = s;
	return at + fraction + 1 - i;
}

/* "[  T123]", "[    C0]": CONFIG_PRINTK_CALLER. */
static size_t caller(struct oops_text t, size_t i, struct oops_text *out)
{
	size_t at = i + 1, n;

	if (t.p[i] != '[')
		return 0;
	while (at < t.n && t.p[at] == ' ')
		at++;
	if (at >= t.n || (t.p[at] != 'T' && t.p[at] != 'C'))
		return 0;
	n = digits(t, at + 1);
	if (!n || at + 1 + n >= t.n || t.p[at + 1 + n] != ']')
		return 0;
	*out = (struct oops_text){ t.p + at, n + 1 };
	return at + n + 2 - i;
}

/* "<6>", as /dev/kmsg and old consoles have it. */
static size_t level(struct oops_text t, size_t i)
{
	size_t n;

	if (t.p[i] != '<')
		return 0;
	n = digits(t, i + 1);
	return n && n <= 3 && i + 1 + n < t.n && t.p[i + 1 + n] == '>' ? n + 2 :
									 0;
}

/* "NAME[123]: " and "kernel: ", which is what a logger writes before. */
static size_t ident(struct oops_text t, size_t i, struct oops_prefix *out)
{
	static const char kernel[] = "kernel:";
	size_t n = 0, pid;

	if (t.n - i >= sizeof(kernel) - 1 &&
	    !memcmp(t.p + i, kernel, sizeof(kernel) - 1)) {
		out->stamped = true;
		return sizeof(kernel) - 1;
	}
	while (i + n < t.n && n < 64 &&
	       (is_word(t.p[i + n]) || strchr("-./@()", t.p[i + n])) &&
	       t.p[i + n])
		n++;
	if (!n || i + n >= t.n || t.p[i + n] != '[')
		return 0;
	pid = digits(t, i + n + 1);
	n += pid + 1;
	if (!pid || i + n + 1 >= t.n || t.p[i + n] != ']' ||
	    t.p[i + n + 1] != ':')
		return 0;
	out->user = true;
	return n + 2;
}

/* " HOST" before "kernel:" or "NAME[1]:", at @i, or 0. */
static size_t host_name(struct oops_text t, size_t i)
{
	static const char kernel[] = " kernel:";
	size_t end = i + 1, ident_end;

	if (i >= t.n || t.p[i] != ' ')
		return 0;
	while (end < t.n && !memchr(" :[", t.p[end], 3))
		end++;
	if (end >= t.n || t.p[end] != ' ')
		return 0;
	if (t.n - end >= strlen(kernel) &&
	    !memcmp(t.p + end, kernel, strlen(kernel)))
		return end - i;
	for (ident_end = end + 1;
	     ident_end < t.n && !memchr(" :", t.p[ident_end], 2);)
		ident_end++;
	return ident_end < t.n && t.p[ident_end] == ':' &&
			       t.p[ident_end - 1] == ']' ?
		       end - i :
		       0;
}

/* "Jan  2 03:04:05 HOST ", "2024-01-02T03:04:05.678+00:00 HOST " and
 * "2024/01/02 03:04:05 ": what is short, and has a time of the day in it. */
static size_t clock_time(struct oops_text t, size_t i)
{
	size_t end = t.n < DATE_MAX ? t.n : DATE_MAX, at = 0;

	if (i || t.n < CLOCK || !isalnum((unsigned char)t.p[0]))
		return 0;
	while (at + CLOCK <= end &&
	       !(is_digit(t.p[at]) && is_digit(t.p[at + 1]) &&
		 t.p[at + 2] == ':' && is_digit(t.p[at + 3]) &&
		 t.p[at + 5] == ':' && is_digit(t.p[at + 6])))
		at++;
	if (at + CLOCK > end)
		return 0;
	while (at < t.n && t.p[at] != ' ')
		at++;
	return at + host_name(t, at);
}

/* One part of a prefix, or 0. */
static size_t part(struct oops_text t, size_t i, struct oops_prefix *out)
{
	static const char bar[] = "** ";
	size_t n;

	if (t.p[i] == ' ' || t.p[i] == '\t' || t.p[i] == '\r' || !t.p[i])
		return 1;
	if ((n = escape(t, i)))
		return n;
	if ((n = stamp(t, i, &out->seconds)) || (n = level(t, i))) {
		out->stamped = true;
		out->user = false;
		return n;
	}
	if ((n = caller(t, i, &out->caller)))
		return n;
	/* "** 12 printk messages dropped ** " */
	if (t.n - i > 3 && !memcmp(t.p + i, bar, 3) && is_digit(t.p[i + 3])) {
		const char *end = memmem(t.p + i + 3, t.n - i - 3, bar, 3);

		return end ? (size_t)(end + 3 - t.p) - i : 0;
	}
	if ((n = clock_time(t, i)))
		return n;
	return ident(t, i, out);
}

/* Where the last time in [@from, line.n) begins, or 0. From the end, since a
 * bracket that closes behind a digit is rarer than one that opens. */
static size_t last_stamp(struct oops_text line, size_t from)
{
	size_t end = line.n;
	const char *p;

	while ((p = memrchr(line.p + from, ']', end - from))) {
		unsigned long seconds;
		size_t i = (size_t)(p - line.p);

		end = i;
		while (i > from &&
		       (is_digit(line.p[i - 1]) || line.p[i - 1] == '.' ||
			line.p[i - 1] == ' '))
			i--;
		if (i > from && i < end && stamp(line, i - 1, &seconds))
			return i - 1;
	}
	return 0;
}

void oops_prefix_parse(struct oops_text line, size_t at,
		       struct oops_prefix *out)
{
	const char *p;
	size_t i, n;

	memset(out, 0, sizeof(*out));
	line.n = at < line.n ? at + 1 : line.n;
	/* A program may have left its line unfinished, or a CR begins anew. */
	i = last_stamp(line, at > LOOKBACK ? at - LOOKBACK : 0);
	p = i ? NULL : memrchr(line.p, '\r', at < line.n ? at : line.n);
	if (p)
		i = (size_t)(p - line.p);
	while (i < line.n && i < at && (n = part(line, i, out)))
		i += n;
	out->msg = i;
}

bool oops_boundary(struct oops_text line, size_t at)
{
	size_t from;

	if (!at)
		return true;
	if (!is_word(line.p[at - 1]))
		return !strchr("\"'`/=", line.p[at - 1]) || !line.p[at - 1];
	/* The last letter of an escape is no word. */
	from = at > 16 ? at - 16 : 0;
	for (size_t i = from; i < at; i++)
		if (line.p[i] == '\033' && i + escape(line, i) == at)
			return true;
	return false;
}

bool oops_unfinished(struct oops_text line, size_t at)
{
	char before = line.p[at - 1];

	if (is_word(before))
		return at < 2 || line.p[at - 2] != '\\' ||
		       !memchr("nrtbfv", before, 6);
	return strchr("\"'`", before) &&
	       !memchr(line.p + at, before, line.n - at);
}

bool oops_command_line(struct oops_text msg)
{
	static const char *const begins[] = {
		"Kernel command line: ",
		"Command line: ",
		"Unknown kernel command line parameters ",
	};

	for (size_t i = 0; i < sizeof(begins) / sizeof(*begins); i++) {
		size_t n = strlen(begins[i]);

		if (msg.n >= n && !memcmp(msg.p, begins[i], n))
			return true;
	}
	return false;
}

bool oops_glob(const char *glob, struct oops_text t)
{
	size_t i = 0;

	while (*glob) {
		const char *end, *hit;
		bool star = *glob == '*';
		size_t n;

		glob += star;
		end = strchrnul(glob, '*');
		n = (size_t)(end - glob);
		if (!n)
			return true;
		if (t.n - i < n)
			return false;
		hit = star ? memmem(t.p + i, t.n - i, glob, n) :
		      memcmp(t.p + i, glob, n) ? NULL :
						 t.p + i;
		if (!hit)
			return false;
		i = (size_t)(hit - t.p) + n;
		glob = end;
	}
	return true;
}

void oops_clean(struct oops_text from, char *to, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < from.n && n + 1 < size; i++) {
		size_t skip = escape(from, i);
		char c = from.p[i];

		if (skip) {
			i += skip - 1;
			continue;
		}
		if (c == '\t')
			c = ' ';
		if (!c || c == '\r')
			continue;
		to[n++] = c >= ' ' && c < 127 ? c : '?';
	}
	while (n && to[n - 1] == ' ')
		n--;
	to[n] = '\0';
}
