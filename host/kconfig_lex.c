// SPDX-License-Identifier: MIT
/* Words of a Kconfig line, and the few macros that can be known. */
#include "kconfig_tree.h"

#include "str.h"

#include <string.h>

static bool word_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || strchr("_-./", c);
}

/* Length of "$(...)", nested ones included; of "$" alone: 1. */
static size_t macro_len(const char *p)
{
	size_t depth = 0, n;

	if (p[1] != '(')
		return 1;
	for (n = 1; p[n]; n++) {
		depth += p[n] == '(';
		if (p[n] == ')' && !--depth)
			return n + 1;
	}
	return n;
}

/* What is the same for every build of this architecture. */
static const char *macro_value(const struct klex *l, const char *p, size_t n)
{
	const char *dir = l->tree->srcdir;
	const struct {
		const char *macro, *value;
	} known[] = {
		{ "$(SRCARCH)", dir },
		{ "$(ARCH)", dir },
		{ "$(SUBARCH)", dir },
		{ "$(HEADER_ARCH)", dir },
		{ "$(srctree)", "." },
		{ "$(comma)", "," },
		{ "$(KERNELVERSION)", l->tree->release },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (n == strlen(known[i].macro) &&
		    !memcmp(p, known[i].macro, n))
			return known[i].value;
	return NULL;
}

static void add_macro(struct klex *l, struct buf *b, bool *unknown)
{
	size_t n = macro_len(l->p);
	const char *value = macro_value(l, l->p, n);

	if (value)
		buf_adds(b, value);
	else
		buf_add(b, l->p, n);
	*unknown |= !value;
	l->p += n;
}

static void take_text(struct klex *l, struct buf *b, bool unknown,
		      enum ktoken_type type)
{
	l->type = unknown ? KTOKEN_MACRO : type;
	l->text = ktree_text(l->tree, b->p ? b->p : "", b->n);
	buf_free(b);
}

static void take_quoted(struct klex *l)
{
	struct buf b = { 0 };
	bool unknown = false;
	char quote = *l->p++;

	while (*l->p && *l->p != quote) {
		if (*l->p == '$') {
			add_macro(l, &b, &unknown);
			continue;
		}
		l->p += *l->p == '\\' && l->p[1];
		buf_addc(&b, *l->p++);
	}
	l->p += *l->p == quote;
	take_text(l, &b, unknown, KTOKEN_QUOTED);
}

static void take_word(struct klex *l)
{
	struct buf b = { 0 };
	bool unknown = false;

	while (*l->p && (word_char(*l->p) || *l->p == '$')) {
		if (*l->p == '$')
			add_macro(l, &b, &unknown);
		else
			buf_addc(&b, *l->p++);
	}
	take_text(l, &b, unknown, KTOKEN_WORD);
}

static void take_op(struct klex *l)
{
	static const char *const ops[] = { "&&", "||", "!=", "<=", ">=" };
	size_t n = 1;

	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		if (!strncmp(l->p, ops[i], 2))
			n = 2;
	l->type = KTOKEN_OP;
	l->text = ktree_text(l->tree, l->p, n);
	l->p += n;
}

void klex_next(struct klex *l)
{
	l->p += strspn(l->p, " \t\r");
	if (!*l->p || *l->p == '#') {
		l->type = KTOKEN_END;
		l->text = "";
	} else if (*l->p == '"' || *l->p == '\'') {
		take_quoted(l);
	} else if (word_char(*l->p) || *l->p == '$') {
		take_word(l);
	} else {
		take_op(l);
	}
}

void klex_begin(struct klex *l, struct ktree *t, const char *line)
{
	*l = (struct klex){ .tree = t, .p = line };
	klex_next(l);
}

bool klex_is(const struct klex *l, const char *text)
{
	return (l->type == KTOKEN_WORD || l->type == KTOKEN_OP) &&
	       !strcmp(l->text, text);
}

bool klex_take(struct klex *l, const char *text)
{
	if (!klex_is(l, text))
		return false;
	klex_next(l);
	return true;
}
