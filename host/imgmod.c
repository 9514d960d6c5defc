// SPDX-License-Identifier: MIT
#include "imgmod.h"

#include "modinfo.h"
#include "msg.h"
#include "unpack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAX_MODULE (512 << 20)

/* Marks in @need what module @at needs; what it needs stands before it. */
static void mark_deps(const struct modset *set, size_t at, bool *need)
{
	for (size_t d = 0; d < set->v[at].deps.n; d++)
		for (size_t i = 0; i < at; i++)
			if (!strcmp(set->v[i].name, set->v[at].deps.v[d]))
				need[i] = true;
}

void imgmod_dep(const struct modset *set, struct buf *out)
{
	bool *need = xrealloc(NULL, set->n + 1);

	for (size_t at = 0; at < set->n; at++) {
		memset(need, 0, set->n);
		need[at] = true;
		for (size_t i = at + 1; i--;)
			if (need[i])
				mark_deps(set, i, need);
		buf_addf(out, "%s:", set->v[at].rel);
		for (size_t i = at; i--;)
			if (need[i])
				buf_addf(out, " %s", set->v[i].rel);
		buf_addc(out, '\n');
	}
	free(need);
}

static void add_names(struct buf *out, const char *when,
		      const struct strv *names)
{
	if (names->n)
		buf_addf(out, " %s:", when);
	for (size_t i = 0; i < names->n; i++)
		buf_addf(out, " %s", names->v[i]);
}

void imgmod_softdep(const struct modset *set, struct buf *out)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct modset_entry *m = &set->v[i];

		if (!m->softpre.n && !m->softpost.n)
			continue;
		buf_addf(out, "softdep %s", m->name);
		add_names(out, "pre", &m->softpre);
		add_names(out, "post", &m->softpost);
		buf_addc(out, '\n');
	}
}

/* Not every kernel can decompress its modules by itself. */
static int add_unpacked(struct image *img, const char *path, const char *src,
			const struct buf *packed)
{
	struct image_entry e = { .path = path,
				 .mode = S_IFREG | 0644,
				 .rank = IMAGE_OWN };
	char *p = NULL;
	size_t n = 0;
	int err = unpack_all((const unsigned char *)packed->p, packed->n, &p,
			     &n, MAX_MODULE);

	if (err) {
		msg_error("%s: cannot decompress: %s", src,
			  err == -EBADMSG ? "it is damaged or cut off" :
					    strerror(-err));
		return err;
	}
	e.src = image_dup(img, src, strlen(src));
	e.data = image_dup(img, p, n);
	e.size = n;
	free(p);
	return image_add(img, &e);
}

static int add_module(struct image *img, const char *path, const char *src)
{
	struct buf b = { 0 };
	int err = read_file(src, &b, MAX_MODULE);

	if (err)
		msg_error("%s: cannot read: %s", src, strerror(-err));
	else if (b.n && unpack_find((const unsigned char *)b.p, b.n))
		err = add_unpacked(img, path, src, &b);
	else
		err = image_add_file(img, IMAGE_OWN, path, src, 0644);
	buf_free(&b);
	return err;
}

static int add_index(struct image *img, const char *release, const char *name,
		     struct buf *text)
{
	char *path = xasprintf("lib/modules/%s/%s", release, name);
	int err = 0;

	if (text->n)
		err = image_add_data(img, path, text->p, text->n, 0644);
	free(path);
	buf_free(text);
	return err;
}

int imgmod_alias(const struct modset *set, struct buf *out)
{
	int err = 0;

	for (size_t i = 0; !err && i < set->n; i++) {
		struct modinfo info;

		err = modinfo_read(set->v[i].path, &info);
		if (err) {
			msg_error("%s: cannot read: %s", set->v[i].path,
				  strerror(-err));
			break;
		}
		for (size_t k = 0; k < info.alias.n; k++)
			buf_addf(out, "alias %s %s\n", info.alias.v[k],
				 set->v[i].name);
		modinfo_free(&info);
	}
	return err;
}

int imgmod_add(struct image *img, const struct modset *set, const char *release,
	       bool aliases)
{
	struct buf dep = { 0 }, softdep = { 0 }, alias = { 0 };
	int err = 0;

	for (size_t i = 0; !err && i < set->n; i++) {
		char *path =
			xasprintf("lib/modules/%s/%s", release, set->v[i].rel);

		err = add_module(img, path, set->v[i].path);
		free(path);
	}
	if (!err && aliases)
		err = imgmod_alias(set, &alias);
	if (!err && aliases)
		err = add_index(img, release, "modules.alias", &alias);
	buf_free(&alias);
	if (err)
		return err;
	imgmod_dep(set, &dep);
	imgmod_softdep(set, &softdep);
	err = add_index(img, release, "modules.dep", &dep);
	if (!err)
		err = add_index(img, release, "modules.softdep", &softdep);
	else
		buf_free(&softdep);
	return err;
}
