// SPDX-License-Identifier: MIT
#include "vmcore.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PAGE	 4096
#define INFO	 "VMCOREINFO"
#define INFO_MAX (64 * 1024)
/* struct QEMUX86CPUState: version and size, 18 registers, 10 segments; then
 * CR0 to CR4. */
#define CR3_AT (8 + 18 * 8 + 10 * 24 + 3 * 8)
#define CR4_AT (CR3_AT + 8)

static bool inside(size_t size, uint64_t at, uint64_t n)
{
	return at <= size && n <= size - at;
}

static int take_headers(struct vmcore *c, const Elf64_Ehdr *e)
{
	for (size_t i = 0; i < e->e_phnum; i++) {
		Elf64_Phdr h;

		memcpy(&h, c->p + e->e_phoff + i * sizeof(h), sizeof(h));
		if (h.p_type != PT_LOAD && h.p_type != PT_NOTE)
			continue;
		if (!inside(c->size, h.p_offset, h.p_filesz))
			return -ENOEXEC;
		if (h.p_type == PT_NOTE) {
			c->note = h.p_offset;
			c->note_size = h.p_filesz;
		} else if (h.p_filesz) {
			c->load[c->n_loads++] = (struct vmcore_load){
				.phys = h.p_paddr,
				.size = h.p_filesz,
				.offset = h.p_offset,
			};
		}
	}
	return c->n_loads ? 0 : -ENOEXEC;
}

int parse_vmcore(const void *p, size_t size, struct vmcore *c)
{
	Elf64_Ehdr e;
	int err;

	*c = (struct vmcore){ .p = p, .size = size };
	if (size < sizeof(e))
		return -ENOEXEC;
	memcpy(&e, p, sizeof(e));
	if (memcmp(e.e_ident, ELFMAG, SELFMAG) != 0 ||
	    e.e_ident[EI_CLASS] != ELFCLASS64 ||
	    e.e_ident[EI_DATA] != ELFDATA2LSB || e.e_type != ET_CORE ||
	    e.e_machine != EM_X86_64 || e.e_phentsize != sizeof(Elf64_Phdr) ||
	    !e.e_phnum || e.e_phnum == PN_XNUM ||
	    !inside(size, e.e_phoff, e.e_phnum * sizeof(Elf64_Phdr)))
		return -ENOEXEC;
	c->load = xrealloc(NULL, e.e_phnum * sizeof(*c->load));
	err = take_headers(c, &e);
	if (err)
		vmcore_free(c);
	return err;
}

void vmcore_free(struct vmcore *c)
{
	free(c->load);
	*c = (struct vmcore){ 0 };
}

const unsigned char *vmcore_at(const struct vmcore *c, uint64_t phys,
			       uint64_t n)
{
	for (size_t i = 0; i < c->n_loads; i++) {
		const struct vmcore_load *l = &c->load[i];

		if (phys >= l->phys && inside(l->size, phys - l->phys, n))
			return c->p + l->offset + (phys - l->phys);
	}
	return NULL;
}

/* --- notes ------------------------------------------------------------------ */

static size_t padded(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

/* Return: bytes of a note that is wholly in @n bytes, or 0. */
static size_t note_bytes(const unsigned char *p, size_t n, Elf64_Nhdr *h)
{
	size_t whole;

	if (n < sizeof(*h))
		return 0;
	memcpy(h, p, sizeof(*h));
	whole = sizeof(*h) + padded(h->n_namesz) + padded(h->n_descsz);
	return whole <= n ? whole : 0;
}

bool vmcore_cr3(const struct vmcore *c, uint64_t *cr3, uint64_t *cr4)
{
	const unsigned char *p = c->p + c->note;
	size_t left = c->note_size, n;
	Elf64_Nhdr h;

	for (; (n = note_bytes(p, left, &h)); p += n, left -= n) {
		const unsigned char *name = p + sizeof(h);

		if (h.n_namesz != sizeof("QEMU") ||
		    memcmp(name, "QEMU", sizeof("QEMU")) != 0 ||
		    h.n_descsz < CR4_AT + 8)
			continue;
		name += padded(h.n_namesz);
		memcpy(cr3, name + CR3_AT, sizeof(*cr3));
		memcpy(cr4, name + CR4_AT, sizeof(*cr4));
		return true;
	}
	return false;
}

static size_t info_bytes(const unsigned char *p, size_t n)
{
	static const char first[] = "OSRELEASE=";
	Elf64_Nhdr h;
	size_t whole;

	/* Most pages are out at the first look. */
	if (n < sizeof(h) + sizeof(INFO) ||
	    memcmp(p + sizeof(h), INFO, sizeof(INFO)) != 0)
		return 0;
	whole = note_bytes(p, n, &h);
	if (!whole || whole > INFO_MAX || h.n_namesz != sizeof(INFO) ||
	    h.n_descsz < sizeof(first) ||
	    memcmp(p + sizeof(h) + padded(sizeof(INFO)), first,
		   sizeof(first) - 1) != 0)
		return 0;
	return whole;
}

const unsigned char *vmcore_info(const struct vmcore *c, size_t *size)
{
	for (size_t i = 0; i < c->n_loads; i++) {
		const struct vmcore_load *l = &c->load[i];
		const unsigned char *p = c->p + l->offset;

		for (uint64_t at = -l->phys % PAGE; at < l->size; at += PAGE) {
			*size = info_bytes(p + at, l->size - at);
			if (*size)
				return p + at;
		}
	}
	return NULL;
}

bool parse_vmcore_value(const char *text, const char *key, int base,
			uint64_t *out)
{
	size_t n = strlen(key);
	char *end;

	for (const char *p = text; p; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (strncmp(p, key, n) != 0 || p[n] != '=')
			continue;
		errno = 0;
		/* phys_base may be negative: "%ld". */
		*out = strtoull(p + n + 1, &end, base);
		return !errno && end != p + n + 1 && (*end == '\n' || !*end);
	}
	return false;
}
