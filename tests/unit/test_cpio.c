// SPDX-License-Identifier: MIT
#include "host/cpio.h"

#include "host/str.h"
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int to_buf(void *ctx, const void *p, size_t n)
{
	buf_add(ctx, p, n);
	return 0;
}

static int to_nowhere(void *ctx, const void *p, size_t n)
{
	(void)p, (void)n;
	return *(int *)ctx;
}

/* A source that gives @step bytes at a time, then fails with @err. */
struct feed {
	const unsigned char *p;
	size_t n, step;
	int err;
};

static ssize_t feed_next(void *ctx, const unsigned char **p)
{
	struct feed *f = ctx;
	size_t n = f->n < f->step ? f->n : f->step;

	if (!n)
		return f->err;
	*p = f->p;
	f->p += n;
	f->n -= n;
	return (ssize_t)n;
}

/* Entries as text: "mode:size:name[->target]@offset ". */
static int to_text(void *ctx, const struct cpio_item *item)
{
	buf_addf(ctx, "%o:%u:%s%s%s@%llu ", item->head.mode, item->head.size,
		 item->name, item->target ? "->" : "",
		 item->target ? item->target : "",
		 (unsigned long long)item->offset);
	return 0;
}

static int stop(void *ctx, const struct cpio_item *item)
{
	(void)ctx, (void)item;
	return -ECANCELED;
}

static void put(struct cpio_writer *w, uint32_t mode, const char *name,
		const char *data)
{
	struct cpio_head h = { .ino = 1,
			       .nlink = 1,
			       .mode = mode,
			       .size = (uint32_t)strlen(data) };

	ck_assert_int_eq(cpio_put_head(w, &h, name), 0);
	ck_assert_int_eq(cpio_put_data(w, data, strlen(data)), 0);
	ck_assert_int_eq(cpio_put_pad(w), 0);
}

static void sample(struct buf *b)
{
	struct cpio_writer w = { .write = to_buf, .ctx = b };
	size_t begin = b->n;

	put(&w, S_IFREG | 0644, "file", "hello");
	put(&w, S_IFLNK | 0777, "link", "file");
	put(&w, S_IFDIR | 0755, "dir", "");
	ck_assert_int_eq(cpio_put_trailer(&w), 0);
	ck_assert_uint_eq(w.pos, b->n - begin);
}

#define SAMPLE "100644:5:file@0 120777:4:link->file@124 40755:0:dir@244 "

static int read_text(const void *p, size_t n, size_t step, struct buf *out,
		     struct cpio_source *s)
{
	struct feed f = { .p = p, .n = n, .step = step };

	*s = (struct cpio_source){ .next = feed_next, .ctx = &f };
	buf_add(out, "", 0);
	return cpio_read(s, to_text, out);
}

START_TEST(test_head)
{
	struct cpio_head h = { .ino = 0x01234567,
			       .mode = 0x89abcdef,
			       .namesize = 11,
			       .check = 0xffffffff },
			 g;
	char raw[CPIO_HEAD];
	bool crc = true;

	cpio_head_format(raw, &h);
	ck_assert_mem_eq(raw, "0707010123456789ABCDEF00000000", 30);
	ck_assert_mem_eq(raw + 94, "0000000BFFFFFFFF", 16);
	ck_assert_int_eq(parse_cpio_head((unsigned char *)raw, &g, &crc), 0);
	ck_assert(!crc);
	ck_assert_mem_eq(&g, &h, sizeof(g));
	raw[5] = '2';
	raw[14] = 'f';
	ck_assert_int_eq(parse_cpio_head((unsigned char *)raw, &g, &crc), 0);
	ck_assert(crc);
}
END_TEST

START_TEST(test_head_wrong)
{
	static const struct {
		size_t at;
		char c;
	} wrong[] = { { 0, '1' }, { 5, '0' }, { 5, '7' }, { 6, 'g' },
		      { 6, ' ' }, { 6, '-' }, { 109, 0 }, { 50, '@' } };
	struct cpio_head h = { 0 };
	char raw[CPIO_HEAD];
	bool crc;

	cpio_head_format(raw, &h);
	raw[wrong[_i].at] = wrong[_i].c;
	ck_assert_int_eq(parse_cpio_head((unsigned char *)raw, &h, &crc),
			 -EINVAL);
}
END_TEST

START_TEST(test_write)
{
	struct buf b = { 0 };

	sample(&b);
	/* Name and data begin and end at multiples of 4. */
	ck_assert_mem_eq(b.p + 110, "file\0\0hello\0\0\0", 14);
	ck_assert_uint_eq(b.n % 4, 0);
	ck_assert_mem_eq(b.p + b.n - 14, "TRAILER!!!\0\0\0\0", 14);
	buf_free(&b);
}
END_TEST

START_TEST(test_write_fails)
{
	int err = -ENOSPC;
	struct cpio_writer w = { .write = to_nowhere, .ctx = &err };
	struct cpio_head h = { .mode = S_IFREG };
	char name[CPIO_PATH_MAX + 1];

	ck_assert_int_eq(cpio_put_head(&w, &h, "a"), -ENOSPC);
	ck_assert_int_eq(cpio_put_data(&w, "a", 1), -ENOSPC);
	ck_assert_int_eq(cpio_put_trailer(&w), -ENOSPC);
	err = 0;
	memset(name, 'a', sizeof(name));
	name[CPIO_PATH_MAX] = '\0';
	ck_assert_int_eq(cpio_put_head(&w, &h, name), -ENAMETOOLONG);
	name[CPIO_PATH_MAX - 1] = '\0';
	ck_assert_int_eq(cpio_put_head(&w, &h, name), 0);
}
END_TEST

