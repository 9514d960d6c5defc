// SPDX-License-Identifier: MIT
#include "unit.h"

#include "fake_sys.h"
#include "init/timing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct {
	unsigned long long begin, now;
	size_t n;
	struct timing_phase phases[2];
	const char *text;
} texts[] = {
	{ 2310000000,
	  2500000000,
	  2,
	  { { "console", 120999 }, { "mounts", 512000 } },
	  "This boot took 2.50 seconds\nkernel 2.310 s, init 0.190 s: "
	  "console 120 us, mounts 512 us\n" },
	/* Cut, not rounded, as in /proc/uptime; the parts make up the whole. */
	{ 999999,
	  1009999999,
	  0,
	  { { NULL, 0 } },
	  "This boot took 1.00 seconds\nkernel 0.000 s, init 1.009 s\n" },
	{ 1999999999,
	  2000000001,
	  0,
	  { { NULL, 0 } },
	  "This boot took 2.00 seconds\nkernel 1.999 s, init 0.001 s\n" },
	{ 0,
	  0,
	  0,
	  { { NULL, 0 } },
	  "This boot took 0.00 seconds\nkernel 0.000 s, init 0.000 s\n" },
	{ 12345678901999,
	  98765432109999,
	  1,
	  { { "x", 86419753208000 } },
	  "This boot took 98765.43 seconds\nkernel 12345.678 s, "
	  "init 86419.754 s: x 86419753208 us\n" },
};

START_TEST(test_text)
{
	char buf[TIMING_TEXT_SIZE];
	size_t len = timing_text(buf, texts[_i].begin, texts[_i].now,
				 texts[_i].phases, texts[_i].n);

	ck_assert_str_eq(buf, texts[_i].text);
	ck_assert_uint_eq(len, strlen(buf));
}
END_TEST

START_TEST(test_text_longest)
{
	struct timing_phase p[TIMING_MAX_PHASES];
	char buf[TIMING_TEXT_SIZE];
	size_t len;

	for (size_t i = 0; i < TIMING_MAX_PHASES; i++) {
		p[i].name = "a-name-of-24-characters-";
		p[i].ns = ~0ULL;
	}
	len = timing_text(buf, 0, ~0ULL, p, TIMING_MAX_PHASES);
	ck_assert_uint_lt(len, sizeof(buf));
	ck_assert_int_eq(buf[len - 1], '\n');
	ck_assert_ptr_nonnull(
		strstr(buf, " a-name-of-24-characters- 1844674407"));
}
END_TEST

static long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

START_TEST(test_phases)
{
	struct timespec ms = { .tv_nsec = 3000000 };
	const struct timing_phase *p;
	long long start = now_ns(), all;

	timing_begin();
	ck_assert_uint_eq(timing_phases(&p), 0);
	nanosleep(&ms, NULL);
	ck_assert_uint_ge(timing_phase("one"), 3000000);
	timing_phase("two");
	all = now_ns() - start;
	ck_assert_uint_eq(timing_phases(&p), 2);
	ck_assert_str_eq(p[0].name, "one");
	ck_assert_uint_ge(p[0].ns, 3000000);
	ck_assert_str_eq(p[1].name, "two");
	/* The second began where the first ended. */
	ck_assert_int_le((long long)(p[0].ns + p[1].ns), all);
	timing_phase("a-name-of-25-characters--");
	ck_assert_uint_eq(timing_phases(&p), 2);
	for (int i = 0; i < 20; i++)
		timing_phase("more");
	ck_assert_uint_eq(timing_phases(&p), TIMING_MAX_PHASES);
}
END_TEST

/* fd 1 as a pipe; the directory cannot be made, so nothing is saved. */
START_TEST(test_apply)
{
	static struct boot_config cfg;
	char buf[TIMING_TEXT_SIZE] = "", want[64];
	double uptime, took;
	int p[2], saved = dup(1);
	FILE *f = fopen("/proc/uptime", "r");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fscanf(f, "%lf", &uptime), 1);
	fclose(f);
	ck_assert_int_eq(pipe(p), 0);
	fflush(stdout);
	dup2(p[1], 1);
	fake_reset();
	fake_fail("mkdir", EROFS, -1);
	timing_begin();
	timing_phase("alone");
	ck_assert_int_eq(timing_apply(&cfg), 0);
	dup2(saved, 1);
	ck_assert_int_gt((int)read(p[0], buf, sizeof(buf) - 1), 0);
	ck_assert_int_eq(sscanf(buf, "This boot took %lf %8s", &took, want), 2);
	ck_assert_str_eq(want, "seconds");
	ck_assert(took >= uptime && took < uptime + 5);
	ck_assert_ptr_nonnull(strstr(buf, " s: alone "));
	ck_assert_str_eq(fake_text(), "mkdir /run/bootlet 0755\n");
}
END_TEST

START_TEST(test_apply_closed)
{
	static struct boot_config cfg;
	int saved = dup(1);

	fake_reset();
	fake_fail("mkdir", EROFS, -1);
	fflush(stdout);
	close(1);
	ck_assert_int_eq(timing_apply(&cfg), -EBADF);
	dup2(saved, 1);
}
END_TEST

START_TEST(test_save)
{
	char dir[] = "/tmp/bootlet-timing.XXXXXX", path[64], buf[16] = "";
	int fd;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/timing", dir);
	fake_reset();
	fake_fail("mkdir", EEXIST, 1);
	ck_assert_int_eq(timing_save(dir, path, "long text", 9), 0);
	ck_assert_int_eq(timing_save(dir, path, "short", 5), 0);
	fd = open(path, O_RDONLY);
	ck_assert_int_eq((int)read(fd, buf, sizeof(buf) - 1), 5);
	close(fd);
	ck_assert_str_eq(buf, "short");
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(rmdir(dir), 0);
	/* Gone: the fake's mkdir makes nothing. */
	ck_assert_int_eq(timing_save(dir, path, "short", 5), -ENOENT);
}
END_TEST

START_TEST(test_save_full)
{
	char dir[] = "/tmp/bootlet-timing.XXXXXX", path[64];

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/timing", dir);
	ck_assert_int_eq(symlink("/dev/full", path), 0);
	fake_reset();
	ck_assert_int_eq(timing_save(dir, path, "short", 5), -ENOSPC);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(rmdir(dir), 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("timing");
	TCase *t = tcase_create("timing");

	tcase_add_loop_test(t, test_text, 0,
			    (int)(sizeof(texts) / sizeof(texts[0])));
	tcase_add_test(t, test_text_longest);
	tcase_add_test(t, test_phases);
	tcase_add_test(t, test_apply);
	tcase_add_test(t, test_apply_closed);
	tcase_add_test(t, test_save);
	tcase_add_test(t, test_save_full);
	suite_add_tcase(s, t);
	return s;
}
