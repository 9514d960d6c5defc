// SPDX-License-Identifier: MIT
/* States on the disk: whole or not there, private, few. */
#include "host/warm_store.h"
#include "scratch.h"
#include "unit.h"

#include <errno.h>
#include <glob.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#define MIB (1ULL << 20)

static void setup(void)
{
	scratch_make();
	setenv("XDG_CACHE_HOME", at("cache"), 1);
}

static struct buf key_of(const char *text)
{
	struct buf b = { 0 };

	buf_adds(&b, text);
	return b;
}

static size_t count(const char *pattern)
{
	char path[512];
	size_t n = 0;
	glob_t g;

	snprintf(path, sizeof(path), "%s/%s", at("cache/bootlet/warm"),
		 pattern);
	if (!glob(path, 0, NULL, &g)) {
		n = g.gl_pathc;
		globfree(&g);
	}
	return n;
}

static void begin(struct warm_stage *st, const char *ram, const char *device)
{
	int fd;

	ck_assert_int_eq(warm_store_begin(MIB, st), 0);
	fd = open(st->ram, O_RDWR);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, ram, strlen(ram), 4096), strlen(ram));
	close(fd);
	ck_assert_int_eq(write(st->device, device, strlen(device)),
			 strlen(device));
}

static void keep(const char *text, const char *ram, const char *device)
{
	struct buf key = key_of(text);
	char digest[WARM_DIGEST];
	struct warm_stage st;

	warm_digest(&key, digest);
	begin(&st, ram, device);
	ck_assert_int_eq(warm_store_end(&st, digest, &key), 0);
	buf_free(&key);
}

static int look(const char *text, struct warm_state *s)
{
	struct buf key = key_of(text);
	char digest[WARM_DIGEST];
	const char *why;
	int err;

	warm_digest(&key, digest);
	err = warm_store_open(digest, &key, s, &why);
	ck_assert(err ? *why != '\0' : !why);
	buf_free(&key);
	return err;
}

static int try(const char *text)
{
	struct warm_state s = WARM_STATE_INIT;
	int err = look(text, &s);

	warm_store_close(&s);
	return err;
}

static void ck_content(struct warm_state *s, const char *ram,
		       const char *device)
{
	char got[64] = "";
	struct stat st;

	ck_assert_int_eq(pread(s->ram, got, strlen(ram), 4096), strlen(ram));
	ck_assert_str_eq(got, ram);
	ck_assert_int_eq(fstat(s->ram, &st), 0);
	ck_assert_uint_eq(st.st_size, MIB);
	ck_assert_uint_lt(st.st_blocks * 512, MIB / 2);
	memset(got, 0, sizeof(got));
	/* As QEMU reads it: from its beginning. */
	ck_assert_int_eq(read(s->device, got, sizeof(got)), strlen(device));
	ck_assert_str_eq(got, device);
}

START_TEST(kept)
{
	struct warm_state s = WARM_STATE_INIT;

	ck_assert_int_eq(try("a"), -ENOENT);
	keep("a", "ram of a", "device of a");
	ck_assert_int_eq(look("a", &s), 0);
	ck_content(&s, "ram of a", "device of a");
	warm_store_close(&s);
	ck_assert_int_eq(s.ram, -1);
	ck_assert_int_eq(try("b"), -ENOENT);
	ck_assert_uint_eq(count("*"), 1);
	ck_assert_uint_eq(count(".tmp*"), 0);
}
END_TEST

/* Who has it open keeps it. */
START_TEST(replaced)
{
	struct warm_state s = WARM_STATE_INIT, t = WARM_STATE_INIT;

	keep("a", "old", "old state");
	ck_assert_int_eq(look("a", &s), 0);
	keep("a", "new", "new state");
	ck_assert_int_eq(look("a", &t), 0);
	ck_content(&s, "old", "old state");
	ck_content(&t, "new", "new state");
	warm_store_close(&s);
	warm_store_close(&t);
	ck_assert_uint_eq(count("*"), 1);
	ck_assert_uint_eq(count(".tmp*"), 0);
}
END_TEST

