// SPDX-License-Identifier: MIT
/*
 * Files that lie: each number in the head of a kernel, a module or an archive
 * set to what it must not be, one after the other. Nothing is read outside of
 * the file (the sanitizers see to that), and nothing takes long.
 */
#include "bzutil.h"
#include "host/buildid.h"
#include "host/gdbelf.h"
#include "host/imglist.h"
#include "host/imgread.h"
#include "host/interp.h"
#include "host/kentry.h"
#include "host/kimage.h"
#include "host/modinfo.h"
#include "host/vmlinux.h"
#include "modbuild.h"
#include "unit.h"

#include <errno.h>

/* What a number may be that is an offset, a size or a count. */
static const unsigned long long extremes[] = {
	0,
	1,
	7,
	0xff,
	0x7fff,
	0xffff,
	0x7fffffff,
	0x80000000,
	0xfffffff0,
	0xffffffff,
	1ULL << 32,
	1ULL << 40,
	~0ULL - 4095,
	1ULL << 63,
	(1ULL << 63) - 1,
	~0ULL - 7,
	~0ULL, /* and near the file's own size, see lie() */
};

#define N_EXTREMES (sizeof(extremes) / sizeof(extremes[0]))
#define N_LIES	   (N_EXTREMES + 3)

static unsigned long long lie(size_t i, size_t size)
{
	return i < N_EXTREMES ? extremes[i] : size - 1 + (i - N_EXTREMES);
}

/* Calls look() with each number of 2, 4 and 8 bytes in @n bytes from @from on
 * replaced. The copy is just as long as it may be read. */
static void each_lie(const struct buf *good, size_t from, size_t n,
		     void (*look)(const unsigned char *p, size_t n))
{
	unsigned char *p = xrealloc(NULL, good->n);

	for (size_t width = 2; width <= 8; width *= 2)
		for (size_t at = from;
		     at + width <= from + n && at + width <= good->n; at += 2)
			for (size_t i = 0; i < N_LIES; i++) {
				unsigned long long v = lie(i, good->n);

				memcpy(p, good->p, good->n);
				memcpy(p + at, &v, width);
				look(p, good->n);
			}
	free(p);
}

static void setup(void)
{
	scratch_make();
	said_begin();
}

/* --- a kernel image ------------------------------------------------------- */

static void look_at_elf(const unsigned char *p, size_t n)
{
	struct gdbelf e = { .fd = -1 };
	char *hex = NULL;

	if (!gdbelf_memory(p, n, &e)) {
		vmlinux_has_pvh(&e);
		gdbelf_has_debug(&e);
		gdbelf_section(&e, ".text");
		if (!gdbelf_build_id(&e, &hex))
			free(hex);
	}
	gdbelf_close(&e);
}

static void look_at_bzimage(const unsigned char *p, size_t n)
{
	struct kimage k;
	char *elf;
	size_t len;

	if (!kimage_parse(p, n, n, &k))
		ck_assert_uint_lt(strlen(k.release), sizeof(k.release));
	if (vmlinux_unpack(p, n, &elf, &len))
		return;
	look_at_elf((unsigned char *)elf, len);
	free(elf);
}

START_TEST(bzimage)
{
	struct buf elf = pvh_make(&PVH_GOOD, "kernel");
	struct buf image = bz_make(elf.p, elf.n, CODEC_GZIP);

	look_at_bzimage((unsigned char *)image.p, image.n);
	/* From setup_sects on, through the whole header and into the payload. */
	each_lie(&image, 0x1f0, 0x100, look_at_bzimage);
	each_lie(&image, image.n - 12, 12, look_at_bzimage);
	buf_free(&elf);
	buf_free(&image);
}
END_TEST

START_TEST(elf_kernel)
{
	struct buf elf = pvh_make(&PVH_GOOD, "kernel");

	each_lie(&elf, 0, elf.n, look_at_elf);
	buf_free(&elf);
}
END_TEST

/* The payload is all of a lie: small outside, large inside. */
START_TEST(a_payload_without_end)
{
	struct buf zeros = { 0 }, image;
	char *elf;
	size_t len;

	zeros.p = calloc(1, 64 << 20);
	zeros.n = 64 << 20;
	image = bz_make(zeros.p, zeros.n, CODEC_GZIP);
	ck_assert_uint_lt(image.n, 1 << 20);
	ck_assert_int_eq(vmlinux_unpack((unsigned char *)image.p, image.n, &elf,
					&len),
			 0);
	look_at_elf((unsigned char *)elf, len);
	free(elf);
	buf_free(&zeros);
	buf_free(&image);
}
END_TEST

/* --- by its name ---------------------------------------------------------- */

static const char *const words = "name=x|depends=y";
static unsigned int taken;

static void look_at_files(const unsigned char *p, size_t n)
{
	struct modinfo m = { 0 };
	const char *why;
	struct kimage k;
	struct buf head = { 0 };
	char *text = NULL;
	int err;

	put("x.ko", p, n, 0644);
	err = modinfo_read(at("x.ko"), &m);
	ck_assert(!err || err == -ENOEXEC);
	taken += !err;
	modinfo_free(&m);
	kentry_is_pvh(at("x.ko"));
	if (!kernel_build_id(at("x.ko"), &text))
		free(text);
	kimage_read(at("x.ko"), &k, &why);
	/* It is told to have a NUL behind it. */
	text = NULL;
	buf_add(&head, p, n);
	if (n && parse_interpreter(head.p, n, &text) > 0)
		free(text);
	buf_free(&head);
}

