// SPDX-License-Identifier: MIT
/*
 * Why a symbol is missing, where nobody has the kernel's source: from what
 * bootlet's own fragments say about symbols, and from the .config itself, in
 * which only symbols whose dependencies are met have a line "is not set".
 */
#include "kcheck.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 8

static void say(struct kfinding *f, enum kreason reason, char *why)
{
	f->reason = reason;
	f->why = why;
}

static const char *release_of(const struct kcheck_spec *spec)
{
	return spec->config->release ? spec->config->release : "unknown";
}

static const char *winner_of(const struct kconfig *c, const struct strv *choice)
{
	for (size_t i = 0; i < choice->n; i++)
		if (kconfig_tri(c, choice->v[i]) == 2)
			return choice->v[i];
	return NULL;
}

/* Dependencies of dependencies first. */
static void add_needs(const struct kcheck_spec *spec, const struct kwant *k,
		      struct strv *set, int depth);

/* What sets it, where nobody can by hand. */
static void add_need(const struct kcheck_spec *spec, const char *name,
		     struct strv *set, int depth)
{
	const struct kwant *k = kfrags_find(spec->known, name, spec->version);
	const struct kwant *by = NULL;

	if (k && k->set_by.n)
		by = kfrags_find(spec->known, k->set_by.v[0], spec->version);
	if (by && kwant_in(by, spec->version)) {
		k = by;
		name = by->name;
	}
	add_needs(spec, k, set, depth);
	kwhy_set(set, name, "y");
}

static void add_needs(const struct kcheck_spec *spec, const struct kwant *k,
		      struct strv *set, int depth)
{
	for (size_t i = 0; k && i < k->needs.n && depth < DEPTH_MAX; i++) {
		const char *name = k->needs.v[i];

		if (!kconfig_tri(spec->config, name))
			add_need(spec, name, set, depth + 1);
	}
}

static char *join(const struct strv *v)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < v->n; i++)
		buf_addf(&b, "%s%s", i ? ", " : "", v->v[i]);
	return b.p ? b.p : xstrdup("");
}

static bool why_version(const struct kcheck_spec *spec, struct kfinding *f,
			const struct kwant *k)
{
	if (!spec->version || kwant_in(k, spec->version))
		return false;
	if (k->until && spec->version > k->until)
		say(f, KREASON_VERSION,
		    xasprintf("not in this kernel version (%s): gone after "
			      "%u.%u",
			      release_of(spec), k->until / 1000,
			      k->until % 1000));
	else
		say(f, KREASON_VERSION,
		    xasprintf("not in this kernel version (%s): it came with "
			      "%u.%u",
			      release_of(spec), k->since / 1000,
			      k->since % 1000));
	return true;
}

static bool why_choice(const struct kcheck_spec *spec, struct kfinding *f,
		       const struct kwant *k)
{
	const char *winner = winner_of(spec->config, &k->choice);

	if (!winner || !strcmp(winner, f->want->name))
		return false;
	f->winner = xstrdup(winner);
	kwhy_set(&f->set, f->want->name, "y");
	say(f, KREASON_CHOICE,
	    xasprintf("a member of a choice, and %s won; write CONFIG_%s=y and "
		      "not CONFIG_%s=y",
		      winner, f->want->name, winner));
	return true;
}

/* Nobody sets it since its setters are there. */
static bool why_set_by(const struct kcheck_spec *spec, struct kfinding *f,
		       const struct kwant *k)
{
	const struct kwant *by;
	const char *winner;
	char *names, *lines;

	if (!k->set_by.n)
		return false;
	by = kfrags_find(spec->known, k->set_by.v[0], spec->version);
	if (!by || !kwant_in(by, spec->version))
		return false;
	winner = winner_of(spec->config, &by->choice);
	names = kwhy_names(k->set_by.v, k->set_by.n, 5);
	add_need(spec, f->want->name, &f->set, 0);
	lines = join(&f->set);
	f->winner = winner ? xstrdup(winner) : NULL;
	if (by->choice.n)
		say(f, KREASON_CHOICE,
		    xasprintf("nobody can set it by hand: %s, members of a "
			      "choice, set it, and %s%s; write %s",
			      names, winner ? winner : "none of them is set",
			      winner ? " won" : "", lines));
	else
		say(f, KREASON_DEPENDS,
		    xasprintf("nobody can set it by hand: %s sets it; write %s",
			      names, lines));
	free(names);
	free(lines);
	return true;
}

static bool why_needs(const struct kcheck_spec *spec, struct kfinding *f,
		      const struct kwant *k)
{
	char *lines;

	add_needs(spec, k, &f->set, 0);
	if (!f->set.n)
		return false;
	lines = join(&f->set);
	kwhy_set(&f->set, f->want->name, f->want->value);
	say(f, KREASON_DEPENDS,
	    xasprintf("a dependency is not met; write %s too", lines));
	free(lines);
	return true;
}

static void why_unknown(const struct kcheck_spec *spec, struct kfinding *f)
{
	if (f->actual && !strcmp(f->actual, "n")) {
		kwhy_set(&f->set, f->want->name, f->want->value);
		say(f, KREASON_UNSET,
		    xasprintf("not set, though nothing stands against it; "
			      "write CONFIG_%s=%s",
			      f->want->name, f->want->value));
	} else if (f->actual) {
		kwhy_set(&f->set, f->want->name, f->want->value);
		say(f, KREASON_VALUE, xasprintf("is %s", f->actual));
	} else {
		say(f, KREASON_UNKNOWN,
		    xasprintf("not there; whether %s lacks it, or a dependency "
			      "is not met, its source tells: add -k TREE",
			      spec->config->release ? spec->config->release :
						      "this kernel"));
	}
}

void kwhy_known(const struct kcheck_spec *spec, struct kfinding *f)
{
	const struct kwant *k =
		kfrags_find(spec->known, f->want->name, spec->version);
	const struct kwant *rows[] = { f->want, k };
	bool bad = f->actual && strcmp(f->actual, "n");

	for (size_t i = 0; !bad && i < 2; i++) {
		if (!rows[i])
			continue;
		if (why_version(spec, f, rows[i]) ||
		    why_set_by(spec, f, rows[i]) ||
		    why_choice(spec, f, rows[i]) || why_needs(spec, f, rows[i]))
			return;
	}
	why_unknown(spec, f);
}
