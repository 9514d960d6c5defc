/* SPDX-License-Identifier: MIT */
/* Memory and CPUs of a guest, written into a file by its QEMU. */
#ifndef BOOTLET_DUMP_H
#define BOOTLET_DUMP_H

#include "qmp.h"
#include "vmcore.h"

#include <stdbool.h>

/** DUMP_FORMAT - what `elf` is for QEMU, and the default */
#define DUMP_FORMAT "elf"

/** struct dump_spec - what to write where */
struct dump_spec {
	/** @path: of the file, which is there whole or not at all */
	const char *path;
	/** @format: DUMP_FORMAT, or another that this QEMU offers */
	const char *format;
	/** @progress: show it, on a terminal */
	bool progress;
	/** @stop: asked ten times a second with @ctx, whether to give up; or
	 * NULL */
	bool (*stop)(void *ctx);
	void *ctx;
};

/** struct dump_done - what has been written */
struct dump_done {
	/** @bytes: size of the file */
	unsigned long long bytes;
	/** @said: of the kernel in it; all zero for other formats */
	struct vmcore_said said;
};

/**
 * dump_guest() - write it
 * @q:    connection to the guest's QEMU
 * @spec: what
 * @done: filled in on 0
 * @why:  what is wrong in words, one line, appended; object first
 *
 * A guest that runs is stopped meanwhile, and runs on afterwards, whatever
 * became of the file; one that is stopped stays so. Source: QEMU's QMP
 * reference, dump-guest-memory.
 *
 * Return: 0; -EINTR where @spec->stop said so; -errno.
 */
int dump_guest(struct qmp *q, const struct dump_spec *spec,
	       struct dump_done *done, struct buf *why);

/**
 * dump_read_with() - by which commands the file can be read
 * @path:    of it
 * @vmlinux: of the kernel in it, or NULL where nobody knows
 * @said:    of the kernel in it
 *
 * gdb has to be told how far a kernel has moved; crash(8) finds out.
 *
 * Return: part of a line, which the caller frees.
 */
char *dump_read_with(const char *path, const char *vmlinux,
		     const struct vmcore_said *said);

/**
 * parse_dump_status() - read what query-dump says
 * @done, @total: bytes
 *
 * Return: 0; 1 where it goes on; -EIO where it failed;
 * -EPROTO where it makes no sense.
 */
int parse_dump_status(const json_t *status, unsigned long long *done,
		      unsigned long long *total);

#endif
