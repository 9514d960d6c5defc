// SPDX-License-Identifier: MIT
#include "bzutil.h"
#include "host/vmcache.h"
#include "scratch.h"
#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#define DIR_NAME "cache/bootlet/vmlinux"

static void setup(void)
{
	scratch_make();
	setenv("XDG_CACHE_HOME", at("cache"), 1);
}

/* An image with a kernel of that text, old enough to be told by its stamp. */
static void put_image(const char *name, const struct pvh *w, const char *text)
{
	struct buf elf = pvh_make(w, text);
	struct buf b = bz_make(elf.p, elf.n, CODEC_ZSTD);

	put(name, b.p, b.n, 0644);
	buf_free(&elf);
	buf_free(&b);
}

/* The path of the kernel in the cache, which has that text. */
static char *get(const char *name, const char *text)
{
	struct buf want = pvh_make(&PVH_GOOD, text), got = { 0 };
	const char *why = NULL;
	char *path = NULL;

	ck_assert_msg(!vmcache_get(at(name), &path, &why), "%s", why);
	ck_assert_int_eq(read_file(path, &got, 1 << 20), 0);
	ck_assert_uint_eq(got.n, want.n);
	ck_assert_mem_eq(got.p, want.p, want.n);
	buf_free(&want);
	buf_free(&got);
	return path;
}

static int count(const char *part)
{
	DIR *d = opendir(at(DIR_NAME));
	struct dirent *e;
	int n = 0;

	ck_assert_ptr_nonnull(d);
	while ((e = readdir(d)))
		n += e->d_name[0] != '.' || e->d_name[1] == 't' ?
			     strstr(e->d_name, part) != NULL :
			     0;
	closedir(d);
	return n;
}

static ino_t inode(const char *path)
{
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	return st.st_ino;
}

START_TEST(made_once)
{
	char *a, *b;
	ino_t first;

	put_image("image", &PVH_GOOD, "one");
	a = get("image", "one");
	first = inode(a);
	b = get("image", "one");
	ck_assert_str_eq(a, b);
	ck_assert_uint_eq(inode(b), first);
	ck_assert_int_eq(count(""), 2);
	free(b);
	/* A copy is the same kernel, whatever its name and its stamp. */
	put_image("copy", &PVH_GOOD, "one");
	b = get("copy", "one");
	ck_assert_str_eq(a, b);
	ck_assert_uint_eq(inode(b), first);
	free(a);
	free(b);
}
END_TEST

/* Built anew under its name, within one tick of the clock or later. */
START_TEST(image_changes)
{
	char text[16];

	for (int i = 0; i < 20; i++) {
		snprintf(text, sizeof(text), "%03d", i);
		put_image("image", &PVH_GOOD, text);
		free(get("image", text));
	}
	ck_assert_int_eq(count(""), 2 * VMCACHE_KEEP);
}
END_TEST

START_TEST(found_by_stamp)
{
	struct timespec wait = { .tv_sec = 2, .tv_nsec = 100000000 };
	char *a, *b;

	put_image("image", &PVH_GOOD, "one");
	nanosleep(&wait, NULL);
	a = get("image", "one");
	b = get("image", "one");
	ck_assert_str_eq(a, b);
	free(b);
	/* Of the same size and time, but another one. */
	put_image("image", &PVH_GOOD, "two");
	ck_assert_int_eq(utimensat(AT_FDCWD, at("image"),
				   (struct timespec[]){ { 1, 0 }, { 1, 0 } },
				   0),
			 0);
	b = get("image", "two");
	ck_assert_str_ne(a, b);
	free(a);
	free(b);
}
END_TEST

static void damage(const char *path, int how)
{
	int fd;

	switch (how) {
	case 0:
		ck_assert_int_eq(truncate(path, 100), 0);
		return;
	case 1:
		ck_assert_int_eq(unlink(path), 0);
		return;
	case 2:
		fd = open(path, O_WRONLY);
		ck_assert_int_eq(pwrite(fd, "XX", 2, 200), 2);
		close(fd);
		return;
	case 3:
		ck_assert_int_eq(truncate(path, 0), 0);
		return;
	case 4:
		ck_assert_int_eq(unlink(path), 0);
		ck_assert_int_eq(mkdir(path, 0700), 0);
		return;
	case 5:
		ck_assert_int_eq(unlink(path), 0);
		ck_assert_int_eq(mkfifo(path, 0600), 0);
		return;
	default:
		ck_assert_int_eq(unlink(path), 0);
		ck_assert_int_eq(symlink(path, path), 0);
	}
}

/* The kernel, then its note. */
START_TEST(damaged)
{
	char *path, *note, *again;

	put_image("image", &PVH_GOOD, "one");
	path = get("image", "one");
	note = xasprintf("%s.note", path);
	damage(note, _i);
	again = get("image", "one");
	ck_assert_str_eq(path, again);
	free(again);
	damage(path, _i);
	again = get("image", "one");
	ck_assert_str_eq(path, again);
	free(again);
	ck_assert_int_eq(count(".tmp-"), 0);
	free(path);
	free(note);
}
END_TEST

/* As after a crash, which keeps stamps and loses bytes: only the checksum
 * tells. */
