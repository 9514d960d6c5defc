/* SPDX-License-Identifier: MIT */
/*
 * Inside of the Kconfig reader: its state, and the entries and blocks that
 * kconfig_block.c keeps for kconfig_parse.c. Only these two include this.
 */
#ifndef BOOTLET_KCONFIG_READER_H
#define BOOTLET_KCONFIG_READER_H

#include "kconfig_tree.h"

/* The kernel's own nest less than ten deep. */
#define KREAD_NEST_MAX 64

enum kblock_type { BLOCK_TOP, BLOCK_MENU, BLOCK_IF, BLOCK_CHOICE };

struct kblock {
	enum kblock_type type;
	/* dep: of all that is inside; asked: when the user is asked. */
	const struct kexpr *dep, *asked;
	struct kchoice *choice;
};

struct kreader {
	struct ktree *tree;
	const char *file;
	unsigned int line;
	int depth;
	struct kblock block[KREAD_NEST_MAX];
	size_t n_blocks;
	/* What an option belongs to: entry and sym; else the innermost block;
	 * else (a comment) nothing. */
	struct ksym *sym;
	struct kentry *entry;
	bool in_block;
	const struct kexpr *prompt_cond;
	/* Defaults and selects wait for the entry's end: a "depends on" may
	 * come after them. */
	struct pending {
		struct kprop *prop;
		struct ksym *target;
	} * pending;
	size_t n_pending;
};

/* The innermost block; an AND; an optional "if EXPR". */
struct kblock *kread_top(struct kreader *r);
const struct kexpr *kread_both(struct kreader *r, const struct kexpr *a,
			       const struct kexpr *b);
int kread_if(struct klex *l, const struct kexpr **out);

/* What stands behind the entry is known: its conditions are put together. */
void kread_end_entry(struct kreader *r);

/* One for each word that begins or ends something. Return: 0; -EINVAL; -ELOOP */
int kread_config(struct kreader *r, struct klex *l);
int kread_menu(struct kreader *r, struct klex *l);
int kread_begin_if(struct kreader *r, struct klex *l);
int kread_choice(struct kreader *r, struct klex *l);
int kread_comment(struct kreader *r, struct klex *l);
int kread_end_menu(struct kreader *r, struct klex *l);
int kread_end_if(struct kreader *r, struct klex *l);
int kread_end_choice(struct kreader *r, struct klex *l);

#endif
