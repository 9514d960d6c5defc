// SPDX-License-Identifier: MIT
/*
 * What is started in place of the shell: it notes when, prints that and the
 * resident set of PID 1, and switches the machine off.
 */
#include "probe.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

PROBE_ENTRY;

static uint64_t started;

__attribute__((used)) void probe_at(long *stack, uint64_t now)
{
	(void)stack;
	started = now;
}

static void print_file(const char *path, const char *prefix)
{
	FILE *f = fopen(path, "r");
	char line[512];

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, prefix, strlen(prefix)))
			fputs(line, stdout);
	if (f)
		fclose(f);
}

int main(int argc, char *argv[], char *env[])
{
	const char *mark = probe_find(env);

	(void)argc;
	(void)argv;
	mount("none", "/proc", "proc", 0, NULL);
	printf("\nprobe %llu %llu\n", mark ? strtoull(mark, NULL, 16) : 0,
	       (unsigned long long)started);
	/* What status says there is counted in steps of 64 pages. */
	print_file("/proc/1/smaps_rollup", "Rss:");
	fflush(stdout);
	tcdrain(1);
	reboot(RB_POWER_OFF);
	reboot(RB_AUTOBOOT);
	return 0;
}
