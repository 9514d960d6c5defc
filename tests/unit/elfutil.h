/* SPDX-License-Identifier: MIT */
/* Small ELF files, made for tests. */
#ifndef BOOTLET_ELFUTIL_H
#define BOOTLET_ELFUTIL_H

#include "host/str.h"

#include <elf.h>
#include <string.h>

/* A section to be; type 0 is SHT_PROGBITS. */
struct elf_part {
	const char *name;
	const void *data;
	size_t n;
	unsigned int type;
	unsigned long flags;
};

/* Header, data, names, table of sections; @note: also a PT_NOTE for the
 * section of that index, counted from 0, or -1. */
static inline struct buf elf_make(const struct elf_part *parts, size_t n,
				  int note)
{
	Elf64_Shdr table[16] = { 0 };
	Elf64_Phdr segment = { .p_type = PT_NOTE, .p_align = 4 };
	Elf64_Ehdr head = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, 1 },
		.e_type = ET_REL,
		.e_machine = EM_X86_64,
		.e_ehsize = sizeof(head),
		.e_phentsize = sizeof(segment),
		.e_shentsize = sizeof(table[0]),
		.e_shnum = (Elf64_Half)(n + 2),
		.e_shstrndx = (Elf64_Half)(n + 1),
	};
	struct buf b = { 0 }, names = { 0 };

	buf_add(&b, &head, sizeof(head));
	buf_add(&b, &segment, sizeof(segment));
	buf_add(&names, "", 1);
	for (size_t i = 0; i < n; i++) {
		table[i + 1] = (Elf64_Shdr){
			.sh_name = (Elf64_Word)names.n,
			.sh_type = parts[i].type ? parts[i].type : SHT_PROGBITS,
			.sh_flags = parts[i].flags,
			.sh_offset = b.n,
			.sh_size = parts[i].n,
			.sh_addralign = 4,
		};
		buf_add(&b, parts[i].data, parts[i].n);
		buf_add(&names, parts[i].name, strlen(parts[i].name) + 1);
	}
	table[n + 1] = (Elf64_Shdr){ .sh_type = SHT_STRTAB,
				     .sh_offset = b.n,
				     .sh_size = names.n };
	buf_add(&b, names.p, names.n);
	head.e_shoff = b.n;
	buf_add(&b, table, (n + 2) * sizeof(table[0]));
	if (note >= 0) {
		head.e_phoff = sizeof(head);
		head.e_phnum = 1;
		segment.p_offset = table[note + 1].sh_offset;
		segment.p_filesz = table[note + 1].sh_size;
	}
	memcpy(b.p, &head, sizeof(head));
	memcpy(b.p + sizeof(head), &segment, sizeof(segment));
	buf_free(&names);
	return b;
}

/* Another note, then a build id of four bytes. */
#define ELF_NOTES                        \
	"\x04\0\0\0\x01\0\0\0\x05\0\0\0" \
	"Xen\0z\0\0\0"                   \
	"\x04\0\0\0\x04\0\0\0\x03\0\0\0" \
	"GNU\0\xde\xad\xbe\xef"

#endif
