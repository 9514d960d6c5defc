// SPDX-License-Identifier: MIT
/* Several fragments: found by name, put together, printed as one. */
#include "kconfig_frag.h"
#include "msg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX (4 << 20)

static bool is_path(const char *name)
{
	size_t n = strlen(name), ext = strlen(".config");

	return strchr(name, '/') ||
	       (n > ext && !strcmp(name + n - ext, ".config"));
}

static int add_text(struct kfrags *set, const char *text, const char *label,
		    unsigned int first)
{
	set->v = xrealloc(set->v, (set->n + 1) * sizeof(*set->v));
	return parse_kfrag(text, label, first, &set->v[set->n++]);
}

static int add_file(struct kfrags *set, const char *path)
{
	struct buf text = { 0 };
	int err = read_file(path, &text, FILE_MAX);

	if (err)
		msg_error("%s: cannot be read: %s", path, strerror(-err));
	else if (text.n && memchr(text.p, '\0', text.n))
		err = -EINVAL,
		msg_error("%s: is binary, not a configuration fragment", path);
	if (!err)
		err = add_text(set, text.p ? text.p : "", path, 1);
	buf_free(&text);
	return err;
}

/* The part of an arch's file that is for one fragment: "#: for NAME" up to the
 * next one. */
static int add_section(struct kfrags *set, const char *text, const char *name,
		       const char *label)
{
	struct buf part = { 0 };
	char *begin = xasprintf("#: for %s\n", name);
	unsigned int number = 1, first = 0;
	bool inside = false;
	int err = 0;

	for (; *text; number++) {
		size_t len = strcspn(text, "\n");

		len += text[len] == '\n';
		if (!strncmp(text, "#: for ", 7)) {
			inside = len == strlen(begin) &&
				 !strncmp(text, begin, len);
			if (inside && !first)
				first = number + 1;
		} else if (inside) {
			buf_add(&part, text, len);
		}
		text += len;
	}
	if (first)
		err = add_text(set, part.p ? part.p : "", label, first);
	buf_free(&part);
	free(begin);
	return err;
}

static int unknown_name(const char *name)
{
	struct strv names = { 0 };
	const char *near;

	for (size_t i = 0; i < n_kbuiltin; i++)
		if (!strchr(kbuiltin[i].name, '/'))
			strv_push(&names, kbuiltin[i].name);
	near = str_nearest(name, names.v, names.n);
	if (near)
		msg_error("%s: no such fragment; did you mean %s?", name, near);
	else
		msg_error("%s: no such fragment; bootlet config list shows "
			  "them, and a file of yours is named ./%s",
			  name, name);
	strv_free(&names);
	return -ENOENT;
}

int kfrags_add(struct kfrags *set, const char *name, const struct karch *arch)
{
	char *text, *label;
	int err;

	for (size_t i = 0; i < set->n; i++)
		if (!strcmp(set->v[i].label, name))
			return 0;
	if (is_path(name))
		return add_file(set, name);
	text = kbuiltin_text(name);
	if (!text)
		return unknown_name(name);
	err = add_text(set, text, name, 1);
	free(text);
	if (err || !arch)
		return err;
	label = xasprintf("arch/%s", arch->name);
	text = kbuiltin_text(label);
	if (text)
		err = add_section(set, text, name, label);
	free(text);
	free(label);
	return err;
}

/* Two that never meet in one version do not contradict each other. */
static bool overlap(const struct kwant *a, const struct kwant *b)
{
	return !(a->until && b->since && a->until < b->since) &&
	       !(b->until && a->since && b->until < a->since);
}

/* Return: 0 where @w is new; 1 where an earlier line says the same. */
static int compare(const struct kfrags *set, const struct kwant *w)
{
	for (size_t i = 0; i < set->n_want; i++) {
		const struct kwant *old = set->want[i];

		if (strcmp(old->name, w->name) || !overlap(old, w))
			continue;
		if (!strcmp(old->value, w->value))
			return 1;
		msg_error("CONFIG_%s: %s:%u wants %s, but %s:%u wants %s; "
			  "leave one of the two fragments out",
			  w->name, old->label, old->line, old->value, w->label,
			  w->line, w->value);
		return -EEXIST;
	}
	return 0;
}

int kfrags_merge(struct kfrags *set)
{
	int result = 0;

	free(set->want);
	set->want = NULL;
	set->n_want = 0;
	for (size_t i = 0; i < set->n; i++) {
		for (size_t j = 0; j < set->v[i].n; j++) {
			struct kwant *w = &set->v[i].v[j];
			int r = compare(set, w);

			if (r < 0)
				result = r;
			if (r)
				continue;
			set->want =
				xrealloc(set->want, (set->n_want + 1) *
							    sizeof(*set->want));
			set->want[set->n_want++] = w;
		}
	}
	return result;
}

static bool line_is_merged(const struct kfrags *set, const struct kfrag *f,
			   unsigned int number)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->v[i].line == number) {
			for (size_t j = 0; j < set->n_want; j++)
				if (set->want[j] == &f->v[i])
					return true;
			return false;
		}
	return true;
}

void kfrags_print(const struct kfrags *set, struct buf *out)
{
	for (size_t i = 0; i < set->n; i++) {
		const char *p = set->v[i].text;
		unsigned int number = set->v[i].first;

		buf_addf(out, "%s# --- ", i ? "\n" : "");
		kfrag_add_text(out, set->v[i].label);
		buf_addc(out, '\n');
		for (; *p; number++) {
			size_t len = strcspn(p, "\n");

			if (strncmp(p, "# SPDX-", 7) &&
			    line_is_merged(set, &set->v[i], number)) {
				buf_add(out, p, len);
				buf_addc(out, '\n');
			}
			p += len + (p[len] == '\n');
		}
	}
}

const struct kwant *kfrags_find(const struct kfrags *set, const char *name,
				unsigned int version)
{
	const struct kwant *found = NULL;

	for (size_t i = 0; i < set->n; i++)
		for (size_t j = 0; j < set->v[i].n; j++) {
			const struct kwant *w = &set->v[i].v[j];

			if (!strcmp(w->name, name) &&
			    (!found || !kwant_in(found, version)))
				found = w;
		}
	return found;
}

int kbuiltin_load(struct kfrags *set)
{
	int err = 0;

	for (size_t i = 0; i < n_kbuiltin && !err; i++) {
		char *text = kbuiltin_text(kbuiltin[i].name);
		char *p = text;

		/* All sections of an arch at once. */
		while ((p = strstr(p, "#: for ")))
			memcpy(p, "# ", 2);
		err = add_text(set, text, kbuiltin[i].name, 1);
		free(text);
	}
	return err;
}

void kfrags_free(struct kfrags *set)
{
	for (size_t i = 0; i < set->n; i++)
		kfrag_free(&set->v[i]);
	free(set->v);
	free(set->want);
	*set = (struct kfrags){ 0 };
}
