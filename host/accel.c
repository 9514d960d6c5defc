// SPDX-License-Identifier: MIT
#include "accel.h"

#include "bootid.h"
#include "cache.h"
#include "cachefile.h"
#include "str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KVM "/dev/kvm"

enum accel_kvm parse_accel_note(const char *text, const char *boot)
{
	size_t n = strlen(boot);

	if (!n || strncmp(text, boot, n) || text[n] != ' ')
		return ACCEL_KVM_UNKNOWN;
	if (!strcmp(text + n + 1, "good\n"))
		return ACCEL_KVM_GOOD;
	if (!strcmp(text + n + 1, "bad\n"))
		return ACCEL_KVM_BAD;
	return ACCEL_KVM_UNKNOWN;
}

static enum accel_kvm note(void)
{
	enum accel_kvm known = ACCEL_KVM_UNKNOWN;
	char *path = cache_path("kvm");
	const char *boot = boot_id();
	struct buf text = { 0 };

	if (path && cachefile_read(path, &text, 4096) == 0)
		known = parse_accel_note(text.p, boot);
	buf_free(&text);
	free(path);
	return known;
}

enum accel_kvm accel_kvm(const char **why)
{
	static const char *const words[] = {
		[ACCEL_KVM_UNKNOWN] = KVM " opens",
		[ACCEL_KVM_GOOD] = "KVM has booted a guest here",
		[ACCEL_KVM_BAD] = KVM " opens, but does not boot a guest",
	};
	static char text[128];
	int fd = open(KVM, O_RDWR | O_CLOEXEC);
	enum accel_kvm known;

	if (fd < 0) {
		snprintf(text, sizeof(text), KVM ": %s", strerror(errno));
		*why = text;
		return ACCEL_KVM_NONE;
	}
	close(fd);
	known = note();
	*why = words[known];
	return known;
}

void accel_remember(bool good)
{
	char *path = cache_make() ? NULL : cache_path("kvm");
	const char *boot = boot_id();
	char *tmp = path ? xasprintf("%s.%d", path, getpid()) : NULL;
	FILE *f = tmp && *boot ? fopen(tmp, "we") : NULL;

	if (f) {
		fprintf(f, "%s %s\n", boot, good ? "good" : "bad");
		/* Renamed into place: two runs may end at once. */
		if (fclose(f) || cachefile_rename(tmp, path))
			unlink(tmp);
	}
	free(tmp);
	free(path);
}
