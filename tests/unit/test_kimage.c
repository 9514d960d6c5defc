// SPDX-License-Identifier: MIT
#include "unit.h"

#include "host/kimage.h"
#include "scratch.h"

#include <elf.h>
#include <errno.h>

enum { SIZE = 8192 };

static unsigned char img[SIZE];

/* A bzImage of 1 + 4 sectors and 0x100 paragraphs, which is 6656 bytes. */
static void bzimage(void)
{
	memset(img, 0, sizeof(img));
	img[0x1f1] = 4;
	img[0x1f5] = 1;
	img[0x1fe] = 0x55;
	img[0x1ff] = 0xaa;
	memcpy(img + 0x202, "HdrS", 4);
	img[0x206] = 0x0f;
	img[0x207] = 0x02;
	img[0x20e] = 0x00;
	img[0x20f] = 0x02;
	img[0x236] = 1;
	strcpy((char *)img + 0x400, "6.1.0-7-test (me) #1 SMP");
}

static void vmlinux(unsigned int machine, unsigned long long vaddr)
{
	Elf64_Ehdr e = { .e_type = ET_EXEC,
			 .e_machine = machine,
			 .e_phoff = sizeof(e),
			 .e_phnum = 1,
			 .e_phentsize = sizeof(Elf64_Phdr) };
	Elf64_Phdr h = { .p_type = PT_LOAD,
			 .p_vaddr = vaddr,
			 .p_offset = 4096,
			 .p_filesz = 4096 };

	memset(img, 0, sizeof(img));
	memcpy(e.e_ident, ELFMAG, SELFMAG);
	e.e_ident[EI_CLASS] = ELFCLASS64;
	e.e_ident[EI_DATA] = ELFDATA2LSB;
	memcpy(img, &e, sizeof(e));
	memcpy(img + sizeof(e), &h, sizeof(h));
	strcpy((char *)img + 5000, "Linux version %s");
	strcpy((char *)img + 5100, "Linux version 6.2.0-test (x) #2");
}

START_TEST(bz_good)
{
	struct kimage k;

	bzimage();
	ck_assert_ptr_null(kimage_parse(img, SIZE, SIZE, &k));
	ck_assert_int_eq(k.type, KIMAGE_BZIMAGE);
	ck_assert_str_eq(k.release, "6.1.0-7-test");
}
END_TEST

static const struct {
	size_t at;
	unsigned char to;
	const char *why;
} breaks[] = {
	{ 0x1fe, 0, "not a kernel image" },
	{ 0x202, 0, "not a kernel image" },
	{ 0x207, 1, "too old" },
	{ 0x236, 0, "32-bit" },
	{ 0x1f5, 2, "truncated" },
	{ 0x1f7, 255, "truncated" },
};

START_TEST(bz_broken)
{
	struct kimage k;
	const char *why;

	bzimage();
	img[breaks[_i].at] = breaks[_i].to;
	why = kimage_parse(img, SIZE, SIZE, &k);
	ck_assert_ptr_nonnull(why);
	ck_assert_ptr_nonnull(strstr(why, breaks[_i].why));
}
END_TEST

/* Whatever is cut off or pointed elsewhere: no read outside of the bytes. */
START_TEST(every_length)
{
	struct kimage k;

	for (size_t n = 0; n < SIZE; n += n < 1100 ? 1 : 97) {
		unsigned char *copy = malloc(n ? n : 1);

		bzimage();
		memcpy(copy, img, n);
		if (n < 0x400)
			kimage_parse(copy, n, SIZE, &k);
		ck_assert_ptr_nonnull(
			kimage_parse(copy, n, n < 6656 ? n : 0, &k));
		vmlinux(EM_X86_64, 1ULL << 63);
		memcpy(copy, img, n);
		ck_assert_ptr_nonnull(kimage_parse(copy, n, n, &k));
		free(copy);
	}
	bzimage();
	img[0x20e] = img[0x20f] = 0xff;
	ck_assert_ptr_null(kimage_parse(img, SIZE, SIZE, &k));
	ck_assert_str_eq(k.release, "");
}
END_TEST

START_TEST(elf)
{
	struct kimage k;

	vmlinux(EM_X86_64, 0xffffffff81000000);
	ck_assert_ptr_null(kimage_parse(img, SIZE, SIZE, &k));
	ck_assert_int_eq(k.type, KIMAGE_VMLINUX);
	vmlinux(EM_X86_64, 0x400000);
	ck_assert_str_eq(kimage_parse(img, SIZE, SIZE, &k),
			 "ELF file, but not a kernel");
	vmlinux(EM_AARCH64, 0xffffffff81000000);
	ck_assert_str_eq(kimage_parse(img, SIZE, SIZE, &k),
			 "ELF file for the wrong architecture");
}
END_TEST

START_TEST(arm64)
{
	struct kimage k;

	memset(img, 0, SIZE);
	memcpy(img + 0x38, "ARM\x64", 4);
	ck_assert_str_eq(kimage_parse(img, SIZE, SIZE, &k),
			 "kernel for arm64, wrong architecture");
}
END_TEST

START_TEST(files)
{
	const char *why;
	struct kimage k;

	scratch_make();
	bzimage();
	put("bz", img, SIZE, 0644);
	vmlinux(EM_X86_64, 0xffffffff81000000);
	put("elf", img, SIZE, 0644);
	put_text("empty", "");
	ck_assert_int_eq(mkfifo(at("fifo"), 0600), 0);
	ck_assert_int_eq(kimage_read(at("bz"), &k, &why), 0);
	ck_assert_str_eq(k.release, "6.1.0-7-test");
	ck_assert_int_eq(kimage_read(at("elf"), &k, &why), 0);
	ck_assert_str_eq(k.release, "6.2.0-test");
	ck_assert_int_eq(kimage_read(at("empty"), &k, &why), -ENOEXEC);
	ck_assert_str_eq(why, "empty file");
	ck_assert_int_eq(kimage_read(at("none"), &k, &why), -ENOENT);
	ck_assert_int_eq(kimage_read(scratch, &k, &why), -EISDIR);
	ck_assert_int_eq(kimage_read(at("fifo"), &k, &why), -EINVAL);
	ck_assert_str_eq(why, "not a regular file");
	scratch_remove();
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("kimage");
	TCase *t = tcase_create("all");

	tcase_add_test(t, bz_good);
	tcase_add_loop_test(t, bz_broken, 0, sizeof(breaks) / sizeof(*breaks));
	tcase_add_test(t, every_length);
	tcase_add_test(t, elf);
	tcase_add_test(t, arm64);
	tcase_add_test(t, files);
	suite_add_tcase(s, t);
	return s;
}
