// SPDX-License-Identifier: MIT
#include "host/vm.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
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

static bool exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static void wait_gone(const char *path)
{
	for (int i = 0; i < 500 && exists(path); i++)
		usleep(10000);
	ck_assert_msg(!exists(path), "%s is still there", path);
}

/* What lies elsewhere is removed only where it is what was put there. */
START_TEST(outside)
{
	char *path = xasprintf("%s/elsewhere", tmp);

	for (int other = 0; other < 2; other++) {
		struct vm vm = VM_INIT;
		struct stat st;

		ck_assert_int_eq(mknod(path, S_IFSOCK | 0600, 0), 0);
		ck_assert_int_eq(lstat(path, &st), 0);
		vm.outside = xstrdup(path);
		vm.outside_dev = st.st_dev;
		vm.outside_ino = st.st_ino + (ino_t)other;
		ck_assert_int_eq(vm_paths(&vm, "x"), 0);
		vm_free(&vm);
		ck_assert_int_eq(exists(path), other);
	}
	unlink(path);
	free(path);
}
END_TEST

START_TEST(paths)
{
	struct vm vm = VM_INIT;
	char *deep, *want = xasprintf("%s/bootlet-%u-x y,z", tmp, getuid());

	ck_assert_int_eq(vm_paths(&vm, "x y,z"), 0);
	ck_assert_str_eq(vm.dir, want);
	vm_free(&vm);
	ck_assert_int_eq(vm_paths(&vm, "a/b"), -EINVAL);
	ck_assert_int_eq(vm_paths(&vm, ""), -EINVAL);
	deep = xasprintf("%s/%090d", tmp, 0);
	setenv("TMPDIR", deep, 1);
	ck_assert_int_eq(vm_paths(&vm, "x"), 0);
	ck_assert_int_eq(strncmp(vm.dir, "/tmp/bootlet-", 13), 0);
	vm_free(&vm);
	free(want);
	free(deep);
	want = xasprintf("%0120d", 0);
	ck_assert_int_eq(vm_paths(&vm, want), -ENAMETOOLONG);
	free(want);
}
END_TEST

static char *all_of(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct buf out = { 0 };
	char piece[4096];
	ssize_t n;

	buf_adds(&out, "");
	while (poll(&p, 1, 5000) > 0 && (n = read(fd, piece, 4096)) > 0)
		buf_add(&out, piece, (size_t)n);
	return out.p;
}

/* Nothing goes in; what comes out waits for nobody, for a mebibyte. */
START_TEST(deaf)
{
	struct vm vm = VM_INIT;
	struct strv argv = { 0 };
	char *text;
	int status;

	ck_assert_int_eq(vm_paths(&vm, "deaf"), 0);
	ck_assert_int_eq(vm_make(&vm), 0);
	vm.deaf = true;
	free(vm.channel[PORT_VIRTIO]);
	vm.channel[PORT_VIRTIO] = NULL;
	strv_pushl(&argv, "sh", "-c",
		   "cat; head -c 500000 /dev/zero; echo ch >\"$1\"; : >\"$2\"; "
		   "echo end",
		   "sh", vm.channel[PORT_UART], vm.qmp, NULL);
	/* A second start finds the FIFO of the first. */
	for (int i = 0; i < 2; i++) {
		unlink(vm.qmp);
		ck_assert_int_eq(vm_start(&vm, &argv), 0);
		for (int k = 0; k < 500 && !vm_ended(&vm, &status); k++)
			usleep(10000);
		/* It came to its end though nobody has read. */
		ck_assert_int_eq(vm.qemu, 0);
		ck_assert_int_eq(status, 0);
		ck_assert_int_eq(vm_connect(&vm), 0);
		text = all_of(vm.port[PORT_UART]);
		ck_assert_str_eq(text, "ch\n");
		free(text);
		text = all_of(vm.console);
		ck_assert_str_eq(text + 500000, "end\n");
		free(text);
		vm_stop(&vm);
	}
	strv_free(&argv);
	vm_free(&vm);
}
END_TEST

/* Until its monitor is there QEMU may still refuse its options. */
START_TEST(deaf_and_not_there_yet)
{
	struct vm vm = VM_INIT;
	struct strv argv = { 0 };

	ck_assert_int_eq(vm_paths(&vm, "deaf"), 0);
	ck_assert_int_eq(vm_make(&vm), 0);
	vm.deaf = true;
	strv_pushl(&argv, "sleep", "1000", NULL);
	ck_assert_int_eq(vm_start(&vm, &argv), 0);
	ck_assert_int_eq(vm_connect(&vm), -EAGAIN);
	strv_free(&argv);
	vm_free(&vm);
}
END_TEST

