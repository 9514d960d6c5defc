// SPDX-License-Identifier: MIT
#include "log.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 511

/* Where formatted text goes; @len counts also what did not fit. */
struct out {
	char *buf;
	size_t size;
	size_t len;
};

/* A conversion: what stands between "%" and its letter. */
struct spec {
	size_t width;
	char pad;
	int longs;
	bool size;
};

static bool quiet_on;

static void put(struct out *o, char c)
{
	if (o->len + 1 < o->size)
		o->buf[o->len] = c;
	o->len++;
}

static void put_text(struct out *o, const char *s, const struct spec *sp)
{
	if (!s)
		s = "(null)";
	for (size_t n = strlen(s); n < sp->width; n++)
		put(o, ' ');
	while (*s)
		put(o, *s++);
}

static void put_number(struct out *o, unsigned long long v, bool minus,
		       unsigned int base, const struct spec *sp)
{
	char digits[24];
	size_t n = 0, width = sp->width;

	do {
		digits[n++] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v);

	/* The sign stands before zeros and behind spaces. */
	if (minus && sp->pad == '0')
		put(o, '-');
	for (size_t have = n + minus; have < width; have++)
		put(o, sp->pad);
	if (minus && sp->pad != '0')
		put(o, '-');
	while (n)
		put(o, digits[--n]);
}

static const char *parse_spec(const char *f, struct spec *sp)
{
	*sp = (struct spec){ .pad = ' ' };
	if (*f == '0')
		sp->pad = *f++;
	for (; *f >= '0' && *f <= '9'; f++)
		sp->width = sp->width * 10 + (size_t)(*f - '0');
	for (; *f == 'l'; f++)
		sp->longs++;
	if (*f == 'z') {
		sp->size = true;
		f++;
	}
	return f;
}

size_t fmt_vformat(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct out o = { buf, size, 0 };
	unsigned long long u;
	struct spec sp;
	long long d;

	for (const char *f = fmt; *f; f++) {
		if (*f != '%') {
			put(&o, *f);
			continue;
		}
		f = parse_spec(f + 1, &sp);
		switch (*f) {
		case 's':
			put_text(&o, va_arg(ap, const char *), &sp);
			break;
		case 'c':
			put(&o, (char)va_arg(ap, int));
			break;
		case 'd':
			d = sp.longs > 1 ? va_arg(ap, long long) :
			    sp.longs	 ? va_arg(ap, long) :
					   va_arg(ap, int);
			u = (unsigned long long)d;
			put_number(&o, d < 0 ? 0 - u : u, d < 0, 10, &sp);
			break;
		case 'u':
		case 'x':
			u = sp.longs > 1 ? va_arg(ap, unsigned long long) :
			    sp.longs	 ? va_arg(ap, unsigned long) :
			    sp.size	 ? va_arg(ap, size_t) :
					   va_arg(ap, unsigned int);
			put_number(&o, u, false, *f == 'x' ? 16 : 10, &sp);
			break;
		case '\0':
			f--;
			break;
		default:
			put(&o, *f);
		}
	}
	if (size)
		buf[o.len < size ? o.len : size - 1] = '\0';
	return o.len;
}

size_t fmt_format(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	size_t len;

	va_start(ap, fmt);
	len = fmt_vformat(buf, size, fmt, ap);
	va_end(ap);
	return len;
}

const char *err_text(int err)
{
	return strerror(err < 0 ? -err : err);
}

void log_quiet(bool quiet)
{
	quiet_on = quiet;
}

static void log_line(const char *fmt, va_list ap)
{
	static const char prefix[] = "init: ";
	const size_t start = sizeof(prefix) - 1;
	char line[LINE_MAX_BYTES + 1];
	size_t len;

	memcpy(line, prefix, start);
	len = start + fmt_vformat(line + start, sizeof(line) - start, fmt, ap);
	if (len > LINE_MAX_BYTES - 1)
		len = LINE_MAX_BYTES - 1;
	/* A name with an escape sequence in it must not act on the terminal. */
	for (size_t i = start; i < len; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = '?';
	line[len++] = '\n';

	/* Not a problem if it fails: there is nowhere else to say so. */
	while (write(STDERR_FILENO, line, len) < 0 && errno == EINTR)
		;
}

void log_info(const char *fmt, ...)
{
	va_list ap;

	if (quiet_on)
		return;
	va_start(ap, fmt);
	log_line(fmt, ap);
	va_end(ap);
}

void log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(fmt, ap);
	va_end(ap);
}
