/* SPDX-License-Identifier: MIT */
/*
 * Faults of init itself: SIGSEGV, SIGBUS, SIGILL and SIGFPE that the processor
 * has raised. Without a handler the kernel would panic: PID 1 has died.
 */
#ifndef BOOTLET_FAULT_H
#define BOOTLET_FAULT_H

#include "io.h"

/* They must not be blocked: a fault that is kills at once. */
#define FAULT_SIGNALS                                                 \
	(IO_SIGNAL(SIGSEGV) | IO_SIGNAL(SIGBUS) | IO_SIGNAL(SIGILL) | \
	 IO_SIGNAL(SIGFPE))

/**
 * fault_setup() - have what init does wrong itself end in order
 *
 * A fault calls fault_end(). One in there kills: so nothing goes round in
 * circles. One of these signals that a process has sent, kill(2), is nothing. A
 * child of init ends by a fault with exit status 128 plus its number.
 *
 * Source: sigaltstack(2), sigaction(2), signal(7).
 */
void fault_setup(void);

/**
 * fault_end() - what main.c does then
 * @sig: number of the signal
 *
 * On a stack of its own, all signals are blocked.
 */
_Noreturn void fault_end(int sig);

#endif
