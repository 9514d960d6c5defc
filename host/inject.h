/* SPDX-License-Identifier: MIT */
/* Faults, provoked in a guest from outside: it need not help. */
#ifndef BOOTLET_INJECT_H
#define BOOTLET_INJECT_H

#include "guestinfo.h"
#include "qmp.h"

/** struct inject - a kind of fault */
struct inject {
	/** @name: as the user says it; @help: one line; @done: what is said
	 * when it has happened */
	const char *name, *help, *done;
	/** @apply: do it. Return: 0; -errno with words in @why */
	int (*apply)(const struct inject *what, struct qmp *q,
		     const struct guestinfo *g, struct buf *why);
	/** @up: of a link */
	bool up;
	/** @runs: only a guest that runs takes it */
	bool runs;
};

/** inject_table() - all of them; @n: how many */
const struct inject *inject_table(size_t *n);

/** inject_find() - the row of that name, or NULL */
const struct inject *inject_find(const char *name);

/**
 * inject_apply() - provoke it
 * @what: row of the table
 * @q:    connection to the guest's QEMU
 * @g:    the guest
 * @why:  what is wrong in words, one line, appended
 *
 * Return: 0; -EAGAIN where the guest is stopped; -ENODEV where it has no
 * network; -ETIMEDOUT where a panic was provoked and the guest has not ended;
 * -EBUSY where a debugger is in the way; -errno.
 */
int inject_apply(const struct inject *what, struct qmp *q,
		 const struct guestinfo *g, struct buf *why);

/**
 * parse_register() - read a register from what `info registers` prints
 * @name: e.g. "CR4"; the first of that name counts
 * @out:  its value
 *
 * Return: whether it is there.
 */
bool parse_register(const char *text, const char *name,
		    unsigned long long *out);

/**
 * inject_double_fault() - take a CPU's stack away while it is in the kernel
 * @q:   connection to QEMU, which has no other gdbstub
 * @dir: private directory of the run
 * @idt: address of the CPU's interrupt descriptor table
 * @why: what is wrong in words, appended
 *
 * What then is pushed to the stack faults, and the fault finds none either: no
 * kernel survives a double fault. It goes through a gdbstub that is there only
 * meanwhile. Source: gdb's manual, "Remote Protocol"; gdbstub.c of QEMU.
 *
 * Return: 0; -EAGAIN where no CPU was ever found in the kernel; -errno.
 */
int inject_double_fault(struct qmp *q, const char *dir, unsigned long long idt,
			struct buf *why);

/**
 * inject_recover() - let a guest go on whose injector was killed meanwhile
 * @q:   connection to QEMU, which nobody else has then
 * @dir: private directory of the run
 *
 * Nothing is done where inject_double_fault() has left no gdbstub.
 */
void inject_recover(struct qmp *q, const char *dir);

/**
 * parse_stop() - read at which CPU the guest has stopped
 * @reply: packet of gdb's protocol, e.g. "T05thread:02;"
 *
 * Return: its number, from 1; 0 where it does not say.
 */
unsigned int parse_stop(const char *reply);

/**
 * parse_gate() - read a gate of the interrupt descriptor table
 * @hex:     its 16 bytes as gdb's protocol has them
 * @address: of the handler
 *
 * Source: Intel SDM 3A, "64-Bit Mode IDT". Return: whether there is one.
 */
bool parse_gate(const char *hex, unsigned long long *address);

#endif
