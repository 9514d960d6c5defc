// SPDX-License-Identifier: MIT
#include "modindex.h"
#include "modinfo.h"
#include "msg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_LEN = 128 };

/* A walk in depth; @open are the modules above the present one. */
struct walk {
	struct modindex *x;
	struct modset *set;
	struct strv open;
};

static int walk_module(struct walk *w, const char *name, const char *by);

static void entry_free(struct modset_entry *e)
{
	free(e->name);
	free(e->path);
	free(e->rel);
	strv_free(&e->deps);
	strv_free(&e->softpre);
	strv_free(&e->softpost);
}

static void modset_cut(struct modset *set, size_t n)
{
	while (set->n > n)
		entry_free(&set->v[--set->n]);
}

void modset_free(struct modset *set)
{
	modset_cut(set, 0);
	free(set->v);
	*set = (struct modset){ 0 };
}

static bool modset_has(const struct modset *set, const char *name)
{
	for (size_t i = 0; i < set->n; i++)
		if (!strcmp(set->v[i].name, name))
			return true;
	return false;
}

static void modset_push(struct modset *set, struct modset_entry *e)
{
	if (set->n == set->cap) {
		set->cap = set->cap ? set->cap * 2 : 16;
		set->v = xrealloc(set->v, set->cap * sizeof(*set->v));
	}
	set->v[set->n++] = *e;
	*e = (struct modset_entry){ 0 };
}

/* Search for the module with an alias; @found keeps the best one so far. */
struct alias {
	const char *wanted;
	char *found;
};

static int alias_match(void *ctx, const char *name, const char *path)
{
	struct alias *a = ctx;
	struct modinfo info;
	size_t len = strlen(name);
	bool hit = false;

	/* Not a problem if it fails: soft dependencies are wishes. */
	if (modinfo_read(path, &info))
		return 0;
	for (size_t i = 0; i < info.alias.n && !hit; i++)
		hit = !strcmp(info.alias.v[i], a->wanted);
	modinfo_free(&info);
	if (!hit)
		return 0;
	free(a->found);
	a->found = xstrdup(name);
	/* Runs on every processor; its siblings may not. */
	return len > 8 && !strcmp(name + len - 8, "_generic");
}

/* Soft dependencies may name an alias ("crc32c"), in practice one of a crypto
 * algorithm. NULL where there is no such module, or it is built in. */
static char *soft_name(struct modindex *x, const char *name)
{
	struct alias a = { .wanted = name };
	char canon[NAME_LEN];
	char *path, *rel;
	int err = modindex_find(x, name, &path, &rel);

	if (!err) {
		free(path);
		free(rel);
		return modindex_canonical(name, canon, sizeof(canon)) ?
			       NULL :
			       xstrdup(canon);
	}
	if (err == -ENOENT)
		modindex_each(x, "crypto/", alias_match, &a);
	return a.found;
}

static int walk_soft(struct walk *w, const struct strv *names, struct strv *out,
		     const char *by)
{
	int err = 0;

	for (size_t i = 0; i < names->n && !err; i++) {
		char *name = soft_name(w->x, names->v[i]);

		if (!name)
			continue;
		if (!strv_has(out, name))
			strv_push(out, name);
		err = walk_module(w, name, by);
		free(name);
	}
	return err > 0 ? 0 : err;
}

static int walk_deps(struct walk *w, const struct strv *names, struct strv *out,
		     const char *by)
{
	char canon[NAME_LEN];

	for (size_t i = 0; i < names->n; i++) {
		int err = walk_module(w, names->v[i], by);

		if (err == -ENOENT) {
			msg_error("%s: depends on %s, which is not in %s", by,
				  names->v[i], modindex_where(w->x));
			return -ENOEXEC;
		}
		if (err < 0)
			return err;
		if (!err &&
		    !modindex_canonical(names->v[i], canon, sizeof(canon)))
			strv_push(out, canon);
	}
	return 0;
}

static int walk_entry(struct walk *w, struct modset_entry *e)
{
	struct modinfo info;
	int err = modinfo_read(e->path, &info);

	if (err) {
		msg_error("%s: %s", e->path,
			  err == -ENOEXEC ?
				  "not a kernel module, or a damaged one" :
				  strerror(-err));
		return err == -ENOENT ? -ENOEXEC : err;
	}
	strv_push(&w->open, e->name);
	err = walk_soft(w, &info.softpre, &e->softpre, e->name);
	if (!err)
		err = walk_deps(w, &info.depends, &e->deps, e->name);
	if (!err) {
		size_t at = w->set->n;
		struct strv post = { 0 };

		modset_push(w->set, e);
		/* The walk may move the entries: fill it in afterwards. */
		err = walk_soft(w, &info.softpost, &post,
				w->open.v[w->open.n - 1]);
		w->set->v[at].softpost = post;
	}
	free(w->open.v[--w->open.n]);
	w->open.v[w->open.n] = NULL;
	modinfo_free(&info);
	return err;
}

/* @by: who needs it, for messages, or NULL for the user. */
static int walk_module(struct walk *w, const char *name, const char *by)
{
	struct modset_entry e = { 0 };
	char canon[NAME_LEN];
	int err;

	if (modindex_canonical(name, canon, sizeof(canon)))
		return -ENOENT;
	/* A circle (only soft dependencies make one) ends where it began. */
	if (modset_has(w->set, canon) || strv_has(&w->open, canon))
		return 0;
	err = modindex_find(w->x, canon, &e.path, &e.rel);
	if (err)
		return err;
	if (by)
		msg_debug("%s: needs %s", by, canon);
	e.name = xstrdup(canon);
	err = walk_entry(w, &e);
	entry_free(&e);
	return err;
}

int modindex_resolve(struct modindex *x, const char *name, struct modset *set)
{
	struct walk w = { .x = x, .set = set };
	size_t before = set->n;
	int err = walk_module(&w, name, NULL);

	if (err < 0)
		modset_cut(set, before);
	strv_free(&w.open);
	return err;
}
