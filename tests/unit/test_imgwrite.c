// SPDX-License-Identifier: MIT
#include "imgutil.h"
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>

int bootlet_main(int argc, char **argv);

/* For the one thing that main() does to all of it. */
#define main bootlet_main
#include "host/main.c"
#undef main

START_TEST(test_tree)
{
	ck_assert_int_eq(mkdir("t", 0755), 0);
	ck_assert_int_eq(mkdir("t/-d,\"\n", 0700), 0);
	put_file("t/a", "aa");
	ck_assert_int_eq(chmod("t/a", 04711), 0);
	ck_assert_int_eq(link("t/a", "t/-d,\"\n/b"), 0);
	ck_assert_int_eq(symlink("../a\\", "t/l"), 0);
	ck_assert_int_eq(mkfifo("t/p", 0600), 0);
	ck_assert_int_eq(image_add_tree(&img, IMAGE_USER, "x", "t"), 0);
	image_add_node(&img, IMAGE_USER, "n", S_IFCHR | 0620, 5, 1, "x");
	write_image("out", NULL);
	expect_list("out", "crw--w----   1 0 0     5,   1 n\n"
			   "drwxr-xr-x   2 0 0          0 x\n"
			   "drwx------   2 0 0          0 x/-d,\"\\x0a\n"
			   "-rws--x--x   2 0 0          0 x/-d,\"\\x0a/b\n"
			   "-rws--x--x   2 0 0          2 x/a\n"
			   "lrwxrwxrwx   1 0 0          5 x/l -> ../a\\x5c\n"
			   "prw-------   1 0 0          0 x/p\n");
}
END_TEST

/* What a file system happens to say about a tree does not matter. */
START_TEST(test_same)
{
	struct buf one = { 0 }, two = { 0 };
	const struct timespec then[2] = { { .tv_sec = 1000 }, { 0 } };

	for (int i = 0; i < 2; i++) {
		const char *const names[] = { "a", "b", "c" };

		ck_assert_int_eq(mkdir("t", 0755), 0);
		for (int k = 0; k < 3; k++) {
			char *path = xasprintf("t/%s", names[i ? 2 - k : k]);

			put_file(path, "text");
			chmod(path, 0644);
			if (i)
				utimensat(AT_FDCWD, path, then, 0);
			free(path);
		}
		umask(i ? 077 : 022);
		ck_assert_int_eq(image_add_tree(&img, IMAGE_USER, "d/e", "t"),
				 0);
		write_image(i ? "two" : "one", NULL);
		umask(022);
		ck_assert_int_eq(rename("t", i ? "t2" : "t1"), 0);
	}
	ck_assert_int_eq(read_file("one", &one, 1 << 20), 0);
	ck_assert_int_eq(read_file("two", &two, 1 << 20), 0);
	ck_assert_uint_eq(one.n, two.n);
	ck_assert_int_eq(memcmp(one.p, two.p, one.n), 0);
	buf_free(&one);
	buf_free(&two);
}
END_TEST