static struct buf good_module(const char *info)
{
	unsigned char obj[4096];
	struct buf b = { 0 };
	size_t n;

	n = module_build(obj, info, strlen(info) + 1);
	buf_add(&b, obj, n);
	return b;
}

START_TEST(module_that_lies)
{
	struct buf ko = good_module(words);
	size_t table = ko.n - 3 * sizeof(Elf64_Shdr);

	look_at_files((unsigned char *)ko.p, ko.n);
	ck_assert_uint_eq(taken, 1);
	each_lie(&ko, 0x10, sizeof(Elf64_Ehdr) - 0x10, look_at_files);
	each_lie(&ko, table, ko.n - table, look_at_files);
	for (size_t n = 0; n < ko.n; n++)
		look_at_files((unsigned char *)ko.p, n);
	buf_free(&ko);
}
END_TEST

/* Behind the last byte of .modinfo stands what is none of it. */
START_TEST(modinfo_without_a_nul)
{
	static const char *const infos[] = {
		"name=x", "name",	  "=",		"===", "depends=,,,a,",
		"alias=", "softdep=pre:", "\1\2\377=\3"
	};

	for (size_t i = 0; i < sizeof(infos) / sizeof(infos[0]); i++) {
		struct buf ko = good_module(infos[i]);
		Elf64_Shdr *s = (void *)(ko.p + ko.n - 3 * sizeof(*s));

		/* Its NUL is cut off; and the file ends there. */
		s[1].sh_size--;
		look_at_files((unsigned char *)ko.p, ko.n);
		for (size_t n = 0; n < strlen(infos[i]); n++) {
			s[1].sh_size = n;
			look_at_files((unsigned char *)ko.p, ko.n);
		}
		buf_free(&ko);
	}
}
END_TEST

/* --- an archive ----------------------------------------------------------- */

static int take(void *ctx, const struct cpio_item *item)
{
	struct buf out = { 0 };

	(void)ctx;
	imglist_format(item, &out);
	buf_free(&out);
	return 0;
}

static void read_archive(const void *p, size_t n)
{
	struct imgfile f;
	int err;

	put("x.cpio", p, n, 0644);
	ck_assert_int_eq(imgfile_open(at("x.cpio"), &f), 0);
	err = imgfile_read(&f, take, NULL);
	ck_assert_msg(!err || (err == -EBADMSG && f.what), "%d", err);
	imgfile_close(&f);
}

static struct buf good_archive(void)
{
	struct buf b = { 0 };
	FILE *f;
	char piece[4096];
	size_t n;

	f = popen("cd / && printf 'etc/hostname\\netc/passwd\\n' | "
		  "cpio -o -H newc 2>/dev/null",
		  "r");
	while (f && (n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(&b, piece, n);
	if (f)
		pclose(f);
	return b;
}

/* Each field is eight hex digits, of the first entry and of the others. */
START_TEST(archive_that_lies)
{
	static const char *const lies[] = {
		"FFFFFFFF", "80000000",
		"7FFFFFFF", "00000000",
		"00000001", "0000000G",
		"-0000001", "0x000010",
		"        ", "00001001",
		"0000A1FF", "00001000",
		"FFFFFFF0", "\377\377\377\377\377\377\377\377",
	};
	struct buf good = good_archive(), b = { 0 };

	ck_assert_uint_gt(good.n, 500);
	for (int field = 0; field < 13; field++) {
		for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
			b.n = 0;
			buf_add(&b, good.p, good.n);
			memcpy(b.p + 6 + field * 8, lies[i], 8);
			read_archive(b.p, b.n);
		}
	}
	for (size_t n = 0; n < 600; n++)
		read_archive(good.p, n);
	buf_free(&good);
	buf_free(&b);
}
END_TEST

/* A name, however it is compressed, that has no end, and one that climbs. */
START_TEST(archive_of_nothing_but_noise)
{
	unsigned int seed = 1;
	char noise[4096];

	for (int i = 0; i < 2000; i++) {
		static const char *const heads[] = {
			"070701",
			"070702",
			"\x1f\x8b\x08",
			"\xfd\x37zXZ",
			"\x28\xb5\x2f\xfd",
			"\x02\x21\x4c\x18",
			"BZh9",
			"\x5d",
		};
		const char *head = heads[i % 8];

		for (size_t k = 0; k < sizeof(noise); k++) {
			seed = seed * 1103515245 + 12345;
			noise[k] = i % 16 < 8 ?
					   "0123456789ABCDEF"[seed >> 16 & 15] :
					   (char)(seed >> 16);
		}
		memcpy(noise, head, strlen(head));
		read_archive(noise, sizeof(noise));
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("hostile");
	TCase *t = tcase_create("files that lie");

	tcase_add_checked_fixture(t, setup, scratch_remove);
	tcase_set_timeout(t, 300);
	tcase_add_test(t, bzimage);
	tcase_add_test(t, elf_kernel);
	tcase_add_test(t, a_payload_without_end);
	tcase_add_test(t, module_that_lies);
	tcase_add_test(t, modinfo_without_a_nul);
	tcase_add_test(t, archive_that_lies);
	tcase_add_test(t, archive_of_nothing_but_noise);
	suite_add_tcase(s, t);
	return s;
}
