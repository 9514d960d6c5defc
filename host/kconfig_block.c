// SPDX-License-Identifier: MIT
/*
 * Entries and blocks of Kconfig. Blocks (menu, if, choice) make a stack, and
 * what stands in them inherits their conditions.
 */
#include "kconfig_reader.h"

#include "str.h"

#include <errno.h>
#include <string.h>

struct kblock *kread_top(struct kreader *r)
{
	return &r->block[r->n_blocks - 1];
}

const struct kexpr *kread_both(struct kreader *r, const struct kexpr *a,
			       const struct kexpr *b)
{
	return kexpr_make(r->tree, KEXPR_AND, a, b);
}

static void append(struct kprop **list, struct kprop *p)
{
	while (*list)
		list = &(*list)->next;
	*list = p;
}

void kread_end_entry(struct kreader *r)
{
	struct kentry *e = r->entry;

	if (e) {
		const struct kexpr *dep =
			kread_both(r, kread_top(r)->dep, e->dep);

		e->dep = dep;
		e->visible = kread_both(r,
					kread_both(r, dep, kread_top(r)->asked),
					r->prompt_cond);
		for (size_t i = 0; i < r->n_pending; i++) {
			struct pending *p = &r->pending[i];

			p->prop->cond = kread_both(r, dep, p->prop->cond);
			append(p->target ? &p->target->selects :
					   &r->sym->defaults,
			       p->prop);
		}
	}
	r->n_pending = 0;
	r->entry = NULL;
	r->sym = NULL;
	r->prompt_cond = NULL;
	r->in_block = false;
}

int kread_if(struct klex *l, const struct kexpr **out)
{
	int err = 0;

	*out = NULL;
	if (klex_take(l, "if"))
		err = parse_kexpr(l, out);
	return err;
}

static void choice_add(struct kreader *r, struct kchoice *c,
		       const struct ksym *sym)
{
	const struct ksym **v =
		ktree_alloc(r->tree, (c->n + 1) * sizeof(struct ksym *));

	if (c->n)
		memcpy(v, c->member, c->n * sizeof(struct ksym *));
	v[c->n++] = sym;
	c->member = v;
}

static struct kchoice *choice_around(struct kreader *r)
{
	for (size_t i = r->n_blocks; i-- > 0;)
		if (r->block[i].type == BLOCK_CHOICE)
			return r->block[i].choice;
		else if (r->block[i].type != BLOCK_IF)
			return NULL;
	return NULL;
}

int kread_config(struct kreader *r, struct klex *l)
{
	struct kentry **last;

	kread_end_entry(r);
	if (l->type != KTOKEN_WORD)
		return -EINVAL;
	r->sym = ktree_symbol(r->tree, l->text);
	r->entry = ktree_alloc(r->tree, sizeof(*r->entry));
	r->entry->file = r->file;
	r->entry->line = r->line;
	r->entry->choice = choice_around(r);
	if (r->entry->choice)
		choice_add(r, choice_around(r), r->sym);
	for (last = &r->sym->entries; *last; last = &(*last)->next)
		;
	*last = r->entry;
	return 0;
}

static int push(struct kreader *r, enum kblock_type type)
{
	struct kblock b = *kread_top(r);

	if (r->n_blocks == KREAD_NEST_MAX)
		return -ELOOP;
	b.type = type;
	b.choice = NULL;
	r->block[r->n_blocks++] = b;
	return 0;
}

int kread_menu(struct kreader *r, struct klex *l)
{
	(void)l;
	kread_end_entry(r);
	r->in_block = true;
	return push(r, BLOCK_MENU);
}

int kread_begin_if(struct kreader *r, struct klex *l)
{
	const struct kexpr *cond;
	int err;

	kread_end_entry(r);
	err = parse_kexpr(l, &cond);
	if (!err)
		err = push(r, BLOCK_IF);
	if (!err)
		kread_top(r)->dep = kread_both(r, kread_top(r)->dep, cond);
	return err;
}

int kread_choice(struct kreader *r, struct klex *l)
{
	int err;

	(void)l;
	kread_end_entry(r);
	r->in_block = true;
	err = push(r, BLOCK_CHOICE);
	if (!err) {
		kread_top(r)->choice =
			ktree_alloc(r->tree, sizeof(struct kchoice));
		kread_top(r)->choice->prompt = "";
	}
	return err;
}

int kread_comment(struct kreader *r, struct klex *l)
{
	(void)l;
	kread_end_entry(r);
	return 0;
}

static int end_block(struct kreader *r, enum kblock_type type)
{
	kread_end_entry(r);
	if (r->n_blocks < 2 || kread_top(r)->type != type)
		return -EINVAL;
	if (type == BLOCK_CHOICE)
		kread_top(r)->choice->visible =
			kread_both(r, kread_top(r)->dep, kread_top(r)->asked);
	r->n_blocks--;
	return 0;
}

int kread_end_menu(struct kreader *r, struct klex *l)
{
	(void)l;
	return end_block(r, BLOCK_MENU);
}

int kread_end_if(struct kreader *r, struct klex *l)
{
	(void)l;
	return end_block(r, BLOCK_IF);
}

int kread_end_choice(struct kreader *r, struct klex *l)
{
	(void)l;
	return end_block(r, BLOCK_CHOICE);
}
