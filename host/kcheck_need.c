// SPDX-License-Identifier: MIT
/*
 * What has to be set for a condition to become true: the cheapest way through
 * its ANDs and ORs, dependencies of dependencies included.
 */
#include "kcheck.h"

#include <stdlib.h>
#include <string.h>

/* A symbol that half the drivers select: the first ones are enough to say. */
#define SELECTS_MAX 24
#define STACK_MAX   (sizeof(((struct kneed *)0)->stack) / sizeof(void *))

static int need_false(struct kneed *n, const struct kexpr *e, struct strv *set);

/* A way that turns out worse than another leaves nothing in @set. */
static void cut(struct strv *set, size_t n)
{
	while (set->n > n) {
		free(set->v[--set->n]);
		set->v[set->n] = NULL;
	}
}

static void move_tail(struct strv *to, struct strv *from, size_t n)
{
	for (size_t i = n; i < from->n; i++)
		if (!strv_has(to, from->v[i]))
			strv_push(to, from->v[i]);
}

static bool is_asked_for(const struct strv *set, const struct ksym *sym,
			 int level)
{
	char *y = xasprintf("CONFIG_%s=y", sym->name);
	char *m = xasprintf("CONFIG_%s=m", sym->name);
	bool has = strv_has(set, y) || (level < 2 && strv_has(set, m));

	free(y);
	free(m);
	return has;
}

/* --- one symbol ------------------------------------------------------------- */

typedef int way_fn(struct kneed *n, const struct ksym *sym, size_t i, int level,
		   struct strv *set);

/* By hand, where the user is asked. -1: there is no i-th such place. */
static int by_hand(struct kneed *n, const struct ksym *sym, size_t i, int level,
		   struct strv *set)
{
	const struct kentry *e = sym->entries;
	int cost;

	while (e && i--)
		e = e->next;
	if (!e)
		return -1;
	if (!e->prompt)
		return KNEED_NEVER;
	cost = kneed_expr(n, e->visible, level, set);
	if (cost < KNEED_NEVER)
		kwhy_set(set, sym->name,
			 level == 1 && sym->type == KSYM_TRISTATE ? "m" : "y");
	return cost + 1;
}

static int by_prop(struct kneed *n, const struct kprop *p, size_t i, int level,
		   struct strv *set)
{
	int cost;

	while (p && i--)
		p = p->next;
	if (!p)
		return -1;
	cost = kneed_expr(n, p->cond, level, set);
	return cost >= KNEED_NEVER ? cost :
				     cost + kneed_expr(n, p->value, level, set);
}

static int by_default(struct kneed *n, const struct ksym *sym, size_t i,
		      int level, struct strv *set)
{
	return by_prop(n, sym->defaults, i, level, set);
}

static int by_select(struct kneed *n, const struct ksym *sym, size_t i,
		     int level, struct strv *set)
{
	return i < SELECTS_MAX ? by_prop(n, sym->selects, i, level, set) : -1;
}

static bool has_prompt(const struct ksym *sym)
{
	for (const struct kentry *e = sym->entries; e; e = e->next)
		if (e->prompt)
			return true;
	return false;
}

/* The cheapest of one kind of way; its lines are appended to @set. */
static int cheapest(struct kneed *n, way_fn *way, const struct ksym *sym,
		    int level, struct strv *set)
{
	struct strv best = { 0 };
	size_t before = set->n;
	int least = KNEED_NEVER, cost;

	for (size_t i = 0; (cost = way(n, sym, i, level, set)) >= 0; i++) {
		if (cost < least) {
			strv_free(&best);
			move_tail(&best, set, before);
			least = cost;
		}
		cut(set, before);
	}
	move_tail(set, &best, 0);
	strv_free(&best);
	return least;
}

/* A symbol without a prompt that should be there by its conditions and is not:
 * a tool of the build has the last word, or nobody has run olddefconfig. */
static int automatic(struct kneed *n, const struct ksym *sym, int level,
		     struct strv *set)
{
	bool macro = n->macro;
	int cost;

	n->macro = false;
	cost = cheapest(n, by_default, sym, level, set);
	if (cost >= KNEED_NEVER)
		cost = cheapest(n, by_select, sym, level, set);
	if (cost == 0 && n->macro) {
		n->blocker = sym;
		return KNEED_NEVER;
	}
	n->macro = macro;
	return cost;
}

int kneed_symbol(struct kneed *n, const struct ksym *sym, int level,
		 struct strv *set)
{
	int cost = KNEED_NEVER;

