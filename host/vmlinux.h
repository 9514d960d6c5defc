/* SPDX-License-Identifier: MIT */
/* The ELF kernel inside a bzImage, and whether it can be entered by itself. */
#ifndef BOOTLET_VMLINUX_H
#define BOOTLET_VMLINUX_H

#include <stdbool.h>
#include <stddef.h>

/**
 * vmlinux_unpack() - take the payload out of a bzImage
 * @p:   the whole image
 * @n:   bytes of it
 * @elf: set on 0: what was compressed, maybe no ELF file at all; the caller
 *       frees
 * @len: bytes of @elf, 1 GiB at most
 *
 * Source: Documentation/arch/x86/boot.rst (payload_offset, payload_length).
 *
 * Return: 0; -ENOENT where nothing tells the payload's place, or where it is
 * compressed in a way that nothing here reads; -ENOPKG by lzo, and there is no
 * lzop to read it; -ENOEXEC damaged; -EFBIG;
 * -ENOMEM.
 */
int vmlinux_unpack(const unsigned char *p, size_t n, char **elf, size_t *len);

struct gdbelf;

/**
 * vmlinux_has_pvh() - whether QEMU can enter an ELF kernel by itself
 * @e: the open file
 *
 * It does so where the kernel says that it can be entered in 32-bit mode, with
 * no firmware (CONFIG_PVH), and that entry lies within what is loaded. Source:
 * xen/include/public/elfnote.h (XEN_ELFNOTE_PHYS32_ENTRY), and Xen's
 * docs/misc/pvh.pandoc.
 */
bool vmlinux_has_pvh(const struct gdbelf *e);

#endif
