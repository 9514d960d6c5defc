// SPDX-License-Identifier: MIT
/* What the caches note: images, unpacked kernels, KVM, the time stamp
 * counter. */
#include "fuzz.h"

#include "host/imgnote.c"

#include "host/accel.h"
#include "host/tsc.h"

/* Written as it was read it may differ in blanks, and then no more. */
static void try_image(const char *text)
{
	struct imgnote n, again;
	struct buf once = { 0 }, twice = { 0 };

	if (!parse_imgnote(text, &n)) {
		fuzz_assert(memchr(n.boot, '\0', sizeof(n.boot)));
		for (size_t i = 0; i < n.n; i++)
			fuzz_assert(*n.files[i].path == '/' &&
				    !strchr(n.files[i].path, '\n'));
		imgnote_format(&n, &once);
		fuzz_assert(!parse_imgnote(once.p, &again));
		imgnote_format(&again, &twice);
		fuzz_assert(again.n == n.n && !strcmp(once.p, twice.p));
		imgnote_newest(&n);
		imgnote_free(&again);
	}
	imgnote_free(&n);
	buf_free(&once);
	buf_free(&twice);
}

static void try_kernel(const char *text)
{
	struct vmnote n, again;
	struct buf once = { 0 };

	if (!parse_vmnote(text, &n)) {
		vmnote_format(&n, &once);
		fuzz_assert(!parse_vmnote(once.p, &again));
		fuzz_assert(!memcmp(&n.image, &again.image, sizeof(n.image)) &&
			    !memcmp(&n.elf, &again.elf, sizeof(n.elf)));
		fuzz_assert(n.pvh == again.pvh && n.crc == again.crc &&
			    !strcmp(n.boot, again.boot));
	}
	buf_free(&once);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const struct tsc_moment now = { 2000000000, 4000000000 };
	char *text = fuzz_string(p, n);

	try_image(text);
	try_kernel(text);
	parse_tsc_note(text, "a-b", &now);
	parse_accel_note(text, "a-b");
	free(text);
	return 0;
}
