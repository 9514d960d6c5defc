// SPDX-License-Identifier: MIT
/* The head of a kernel image, and the ELF kernel inside a bzImage. */
#include "fuzz.h"

#include "host/gdbelf.h"
#include "host/kimage.c"
#include "host/vmlinux.h"

#include <ctype.h>

static void try_head(const unsigned char *p, size_t n, uint64_t size)
{
	struct kimage k;
	const char *why = kimage_parse(p, n, size, &k);

	if (why) {
		fuzz_assert(*why);
		return;
	}
	fuzz_assert(k.type < KIMAGE_TYPES);
	fuzz_assert(memchr(k.release, '\0', sizeof(k.release)));
	for (const char *s = k.release; *s; s++)
		fuzz_assert(isgraph((unsigned char)*s));
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	unsigned char *copy = fuzz_copy(p, n);
	size_t len;
	char *elf;

	try_head(copy, n, n);
	/* Only the beginning of it was read. */
	try_head(copy, n, UINT64_MAX);
	if (!vmlinux_unpack(copy, n, &elf, &len)) {
		struct gdbelf e;

		if (!gdbelf_memory((unsigned char *)elf, len, &e))
			vmlinux_has_pvh(&e);
		gdbelf_close(&e);
		free(elf);
	}
	free(copy);
	return 0;
}
