// SPDX-License-Identifier: MIT
/* From a run's private directory to a gdb that runs: with a gdb that shows
 * what it was given, and a gdbstub that only says hello. */
#include "elfutil.h"
#include "host/gdbplan.h"
#include "scratch.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

static void start_stub(const char *says)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), c;
	char got[8];

	strcpy(a.sun_path, at("run/gdb"));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		while ((c = accept(fd, NULL, NULL)) >= 0) {
			if (read(c, got, sizeof(got)) > 0 &&
			    write(c, says, strlen(says)) < 0)
				_exit(1);
			close(c);
		}
		_exit(0);
	}
	close(fd);
}

static void put_vmlinux(void)
{
	const struct elf_part parts[] = {
		{ ".notes", ELF_NOTES, sizeof(ELF_NOTES) - 1, SHT_NOTE, 0 },
		{ ".debug_info", "dwarf", 5, 0, 0 },
	};
	struct buf b = elf_make(parts, 2, -1);

	put("tree/vmlinux", b.p, b.n, 0644);
	buf_free(&b);
}

static struct guestinfo guest;
static int lock;

/* The gdb answers the question for Python, or notes what it is given. */
static void setup(void)
{
	scratch_make();
	put_vmlinux();
	put_text("tmp/x", "");
	put_text("run/x", "");
	put_script("gdb", "#!/bin/sh\n"
			  "[ \"$1\" = -nx ] && echo python 42 && exit\n"
			  "cat \"$4\" >\"$OUT/given.py\"\n"
			  "cat \"$6\" >\"$OUT/given\"\n"
			  "for last; do :; done\n"
			  "echo \"$1 $2 $last\" >\"$OUT/words\"\n"
			  "exit 7\n");
	setenv("OUT", scratch, 1);
	setenv("TMPDIR", at("tmp"), 1);
	guest = (struct guestinfo){
		.dir = xstrdup(at("run")),
		.pid = getpid(),
		.address = xasprintf("unix:%s/run/gdb", scratch),
		.image = xstrdup("/boot/x"),
		.tree = xstrdup(at("tree")),
		.build_id = xstrdup("deadbeef"),
	};
	strv_push(&guest.breaks, "start_kernel");
	ck_assert_int_eq(guestinfo_write(&guest), 0);
	/* Its run is alive. */
	put_text("run/lock", "");
	lock = open(at("run/lock"), O_RDONLY | O_CLOEXEC);
	ck_assert_int_eq(flock(lock, LOCK_EX), 0);
}

static void teardown(void)
{
	close(lock);
	guestinfo_free(&guest);
	scratch_remove();
}

/* Nothing but the file that was there, some moments after the end. */
static void expect_no_rest(void)
{
	char *cmd = xasprintf("for i in 1 2 3 4 5 6 7 8 9; do "
			      "[ \"$(ls %s/tmp)\" = x ] && exit; sleep .2; "
			      "done; exit 1",
			      scratch);

	ck_assert_int_eq(system(cmd), 0);
	free(cmd);
}

static struct gdbplan_wish wish(void)
{
	struct gdbplan_wish w = { .guest = guest.dir, .batch = true };
	static char program[128];

	snprintf(program, sizeof(program), "%s/gdb", scratch);
	w.program = program;
	return w;
}

