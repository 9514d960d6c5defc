// SPDX-License-Identifier: MIT
#include "bootid.h"

#include "str.h"

#include <stdio.h>
#include <string.h>

#define PATH "/proc/sys/kernel/random/boot_id"

const char *boot_id(void)
{
	static char id[BOOT_ID_SIZE];
	struct buf b = { 0 };

	if (!*id && !read_file(PATH, &b, 4096) && b.n)
		snprintf(id, sizeof(id), "%.*s", (int)strcspn(b.p, "\n"), b.p);
	buf_free(&b);
	return id;
}
