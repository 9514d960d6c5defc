/* SPDX-License-Identifier: MIT */
/*
 * Does a .config hold what fragments ask for, and if not, why not? Pure: it
 * looks at what was read, and runs nothing.
 */
#ifndef BOOTLET_KCHECK_H
#define BOOTLET_KCHECK_H

#include "kconfig.h"
#include "kconfig_frag.h"
#include "kconfig_tree.h"
#include "str.h"

#include <stddef.h>

enum kstate {
	KSTATE_HOLDS,
	/* Not in this version, and the fragment knows that. */
	KSTATE_ABSENT,
	KSTATE_MISSING,
	KSTATES,
};

enum kreason {
	KREASON_NONE,
	/* Not in this kernel version. */
	KREASON_VERSION,
	/* Another member of a choice won. */
	KREASON_CHOICE,
	/* A dependency is not met. */
	KREASON_DEPENDS,
	/* Nothing stands against it, but nobody has set it. */
	KREASON_UNSET,
	/* Something else sets it. */
	KREASON_FORCED,
	/* It has another value. */
	KREASON_VALUE,
	/* Only the kernel's source can tell. */
	KREASON_UNKNOWN,
	KREASONS,
};

/** struct kfinding - what became of one symbol */
struct kfinding {
	const struct kwant *want;
	/** @actual: the .config's value, not owned; NULL: not in it */
	const char *actual;
	enum kstate state;
	enum kreason reason;
	/** @why: one line that goes on after "CONFIG_X=y: "; NULL if it holds */
	char *why;
	/** @winner: after KREASON_CHOICE the member that is y, or NULL */
	char *winner;
	/** @set: lines to write, "CONFIG_PCI=y", in that order */
	struct strv set;
};

/** struct kcheck_spec - what is held against what */
struct kcheck_spec {
	/** @wants: after kfrags_merge() */
	const struct kfrags *wants;
	const struct kconfig *config;
	/** @tree: the kernel's symbols, or NULL without its source */
	const struct ktree *tree;
	/** @known: what bootlet's own fragments know, see kbuiltin_load() */
	const struct kfrags *known;
	/** @version: as parse_kversion(), 0 where unknown */
	unsigned int version;
};

/** struct kcheck - the result */
struct kcheck {
	struct kfinding *v;
	size_t n;
	/** @count: how many of each state */
	size_t count[KSTATES];
};

/**
 * kcheck_run() - hold a .config against fragments
 * @spec: what
 * @out:  one finding for each merged symbol, in order; the caller calls
 *        kcheck_free(); it points into @spec
 */
void kcheck_run(const struct kcheck_spec *spec, struct kcheck *out);

/** kcheck_free() - free all; @c is empty and usable again */
void kcheck_free(struct kcheck *c);

/** kstate_name(), kreason_name() - one word for JSON, e.g. "missing" */
const char *kstate_name(enum kstate state);
const char *kreason_name(enum kreason reason);

/** kcheck_line() - append "FRAGMENT:LINE: CONFIG_X=y: why" and a newline */
void kcheck_line(const struct kfinding *f, struct buf *out);

/**
 * kcheck_json() - append the whole result as one JSON object
 * @c:       from kcheck_run()
 * @spec:    what it was run with
 * @file:    name of the .config
 * @out:     appended, with a newline
 */
void kcheck_json(const struct kcheck *c, const struct kcheck_spec *spec,
		 const char *file, struct buf *out);

/* --- for kcheck.c: the two ways to know why --------------------------------- */

/** kwhy_tree() - fill in reason, why, winner and set from @spec->tree */
void kwhy_tree(const struct kcheck_spec *spec, struct kfinding *f);

/** kwhy_known() - the same from what the fragments know */
void kwhy_known(const struct kcheck_spec *spec, struct kfinding *f);

/** kwhy_set() - append "CONFIG_NAME=VALUE", or the line for "n", once */
void kwhy_set(struct strv *set, const char *name, const char *value);

/** kwhy_names() - "A", "A or B", "A, B or C", at most @max of them; the
 * caller frees */
char *kwhy_names(char *const *names, size_t n, size_t max);

/** struct kneed - a search for what must be set; zero but for the first two */
struct kneed {
	const struct kcheck_spec *spec;
	/** @budget: steps until it gives up */
	int budget;
	/** @blocker: a symbol that nobody can set, after KNEED_NEVER */
	const struct ksym *blocker;
	/** @macro: some condition was the build tools' to decide */
	bool macro;
	const struct ksym *stack[24];
	int depth;
};

/** KNEED_NEVER - the cost of what cannot be had */
#define KNEED_NEVER 100000

/**
 * kneed_expr() - what must be set for an expression to become true
 * @n:     the search
 * @e:     the expression
 * @level: 1 for at least m, 2 for y
 * @set:   lines to write, appended in order
 *
 * Return: how many symbols; 0 where it is true already; KNEED_NEVER or more
 * where nothing that can be set makes it true.
 */
int kneed_expr(struct kneed *n, const struct kexpr *e, int level,
	       struct strv *set);

/** kneed_symbol() - the same for a symbol to be at least @level */
int kneed_symbol(struct kneed *n, const struct ksym *sym, int level,
		 struct strv *set);

#endif