START_TEST(directory_is_private_exclusive_and_removed)
{
	struct vm a = VM_INIT, b = VM_INIT;
	struct stat st;
	char *dir;

	ck_assert_int_eq(vm_paths(&a, "n"), 0);
	ck_assert_int_eq(vm_make(&a), 0);
	dir = xstrdup(a.dir);
	ck_assert_int_eq(stat(dir, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0700);
	close(open(a.initrd, O_CREAT | O_WRONLY, 0600));
	ck_assert_int_eq(vm_paths(&b, "n"), 0);
	ck_assert_int_eq(vm_make(&b), -EBUSY);
	vm_free(&b);
	ck_assert(exists(dir));
	vm_free(&a);
	ck_assert(!exists(dir));
	free(dir);
}
END_TEST

START_TEST(a_killed_owner_leaves_nothing)
{
	struct vm vm = VM_INIT;
	struct strv argv = { 0 };
	int p[2];
	pid_t owner, qemu = 0;

	strv_pushl(&argv, "sleep", "1000", NULL);
	ck_assert_int_eq(pipe(p), 0);
	ck_assert_int_eq(vm_paths(&vm, "killed"), 0);
	owner = fork();
	if (owner == 0) {
		setpgid(0, 0);
		if (vm_make(&vm) || vm_start(&vm, &argv) ||
		    write(p[1], &vm.qemu, sizeof(vm.qemu)) < 0)
			_exit(1);
		pause();
	}
	close(p[1]);
	ck_assert_int_eq(read(p[0], &qemu, sizeof(qemu)), sizeof(qemu));
	ck_assert(exists(vm.dir));
	kill(owner, SIGKILL);
	waitpid(owner, NULL, 0);
	wait_gone(vm.dir);
	/* No longer there, or dead and waiting for its new parent. */
	for (int i = 0; i < 500 && kill(qemu, 0) == 0; i++) {
		char *path = xasprintf("/proc/%d/stat", qemu);
		struct buf text = { 0 };
		bool dead = read_file(path, &text, 4096) ||
			    strstr(text.p, ") Z ");

		free(path);
		buf_free(&text);
		if (dead)
			break;
		ck_assert_int_lt(i, 499);
		usleep(10000);
	}
	strv_free(&argv);
	vm_free(&vm);
}
END_TEST

/* Also while the directory is being made. */
START_TEST(killed_at_any_moment_of_its_beginning)
{
	enum { TIMES = 400, STEP_US = 5 };
	char *dirs[TIMES];

	for (int i = 0; i < TIMES; i++) {
		struct vm vm = VM_INIT;
		char name[32];
		pid_t owner;

		snprintf(name, sizeof(name), "begin%d", i);
		ck_assert_int_eq(vm_paths(&vm, name), 0);
		owner = fork();
		if (owner == 0) {
			setpgid(0, 0);
			vm_make(&vm);
			pause();
		}
		usleep((useconds_t)(i % 200 * STEP_US));
		kill(owner, SIGKILL);
		waitpid(owner, NULL, 0);
		dirs[i] = xstrdup(vm.dir);
		vm_free(&vm);
	}
	/* For the guards that have only just begun. */
	usleep(300000);
	for (int i = 0; i < TIMES; i++) {
		wait_gone(dirs[i]);
		free(dirs[i]);
	}
}
END_TEST

START_TEST(what_a_killed_run_left_is_taken_over)
{
	struct vm vm = VM_INIT;
	char *stale;

	ck_assert_int_eq(vm_paths(&vm, "stale"), 0);
	ck_assert_int_eq(mkdir(vm.dir, 0700), 0);
	stale = xasprintf("%s/initrd", vm.dir);
	close(open(stale, O_CREAT | O_WRONLY, 0600));
	ck_assert_int_eq(vm_make(&vm), 0);
	ck_assert(!exists(stale));
	free(stale);
	vm_free(&vm);
}
END_TEST

START_TEST(a_trap_is_not_followed)
{
	struct vm vm = VM_INIT;

	ck_assert_int_eq(vm_paths(&vm, "trap"), 0);
	ck_assert_int_eq(symlink("/", vm.dir), 0);
	ck_assert_int_eq(vm_make(&vm), -EEXIST);
	ck_assert_int_eq(unlink(vm.dir), 0);
	vm_free(&vm);
}
END_TEST

/* Whether it runs: not a zombie. */
static bool is_alive(pid_t pid)
{
	char path[64], line[512] = "";
	const char *state;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "r");
	if (!f)
		return false;
	if (!fgets(line, sizeof(line), f))
		line[0] = '\0';
	fclose(f);
	state = strrchr(line, ')');
	return state && state[2] != 'Z' && state[2] != 'X';
}

