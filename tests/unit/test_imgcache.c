// SPDX-License-Identifier: MIT
#include "host/icount.h"
#include "host/imgcache.h"
#include "scratch.h"
#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <sys/wait.h>

static char *const command[] = { "true", NULL };

static void setup(void)
{
	scratch_make();
	said_begin();
	setenv("XDG_CACHE_HOME", at("cache"), 1);
}

/* An image of init alone: what it depends on cannot change. */
static struct recipe plain(void)
{
	return (struct recipe){ .no_busybox = true, .command = command };
}

static int count(const char *suffix)
{
	DIR *d = opendir(at("cache/bootlet/images"));
	struct dirent *e;
	int n = 0;

	ck_assert_ptr_nonnull(d);
	while ((e = readdir(d))) {
		size_t len = strlen(e->d_name), tail = strlen(suffix);

		n += *e->d_name != '.' && len >= tail &&
		     !strcmp(e->d_name + len - tail, suffix);
	}
	closedir(d);
	return n;
}

/* The one image, or its note. */
static const char *only(const char *suffix)
{
	static char path[512];
	DIR *d = opendir(at("cache/bootlet/images"));
	struct dirent *e;

	*path = '\0';
	while ((e = readdir(d)))
		if (*e->d_name != '.' && !strcmp(e->d_name + 64, suffix))
			snprintf(path, sizeof(path), "%s/%s",
				 at("cache/bootlet/images"), e->d_name);
	closedir(d);
	ck_assert(*path);
	return path;
}

/* Writes the whole image of a recipe, with the cache or without. */
static struct buf whole(struct recipe *r, bool cached)
{
	struct image img = { 0 };
	struct buf b = { 0 };

	if (cached) {
		ck_assert(imgcache_takes(r));
		ck_assert_int_eq(imgcache_apply(r, NULL, &img), 0);
		ck_assert(image_has(&img, "init", false));
	} else {
		ck_assert_int_eq(recipe_apply(r, NULL, &img), 0);
	}
	if (*r->held)
		ck_assert_int_eq(image_write_behind(&img, at("out"), &r->codec,
						    r->append_to),
				 0);
	else
		ck_assert_int_eq(image_write(&img, at("out"), &r->codec, NULL),
				 0);
	image_free(&img);
	ck_assert_int_eq(read_file(at("out"), &b, 1 << 24), 0);
	return b;
}

static ino_t run(struct recipe r)
{
	struct buf b = whole(&r, true);
	struct stat st;

	ck_assert(*r.held);
	recipe_free(&r);
	buf_free(&b);
	ck_assert_int_eq(stat(only(""), &st), 0);
	return st.st_ino;
}

START_TEST(once)
{
	ino_t first = run(plain());

	ck_assert_int_eq(count(".note"), 1);
	ck_assert_uint_eq(run(plain()), first);
	/* Another command is another archive behind the same. */
	struct recipe r = plain();
	r.command = (char *[]){ "echo", "a b", NULL };
	ck_assert_uint_eq(run(r), first);
	ck_assert_int_eq(count(""), 2);
	ck_assert_str_eq(said(), "");
}
END_TEST

/* Whether a list names a path. */
static bool lists(const struct buf *b, const char *path)
{
	return memmem(b->p, b->n, path, strlen(path) + 1) != NULL;
}

/* The archive behind holds the command alone, and both are whole. */
START_TEST(same_content)
{
	struct recipe r = plain();
	struct buf one = whole(&r, false), two;

	recipe_free(&r);
	for (int i = 0; i < 2; i++) {
		r = plain();
		two = whole(&r, true);
		ck_assert(lists(&two, "init") && lists(&two, "dev/console"));
		ck_assert(lists(&two, "etc/bootlet/command"));
		ck_assert_uint_ge(two.n, one.n);
		/* A trailer, and what goes before it. */
		ck_assert_uint_le(two.n, one.n + 1024);
		recipe_free(&r);
		buf_free(&two);
	}
	buf_free(&one);
}
END_TEST

static void apply(struct recipe *r)
{
	struct image img = { 0 };

	ck_assert_int_eq(imgcache_apply(r, NULL, &img), 0);
	image_free(&img);
	recipe_free(r);
}

START_TEST(keys)
{
	struct recipe r = plain();

	run(plain());
	r.no_init = true;
	apply(&r);
	ck_assert_int_eq(count(".note"), 2);
	r = plain();
	buf_adds(&r.conf, "hostname=x\n");
	apply(&r);
	ck_assert_int_eq(count(".note"), 3);
	setenv("SOURCE_DATE_EPOCH", "86400", 1);
	r = plain();
	apply(&r);
	ck_assert_int_eq(count(".note"), 4);
}
END_TEST

