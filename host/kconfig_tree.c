// SPDX-License-Identifier: MIT
/* The symbols of a kernel's source, and the memory they lie in. */
#include "kconfig_tree.h"

#include "msg.h"
#include "str.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE (256 * 1024)

struct karena {
	struct karena *next;
	size_t n, cap;
	max_align_t bytes[];
};

void *ktree_alloc(struct ktree *t, size_t n)
{
	struct karena *b = t->block;
	char *p;

	n = (n + sizeof(max_align_t) - 1) & ~(sizeof(max_align_t) - 1);
	if (!b || n > b->cap - b->n) {
		size_t cap = n > BLOCK_SIZE ? n : BLOCK_SIZE;

		b = xrealloc(NULL, sizeof(*b) + cap);
		b->next = t->block;
		b->n = 0;
		b->cap = cap;
		t->block = b;
	}
	p = (char *)b->bytes + b->n;
	b->n += n;
	memset(p, 0, n);
	return p;
}

const char *ktree_text(struct ktree *t, const char *p, size_t n)
{
	char *copy = ktree_alloc(t, n + 1);

	memcpy(copy, p, n);
	return copy;
}

struct ksym *ktree_symbol(struct ktree *t, const char *name)
{
	size_t i = kmap_get(&t->index, name);
	struct ksym *sym;

	if (i != KMAP_NONE)
		return t->sym[i];
	sym = ktree_alloc(t, sizeof(*sym));
	sym->name = ktree_text(t, name, strlen(name));
	if (t->n == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 4096;
		t->sym = xrealloc(t->sym, t->cap * sizeof(*t->sym));
	}
	t->sym[t->n] = sym;
	kmap_put(&t->index, sym->name, t->n++);
	return sym;
}

const struct ksym *ktree_find(const struct ktree *t, const char *name)
{
	size_t i = kmap_get(&t->index, name);

	return i == KMAP_NONE ? NULL : t->sym[i];
}

/* The value of "NAME = VALUE" at the head of a Makefile, "" for none. */
static char *make_value(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (; text && *text; text = strchr(text, '\n')) {
		const char *p;

		text += *text == '\n';
		if (strncmp(text, name, len))
			continue;
		p = text + len + strspn(text + len, " \t");
		if (*p++ != '=')
			continue;
		p += strspn(p, " \t");
		return xasprintf("%.*s", (int)strcspn(p, " \t\r\n#"), p);
	}
	return xstrdup("");
}

char *ktree_release(const char *top)
{
	char *path = xasprintf("%s/Makefile", top), *release = NULL;
	char *version, *patch, *sub, *extra;
	struct buf text = { 0 };

	if (!read_file(path, &text, 1 << 20) && text.n) {
		version = make_value(text.p, "VERSION");
		patch = make_value(text.p, "PATCHLEVEL");
		sub = make_value(text.p, "SUBLEVEL");
		extra = make_value(text.p, "EXTRAVERSION");
		release = xasprintf("%s.%s%s%s%s", version, patch,
				    *sub ? "." : "", sub, extra);
		free(version);
		free(patch);
		free(sub);
		free(extra);
		if (!parse_kversion(release)) {
			free(release);
			release = NULL;
		}
	}
	buf_free(&text);
	free(path);
	return release;
}

int ktree_read(struct ktree *t, const char *top, const char *srcdir)
{
	t->top = xstrdup(top);
	t->srcdir = srcdir;
	t->release = ktree_release(top);
	if (!t->release) {
		msg_error("%s: not a kernel's source: its Makefile names no "
			  "version",
			  top);
		return -ENOEXEC;
	}
	return ktree_parse(t, "Kconfig");
}

void ktree_free(struct ktree *t)
{
	while (t->block) {
		struct karena *next = t->block->next;

		free(t->block);
		t->block = next;
	}
	free(t->sym);
	free(t->top);
	free(t->release);
	kmap_free(&t->index);
	*t = (struct ktree){ 0 };
}
