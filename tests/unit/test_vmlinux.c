// SPDX-License-Identifier: MIT
#include "bzutil.h"
#include "host/gdbelf.h"
#include "host/vmlinux.h"
#include "unit.h"

#include <errno.h>
#include <stdlib.h>

static bool has_pvh(const struct pvh *w)
{
	struct buf b = pvh_make(w, "");
	struct gdbelf e;
	bool has;

	ck_assert_int_eq(gdbelf_memory((unsigned char *)b.p, b.n, &e), 0);
	has = vmlinux_has_pvh(&e);
	gdbelf_close(&e);
	buf_free(&b);
	return has;
}

START_TEST(entry)
{
	struct pvh w = PVH_GOOD;

	ck_assert(has_pvh(&w));
	w.entry = 0x1000000;
	ck_assert(has_pvh(&w));
	/* Outside of what is loaded, or above 4 GiB. */
	w.entry = 0xffffff;
	ck_assert(!has_pvh(&w));
	w.entry = 0x1001000;
	ck_assert(!has_pvh(&w));
	w = PVH_GOOD;
	w.entry_high = 1;
	ck_assert(!has_pvh(&w));
	/* Another note; another owner; no kernel for a PC. */
	w = PVH_GOOD;
	w.note = 17;
	ck_assert(!has_pvh(&w));
	w = PVH_GOOD;
	w.owner = "GNU";
	ck_assert(!has_pvh(&w));
	w = PVH_GOOD;
	w.machine = EM_AARCH64;
	ck_assert(!has_pvh(&w));
	w = PVH_GOOD;
	w.type = ET_REL;
	ck_assert(!has_pvh(&w));
}
END_TEST

/* Each byte wrong in turn, and each length: no crash. */
START_TEST(damaged_elf)
{
	struct buf b = pvh_make(&PVH_GOOD, "");
	size_t still = 0;

	for (size_t i = 0; i < b.n; i++) {
		char *copy = xrealloc(NULL, b.n);
		struct gdbelf e;

		memcpy(copy, b.p, b.n);
		copy[i] = (char)0xff;
		if (!gdbelf_memory((unsigned char *)copy, b.n, &e))
			still += vmlinux_has_pvh(&e);
		gdbelf_close(&e);
		free(copy);
	}
	/* Some bytes do not matter; those of the note all do. */
	ck_assert_uint_gt(still, 64);
	ck_assert_uint_lt(still, b.n - 20);
	buf_free(&b);
}
END_TEST

static const enum codec_type codecs[] = { CODEC_NONE, CODEC_GZIP, CODEC_ZSTD,
					  CODEC_LZ4, CODEC_XZ };

START_TEST(payload)
{
	struct buf elf = pvh_make(&PVH_GOOD, "kernel");
	struct buf image = bz_make(elf.p, elf.n, codecs[_i]);
	size_t len = 0;
	char *out;

	ck_assert_int_eq(vmlinux_unpack((unsigned char *)image.p, image.n, &out,
					&len),
			 0);
	/* What is not compressed keeps the four bytes behind it. */
	ck_assert_uint_eq(len, elf.n + (codecs[_i] == CODEC_NONE ? 4 : 0));
	ck_assert_mem_eq(out, elf.p, elf.n);
	free(out);
	buf_free(&elf);
	buf_free(&image);
}
END_TEST

/* Cut off anywhere, or with a byte changed: an error or other bytes, never a
 * read outside (which the sanitizer would tell). */
START_TEST(damaged_image)
{
	struct buf elf = pvh_make(&PVH_GOOD, "kernel");
	struct buf image = bz_make(elf.p, elf.n, codecs[_i]);
	size_t len, n = image.n;
	char *out;

	for (size_t i = 0; i < n; i++) {
		unsigned char *copy = xrealloc(NULL, i + 1);

		memcpy(copy, image.p, i);
		ck_assert_int_lt(vmlinux_unpack(copy, i, &out, &len), 0);
		free(copy);
	}
	for (size_t i = 0x1f0; i < n; i++) {
		unsigned char *copy = xrealloc(NULL, n);

		memcpy(copy, image.p, n);
		copy[i] ^= 0xff;
		if (!vmlinux_unpack(copy, n, &out, &len))
			free(out);
		free(copy);
	}
	buf_free(&elf);
	buf_free(&image);
}
END_TEST

START_TEST(no_image)
{
	unsigned char head[1024] = { 0 };
	size_t len;
	char *out;

	ck_assert_int_eq(vmlinux_unpack(head, 1024, &out, &len), -ENOENT);
	memcpy(head + 0x202, "HdrS\x07\x02", 6);
	ck_assert_int_eq(vmlinux_unpack(head, 1024, &out, &len), -ENOENT);
	/* A payload of no known format; one that lies outside. */
	memcpy(head + 0x202, "HdrS\x0c\x02", 6);
	head[0x1f1] = 1;
	ck_assert_int_eq(vmlinux_unpack(head, 1024, &out, &len), -ENOENT);
	memset(head + 0x248, 0xff, 8);
	ck_assert_int_eq(vmlinux_unpack(head, 1024, &out, &len), -ENOEXEC);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("vmlinux");
	TCase *t = tcase_create("vmlinux");
	int n = sizeof(codecs) / sizeof(codecs[0]);

	tcase_set_timeout(t, 60);
	tcase_add_test(t, entry);
	tcase_add_test(t, damaged_elf);
	tcase_add_loop_test(t, payload, 0, n);
	tcase_add_loop_test(t, damaged_image, 0, n);
	tcase_add_test(t, no_image);
	suite_add_tcase(s, t);
	return s;
}
