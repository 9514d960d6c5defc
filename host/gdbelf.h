/* SPDX-License-Identifier: MIT */
/*
 * The tables of a 64-bit ELF file: what a debugger asks of vmlinux and .ko.
 * Everything in them is checked against the file's size before it is used.
 */
#ifndef BOOTLET_GDBELF_H
#define BOOTLET_GDBELF_H

#include "str.h"

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** struct gdbelf - an ELF file, or one in memory */
struct gdbelf {
	/** @fd: or -1, and then @mem; @size: bytes */
	int fd;
	const unsigned char *mem;
	uint64_t size;
	/** @type: e.g. ET_EXEC; @machine: e.g. EM_X86_64 */
	unsigned int type, machine;
	/** @sections, @segments: tables; @names: of sections, NUL-ended */
	Elf64_Shdr *sections;
	Elf64_Phdr *segments;
	size_t n_sections, n_segments, n_names;
	char *names;
};

/**
 * gdbelf_open() - read the tables of a file
 * @path: the file
 * @e:    on 0 the caller calls gdbelf_close()
 *
 * Source: elf(5). Return: 0; -errno of open(2) or read(2); -ENOEXEC where it
 * is no 64-bit little-endian ELF file, or a damaged one.
 */
int gdbelf_open(const char *path, struct gdbelf *e);

/** gdbelf_memory() - the same for @n bytes that stay until gdbelf_close() */
int gdbelf_memory(const unsigned char *p, size_t n, struct gdbelf *e);

/** gdbelf_close() - free all; @e is empty, closing it again does nothing */
void gdbelf_close(struct gdbelf *e);

/**
 * gdbelf_read() - bytes of the file
 * @at: offset in it
 * @to: @n bytes
 *
 * Return: 0; -ENOEXEC where the file does not have them all; -errno of pread(2).
 */
int gdbelf_read(const struct gdbelf *e, uint64_t at, void *to, uint64_t n);

/** gdbelf_section() - the section of that name, or NULL */
const Elf64_Shdr *gdbelf_section(const struct gdbelf *e, const char *name);

/** gdbelf_has_debug() - whether it has DWARF (.debug_info), so that gdb knows
 * lines, arguments and types */
bool gdbelf_has_debug(const struct gdbelf *e);

/**
 * gdbelf_note() - the bytes of a note in the segments
 * @name: of its owner, e.g. "Xen"; @type: the owner's number for it
 * @desc: empty; filled on 0, the caller frees
 *
 * Return: 0; -ENOENT where there is none, or an empty one; -errno of reading.
 */
int gdbelf_note(const struct gdbelf *e, const char *name, unsigned int type,
		struct buf *desc);

/**
 * gdbelf_build_id() - the GNU build id among its notes
 * @hex: set on 0: lower case digits, which the caller frees
 *
 * Looks in segments, then in sections: an image has only the former, a file
 * that was not linked yet only the latter. Source: ld(1), --build-id; elf(5).
 *
 * Return: 0; -ENOENT where it has none; -errno of reading.
 */
int gdbelf_build_id(const struct gdbelf *e, char **hex);

#endif
