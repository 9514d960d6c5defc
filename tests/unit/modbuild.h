/* SPDX-License-Identifier: MIT */
/* Files that are kernel modules, as far as libkmod looks. */
#ifndef BOOTLET_MODBUILD_H
#define BOOTLET_MODBUILD_H

#include "scratch.h"

#include <archive.h>
#include <archive_entry.h>
#include <elf.h>

/* The least that is a module: an object with a section .modinfo. */
static inline size_t module_build(unsigned char *p, const char *info,
				  size_t len)
{
	static const char names[] = "\0.modinfo\0.shstrtab";
	Elf64_Ehdr e = { .e_type = ET_REL,
			 .e_machine = EM_X86_64,
			 .e_version = EV_CURRENT,
			 .e_ehsize = sizeof(e),
			 .e_shentsize = sizeof(Elf64_Shdr),
			 .e_shnum = 3,
			 .e_shstrndx = 2 };
	Elf64_Shdr s[3] = { { 0 },
			    { .sh_name = 1,
			      .sh_type = SHT_PROGBITS,
			      .sh_offset = sizeof(e),
			      .sh_size = len },
			    { .sh_name = 10,
			      .sh_type = SHT_STRTAB,
			      .sh_offset = sizeof(e) + len,
			      .sh_size = sizeof(names) } };

	memcpy(e.e_ident, ELFMAG, SELFMAG);
	e.e_ident[EI_CLASS] = ELFCLASS64;
	e.e_ident[EI_DATA] = ELFDATA2LSB;
	e.e_ident[EI_VERSION] = EV_CURRENT;
	e.e_shoff = (sizeof(e) + len + sizeof(names) + 7) & ~7ULL;
	memset(p, 0, e.e_shoff);
	memcpy(p, &e, sizeof(e));
	memcpy(p + sizeof(e), info, len);
	memcpy(p + sizeof(e) + len, names, sizeof(names));
	memcpy(p + e.e_shoff, s, sizeof(s));
	return e.e_shoff + sizeof(s);
}

static inline void compressed(const char *name, const void *p, size_t n,
			      int (*filter)(struct archive *a))
{
	struct archive *a = archive_write_new();
	struct archive_entry *e = archive_entry_new();

	put_text(name, "");
	ck_assert_int_eq(archive_write_set_format_raw(a), ARCHIVE_OK);
	ck_assert_int_ge(filter(a), ARCHIVE_WARN);
	ck_assert_int_eq(archive_write_open_filename(a, at(name)), ARCHIVE_OK);
	archive_entry_set_filetype(e, AE_IFREG);
	ck_assert_int_eq(archive_write_header(a, e), ARCHIVE_OK);
	ck_assert_int_eq(archive_write_data(a, p, n), n);
	archive_entry_free(e);
	ck_assert_int_eq(archive_write_free(a), ARCHIVE_OK);
}

/* @info: "key=value|key=value" */
static inline void module(const char *name, const char *info)
{
	unsigned char obj[4096];
	char copy[1024];
	size_t len = strlen(info) + 1, n;
	const char *dot = strrchr(name, '.');

	memcpy(copy, info, len);
	for (char *p = copy; *p; p++)
		if (*p == '|')
			*p = '\0';
	n = module_build(obj, copy, len);
	if (!strcmp(dot, ".xz"))
		compressed(name, obj, n, archive_write_add_filter_xz);
	else if (!strcmp(dot, ".zst"))
		compressed(name, obj, n, archive_write_add_filter_zstd);
	else if (!strcmp(dot, ".gz"))
		compressed(name, obj, n, archive_write_add_filter_gzip);
	else
		put(name, obj, n, 0644);
}

#endif
