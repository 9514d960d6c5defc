// SPDX-License-Identifier: MIT
/* Packages, manager by manager. */
#include "doctor.h"
#include "spawn.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static const struct {
	/** @program: that tells the manager; @install: what goes before the
	 * packages */
	const char *program, *install;
} managers[] = {
	[DOCTOR_APT] = { "apt-get", "apt-get install" },
	[DOCTOR_DNF] = { "dnf", "dnf install" },
	[DOCTOR_PACMAN] = { "pacman", "pacman -S" },
	[DOCTOR_APK] = { "apk", "apk add" },
	[DOCTOR_ZYPPER] = { "zypper", "zypper install" },
};

static_assert(COUNT(managers) == DOCTOR_MANAGERS, "a row for each manager");

static const struct {
	const char *tool;
	const char *package[DOCTOR_MANAGERS];
} tools[] = {
	{ "qemu",
	  {
		  [DOCTOR_APT] = "qemu-system-x86",
		  [DOCTOR_DNF] = "qemu-system-x86-core",
		  [DOCTOR_PACMAN] = "qemu-system-x86",
		  [DOCTOR_APK] = "qemu-system-x86_64",
		  [DOCTOR_ZYPPER] = "qemu-x86",
	  } },
	{ "gdb", { "gdb", "gdb", "gdb", "gdb", "gdb" } },
	{ "busybox",
	  {
		  [DOCTOR_APT] = "busybox-static",
		  [DOCTOR_DNF] = "busybox",
		  [DOCTOR_PACMAN] = "busybox",
		  [DOCTOR_APK] = "busybox-static",
		  [DOCTOR_ZYPPER] = "busybox-static",
	  } },
	{ "kernel",
	  {
		  /* Nothing to install where it can be downloaded. */
		  [DOCTOR_APT] = NULL,
		  [DOCTOR_DNF] = "kernel-core",
		  [DOCTOR_PACMAN] = "linux",
		  [DOCTOR_APK] = "linux-virt",
		  [DOCTOR_ZYPPER] = "kernel-default",
	  } },
	{ "ip", { "iproute2", "iproute", "iproute2", "iproute2", "iproute2" } },
	{ "packages", { [DOCTOR_APT] = "apt dpkg" } },
};

const char *doctor_remedy(const char *tool, enum doctor_manager m)
{
	static char line[128];

	for (size_t i = 0; i < COUNT(tools) && m < DOCTOR_MANAGERS; i++) {
		if (strcmp(tools[i].tool, tool) || !tools[i].package[m])
			continue;
		snprintf(line, sizeof(line), "%s %s", managers[m].install,
			 tools[i].package[m]);
		return line;
	}
	return NULL;
}

enum doctor_manager doctor_manager_find(void)
{
	size_t m;

	for (m = 0; m < DOCTOR_MANAGERS; m++) {
		char *path = spawn_which(managers[m].program);

		free(path);
		if (path)
			break;
	}
	return m;
}
