// SPDX-License-Identifier: MIT
#include "msg.h"

#include "str.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int msg_verbosity;

/* A progress line stands on the terminal and has to be wiped first. */
static bool progress_shown;

/* One line whatever a file is called; UTF-8 passes. */
static void add_clean(struct buf *out, const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		if (*p < 0x20 || *p == 0x7f)
			buf_addf(out, "\\x%02x", *p);
		else
			buf_addc(out, (char)*p);
	}
}

static void emit(const char *kind, const char *fmt, va_list ap)
{
	struct buf line = { 0 };
	char *text;

	if (vasprintf(&text, fmt, ap) < 0)
		return;
	if (progress_shown)
		buf_adds(&line, "\r\033[K");
	progress_shown = false;
	buf_addf(&line, "bootlet: %s", kind);
	add_clean(&line, text);
	buf_addc(&line, '\n');
	/* Not a problem if it fails: stderr is closed, nobody would read it. */
	if (write(STDERR_FILENO, line.p, line.n) < 0)
		progress_shown = false;
	free(text);
	buf_free(&line);
}

static char *last_error;

void msg_error(const char *fmt, ...)
{
	va_list ap;

	free(last_error);
	va_start(ap, fmt);
	if (vasprintf(&last_error, fmt, ap) < 0)
		last_error = NULL;
	va_end(ap);
	va_start(ap, fmt);
	emit("", fmt, ap);
	va_end(ap);
}

const char *msg_last_error(void)
{
	return last_error;
}

void msg_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit("warning: ", fmt, ap);
	va_end(ap);
}

void msg_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit("", fmt, ap);
	va_end(ap);
}

void msg_debug(const char *fmt, ...)
{
	va_list ap;

	if (msg_verbosity < 1)
		return;
	va_start(ap, fmt);
	emit("", fmt, ap);
	va_end(ap);
}

void die(int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit("", fmt, ap);
	va_end(ap);
	exit(code);
}

void msg_progress(const char *what, unsigned long long done,
		  unsigned long long total)
{
	struct buf line = { 0 };

	if (!isatty(STDERR_FILENO))
		return;
	buf_adds(&line, "\r\033[K");
	if (done < total || !total) {
		add_clean(&line, what);
		if (total)
			buf_addf(&line, " %3llu%%", done * 100 / total);
	}
	progress_shown = done < total || !total;
	/* Not a problem if it fails: it is only progress. */
	if (write(STDERR_FILENO, line.p, line.n) < 0)
		progress_shown = false;
	buf_free(&line);
}
