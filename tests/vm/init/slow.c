// SPDX-License-Identifier: MIT
/*
 * The init that is shipped, with a millisecond asleep in its phase "mounts":
 * put in by the linker, --wrap=sys_mount, for bench to find.
 */
#include "init/io.h"
#include "init/sys.h"

int __real_sys_mount(const char *source, const char *target, const char *type,
		     unsigned long flags, const char *data);
int __wrap_sys_mount(const char *source, const char *target, const char *type,
		     unsigned long flags, const char *data);

int __wrap_sys_mount(const char *source, const char *target, const char *type,
		     unsigned long flags, const char *data)
{
	static bool slept;

	if (!slept)
		io_poll(NULL, 0, 1, false);
	slept = true;
	return __real_sys_mount(source, target, type, flags, data);
}