START_TEST(start_and_stop)
{
	struct vm vm = VM_INIT;
	struct strv none = { 0 }, cat = { 0 };
	char back[4];
	ssize_t n;
	int status;

	strv_push(&none, "/nonexistent/qemu");
	strv_push(&cat, "cat");
	ck_assert_int_eq(vm_paths(&vm, "s"), 0);
	ck_assert_int_eq(vm_make(&vm), 0);
	ck_assert_int_eq(vm_start(&vm, &none), -ENOENT);
	ck_assert_int_eq(vm_start(&vm, &cat), 0);
	ck_assert_int_eq(vm_connect(&vm), -EAGAIN);
	ck_assert_int_eq(write(vm.keys, "abc", 3), 3);
	for (n = -1; n < 0;)
		n = read(vm.console, back, sizeof(back));
	ck_assert_int_eq(n, 3);
	ck_assert_mem_eq(back, "abc", 3);
	status = vm_stop(&vm);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	ck_assert_int_eq(vm.console, -1);
	strv_free(&none);
	strv_free(&cat);
	vm_free(&vm);
}
END_TEST

/* As a script around QEMU that is killed, and leaves QEMU behind. */
START_TEST(what_a_script_has_started_ends_with_it)
{
	struct vm vm = VM_INIT;
	struct strv sh = { 0 };
	char number[32] = "";
	int status = 0;
	pid_t child;

	strv_pushl(&sh, "sh", "-c", "sleep 100 & echo $!; kill -9 $$", NULL);
	ck_assert_int_eq(vm_paths(&vm, NULL), 0);
	ck_assert_int_eq(vm_make(&vm), 0);
	ck_assert_int_eq(vm_start(&vm, &sh), 0);
	while (!vm_ended(&vm, &status))
		usleep(1000);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	ck_assert_int_eq(vm.qemu, 0);
	ck_assert(!vm_ended(&vm, &status));
	ck_assert_int_gt(read(vm.console, number, sizeof(number) - 1), 0);
	child = (pid_t)strtol(number, NULL, 10);
	ck_assert_int_gt(child, 1);
	/* A zombie would do where there is no init to reap it. */
	for (int i = 0; i < 1000 && is_alive(child); i++)
		usleep(10000);
	ck_assert(!is_alive(child));
	strv_free(&sh);
	vm_free(&vm);
}
END_TEST

START_TEST(what_a_killed_one_has_said_can_be_read)
{
	struct vm vm = VM_INIT;
	struct strv sh = { 0 };
	struct pollfd p = { .events = POLLIN };
	char back[8];
	int status;

	strv_pushl(&sh, "sh", "-c", "echo abc; sleep 100", NULL);
	ck_assert_int_eq(vm_paths(&vm, NULL), 0);
	ck_assert_int_eq(vm_make(&vm), 0);
	ck_assert_int_eq(vm_start(&vm, &sh), 0);
	p.fd = vm.console;
	ck_assert_int_eq(poll(&p, 1, 20000), 1);
	status = vm_kill(&vm);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	ck_assert_int_eq(read(vm.console, back, sizeof(back)), 4);
	ck_assert_int_eq(vm_stop(&vm), 0);
	ck_assert_int_eq(vm.console, -1);
	strv_free(&sh);
	vm_free(&vm);
}
END_TEST

/* What writes byte by byte, as QEMU's UART, is not held up by a reader who is
 * busy elsewhere. */
START_TEST(test_console_room)
{
	struct vm vm = VM_INIT;
	struct strv sh = { 0 };
	struct pollfd p = { .events = POLLIN };
	char done[8];

	strv_pushl(&sh, "sh", "-c",
		   "dd if=/dev/zero bs=1 count=20000 2>/dev/null; "
		   "echo done >&2; sleep 100",
		   NULL);
	ck_assert_int_eq(vm_paths(&vm, NULL), 0);
	ck_assert_int_eq(vm_make(&vm), 0);
	ck_assert_int_eq(vm_start(&vm, &sh), 0);
	p.fd = vm.words;
	ck_assert_int_eq(poll(&p, 1, 20000), 1);
	ck_assert_int_eq(read(vm.words, done, sizeof(done)), 5);
	ck_assert_mem_eq(done, "done\n", 5);
	ck_assert_int_ge(vm_stop(&vm), 0);
	ck_assert_int_eq(vm.keys, -1);
	strv_free(&sh);
	vm_free(&vm);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("vm");
	TCase *t = tcase_create("vm");

	tcase_set_timeout(t, 30);
	tcase_add_test(t, test_console_room);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, paths);
	tcase_add_test(t, outside);
	tcase_add_test(t, deaf);
	tcase_add_test(t, deaf_and_not_there_yet);
	tcase_add_test(t, directory_is_private_exclusive_and_removed);
	tcase_add_test(t, a_killed_owner_leaves_nothing);
	tcase_add_test(t, killed_at_any_moment_of_its_beginning);
	tcase_add_test(t, what_a_killed_run_left_is_taken_over);
	tcase_add_test(t, a_trap_is_not_followed);
	tcase_add_test(t, start_and_stop);
	tcase_add_test(t, what_a_script_has_started_ends_with_it);
	tcase_add_test(t, what_a_killed_one_has_said_can_be_read);
	suite_add_tcase(s, t);
	return s;
}
