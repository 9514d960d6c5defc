/* SPDX-License-Identifier: MIT */
/*
 * The debugger's side of a run: what `bootlet gdb` needs to find the guest, and
 * where it is shown.
 */
#ifndef BOOTLET_GDBRUN_H
#define BOOTLET_GDBRUN_H

#include "gdbstub.h"
#include "gdbterm.h"
#include "guestinfo.h"
#include "kernel.h"

#include <stdbool.h>

/** struct gdbspec - --gdb and its kind */
struct gdbspec {
	/** @on: there is a gdbstub; @wait: --wait; @no_tmux: --no-tmux */
	bool on, wait, no_tmux;
	/** @stub: where it listens */
	struct gdbstub stub;
	/** @breaks: --break, in order; owned */
	struct strv breaks;
};

/** gdbspec_waits() - whether the guest does not run before gdb says so */
bool gdbspec_waits(const struct gdbspec *g);

/** struct gdbrun - what is there while the guest is; zero to begin with */
struct gdbrun {
	const struct gdbspec *spec;
	struct guestinfo info;
	struct gdbterm term;
};

/**
 * gdbrun_open() - before QEMU is started
 * @g:       filled in
 * @spec:    @on, @stub.path or @stub.port set
 * @k:       kernel of the guest
 * @dir:     of the run, see vm_make(); @name: of the run, or NULL
 * @command: the guest runs one, instead of a shell
 *
 * Return: 0; -errno after a message.
 */
int gdbrun_open(struct gdbrun *g, const struct gdbspec *spec,
		const struct kernel *k, const char *dir, const char *name,
		bool command);

/**
 * gdbrun_restart() - before each start of QEMU
 * @kvm: the accelerator
 */
void gdbrun_restart(struct gdbrun *g, bool kvm);

/**
 * gdbrun_listening() - QEMU listens: let the guest be found, show gdb
 * @g: struct gdbrun, see session.h
 */
void gdbrun_listening(void *g);

/** gdbrun_close() - give the terminal back, free; harmless on a zero @g */
void gdbrun_close(struct gdbrun *g);

#endif