/* One byte less, one byte other, a note of another boot, half a note: each is
 * noticed, and made good. */
START_TEST(damage)
{
	struct buf note = { 0 };
	char *boot;
	int fd;

	run(plain());
	switch (_i) {
	case 0:
		ck_assert_int_eq(truncate(only(""), 1000), 0);
		break;
	case 1:
		fd = open(only(""), O_WRONLY);
		ck_assert_int_eq(pwrite(fd, "X", 1, 2000), 1);
		close(fd);
		break;
	case 2:
		unlink(only(""));
		break;
	case 3:
		ck_assert_int_eq(truncate(only(".note"), 40), 0);
		break;
	default:
		ck_assert_int_eq(read_file(only(".note"), &note, 4096), 0);
		boot = strchr(note.p, '-');
		boot = strchr(boot + 1, '-');
		boot[1] = boot[1] == 'f' ? 'e' : 'f';
		fd = open(only(".note"), O_WRONLY | O_TRUNC);
		ck_assert_int_eq(write(fd, note.p, note.n), note.n);
		close(fd);
		buf_free(&note);
	}
	struct recipe r = plain();
	struct buf again = whole(&r, true);

	ck_assert(lists(&again, "init"));
	ck_assert_uint_gt(again.n, 20000);
	ck_assert(!memmem(again.p, again.n, "X", 1) || again.p[2000] != 'X');
	buf_free(&again);
	recipe_free(&r);
	ino_t made = run(plain());

	ck_assert_uint_eq(run(plain()), made);
	ck_assert_int_eq(count(""), 2);
}
END_TEST

/* It stays readable though it has left the cache meanwhile. */
START_TEST(evicted)
{
	struct recipe r = plain();
	struct image img = { 0 };
	struct stat st;

	run(plain());
	ck_assert_int_eq(imgcache_apply(&r, NULL, &img), 0);
	unlink(only(""));
	ck_assert_int_eq(
		image_write_behind(&img, at("out"), &r.codec, r.append_to), 0);
	ck_assert_int_eq(stat(at("out"), &st), 0);
	ck_assert_int_gt(st.st_size, 20000);
	image_free(&img);
	recipe_free(&r);
}
END_TEST

START_TEST(bounded)
{
	for (int i = 0; i < IMGCACHE_KEEP + 4; i++) {
		struct recipe r = plain();

		buf_addf(&r.conf, "hostname=h%d\n", i);
		apply(&r);
	}
	/* The last one's note comes before the sweep. */
	ck_assert_int_eq(count(".note"), IMGCACHE_KEEP);
	ck_assert_int_eq(count(""), 2 * IMGCACHE_KEEP);
}
END_TEST

START_TEST(no_cache)
{
	struct recipe r = plain();
	struct buf b;

	put_text("cache", "a file");
	b = whole(&r, true);
	ck_assert(!*r.held);
	ck_assert(lists(&b, "etc/bootlet/command"));
	buf_free(&b);
	recipe_free(&r);
}
END_TEST

/* --- with what is of one run ---------------------------------------------- */

/* Return: the inode of the image with that command in it. */
static ino_t run_whole(char *const *words, bool file)
{
	struct recipe r = plain();
	struct image img = { 0 };
	struct buf b = { 0 };
	struct stat st;

	r.command = words;
	ck_assert_int_eq(imgcache_apply(&r, NULL, &img), 0);
	if (file) {
		put_text("a-file-of-mine", "text");
		ck_assert_int_eq(image_add_file(&img, IMAGE_OWN,
						"a-file-of-mine",
						at("a-file-of-mine"), -1),
				 0);
	}
	unlink(at("initrd"));
	ck_assert_int_eq(imgcache_write(&r, &img, at("initrd")), 0);
	ck_assert_int_eq(stat(at("initrd"), &st), 0);
	ck_assert_uint_eq(st.st_nlink, file ? 1 : 2);
	ck_assert_int_eq(read_file(at("initrd"), &b, 1 << 24), 0);
	ck_assert(lists(&b, "init") && lists(&b, "etc/bootlet/command"));
	ck_assert(lists(&b, words[0]));
	ck_assert_int_eq(lists(&b, "a-file-of-mine"), file);
	buf_free(&b);
	image_free(&img);
	recipe_free(&r);
	return st.st_ino;
}

START_TEST(the_same_command_again)
{
	char *const other[] = { "echo", "a b", NULL };
	ino_t first = run_whole(command, false);
	ino_t second = run_whole(other, false);

	ck_assert_uint_ne(first, second);
	ck_assert_uint_eq(run_whole(command, false), first);
	ck_assert_uint_eq(run_whole(other, false), second);
	/* The one that both begin with, and two. */
	ck_assert_int_eq(count(".note"), 3);
	ck_assert_str_eq(said(), "");
}
END_TEST

