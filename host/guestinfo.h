/* SPDX-License-Identifier: MIT */
/*
 * What a run leaves in its private directory (vm.h), so that `bootlet gdb`,
 * `dump` and `inject` find it by themselves: guest.json.
 */
#ifndef BOOTLET_GUESTINFO_H
#define BOOTLET_GUESTINFO_H

#include "str.h"

#include <stdbool.h>
#include <sys/types.h>

/** struct guestinfo - one guest that runs; all owned */
struct guestinfo {
	/** @dir: its private directory; @name: of the run, or NULL */
	char *dir, *name;
	/** @pid: of `bootlet run` */
	pid_t pid;
	/** @address: of its gdbstub, "unix:PATH" or "tcp:127.0.0.1:PORT"; NULL
	 * where no debugger may connect, and then @build_id and what follows
	 * are not there either */
	char *address;
	/** @image, @release, @tree, @moddir: as struct kernel, NULL for none */
	char *image, *release, *tree, *moddir;
	/** @build_id: of the kernel that runs, hex digits; NULL: not known */
	char *build_id;
	/** @waits: it was started stopped and goes on when gdb says so;
	 * @kvm: hardware breakpoints are the CPU's four */
	bool waits, kvm;
	/** @breaks: --break of `bootlet run`, in order */
	struct strv breaks;
};

/** GUESTINFO_FILE - name in the private directory */
#define GUESTINFO_FILE "guest.json"

/**
 * guestinfo_write() - write it into @g->dir, whole or not at all
 *
 * Return: 0; -errno.
 */
int guestinfo_write(const struct guestinfo *g);

/**
 * guestinfo_read() - read it
 * @dir: private directory of a run
 * @g:   filled in on 0; the caller calls guestinfo_free()
 *
 * Return: 0; -ENOENT where the run has none; -EINVAL where it cannot be read
 * as what it should be.
 */
int guestinfo_read(const char *dir, struct guestinfo *g);

/**
 * guestinfo_find() - read that of one guest, if it can be trusted
 * @dir: private directory of a run
 * @g:   filled in on 0; the caller calls guestinfo_free()
 *
 * It names the tree whose scripts gdb then runs, so that it has to be this
 * user's own. Return: as guestinfo_read(); -EPERM where @dir is another
 * user's, -ENOTDIR where it is no directory, -ESRCH where the run has ended.
 */
int guestinfo_find(const char *dir, struct guestinfo *g);

/**
 * guestinfo_list() - all guests of this user that are alive
 * @gdb: only those that a debugger may connect to
 * @v:   array that the caller frees, each by guestinfo_free(); @n: how many
 *
 * Looks where vm_paths() puts directories: $TMPDIR, /tmp. A directory that is
 * another user's, or that nobody holds the lock of, does not count.
 *
 * Return: 0; -errno.
 */
int guestinfo_list(bool gdb, struct guestinfo **v, size_t *n);

/** guestinfo_free() - free all; @g is empty and usable again */
void guestinfo_free(struct guestinfo *g);

#endif
