// SPDX-License-Identifier: MIT
#include "kconfig_map.h"

#include "str.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* FNV-1a. */
static uint32_t hash(const char *s)
{
	uint32_t h = 2166136261U;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619U;
	return h;
}

static struct kmap_slot *find(struct kmap_slot *slot, size_t cap,
			      const char *key)
{
	size_t i = hash(key) & (cap - 1);

	while (slot[i].key && strcmp(slot[i].key, key))
		i = (i + 1) & (cap - 1);
	return &slot[i];
}

static void grow(struct kmap *m)
{
	size_t cap = m->cap ? m->cap * 2 : 256;
	struct kmap_slot *slot = xrealloc(NULL, cap * sizeof(*slot));

	memset(slot, 0, cap * sizeof(*slot));
	for (size_t i = 0; i < m->cap; i++)
		if (m->slot[i].key)
			*find(slot, cap, m->slot[i].key) = m->slot[i];
	free(m->slot);
	m->slot = slot;
	m->cap = cap;
}

void kmap_put(struct kmap *m, const char *key, size_t value)
{
	struct kmap_slot *s;

	if (2 * (m->n + 1) > m->cap)
		grow(m);
	s = find(m->slot, m->cap, key);
	m->n += !s->key;
	if (!s->key)
		s->key = key;
	s->value = value;
}

size_t kmap_get(const struct kmap *m, const char *key)
{
	const struct kmap_slot *s;

	if (!m->cap)
		return KMAP_NONE;
	s = find(m->slot, m->cap, key);
	return s->key ? s->value : KMAP_NONE;
}

void kmap_free(struct kmap *m)
{
	free(m->slot);
	*m = (struct kmap){ 0 };
}
