// SPDX-License-Identifier: MIT
/* Why a symbol is missing, from the kernel's own Kconfig files. */
#include "kcheck.h"

#include <stdlib.h>
#include <string.h>

/* Steps of the search: no real symbol takes a tenth of it. */
#define BUDGET 20000

static int level_of(const char *value)
{
	return !strcmp(value, "y") ? 2 : !strcmp(value, "m");
}

static char *join(const struct strv *v)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < v->n; i++)
		buf_addf(&b, "%s%s", i ? ", " : "", v->v[i]);
	return b.p ? b.p : xstrdup("");
}

static void say(struct kfinding *f, enum kreason reason, char *why)
{
	f->reason = reason;
	free(f->why);
	f->why = why;
}

static const struct kentry *asked_entry(const struct ksym *sym)
{
	for (const struct kentry *e = sym->entries; e; e = e->next)
		if (e->prompt)
			return e;
	return NULL;
}

static const struct ksym *winner_of(const struct kchoice *c,
				    const struct kconfig *config)
{
	for (size_t i = 0; i < c->n; i++)
		if (kconfig_tri(config, c->member[i]->name) == 2)
			return c->member[i];
	return NULL;
}

/* --- not defined ------------------------------------------------------------ */

static void why_version(const struct kcheck_spec *spec, struct kfinding *f)
{
	const struct kwant *w = f->want;
	const struct kwant *k = kfrags_find(spec->known, w->name, 0);
	const char *near = NULL;
	struct strv names = { 0 };

	if (!k || (!k->since && !k->until))
		k = w;
	if (k->until && spec->version > k->until)
		say(f, KREASON_VERSION,
		    xasprintf("not in this kernel version (%s): gone after "
			      "%u.%u",
			      spec->tree->release, k->until / 1000,
			      k->until % 1000));
	else if (k->since && spec->version < k->since)
		say(f, KREASON_VERSION,
		    xasprintf("not in this kernel version (%s): it came with "
			      "%u.%u",
			      spec->tree->release, k->since / 1000,
			      k->since % 1000));
	if (f->why)
		return;
	for (size_t i = 0; i < spec->tree->n; i++)
		if (spec->tree->sym[i]->entries)
			strv_push(&names, spec->tree->sym[i]->name);
	near = str_nearest(w->name, names.v, names.n);
	say(f, KREASON_VERSION,
	    xasprintf("not in this kernel version (%s)%s%s%s",
		      spec->tree->release, near ? "; did you mean " : "",
		      near ? near : "", near ? "?" : ""));
	strv_free(&names);
}

/* --- choices ---------------------------------------------------------------- */

static char *winner_words(const struct ksym *winner)
{
	return winner ? xasprintf("%s won", winner->name) :
			xstrdup("none of its members is set");
}

static bool why_member(const struct kcheck_spec *spec, struct kfinding *f,
		       const struct kentry *e)
{
	const struct ksym *winner;
	struct kneed n = { .spec = spec, .budget = BUDGET };
	char *words, *lines;

	if (!e || !e->choice || f->want->value[0] != 'y')
		return false;
	winner = winner_of(e->choice, spec->config);
	if (!winner || kneed_expr(&n, e->visible, 2, &f->set) > 0) {
		strv_free(&f->set);
		return false;
	}
	kwhy_set(&f->set, f->want->name, "y");
	lines = join(&f->set);
	words = winner_words(winner);
	f->winner = xstrdup(winner->name);
	say(f, KREASON_CHOICE,
	    xasprintf("a member of the choice \"%s\", and %s; write %s and not "
		      "CONFIG_%s=y",
		      e->choice->prompt, words, lines, winner->name));
	free(words);
	free(lines);
	return true;
}

/* A choice whose members select the symbol, so that it follows from it. */
static const struct kchoice *choice_behind(const struct ksym *sym,
					   struct strv *members)
{
	const struct kchoice *c = NULL;

	for (const struct kprop *p = sym->selects; p; p = p->next) {
		const struct kentry *e = asked_entry(p->value->sym);

		if (!e || !e->choice || (c && e->choice != c))
			continue;
		c = e->choice;
		strv_push(members, p->value->sym->name);
	}
	return c;
}

static bool why_follows_choice(const struct kcheck_spec *spec,
			       struct kfinding *f, const struct ksym *sym)
{
	struct strv members = { 0 };
	const struct kchoice *c = choice_behind(sym, &members);
	const struct ksym *winner = c ? winner_of(c, spec->config) : NULL;
	struct kneed n = { .spec = spec, .budget = BUDGET };
	char *words, *lines, *all;

	if (!c || kneed_symbol(&n, ktree_find(spec->tree, members.v[0]), 2,
			       &f->set) >= KNEED_NEVER) {
		strv_free(&f->set);
		strv_free(&members);
		return false;
	}
	lines = join(&f->set);
	words = winner_words(winner);
	all = kwhy_names(members.v, members.n, 5);
	f->winner = winner ? xstrdup(winner->name) : NULL;
	say(f, KREASON_CHOICE,
	    xasprintf("nobody can set it by hand: %s of the choice \"%s\" "
		      "sets it, and %s; write %s",
		      all, c->prompt, words, lines));
	free(all);
	free(words);
	free(lines);
	strv_free(&members);
	return true;
}

/* --- dependencies ----------------------------------------------------------- */