START_TEST(dropped)
{
	struct warm_stage st, other;

	begin(&st, "a", "a");
	/* Another one that begins leaves it alone. */
	begin(&other, "b", "b");
	ck_assert_uint_eq(count(".tmp*"), 2);
	warm_store_drop(&st);
	warm_store_drop(&st);
	ck_assert_uint_eq(count(".tmp*"), 1);
	ck_assert_ptr_null(st.dir);
	warm_store_drop(&other);
	ck_assert_uint_eq(count(".tmp*"), 0);
}
END_TEST

START_TEST(removed)
{
	struct buf key = key_of("a");
	char digest[WARM_DIGEST];

	warm_digest(&key, digest);
	keep("a", "a", "a");
	warm_store_remove(digest);
	warm_store_remove(digest);
	ck_assert_int_eq(try("a"), -ENOENT);
	ck_assert_uint_eq(count("*"), 0);
	buf_free(&key);
}
END_TEST

static mode_t mode_of(const char *pattern)
{
	char path[512];
	struct stat st;
	glob_t g;

	snprintf(path, sizeof(path), "%s/%s", at("cache/bootlet/warm"),
		 pattern);
	ck_assert_int_eq(glob(path, 0, NULL, &g), 0);
	ck_assert_int_eq(stat(g.gl_pathv[0], &st), 0);
	globfree(&g);
	return st.st_mode & 07777;
}

START_TEST(private)
{
	umask(0);
	keep("a", "a", "a");
	ck_assert_uint_eq(mode_of(""), 0700);
	ck_assert_uint_eq(mode_of("*"), 0700);
	ck_assert_uint_eq(mode_of("*/ram"), 0600);
	ck_assert_uint_eq(mode_of("*/device"), 0600);
	ck_assert_uint_eq(mode_of("*/note"), 0600);
}
END_TEST

static void nap(void)
{
	const struct timespec t = { .tv_nsec = 20000000 };

	nanosleep(&t, NULL);
}

/* That which was used longest ago goes. */
START_TEST(bounded)
{
	static const char *const names[] = { "a", "b", "c", "d", "e" };

	for (int i = 0; i < 5; i++) {
		if (i == 4)
			ck_assert_int_eq(try("a"), 0);
		nap();
		keep(names[i], names[i], names[i]);
		nap();
	}
	ck_assert_uint_eq(count("*"), WARM_STORE_KEEP);
	ck_assert_int_eq(try("a"), 0);
	ck_assert_int_eq(try("b"), -ENOENT);
	ck_assert_int_eq(try("e"), 0);
}
END_TEST

START_TEST(the_dead_are_swept)
{
	struct warm_stage st;
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		warm_store_begin(MIB, &st);
		raise(SIGKILL);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
	ck_assert_uint_eq(count(".tmp*"), 1);
	keep("a", "a", "a");
	ck_assert_uint_eq(count(".tmp*"), 0);
	ck_assert_uint_eq(count("*"), 1);
}
END_TEST

static void overwrite(const char *name, long at_byte, long cut)
{
	char path[512];
	glob_t g;
	int fd;

	snprintf(path, sizeof(path), "%s/*/%s", at("cache/bootlet/warm"), name);
	ck_assert_int_eq(glob(path, 0, NULL, &g), 0);
	fd = open(g.gl_pathv[0], O_RDWR);
	ck_assert_int_ge(fd, 0);
	if (cut >= 0)
		ck_assert_int_eq(ftruncate(fd, cut), 0);
	else
		ck_assert_int_eq(pwrite(fd, "\1", 1, at_byte), 1);
	close(fd);
	globfree(&g);
}

static const struct {
	const char *name;
	long byte, cut;
} damages[] = {
	{ "ram", 100, -1 },  { "ram", 0, 4096 },     { "ram", 0, 2 << 20 },
	{ "device", 2, -1 }, { "device", 0, 0 },     { "device", 0, 3 },
	{ "note", 0, -1 },   { "note", 16, -1 },     { "note", 0, 0 },
	{ "note", 0, 100 },  { "note", 0, 1 << 20 },
};

