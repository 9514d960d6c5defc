// SPDX-License-Identifier: MIT
/* What is kept for the next run, damaged in each way: the run is as without,
 * and what was damaged is made anew. States that are kept: test_warmstate.c;
 * what a download has left: test_distro.c of the unit tests. */
#include "vm.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct ran r;

/* --- damage --------------------------------------------------------------- */

enum damage {
	HEAD,
	MIDDLE,
	CUT,
	LONGER,
	EMPTY,
	GARBAGE,
	GONE,
	DIRECTORY,
	LOOP,
	FIFO,
	UNREADABLE,
	N_DAMAGES
};

/* Its first bytes, or those at @at, with all bits turned. */
static void flip(const char *path, off_t at)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	unsigned char b[16];
	ssize_t n = pread(fd, b, sizeof(b), at);

	ck_assert_int_gt(n, 0);
	for (ssize_t i = 0; i < n; i++)
		b[i] ^= 0xff;
	ck_assert_int_eq(pwrite(fd, b, (size_t)n, at), n);
	close(fd);
}

/* Of the same size: what looks at it alone sees nothing. */
static void fill(const char *path, off_t size)
{
	char piece[65536];
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	memset(piece, 'g', sizeof(piece));
	while (size > 0) {
		size_t n = size < (off_t)sizeof(piece) ? (size_t)size :
							 sizeof(piece);

		ck_assert_int_eq(write(fd, piece, n), n);
		size -= (off_t)n;
	}
	close(fd);
}

static void put_in_its_place(const char *path, enum damage how)
{
	char *inside;

	ck_assert_int_eq(unlink(path), 0);
	if (how == LOOP)
		ck_assert_int_eq(symlink(path, path), 0);
	if (how == FIFO)
		ck_assert_int_eq(mkfifo(path, 0600), 0);
	if (how != DIRECTORY)
		return;
	ck_assert_int_eq(mkdir(path, 0700), 0);
	inside = strdup(vm_fmt("%s/file", path));
	ck_assert_int_ge(open(inside, O_CREAT | O_WRONLY, 0600), 0);
	free(inside);
}

static void damage(const char *path, enum damage how)
{
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	if (how == HEAD || how == MIDDLE)
		flip(path, how == HEAD ? 0 : st.st_size / 2);
	else if (how == GARBAGE)
		fill(path, st.st_size);
	else if (how == CUT || how == LONGER || how == EMPTY)
		ck_assert_int_eq(truncate(path, how == CUT    ? st.st_size / 2 :
						how == LONGER ? st.st_size + 1 :
								0),
				 0);
	else if (how == UNREADABLE)
		ck_assert_int_eq(chmod(path, 0), 0);
	else
		put_in_its_place(path, how);
}

/* --- what is damaged ------------------------------------------------------ */

#define CACHE "xdg/bootlet"

/* The notes, by which all else is judged, or what they tell of. */
static const struct {
	bool notes;
	const char *patterns[3];
	size_t least;
} things[] = {
	{ true, { "*/*.note", "kvm", "tsc" }, 2 },
	{ false, { "images/*", "vmlinux/*", NULL }, 2 },
};

static size_t find(int which, glob_t *g)
{
	size_t n = 0;
	int flags = 0;

	*g = (glob_t){ 0 };
	for (int i = 0; i < 3 && things[which].patterns[i]; i++) {
		glob(vm_fmt("%s/%s", vm_at(CACHE), things[which].patterns[i]),
		     flags, NULL, g);
		flags = GLOB_APPEND;
	}
	/* Those of the other kind do not count, nor what an earlier test has
	 * left there: an image is made under another name when what it is made
	 * of is made anew. */
	for (size_t i = 0; i < g->gl_pathc; i++) {
		const char *path = g->gl_pathv[i];
		struct stat st;

		if ((!things[which].notes && strstr(path, ".note")) ||
		    lstat(path, &st) || !S_ISREG(st.st_mode))
			continue;
		g->gl_pathv[n++] = g->gl_pathv[i];
	}
	return n;
}

/* A kernel, and whatever else it takes, that any user can read. */
static void prepare(void)
{
	char *copy = strdup(vm_fmt("cd \"$TMPDIR\" && chmod 777 . && "
				   "cp '%s' vmlinuz && cp '%s' busybox && "
				   "chmod 755 vmlinuz busybox",
				   vm_kernel_image(NULL), vm_busybox()));

	ck_assert_int_eq(system(copy), 0);
	free(copy);
	setenv("XDG_CACHE_HOME", vm_at("xdg"), 1);
	/* What is newer is known by its bytes alone. */
	vm_sleep_ms(2100);
}