START_TEST(becomes_gdb)
{
	struct gdbplan_wish w = wish();
	struct buf got = { 0 };
	struct gdbplan p;
	char *want;
	int status;

	start_stub("+$T05#b9");
	strv_pushl(&w.breaks, "foo", "start_kernel", NULL);
	ck_assert_int_eq(gdbplan_make(&w, &p), 0);
	fflush(NULL);
	if (fork() == 0)
		_exit(gdbplan_start(&w, &p) ? 99 : 98);
	while (wait(&status) < 0 || !WIFEXITED(status))
		;
	ck_assert_int_eq(WEXITSTATUS(status), 7);

	ck_assert_int_eq(read_file(at("given"), &got, 65536), 0);
	want = xasprintf("directory %s/tree\n"
			 "bootlet-modules %s/tree\n"
			 "target remote %s/run/gdb\n"
			 "bootlet-attach batch\n"
			 "bootlet-break foo\n"
			 "bootlet-break start_kernel\n",
			 scratch, scratch, scratch);
	ck_assert_str_eq(got.p, want);
	free(want);
	buf_free(&got);
	ck_assert_int_eq(read_file(at("given.py"), &got, 1 << 20), 0);
	ck_assert_uint_eq(got.n, (size_t)(gdb_py_end - gdb_py));
	buf_free(&got);
	ck_assert_int_eq(read_file(at("words"), &got, 65536), 0);
	want = xasprintf("-q -batch %s/tree/vmlinux\n", scratch);
	ck_assert_str_eq(got.p, want);
	free(want);
	buf_free(&got);
	expect_no_rest();
	gdbplan_free(&p);
	strv_free(&w.breaks);
}
END_TEST

/* Each ends in one line, and leaves nothing. */
static void expect_failure(const struct gdbplan_wish *w, int err,
			   const char *part)
{
	struct gdbplan p;
	int got;

	said_begin();
	got = gdbplan_make(w, &p);
	if (!got)
		got = gdbplan_start(w, &p);
	gdbplan_free(&p);
	ck_assert_int_eq(got, err);
	ck_assert_said(part);
	ck_assert_ptr_null(strstr(said(), "Sanitizer"));
	expect_no_rest();
}

START_TEST(failures)
{
	struct gdbplan_wish w = wish();

	expect_failure(&w, -ENOENT, "nobody listens there");
	w.guest = at("tmp");
	expect_failure(&w, -ENOENT, "no run that waits for gdb");
	w = wish();
	flock(lock, LOCK_UN);
	expect_failure(&w, -ESRCH, "no run that waits for gdb");
	flock(lock, LOCK_EX);
	if (getuid() == 0) {
		ck_assert_int_eq(chown(guest.dir, 1, 1), 0);
		expect_failure(&w, -EPERM, "another user's");
		ck_assert_int_eq(chown(guest.dir, 0, 0), 0);
	}
	w = wish();
	w.tree = at("none");
	expect_failure(&w, -ENOENT, "none: No such file");
	w = wish();
	w.vmlinux = at("gdb");
	expect_failure(&w, -ENOEXEC, "gdb needs vmlinux");
	w = wish();
	strv_push(&w.breaks, "a\nb");
	expect_failure(&w, -EINVAL, "newline");
	strv_free(&w.breaks);
	w = wish();
	free(guest.build_id);
	guest.build_id = xstrdup("00");
	ck_assert_int_eq(guestinfo_write(&guest), 0);
	expect_failure(&w, -ESTALE, "is not the kernel that runs");
}
END_TEST

/* A list to gdb, which would take it apart. */
START_TEST(names_that_gdb_splits)
{
	struct gdbplan_wish w = wish();
	struct gdbplan p;

	put_text("a:b/vmlinux-gdb.py", "");
	put_text("a:b/vmlinux", "");
	w.tree = at("a:b");
	said_begin();
	ck_assert_int_eq(gdbplan_make(&w, &p), 0);
	ck_assert_ptr_nonnull(strstr(said(), "lx- commands"));
	ck_assert_ptr_nonnull(strstr(said(), "the source"));
	ck_assert_ptr_null(p.spec.loader);
	ck_assert_ptr_null(p.spec.source);
	ck_assert_ptr_nonnull(p.spec.moddir);
	gdbplan_free(&p);
}
END_TEST

