// SPDX-License-Identifier: MIT
/*
 * Fifty at the same time: they share nothing, so each verdict is its own; and
 * nothing stays of them, also not of those that are killed.
 */
#include "netns.h"
#include "pool.h"
#include "source.h"
#include "vm.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A build comes before it, maybe somebody else's. */
#define TCASE_S 3600

#define N_RUNS 50
#define N_TAPS 5
/* Of those that are killed there need not be so many. */
#define N_KILLED 16

#define SMALL                                                           \
	"-k", tree, "--accel", "tcg", "--memory", "64", "--no-busybox", \
		"--file", BUILD "/vm/guest/end:/end"

static char *tree;

static void built(void)
{
	tree = source_built(NULL);
	/* Where sockets may lie: nobody else's are here. */
	ck_assert(mkdir(vm_at("runtime"), 0700) == 0 || errno == EEXIST);
	setenv("XDG_RUNTIME_DIR", vm_at("runtime"), 1);
	netns_enter();
}

/* --- what there is -------------------------------------------------------- */

static void add_names(struct text *t, const char *dir)
{
	struct dirent **list;
	int n = scandir(dir, &list, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		/* kmod's and our own jobs' files are the test's. */
		if (strncmp(list[i]->d_name, "run", 3)) {
			text_add(t, list[i]->d_name, strlen(list[i]->d_name));
			text_add(t, "\n", 1);
		}
		free(list[i]);
	}
	if (n >= 0)
		free(list);
}

/*
 * Files in the directories of this test, and of its network
 * namespace every socket and interface; the caller frees.
 */
static char *state(void)
{
	struct text t = { 0 };
	struct ran r;

	text_add(&t, "", 0);
	add_names(&t, vm_at("."));
	add_names(&t, vm_at("runtime"));
	/* The numbers of what stays may change; names, ports, paths may not. */
	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-c",
			"cd /proc/self/net; cut -d: -s -f 1 dev | sort; "
			"awk '{ print $2, $3 }' tcp tcp6 udp udp6; "
			"awk '{ print $8 }' unix | sort; "
			"ip -o route"));
	ck_code(&r, 0);
	text_add(&t, r.out.p, r.out.n);
	ran_free(&r);
	return t.p;
}

static void ck_state(const char *before, double seconds)
{
	double end = vm_now() + seconds;
	char *now = state();

	while (strcmp(now, before) && vm_now() < end) {
		free(now);
		vm_sleep_ms(100);
		now = state();
	}
	ck_assert_str_eq(now, before);
	free(now);
}

/* --- all at once ---------------------------------------------------------- */

static void taps(const char *verb)
{
	struct ran r;

	for (int i = 0; i < N_TAPS; i++) {
		vm_exec(&r, NULL, 0,
			VM_ARGV("ip", "tuntap", verb, "dev", vm_fmt("tap%d", i),
				"mode", "tap"));
		ck_code(&r, 0);
		ran_free(&r);
		if (!strcmp(verb, "del"))
			continue;
		vm_exec(&r, NULL, 0,
			VM_ARGV("ip", "link", "set", vm_fmt("tap%d", i), "up"));
		ck_code(&r, 0);
		ran_free(&r);
	}
}

/* Whatever a run may own on the host: some of all have each of it. */
static void add_run(struct pool *p, int n)
{
	const char *code = vm_fmt("%d", n + 1), *name = vm_fmt("run%d", n);
	const char *tap = vm_fmt("tap=tap%d", n / 5 % N_TAPS);
	struct job *j;

	if (n % 5 == 0 && n / 5 < N_TAPS)
		j = pool_add(p, "with a tap",
			     VM_ARGV(SMALL, "--net", tap, "--", "/end", "exit",
				     code));
	else if (n % 5 == 1)
		j = pool_add(p, "with a network",
			     VM_ARGV(SMALL, "--net", "user", "--", "/end",
				     "exit", code));
	else if (n % 5 == 2)
		j = pool_add(p, "with a debugger's port",
			     VM_ARGV(SMALL, "--gdb", "--name", name, "--",
				     "/end", "exit", code));
	else if (n % 5 == 3)
		j = pool_add(p, "named",
			     VM_ARGV(SMALL, "--name", name, "--", "/end",
				     "exit", code));
	else
		j = pool_add(p, "plain",
			     VM_ARGV(SMALL, "--", "/end", "exit", code));
	j->code = n + 1;
	j->outcome = "exit";
	j->key = "code";
	j->number = n + 1;
	/* gdb's hints are words on stderr, stdout is the command's. */
	j->prints = "";
}

START_TEST(fifty)
{
	struct pool p = { 0 };
	char *before;

	taps("add");
	before = state();
	for (int n = 0; n < N_RUNS; n++)
		add_run(&p, n);
	pool_run(&p, 1, N_RUNS);
	vm_nothing_left(5);
	ck_state(before, 5);
	free(before);
	taps("del");
}
END_TEST

/* Both want to be it: the second says so, and the first is not disturbed. */
START_TEST(one_name_twice)
{
	pid_t first =
		vm_spawn(VM_ARGV(vm_bootlet(), "run", SMALL, "--name", "twin",
				 "--gdb", "--", "/end", "exit", "5"),
			 -1, -1, -1);
	struct ran r;

	vm_qemu_of(first, 60);
	vm_host(&r, "run", SMALL, "--name", "twin", "--gdb", "--", "/end",
		"exit", "6");
	ck_code(&r, 125);
	ck_one_line(&r, "twin");
	ran_free(&r);
	ck_assert_int_eq(vm_wait(first, 120), 5);
	vm_nothing_left(5);
}
END_TEST

/* --- and killed ----------------------------------------------------------- */

/* At whatever it is doing: packing, starting, booting, running, ending. */
START_TEST(killed_at_any_time)
{
	pid_t pid[N_KILLED];
	char *before = state();

	for (int i = 0; i < N_KILLED; i++)
		pid[i] = vm_spawn(VM_ARGV(vm_bootlet(), "run", SMALL, "--net",
					  "user", "--gdb", "--name",
					  vm_fmt("run%d", i), "--", "/end",
					  "never"),
				  -1, -1, -1);
	for (int i = 0; i < N_KILLED; i++) {
		vm_sleep_ms(i < N_KILLED / 2 ? 20 : 1000);
		ck_assert_int_eq(kill(pid[i], SIGKILL), 0);
		ck_assert_int_eq(vm_wait(pid[i], 10), 128 + SIGKILL);
	}
	vm_nothing_left(20);
	ck_state(before, 20);
	free(before);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("parallel");
	TCase *t = tcase_create("at once");

	tcase_set_timeout(t, TCASE_S);
	tcase_add_checked_fixture(t, built, NULL);
	tcase_add_test(t, fifty);
	tcase_add_test(t, one_name_twice);
	tcase_add_test(t, killed_at_any_time);
	suite_add_tcase(s, t);
	return s;
}