static void fresh(void)
{
	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-c", "rm -rf \"$1\" && mkdir -m 777 \"$1\"",
			"sh", vm_at("xdg")));
	ck_code(&r, 0);
}

/* Root reads everything: somebody else has to try. */
#define NOBODY	"65534"
#define PLAINLY "--cpus=1"

static void boot(bool as_nobody, const char *how)
{
	const char *const argv[] = { "setpriv",
				     "--reuid=" NOBODY,
				     "--regid=" NOBODY,
				     "--clear-groups",
				     vm_bootlet(),
				     "run",
				     "-k",
				     vm_at("vmlinuz"),
				     "--busybox",
				     vm_at("busybox"),
				     "--append",
				     "quiet",
				     how,
				     "--",
				     "sh",
				     "-c",
				     "echo well; exit 7",
				     NULL };

	vm_exec(&r, NULL, 0, argv + (as_nobody && !geteuid() ? 0 : 4));
	ck_code(&r, 7);
	ck_assert_str_eq(r.out.p, "well\n");
}

START_TEST(it_is_as_without)
{
	enum damage how = (enum damage)(_i % N_DAMAGES);
	int which = _i / N_DAMAGES;
	bool nobody = how == UNREADABLE;
	struct stat st;
	glob_t g;
	size_t n;

	if (nobody || find(which, &g) < things[which].least) {
		fresh();
		boot(nobody, PLAINLY);
	}
	n = find(which, &g);
	ck_assert_uint_ge(n, things[which].least);
	for (size_t i = 0; i < n; i++)
		damage(g.gl_pathv[i], how);
	boot(nobody, PLAINLY);
	/* The probe of KVM may have something to say again. */
	ck_assert_msg(!r.err.n || (text_lines(&r.err) == 1 &&
				   strstr(r.err.p, "bootlet: KVM: ")),
		      "%s", r.err.p);
	boot(nobody, "-v");
	ck_has(r.err, ": from the cache\n");
	ck_hasnt(r.err, "made");
	for (size_t i = 0; i < n; i++)
		ck_assert_msg(strstr(g.gl_pathv[i], "/images/") ||
				      (!lstat(g.gl_pathv[i], &st) &&
				       S_ISREG(st.st_mode) && st.st_size &&
				       st.st_mode & 0400),
			      "%s is not healed", g.gl_pathv[i]);
	ck_assert_int_eq(glob(vm_fmt("%s/.tmp*", vm_at(CACHE)), 0, NULL, &g),
			 GLOB_NOMATCH);
	vm_nothing_left(0);
}
END_TEST

/* Where nothing can be kept, all is made each time. */
static const struct {
	const char *name;
	int mode;
} in_the_way[] = {
	{ "xdg/bootlet/images", 0600 },	 { "xdg/bootlet/images", 0755 },
	{ "xdg/bootlet/vmlinux", 0600 }, { "xdg/bootlet/vmlinux", 0755 },
	{ "xdg/bootlet", 0755 },
};

START_TEST(a_file_where_the_directory_must_be)
{
	fresh();
	mkdir(vm_at(CACHE), 0700);
	if (!strcmp(in_the_way[_i].name, CACHE))
		rmdir(vm_at(CACHE));
	vm_put(in_the_way[_i].name, "a file\n", false);
	ck_assert_int_eq(chmod(vm_at(in_the_way[_i].name),
			       (mode_t)in_the_way[_i].mode),
			 0);
	boot(false, PLAINLY);
	ck_assert_msg(text_lines(&r.err) <= 3, "%s", r.err.p);
	vm_nothing_left(0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("cache faults");
	TCase *t = tcase_create("kept");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_unchecked_fixture(t, prepare, NULL);
	tcase_add_loop_test(t, a_file_where_the_directory_must_be, 0,
			    sizeof(in_the_way) / sizeof(in_the_way[0]));
	tcase_add_loop_test(t, it_is_as_without, 0,
			    N_DAMAGES *
				    (int)(sizeof(things) / sizeof(things[0])));
	suite_add_tcase(s, t);
	return s;
}
