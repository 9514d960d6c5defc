// SPDX-License-Identifier: MIT
#include "elfutil.h"
#include "host/buildid.h"
#include "host/codec.h"
#include "host/gdbelf.h"
#include "scratch.h"
#include "unit.h"

#include <errno.h>

#define NOTES_LEN (sizeof(ELF_NOTES) - 1)

static const struct elf_part parts[] = {
	{ ".text", "code", 4, 0, SHF_ALLOC | SHF_EXECINSTR },
	{ ".notes", ELF_NOTES, NOTES_LEN, SHT_NOTE, SHF_ALLOC },
	{ ".debug_info", "dwarf", 5, 0, 0 },
};

static void expect_id(const char *name)
{
	char *hex;

	ck_assert_int_eq(kernel_build_id(at(name), &hex), 0);
	ck_assert_str_eq(hex, "deadbeef");
	free(hex);
}

static void expect_error(const char *name, int err)
{
	char *hex = (char *)"";

	ck_assert_int_eq(kernel_build_id(at(name), &hex), err);
	ck_assert_ptr_null(hex);
}

START_TEST(of_a_segment_and_of_a_section)
{
	struct buf b = elf_make(parts, 3, 1);

	put("segment", b.p, b.n, 0644);
	buf_free(&b);
	b = elf_make(parts, 3, -1);
	put("section", b.p, b.n, 0644);
	buf_free(&b);
	expect_id("segment");
	expect_id("section");
}
END_TEST

START_TEST(segment_alone)
{
	struct elf_part plain[] = { parts[0], parts[1] };
	struct buf b;

	plain[1].type = SHT_PROGBITS;
	b = elf_make(plain, 2, 1);
	put("segment", b.p, b.n, 0644);
	buf_free(&b);
	b = elf_make(plain, 2, -1);
	put("none", b.p, b.n, 0644);
	buf_free(&b);
	expect_id("segment");
	expect_error("none", -ENOENT);
}
END_TEST

/* Each byte of the tables wrong in turn: no crash, no id from outside. */
START_TEST(damaged)
{
	struct buf b = elf_make(parts, 3, 1);

	for (size_t i = 0; i < b.n; i++) {
		struct gdbelf e;
		char *copy = xrealloc(NULL, b.n), *hex = NULL;

		memcpy(copy, b.p, b.n);
		copy[i] = (char)0xff;
		if (!gdbelf_memory((unsigned char *)copy, b.n, &e)) {
			if (!gdbelf_build_id(&e, &hex))
				ck_assert_uint_lt(strlen(hex), 2 * NOTES_LEN);
			gdbelf_section(&e, ".debug_info");
		}
		free(hex);
		gdbelf_close(&e);
		free(copy);
	}
	for (size_t n = 0; n < b.n; n++) {
		struct gdbelf e;
		char *copy = xrealloc(NULL, n + !n);

		memcpy(copy, b.p, n);
		ck_assert_int_eq(gdbelf_memory((unsigned char *)copy, n, &e),
				 -ENOEXEC);
		free(copy);
	}
	buf_free(&b);
}
END_TEST

START_TEST(damaged_notes)
{
	static const char *const notes[] = {
		/* Longer than there is: name, description. */
		"\xff\xff\xff\xff\x04\0\0\0\x03\0\0\0GNU\0aaaa",
		"\x04\0\0\0\xff\xff\xff\xff\x03\0\0\0GNU\0aaaa",
		/* Empty; of another name; of another type. */
		"\x04\0\0\0\0\0\0\0\x03\0\0\0GNU\0aaaa",
		"\x04\0\0\0\x04\0\0\0\x03\0\0\0XNU\0aaaa",
		"\x04\0\0\0\x04\0\0\0\x01\0\0\0GNU\0aaaa",
	};

	for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++) {
		struct elf_part part = { ".notes", notes[i], 20, SHT_NOTE, 0 };
		struct buf b = elf_make(&part, 1, 0);

		put("notes", b.p, b.n, 0644);
		buf_free(&b);
		expect_error("notes", -ENOENT);
	}
}
END_TEST

/* --- bzImage ---------------------------------------------------------------- */

static int append(void *ctx, const void *p, size_t n)
{
	buf_add(ctx, p, n);
	return 0;
}

