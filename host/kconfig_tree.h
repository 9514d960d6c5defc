/* SPDX-License-Identifier: MIT */
/*
 * A kernel's Kconfig files, read so that one can say why a symbol has not the
 * value that was asked for. It is the language of
 * Documentation/kbuild/kconfig-language.rst and kconfig-macro-language.rst of
 * 5.10 to 7.2, with one shortcut: macros that ask a tool ($(cc-option,...))
 * count as y.
 */
#ifndef BOOTLET_KCONFIG_TREE_H
#define BOOTLET_KCONFIG_TREE_H

#include "kconfig.h"
#include "kconfig_map.h"

#include <stdbool.h>
#include <stddef.h>

enum kexpr_type {
	KEXPR_SYMBOL,
	/* Text in quotes. */
	KEXPR_TEXT,
	/* What only the build's tools know. */
	KEXPR_MACRO,
	KEXPR_NOT,
	KEXPR_AND,
	KEXPR_OR,
	KEXPR_EQ,
	KEXPR_NE,
	KEXPR_LT,
	KEXPR_LE,
	KEXPR_GT,
	KEXPR_GE,
};

/** struct kexpr - an expression; NULL is y */
struct kexpr {
	enum kexpr_type type;
	const struct kexpr *a, *b;
	const struct ksym *sym;
	const char *text;
};

enum ksym_type {
	KSYM_UNKNOWN,
	KSYM_BOOL,
	KSYM_TRISTATE,
	KSYM_STRING,
	KSYM_INT,
	KSYM_HEX,
};

/** struct kchoice - a choice; of its members one is y */
struct kchoice {
	const char *prompt;
	/** @visible: when one can choose */
	const struct kexpr *visible;
	const struct ksym **member;
	size_t n;
};

/** struct kentry - one of the places that define a symbol */
struct kentry {
	const struct kexpr *dep;
	/** @visible: when the user is asked; only where @prompt is set */
	const struct kexpr *visible;
	const char *prompt;
	const struct kchoice *choice;
	const char *file;
	unsigned int line;
	struct kentry *next;
};

/** struct kprop - a default, or a select by another symbol */
struct kprop {
	/** @value: the default; the selecting symbol */
	const struct kexpr *value;
	const struct kexpr *cond;
	struct kprop *next;
};

/** struct ksym - a symbol; @entries is NULL where nothing defines it */
struct ksym {
	const char *name;
	enum ksym_type type;
	struct kentry *entries;
	struct kprop *defaults, *selects;
};

/** struct ktree - all of a kernel's symbols; zero it to begin with */
struct ktree {
	/** @top: path of the source; @release: "6.1.176" of its Makefile */
	char *top, *release;
	const char *srcdir;
	struct ksym **sym;
	size_t n, cap;
	struct kmap index;
	/** @block: memory of all the above */
	struct karena *block;
};

/**
 * ktree_read() - read the Kconfig files of a kernel's source
 * @t:      filled in; the caller calls ktree_free(), also after an error
 * @top:    the source's top directory
 * @srcdir: directory of arch/, e.g. "x86"
 *
 * Return: 0; -errno after a message (-ENOEXEC: no kernel's source).
 */
int ktree_read(struct ktree *t, const char *top, const char *srcdir);

/**
 * ktree_release() - the version that a source's Makefile names
 * @top: the source's top directory
 *
 * Return: "6.1.176", the caller frees; NULL where it is no kernel's source.
 */
char *ktree_release(const char *top);

/** ktree_find() - a symbol by its name, or NULL */
const struct ksym *ktree_find(const struct ktree *t, const char *name);

/** ktree_free() - free all; @t is empty and usable again */
void ktree_free(struct ktree *t);

/* --- for the parser: kconfig_lex.c, kconfig_parse.c, kconfig_expr.c --------- */

/** ktree_alloc() - zeroed memory that lives as long as the tree */
void *ktree_alloc(struct ktree *t, size_t n);
/** ktree_text() - a copy of @n bytes, likewise */
const char *ktree_text(struct ktree *t, const char *p, size_t n);
/** ktree_symbol() - the symbol of that name, made where it is new */
struct ksym *ktree_symbol(struct ktree *t, const char *name);
/** ktree_parse() - read one file and what it sources; @file is relative to the
 * top. Return: 0; -errno after a message */
int ktree_parse(struct ktree *t, const char *file);

enum ktoken_type {
	KTOKEN_END,
	KTOKEN_WORD,
	KTOKEN_QUOTED,
	KTOKEN_MACRO,
	KTOKEN_OP,
};

/** struct klex - a line that is being read word by word */
struct klex {
	struct ktree *tree;
	const char *p;
	/** @type: of the token that stands next; @text: its text */
	enum ktoken_type type;
	const char *text;
};

/** klex_begin() - read the first token of a line */
void klex_begin(struct klex *l, struct ktree *t, const char *line);
/** klex_next() - go on to the next token */
void klex_next(struct klex *l);
/** klex_is() - whether the next token is this word or operator */
bool klex_is(const struct klex *l, const char *text);
/** klex_take() - the same, and go past it if it is */
bool klex_take(struct klex *l, const char *text);

/**
 * parse_kexpr() - read an expression
 * @l:   at its first token; left behind its last
 * @out: the expression
 *
 * Return: 0; -EINVAL.
 */
int parse_kexpr(struct klex *l, const struct kexpr **out);
/** kexpr_make() - an expression of parts; NULL stands for y in AND */
const struct kexpr *kexpr_make(struct ktree *t, enum kexpr_type type,
			       const struct kexpr *a, const struct kexpr *b);
/** kexpr_symbol() - an expression of one symbol */
const struct kexpr *kexpr_symbol(struct ktree *t, const struct ksym *sym);

/**
 * kexpr_eval() - the value of an expression under a .config
 *
 * Return: 0 n, 1 m, 2 y.
 */
int kexpr_eval(const struct kexpr *e, const struct kconfig *c);

#endif
