// SPDX-License-Identifier: MIT
/* What is kept of guests: private, bounded, and whole or not used. */
#include "warm.h"

#include <fcntl.h>
#include <signal.h>

static void ck_mode(const char *pattern, unsigned int mode)
{
	char path[4096];
	struct stat st;

	ck_assert_uint_eq(states(pattern, path, sizeof(path)), 1);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, mode);
}

START_TEST(private_and_bounded)
{
	char path[4096];

	fresh();
	ck_assert_int_eq(mkdir(vm_at("xdg/bootlet/warm"), 0700), 0);
	/* As old ones would be, and what the dead have left. */
	for (int i = 0; i < 6; i++) {
		const char *dir =
			vm_fmt("%s/%064d", vm_at("xdg/bootlet/warm"), i);

		ck_assert_int_eq(mkdir(dir, 0700), 0);
		close(open(vm_fmt("%s/ram", dir), O_CREAT | O_WRONLY, 0600));
	}
	ck_assert_int_eq(mkdir(vm_at("xdg/bootlet/warm/.tmp-abcdef"), 0700), 0);
	vm_sh(&r, "umask 0; \"$@\"", WARM, "--", "true");
	ck_code(&r, 0);
	ck_assert_uint_eq(states("*", NULL, 0), 4);
	ck_assert_uint_eq(states(".tmp*", NULL, 0), 0);
	ck_assert_uint_eq(states("*/note", path, sizeof(path)), 1);
	ck_mode("*/note", 0600);
	*strrchr(path, '/') = '\0';
	ck_mode(strrchr(path, '/') + 1, 0700);
	ck_mode(vm_fmt("%s/ram", strrchr(path, '/') + 1), 0600);
	ck_mode("*/device", 0600);
}
END_TEST

enum damage { CUT, BYTE, HEAD, EMPTY, GONE, DIRECTORY, LOOP, PIPE, ALL };

static void damage(const char *path, enum damage how)
{
	struct stat st;
	int fd;

	if (how == ALL) {
		/* A file where the state's directory was. */
		char *dir = strndup(path, (size_t)(strrchr(path, '/') - path));

		vm_exec(&r, NULL, 0,
			VM_ARGV("sh", "-c", "rm -r \"$1\" && : >\"$1\"", "sh",
				dir));
		ck_code(&r, 0);
		ran_free(&r);
		free(dir);
		return;
	}
	if (how == GONE || how >= DIRECTORY) {
		ck_assert_int_eq(unlink(path), 0);
		ck_assert(how == GONE ||
			  !(how == DIRECTORY ? mkdir(path, 0700) :
			    how == LOOP	     ? symlink(path, path) :
					       mkfifo(path, 0600)));
		return;
	}
	fd = open(path, O_RDWR);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	if (how == BYTE || how == HEAD)
		ck_assert_int_eq(pwrite(fd, "!", 1,
					how == HEAD ? 0 : st.st_size / 2),
				 1);
	else
		ck_assert_int_eq(ftruncate(fd, how == CUT ? st.st_size / 2 : 0),
				 0);
	close(fd);
}

static const struct {
	const char *file;
	enum damage how;
} damages[] = {
	{ "ram", BYTE },      { "ram", CUT },	       { "device", BYTE },
	{ "device", EMPTY },  { "note", CUT },	       { "note", GONE },
	{ "ram", DIRECTORY }, { "ram", PIPE },	       { "device", HEAD },
	{ "device", PIPE },   { "device", DIRECTORY }, { "note", HEAD },
	{ "note", EMPTY },    { "note", PIPE },	       { "note", DIRECTORY },
	{ "note", LOOP },     { "note", ALL },
};

START_TEST(damage_is_noticed_and_healed)
{
	char path[4096];

	fresh();
	make_state();
	ck_assert_uint_eq(states(vm_fmt("*/%s", damages[_i].file), path,
				 sizeof(path)),
			  1);
	damage(path, damages[_i].how);
	for (int i = 0; i < 2; i++) {
		vm_warm(&r, "--", "echo", "well");
		ck_code(&r, 0);
		ck_assert_str_eq(r.out.p, "well\n");
		ck_assert_str_eq(r.err.p, "");
		ck_report(i ? IS_WARM : IS_COLD);
		ran_free(&r);
	}
	ck_assert_uint_eq(states("*", NULL, 0), 1);
}
END_TEST

