// SPDX-License-Identifier: MIT
#include "vmcore.h"

#include <stdlib.h>
#include <string.h>

#define ENTRIES 512
/* 256 MiB of page tables: no guest has more that is worth to be read. */
#define TABLES_MAX 65536
#define PRESENT	   1U
#define LARGE	   (1U << 7)
#define ADDRESS	   0x000ffffffffff000ULL
/* Start of the region of CONFIG_X86_ESPFIX64, which shows few pages in many
 * places, and of what follows it. */
#define ESPFIX	   0xffffff0000000000ULL
#define ESPFIX_END 0xffffff8000000000ULL

struct walk {
	const struct vmcore *c;
	struct vmcore_range *v;
	size_t n, max, tables;
};

static void add(struct walk *w, uint64_t virt, uint64_t phys, uint64_t size)
{
	struct vmcore_range *last = w->n ? &w->v[w->n - 1] : NULL;

	if (last && last->virt + last->size == virt &&
	    last->phys + last->size == phys) {
		last->size += size;
		return;
	}
	if (w->n == w->max)
		return;
	if (!(w->n & (w->n - 1)))
		w->v = xrealloc(w->v, (w->n ? 2 * w->n : 1) * sizeof(*w->v));
	w->v[w->n++] = (struct vmcore_range){ virt, phys, size };
}

/* As deep as there are levels. */
static void walk(struct walk *w, uint64_t table, int level, uint64_t base,
		 unsigned int first)
{
	const unsigned char *p = vmcore_at(w->c, table, ENTRIES * 8);
	int shift = 12 + 9 * (level - 1);
	uint64_t e, before = 0;

	if (!p || w->tables == TABLES_MAX)
		return;
	w->tables++;
	for (unsigned int i = first; i < ENTRIES; i++, before = e) {
		uint64_t virt = base + ((uint64_t)i << shift);
		bool leaf;

		memcpy(&e, p + i * 8, sizeof(e));
		if (!(e & PRESENT) || e == before ||
		    (virt >= ESPFIX && virt < ESPFIX_END))
			continue;
		leaf = level == 1 || (level <= 3 && e & LARGE);
		if (leaf)
			add(w, virt, e & ADDRESS & ~((1ULL << shift) - 1),
			    1ULL << shift);
		else
			walk(w, e & ADDRESS, level - 1, virt, 0);
	}
}

size_t vmcore_map(const struct vmcore *c, uint64_t pgd, bool five, size_t max,
		  struct vmcore_range **out)
{
	struct walk w = { .c = c, .max = max };
	int level = five ? 5 : 4;

	/* Sign extension is in the base: the upper half of the table is the
	 * kernel's, and counts from there. */
	walk(&w, pgd, level, 0 - (1ULL << (12 + 9 * level)), ENTRIES / 2);
	*out = w.v;
	return w.n;
}
