// SPDX-License-Identifier: MIT
/* The cache of images, as far as test_imgcache.c does not come. */
#include "host/imgstore.h"
#include "scratch.h"
#include "unit.h"

#include <errno.h>

static void setup(void)
{
	scratch_make();
	setenv("XDG_CACHE_HOME", at("cache"), 1);
}

/* Nothing is begun that cannot be ended, and nothing said of it. */
START_TEST(room)
{
	struct imgstore s;

	ck_assert_int_eq(imgstore_open(&s), 0);
	ck_assert_int_eq(imgstore_room(&s, 0), 0);
	ck_assert_int_eq(imgstore_room(&s, 1ULL << 60), -ENOSPC);
	imgstore_close(&s);
}
END_TEST

START_TEST(no_directory)
{
	struct imgstore s = { .dir = (char *)"/no/such/directory" };

	ck_assert_int_eq(imgstore_room(&s, 0), -ENOENT);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("imgstore");
	TCase *t = tcase_create("imgstore");

	tcase_add_checked_fixture(t, setup, scratch_remove);
	tcase_add_test(t, room);
	tcase_add_test(t, no_directory);
	suite_add_tcase(s, t);
	return s;
}
