/* SPDX-License-Identifier: MIT */
/*
 * Modules of a kernel that is none: /proc/modules, /sys/module and uevents,
 * in a scratch directory.
 */
#ifndef UNIT_MODULES_H
#define UNIT_MODULES_H

#include "host_io.h"
#include "scratch.h"

#include <sys/socket.h>

static int kernel = -1; /* what is written here is a uevent */

static inline void modules_make(void)
{
	int fds[2];

	scratch_make();
	host_io_root = scratch;
	ck_assert_int_eq(
		socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, fds), 0);
	kernel = fds[0];
	host_io_uevents = fds[1];
	put_text("proc/modules", "");
}

static inline void modules_remove(void)
{
	close(kernel);
	scratch_remove();
}

static inline void put_state(const char *name, const char *state)
{
	char path[400];

	snprintf(path, sizeof(path), "sys/module/%s/initstate", name);
	put_text(path, state);
}

static inline void put_section(const char *name, const char *section,
			       const char *address)
{
	char path[400];

	snprintf(path, sizeof(path), "sys/module/%s/sections/%s", name,
		 section);
	put_text(path, address);
}

static inline void uevent(const char *message, size_t n)
{
	ck_assert_int_eq(send(kernel, message, n, 0), (ssize_t)n);
}

static inline void uevent_of(const char *action, const char *name)
{
	char text[512];
	int n = snprintf(text, sizeof(text),
			 "%s@/module/%s%cACTION=%s%cDEVPATH=/module/%s", action,
			 name, 0, action, 0, name);

	uevent(text, (size_t)n + 1);
}

/* As insmod(8) does it: all is there when the uevent comes. */
static inline void module_load(const char *name, const char *text_address)
{
	put_state(name, "live\n");
	put_section(name, ".text", text_address);
	uevent_of("add", name);
}

static inline void module_unload(const char *name)
{
	char cmd[256];

	snprintf(cmd, sizeof(cmd), "rm -r %s/sys/module/%s", scratch, name);
	ck_assert_int_eq(system(cmd), 0);
	uevent_of("remove", name);
}

#endif
