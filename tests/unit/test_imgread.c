// SPDX-License-Identifier: MIT
#include "imgutil.h"
#include "unit.h"

#include <fcntl.h>

START_TEST(test_append)
{
	static const struct {
		const char *tail;
		off_t size;
	} bases[] = { { "", 0 }, { "\0\0\0", 3 } };
	int fd;

	image_add_mkdir(&img, IMAGE_USER, "d", 0700, "x");
	image_add_symlink(&img, IMAGE_USER, "l", "d", "x");
	write_image("out", NULL);
	fd = open("out", O_WRONLY | O_APPEND | O_CLOEXEC);
	ck_assert_int_eq(write(fd, bases[_i].tail, (size_t)bases[_i].size),
			 bases[_i].size);
	close(fd);
	put_file("f", "1234");
	image_add_file(&img, IMAGE_USER, "l/f", "f", -1);
	/* In place, too. */
	write_image("out", "out");
	expect_list("out", "drwx------   2 0 0          0 d\n"
			   "lrwxrwxrwx   1 0 0          1 l -> d\n"
			   "-rw-r--r--   1 0 0          4 d/f\n");
}
END_TEST

START_TEST(test_append_wrong)
{
	int err;

	put_file("base", "no image");
	capture_begin();
	err = image_write(&img, "out", &plain, "base");
	capture_expect("base: byte 0: neither an archive");
	ck_assert_int_eq(err, -EBADMSG);
	capture_begin();
	err = image_write(&img, "out", &plain, "nothing");
	capture_expect("nothing: cannot read: No such file");
	ck_assert_int_eq(err, -ENOENT);
	ck_assert_int_eq(count_files(), 1);
}
END_TEST

/* The kernel finds what follows lz4 only after four zero bytes. */
START_TEST(test_append_packed)
{
	struct codec_choice choice = { .type = (enum codec_type)_i };

	image_add_mkdir(&img, IMAGE_USER, "d", 0700, "x");
	ck_assert_int_eq(image_write(&img, "base", &choice, NULL), 0);
	image_free(&img);
	image_add_mkdir(&img, IMAGE_USER, "e", 0700, "x");
	ck_assert_int_eq(image_write(&img, "out", &choice, "base"), 0);
	image_free(&img);
	image_add_mkdir(&img, IMAGE_USER, "f", 0700, "x");
	write_image("out", "out");
	expect_list("out", "drwx------   2 0 0          0 d\n"
			   "drwx------   2 0 0          0 e\n"
			   "drwx------   2 0 0          0 f\n");
}
END_TEST

START_TEST(test_read_cut)
{
	struct codec_choice choice = { .type = (enum codec_type)_i };
	struct imgfile f;
	struct stat st;
	struct buf b = { 0 };

	put_file("f", "some text that is long enough to be cut off");
	image_add_file(&img, IMAGE_USER, "f", "f", -1);
	ck_assert_int_eq(image_write(&img, "out", &choice, NULL), 0);
	ck_assert_int_eq(stat("out", &st), 0);
	for (off_t n = st.st_size - 30; n > 0; n -= 25) {
		int err;

		ck_assert_int_eq(truncate("out", n), 0);
		ck_assert_int_eq(imgfile_open("out", &f), 0);
		err = imgfile_read(&f, format, &b);
		ck_assert_int_eq(err, -EBADMSG);
		capture_begin();
		ck_assert_int_eq(imgfile_tell(&f, "out", err), err);
		capture_expect("out: byte ");
		imgfile_close(&f);
	}
	ck_assert_int_eq(truncate("out", 0), 0);
	ck_assert_int_eq(imgfile_open("out", &f), 0);
	ck_assert_int_eq(imgfile_read(&f, format, &b), -EBADMSG);
	ck_assert_str_eq(f.what, "the file is empty");
	imgfile_close(&f);
	buf_free(&b);
}
END_TEST

/* A dictionary of 4 GiB, in files of a few bytes. */
static const unsigned char greedy_xz[] = {
	0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x00, 0xff, 0x12, 0xd9, 0x41,
	0x02, 0x00, 0x21, 0x01, 0x28, 0x00, 0x00, 0x00, 0xe6, 0xa0, 0x11, 0xb3,
};
static const unsigned char greedy_lzma[] = {
	0x5d, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};

START_TEST(test_read_greedy)
{
	const struct imgfile files[] = {
		{ .fd = -1, .map = greedy_xz, .size = sizeof(greedy_xz) },
		{ .fd = -1, .map = greedy_lzma, .size = sizeof(greedy_lzma) },
	};
	struct imgfile f = files[_i];
	struct buf b = { 0 };

	ck_assert_int_eq(imgfile_read(&f, format, &b), -EBADMSG);
	ck_assert_str_eq(f.what, "to decompress it would take more than 1 GiB "
				 "of memory");
	ck_assert_uint_eq(b.n, 0);
}
END_TEST

START_TEST(test_read_pipe)
{
	int fds[2];
	struct buf b = { 0 };
	char *path;

	image_add_mkdir(&img, IMAGE_USER, "d", 0700, "x");
	write_image("out", NULL);
	ck_assert_int_eq(read_file("out", &b, 1 << 20), 0);
	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(write(fds[1], b.p, b.n), (ssize_t)b.n);
	close(fds[1]);
	path = xasprintf("/proc/self/fd/%d", fds[0]);
	expect_list(path, "drwx------   2 0 0          0 d\n");
	close(fds[0]);
	free(path);
	buf_free(&b);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("imgread");
	TCase *t = tcase_create("images");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, test_append, 0, 2);
	tcase_add_test(t, test_append_wrong);
	tcase_add_loop_test(t, test_append_packed, CODEC_GZIP, CODEC_TYPES);
	tcase_add_loop_test(t, test_read_cut, 0, CODEC_TYPES);
	tcase_add_test(t, test_read_pipe);
	tcase_add_loop_test(t, test_read_greedy, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
