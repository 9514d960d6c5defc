// SPDX-License-Identifier: MIT
/* A dump of a guest's memory: its head, its notes, its page tables. */
#include "fuzz.h"

#include "host/vmcore.c"

#define RANGES 64

static void check_core(const struct vmcore *c)
{
	fuzz_assert(c->note <= c->size && c->note_size <= c->size - c->note);
	for (size_t i = 0; i < c->n_loads; i++)
		fuzz_assert(c->load[i].offset <= c->size &&
			    c->load[i].size <= c->size - c->load[i].offset);
}

static void try_map(const struct vmcore *c, uint64_t pgd, bool five)
{
	struct vmcore_range *r = NULL;
	size_t n = vmcore_map(c, pgd, five, RANGES, &r);

	fuzz_assert(n <= RANGES);
	for (size_t i = 0; i < n; i++) {
		fuzz_assert(r[i].size && r[i].virt >> 47);
		fuzz_assert(!i || r[i].virt >= r[i - 1].virt + r[i - 1].size);
	}
	free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	unsigned char *copy = fuzz_copy(p, n);
	uint64_t cr3 = 0, cr4, value;
	const unsigned char *info;
	struct vmcore_said said = { 0 };
	struct buf head = { 0 };
	struct vmcore c;
	size_t size;

	if (!parse_vmcore(copy, n, &c)) {
		check_core(&c);
		info = vmcore_info(&c, &size);
		fuzz_assert(!info || fuzz_within(info, size, copy, n));
		vmcore_cr3(&c, &cr3, &cr4);
		try_map(&c, cr3, false);
		try_map(&c, cr3, true);
		vmcore_head(&c, &head, &said);
		fuzz_assert(head.n <= VMCORE_ROOM);
		buf_free(&head);
		vmcore_free(&c);
	}
	free(copy);
	copy = (unsigned char *)fuzz_string(p, n);
	parse_vmcore_value((char *)copy, "NUMBER(phys_base)", 10, &value);
	parse_vmcore_value((char *)copy, "SYMBOL(swapper_pg_dir)", 16, &value);
	free(copy);
	return 0;
}
