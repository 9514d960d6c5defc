// SPDX-License-Identifier: MIT
#include "host/codec.h"

#include "host/str.h"
#include "host/unpack.h"
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name, *magic;
	size_t magic_len;
} outputs[CODEC_TYPES] = {
	[CODEC_NONE] = { "none", "", 0 },
	/* Method 8, no flags, no time stamp. */
	[CODEC_GZIP] = { "gzip", "\x1f\x8b\x08\0\0\0\0\0", 8 },
	[CODEC_ZSTD] = { "zstd", "\x28\xb5\x2f\xfd", 4 },
	[CODEC_LZ4] = { "lz4", "\x02\x21\x4c\x18", 4 },
	/* Stream flags 0 and 1: CRC32. */
	[CODEC_XZ] = { "xz",
		       "\xfd"
		       "7zXZ\0\0\x01",
		       8 },
};

static int to_buf(void *ctx, const void *p, size_t n)
{
	buf_add(ctx, p, n);
	return 0;
}

/* Fails once it has taken *ctx bytes. */
static int to_full(void *ctx, const void *p, size_t n)
{
	size_t *room = ctx;

	(void)p;
	if (n > *room)
		return -ENOSPC;
	*room -= n;
	return 0;
}

/* Somewhat compressible bytes, always the same. */
static char *text(size_t n)
{
	char *p = xrealloc(NULL, n + 1);
	unsigned int x = 1;

	for (size_t i = 0; i < n; i++) {
		x = x * 1103515245 + 12345;
		p[i] = (char)(x >> 16 & 15);
	}
	return p;
}

static void pack(const struct codec_choice *choice, const char *p, size_t n,
		 size_t step, struct buf *out)
{
	struct codec_sink sink = { .write = to_buf, .ctx = out };
	struct codec c;

	ck_assert_int_eq(codec_open(&c, choice, sink), 0);
	for (size_t i = 0; i < n; i += step)
		ck_assert_int_eq(
			codec_write(&c, p + i, n - i < step ? n - i : step), 0);
	ck_assert_int_eq(codec_close(&c), 0);
}

START_TEST(test_parse)
{
	static const struct {
		const char *text;
		enum codec_type type;
		int level;
	} good[] = {
		{ "none", CODEC_NONE, 0 },   { "gzip", CODEC_GZIP, 0 },
		{ "gzip:9", CODEC_GZIP, 9 }, { "zstd:19", CODEC_ZSTD, 19 },
		{ "lz4:1", CODEC_LZ4, 1 },   { "xz:6", CODEC_XZ, 6 },
	};
	struct codec_choice c;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert_ptr_null(parse_codec(good[i].text, &c));
		ck_assert_int_eq(c.type, good[i].type);
		ck_assert_int_eq(c.level, good[i].level);
	}
}
END_TEST

START_TEST(test_parse_wrong)
{
	static const struct {
		const char *text, *what;
	} wrong[] = {
		{ "", "no such" },	 { "gz", "no such" },
		{ "gzipp", "no such" },	 { "GZIP", "no such" },
		{ ":", "no such" },	 { "none:1", "no level" },
		{ "gzip:", "1 to 9" },	 { "gzip:0", "1 to 9" },
		{ "gzip:10", "1 to 9" }, { "zstd:20", "1 to 19" },
		{ "xz:6e", "1 to 9" },	 { "lz4:-1", "1 to 12" },
	};
	struct codec_choice c;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const char *what = parse_codec(wrong[i].text, &c);

		ck_assert_msg(what && strstr(what, wrong[i].what), "%s: %s",
			      wrong[i].text, what);
	}
}
END_TEST

