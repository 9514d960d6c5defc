// SPDX-License-Identifier: MIT
#include "vmcore.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* __START_KERNEL_map: phys_base is how far what is mapped there has moved. */
#define KERNEL_MAP  0xffffffff80000000ULL
#define CR3_ADDRESS 0x000ffffffffff000ULL
/* Page table isolation keeps the user's table behind the kernel's. */
#define CR3_USER 0x1000ULL
#define CR4_LA57 (1ULL << 12)
#define PAGE	 4096
/* Of CPU_ENTRY_AREA_PGD: the fourth from the end. */
#define BOTH_ENTRY 508
/* Fewer than what ELF can count in its head, and than what has room. */
#define HEADERS_MAX 60000

/* --- where the kernel is mapped --------------------------------------------- */

/* The entry of cpu_entry_area, which page table isolation has in both tables,
 * without what the CPU notes in it; 0 where there is none. */
static uint64_t entry_of_both(const struct vmcore *c, uint64_t table)
{
	const unsigned char *p = vmcore_at(c, table, PAGE);
	uint64_t e = 0;

	if (p)
		memcpy(&e, p + BOTH_ENTRY * sizeof(e), sizeof(e));
	return e & 1 ? e & CR3_ADDRESS : 0;
}

/* What the CPU uses just now; under page table isolation it may be the table
 * that shows little of the kernel. */
static size_t map_by_cr3(const struct vmcore *c, size_t max,
			 struct vmcore_range **out)
{
	uint64_t cr3, cr4, table, kernel, entry;

	*out = NULL;
	if (!vmcore_cr3(c, &cr3, &cr4))
		return 0;
	table = cr3 & CR3_ADDRESS;
	kernel = table & ~CR3_USER;
	entry = entry_of_both(c, table);
	if (entry && entry_of_both(c, kernel) == entry)
		table = kernel;
	return vmcore_map(c, table, cr4 & CR4_LA57, max, out);
}

static size_t map_kernel(const struct vmcore *c, const char *info, size_t max,
			 struct vmcore_range **out)
{
	uint64_t pgd, base, five = 0;
	size_t n;

	if (info &&
	    parse_vmcore_value(info, "SYMBOL(swapper_pg_dir)", 16, &pgd) &&
	    parse_vmcore_value(info, "NUMBER(phys_base)", 10, &base)) {
		parse_vmcore_value(info, "NUMBER(pgtable_l5_enabled)", 10,
				   &five);
		n = vmcore_map(c, pgd - KERNEL_MAP + base, five, max, out);
		if (n)
			return n;
		free(*out);
	}
	return map_by_cr3(c, max, out);
}

/* --- the head --------------------------------------------------------------- */

struct head {
	struct buf headers;
	size_t n;
};

static void add_header(struct head *h, const Elf64_Phdr *p)
{
	if (h->n >= HEADERS_MAX)
		return;
	buf_add(&h->headers, p, sizeof(*p));
	h->n++;
}

/* What of [virt, virt + size) is memory, and not a device's. */
static void add_range(struct head *h, const struct vmcore *c,
		      const struct vmcore_range *r)
{
	for (size_t i = 0; i < c->n_loads; i++) {
		const struct vmcore_load *l = &c->load[i];
		uint64_t from = r->phys > l->phys ? r->phys : l->phys;
		uint64_t end = r->phys + r->size, last = l->phys + l->size;
		Elf64_Phdr p = { .p_type = PT_LOAD, .p_flags = PF_R };

		if (last < end)
			end = last;
		if (from >= end)
			continue;
		p.p_offset = VMCORE_ROOM + l->offset + (from - l->phys);
		p.p_vaddr = r->virt + (from - r->phys);
		p.p_paddr = from;
		p.p_filesz = p.p_memsz = end - from;
		add_header(h, &p);
	}
}

static void add_loads(struct head *h, const struct vmcore *c)
{
	for (size_t i = 0; i < c->n_loads; i++) {
		Elf64_Phdr p = {
			.p_type = PT_LOAD,
			.p_offset = VMCORE_ROOM + c->load[i].offset,
			/* As QEMU has it: no two pieces in one place. */
			.p_vaddr = c->load[i].phys,
			.p_paddr = c->load[i].phys,
			.p_filesz = c->load[i].size,
			.p_memsz = c->load[i].size,
		};

		add_header(h, &p);
	}
}

/* crash(8) wants the headers behind the ELF header, the notes' first. */
static void put_together(const struct vmcore *c, const struct head *h,
			 const unsigned char *note, size_t note_size,
			 struct buf *out)
{
	size_t n = h->n + 1;
	Elf64_Ehdr e;
	Elf64_Phdr notes = {
		.p_type = PT_NOTE,
		.p_offset = sizeof(e) + n * sizeof(notes),
		.p_filesz = c->note_size + note_size,
		.p_memsz = c->note_size + note_size,
	};

	memcpy(&e, c->p, sizeof(e));
	e.e_phoff = sizeof(e);
	e.e_phnum = (Elf64_Half)n;
	e.e_shoff = 0;
	e.e_shnum = e.e_shentsize = e.e_shstrndx = 0;
	buf_add(out, &e, sizeof(e));
	buf_add(out, &notes, sizeof(notes));
	buf_add(out, h->headers.p, h->headers.n);
	buf_add(out, c->p + c->note, c->note_size);
	buf_add(out, note, note_size);
}

void vmcore_head(const struct vmcore *c, struct buf *out,
		 struct vmcore_said *said)
{
	size_t size = 0, skip = sizeof(Elf64_Nhdr) + 12;
	const unsigned char *note = vmcore_info(c, &size);
	struct vmcore_range *v = NULL;
	struct head h = { 0 };
	struct buf text = { 0 };

	*said = (struct vmcore_said){ .info = note != NULL };
	if (note) {
		buf_add(&text, note + skip, size - skip);
		said->kaslr = parse_vmcore_value(text.p, "KERNELOFFSET", 16,
						 &said->moved);
	}
	add_loads(&h, c);
	said->ranges = map_kernel(c, text.p, HEADERS_MAX, &v);
	for (size_t i = 0; i < said->ranges; i++)
		add_range(&h, c, &v[i]);
	put_together(c, &h, note, note ? size : 0, out);
	free(v);
	buf_free(&text);
	buf_free(&h.headers);
}

static int write_at_begin(int fd, const struct buf *b)
{
	for (size_t done = 0; done < b->n;) {
		ssize_t n = pwrite(fd, b->p + done, b->n - done, (off_t)done);

		if (n < 0 && errno != EINTR)
			return -errno;
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

int vmcore_finish(int fd, struct vmcore_said *said)
{
	struct buf head = { 0 };
	struct vmcore c;
	struct stat st;
	size_t size;
	void *p;
	int err;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size <= (off_t)VMCORE_ROOM)
		return -ENOEXEC;
	size = (size_t)st.st_size - VMCORE_ROOM;
	p = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, VMCORE_ROOM);
	if (p == MAP_FAILED)
		return -errno;
	err = parse_vmcore(p, size, &c);
	if (!err) {
		vmcore_head(&c, &head, said);
		err = head.n <= VMCORE_ROOM ? write_at_begin(fd, &head) :
					      -EFBIG;
		vmcore_free(&c);
	}
	munmap(p, size);
	buf_free(&head);
	return err;
}