static void why_blocked(struct kfinding *f, const struct kneed *n)
{
	const struct ksym *b = n->blocker;

	if (!b)
		say(f, KREASON_DEPENDS,
		    xstrdup("its conditions cannot be met here"));
	else if (!b->entries)
		say(f, KREASON_DEPENDS,
		    xasprintf("it depends on %s, which is not in this kernel "
			      "version or architecture",
			      b->name));
	else if (n->macro)
		say(f, KREASON_DEPENDS,
		    xasprintf("it depends on %s, which the compiler or another "
			      "tool of the build decides",
			      b->name));
	else
		say(f, KREASON_DEPENDS,
		    xasprintf("it depends on %s, which nothing that can be "
			      "set here makes true",
			      b->name));
}

/* What else must be set; the symbol's own line comes last. */
static void why_depends(const struct kcheck_spec *spec, struct kfinding *f,
			const struct ksym *sym)
{
	struct kneed n = { .spec = spec, .budget = BUDGET };
	const struct kentry *e = asked_entry(sym);
	int level = level_of(f->want->value), cost;
	char *lines, *names;

	if (e)
		cost = kneed_expr(&n, e->visible, level ? level : 1, &f->set);
	else
		cost = kneed_symbol(&n, sym, level ? level : 1, &f->set);
	if (cost >= KNEED_NEVER) {
		strv_free(&f->set);
		why_blocked(f, &n);
		return;
	}
	if (!cost && !e) {
		say(f, KREASON_UNSET,
		    xstrdup("follows from other symbols: run make "
			    "olddefconfig"));
		return;
	}
	names = join(&f->set);
	if (e)
		kwhy_set(&f->set, sym->name, f->want->value);
	lines = join(&f->set);
	if (!cost)
		say(f, KREASON_UNSET,
		    xasprintf("not set, though nothing stands against it; "
			      "write %s",
			      lines));
	else if (e)
		say(f, KREASON_DEPENDS,
		    xasprintf("a dependency is not met; write %s too", names));
	else
		say(f, KREASON_DEPENDS,
		    xasprintf("nobody can set it by hand, it follows from "
			      "others; write %s",
			      lines));
	free(names);
	free(lines);
}

/* --- another value ---------------------------------------------------------- */

/* Those that select the symbol at this moment, NULL for none. */
static char *selectors(const struct kcheck_spec *spec, const struct ksym *sym,
		       int level)
{
	struct strv names = { 0 };
	char *s = NULL;

	for (const struct kprop *p = sym->selects; p; p = p->next)
		if (kexpr_eval(p->value, spec->config) >= level &&
		    kexpr_eval(p->cond, spec->config) >= level)
			strv_push(&names, p->value->sym->name);
	if (names.n)
		s = kwhy_names(names.v, names.n, 4);
	strv_free(&names);
	return s;
}

static void why_more(const struct kcheck_spec *spec, struct kfinding *f,
		     const struct ksym *sym)
{
	const struct kentry *e = asked_entry(sym);
	int level = f->actual ? level_of(f->actual) : 0;
	char *by = selectors(spec, sym, level);

	if (by)
		say(f, KREASON_FORCED,
		    xasprintf("is %s because of %s, which selects it",
			      f->actual, by));
	else if (!strcmp(f->want->value, "m") && sym->type == KSYM_BOOL)
		say(f, KREASON_FORCED, xstrdup("cannot be a module; write y"));
	else if (!strcmp(f->want->value, "m") &&
		 !kconfig_tri(spec->config, "MODULES"))
		say(f, KREASON_FORCED,
		    xstrdup("without modules it becomes y; write "
			    "CONFIG_MODULES=y"));
	else if (e && e->choice)
		say(f, KREASON_CHOICE,
		    xasprintf("it won the choice \"%s\"; set another member of "
			      "it",
			      e->choice->prompt));
	else if (!e || !kexpr_eval(e->visible, spec->config))
		say(f, KREASON_FORCED,
		    xasprintf("is %s by itself: nobody is asked about it here",
			      f->actual));
	else
		say(f, KREASON_VALUE, xasprintf("is %s", f->actual));
	if (f->reason == KREASON_VALUE)
		kwhy_set(&f->set, sym->name, f->want->value);
	free(by);
}

static void why_no_module(const struct kcheck_spec *spec, struct kfinding *f,
			  const struct ksym *sym)
{
	struct kneed n = { .spec = spec, .budget = BUDGET };
	char *lines;

	if (kneed_symbol(&n, sym, 2, &f->set) >= KNEED_NEVER) {
		strv_free(&f->set);
		why_blocked(f, &n);
		return;
	}
	lines = join(&f->set);
	say(f, KREASON_FORCED,
	    xasprintf("cannot be a module; write %s", lines));
	free(lines);
}

void kwhy_tree(const struct kcheck_spec *spec, struct kfinding *f)
{
	const struct ksym *sym = ktree_find(spec->tree, f->want->name);
	bool tri = !f->actual || level_of(f->actual) || !strcmp(f->actual, "n");
	int want = level_of(f->want->value);
	int have = tri ? kconfig_tri(spec->config, f->want->name) : 0;

	if (!sym || !sym->entries) {
		why_version(spec, f);
		return;
	}
	if (want == 1 && !have && sym->type == KSYM_BOOL) {
		why_no_module(spec, f, sym);
		return;
	}
	if (f->actual && (!tri || (!want && strcmp(f->want->value, "n")))) {
		say(f, KREASON_VALUE, xasprintf("is %s", f->actual));
		kwhy_set(&f->set, sym->name, f->want->value);
	} else if (have > want) {
		why_more(spec, f, sym);
	} else if (!why_member(spec, f, asked_entry(sym)) &&
		   (asked_entry(sym) || !why_follows_choice(spec, f, sym))) {
		why_depends(spec, f, sym);
	}
}
