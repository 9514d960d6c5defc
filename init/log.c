// SPDX-License-Identifier: MIT
#include "log.h"

#include "file.h"
#include "io.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 511

/* What init meets, as a rule; of the rest the number has to do. */
#define ERRORS(X)                                     \
	X(EPERM, "Operation not permitted")           \
	X(ENOENT, "No such file or directory")        \
	X(EIO, "Input/output error")                  \
	X(E2BIG, "Argument list too long")            \
	X(ENOEXEC, "Exec format error")               \
	X(EAGAIN, "Resource temporarily unavailable") \
	X(ENOMEM, "Cannot allocate memory")           \
	X(EACCES, "Permission denied")                \
	X(EBUSY, "Device or resource busy")           \
	X(EEXIST, "File exists")                      \
	X(ENODEV, "No such device")                   \
	X(EINVAL, "Invalid argument")                 \
	X(ENOSPC, "No space left on device")          \
	X(EROFS, "Read-only file system")             \
	X(ENOSYS, "Function not implemented")         \
	X(EOPNOTSUPP, "Operation not supported")      \
	X(ENETDOWN, "Network is down")                \
	X(ENETUNREACH, "Network is unreachable")

#define CODE(err, text) err,
#define TEXT(err, text) text "\0"

static const unsigned char error_codes[] = { ERRORS(CODE) 0 };
static const char error_texts[] = ERRORS(TEXT);

/* One reading serves l, ll and z. */
static_assert(sizeof(long) == sizeof(long long) &&
		      sizeof(long) == sizeof(size_t),
	      "init is for 64 bits");

static bool quiet_on;

/* The digits of @n end before @end. Return: where they begin. */
__attribute__((noinline)) static char *number(char *end, unsigned long n,
					      char letter)
{
	bool minus = letter == 'd' && (long)n < 0;
	unsigned int base = letter == 'x' ? 16 : 10;

	if (minus)
		n = 0 - n;
	do
		*--end = "0123456789abcdef"[n % base];
	while (n /= base);
	if (minus)
		*--end = '-';
	return end;
}

size_t fmt_vformat(char *buf, size_t size, const char *fmt, va_list ap)
{
	size_t len = 0;

	for (; *fmt; fmt++) {
		char digits[24], c = 'c', pad = ' ';
		unsigned int width = 0, max = ~0U, n = 1;
		const char *s = fmt;
		bool is_long = false;
		long v = 0;

		while (*s == '%') {
			c = *++fmt;
			if (c == '0' && !width) {
				pad = c;
			} else if (c >= '0' && c <= '9') {
				width = width * 10 + (unsigned int)(c - '0');
			} else if (c == 'l' || c == 'z') {
				is_long = true;
			} else {
				if (c == '%' || !c)
					break;
				/* Whatever its type, it takes a long's place:
				 * one reading. */
				v = va_arg(ap, long);
				if (c != '.')
					break;
				max = (unsigned int)v;
				fmt++;
			}
		}
		if (!c) {
			fmt--;
			n = 0;
		} else if (c == 's') {
			s = (const char *)v;
			for (n = 0; s && n < max && s[n]; n++)
				;
		} else if (c == 'd' || c == 'u' || c == 'x') {
			if (!is_long)
				v = c == 'd' ? (long)(int)v :
					       (long)(unsigned int)v;
			s = number(digits + sizeof(digits), (unsigned long)v,
				   c);
			n = (unsigned int)(digits + sizeof(digits) - s);
		} else {
			s = fmt;
		}
		if (width < n)
			width = n;
		for (; width; width--) {
			c = width > n ? pad : *s++;
			if (len + 1 < size)
				buf[len] = c;
			len++;
		}
	}
	if (size)
		buf[len < size ? len : size - 1] = '\0';
	return len;
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

__attribute__((noinline)) const char *err_lookup(const unsigned char *codes,
						 const char *texts, int err)
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
