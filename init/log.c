// SPDX-License-Identifier: MIT
#include "log.h"

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

static const unsigned char error_codes[] = { ERRORS(CODE) };
static const char error_texts[] = ERRORS(TEXT);

/* Where formatted text goes; @len counts also what did not fit. */
struct out {
	char *buf;
	size_t size;
	size_t len;
};

/* A conversion: what stands between "%" and its letter; "z" is as "l". */
struct spec {
	size_t width;
	char pad;
	unsigned char longs;
};

static bool quiet_on;

static void put(struct out *o, char c)
{
	if (o->len + 1 < o->size)
		o->buf[o->len] = c;
	o->len++;
}

static void put_text(struct out *o, const char *s, size_t len, size_t width,
		     char pad)
{
	for (; width > len; width--)
		put(o, pad);
	while (len--)
		put(o, *s++);
}

static void put_number(struct out *o, unsigned long long v, bool minus,
		       unsigned int base, const struct spec *sp)
{
	char digits[24], *p = digits + sizeof(digits);
	size_t width = sp->width;

	do {
		*--p = "0123456789abcdef"[v % base];
		v /= base;
	} while (v);

	/* The sign stands before zeros and behind spaces. */
	if (minus && sp->pad == '0') {
		put(o, '-');
		width -= width > 0;
	} else if (minus) {
		*--p = '-';
	}
	put_text(o, p, (size_t)(digits + sizeof(digits) - p), width, sp->pad);
}

static const char *parse_spec(const char *f, struct spec *sp)
{
	*sp = (struct spec){ .pad = ' ' };
	if (*f == '0')
		sp->pad = *f++;
	for (; *f >= '0' && *f <= '9'; f++)
		sp->width = sp->width * 10 + (size_t)(*f - '0');
	for (; *f == 'l' || *f == 'z'; f++)
		sp->longs++;
	return f;
}

size_t fmt_vformat(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct out o = { buf, size, 0 };
	const char *f, *s;
	struct spec sp;
	long long v;

	for (f = fmt; *f; f++) {
		if (*f != '%') {
			put(&o, *f);
			continue;
		}
		f = parse_spec(f + 1, &sp);
		switch (*f) {
		case 's':
			s = va_arg(ap, const char *);
			s = s ? s : "(null)";
			put_text(&o, s, strlen(s), sp.width, ' ');
			break;
		case 'd':
		case 'u':
		case 'x':
			v = sp.longs > 1 ? va_arg(ap, long long) :
			    sp.longs	 ? va_arg(ap, long) :
					   va_arg(ap, int);
			if (*f == 'd' && v < 0) {
				put_number(&o, 0 - (unsigned long long)v, true,
					   10, &sp);
				break;
			}
			if (sp.longs < 2)
				v &= sp.longs ? -1UL : -1U;
			put_number(&o, (unsigned long long)v, false,
				   *f == 'x' ? 16 : 10, &sp);
			break;
		case 'c':
			put(&o, (char)va_arg(ap, int));
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
	static char number[24];
	const char *text = error_texts;

	if (err < 0)
		err = -err;
	for (size_t i = 0; i < sizeof(error_codes); i++) {
		if (error_codes[i] == err)
			return text;
		text += strlen(text) + 1;
	}
	fmt_format(number, sizeof(number), "error %d", err);
	return number;
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
