// SPDX-License-Identifier: MIT
/* Expressions of Kconfig: read, and evaluated under a .config. */
#include "kconfig_tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Real ones nest four deep; a file that is none must not take the stack. */
#define DEPTH_MAX 100

static const struct {
	const char *op;
	enum kexpr_type type;
} compares[] = {
	{ "=", KEXPR_EQ },  { "!=", KEXPR_NE }, { "<", KEXPR_LT },
	{ "<=", KEXPR_LE }, { ">", KEXPR_GT },	{ ">=", KEXPR_GE },
};

static struct kexpr *new_expr(struct ktree *t, enum kexpr_type type)
{
	struct kexpr *e = ktree_alloc(t, sizeof(*e));

	e->type = type;
	return e;
}

const struct kexpr *kexpr_make(struct ktree *t, enum kexpr_type type,
			       const struct kexpr *a, const struct kexpr *b)
{
	struct kexpr *e;

	if (type == KEXPR_AND && (!a || !b))
		return a ? a : b;
	e = new_expr(t, type);
	e->a = a;
	e->b = b;
	return e;
}

const struct kexpr *kexpr_symbol(struct ktree *t, const struct ksym *sym)
{
	struct kexpr *e = new_expr(t, KEXPR_SYMBOL);

	e->sym = sym;
	e->text = sym->name;
	return e;
}

static int parse_or(struct klex *l, int depth, const struct kexpr **out);

/* A constant is a symbol without a definition, as for the kernel's reader. */
static int parse_operand(struct klex *l, const struct kexpr **out)
{
	struct kexpr *e;

	switch (l->type) {
	case KTOKEN_WORD:
		*out = kexpr_symbol(l->tree, ktree_symbol(l->tree, l->text));
		break;
	case KTOKEN_QUOTED:
	case KTOKEN_MACRO:
		e = new_expr(l->tree, l->type == KTOKEN_QUOTED ? KEXPR_TEXT :
								 KEXPR_MACRO);
		e->text = l->text;
		*out = e;
		break;
	default:
		return -EINVAL;
	}
	klex_next(l);
	return 0;
}

static int parse_compare(struct klex *l, const struct kexpr **out)
{
	const struct kexpr *a = NULL, *b;
	int err = parse_operand(l, &a);

	*out = a;
	for (size_t i = 0; !err && i < sizeof(compares) / sizeof(*compares);
	     i++) {
		if (!klex_take(l, compares[i].op))
			continue;
		err = parse_operand(l, &b);
		if (!err)
			*out = kexpr_make(l->tree, compares[i].type, a, b);
		break;
	}
	return err;
}

static int parse_unary(struct klex *l, int depth, const struct kexpr **out)
{
	int err;

	if (depth > DEPTH_MAX)
		return -EINVAL;
	if (klex_take(l, "!")) {
		err = parse_unary(l, depth + 1, out);
		if (!err)
			*out = kexpr_make(l->tree, KEXPR_NOT, *out, NULL);
		return err;
	}
	if (klex_take(l, "(")) {
		err = parse_or(l, depth + 1, out);
		return err ? err : klex_take(l, ")") ? 0 : -EINVAL;
	}
	return parse_compare(l, out);
}

static int parse_and(struct klex *l, int depth, const struct kexpr **out)
{
	const struct kexpr *b;
	int err = parse_unary(l, depth, out);

	while (!err && klex_take(l, "&&")) {
		err = parse_unary(l, depth, &b);
		if (!err)
			*out = kexpr_make(l->tree, KEXPR_AND, *out, b);
	}
	return err;
}

static int parse_or(struct klex *l, int depth, const struct kexpr **out)
{
	const struct kexpr *b;
	int err = parse_and(l, depth, out);

	while (!err && klex_take(l, "||")) {
		err = parse_and(l, depth, &b);
		if (!err)
			*out = kexpr_make(l->tree, KEXPR_OR, *out, b);
	}
	return err;
}

int parse_kexpr(struct klex *l, const struct kexpr **out)
{
	return parse_or(l, 0, out);
}

/* --- values ----------------------------------------------------------------- */

static int text_tri(const char *s)
{
	return !strcmp(s, "y") ? 2 : !strcmp(s, "m") ? 1 : 0;
}

/* A value as text, without quotes, in @own. */
static const char *operand(const struct kexpr *e, const struct kconfig *c,
			   char own[256])
{
	const char *v;
	size_t n;

	if (e->type == KEXPR_TEXT || e->type == KEXPR_MACRO)
		return e->text;
	if (e->type != KEXPR_SYMBOL)
		return "";
	v = kconfig_get(c, e->sym->name);
	if (!v && !e->sym->entries)
		return e->sym->name;
	if (!v)
		return e->sym->type == KSYM_BOOL ||
				       e->sym->type == KSYM_TRISTATE ?
			       "n" :
			       "";
	if (*v != '"')
		return v;
	n = strlen(v) - 2;
	n = n < 255 ? n : 255;
	memcpy(own, v + 1, n);
	own[n] = '\0';
	return own;
}

static int order(const char *a, const char *b)
{
	char *end_a, *end_b;
	long long x, y;

	if (*a && *b && strlen(a) == strspn(a, "ymn") && strlen(a) == 1 &&
	    strlen(b) == strspn(b, "ymn") && strlen(b) == 1)
		return text_tri(a) - text_tri(b);
	x = strtoll(a, &end_a, 0);
	y = strtoll(b, &end_b, 0);
	if (*a && *b && !*end_a && !*end_b)
		return (x > y) - (x < y);
	return strcmp(a, b);
}

static int eval_compare(const struct kexpr *e, const struct kconfig *c)
{
	char own_a[256], own_b[256];
	int d;

	/* A tool's answer that is not known: either may be. */
	if (e->a->type == KEXPR_MACRO || e->b->type == KEXPR_MACRO)
		return 2;
	d = order(operand(e->a, c, own_a), operand(e->b, c, own_b));
	switch (e->type) {
	case KEXPR_EQ:
		return d == 0 ? 2 : 0;
	case KEXPR_NE:
		return d != 0 ? 2 : 0;
	case KEXPR_LT:
		return d < 0 ? 2 : 0;
	case KEXPR_LE:
		return d <= 0 ? 2 : 0;
	case KEXPR_GT:
		return d > 0 ? 2 : 0;
	default:
		return d >= 0 ? 2 : 0;
	}
}

int kexpr_eval(const struct kexpr *e, const struct kconfig *c)
{
	int a, b;

	if (!e)
		return 2;
	switch (e->type) {
	case KEXPR_SYMBOL:
		return e->sym->entries ? kconfig_tri(c, e->sym->name) :
					 text_tri(e->sym->name);
	case KEXPR_TEXT:
		return text_tri(e->text);
	case KEXPR_MACRO:
		return 2;
	case KEXPR_NOT:
		return 2 - kexpr_eval(e->a, c);
	case KEXPR_AND:
	case KEXPR_OR:
		a = kexpr_eval(e->a, c);
		b = kexpr_eval(e->b, c);
		return (e->type == KEXPR_AND) == (a < b) ? a : b;
	default:
		return eval_compare(e, c);
	}
}