	if (!sym->entries) {
		/* "y" and "m" are symbols too, and nobody defines them. */
		cost = kexpr_eval(&(struct kexpr){ .sym = sym },
				  n->spec->config) >= level ?
			       0 :
			       KNEED_NEVER;
		if (cost && strcmp(sym->name, "n"))
			n->blocker = sym;
		return cost;
	}
	if (kconfig_tri(n->spec->config, sym->name) >= level ||
	    is_asked_for(set, sym, level))
		return 0;
	for (int i = 0; i < n->depth; i++)
		if (n->stack[i] == sym)
			return KNEED_NEVER;
	if ((size_t)n->depth == STACK_MAX || n->budget-- <= 0)
		return KNEED_NEVER;
	n->stack[n->depth++] = sym;
	if (has_prompt(sym))
		cost = cheapest(n, by_hand, sym, level, set);
	if (cost >= KNEED_NEVER)
		cost = automatic(n, sym, level, set);
	n->depth--;
	if (cost >= KNEED_NEVER && !n->blocker)
		n->blocker = sym;
	return cost;
}

/* --- expressions ------------------------------------------------------------ */

static int either(struct kneed *n, const struct kexpr *e,
		  int (*way)(struct kneed *n, const struct kexpr *e, int level,
			     struct strv *set),
		  int level, struct strv *set)
{
	struct strv first = { 0 };
	size_t before = set->n;
	int a = way(n, e->a, level, set), b;

	move_tail(&first, set, before);
	cut(set, before);
	b = way(n, e->b, level, set);
	if (a <= b) {
		cut(set, before);
		move_tail(set, &first, 0);
	}
	strv_free(&first);
	return a <= b ? a : b;
}

static int false_way(struct kneed *n, const struct kexpr *e, int level,
		     struct strv *set)
{
	(void)level;
	return need_false(n, e, set);
}

/* As kconfig writes and reads strings: only these two are escaped. */
static char *quoted(const char *text)
{
	struct buf b = { 0 };

	buf_addc(&b, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_addc(&b, '\\');
		buf_addc(&b, *text);
	}
	buf_addc(&b, '"');
	return b.p;
}

/* NAME = "value", where NAME is somebody's to set. */
static int need_equal(struct kneed *n, const struct kexpr *e, struct strv *set)
{
	const struct kexpr *b = e->b;
	char *value;

	if (e->type != KEXPR_EQ || e->a->type != KEXPR_SYMBOL ||
	    !e->a->sym->entries || b->type == KEXPR_MACRO)
		return KNEED_NEVER;
	if (e->a->sym->type != KSYM_STRING &&
	    (!strcmp(b->text, "y") || !strcmp(b->text, "m")))
		return kneed_symbol(n, e->a->sym, *b->text == 'y' ? 2 : 1, set);
	if (!has_prompt(e->a->sym))
		return KNEED_NEVER;
	value = e->a->sym->type == KSYM_STRING ? quoted(b->text) :
						 xstrdup(b->text);
	kwhy_set(set, e->a->sym->name, value);
	free(value);
	return 1;
}

static int need_symbol_false(struct kneed *n, const struct ksym *sym,
			     struct strv *set)
{
	if (kconfig_tri(n->spec->config, sym->name) == 0)
		return 0;
	if (!has_prompt(sym)) {
		n->blocker = sym;
		return KNEED_NEVER;
	}
	kwhy_set(set, sym->name, "n");
	return 1;
}

static int need_false(struct kneed *n, const struct kexpr *e, struct strv *set)
{
	if (!e)
		return KNEED_NEVER;
	if (kexpr_eval(e, n->spec->config) == 0)
		return 0;
	switch (e->type) {
	case KEXPR_SYMBOL:
		return need_symbol_false(n, e->sym, set);
	case KEXPR_NOT:
		return kneed_expr(n, e->a, 2, set);
	case KEXPR_AND:
		return either(n, e, false_way, 0, set);
	case KEXPR_OR:
		return need_false(n, e->a, set) + need_false(n, e->b, set);
	case KEXPR_MACRO:
		n->macro = true;
		return KNEED_NEVER;
	default:
		return KNEED_NEVER;
	}
}

int kneed_expr(struct kneed *n, const struct kexpr *e, int level,
	       struct strv *set)
{
	int cost;

	if (!e)
		return 0;
	if (e->type == KEXPR_MACRO)
		n->macro = true;
	if (e->type != KEXPR_AND && kexpr_eval(e, n->spec->config) >= level)
		return 0;
	switch (e->type) {
	case KEXPR_SYMBOL:
		return kneed_symbol(n, e->sym, level, set);
	case KEXPR_NOT:
		return need_false(n, e->a, set);
	case KEXPR_AND:
		cost = kneed_expr(n, e->a, level, set);
		return cost >= KNEED_NEVER ?
			       cost :
			       cost + kneed_expr(n, e->b, level, set);
	case KEXPR_OR:
		return either(n, e, kneed_expr, level, set);
	default:
		return need_equal(n, e, set);
	}
}
