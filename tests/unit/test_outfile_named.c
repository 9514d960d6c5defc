// SPDX-License-Identifier: MIT
/*
 * An output file where none without a name can be had: no /proc here. Until it
 * is whole it has a name that nobody asked for, which must never stay.
 */
#include "host/outfile.h"
#include "host/str.h"
#include "scratch.h"
#include "tests/skip.h"
#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>

#define OLD "the old one\n"
#define NEW "the new one\n"

static bool hidden;

static bool without_proc(void)
{
	if (unshare(CLONE_NEWNS)) {
		skip_test("needs a mount namespace of its own");
		return false;
	}
	ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	ck_assert_int_eq(mount("none", "/proc", "tmpfs", 0, NULL), 0);
	hidden = true;
	return true;
}

/* What comes behind a test asks for it: the sanitizer's search for leaks. */
static void teardown(void)
{
	if (hidden)
		umount("/proc");
	scratch_remove();
}

/* Names in the directory that begin so. */
static int count(const char *prefix)
{
	DIR *d = opendir(scratch);
	struct dirent *e;
	int n = 0;

	ck_assert_ptr_nonnull(d);
	while ((e = readdir(d)))
		n += strcmp(e->d_name, ".") && strcmp(e->d_name, "..") &&
		     !strncmp(e->d_name, prefix, strlen(prefix));
	closedir(d);
	return n;
}

static void expect(const char *text)
{
	struct buf b = { 0 };

	ck_assert_int_eq(read_file(at("x"), &b, 4096), 0);
	ck_assert_str_eq(b.p, text);
	buf_free(&b);
	ck_assert_int_eq(count(""), 1);
}

static struct outfile *begin(void)
{
	struct outfile *of;

	ck_assert_int_eq(outfile_open(at("x"), &of), 0);
	ck_assert_int_eq(outfile_write(of, NEW, strlen(NEW)), 0);
	ck_assert_int_eq(count(".bootlet-"), 1);
	return of;
}

START_TEST(whole_or_not_at_all)
{
	struct outfile *of;

	if (!without_proc())
		return;
	of = begin();
	ck_assert(access(at("x"), F_OK));
	ck_assert_int_eq(outfile_close(of), 0);
	expect(NEW);
	put_text("x", OLD);
	outfile_abort(begin());
	expect(OLD);
	ck_assert_int_eq(outfile_close(begin()), 0);
	expect(NEW);
}
END_TEST

START_TEST(its_place_is_taken)
{
	struct outfile *of;

	if (!without_proc())
		return;
	of = begin();
	ck_assert_int_eq(mkdir(at("x"), 0755), 0);
	ck_assert_int_eq(outfile_close(of), -EISDIR);
	ck_assert_int_eq(count(""), 1);
}
END_TEST

START_TEST(there_is_no_place)
{
	struct outfile *of;

	if (!without_proc())
		return;
	ck_assert_int_eq(outfile_open(at("none/x"), &of), -ENOENT);
	ck_assert_int_eq(count(""), 0);
}
END_TEST

static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };

/* Return: the status of a child that gets @sig in the middle. */
static int killed(int sig, void (*handler)(int sig))
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		struct outfile *of;

		signal(sig, handler);
		of = begin();
		raise(sig);
		_exit(outfile_close(of) ? 1 : 0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

START_TEST(ended_by_a_signal)
{
	int status;

	if (!without_proc())
		return;
	put_text("x", OLD);
	status = killed(signals[_i], SIG_DFL);
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(WTERMSIG(status), signals[_i]);
	expect(OLD);
}
END_TEST

/* Whoever began bootlet by nohup(1) wants it to go on. */
START_TEST(ignored_stays_ignored)
{
	int status;

	if (!without_proc())
		return;
	put_text("x", OLD);
	status = killed(signals[_i], SIG_IGN);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	expect(NEW);
}
END_TEST

START_TEST(handlers_are_put_back)
{
	struct sigaction now;

	if (!without_proc())
		return;
	signal(signals[_i], SIG_DFL);
	ck_assert_int_eq(outfile_close(begin()), 0);
	sigaction(signals[_i], NULL, &now);
	ck_assert(now.sa_handler == SIG_DFL);
	outfile_abort(begin());
	sigaction(signals[_i], NULL, &now);
	ck_assert(now.sa_handler == SIG_DFL);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

Suite *suite(void)
{
	Suite *suite = suite_create("outfile_named");
	TCase *t = tcase_create("named");

	tcase_add_checked_fixture(t, scratch_make, teardown);
	tcase_add_test(t, whole_or_not_at_all);
	tcase_add_test(t, its_place_is_taken);
	tcase_add_test(t, there_is_no_place);
	tcase_add_loop_test(t, ended_by_a_signal, 0, COUNT(signals));
	tcase_add_loop_test(t, ignored_stays_ignored, 0, COUNT(signals));
	tcase_add_loop_test(t, handlers_are_put_back, 0, COUNT(signals));
	suite_add_tcase(suite, t);
	return suite;
}
