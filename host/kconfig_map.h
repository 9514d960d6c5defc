/* SPDX-License-Identifier: MIT */
/* Names to numbers: a hash table that grows, for some 20000 symbols. */
#ifndef BOOTLET_KCONFIG_MAP_H
#define BOOTLET_KCONFIG_MAP_H

#include <stddef.h>

/** struct kmap - zero it to begin with; the keys are not owned */
struct kmap {
	struct kmap_slot {
		const char *key;
		size_t value;
	} * slot;
	size_t n, cap;
};

/** KMAP_NONE - what kmap_get() says for a name that is not there */
#define KMAP_NONE ((size_t)-1)

/** kmap_put() - set the number of a name; @key must outlive the map */
void kmap_put(struct kmap *m, const char *key, size_t value);

/** kmap_get() - the number of a name, or KMAP_NONE */
size_t kmap_get(const struct kmap *m, const char *key);

/** kmap_free() - free the table; @m is empty and usable again */
void kmap_free(struct kmap *m);

#endif