/* What comes out is the format that the kernel takes, and all that went in. */
START_TEST(test_round)
{
	static const size_t sizes[] = { 0, 1, 65536, (8 << 20) + 1 };
	struct codec_choice choice = { .type = (enum codec_type)_i };

	ck_assert_str_eq(codec_name(choice.type), outputs[_i].name);
	for (size_t i = 0; i < 4; i++) {
		struct buf out = { 0 };
		char *in = text(sizes[i]), *back = NULL;
		size_t n = 0;

		pack(&choice, in, sizes[i], 50000, &out);
		ck_assert_uint_ge(out.n, outputs[_i].magic_len);
		if (_i == CODEC_NONE) {
			ck_assert_uint_eq(out.n, sizes[i]);
		} else {
			ck_assert_mem_eq(out.p, outputs[_i].magic,
					 outputs[_i].magic_len);
			ck_assert_int_eq(unpack_all((unsigned char *)out.p,
						    out.n, &back, &n, sizes[i]),
					 0);
			ck_assert_uint_eq(n, sizes[i]);
			ck_assert_int_eq(memcmp(back, in, n), 0);
		}
		free(back);
		free(in);
		buf_free(&out);
	}
}
END_TEST

/* The pieces that it comes in make no difference. */
START_TEST(test_same)
{
	struct codec_choice choice = { .type = (enum codec_type)_i };
	struct buf a = { 0 }, b = { 0 };
	char *in = text(300000);

	pack(&choice, in, 300000, 300000, &a);
	pack(&choice, in, 300000, 1000, &b);
	ck_assert_uint_eq(a.n, b.n);
	ck_assert_int_eq(memcmp(a.p, b.p, a.n), 0);
	free(in);
	buf_free(&a);
	buf_free(&b);
}
END_TEST

START_TEST(test_level)
{
	static const int best[CODEC_TYPES] = { 0, 9, 19, 12, 9 };
	struct codec_choice low = { (enum codec_type)_i, 1 };
	struct codec_choice high = { (enum codec_type)_i, best[_i] };
	struct buf a = { 0 }, b = { 0 };
	char *in = text(300000);

	/* Twice the same, far apart: a level shows in the bytes. */
	memcpy(in + 150000, in, 150000);
	pack(&low, in, 300000, 300000, &a);
	pack(&high, in, 300000, 300000, &b);
	ck_assert_uint_ne(a.n, b.n);
	free(in);
	buf_free(&a);
	buf_free(&b);
}
END_TEST

/* Wherever the disk is full: its error, and nothing leaks or crashes. */
START_TEST(test_full)
{
	static const size_t rooms[] = { 0, 10, 70000 };
	struct codec_choice choice = { .type = (enum codec_type)_i };
	char *in = text(1 << 20);

	for (size_t i = 0; i < 3; i++) {
		size_t room = rooms[i];
		struct codec_sink sink = { .write = to_full, .ctx = &room };
		struct codec c;
		int err = codec_open(&c, &choice, sink);

		if (!err) {
			err = codec_write(&c, in, 1 << 20);
			if (err)
				codec_abort(&c);
			else
				err = codec_close(&c);
		}
		ck_assert_int_eq(err, -ENOSPC);
	}
	free(in);
}
END_TEST

START_TEST(test_abort)
{
	struct codec_choice choice = { .type = (enum codec_type)_i };
	struct buf out = { 0 };
	struct codec_sink sink = { .write = to_buf, .ctx = &out };
	struct codec c;
	size_t n;

	ck_assert_int_eq(codec_open(&c, &choice, sink), 0);
	ck_assert_int_eq(codec_write(&c, "abc", 3), 0);
	n = out.n;
	codec_abort(&c);
	ck_assert_uint_eq(out.n, n);
	buf_free(&out);
}
END_TEST

/* Behind a stream there may be another: each is shown its own bytes alone. */
START_TEST(test_end)
{
	struct codec_choice choice = { .type = (enum codec_type)_i };
	const struct unpack_format *format;
	const unsigned char *part;
	struct buf out = { 0 };
	struct unpack u;
	size_t end, n = 0;
	ssize_t got;

	pack(&choice, "hello", 5, 5, &out);
	end = out.n;
	buf_add(&out,
		"\0\0\0\0"
		"070701",
		10);
	format = unpack_find((unsigned char *)out.p, out.n);
	ck_assert_ptr_nonnull(format);
	ck_assert_str_eq(format->name, outputs[_i].name);
	ck_assert_int_eq(unpack_open(&u, format, (unsigned char *)out.p, out.n),
			 0);
	while ((got = unpack_next(&u, &part)) > 0)
		n += (size_t)got;
	ck_assert_int_eq(got, 0);
	ck_assert_uint_eq(n, 5);
	ck_assert_uint_eq(u.used, end);
	unpack_close(&u);
	buf_free(&out);
}
END_TEST

