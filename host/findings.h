/* SPDX-License-Identifier: MIT */
/* The kernel failures of one run, and which of them count. */
#ifndef BOOTLET_FINDINGS_H
#define BOOTLET_FINDINGS_H

#include "oops.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>

/** FINDINGS_MAX - that are kept; a kernel that repeats itself has more */
#define FINDINGS_MAX 64

/** struct findings - in their order; starts as all zeros */
struct findings {
	/** @v: the first FINDINGS_MAX, of @total; @n: how many they are. A first
	 * panic after them takes the place of the last */
	struct oops_finding *v;
	size_t n;
	unsigned long long total;
	/** @allowed: of each of @v whether it does not count; NULL before
	 * findings_judge() */
	bool *allowed;
};

/**
 * findings_add() - an oops_found_fn
 * @f:   what is no failure of the kernel is passed over
 * @ctx: struct findings
 */
void findings_add(const struct oops_finding *f, void *ctx);

/**
 * findings_judge() - tell what is allowed from what is not
 * @allow:  patterns
 * @ignore: all of them are allowed
 * @lines:  those that count are appended, as oops_print() has them
 */
void findings_judge(struct findings *f, const struct oops_allow *allow,
		    bool ignore, struct strv *lines);

/** findings_panic() - the panic's title without "Kernel panic - not syncing: "
 *
 * Source: kernel/panic.c. Return: in @f, or NULL where there was none.
 */
const char *findings_panic(const struct findings *f);

/** findings_before_panic() - the first finding, as oops_print() has it
 *
 * Return: NULL where there was no panic or nothing before it; the caller frees.
 */
char *findings_before_panic(const struct findings *f);

/** findings_free() - free all; @f is empty and usable again */
void findings_free(struct findings *f);

#endif
