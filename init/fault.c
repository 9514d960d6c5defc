// SPDX-License-Identifier: MIT
#include "fault.h"

#include <signal.h>
#include <stddef.h>

/* The stack may be what is wrong. A frame with all registers has 11 KiB where
 * the processor has tiles. */
static char stack[65536];
static const stack_t own = { .ss_sp = stack, .ss_size = sizeof(stack) };
/* SIGCHLD is blocked until it has its own handler; until then it must not be
 * ignored, as who has executed init may have left it: the kernel would reap. */
static const unsigned char signals[] = { SIGSEGV, SIGBUS,  SIGILL,
					 SIGFPE,  SIGCHLD, 0 };

static void on_fault(int sig, const struct io_siginfo *info)
{
	/* Sent by a process: SI_USER, SI_QUEUE, SI_TKILL. */
	if (info->code <= 0)
		return;
	if (io_getpid() != 1)
		io_exit(128 + sig);
	fault_end(sig);
}

void fault_setup(void)
{
	/* Not a problem if it fails: the usual stack is as good as ever. */
	io_altstack(&own, NULL);
	for (const unsigned char *s = signals; *s; s++)
		io_signal(*s, on_fault);
}
