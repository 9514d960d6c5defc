/* SPDX-License-Identifier: MIT */
/* Which guest gdb is for, and what stands where on this machine. */
#ifndef BOOTLET_GDBGUEST_H
#define BOOTLET_GDBGUEST_H

#include "guestinfo.h"
#include "str.h"

/** struct gdbguest_wish - how the user names a guest; NULL: not */
struct gdbguest_wish {
	/** @name: of the run; @tree: real path of the build tree */
	const char *name, *tree;
};

/**
 * gdbguest_choose() - the guest that is meant, where it is clear
 * @v: the guests that are there; @n: how many
 * @why: on NULL what is wrong and what to do, one line, appended
 *
 * Without a name it is the only one; of several the only one of @w->tree.
 *
 * Return: one of @v, or NULL.
 */
const struct guestinfo *gdbguest_choose(const struct guestinfo *v, size_t n,
					const struct gdbguest_wish *w,
					struct buf *why);

/**
 * gdbguest_source() - the source that a kernel was built from
 * @tree: where it was built
 *
 * Kbuild leaves a link of that name in a tree of its own (make O=); without
 * it the source is the tree. Return: its real path, which the caller frees;
 * NULL where the link leads nowhere.
 */
char *gdbguest_source(const char *tree);

/**
 * gdbguest_loader() - the kernel's own commands for gdb
 * @vmlinux: path; gdb looks for VMLINUX-gdb.py beside it
 *
 * Return: path, which the caller frees; NULL where there is none that can be
 * read, CONFIG_GDB_SCRIPTS being off.
 */
char *gdbguest_loader(const char *vmlinux);

/**
 * gdbguest_check() - whether gdb can work on this vmlinux
 * @vmlinux: the file; @tree: to be named in what to do, or NULL
 * @running: build id of the kernel in the guest, or NULL where not known
 *
 * Return: 0; -errno after a message: -ENOENT not built, -ENOEXEC no ELF file,
 * -ENODATA no debug info, -ESTALE another kernel.
 */
int gdbguest_check(const char *vmlinux, const char *tree, const char *running);

/**
 * gdbguest_program() - whether gdb is there and has Python
 * @program: name or path; @named: the user has named it
 *
 * Return: 0; -errno after a message.
 */
int gdbguest_program(const char *program, bool named);

#endif
