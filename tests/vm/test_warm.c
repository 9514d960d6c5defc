// SPDX-License-Identifier: MIT
/* Warm starts: guests that go on from one state must be as good as booted, and
 * know nothing of each other. */
#include "warm.h"

#include <time.h>

/* --- as good as booted ----------------------------------------------------- */

START_TEST(streams_and_codes)
{
	fresh();
	make_state();
	ck_report(IS_COLD);
	vm_exec(&r, "a\0b\n\377", 5,
		VM_ARGV(vm_bootlet(), WARM, REPORT, "--", "sh", "-c",
			"cat; echo err >&2; exit 7"));
	ck_code(&r, 7);
	ck_assert_uint_eq(r.out.n, 5);
	ck_assert_mem_eq(r.out.p, "a\0b\n\377", 5);
	ck_assert_str_eq(r.err.p, "err\n");
	ck_report(IS_WARM);
	ck_report("\"kernel_us\": null");
	ran_free(&r);
	vm_warm(&r, "--", "sh", "-c", "kill -9 $$");
	ck_code(&r, 137);
	ran_free(&r);
	vm_warm(&r, "--", "no-such-program");
	ck_code(&r, 127);
	ck_report(IS_WARM);
	ran_free(&r);
	/* Nothing of what was given up is on the disk. */
	ck_assert_uint_eq(states("*", NULL, 0), 1);
	ck_assert_uint_eq(states(".tmp*", NULL, 0), 0);
}
END_TEST

/* A command that takes many frames. */
START_TEST(a_long_command)
{
	char *word = malloc(100001);

	make_state();
	memset(word, 'x', 100000);
	word[100000] = '\0';
	vm_warm(&r, "--env", "TOLD=a 'b' \"c\"\n", "--", "sh", "-c",
		"echo LEN=${#1}; echo N=$#; printf %s \"TOLD=$TOLD\"", "sh",
		word, "", "$x\n");
	ck_code(&r, 0);
	ck_answer(&r, "LEN", "100000");
	ck_answer(&r, "N", "3");
	ck_has(r.out, "TOLD=a 'b' \"c\"\n");
	ck_report(IS_WARM);
	free(word);
}
END_TEST

/* What the command names goes into the image, and so into the state. */
START_TEST(files_that_the_command_names)
{
	fresh();
	vm_put("script", "#!/bin/sh\necho $0 says $(cat $1)\n", true);
	vm_put("words", "one\n", false);
	for (int i = 0; i < 2; i++) {
		vm_sh(&r, "cd $TMPDIR && exec \"$@\"", WARM, REPORT, "--",
		      "./script", "words");
		ck_code(&r, 0);
		ck_assert_str_eq(r.out.p, "./script says one\n");
		ck_report(i ? IS_WARM : IS_COLD);
		ran_free(&r);
	}
	vm_put("words", "two\n", false);
	vm_sh(&r, "cd $TMPDIR && exec \"$@\"", WARM, REPORT, "--", "./script",
	      "words");
	ck_assert_str_eq(r.out.p, "./script says two\n");
}
END_TEST

START_TEST(a_panic_is_one)
{
	make_state();
	vm_warm(&r, "--", "sh", "-c",
		"echo 1 >/proc/sys/kernel/sysrq; echo c >/proc/sysrq-trigger");
	ck_code(&r, 123);
	ck_has(r.err, "sysrq triggered crash");
	ck_report(IS_WARM);
	ran_free(&r);
	vm_warm(&r, "--timeout", "3", "--", "sleep", "100");
	ck_code(&r, 124);
	ran_free(&r);
	vm_warm(&r, "--", "true");
	ck_code(&r, 0);
	ck_report(IS_WARM);
}
END_TEST

static const char *const ways[] = { "virtio", "uart", "ports" };

/* More than a tty's buffer takes: 64 KiB. */
START_TEST(every_channel)
{
	static char word[65536];

	memset(word, 'w', sizeof(word) - 1);
	fresh();
	for (int i = 0; i < 2; i++) {
		vm_warm(&r, "--channel", ways[_i], "--append",
			strcmp(ways[_i], "ports") ?
				"quiet" :
				"8250.nr_uarts=1 pnpacpi=off",
			"--", "sh", "-c", "echo hello; exit ${#1}", "sh", "xxx",
			word, word, word);
		ck_code(&r, 3);
		ck_assert_str_eq(r.out.p, "hello\n");
		ck_report(i ? IS_WARM : IS_COLD);
		ran_free(&r);
	}
}
END_TEST

/* --- nothing of each other -------------------------------------------------- */

#define LOOK                                                                    \
	"echo BOOT=$(cat /proc/sys/kernel/random/boot_id); "                    \
	"echo UUID=$(cat /proc/sys/kernel/random/uuid); "                       \
	"echo URANDOM=$(head -c 16 /dev/urandom | hexdump -v -e '/1 \"%x\"'); " \
	"echo MAPS=$(grep stack /proc/self/maps); "                             \
	"echo MKTEMP=$(mktemp -u); "                                            \
	"echo AUXV=$(hexdump -v -e '/8 \"%x \"' /proc/self/auxv); "             \
	"echo DATE=$(date +%s); "                                               \
	"echo FILES=$(ls -A /tmp /root | tr '\\n' ' '); "                       \
	"echo PROCESSES=$(ps -o comm | grep -c sleep); "                        \
	"echo ENV=$(env | grep -c ^MINE); "                                     \
	"echo NAME=$(hostname); "                                               \
	"hostname guest$1; echo $1 >/tmp/mine; echo $1 >/root/mine$1; "         \
	"sleep 1000 & export MINE=$1"

