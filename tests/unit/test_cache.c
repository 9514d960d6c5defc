// SPDX-License-Identifier: MIT
#include "unit.h"

#include "host/cache.h"
#include "scratch.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

static void setup(void)
{
	scratch_make();
	setenv("XDG_CACHE_HOME", at("cache dir"), 1);
}

static void fill(struct cache_stage *st, const char *text)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/file", st->dir);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

static void check_file(const char *dir, const char *text)
{
	char path[512], got[64] = "";
	FILE *f;

	snprintf(path, sizeof(path), "%s/file", dir);
	f = fopen(path, "r");
	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_nonnull(fgets(got, sizeof(got), f));
	fclose(f);
	ck_assert_str_eq(got, text);
}

START_TEST(directory)
{
	struct stat st;
	char *dir = cache_dir();

	ck_assert_str_eq(dir, at("cache dir/bootlet"));
	ck_assert_int_eq(stat(dir, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0700);
	free(dir);
	setenv("XDG_CACHE_HOME", "relative", 1);
	setenv("HOME", at("home"), 1);
	dir = cache_dir();
	ck_assert_str_eq(dir, at("home/.cache/bootlet"));
	free(dir);
}
END_TEST

START_TEST(no_directory)
{
	said_begin();
	unsetenv("XDG_CACHE_HOME");
	unsetenv("HOME");
	ck_assert_ptr_null(cache_dir());
	ck_assert_said("XDG_CACHE_HOME");
	put_text("plain", "");
	setenv("XDG_CACHE_HOME", at("plain"), 1);
	ck_assert_ptr_null(cache_dir());
	ck_assert_int_eq(errno, ENOTDIR);
	ck_assert_int_eq(said_lines(), 2);
}
END_TEST

START_TEST(commit)
{
	struct cache_stage st;
	char *dir;

	ck_assert_ptr_null(cache_lookup("kernels/sid"));
	ck_assert_int_eq(cache_stage("kernels/sid", &st), 0);
	fill(&st, "one");
	ck_assert_ptr_null(cache_lookup("kernels/sid"));
	ck_assert_int_eq(cache_commit(&st, "kernels/sid-1"), 0);
	dir = cache_lookup("kernels/sid");
	ck_assert_str_eq(dir, at("cache dir/bootlet/kernels/sid-1"));
	check_file(dir, "one");
	free(dir);
}
END_TEST

START_TEST(replace)
{
	struct cache_stage st;
	char *dir;

	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(cache_stage("a/b", &st), 0);
		fill(&st, i ? "two" : "one");
		ck_assert_int_eq(cache_commit(&st, "a/b"), 0);
	}
	dir = cache_lookup("a/b");
	check_file(dir, "two");
	free(dir);
}
END_TEST

START_TEST(drop)
{
	struct cache_stage st;
	char dir[512];

	ck_assert_int_eq(cache_stage("a/b", &st), 0);
	fill(&st, "one");
	snprintf(dir, sizeof(dir), "%s", st.dir);
	cache_drop(&st);
	ck_assert_int_eq(access(dir, F_OK), -1);
	ck_assert_ptr_null(cache_lookup("a/b"));
}
END_TEST

START_TEST(no_stamp_is_damage)
{
	put_text("cache dir/bootlet/a/b/file", "half");
	ck_assert_ptr_null(cache_lookup("a/b"));
}
END_TEST

/* A process killed while it filled something: the next one sweeps. */
START_TEST(sweep)
{
	struct cache_stage st;
	int ready[2];
	char c;
	pid_t pid;

	ck_assert_int_eq(pipe(ready), 0);
	pid = fork();
	if (!pid) {
		if (!cache_stage("a/b", &st) && write(ready[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	ck_assert_int_eq(read(ready[0], &c, 1), 1);
	ck_assert_int_eq(access(at("cache dir/bootlet/.stage-a+b"), F_OK), 0);
	/* Alive, it is left alone. */
	ck_assert_int_eq(cache_stage("c", &st), 0);
	cache_drop(&st);
	ck_assert_int_eq(access(at("cache dir/bootlet/.stage-a+b"), F_OK), 0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	ck_assert_int_eq(cache_stage("c", &st), 0);
	cache_drop(&st);
	ck_assert_int_eq(access(at("cache dir/bootlet/.stage-a+b"), F_OK), -1);
}
END_TEST

START_TEST(two_at_once)
{
	struct cache_stage st;
	int status;
	pid_t pid;

	said_begin();
	ck_assert_int_eq(cache_stage("a/b", &st), 0);
	pid = fork();
	if (!pid) {
		char *dir;
		int err;

		/* A copy of the lock that fork(2) made. */
		close(st.lock);
		err = cache_stage("a/b", &st);
		dir = cache_lookup("a/b");
		cache_drop(&st);
		_exit(err || !dir);
	}
	while (!strstr(said(), "waiting"))
		usleep(10000);
	fill(&st, "one");
	ck_assert_int_eq(cache_commit(&st, "a/b"), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(said_lines(), 1);
}
END_TEST

START_TEST(remove_locked)
{
	put_text("tree/a/b/c", "x");
	ck_assert_int_eq(symlink("/etc", at("tree/a/link")), 0);
	ck_assert_int_eq(chmod(at("tree/a/b"), 0), 0);
	ck_assert_int_eq(chmod(at("tree/a"), 0500), 0);
	ck_assert_int_eq(cache_remove(at("tree")), 0);
	ck_assert_int_eq(access(at("tree"), F_OK), -1);
	ck_assert_int_eq(access("/etc/passwd", F_OK), 0);
	ck_assert_int_eq(cache_remove(at("tree")), 0);
}
END_TEST

static const struct {
	unsigned long long bytes;
	const char *text;
} sizes[] = {
	{ 0, "0 B" },
	{ 999, "999 B" },
	{ 1000, "1.0 kB" },
	{ 70305560, "70 MB" },
	{ 999600, "1.0 MB" },
	{ 9940, "9.9 kB" },
	{ 1100000000, "1.1 GB" },
};

START_TEST(size_text)
{
	ck_assert_str_eq(cache_format_size(sizes[_i].bytes), sizes[_i].text);
}
END_TEST

START_TEST(size)
{
	char block[20000] = "";

	put("tree/a/b", block, sizeof(block), 0644);
	ck_assert_uint_ge(cache_size(at("tree")), sizeof(block));
	ck_assert_uint_eq(cache_size(at("none")), 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("cache");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, scratch_remove);
	tcase_set_timeout(t, 30);
	tcase_add_test(t, directory);
	tcase_add_test(t, no_directory);
	tcase_add_test(t, commit);
	tcase_add_test(t, replace);
	tcase_add_test(t, drop);
	tcase_add_test(t, no_stamp_is_damage);
	tcase_add_test(t, sweep);
	tcase_add_test(t, two_at_once);
	tcase_add_test(t, remove_locked);
	tcase_add_loop_test(t, size_text, 0, sizeof(sizes) / sizeof(*sizes));
	tcase_add_test(t, size);
	suite_add_tcase(s, t);
	return s;
}