/* One sector of set-up code; the size behind the payload is no part of it. */
static void put_bzimage(const char *name, const struct buf *payload)
{
	char head[1024] = { 0 };
	struct buf b = { 0 };

	head[0x1f1] = 1;
	memcpy(head + 0x202, "HdrS\x0c\x02", 6);
	head[0x248] = 16;
	for (int i = 0; i < 4; i++)
		head[0x24c + i] = (char)((payload->n + 4) >> 8 * i);
	buf_add(&b, head, sizeof(head));
	buf_add(&b, "0123456789abcdef", 16);
	buf_add(&b, payload->p, payload->n);
	buf_add(&b, "\x01\x02\0\0", 4);
	put(name, b.p, b.n, 0644);
	buf_free(&b);
}

START_TEST(of_a_bzimage)
{
	static const char *const codecs[] = { "none", "gzip", "zstd", "lz4",
					      "xz" };
	struct codec_choice choice;
	struct buf elf = elf_make(parts, 3, 1), payload = { 0 };
	struct codec c;

	ck_assert_ptr_null(parse_codec(codecs[_i], &choice));
	ck_assert_int_eq(codec_open(&c, &choice,
				    (struct codec_sink){ append, &payload }),
			 0);
	ck_assert_int_eq(codec_write(&c, elf.p, elf.n), 0);
	ck_assert_int_eq(codec_close(&c), 0);
	put_bzimage("bzImage", &payload);
	expect_id("bzImage");
	/* The stream ends in its middle: an error, never an id. */
	payload.n /= 2;
	put_bzimage("bzImage", &payload);
	if (choice.type != CODEC_NONE) {
		char *hex;

		ck_assert_int_lt(kernel_build_id(at("bzImage"), &hex), 0);
		ck_assert_ptr_null(hex);
	}
	buf_free(&payload);
	buf_free(&elf);
}
END_TEST

START_TEST(no_kernel)
{
	char head[1024] = { 0 };

	put_text("text", "no kernel");
	put_text("empty", "");
	memcpy(head + 0x202, "HdrS\x0c\x02", 6);
	memset(head + 0x248, 0xff, 8);
	put("outside", head, sizeof(head), 0644);
	memcpy(head + 0x202, "HdrS\x07\x02", 6);
	put("old", head, sizeof(head), 0644);
	expect_error("text", -ENOENT);
	expect_error("empty", -ENOENT);
	expect_error("outside", -ENOEXEC);
	expect_error("old", -ENOENT);
	expect_error("missing", -ENOENT);
	expect_error(".", -EISDIR);
}
END_TEST

START_TEST(debug_info)
{
	struct elf_part some[] = { parts[0], parts[1], parts[2] };
	static const struct {
		unsigned int type;
		size_t n;
		const char *name;
		bool has;
	} cases[] = {
		{ SHT_PROGBITS, 5, ".debug_info", true },
		{ SHT_PROGBITS, 5, ".zdebug_info", true },
		{ SHT_PROGBITS, 0, ".debug_info", false },
		{ SHT_NOBITS, 5, ".debug_info", false },
		{ SHT_PROGBITS, 5, ".debug_infox", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct gdbelf e;
		struct buf b;

		some[2].type = cases[i].type;
		some[2].n = cases[i].n;
		some[2].name = cases[i].name;
		b = elf_make(some, 3, -1);
		ck_assert_int_eq(gdbelf_memory((unsigned char *)b.p, b.n, &e),
				 0);
		ck_assert_int_eq(gdbelf_has_debug(&e), cases[i].has);
		gdbelf_close(&e);
		buf_free(&b);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("buildid");
	TCase *t = tcase_create("buildid");

	tcase_add_checked_fixture(t, scratch_make, scratch_remove);
	tcase_add_test(t, of_a_segment_and_of_a_section);
	tcase_add_test(t, segment_alone);
	tcase_add_test(t, damaged);
	tcase_add_test(t, damaged_notes);
	tcase_add_loop_test(t, of_a_bzimage, 0, 5);
	tcase_add_test(t, no_kernel);
	tcase_add_test(t, debug_info);
	suite_add_tcase(s, t);
	return s;
}
