// SPDX-License-Identifier: MIT
/* What a guest is told that goes on from a state. */
#include "fake_sys.h"
#include "init/park.h"
#include "scratch.h"
#include "unit.h"

#include <errno.h>
#include <linux/random.h>

static char path[128];

static void setup(void)
{
	fake_reset();
	scratch_make();
	snprintf(path, sizeof(path), "%s", at("file"));
}

static int take(unsigned char type, const void *data, size_t len)
{
	/* Where it lies in a frame, no number is aligned. */
	unsigned char *copy = malloc(len + 1);
	struct report_frame f = { .type = type, .len = len, .data = copy + 1 };
	int r;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy + 1, data, len);
	r = park_take(&f);
	free(copy);
	return r;
}

static int take_file(const void *bytes, size_t len)
{
	char frame[512];
	size_t n = strlen(path) + 1;

	memcpy(frame, path, n);
	memcpy(frame + n, bytes, len);
	return take(FRAME_FILE, frame, n + len);
}

START_TEST(files_grow_by_pieces)
{
	char got[32] = "";
	int fd;

	ck_assert_int_eq(take_file("a\0b", 3), 0);
	ck_assert_int_eq(take_file("", 0), 0);
	ck_assert_int_eq(take_file("\0c", 2), 0);
	fd = open(path, O_RDONLY);
	ck_assert_int_eq(read(fd, got, sizeof(got)), 5);
	close(fd);
	ck_assert_mem_eq(got, "a\0b\0c", 5);
	ck_assert_str_eq(fake_text(), "");
}
END_TEST

START_TEST(files_that_cannot_be)
{
	ck_assert_int_eq(take(FRAME_FILE, "no end", 6), -EPROTO);
	ck_assert_int_eq(take(FRAME_FILE, "", 0), -EPROTO);
	strcat(path, "/below/nothing");
	ck_assert_int_eq(take_file("x", 1), -ENOENT);
}
END_TEST

static const struct protocol_resume now = {
	.seconds = 1795454214,
	.nanoseconds = 7,
	.bits = 8 * RESUME_RANDOM,
	.bytes = RESUME_RANDOM,
	.random = { 1, 2, 3, 255 },
};

static struct protocol_resume given;

static int keep(int fd, unsigned long request, void *arg)
{
	(void)fd;
	if (request == RNDADDENTROPY)
		memcpy(&given.bits, arg,
		       sizeof(given) - offsetof(struct protocol_resume, bits));
	return 0;
}

START_TEST(clock_and_random_numbers)
{
	char want[128];

	fake_on_ioctl(keep);
	ck_assert_int_eq(take(FRAME_RESUME, &now, sizeof(now)), 1);
	snprintf(want, sizeof(want),
		 "ioctl 0x%lx\nioctl 0x%lx\nsettime 1795454214.000000007\n",
		 (unsigned long)RNDADDENTROPY, (unsigned long)RNDRESEEDCRNG);
	ck_assert_str_eq(fake_text(), want);
	ck_assert_int_eq(given.bits, 512);
	ck_assert_int_eq(given.bytes, 64);
	ck_assert_mem_eq(given.random, now.random, RESUME_RANDOM);
}
END_TEST

/* An old kernel that reseeds when it likes to; a clock that is wrong. */
START_TEST(what_may_fail_and_what_may_not)
{
	fake_fail("ioctl", EINVAL, 2);
	ck_assert_int_eq(take(FRAME_RESUME, &now, sizeof(now)), 1);
	fake_fail("settime", EPERM, 1);
	ck_assert_int_eq(take(FRAME_RESUME, &now, sizeof(now)), -EPERM);
}
END_TEST

START_TEST(others)
{
	ck_assert_int_eq(take(FRAME_RESUME, &now, sizeof(now) - 1), -EPROTO);
	ck_assert_int_eq(take(FRAME_STDIN, "x", 1), 0);
	ck_assert_int_eq(take(FRAME_SIGNAL, "9", 1), 0);
	ck_assert_str_eq(fake_text(), "");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("park");
	TCase *t = tcase_create("park");

	tcase_add_checked_fixture(t, setup, scratch_remove);
	tcase_add_test(t, files_grow_by_pieces);
	tcase_add_test(t, files_that_cannot_be);
	tcase_add_test(t, clock_and_random_numbers);
	tcase_add_test(t, what_may_fail_and_what_may_not);
	tcase_add_test(t, others);
	suite_add_tcase(s, t);
	return s;
}
