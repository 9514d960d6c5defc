// SPDX-License-Identifier: MIT
/*
 * Stands before QEMU in PATH and becomes it, with a port for the guest's
 * counters: a file of its own in COVERAGE_DIR.
 */
#include "guest.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static bool has(char *argv[], const char *word)
{
	for (; *argv; argv++)
		if (!strcmp(*argv, word))
			return true;
	return false;
}

int main(int argc, char *argv[])
{
	char **to = calloc((size_t)argc + 5, sizeof(*to));
	static char chardev[] = "-chardev", device[] = "-device";
	char port[64];
	char file[4200];
	struct timespec t;

	if (!to)
		return 1;
	memcpy(to, argv, (size_t)argc * sizeof(*to));
	clock_gettime(CLOCK_REALTIME, &t);
	snprintf(file, sizeof(file),
		 "file,id=coverage,path=" COVERAGE_DIR "/guest/%lld.%09ld.%d",
		 (long long)t.tv_sec, t.tv_nsec, getpid());
	snprintf(port, sizeof(port), "isa-debugcon,chardev=coverage,iobase=%d",
		 COVERAGE_PORT);
	/* What is asked for its version, say, has no machine. */
	if (has(argv, "-kernel")) {
		to[argc++] = chardev;
		to[argc++] = file;
		to[argc++] = device;
		to[argc++] = port;
	}
	execv(REAL_QEMU, to);
	perror(REAL_QEMU);
	free(to);
	return 127;
}
