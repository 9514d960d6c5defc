/* SPDX-License-Identifier: MIT */
/*
 * One line a message on the console, and the small formatter behind it: stdio
 * would cost a third of the binary, and its buffers.
 */
#ifndef BOOTLET_LOG_H
#define BOOTLET_LOG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * fmt_vformat() - write formatted text into a fixed buffer
 * @buf:  where to write; always ended by a NUL when @size > 0
 * @size: bytes of @buf
 * @fmt:  %s %d %u %x %% with the length l or ll (d, u, x) or z (u), a width
 *        ("%5u", "%03u": 0 for what is not negative) and %.*s; nothing else:
 *        for the text of an errno see err_text()
 *
 * Return: the length that the whole text has, as snprintf(3): cut off when it
 * is >= @size.
 */
size_t fmt_vformat(char *buf, size_t size, const char *fmt, va_list ap);

/** fmt_format() - see fmt_vformat() */
__attribute__((format(printf, 3, 4))) size_t fmt_format(char *buf, size_t size,
							const char *fmt, ...);

/**
 * err_text() - words for an error number
 * @err: errno, positive or negative
 *
 * Return: strerror(3)'s text for what a guest commonly meets, "error N" for
 * the rest; static, never NULL, "error N" until the next call.
 */
const char *err_text(int err);

/**
 * err_lookup() - find the text that goes with an error number
 * @codes: errnos, ended by 0
 * @texts: their texts in the same order, each ended by a NUL
 * @err:   errno, positive
 *
 * Return: the text; NULL.
 */
const char *err_lookup(const unsigned char *codes, const char *texts, int err);

/** log_quiet() - leave out log_info() from now on ("quiet" was given) */
void log_quiet(bool quiet);

/**
 * log_info() - say what was done: one line "init: ..." on fd 2
 *
 * Left out under "quiet". A line is one write(2), cut at 511 bytes; control
 * characters in it are printed as "?".
 */
#define log_info(...) (log_is_quiet() ? (void)0 : log_warn(__VA_ARGS__))

/** log_is_quiet() - whether log_info() is left out */
bool log_is_quiet(void);

/** log_warn() - like log_info(), for what went wrong; never left out */
__attribute__((format(printf, 1, 2))) void log_warn(const char *fmt, ...);

/**
 * log_fail() - log_warn() of "OBJECT: WHAT: " and the words for an error
 * @object: a path, a device, a name
 * @what:   "cannot ..."
 * @err:    as for err_text()
 *
 * Return: @err.
 */
int log_fail(const char *object, const char *what, int err);

#endif