/* What has left the cache is still the run's. */
START_TEST(evicted_whole)
{
	ino_t first = run_whole(command, false);
	struct stat st;

	ck_assert_int_eq(system("rm -rf $XDG_CACHE_HOME/bootlet/images"), 0);
	ck_assert_int_eq(stat(at("initrd"), &st), 0);
	ck_assert_uint_eq(st.st_ino, first);
	ck_assert_int_gt(st.st_size, 20000);
}
END_TEST

/* What a file holds is read when the image is made. */
START_TEST(with_a_file)
{
	run_whole(command, true);
	ck_assert_int_eq(count(".note"), 1);
	run_whole(command, false);
	ck_assert_int_eq(count(".note"), 2);
}
END_TEST

/* Nothing of it is left when the run has ended. */
START_TEST(of_one_run_alone)
{
	static const char *const paths[] = { BOOTLET_ENV, BOOTLET_NONCE };

	for (size_t i = 0; i < 2; i++) {
		struct recipe r = plain();
		struct image img = { 0 };
		struct buf b = { 0 };
		struct stat st;

		ck_assert_int_eq(imgcache_apply(&r, NULL, &img), 0);
		ck_assert_int_eq(image_add_data(&img, paths[i], "TOKEN=s3cret",
						12, 0600),
				 0);
		unlink(at("initrd"));
		ck_assert_int_eq(imgcache_write(&r, &img, at("initrd")), 0);
		ck_assert_int_eq(stat(at("initrd"), &st), 0);
		ck_assert_uint_eq(st.st_nlink, 1);
		ck_assert_int_eq(read_file(at("initrd"), &b, 1 << 24), 0);
		ck_assert_ptr_nonnull(memmem(b.p, b.n, "s3cret", 6));
		ck_assert_int_ne(system("grep -rq s3cret $XDG_CACHE_HOME"), 0);
		ck_assert_int_eq(count(".note"), 1);
		buf_free(&b);
		image_free(&img);
		recipe_free(&r);
	}
	ck_assert_str_eq(said(), "");
}
END_TEST

static int truncateat(DIR *d, const char *name)
{
	int fd = openat(dirfd(d), name, O_WRONLY), err = ftruncate(fd, 1000);

	close(fd);
	return err;
}

START_TEST(damaged_whole)
{
	DIR *d;
	struct dirent *e;
	ino_t first = run_whole(command, false);

	d = opendir(at("cache/bootlet/images"));
	while ((e = readdir(d)))
		if (e->d_ino == first)
			ck_assert_int_eq(truncateat(d, e->d_name), 0);
	closedir(d);
	ck_assert_uint_ne(run_whole(command, false), first);
	ck_assert_int_eq(count(".note"), 2);
}
END_TEST

START_TEST(not_for_the_cache)
{
	struct recipe_item item = { 0 };
	struct recipe r = plain();

	ck_assert(imgcache_takes(&r));
	r.init = "/bin/true";
	ck_assert(!imgcache_takes(&r));
	r = plain();
	r.items = &item;
	r.n_items = 1;
	ck_assert(!imgcache_takes(&r));
	r = plain();
	r.append_to = "image";
	ck_assert(!imgcache_takes(&r));
	r = plain();
	r.codec.type = CODEC_ZSTD;
	ck_assert(!imgcache_takes(&r));
	r = plain();
	r.busybox = "./busybox";
	ck_assert(!imgcache_takes(&r));
	r = plain();
	strv_push(&r.modules, "./own.ko");
	ck_assert(!imgcache_takes(&r));
	strv_free(&r.modules);
	r = plain();
	strv_push(&r.modules, "e1000");
	ck_assert(imgcache_takes(&r));
	strv_free(&r.modules);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("imgcache");
	TCase *t = tcase_create("imgcache");

	tcase_add_checked_fixture(t, setup, scratch_remove);
	tcase_add_test(t, once);
	tcase_add_test(t, same_content);
	tcase_add_test(t, keys);
	tcase_add_loop_test(t, damage, 0, 5);
	tcase_add_test(t, evicted);
	tcase_add_test(t, bounded);
	tcase_add_test(t, no_cache);
	tcase_add_test(t, the_same_command_again);
	tcase_add_test(t, evicted_whole);
	tcase_add_test(t, with_a_file);
	tcase_add_test(t, of_one_run_alone);
	tcase_add_test(t, damaged_whole);
	tcase_add_test(t, not_for_the_cache);
	suite_add_tcase(s, t);
	return s;
}
