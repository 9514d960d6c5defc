/* SPDX-License-Identifier: MIT */
/* From what the user asks of `bootlet gdb` to a gdb that runs. */
#ifndef BOOTLET_GDBPLAN_H
#define BOOTLET_GDBPLAN_H

#include "gdb.h"
#include "guestinfo.h"
#include "vm.h"

/** struct gdbplan_wish - what was asked for; NULL: nothing was said */
struct gdbplan_wish {
	/** @tree: build tree; @guest: private directory of a run; @name: of a
	 * run; @vmlinux, @program: files; @address: for parse_gdbport(), which
	 * takes it */
	const char *tree, *guest, *name, *vmlinux, *program, *address;
	/** @breaks: locations; @files: absolute paths of gdb's commands */
	struct strv breaks, files;
	bool batch;
};

/** struct gdbplan - all that was found out; strings are owned */
struct gdbplan {
	struct gdb_spec spec;
	/** @guest: all NULL where an address was given */
	struct guestinfo guest;
	struct gdbport port;
	/** @vm: for its private directory only */
	struct vm vm;
	char *tree, *vmlinux, *loader, *source;
};

/**
 * gdbplan_make() - find guest, tree and files; nothing is made or connected
 * @o: stays for as long as the plan
 * @p: filled in; the caller calls gdbplan_free(), also after an error
 *
 * Return: 0; -errno after a message.
 */
int gdbplan_make(const struct gdbplan_wish *o, struct gdbplan *p);

/**
 * gdbplan_start() - look whether it can work, then become gdb
 *
 * gdb's own signals, terminal and exit code are therefore the command's. The
 * private directory goes when gdb has ended, however it ends.
 *
 * Return: only on failure: -errno after a message.
 */
int gdbplan_start(const struct gdbplan_wish *o, struct gdbplan *p);

/** gdbplan_free() - free all, remove the private directory */
void gdbplan_free(struct gdbplan *p);

#endif