static const char *const differ[] = { "BOOT", "UUID", "URANDOM", "MAPS",
				      "MKTEMP" };
#define N_DIFFER (sizeof(differ) / sizeof(differ[0]))
#define GUESTS	 10

START_TEST(ten_do_not_see_each_other)
{
	static char *seen[GUESTS][N_DIFFER];
	char *name = NULL;

	fresh();
	make_state();
	for (int i = 0; i < GUESTS; i++) {
		const char *number = vm_fmt("%d", i);

		vm_warm(&r, "--env", vm_fmt("GIVEN%d=1", i), "--", "sh", "-c",
			LOOK "; env | grep -c ^GIVEN", "sh", number);
		ck_code(&r, 0);
		ck_report(IS_WARM);
		ck_answer(&r, "FILES", "/root: /tmp:");
		ck_answer(&r, "PROCESSES", "0");
		ck_answer(&r, "ENV", "0");
		ck_assert_str_eq(r.out.p + r.out.n - 2, "1\n");
		if (!name)
			name = strdup(vm_answer(&r, "NAME"));
		ck_answer(&r, "NAME", name);
		ck_assert_int_le(
			labs(atol(vm_answer(&r, "DATE")) - (long)time(NULL)),
			2);
		for (size_t k = 0; k < N_DIFFER; k++) {
			seen[i][k] = strdup(vm_answer(&r, differ[k]));
			ck_assert_str_ne(seen[i][k], "(none)");
			for (int j = 0; j < i; j++)
				ck_assert_msg(strcmp(seen[i][k], seen[j][k]) !=
						      0,
					      "%s of %d is that of %d: %s",
					      differ[k], i, j, seen[i][k]);
		}
		ran_free(&r);
	}
	ck_assert_uint_eq(states("*", NULL, 0), 1);
}
END_TEST

/* At the same time, too: memory is the guest's own. */
START_TEST(three_at_once)
{
	pid_t pid[3];

	make_state();
	for (int i = 0; i < 3; i++)
		pid[i] = vm_spawn(VM_ARGV(vm_bootlet(), WARM, "--", "sh", "-c",
					  vm_fmt("echo %d >/tmp/a; sleep 1; "
						 "exit $(cat /tmp/a)",
						 i + 40)),
				  -1, -1, -1);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(vm_wait(pid[i], VM_DEADLINE_S), i + 40);
}
END_TEST

/* --- files ------------------------------------------------------------------- */

START_TEST(shares_are_told_later)
{
	fresh();
	ck_assert_int_eq(mkdir(vm_at("a"), 0755), 0);
	ck_assert_int_eq(mkdir(vm_at("b"), 0755), 0);
	vm_put("a/name", "a", false);
	vm_put("b/name", "b", false);
	for (int i = 0; i < 4; i++) {
		const char *dir = i % 2 ? "b" : "a";

		vm_warm(&r, "--share", vm_fmt("%s:/mnt/%s", vm_at(dir), dir),
			"--cwd", vm_fmt("/mnt/%s", dir), "--", "cat", "name");
		ck_code(&r, 0);
		ck_assert_str_eq(r.out.p, dir);
		ck_report(i ? IS_WARM : IS_COLD);
		ran_free(&r);
	}
}
END_TEST

/* Its words go over the console; what is said before it runs is not lost. */
START_TEST(a_shell)
{
	static const char words[] = "echo sum $((40+2)); exit 3\n";

	fresh();
	for (int i = 0; i < 2; i++) {
		vm_exec(&r, words, strlen(words),
			VM_ARGV(vm_bootlet(), WARM, REPORT));
		ck_code(&r, 3);
		ck_has(r.out, "sum 42");
		ck_report(i ? IS_WARM : IS_COLD);
		ran_free(&r);
	}
}
END_TEST

/* --- what is refused ---------------------------------------------------------- */

/* Init says these only before a command runs. */
START_TEST(forged_words)
{
	cache();
	vm_warm(&r, "--channel", "uart", "--", "true");
	ran_free(&r);
	vm_warm(&r, "--channel", "uart", "--", "sh", "-c",
		"printf 'Q\\0\\0\\0' >/dev/ttyS1; sleep 5; exit 0");
	ck_code(&r, 125);
	ck_report(IS_WARM);
}
END_TEST

static const struct {
	const char *words[3], *says;
} refused[] = {
	{ { "--gdb" }, "--warm: a debugger wants the boot" },
	{ { "--init", "/bin/true" }, "--warm: needs an image with bootlet's" },
};

START_TEST(refusals)
{
	const char *const *w = refused[_i].words;

	cache();
	vm_boot(&r, "--warm", w[0], w[1] ? w[1] : "--", w[1] ? "--" : "true",
		"true");
	ck_code(&r, 125);
	ck_one_line(&r, refused[_i].says);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("warm");
	TCase *t = tcase_create("warm");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_test(t, streams_and_codes);
	tcase_add_test(t, a_long_command);
	tcase_add_test(t, files_that_the_command_names);
	tcase_add_test(t, a_panic_is_one);
	tcase_add_loop_test(t, every_channel, 0, 3);
	tcase_add_test(t, ten_do_not_see_each_other);
	tcase_add_test(t, three_at_once);
	tcase_add_test(t, shares_are_told_later);
	tcase_add_test(t, a_shell);
	tcase_add_test(t, forged_words);
	tcase_add_loop_test(t, refusals, 0,
			    sizeof(refused) / sizeof(refused[0]));
	suite_add_tcase(s, t);
	return s;
}
