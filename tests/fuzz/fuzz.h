/* SPDX-License-Identifier: MIT */
/*
 * What every fuzz target includes. A target is one file: it includes the .c
 * that it is about, and has one function that is called with each input and
 * checks what can be checked of the result. It keeps nothing from one call to
 * the next, so that an input alone is enough to find it all again.
 */
#ifndef BOOTLET_FUZZ_H
#define BOOTLET_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * LLVMFuzzerTestOneInput() - try one input
 * @p: the bytes, in memory of exactly that size
 * @n: how many
 *
 * Return: 0. Source: LLVM's documentation, libFuzzer.
 */
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* What has to hold; said when the input is given to the target again. */
#define fuzz_assert(what) \
	((what) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #what))

static inline _Noreturn void fuzz_fail(const char *file, int line,
				       const char *what)
{
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
	abort();
}

/* The bytes as a string, ended where they have a NUL; free()d by the caller.
 * Nothing lies behind the end, so that reading on is found. */
static inline char *fuzz_string(const void *p, size_t n)
{
	size_t len = n ? strnlen(p, n) : 0;
	char *s = calloc(1, len + 1);

	fuzz_assert(s);
	if (len)
		memcpy(s, p, len);
	s[len] = '\0';
	return s;
}

/* The first line of the input, taken off it: for what a parser is told beside
 * its text. free()d by the caller. */
static inline char *fuzz_line(const uint8_t **p, size_t *n)
{
	const uint8_t *end = *n ? memchr(*p, '\n', *n) : NULL;
	size_t len = end ? (size_t)(end - *p) : *n;
	char *s = fuzz_string(*p, len);

	*p += len + (end != NULL);
	*n -= len + (end != NULL);
	return s;
}

/* The first byte of the input, taken off it; 0 where there is none. */
static inline uint8_t fuzz_byte(const uint8_t **p, size_t *n)
{
	if (!*n)
		return 0;
	--*n;
	return *(*p)++;
}

/* A copy of exactly the bytes that are there, to be changed in place; free()d
 * by the caller. */
static inline void *fuzz_copy(const void *p, size_t n)
{
	void *copy = calloc(1, n ? n : 1);

	fuzz_assert(copy);
	if (n)
		memcpy(copy, p, n);
	return copy;
}

/* Whether @s, a string or @len bytes, lies within the @n bytes at @p. */
static inline int fuzz_within(const void *s, size_t len, const void *p,
			      size_t n)
{
	uintptr_t at = (uintptr_t)s, begin = (uintptr_t)p;

	return at >= begin && at - begin <= n && len <= n - (at - begin);
}

#endif
