/* SPDX-License-Identifier: MIT */
/*
 * An ELF core of a guest's memory, made fit for those who read it. QEMU writes
 * memory by physical address and knows nothing of the kernel in it; a debugger
 * asks by virtual address and, since the kernel moves itself at boot (KASLR),
 * wants its own note of where everything is. Both are in that memory: here they
 * are found there and put into the core's head, without the guest's help and
 * without a second copy of a byte of memory.
 */
#ifndef BOOTLET_VMCORE_H
#define BOOTLET_VMCORE_H

#include "str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** VMCORE_ROOM - bytes that the file has in front of what QEMU writes */
#define VMCORE_ROOM (4U << 20)

/** struct vmcore_load - memory in the core: PT_LOAD as QEMU writes it */
struct vmcore_load {
	/** @phys: address; @size: bytes; @offset: in the core */
	uint64_t phys, size, offset;
};

/** struct vmcore - a core as it lies in memory; @load is owned */
struct vmcore {
	const unsigned char *p;
	size_t size;
	struct vmcore_load *load;
	size_t n_loads;
	/** @note: offset of the notes; @note_size: bytes */
	size_t note, note_size;
};

/** struct vmcore_range - kernel addresses that are mapped in one piece */
struct vmcore_range {
	uint64_t virt, phys, size;
};

/** struct vmcore_said - what was found out */
struct vmcore_said {
	/** @info: the kernel's own note was found; @kaslr: it says how far the
	 * kernel has moved: @moved bytes */
	bool info, kaslr;
	uint64_t moved;
	/** @ranges: of virtual addresses in the head */
	size_t ranges;
};

/**
 * parse_vmcore() - read the head that QEMU has written
 * @p, @size: the whole core
 * @c:        filled in on 0; the caller calls vmcore_free()
 *
 * Source: elf(5). Return: 0; -ENOEXEC where it is no 64-bit core of x86-64,
 * or says that it has more than it has.
 */
int parse_vmcore(const void *p, size_t size, struct vmcore *c);

/** vmcore_free() - free what parse_vmcore() has made */
void vmcore_free(struct vmcore *c);

/**
 * vmcore_at() - memory at a physical address
 *
 * Return: where @n bytes of it lie; NULL where they are not in one piece.
 */
const unsigned char *vmcore_at(const struct vmcore *c, uint64_t phys,
			       uint64_t n);

/**
 * vmcore_info() - find the kernel's VMCOREINFO note
 * @size: of the note in bytes, header and padding included
 *
 * Source: kernel/crash_core.c allocates it by whole pages and fills it in at
 * boot. Return: the note in memory, or NULL where the kernel has none.
 */
const unsigned char *vmcore_info(const struct vmcore *c, size_t *size);

/**
 * parse_vmcore_value() - a number of that note
 * @text: its text, NUL-ended
 * @key:  e.g. "NUMBER(phys_base)", or "SYMBOL(swapper_pg_dir)"
 * @base: 10 or 16
 *
 * Return: whether it is there.
 */
bool parse_vmcore_value(const char *text, const char *key, int base,
			uint64_t *out);

/**
 * vmcore_cr3() - CR3 and CR4 of the first CPU, as QEMU's note has them
 *
 * Source: QEMU's target/i386/arch_dump.c, struct QEMUX86CPUState.
 *
 * Return: whether they are there.
 */
bool vmcore_cr3(const struct vmcore *c, uint64_t *cr3, uint64_t *cr4);

/**
 * vmcore_map() - the kernel's half of the address space
 * @pgd:  physical address of the top table; @five: it has five levels
 * @max:  ranges at most
 * @out:  array that the caller frees, in order of addresses
 *
 * A table that follows itself (KASAN's shadow), and the alias region of
 * espfix, count once. Whatever the tables say, time and memory are bounded.
 * Source: Documentation/x86/x86_64/mm.rst.
 *
 * Return: how many ranges.
 */
size_t vmcore_map(const struct vmcore *c, uint64_t pgd, bool five, size_t max,
		  struct vmcore_range **out);

/**
 * vmcore_head() - the head that is to stand VMCORE_ROOM before the core
 * @c:    the core
 * @out:  at most VMCORE_ROOM bytes are appended
 * @said: filled in
 */
void vmcore_head(const struct vmcore *c, struct buf *out,
		 struct vmcore_said *said);

/**
 * vmcore_finish() - write the head into a file
 * @fd:   to read and to write; QEMU has written at VMCORE_ROOM
 * @said: filled in on 0
 *
 * Return: 0; -ENOEXEC as parse_vmcore(); -errno.
 */
int vmcore_finish(int fd, struct vmcore_said *said);

#endif
