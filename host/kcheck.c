// SPDX-License-Identifier: MIT
#include "kcheck.h"

#include <assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char *const state_names[] = {
	[KSTATE_HOLDS] = "holds",
	[KSTATE_ABSENT] = "absent",
	[KSTATE_MISSING] = "missing",
};

static const char *const reason_names[] = {
	[KREASON_NONE] = "none",     [KREASON_VERSION] = "version",
	[KREASON_CHOICE] = "choice", [KREASON_DEPENDS] = "dependency",
	[KREASON_UNSET] = "unset",   [KREASON_FORCED] = "forced",
	[KREASON_VALUE] = "value",   [KREASON_UNKNOWN] = "unknown",
};

static_assert(sizeof(state_names) / sizeof(*state_names) == KSTATES,
	      "a name for each state");
static_assert(sizeof(reason_names) / sizeof(*reason_names) == KREASONS,
	      "a name for each reason");

const char *kstate_name(enum kstate state)
{
	return state_names[state];
}

const char *kreason_name(enum kreason reason)
{
	return reason_names[reason];
}

void kwhy_set(struct strv *set, const char *name, const char *value)
{
	char *line = !strcmp(value, "n") ?
			     xasprintf("# CONFIG_%s is not set", name) :
			     xasprintf("CONFIG_%s=%s", name, value);

	if (strv_has(set, line))
		free(line);
	else
		strv_take(set, line);
}

char *kwhy_names(char *const *names, size_t n, size_t max)
{
	struct buf b = { 0 };
	size_t show = n > max ? max : n;

	for (size_t i = 0; i < show; i++)
		buf_addf(&b, "%s%s",
			 !i	    ? "" :
			 i + 1 == n ? " or " :
				      ", ",
			 names[i]);
	if (n > max)
		buf_addf(&b, " or %zu more", n - max);
	return b.p ? b.p : xstrdup("");
}

/* Two spellings of a number are one. */
static bool same_value(const struct kwant *w, const char *b)
{
	const char *a = w->value;
	char *end_a, *end_b;
	unsigned long long x, y;

	if (!strcmp(a, b))
		return true;
	if (*a < '0' || *a > '9' || *b < '0' || *b > '9')
		return false;
	x = strtoull(a, &end_a, 0);
	y = strtoull(b, &end_b, 0);
	return !*end_a && !*end_b && (x == y || (w->at_least && y > x));
}

static bool is_on(const char *v)
{
	return !strcmp(v, "y") || !strcmp(v, "m");
}

static bool holds(const struct kwant *w, const char *actual)
{
	if (!actual)
		return !strcmp(w->value, "n") || !strcmp(w->value, "\"\"");
	if (w->either && is_on(w->value) && is_on(actual))
		return true;
	return same_value(w, actual);
}

/* The source has the last word; without it, what the fragment says. */
static bool is_absent(const struct kcheck_spec *spec, const struct kwant *w)
{
	const struct ksym *sym = spec->tree ? ktree_find(spec->tree, w->name) :
					      NULL;

	return !(sym && sym->entries) && spec->version &&
	       !kwant_in(w, spec->version);
}

static void find(const struct kcheck_spec *spec, const struct kwant *w,
		 struct kfinding *f)
{
	*f = (struct kfinding){
		.want = w,
		.actual = kconfig_get(spec->config, w->name),
	};
	if (holds(w, f->actual)) {
		f->state = KSTATE_HOLDS;
		return;
	}
	f->state = !f->actual && is_absent(spec, w) ? KSTATE_ABSENT :
						      KSTATE_MISSING;
	if (spec->tree)
		kwhy_tree(spec, f);
	else
		kwhy_known(spec, f);
}

/* One symbol may have a line for each range of versions: the one that fits. */
static bool is_other_row(const struct kcheck_spec *spec, const struct kwant *w)
{
	for (size_t i = 0; i < spec->wants->n_want; i++) {
		const struct kwant *o = spec->wants->want[i];

		if (o != w && !strcmp(o->name, w->name) &&
		    !kwant_in(w, spec->version) && kwant_in(o, spec->version))
			return true;
	}
	return false;
}

void kcheck_run(const struct kcheck_spec *spec, struct kcheck *out)
{
	size_t n = spec->wants->n_want;

	*out = (struct kcheck){
		.v = xrealloc(NULL, (n + 1) * sizeof(*out->v)),
	};
	for (size_t i = 0; i < n; i++) {
		const struct kwant *w = spec->wants->want[i];

		if (is_other_row(spec, w))
			continue;
		find(spec, w, &out->v[out->n]);
		out->count[out->v[out->n].state]++;
		out->n++;
	}
}

void kcheck_free(struct kcheck *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->v[i].why);
		free(c->v[i].winner);
		strv_free(&c->v[i].set);
	}
	free(c->v);
	*c = (struct kcheck){ 0 };
}

/* --- what is printed -------------------------------------------------------- */

void kcheck_line(const struct kfinding *f, struct buf *out)
{
	const struct kwant *w = f->want;
	char *line,
		*value = !strcmp(w->value, "n") ?
				 xasprintf("CONFIG_%s is not set", w->name) :
				 xasprintf("CONFIG_%s=%s", w->name, w->value);

	line = xasprintf("%s:%u: %s: %s", w->label, w->line, value,
			 f->why ? f->why : kstate_name(f->state));
	kfrag_add_text(out, line);
	buf_addc(out, '\n');
	free(line);
	free(value);
}

static json_t *text(const char *s)
{
	json_t *v = s ? json_string(s) : json_null();

	/* A path need not be UTF-8; JSON must. */
	return v ? v : json_string_nocheck("?");
}

static json_t *finding(const struct kfinding *f)
{
	json_t *o = json_object(), *set = json_array();

	json_object_set_new(o, "name", text(f->want->name));
	json_object_set_new(o, "wanted", text(f->want->value));
	json_object_set_new(o, "actual", text(f->actual));
	json_object_set_new(o, "state", text(kstate_name(f->state)));
	json_object_set_new(o, "fragment", text(f->want->label));
	json_object_set_new(o, "line", json_integer(f->want->line));
	if (f->state == KSTATE_HOLDS) {
		json_decref(set);
		return o;
	}
	json_object_set_new(o, "reason", text(kreason_name(f->reason)));
	json_object_set_new(o, "why", text(f->why));
	json_object_set_new(o, "winner", text(f->winner));
	for (size_t i = 0; i < f->set.n; i++)
		json_array_append_new(set, text(f->set.v[i]));
	json_object_set_new(o, "write", set);
	return o;
}

void kcheck_json(const struct kcheck *c, const struct kcheck_spec *spec,
		 const char *file, struct buf *out)
{
	json_t *o = json_object(), *list = json_array();
	char *s;

	json_object_set_new(o, "file", text(file));
	json_object_set_new(o, "release",
			    text(spec->tree ? spec->tree->release :
					      spec->config->release));
	json_object_set_new(o, "tree",
			    text(spec->tree ? spec->tree->top : NULL));
	for (int i = 0; i < KSTATES; i++)
		json_object_set_new(o, kstate_name((enum kstate)i),
				    json_integer((json_int_t)c->count[i]));
	for (size_t i = 0; i < c->n; i++)
		json_array_append_new(list, finding(&c->v[i]));
	json_object_set_new(o, "symbols", list);
	s = json_dumps(o, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	buf_adds(out, s ? s : "{}");
	buf_addc(out, '\n');
	free(s);
	json_decref(o);
}
