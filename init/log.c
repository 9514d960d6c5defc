// SPDX-License-Identifier: MIT
#include "log.h"

#include "file.h"
#include "io.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 511

/* What init can meet; libc's table of all would be a twentieth of the binary. */
#define ERRORS(X)                                                   \
	X(EPERM, "Operation not permitted")                         \
	X(ENOENT, "No such file or directory")                      \
	X(EIO, "Input/output error")                                \
	X(ENXIO, "No such device or address")                       \
	X(E2BIG, "Argument list too long")                          \
	X(ENOEXEC, "Exec format error")                             \
	X(EBADF, "Bad file descriptor")                             \
	X(EAGAIN, "Resource temporarily unavailable")               \
	X(ENOMEM, "Cannot allocate memory")                         \
	X(EACCES, "Permission denied")                              \
	X(EBUSY, "Device or resource busy")                         \
	X(EEXIST, "File exists")                                    \
	X(ENODEV, "No such device")                                 \
	X(ENOTDIR, "Not a directory")                               \
	X(EISDIR, "Is a directory")                                 \
	X(EINVAL, "Invalid argument")                               \
	X(EMFILE, "Too many open files")                            \
	X(ENOTTY, "Inappropriate ioctl for device")                 \
	X(ENOSPC, "No space left on device")                        \
	X(EROFS, "Read-only file system")                           \
	X(EPIPE, "Broken pipe")                                     \
	X(ENAMETOOLONG, "File name too long")                       \
	X(ENOSYS, "Function not implemented")                       \
	X(ELOOP, "Too many levels of symbolic links")               \
	X(EOPNOTSUPP, "Operation not supported")                    \
	X(EAFNOSUPPORT, "Address family not supported by protocol") \
	X(EADDRNOTAVAIL, "Cannot assign requested address")         \
	X(ENETDOWN, "Network is down")                              \
	X(ENETUNREACH, "Network is unreachable")                    \
	X(ETIMEDOUT, "Connection timed out")

#define CODE(err, text) err,
#define TEXT(err, text) text "\0"

static const unsigned char error_codes[] = { ERRORS(CODE) 0 };
static const char error_texts[] = ERRORS(TEXT);

/* Where formatted text goes; @len counts also what did not fit. */
struct out {
	char *buf;
	size_t size;
	size_t len;
};

/* What stands between "%" and its letter, and what the letter comes to. */
struct piece {
	size_t width;
	char pad;
	bool is_long;
	const char *s;
	size_t len;
	char digits[24];
};

/* One reading serves l, ll and z. */
static_assert(sizeof(long) == sizeof(long long) &&
		      sizeof(long) == sizeof(size_t),
	      "init is for 64 bits");

static bool quiet_on;

static void put(struct out *o, const char *s, size_t len, size_t width,
		char pad)
{
	if (width < len)
		width = len;
	for (; width; width--) {
		char c = width > len ? pad : *s++;

		if (o->len + 1 < o->size)
			o->buf[o->len] = c;
		o->len++;
	}
}

/* The sign stands before zeros and behind spaces. */
static void number(struct out *o, struct piece *p, long n, char letter)
{
	char *end = p->digits + sizeof(p->digits), *s = end;
	bool minus = letter == 'd' && n < 0;
	unsigned long v = minus ? 0 - (unsigned long)n : (unsigned long)n;
	unsigned int base = letter == 'x' ? 16 : 10;

	do
		*--s = "0123456789abcdef"[v % base];
	while (v /= base);
	if (minus && p->pad == '0') {
		put(o, "-", 1, 0, 0);
		p->width -= p->width > 0;
	} else if (minus) {
		*--s = '-';
	}
	p->s = s;
	p->len = (size_t)(end - s);
}

__attribute__((noinline)) static const char *parse_spec(const char *f,
							struct piece *p)
{
	if (*f == '0')
		p->pad = *f++;
	for (; *f >= '0' && *f <= '9'; f++)
		p->width = p->width * 10 + (size_t)(*f - '0');
	for (; *f == 'l' || *f == 'z'; f++)
		p->is_long = true;
	return f;
}

size_t fmt_vformat(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct out o = { buf, size, 0 };
	struct piece p;
	size_t max;
	long v = 0;

	for (; *fmt; fmt++) {
		if (*fmt != '%') {
			put(&o, fmt, 1, 0, 0);
			continue;
		}
		max = (size_t)-1;
		p.width = 0;
		p.pad = ' ';
		p.is_long = false;
		fmt = parse_spec(fmt + 1, &p);
		if (*fmt == '.') {
			max = (size_t)va_arg(ap, int);
			fmt += 2;
		}
		/* Whatever its type, it takes a long's place: one reading. */
		if (*fmt && *fmt != '%')
			v = va_arg(ap, long);
		p.s = fmt;
		p.len = 1;
		switch (*fmt) {
		case '\0':
			fmt--;
			p.len = 0;
			break;
		case 's':
			p.s = v ? (const char *)v : "(null)";
			for (p.len = 0; p.len < max && p.s[p.len]; p.len++)
				;
			break;
		case 'c':
			p.digits[0] = (char)v;
			p.s = p.digits;
			break;
		case 'd':
		case 'u':
		case 'x':
			if (!p.is_long)
				v = (int)v;
			if (!p.is_long && *fmt != 'd')
				v = (unsigned int)v;
			number(&o, &p, v, *fmt);
		}
		put(&o, p.s, p.len, p.width, p.pad);
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

const char *err_lookup(const unsigned char *codes, const char *texts, int err)
{
	for (; *codes; codes++, texts = text_next(texts))
		if (*codes == err)
			return texts;
	return NULL;
}

const char *err_text(int err)
{
	static char unknown[24];
	const char *text;

	if (err < 0)
		err = -err;
	text = err_lookup(error_codes, error_texts, err);
	if (text)
		return text;
	fmt_format(unknown, sizeof(unknown), "error %d", err);
	return unknown;
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
	io_write(STDERR_FILENO, line, len);
}

bool log_is_quiet(void)
{
	return quiet_on;
}

void log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(fmt, ap);
	va_end(ap);
}

int log_fail(const char *object, const char *what, int err)
{
	log_warn("%s: %s: %s", object, what, err_text(err));
	return err;
}
