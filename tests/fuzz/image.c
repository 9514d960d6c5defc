// SPDX-License-Identifier: MIT
/* Initramfs images of any kind: archives, and compressed ones. */
#include "fuzz.h"

#include "host/imglist.h"
#include "host/imgread.c"
#include "host/str.h"

static int take(void *ctx, const struct cpio_item *item)
{
	struct buf *out = ctx;

	/* A bomb: what has been seen is enough. */
	if (out->n > 1 << 16)
		return -ECANCELED;
	imglist_format(item, out);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	unsigned char *copy = fuzz_copy(p, n);
	struct imgfile f = { .fd = -1, .map = copy, .size = n, .last = "" };
	struct buf out = { 0 };
	int err = imgfile_read(&f, take, &out);

	/* Beyond it the kernel's pages would be given back. */
	fuzz_assert(n < STEP);
	fuzz_assert(f.offset <= n && f.last);
	fuzz_assert(err || f.offset == n);
	if (err == -EBADMSG)
		fuzz_assert(f.what && *f.what);
	else
		fuzz_assert(!err || err == -ECANCELED || err == -ENOMEM ||
			    err == -ENOSYS);
	imgfile_tell(&f, "image", err);
	buf_free(&out);
	free(copy);
	return 0;
}
