// SPDX-License-Identifier: MIT
/*
 * The init that is shipped, at fault where the kernel's command line says:
 *
 *	fault=mounts	in the phase "mounts", before there is a channel
 *	fault=null	when it is asked to end the command, a write to nowhere
 *	fault=stack	there, too, and the stack has no room left
 *	fault=twice	there, too, and once more when it ends all processes
 *	fault=memory	no fault: there is no memory for a child
 *
 * Put in by the linker: --wrap of sys_mount, sys_kill and io_vfork.
 */
#include "init/file.h"
#include "init/io.h"
#include "init/sys.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int __real_sys_mount(const char *source, const char *target, const char *type,
		     unsigned long flags, const char *data);
int __wrap_sys_mount(const char *source, const char *target, const char *type,
		     unsigned long flags, const char *data);
int __real_sys_kill(pid_t pid, int sig);
int __wrap_sys_kill(pid_t pid, int sig);

/* What vfork(2) returns into twice must be the caller's own frame. */
int no_child;
__asm__(".globl __wrap_io_vfork\n"
	"__wrap_io_vfork:\n"
	"	cmpl $0, no_child(%rip)\n"
	"	je __real_io_vfork\n"
	"	mov $-12, %eax\n"
	"	ret\n");

static bool asked_for(const char *fault)
{
	for (char **e = environ; *e; e++) {
		const char *value = text_after(*e, "fault=");

		if (value && !strcmp(value, fault))
			return true;
	}
	return false;
}

static void write_nowhere(void)
{
	char *volatile nowhere = NULL;

	*(volatile char *)nowhere = 1;
}

static int deeper(volatile int n)
{
	volatile char frame[4096];

	frame[0] = (char)n;
	return n ? deeper(n + 1) + frame[0] : 0;
}

int __wrap_sys_mount(const char *source, const char *target, const char *type,
		     unsigned long flags, const char *data)
{
	if (!strcmp(target, "/run") && asked_for("mounts"))
		write_nowhere();
	no_child = asked_for("memory");
	return __real_sys_mount(source, target, type, flags, data);
}

int __wrap_sys_kill(pid_t pid, int sig)
{
	/* The command's group. */
	if (pid < -1) {
		if (asked_for("null") || asked_for("twice"))
			write_nowhere();
		if (asked_for("stack"))
			deeper(1);
	}
	if (pid == -1 && asked_for("twice"))
		write_nowhere();
	return __real_sys_kill(pid, sig);
}
