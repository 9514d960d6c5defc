/* SPDX-License-Identifier: MIT */
/* The least that is an ELF program. */
#ifndef BOOTLET_ELFPROG_H
#define BOOTLET_ELFPROG_H

#include <elf.h>
#include <stddef.h>
#include <string.h>

/* An ELF program for 64 or 32 bits, with a loader or without. */
static inline size_t make_elf(char *p, int class, const char *loader)
{
	size_t n = loader ? strlen(loader) + 1 : 0;

	memset(p, 0, 512);
	memcpy(p, ELFMAG, SELFMAG);
	p[EI_CLASS] = (char)class;
	if (class == ELFCLASS64) {
		Elf64_Ehdr e = { .e_phoff = 64,
				 .e_phnum = 2,
				 .e_phentsize = 56 };
		Elf64_Phdr ph = { .p_type = loader ? PT_INTERP : PT_LOAD,
				  .p_offset = 300,
				  .p_filesz = n };

		memcpy(e.e_ident, p, EI_NIDENT);
		memcpy(p, &e, sizeof(e));
		memcpy(p + 64 + 56, &ph, sizeof(ph));
	} else {
		Elf32_Ehdr e = { .e_phoff = 52,
				 .e_phnum = 1,
				 .e_phentsize = 32 };
		Elf32_Phdr ph = { .p_type = loader ? PT_INTERP : PT_LOAD,
				  .p_offset = 300,
				  .p_filesz = (Elf32_Word)n };

		memcpy(e.e_ident, p, EI_NIDENT);
		memcpy(p, &e, sizeof(e));
		memcpy(p + 52, &ph, sizeof(ph));
	}
	memcpy(p + 300, loader ? loader : "", n);
	return 300 + n;
}

#endif
