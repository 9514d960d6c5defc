/* SPDX-License-Identifier: MIT */
/*
 * Kernel failures in a console's stream: panic, oops, BUG, WARNING, the
 * sanitizers' and the lock validator's reports, stalls, and what else the
 * kernel prints when something in it went wrong. What is looked for are the
 * headers of these reports as the kernel's sources print them, versions 4.x to
 * 7.x; oops_rows.c has them all.
 *
 * A stream is taken as it comes: other CPUs' lines in between, programs'
 * output, also where it ends without a newline before the kernel's,
 * "[   12.345678][ T123]", levels, syslog's prefixes, carriage returns,
 * escapes, noise, and lines without end. Memory is bounded by sizeof(struct
 * oops_scan), and there is no system call.
 *
 * What is not reported, because the kernel goes on as designed: an allocation
 * that failed, the OOM killer, a program's segfault, errors of devices and
 * file systems, "took too long" of NMI handlers, and notices of a
 * configuration ("WARNING: ... mitigation", "... deprecated").
 */
#ifndef BOOTLET_OOPS_H
#define BOOTLET_OOPS_H

#include "str.h"

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

/* In a title, with its NUL; in a function's name, likewise. */
#define OOPS_TITLE_MAX 256
#define OOPS_FUNC_MAX  128

enum oops_class {
	OOPS_PANIC,
	OOPS_OOPS,
	OOPS_BUG,
	OOPS_WARNING,
	OOPS_KASAN,
	OOPS_KFENCE,
	OOPS_KMSAN,
	OOPS_KCSAN,
	OOPS_UBSAN,
	OOPS_LOCKDEP,
	OOPS_SPINLOCK,
	OOPS_ATOMIC,
	OOPS_RCU_STALL,
	OOPS_HUNG_TASK,
	OOPS_SOFT_LOCKUP,
	OOPS_HARD_LOCKUP,
	OOPS_WORKQUEUE,
	OOPS_REFCOUNT,
	OOPS_LIST,
	OOPS_SLAB,
	OOPS_BAD_PAGE,
	OOPS_LEAK,
	OOPS_STACK,
	OOPS_VFS,
	OOPS_NETDEV,
	OOPS_FIRMWARE,
	OOPS_BOOT,
	OOPS_REBOOT,
	OOPS_PROGRAM,
	OOPS_CUT_OFF,
	OOPS_N
};

/** struct oops_finding - one failure */
struct oops_finding {
	enum oops_class class;
	/** @title: the kernel's own line, without prefixes; printable ASCII */
	char title[OOPS_TITLE_MAX];
	/** @function: where it happened, "" where the report does not say */
	char function[OOPS_FUNC_MAX];
	/** @line: of the title in the stream, from 1 */
	unsigned long long line;
	/** @offset: of the title in the stream, in bytes */
	unsigned long long offset;
};

/** oops_found_fn - a finding is complete; @f is valid during the call only */
typedef void oops_found_fn(const struct oops_finding *f, void *ctx);

struct oops_scan;

/**
 * oops_open() - begin with a stream
 * @found: called for each finding, in the order of the stream
 * @ctx:   passed to it
 *
 * A finding is complete when the function is known; or with the next finding;
 * or 80 lines or 16 KiB after its title; or at oops_end(). Until then it is
 * oops_pending().
 *
 * Return: the scanner, which the caller gives to oops_close().
 */
struct oops_scan *oops_open(oops_found_fn *found, void *ctx);

/**
 * oops_feed() - scan the next piece of the stream
 * @data: any bytes; a title may be in two pieces
 * @n:    how many, also 0
 *
 * A line is looked at when its end has come, or its first 2 KiB have.
 */
void oops_feed(struct oops_scan *s, const void *data, size_t n);

/**
 * oops_pending() - the finding whose report is still being read
 *
 * For who cannot wait: a panic's title is known, its function is not yet.
 *
 * Return: the finding, valid until the next call with @s, or NULL.
 */
const struct oops_finding *oops_pending(const struct oops_scan *s);

/** oops_end() - the stream has ended: what is pending is complete */
void oops_end(struct oops_scan *s);

/** oops_close() - free; says nothing about what is pending. NULL is well */
void oops_close(struct oops_scan *s);

/** oops_class_name() - "panic", "rcu-stall" ...: what stands before titles */
const char *oops_class_name(enum oops_class class);

/**
 * oops_is_kernel() - whether a class is the kernel's failure
 *
 * OOPS_PROGRAM is none: a program's crash on the console, which is worth a
 * line in a log's scan but says nothing about the kernel.
 */
bool oops_is_kernel(enum oops_class class);

/**
 * oops_print() - a finding as one line
 * @out: "class: title", and " in FUNCTION" where the title lacks it, is
 *       appended, without newline
 */
void oops_print(const struct oops_finding *f, struct buf *out);

/** struct oops_allow - findings that are expected; zeroed is empty */
struct oops_allow {
	regex_t *v;
	size_t n;
};

/**
 * oops_allow_add() - add a pattern
 * @pattern: POSIX extended regular expression, see regex(7)
 *
 * Return: NULL, or what is wrong with it in a few words (regerror(3)); static
 * text, valid until the next call.
 */
const char *oops_allow_add(struct oops_allow *a, const char *pattern);

/** oops_allow_match() - whether a pattern matches what oops_print() prints */
bool oops_allow_match(const struct oops_allow *a, const struct oops_finding *f);

/** oops_allow_free() - free the patterns; @a is empty and usable again */
void oops_allow_free(struct oops_allow *a);

#endif
