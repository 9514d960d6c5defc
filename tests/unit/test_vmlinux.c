// SPDX-License-Identifier: MIT
#include "bzutil.h"
#include "host/gdbelf.h"
#include "host/spawn.h"
#include "host/vmlinux.h"
#include "scratch.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
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

/* --- as the kernel's build compresses it ---------------------------------- */

/* cmd_gzip and its like of scripts/Makefile.lib; xz as scripts/xz_wrap.sh. All
 * but gzip get the size appended. */
static const struct {
	const char *tool, *command;
	bool size;
} builds[] = {
	{ "gzip", "gzip -n -f -9", false },
	{ "bzip2", "bzip2 -9", true },
	{ "lzma", "lzma -9", true },
	{ "xz", "xz --check=crc32 --x86 --lzma2=,dict=128MiB", true },
	{ "lzop", "lzop -9", true },
	{ "lz4", "lz4 -l -9 - -", true },
	{ "zstd", "zstd -q -19", true },
	{ "zstd", "zstd -q -22 --ultra", true },
};

/* Compressible, and not all of it; longer than a block of most. */
static struct buf big_kernel(void)
{
	struct buf b = pvh_make(&PVH_GOOD, "kernel");
	unsigned int x = 1;

	for (int i = 0; i < 400000; i++) {
		x = x * 1103515245 + 12345;
		buf_addc(&b, (char)(i % 3 ? x >> 24 : 0));
		if (i % 4096 > 3000)
			buf_adds(&b, "the same again ");
	}
	return b;
}

static const char *run_on(const char *command, const char *file)
{
	static char line[512];

	snprintf(line, sizeof(line), "%s <%s", command, file);
	return line;
}

static struct buf bz_build(const struct buf *elf, const char *command,
			   bool size)
{
	static unsigned char bytes[8 << 20];
	unsigned char head[1024] = { 0 };
	struct buf b = { 0 };
	size_t n;
	FILE *f;

	scratch_make();
	put("vmlinux", elf->p, elf->n, 0644);
	f = popen(run_on(command, at("vmlinux")), "r");
	ck_assert_ptr_nonnull(f);
	n = fread(bytes, 1, sizeof(bytes) - 4, f);
	ck_assert_int_eq(pclose(f), 0);
	scratch_remove();
	for (int i = 0; size && i < 4; i++)
		bytes[n++] = (unsigned char)(elf->n >> 8 * i);
	head[0x1f1] = 1;
	memcpy(head + 0x202, "HdrS\x0c\x02", 6);
	for (int i = 0; i < 4; i++)
		head[0x24c + i] = (unsigned char)(n >> 8 * i);
	buf_add(&b, head, sizeof(head));
	buf_add(&b, bytes, n);
	return b;
}

START_TEST(kernel_build)
{
	struct buf elf, image;
	char *tool = spawn_which(builds[_i].tool), *out;
	size_t len = 0;

	/* Which of them there are is the machine's to say. */
	if (!tool) {
		ck_assert_str_ne(builds[_i].tool, "gzip");
		return;
	}
	free(tool);
	elf = big_kernel();
	image = bz_build(&elf, builds[_i].command, builds[_i].size);
	ck_assert_int_eq(vmlinux_unpack((unsigned char *)image.p, image.n, &out,
					&len),
			 0);
	ck_assert_uint_eq(len, elf.n);
	ck_assert_mem_eq(out, elf.p, elf.n);
	free(out);
	/* Cut off in its middle: the setup code says otherwise. */
	image.n -= image.n / 3;
	ck_assert_int_eq(vmlinux_unpack((unsigned char *)image.p, image.n, &out,
					&len),
			 -ENOEXEC);
	buf_free(&elf);
	buf_free(&image);
}
END_TEST

/* Who has neither liblzo2 in libarchive nor lzop is told of lzop. */
START_TEST(no_lzop)
{
	unsigned char image[2048] = { 0 };
	size_t len;
	char *out;
	int err;

	image[0x1f1] = 1;
	memcpy(image + 0x202, "HdrS\x0c\x02", 6);
	image[0x24d] = 4;
	memcpy(image + 1024, "\x89LZO\0\r\n\x1a\n", 9);
	setenv("PATH", "/nonexistent", 1);
	err = vmlinux_unpack(image, sizeof(image), &out, &len);
	ck_assert_msg(err == -ENOPKG, "%d", err);
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
	tcase_add_loop_test(t, kernel_build, 0,
			    sizeof(builds) / sizeof(builds[0]));
	tcase_add_test(t, no_lzop);
	tcase_add_test(t, no_image);
	suite_add_tcase(s, t);
	return s;
}
