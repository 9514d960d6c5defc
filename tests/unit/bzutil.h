/* SPDX-License-Identifier: MIT */
/* Small kernels, made for tests. */
#ifndef BOOTLET_BZUTIL_H
#define BOOTLET_BZUTIL_H

#include "host/codec.h"
#include "host/str.h"

#include <check.h>
#include <elf.h>
#include <string.h>

#define PVH_ENTRY 0x1000010U

/* What to get wrong in an ELF kernel, if anything. */
struct pvh {
	unsigned int type, machine, note, entry, entry_high;
	const char *owner;
};

#define PVH_GOOD                             \
	((struct pvh){ .type = ET_EXEC,      \
		       .machine = EM_X86_64, \
		       .note = 18,           \
		       .entry = PVH_ENTRY,   \
		       .owner = "Xen" })

/* One segment that is loaded at 16 MiB, and one of notes. */
static inline struct buf pvh_make(const struct pvh *w, const char *text)
{
	struct {
		Elf64_Ehdr head;
		Elf64_Phdr load, notes;
		Elf64_Nhdr note;
		char owner[4];
		uint32_t entry[2];
		char text[64];
	} f = {
		.head = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64,
				       ELFDATA2LSB, 1 },
			  .e_type = (Elf64_Half)w->type,
			  .e_machine = (Elf64_Half)w->machine,
			  .e_phoff = sizeof(Elf64_Ehdr),
			  .e_phentsize = sizeof(Elf64_Phdr),
			  .e_phnum = 2 },
		.load = { .p_type = PT_LOAD,
			  .p_paddr = 0x1000000,
			  .p_filesz = sizeof(f),
			  .p_memsz = sizeof(f) },
		.notes = { .p_type = PT_NOTE, .p_align = 4 },
		.note = { .n_namesz = 4, .n_descsz = 8, .n_type = w->note },
		.entry = { w->entry, w->entry_high },
	};
	struct buf b = { 0 };

	f.notes.p_offset = (Elf64_Off)((char *)&f.note - (char *)&f);
	f.notes.p_filesz = sizeof(f.note) + 12;
	memcpy(f.owner, w->owner, 4);
	strcpy(f.text, text);
	buf_add(&b, &f, sizeof(f));
	return b;
}

static inline int bz_append(void *ctx, const void *p, size_t n)
{
	buf_add(ctx, p, n);
	return 0;
}

/* A payload behind one sector of set-up code, and its size behind it. */
static inline struct buf bz_make(const void *p, size_t n, enum codec_type type)
{
	struct codec_choice choice = { .type = type };
	struct buf payload = { 0 }, b = { 0 };
	char head[1024] = { 0 };
	struct codec c;

	ck_assert_int_eq(codec_open(&c, &choice,
				    (struct codec_sink){ bz_append, &payload }),
			 0);
	ck_assert_int_eq(codec_write(&c, p, n), 0);
	ck_assert_int_eq(codec_close(&c), 0);
	head[0x1f1] = 1;
	memcpy(head + 0x1fe, "\x55\xaa", 2);
	memcpy(head + 0x202, "HdrS\x0c\x02", 6);
	head[0x236] = 1;
	head[0x248] = 16;
	for (int i = 0; i < 4; i++)
		head[0x24c + i] = (char)((payload.n + 4) >> 8 * i);
	buf_add(&b, head, sizeof(head));
	buf_add(&b, "0123456789abcdef", 16);
	buf_add(&b, payload.p, payload.n);
	buf_add(&b, "\x01\x02\0\0", 4);
	buf_free(&payload);
	return b;
}

#endif