START_TEST(test_mode)
{
	struct stat st;

	umask(027);
	write_image("out", NULL);
	umask(022);
	ck_assert_int_eq(stat("out", &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
}
END_TEST

static int get_mtime(void *ctx, const struct cpio_item *item)
{
	*(uint32_t *)ctx = item->head.mtime;
	return 0;
}

START_TEST(test_date)
{
	uint32_t mtime = 1;
	struct imgfile f;

	setenv("SOURCE_DATE_EPOCH", "1234567890", 1);
	image_add_mkdir(&img, IMAGE_USER, "d", 0755, "x");
	write_image("out", NULL);
	ck_assert_int_eq(imgfile_open("out", &f), 0);
	ck_assert_int_eq(imgfile_read(&f, get_mtime, &mtime), 0);
	ck_assert_uint_eq(mtime, 1234567890);
	imgfile_close(&f);
	setenv("SOURCE_DATE_EPOCH", "4294967296", 1);
	expect_failure("SOURCE_DATE_EPOCH=4294967296: must be", -EINVAL);
}
END_TEST

/* Sources that are no longer what they were when they were added. */
START_TEST(test_changed)
{
	static const struct {
		const char *now, *what;
		int err;
	} cases[] = {
		{ NULL, "f: cannot read: No such file", -ENOENT },
		{ "", "f: has shrunk", -EAGAIN },
		{ "123", "f: has shrunk", -EAGAIN },
		{ "12345", "f: has grown", -EAGAIN },
	};

	put_file("f", "1234");
	ck_assert_int_eq(image_add_file(&img, IMAGE_USER, "f", "f", -1), 0);
	if (cases[_i].now)
		put_file("f", cases[_i].now);
	else
		unlink("f");
	expect_failure(cases[_i].what, cases[_i].err);
}
END_TEST

/* Large ones are copied another way. */
START_TEST(test_changed_large)
{
	put_file("f", "");
	ck_assert_int_eq(truncate("f", 3000001), 0);
	ck_assert_int_eq(image_add_file(&img, IMAGE_USER, "f", "f", -1), 0);
	ck_assert_int_eq(truncate("f", 3000001 + (_i ? 1 : -1)), 0);
	expect_failure(_i ? "f: has grown" : "f: has shrunk", -EAGAIN);
	ck_assert_int_eq(truncate("f", 3000001), 0);
	write_image("out", NULL);
	expect_list("out", "-rw-r--r--   1 0 0    3000001 f\n");
}
END_TEST

START_TEST(test_no_room)
{
	struct rlimit small = { 100000, RLIM_INFINITY };

	put_file("old", "old");
	ck_assert_int_eq(truncate("old", 2000000), 0);
	ck_assert_int_eq(image_add_file(&img, IMAGE_USER, "f", "old", -1), 0);
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	expect_failure("out: cannot write: File too large", -EFBIG);
}
END_TEST

/* The kernel's answer to that is a signal; the user's shall be a line. */
START_TEST(test_no_room_main)
{
	static char *argv[] = { "bootlet",  "initramfs", "--no-busybox",
				"--output", "out",	 "--file",
				"old:/f",   NULL };
	struct rlimit small = { 100000, RLIM_INFINITY };
	int got;

	put_file("old", "old");
	ck_assert_int_eq(truncate("old", 2000000), 0);
	signal(SIGXFSZ, SIG_DFL);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	capture_begin();
	got = bootlet_main(7, argv);
	capture_expect("out: cannot write: File too large");
	ck_assert_int_eq(got, EXIT_FAILURE);
	ck_assert_int_eq(count_files(), 1);
}
END_TEST

static const char *const stdout_names[] = { "-", "/dev/stdout", "/dev/fd/1",
					    "/proc/self/fd/1", "both" };

/* Runs image_write() with @path as stdout. */
static int write_redirected(const char *path, int flags, const char *name)
{
	int fd = open(path, flags | O_CLOEXEC, 0644), saved, err;

	ck_assert_int_ge(fd, 0);
	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	ck_assert_int_ge(saved, 0);
	if (flags & O_CREAT)
		ck_assert_int_eq(write(fd, "header\n", 7), 7);
	ck_assert_int_eq(dup2(fd, STDOUT_FILENO), STDOUT_FILENO);
	err = image_write(&img, name, &plain, NULL);
	ck_assert_int_eq(dup2(saved, STDOUT_FILENO), STDOUT_FILENO);
	close(saved);
	close(fd);
	return err;
}

/* What is in the file already comes from whoever had it before. */
START_TEST(test_stdout)
{
	struct buf one = { 0 }, both = { 0 };

	put_file("f", "1234");
	ck_assert_int_eq(image_add_file(&img, IMAGE_USER, "f", "f", -1), 0);
	write_image("one", NULL);
	ck_assert_int_eq(image_add_file(&img, IMAGE_USER, "f", "f", -1), 0);
	ck_assert_int_eq(write_redirected("both", O_WRONLY | O_CREAT,
					  stdout_names[_i]),
			 0);
	ck_assert_int_eq(read_file("one", &one, 1 << 20), 0);
	ck_assert_int_eq(read_file("both", &both, 1 << 20), 0);
	ck_assert_uint_eq(both.n, one.n + 7);
	ck_assert_int_eq(memcmp(both.p, "header\n", 7), 0);
	ck_assert_int_eq(memcmp(both.p + 7, one.p, one.n), 0);
	ck_assert_int_eq(count_files(), 3);
	buf_free(&one);
	buf_free(&both);
}
END_TEST

/* Nothing is replaced where stdout turns out to be no place to write to. */
START_TEST(test_stdout_readonly)
{
	struct stat st;
	int err;

	put_file("out", "old");
	put_file("f", "1234");
	ck_assert_int_eq(image_add_file(&img, IMAGE_USER, "f", "f", -1), 0);
	capture_begin();
	err = write_redirected("out", O_RDONLY, "/proc/self/fd/1");
	capture_expect("/proc/self/fd/1: cannot write: Bad file descriptor");
	ck_assert_int_eq(err, -EBADF);
	ck_assert_int_eq(stat("out", &st), 0);
	ck_assert_int_eq(st.st_size, 3);
	ck_assert_int_eq(count_files(), 2);
}
END_TEST

/* As /dev/stdout is where stdout is closed. */
START_TEST(test_link_to_nothing)
{
	struct stat st;

	ck_assert_int_eq(symlink("/proc/self/fd/no", "out"), 0);
	expect_failure("out: cannot write: No such file", -ENOENT);
	ck_assert_int_eq(lstat("out", &st), 0);
	ck_assert(S_ISLNK(st.st_mode));
}
END_TEST

START_TEST(test_empty)
{
	put_file("f", "");
	ck_assert_int_eq(link("f", "g"), 0);
	ck_assert_int_eq(image_add_file(&img, IMAGE_USER, "f", "f", -1), 0);
	ck_assert_int_eq(image_add_file(&img, IMAGE_USER, "g", "g", -1), 0);
	write_image("out", NULL);
	expect_list("out", "-rw-r--r--   2 0 0          0 f\n"
			   "-rw-r--r--   2 0 0          0 g\n");
	ck_assert_int_eq(image_add_file(&img, IMAGE_USER, "f", "f", -1), 0);
	put_file("f", "1");
	expect_failure("f: has grown", -EAGAIN);
}
END_TEST

START_TEST(test_output_wrong)
{
	int err;

	capture_begin();
	err = image_write(&img, "no/such", &plain, NULL);
	capture_expect("no/such: cannot write: No such file");
	ck_assert_int_eq(err, -ENOENT);
	capture_begin();
	err = image_write(&img, ".", &plain, NULL);
	capture_expect(".: cannot write: Is a directory");
	ck_assert_int_eq(err, -EISDIR);
	capture_begin();
	err = image_write(&img, "new/", &plain, NULL);
	capture_expect("new/: cannot write: Is a directory");
	ck_assert_int_eq(err, -EISDIR);
	ck_assert_int_eq(count_files(), 0);
}
END_TEST

/* A failure leaves the older image; a link stays a link. */
START_TEST(test_replace)
{
	put_file("out", "old");
	ck_assert_int_eq(symlink("out", "link"), 0);
	put_file("f", "1234");
	image_add_file(&img, IMAGE_USER, "f", "f", -1);
	ck_assert_int_eq(truncate("f", 1), 0);
	expect_failure("f: has shrunk", -EAGAIN);
	ck_assert_int_eq(truncate("f", 4), 0);
	ck_assert_int_eq(access("out", F_OK), 0);
	write_image("link", NULL);
	expect_list("out", "-rw-r--r--   1 0 0          4 f\n");
	ck_assert_int_eq(count_files(), 3);
}
END_TEST

START_TEST(test_sources_wrong)
{
	static const struct {
		int (*add)(struct image *, enum image_rank, const char *,
			   const char *);
		const char *src, *what;
	} cases[] = {
		{ image_add_tree, "f", "f: is no directory; use --file" },
		{ image_add_tree, "no", "no: No such file" },
	};
	int err;

	put_file("f", "x");
	for (size_t i = 0; i < 2; i++) {
		capture_begin();
		err = cases[i].add(&img, IMAGE_USER, "x", cases[i].src);
		capture_expect(cases[i].what);
		ck_assert_int_lt(err, 0);
	}
	capture_begin();
	err = image_add_file(&img, IMAGE_USER, "x", ".", -1);
	capture_expect(".: is a directory; use --dir");
	ck_assert_int_eq(err, -EISDIR);
	capture_begin();
	err = image_add_file(&img, IMAGE_USER, "x", "/dev/null", -1);
	capture_expect("/dev/null: is not a regular file");
	ck_assert_int_eq(err, -EINVAL);
	ck_assert_uint_eq(img.n, 0);
}
END_TEST

/* The image of the time before lies in the tree that is packed. */
START_TEST(test_skip)
{
	struct stat st;
	int err;

	put_file("out", "old");
	put_file("f", "1234");
	ck_assert_int_eq(stat("out", &st), 0);
	img.skip_dev = st.st_dev;
	img.skip_ino = st.st_ino;
	capture_begin();
	err = image_add_tree(&img, IMAGE_USER, "", ".");
	capture_expect("./out: is the image itself; left out");
	ck_assert_int_eq(err, 0);
	write_image("out", NULL);
	expect_list("out", "-rw-r--r--   1 0 0          4 f\n");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("imgwrite");
	TCase *t = tcase_create("files");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_tree);
	tcase_add_test(t, test_same);
	tcase_add_test(t, test_mode);
	tcase_add_test(t, test_date);
	tcase_add_loop_test(t, test_changed, 0, 4);
	tcase_add_loop_test(t, test_changed_large, 0, 2);
	tcase_add_test(t, test_no_room);
	tcase_add_test(t, test_no_room_main);
	tcase_add_loop_test(t, test_stdout, 0,
			    sizeof(stdout_names) / sizeof(*stdout_names));
	tcase_add_test(t, test_stdout_readonly);
	tcase_add_test(t, test_link_to_nothing);
	tcase_add_test(t, test_empty);
	tcase_add_test(t, test_output_wrong);
	tcase_add_test(t, test_replace);
	tcase_add_test(t, test_sources_wrong);
	tcase_add_test(t, test_skip);
	suite_add_tcase(s, t);
	return s;
}