START_TEST(address_alone)
{
	struct gdbplan_wish w = { .address = "tcp:1" };
	struct gdbplan p;

	w.tree = at("tree");
	ck_assert_int_eq(gdbplan_make(&w, &p), 0);
	ck_assert_str_eq(p.spec.port->port, "1");
	ck_assert_str_eq(p.spec.program, "gdb");
	ck_assert_uint_eq(p.spec.breaks.n, 0);
	gdbplan_free(&p);
	w.tree = NULL;
	ck_assert_int_eq(chdir("/"), 0);
	expect_failure(&w, -ENOENT, "name the tree");
}
END_TEST

START_TEST(what_answers_is_none)
{
	struct gdbplan_wish w = wish();

	start_stub("HTTP/1.1 400 Bad Request\r\n\r\n");
	expect_failure(&w, -EPROTO, "is no gdbstub of QEMU's");
	free(guest.address);
	guest.address = xstrdup("somewhere");
	ck_assert_int_eq(guestinfo_write(&guest), 0);
	expect_failure(&w, -EINVAL, "run: somewhere: ");
}
END_TEST

/* A run of this name, that is alive while its lock is held. Return: that. */
static int put_guest(const char *name, const char *tree)
{
	char *dir =
		xasprintf("%s/bootlet-%u-%s", getenv("TMPDIR"), getuid(), name);
	char *path = xasprintf("%s/lock", dir);
	struct guestinfo g = guest;
	int fd;

	ck_assert_int_eq(mkdir(dir, 0700), 0);
	g.dir = dir;
	g.name = (char *)(uintptr_t)name;
	g.tree = (char *)(uintptr_t)tree;
	ck_assert_int_eq(guestinfo_write(&g), 0);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	free(path);
	free(dir);
	return fd;
}

static void expect_guest(const struct gdbplan_wish *w, const char *name)
{
	struct gdbplan p;

	ck_assert_int_eq(gdbplan_make(w, &p), 0);
	ck_assert_str_eq(p.guest.name, name);
	gdbplan_free(&p);
}

/* Other people's guests may be in /tmp, but none has these names and trees. */
START_TEST(which_guest)
{
	struct gdbplan_wish w = { 0 };
	char *tree = realpath(at("tree"), NULL), *first, *second;
	struct gdbplan p;
	int a, b;

	first = xasprintf("first-%d", getpid());
	second = xasprintf("second-%d", getpid());
	a = put_guest(first, at("elsewhere"));
	b = put_guest(second, tree);
	w.name = second;
	expect_guest(&w, second);
	w.name = NULL;
	w.tree = tree;
	expect_guest(&w, second);
	w.tree = NULL;
	said_begin();
	ck_assert_int_eq(gdbplan_make(&w, &p), -EEXIST);
	gdbplan_free(&p);
	ck_assert_said(" guests wait for gdb, choose one: ");
	ck_assert_said(first);
	ck_assert_said(second);
	/* One has ended. */
	close(a);
	w.name = first;
	said_begin();
	ck_assert_int_eq(gdbplan_make(&w, &p), -ENOENT);
	gdbplan_free(&p);
	ck_assert_said("no guest of that name waits for gdb; there are: ");
	ck_assert_said(second);
	close(b);
	free(first);
	free(second);
	free(tree);
}
END_TEST

static pid_t start_late(const char *name, const char *tree)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		usleep(300000);
		put_guest(name, tree);
		pause();
	}
	return pid;
}

/* A script has started it a moment ago. */
START_TEST(a_guest_that_comes)
{
	struct gdbplan_wish w = { .batch = true };
	char *name = xasprintf("late-%d", getpid());
	pid_t pid = start_late(name, at("tree"));

	w.name = name;
	expect_guest(&w, name);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	free(name);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("gdbplan");
	TCase *t = tcase_create("gdbplan");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 30);
	tcase_add_test(t, becomes_gdb);
	tcase_add_test(t, failures);
	tcase_add_test(t, names_that_gdb_splits);
	tcase_add_test(t, address_alone);
	tcase_add_test(t, what_answers_is_none);
	tcase_add_test(t, which_guest);
	tcase_add_test(t, a_guest_that_comes);
	suite_add_tcase(s, t);
	return s;
}
