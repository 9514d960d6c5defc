/* SPDX-License-Identifier: MIT */
/* gdb's command line and its script, as a pure function of what is wanted. */
#ifndef BOOTLET_GDB_H
#define BOOTLET_GDB_H

#include "gdbport.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>

/** struct gdb_spec - a gdb to be; nothing is owned */
struct gdb_spec {
	/** @program: gdb; @vmlinux: absolute path */
	const char *program, *vmlinux;
	/** @dir: private directory for gdb.py and the script */
	const char *dir;
	/** @loader: vmlinux-gdb.py with the kernel's lx- commands, or NULL */
	const char *loader;
	/** @source: directory of the kernel's source, or NULL */
	const char *source;
	/** @moddir: directory with modules.order, or NULL */
	const char *moddir;
	/** @port: where the guest is */
	const struct gdbport *port;
	/** @breaks: locations; @files: of the user's own commands */
	struct strv breaks, files;
	/** @batch: end after @files */
	bool batch;
};

/** GDB_PY, GDB_SCRIPT, GDB_SOCKET - names in gdb_spec.dir */
#define GDB_PY	   "gdb.py"
#define GDB_SCRIPT "script"
#define GDB_SOCKET "socket"

/** gdb_py - host/gdb.py, part of the binary; @gdb_py_end: behind it */
extern const char gdb_py[], gdb_py_end[];

/**
 * gdb_plan_check() - whether gdb can be told all of it
 * @what: set to the name that is the trouble
 *
 * Return: NULL; or what is wrong in a few words (static text).
 */
const char *gdb_plan_check(const struct gdb_spec *s, const char **what);

/** gdb_argv() - append gdb's command line */
void gdb_argv(const struct gdb_spec *s, struct strv *argv);

/** gdb_script() - append the commands of the file GDB_SCRIPT */
void gdb_script(const struct gdb_spec *s, struct buf *out);

/**
 * gdb_socket_link() - whether the socket needs another name
 *
 * gdb takes what has a ":" for a host and a port, and drops a space at the end.
 *
 * Return: true where @s->dir/GDB_SOCKET has to be a link to it.
 */
bool gdb_socket_link(const struct gdb_spec *s);

/** gdb_print() - append all of it as lines for sh */
void gdb_print(const struct gdb_spec *s, struct buf *out);

#endif
