// SPDX-License-Identifier: MIT
#include "host/guestinfo.h"
#include "host/vm.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char tmp[64];

static void setup(void)
{
	strcpy(tmp, "/tmp/bootlet-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(tmp));
	setenv("TMPDIR", tmp, 1);
}

static void teardown(void)
{
	/* Fails where something was left in it. */
	ck_assert_int_eq(rmdir(tmp), 0);
}

static void put(const char *dir, const char *text)
{
	char *path = xasprintf("%s/" GUESTINFO_FILE, dir);
	FILE *f = fopen(path, "w");

	fputs(text, f);
	fclose(f);
	free(path);
}

static void drop(const char *dir)
{
	char *path = xasprintf("%s/" GUESTINFO_FILE, dir);

	unlink(path);
	free(path);
}

static struct guestinfo sample(const char *dir)
{
	struct guestinfo g = {
		.dir = xstrdup(dir),
		.name = xstrdup("-n a\"b\\c,$d\ne"),
		.pid = 4321,
		.address = xstrdup("unix:/tmp/\xff\xfe q/gdb"),
		.image = xstrdup("/boot/\xc3\xa9"),
		.build_id = xstrdup("0123abcd"),
		.waits = true,
	};

	strv_pushl(&g.breaks, "ep_poll_callback", "a \"b\"", NULL);
	return g;
}

START_TEST(what_is_written_is_read)
{
	struct guestinfo g = sample(tmp), r;

	ck_assert_int_eq(guestinfo_write(&g), 0);
	ck_assert_int_eq(guestinfo_read(tmp, &r), 0);
	ck_assert_str_eq(r.dir, tmp);
	ck_assert_str_eq(r.name, g.name);
	ck_assert_int_eq(r.pid, 4321);
	ck_assert_str_eq(r.address, g.address);
	ck_assert_str_eq(r.image, g.image);
	ck_assert_ptr_null(r.release);
	ck_assert_ptr_null(r.tree);
	ck_assert_ptr_null(r.moddir);
	ck_assert_str_eq(r.build_id, "0123abcd");
	ck_assert(r.waits && !r.kvm);
	ck_assert_uint_eq(r.breaks.n, 2);
	ck_assert_str_eq(r.breaks.v[1], "a \"b\"");
	guestinfo_free(&r);
	/* Written again, as for another accelerator. */
	g.kvm = true;
	ck_assert_int_eq(guestinfo_write(&g), 0);
	ck_assert_int_eq(guestinfo_read(tmp, &r), 0);
	ck_assert(r.kvm);
	guestinfo_free(&r);
	guestinfo_free(&g);
	ck_assert_ptr_null(g.dir);
	drop(tmp);
}
END_TEST

START_TEST(nowhere_to_write)
{
	struct guestinfo g = sample("/nonexistent");

	ck_assert_int_eq(guestinfo_write(&g), -ENOENT);
	guestinfo_free(&g);
}
END_TEST

#define HEAD "{\"pid\":1,\"address\":\"tcp:127.0.0.1:1\",\"breaks\":"

static const char *const broken[] = {
	"",
	"{",
	"[]",
	"null",
	"{}",
	"{\"pid\":1}",
	"{\"pid\":0,\"address\":\"x\",\"breaks\":[]}",
	"{\"pid\":-1,\"address\":\"x\",\"breaks\":[]}",
	"{\"pid\":\"1\",\"address\":\"x\",\"breaks\":[]}",
	"{\"pid\":1,\"address\":7,\"breaks\":[]}",
	"{\"pid\":1,\"address\":{\"hex\":\"4\"},\"breaks\":[]}",
	"{\"pid\":1,\"address\":{\"hex\":\"00\"},\"breaks\":[]}",
	"{\"pid\":1,\"address\":{\"hex\":\"zz\"},\"breaks\":[]}",
	HEAD "{}}",
	HEAD "[1]}",
	HEAD "[],\"tree\":null}",
	HEAD "[]} x",
};

START_TEST(what_is_none_is_refused)
{
	struct guestinfo r;

	put(tmp, broken[_i]);
	ck_assert_int_eq(guestinfo_read(tmp, &r), -EINVAL);
	ck_assert_ptr_null(r.dir);
	drop(tmp);
}
END_TEST

START_TEST(absent)
{
	struct guestinfo r;

	ck_assert_int_eq(guestinfo_read(tmp, &r), -ENOENT);
	ck_assert_int_eq(guestinfo_read("/nonexistent", &r), -ENOENT);
	put(tmp, HEAD "[]}");
	ck_assert_int_eq(guestinfo_read(tmp, &r), 0);
	ck_assert(!r.waits && !r.kvm && !r.breaks.n);
	guestinfo_free(&r);
	drop(tmp);
}
END_TEST

/* How many of the list lie in our directory. */
static size_t listed_for(bool gdb, const char *first)
{
	struct guestinfo *v;
	size_t n, ours = 0;

	ck_assert_int_eq(guestinfo_list(gdb, &v, &n), 0);
	for (size_t i = 0; i < n; i++) {
		if (!strncmp(v[i].dir, tmp, strlen(tmp))) {
			ck_assert(ours || !strcmp(v[i].dir, first));
			ours++;
		}
		guestinfo_free(&v[i]);
	}
	free(v);
	return ours;
}

static size_t listed(const char *first)
{
	return listed_for(true, first);
}

/* No debugger may come to it, and it is there all the same. */
START_TEST(without_a_debugger)
{
	struct vm a = VM_INIT;
	struct guestinfo g;

	ck_assert_int_eq(vm_paths(&a, "a"), 0);
	ck_assert_int_eq(vm_make(&a), 0);
	g = (struct guestinfo){ .dir = xstrdup(a.dir), .pid = 7 };
	ck_assert_int_eq(guestinfo_write(&g), 0);
	guestinfo_free(&g);
	ck_assert_uint_eq(listed_for(false, a.dir), 1);
	ck_assert_uint_eq(listed_for(true, a.dir), 0);
	ck_assert_int_eq(guestinfo_find(a.dir, &g), 0);
	ck_assert_ptr_null(g.address);
	ck_assert_int_eq(g.pid, 7);
	guestinfo_free(&g);
	vm_free(&a);
	ck_assert_uint_eq(listed_for(false, ""), 0);
}
END_TEST

START_TEST(those_that_are_alive)
{
	struct vm a = VM_INIT, b = VM_INIT;
	struct guestinfo g, g2;
	char *stale = xasprintf("%s/bootlet-%u-stale", tmp, getuid());
	char *lock = xasprintf("%s/lock", stale);

	ck_assert_int_eq(vm_paths(&a, "a"), 0);
	ck_assert_int_eq(vm_paths(&b, "b"), 0);
	ck_assert_int_eq(vm_make(&a), 0);
	ck_assert_int_eq(vm_make(&b), 0);
	/* Not under a debugger. */
	ck_assert_uint_eq(listed(""), 0);
	g = sample(b.dir);
	ck_assert_int_eq(guestinfo_write(&g), 0);
	ck_assert_uint_eq(listed(b.dir), 1);
	free(g.dir);
	g.dir = xstrdup(a.dir);
	ck_assert_int_eq(guestinfo_write(&g), 0);
	ck_assert_uint_eq(listed(a.dir), 2);
	ck_assert_int_eq(guestinfo_find(a.dir, &g2), 0);
	ck_assert_str_eq(g2.dir, a.dir);
	guestinfo_free(&g2);
	/* Nobody holds its lock. */
	ck_assert_int_eq(mkdir(stale, 0700), 0);
	close(open(lock, O_CREAT | O_WRONLY, 0600));
	put(stale, HEAD "[]}");
	ck_assert_uint_eq(listed(a.dir), 2);
	ck_assert_int_eq(guestinfo_find(stale, &g2), -ESRCH);
	ck_assert_ptr_null(g2.dir);
	/* Another user's, whatever is in it. */
	ck_assert_int_eq(guestinfo_find(lock, &g2), -ENOTDIR);
	if (getuid() == 0) {
		ck_assert_int_eq(chown(b.dir, 1, 1), 0);
		ck_assert_int_eq(guestinfo_find(b.dir, &g2), -EPERM);
		ck_assert_uint_eq(listed(a.dir), 1);
		ck_assert_int_eq(chown(b.dir, 0, 0), 0);
	}
	drop(stale);
	unlink(lock);
	rmdir(stale);
	vm_free(&a);
	ck_assert_uint_eq(listed(b.dir), 1);
	vm_free(&b);
	ck_assert_uint_eq(listed(""), 0);
	guestinfo_free(&g);
	free(stale);
	free(lock);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("guestinfo");
	TCase *t = tcase_create("guestinfo");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, what_is_written_is_read);
	tcase_add_test(t, nowhere_to_write);
	tcase_add_loop_test(t, what_is_none_is_refused, 0,
			    sizeof(broken) / sizeof(broken[0]));
	tcase_add_test(t, absent);
	tcase_add_test(t, without_a_debugger);
	tcase_add_test(t, those_that_are_alive);
	suite_add_tcase(s, t);
	return s;
}