/* Whatever differs is another guest. */
START_TEST(others_start_cold)
{
	fresh();
	make_state();
	vm_put("one", "1", false);
	vm_warm(&r, "--append", "other=1", "--", "true");
	ck_report(IS_COLD);
	ran_free(&r);
	vm_warm(&r, "-m", "600", "--", "true");
	ck_report(IS_COLD);
	ran_free(&r);
	vm_warm(&r, "--file", vm_fmt("%s:/one", vm_at("one")), "--", "cat",
		"/one");
	ck_report(IS_COLD);
	ck_assert_str_eq(r.out.p, "1");
	ran_free(&r);
	vm_put("one", "2", false);
	vm_warm(&r, "--file", vm_fmt("%s:/one", vm_at("one")), "--", "cat",
		"/one");
	ck_report(IS_COLD);
	ck_assert_str_eq(r.out.p, "2");
	ran_free(&r);
	ck_assert_uint_le(states("*", NULL, 0), 4);
}
END_TEST

/* Where nothing can be kept, a guest boots. */
START_TEST(no_cache_no_state)
{
	fresh();
	vm_put("xdg/bootlet/warm", "a file", false);
	for (int i = 0; i < 2; i++) {
		vm_warm(&r, "--", "sh", "-c", "echo well; exit 5");
		ck_code(&r, 5);
		ck_assert_str_eq(r.out.p, "well\n");
		ck_one_line(&r, "--warm: no state can be kept in the cache");
		ck_report(IS_COLD);
		ran_free(&r);
	}
}
END_TEST

START_TEST(killed_while_making)
{
	pid_t pid;
	int i;

	fresh();
	pid = vm_spawn(VM_ARGV(vm_bootlet(), WARM, "--", "true"), -1, -1, -1);
	for (i = 0; i < 1000 && !states(".tmp*", NULL, 0); i++)
		vm_sleep_ms(10);
	ck_assert_int_lt(i, 1000);
	vm_qemu_of(pid, 30);
	kill(pid, SIGKILL);
	ck_assert_int_eq(vm_wait(pid, 10), 128 + SIGKILL);
	vm_nothing_left(10);
	ck_assert_uint_eq(states("*", NULL, 0), 0);
	vm_warm(&r, "--", "true");
	ck_code(&r, 0);
	ck_report(IS_COLD);
	ck_assert_uint_eq(states("*", NULL, 0), 1);
	ck_assert_uint_eq(states(".tmp*", NULL, 0), 0);
}
END_TEST

/* At once: each makes its own, and one of them stays. */
START_TEST(two_make_one)
{
	pid_t pid[2];

	fresh();
	for (int i = 0; i < 2; i++)
		pid[i] = vm_spawn(VM_ARGV(vm_bootlet(), WARM, "--", "true"), -1,
				  -1, -1);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(vm_wait(pid[i], VM_DEADLINE_S), 0);
	ck_assert_uint_eq(states("*", NULL, 0), 1);
	ck_assert_uint_eq(states(".tmp*", NULL, 0), 0);
	make_state();
	ck_report(IS_WARM);
}
END_TEST

/* A guest that never came to init is no state. */
START_TEST(failures_are_not_kept)
{
	fresh();
	for (int i = 0; i < 2; i++) {
		vm_warm(&r, "--append", "rdinit=/none", "--", "true");
		ck_code(&r, 123);
		ck_report(IS_COLD);
		ran_free(&r);
	}
	ck_assert_uint_eq(states("*", NULL, 0), 0);
	ck_assert_uint_eq(states(".tmp*", NULL, 0), 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("warmstate");
	TCase *t = tcase_create("warmstate");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_test(t, private_and_bounded);
	tcase_add_loop_test(t, damage_is_noticed_and_healed, 0,
			    sizeof(damages) / sizeof(damages[0]));
	tcase_add_test(t, others_start_cold);
	tcase_add_test(t, no_cache_no_state);
	tcase_add_test(t, killed_while_making);
	tcase_add_test(t, two_make_one);
	tcase_add_test(t, failures_are_not_kept);
	suite_add_tcase(s, t);
	return s;
}