START_TEST(another_boot)
{
	struct buf b = { 0 };
	char *path, *note, *at_boot;
	struct stat st;

	put_image("image", &PVH_GOOD, "one");
	path = get("image", "one");
	note = xasprintf("%s.note", path);
	damage(path, 2);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(read_file(note, &b, 4096), 0);
	/* The note is made to agree with the stamp, of an earlier boot. */
	at_boot = strstr(b.p, "\nelf ");
	*at_boot = '\0';
	{
		char *crc = strchr(at_boot + 5, ' ');
		FILE *f = fopen(note, "w");

		for (int i = 0; i < 4; i++)
			crc = strchr(crc + 1, ' ');
		crc[1 + strcspn(crc + 1, " ")] = '\0';
		fprintf(f, "%s\nelf %llu %llu %llu %llu %llu%s %s\n", b.p,
			(unsigned long long)st.st_dev,
			(unsigned long long)st.st_ino,
			(unsigned long long)st.st_size,
			st.st_mtim.tv_sec * 1000000000ULL +
				(unsigned long long)st.st_mtim.tv_nsec,
			st.st_ctim.tv_sec * 1000000000ULL +
				(unsigned long long)st.st_ctim.tv_nsec,
			crc, "0000-00");
		fclose(f);
	}
	free(get("image", "one"));
	buf_free(&b);
	free(path);
	free(note);
}
END_TEST

START_TEST(no_entry)
{
	struct pvh w = PVH_GOOD;
	const char *why;
	char *path;

	w.note = 1;
	put_image("image", &w, "one");
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(vmcache_get(at("image"), &path, &why),
				 -ENOENT);
		ck_assert_str_eq(why, "it has no PVH entry (CONFIG_PVH)");
	}
	/* That is known the second time, and takes no room. */
	ck_assert_int_eq(count(""), 1);
}
END_TEST

START_TEST(no_image)
{
	const char *why;
	char *path;

	put_text("text", "no kernel");
	ck_assert_int_eq(vmcache_get(at("text"), &path, &why), -ENOENT);
	ck_assert_int_eq(vmcache_get(at("none"), &path, &why), -ENOENT);
	ck_assert_str_eq(why, "No such file or directory");
	ck_assert_int_lt(vmcache_get(scratch, &path, &why), 0);
}
END_TEST

/* A full disk, played by the limit of a file's size. */
START_TEST(no_room)
{
	struct rlimit small = { 100, 100 };
	const char *why;
	char *path;
	int status;
	pid_t pid;

	put_image("image", &PVH_GOOD, "one");
	pid = fork();
	if (!pid) {
		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &small);
		_exit(vmcache_get(at("image"), &path, &why) == -EFBIG ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(count(""), 0);
	free(get("image", "one"));
}
END_TEST

START_TEST(no_cache)
{
	const char *why = NULL;
	char *path;

	put_image("image", &PVH_GOOD, "one");
	put_text("file", "");
	setenv("XDG_CACHE_HOME", at("file"), 1);
	ck_assert_int_eq(vmcache_get(at("image"), &path, &why), -ENOTDIR);
	ck_assert_ptr_nonnull(why);
	unsetenv("XDG_CACHE_HOME");
	unsetenv("HOME");
	ck_assert_int_lt(vmcache_get(at("image"), &path, &why), 0);
}
END_TEST

/* Of those that died while they wrote; a living one is left alone. */
START_TEST(sweep)
{
	struct timespec old[2] = { { 1000, 0 }, { 1000, 0 } };
	static const char *const names[] = {
		"cache/bootlet/vmlinux/.tmp-dead",
		"cache/bootlet/vmlinux/.tmp-live",
		"cache/bootlet/vmlinux/other",
	};
	char orphan[256] = DIR_NAME "/";
	int fd;

	memset(orphan + strlen(orphan), 'a', 64);
	put_text(orphan, "x");
	utimensat(AT_FDCWD, at(orphan), old, 0);
	for (int i = 0; i < 3; i++) {
		put_text(names[i], "x");
		utimensat(AT_FDCWD, at(names[i]), old, 0);
	}
	fd = open(at(names[1]), O_RDONLY);
	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	put_image("image", &PVH_GOOD, "one");
	free(get("image", "one"));
	ck_assert_int_ne(access(at(names[0]), F_OK), 0);
	ck_assert_int_ne(access(at(orphan), F_OK), 0);
	ck_assert_int_eq(access(at(names[1]), F_OK), 0);
	ck_assert_int_eq(access(at(names[2]), F_OK), 0);
	close(fd);
}
END_TEST

START_TEST(many_at_once)
{
	int bad = 0, status;

	put_image("image", &PVH_GOOD, "one");
	for (int i = 0; i < 16; i++)
		if (!fork()) {
			for (int k = 0; k < 20; k++)
				free(get("image", "one"));
			_exit(0);
		}
	while (wait(&status) > 0)
		bad += status != 0;
	ck_assert_int_eq(bad, 0);
	ck_assert_int_eq(count(""), 2);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("vmcache");
	TCase *t = tcase_create("vmcache");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, scratch_remove);
	tcase_add_test(t, made_once);
	tcase_add_test(t, image_changes);
	tcase_add_test(t, found_by_stamp);
	tcase_add_loop_test(t, damaged, 0, 7);
	tcase_add_test(t, another_boot);
	tcase_add_test(t, no_entry);
	tcase_add_test(t, no_image);
	tcase_add_test(t, no_room);
	tcase_add_test(t, no_cache);
	tcase_add_test(t, sweep);
	tcase_add_test(t, many_at_once);
	suite_add_tcase(s, t);
	return s;
}