START_TEST(test_damaged)
{
	struct codec_choice choice = { .type = (enum codec_type)_i };
	struct buf out = { 0 };
	char *in = text(5000), *back = NULL;
	size_t n;

	pack(&choice, in, 5000, 5000, &out);
	ck_assert_int_eq(unpack_all((unsigned char *)out.p, out.n, &back, &n,
				    4999),
			 -EFBIG);
	ck_assert_int_eq(unpack_all((unsigned char *)out.p, out.n - 30, &back,
				    &n, 5000),
			 -EBADMSG);
	/* zstd and lz4 are written without checksums, as the kernel's are. */
	if (_i == CODEC_ZSTD || _i == CODEC_LZ4)
		memset(out.p + 4, 0xff, out.n - 4);
	else
		memset(out.p + 40, 0xff, 200);
	ck_assert_int_eq(unpack_all((unsigned char *)out.p, out.n, &back, &n,
				    5000),
			 -EBADMSG);
	ck_assert_ptr_null(back);
	free(in);
	buf_free(&out);
}
END_TEST

/* Headers that libarchive passes over without a word: no stream of no bytes,
 * which a reader of what follows would meet again and again. */
START_TEST(test_bad_header)
{
	static const struct {
		const char *p;
		size_t n;
	} bad[] = {
		{ "\x1f\x8b\xff\0\0\0\0\0\0\0\0\0\0\0\0\0", 16 },
		{ "\x1f\x8b", 2 },
		{ "BZhx1AY&SY123456", 16 },
		{ "BZh", 3 },
		{ "\x5d\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 13 },
		{ "\x5d\0\0", 3 },
		{ "\x28\xb5\x2f\xfd", 4 },
		{ "\xfd"
		  "7zXZ\0",
		  6 },
	};
	char *back = NULL;
	size_t n;

	ck_assert_int_eq(unpack_all((const unsigned char *)bad[_i].p, bad[_i].n,
				    &back, &n, 100),
			 -EBADMSG);
	ck_assert_ptr_null(back);
}
END_TEST

START_TEST(test_unknown)
{
	char *back = NULL;
	size_t n;

	ck_assert_ptr_null(unpack_find((const unsigned char *)"\x1f", 1));
	ck_assert_ptr_null(unpack_find((const unsigned char *)"07070", 5));
	ck_assert_int_eq(unpack_all((const unsigned char *)"x", 1, &back, &n,
				    9),
			 -EINVAL);
	ck_assert_int_eq(unpack_all((const unsigned char *)"\x04\x22\x4d\x18",
				    4, &back, &n, 9),
			 -EBADMSG);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("codec");
	TCase *t = tcase_create("codec");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_parse);
	tcase_add_test(t, test_parse_wrong);
	tcase_add_loop_test(t, test_round, 0, CODEC_TYPES);
	tcase_add_loop_test(t, test_same, 0, CODEC_TYPES);
	tcase_add_loop_test(t, test_level, CODEC_GZIP, CODEC_TYPES);
	tcase_add_loop_test(t, test_full, 0, CODEC_TYPES);
	tcase_add_loop_test(t, test_abort, 0, CODEC_TYPES);
	tcase_add_loop_test(t, test_end, CODEC_GZIP, CODEC_TYPES);
	tcase_add_loop_test(t, test_damaged, CODEC_GZIP, CODEC_TYPES);
	tcase_add_loop_test(t, test_bad_header, 0, 8);
	tcase_add_test(t, test_unknown);
	suite_add_tcase(s, t);
	return s;
}