/* The same whatever the pieces are that it comes in. */
START_TEST(test_read)
{
	static const size_t steps[] = { 1, 3, 7, 110, 4096 };
	struct buf b = { 0 }, text = { 0 };
	struct cpio_source s;

	sample(&b);
	ck_assert_int_eq(read_text(b.p, b.n, steps[_i], &text, &s), 0);
	ck_assert_str_eq(text.p, SAMPLE);
	ck_assert_uint_eq(s.archives, 1);
	ck_assert_uint_eq(s.pos, b.n);
	buf_free(&b);
	buf_free(&text);
}
END_TEST

START_TEST(test_read_several)
{
	struct buf b = { 0 }, text = { 0 };
	struct cpio_source s;

	sample(&b);
	buf_add(&b, (char[512]){ 0 }, 512);
	sample(&b);
	buf_add(&b, (char[5]){ 0 }, 5);
	buf_addc(&b, 'x');
	ck_assert_int_eq(read_text(b.p, b.n, 64, &text, &s), 0);
	ck_assert_uint_eq(s.archives, 2);
	/* What is none of it is left to the caller. */
	ck_assert_uint_eq(s.pos, b.n - 1);
	ck_assert_uint_ge(s.n, 1);
	ck_assert_ptr_nonnull(strstr(text.p, SAMPLE "100644:5:file@996 "));
	buf_free(&b);
	buf_free(&text);
}
END_TEST

START_TEST(test_read_unaligned)
{
	struct buf b = { 0 }, text = { 0 };
	struct cpio_source s;

	buf_add(&b, "\0\0", 2);
	sample(&b);
	ck_assert_int_eq(read_text(b.p, b.n, 64, &text, &s), -EBADMSG);
	ck_assert_uint_eq(s.pos, 2);
	ck_assert_ptr_nonnull(strstr(s.what, "multiple of 4"));
	buf_free(&b);
	buf_free(&text);
}
END_TEST

/* Wherever it is cut off: no crash, and an error but at the borders. */
START_TEST(test_read_cut)
{
	struct buf b = { 0 };

	sample(&b);
	for (size_t n = 0; n < b.n; n++) {
		char *exact = xrealloc(NULL, n + 1);
		struct buf text = { 0 };
		struct cpio_source s;
		int err;

		memcpy(exact, b.p, n);
		err = read_text(exact, n, 16, &text, &s);
		if (err) {
			ck_assert_int_eq(err, -EBADMSG);
			ck_assert_ptr_nonnull(s.what);
		} else {
			ck_assert(n == 0 || (n >= 121 && n <= 124) ||
				  (n >= 244 && n < 248) || n == 360);
		}
		free(exact);
		buf_free(&text);
	}
	buf_free(&b);
}
END_TEST

START_TEST(test_read_wrong)
{
	static const struct {
		size_t at;
		const char *bytes, *what;
	} wrong[] = {
		{ 124, "x", "no header" },
		{ 124 + 94, "00000000", "no header" },
		{ 124 + 94, "00001001", "no header" },
		{ 124 + 94, "00000004", "no header" },
		{ 124 + 54, "00001000", "target too long" },
		{ 54, "F0000000", "ends here" },
		{ 5, "2", "wrong checksum" },
	};
	struct buf b = { 0 }, text = { 0 };
	struct cpio_source s;

	sample(&b);
	memcpy(b.p + wrong[_i].at, wrong[_i].bytes, strlen(wrong[_i].bytes));
	ck_assert_int_eq(read_text(b.p, b.n, 64, &text, &s), -EBADMSG);
	ck_assert_msg(strstr(s.what, wrong[_i].what) != NULL, "%s", s.what);
	buf_free(&b);
	buf_free(&text);
}
END_TEST

START_TEST(test_read_checksum)
{
	struct cpio_head h = { .mode = S_IFREG,
			       .size = 3,
			       .check = 'a' + 'b' + 0xff };
	struct buf b = { 0 }, text = { 0 };
	struct cpio_writer w = { .write = to_buf, .ctx = &b };
	struct cpio_source s;

	cpio_put_head(&w, &h, "f");
	cpio_put_data(&w, "ab\xff", 3);
	cpio_put_pad(&w);
	b.p[5] = '2';
	ck_assert_int_eq(read_text(b.p, b.n, 64, &text, &s), 0);
	ck_assert_str_eq(text.p, "100000:3:f@0 ");
	buf_free(&b);
	buf_free(&text);
}
END_TEST

START_TEST(test_read_stops)
{
	struct buf b = { 0 };
	struct feed f = { .step = 10, .err = -EIO };
	struct cpio_source s = { .next = feed_next, .ctx = &f };

	ck_assert_int_eq(cpio_read(&s, stop, NULL), -EIO);
	sample(&b);
	f.p = (unsigned char *)b.p;
	f.n = b.n;
	ck_assert_int_eq(cpio_read(&s, stop, NULL), -ECANCELED);
	f.p = (unsigned char *)b.p;
	f.n = 50;
	s = (struct cpio_source){ .next = feed_next, .ctx = &f };
	ck_assert_int_eq(cpio_read(&s, stop, NULL), -EIO);
	buf_free(&b);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("cpio");
	TCase *t = tcase_create("cpio");

	tcase_add_test(t, test_head);
	tcase_add_loop_test(t, test_head_wrong, 0, 8);
	tcase_add_test(t, test_write);
	tcase_add_test(t, test_write_fails);
	tcase_add_loop_test(t, test_read, 0, 5);
	tcase_add_test(t, test_read_several);
	tcase_add_test(t, test_read_unaligned);
	tcase_add_test(t, test_read_cut);
	tcase_add_loop_test(t, test_read_wrong, 0, 7);
	tcase_add_test(t, test_read_checksum);
	tcase_add_test(t, test_read_stops);
	suite_add_tcase(s, t);
	return s;
}
