/* SPDX-License-Identifier: MIT */
/*
 * Where the guest's modules lie, as init reports it (FRAME_MODULE), kept as a
 * file of gdb commands: one add-symbol-file line for each module that is
 * loaded. gdb.py reads it again whenever the guest stops.
 */
#ifndef BOOTLET_GDBMODS_H
#define BOOTLET_GDBMODS_H

#include "str.h"

#include <stdbool.h>

/** GDBMODS_FILE - name in the private directory of a run */
#define GDBMODS_FILE "modules.gdb"

struct modindex;

/** struct gdbmods - the modules of one guest */
struct gdbmods {
	/** @path: of the file that is written; @moddir: of struct kernel, to
	 * find NAME.ko in, or NULL. Both are the caller's */
	const char *path, *moddir;
	/** @lines: "NAME\tCOMMAND", in order of loading */
	struct strv lines;
	/** @index: of @moddir, made when it is needed; @tried: it was, and
	 * where @index is NULL it cannot be had */
	struct modindex *index;
	bool tried;
};

/**
 * gdbmods_line() - the command for one report
 * @report: payload of FRAME_MODULE, NUL-ended
 * @file:   path of the module's .ko
 * @out:    "add-symbol-file FILE ADDRESS -s SECTION ADDRESS ..." is appended,
 *          quoted for gdb, without newline
 *
 * Sections that FILE has and that are in memory get their address; those that
 * are not, one where nothing is. Others are not named.
 *
 * Return: 0; -EINVAL: no report of sections; -errno where FILE cannot be read.
 */
int gdbmods_line(const char *report, const char *file, struct buf *out);

/**
 * gdbmods_report() - take a report and write the file anew
 * @payload: of FRAME_MODULE, not NUL-ended; @n: bytes
 *
 * The guest is not trusted: what is not a report is left out. Of a module whose
 * file is not found, or is no ELF file, a comment says so.
 *
 * Return: 0; -EINVAL; -errno of writing.
 */
int gdbmods_report(struct gdbmods *m, const void *payload, size_t n);

/** gdbmods_free() - free all, leave the file */
void gdbmods_free(struct gdbmods *m);

#endif
