/* SPDX-License-Identifier: MIT */
/* What a function prints on stderr, as a string to be tested. */
#ifndef BOOTLET_CAPTURE_H
#define BOOTLET_CAPTURE_H

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int capture_fd, capture_saved;

static inline void capture_begin(void)
{
	fflush(stderr);
	capture_saved = dup(STDERR_FILENO);
	capture_fd = memfd_create("stderr", MFD_CLOEXEC);
	ck_assert_int_ge(capture_saved, 0);
	ck_assert_int_ge(capture_fd, 0);
	dup2(capture_fd, STDERR_FILENO);
}

/* Return: what was printed since capture_begin(); static. */
static inline const char *capture_end(void)
{
	static char text[8192];
	ssize_t n;

	fflush(stderr);
	dup2(capture_saved, STDERR_FILENO);
	n = pread(capture_fd, text, sizeof(text) - 1, 0);
	ck_assert_int_ge(n, 0);
	text[n] = '\0';
	close(capture_fd);
	close(capture_saved);
	return text;
}

/* Exactly one line, with @part in it. */
static inline void capture_expect(const char *part)
{
	const char *text = capture_end();
	const char *newline = strchr(text, '\n');

	ck_assert_msg(strstr(text, part) != NULL, "\"%s\" is not in \"%s\"",
		      part, text);
	ck_assert_msg(newline && !newline[1], "not one line: \"%s\"", text);
}

#endif