START_TEST(damaged)
{
	keep("key", "ram", "device");
	nap();
	overwrite(damages[_i].name, damages[_i].byte, damages[_i].cut);
	ck_assert_int_eq(try("key"), -ESTALE);
	keep("key", "ram", "device");
	ck_assert_int_eq(try("key"), 0);
}
END_TEST

static const struct {
	const char *name;
	unsigned int mode, owner;
} foreign[] = {
	{ "ram", 0620, 0 },
	{ "device", 0600, 1 },
};

START_TEST(another_users)
{
	struct buf key = key_of("key");
	char digest[WARM_DIGEST], path[512];
	struct warm_stage st;

	warm_digest(&key, digest);
	begin(&st, "ram", "device");
	snprintf(path, sizeof(path), "%s/%s", st.dir, foreign[_i].name);
	ck_assert_int_eq(chmod(path, foreign[_i].mode), 0);
	if (foreign[_i].owner && chown(path, foreign[_i].owner, 0))
		return;
	ck_assert_int_eq(warm_store_end(&st, digest, &key), -EPERM);
	buf_free(&key);
}
END_TEST

/* The digest is only a name. */
START_TEST(another_key_of_one_digest)
{
	struct buf a = key_of("a"), b = key_of("b");
	struct warm_state s = WARM_STATE_INIT;
	char digest[WARM_DIGEST];
	const char *why;

	warm_digest(&a, digest);
	keep("a", "a", "a");
	ck_assert_int_eq(warm_store_open(digest, &b, &s, &why), -ESTALE);
	ck_assert_int_eq(s.ram, -1);
	buf_free(&a);
	buf_free(&b);
}
END_TEST

/* No guest has written its devices. */
START_TEST(nothing_to_keep)
{
	struct buf key = key_of("a");
	char digest[WARM_DIGEST];
	struct warm_stage st;

	warm_digest(&key, digest);
	begin(&st, "a", "");
	ck_assert_int_eq(warm_store_end(&st, digest, &key), -EIO);
	ck_assert_ptr_null(st.dir);
	ck_assert_uint_eq(count("*") + count(".tmp*"), 0);
	buf_free(&key);
}
END_TEST

/* EFBIG, for want of a disk that is full. */
START_TEST(no_room)
{
	struct rlimit little = { 4096, 4096 };
	struct warm_stage st;

	ck_assert_int_eq(warm_store_begin(1ULL << 60, &st), -ENOSPC);
	ck_assert_ptr_null(st.dir);
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &little), 0);
	ck_assert_int_eq(warm_store_begin(MIB, &st), -EFBIG);
	ck_assert_ptr_null(st.dir);
	ck_assert_uint_eq(count("*") + count(".tmp*"), 0);
}
END_TEST

START_TEST(no_cache)
{
	struct warm_stage st;

	put_text("file", "");
	setenv("XDG_CACHE_HOME", at("file"), 1);
	ck_assert_int_eq(warm_store_begin(MIB, &st), -ENOTDIR);
	ck_assert_int_eq(try("a"), -ENOENT);
	unsetenv("XDG_CACHE_HOME");
	unsetenv("HOME");
	ck_assert_int_lt(warm_store_begin(MIB, &st), 0);
	ck_assert_int_eq(try("a"), -ENOENT);
	warm_store_drop(&st);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("warm_store");
	TCase *t = tcase_create("warm_store");

	tcase_add_checked_fixture(t, setup, scratch_remove);
	tcase_add_test(t, kept);
	tcase_add_test(t, replaced);
	tcase_add_test(t, dropped);
	tcase_add_test(t, removed);
	tcase_add_test(t, private);
	tcase_add_test(t, bounded);
	tcase_add_test(t, the_dead_are_swept);
	tcase_add_loop_test(t, damaged, 0,
			    sizeof(damages) / sizeof(damages[0]));
	tcase_add_test(t, another_key_of_one_digest);
	tcase_add_loop_test(t, another_users, 0,
			    sizeof(foreign) / sizeof(foreign[0]));
	tcase_add_test(t, nothing_to_keep);
	tcase_add_test(t, no_room);
	tcase_add_test(t, no_cache);
	suite_add_tcase(s, t);
	return s;
}
