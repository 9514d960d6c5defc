// SPDX-License-Identifier: MIT
/* Messages about devices: the kernel's, and the files uevent. Newlines stand
 * for the NULs between strings; an empty line ends a message. */
#include "fuzz.h"

#define modules_drive fuzz_modules_drive
#define io_read	      fuzz_io_read
#include "init/coldplug.c"

static const uint8_t *left;
static size_t n_left;

ssize_t fuzz_io_read(int fd, void *buf, size_t max)
{
	size_t n = 0;
	char *to = buf;

	(void)fd;
	while (n_left && n < max && (n < 2 || to[n - 1] || to[n - 2])) {
		to[n++] = *left == '\n' ? '\0' : (char)*left;
		left++;
		n_left--;
	}
	return (ssize_t)n;
}

void fuzz_modules_drive(const char *names, const struct modalias_starts *starts)
{
	fuzz_assert(names == plug.names && starts == &plug.starts && *names);
	while (*names) {
		fuzz_assert(fuzz_within(names, strlen(names) + 1, plug.names,
					sizeof(plug.names)));
		for (const char *s = names; *s; s++)
			fuzz_assert(!text_ends(*s));
		names = text_next(names);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	memset(&plug, 0, sizeof(plug));
	left = p;
	n_left = n;
	while (n_left) {
		fuzz_assert(event_read(0) > 0);
		fuzz_assert(plug.len < sizeof(plug.names));
	}
	names_load();
	return 0;
}
