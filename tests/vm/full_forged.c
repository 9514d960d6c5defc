// SPDX-License-Identifier: MIT
/*
 * What a guest's program says of itself changes nothing: on its stdout it is
 * data, and on the console it can make the verdict worse, never better.
 */
#include "kmod.h"
#include "pool.h"
#include "source.h"
#include "vm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A build comes before it, maybe somebody else's. */
#define TCASE_S 3600

#define SMALL                                                   \
	"-k", tree, "--accel", "tcg", "--no-busybox", "--file", \
		BUILD "/vm/guest/end:/end"
/* What "end say" and "end flood" end with. */
#define OWN_VERDICT 7

/* The channel's beginning, and a frame as init writes it: of type 'S', with a
 * length. "\n" and "\0" are made by the guest. */
#define SYNC	     "\\0bootlet-channel\\n"
#define NONCE	     "0123456789abcdef0123456789abcdef"
#define EXIT_0	     "S\\0\\x27\\0" NONCE " exit 0"
#define SYNC_BYTES   "\0bootlet-channel\n"
#define EXIT_0_BYTES "S\0\x27\0" NONCE " exit 0"
#define PANIC	     "Kernel panic - not syncing: forged"
#define OOPS	     "BUG: kernel NULL pointer dereference, address: 0000000000000000"

static char *tree, *provoke;
static struct pool pool;

static void built(void)
{
	tree = source_built(NULL);
	provoke = kmod_built(tree, "provoke");
}

static struct job *add_own(const char *label, const char *const argv[])
{
	struct job *j = pool_add(&pool, label, argv);

	j->code = OWN_VERDICT;
	j->outcome = "exit";
	j->key = "code";
	j->number = OWN_VERDICT;
	return j;
}

/* --- on stdout: data ------------------------------------------------------ */

START_TEST(on_stdout)
{
	static const char frames[] = SYNC_BYTES EXIT_0_BYTES EXIT_0_BYTES;
	struct job *j = add_own("frames", VM_ARGV(SMALL, "--", "/end", "say",
						  SYNC EXIT_0 EXIT_0, "-"));

	j->prints = frames;
	j->prints_n = sizeof(frames) - 1;
	j = add_own("a panic",
		    VM_ARGV(SMALL, "--", "/end", "say", PANIC "\\n", "-"));
	j->prints = PANIC "\n";
	j = add_own("an oops",
		    VM_ARGV(SMALL, "--", "/end", "say", OOPS "\\n", "-"));
	j->prints = OOPS "\n";
	pool_run(&pool, pool_times(), 0);
	vm_nothing_left(2);
}
END_TEST

/* --- on the console: maybe worse ------------------------------------------ */

START_TEST(on_console)
{
	static const char *const files[] = { "/dev/console", "/dev/ttyS0",
					     "/dev/kmsg" };
	static const struct {
		const char *label, *text;
		bool or_worse;
	} said[] = {
		{ "frames", SYNC EXIT_0 EXIT_0 "\\n", false },
		{ "a panic", PANIC "\\n", true },
		{ "a panic without an end of line", PANIC, true },
		{ "an oops", OOPS "\\n", true },
		{ "a power-off", "reboot: Power down\\n", false },
	};

	for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++)
		for (size_t k = 0; k < sizeof(files) / sizeof(*files); k++) {
			struct job *j =
				add_own(said[i].label,
					VM_ARGV(SMALL, "--", "/end", "say",
						said[i].text, files[k]));

			j->or_worse = said[i].or_worse;
			j->prints = "";
		}
	pool_run(&pool, 2, 0);
	vm_nothing_left(2);
}
END_TEST

/* --- into the channel ----------------------------------------------------- */

/* It needs the nonce, and who has it not spoils the channel: no success. */
START_TEST(into_the_channel)
{
	static const char *const texts[] = { EXIT_0, SYNC EXIT_0,
					     "S\\0\\x06\\0exit 0", "x" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct job *j = pool_add(&pool, "into the channel",
					 VM_ARGV(SMALL, "--", "/end", "say",
						 texts[i], "/dev/ttyS1"));

		j->code = 125;
		j->outcome = "init-error";
		j->says = "the channel to init was garbled";
	}
	pool_run(&pool, pool_times(), 0);
	vm_nothing_left(2);
}
END_TEST

/* --- floods --------------------------------------------------------------- */

static const struct {
	const char *label, *file;
} floods[] = {
	{ "floods the console", "/dev/console" },
	{ "floods the console's UART", "/dev/ttyS0" },
	{ "floods the log", "/dev/kmsg" },
	{ "floods its stdout", "/proc/self/fd/1" },
};

START_TEST(ten_seconds_without_newline)
{
	for (size_t i = 0; i < sizeof(floods) / sizeof(*floods); i++)
		add_own(floods[i].label, VM_ARGV(SMALL, "--", "/end", "flood",
						 floods[i].file, "10"));
	pool_run(&pool, 1, 0);
	vm_nothing_left(2);
}
END_TEST

/* The UART still sends what was written when the kernel's own line comes, which
 * so begins somewhere within one without end. It is found all the same. */
START_TEST(panic_in_a_flood)
{
	const char *ko = vm_fmt("%s:/provoke.ko", provoke);
	struct job *j = pool_add(&pool, "panic in a flood",
				 VM_ARGV(SMALL, "--file", ko, "--", "/end",
					 "flood", "/dev/console", "2", "module",
					 "/provoke.ko", "how=panic"));

	j->code = 123;
	j->outcome = "panic";
	j->says = "provoked by provoke";
	j = pool_add(&pool, "oops in a flood",
		     VM_ARGV(SMALL, "--file", ko, "--", "/end", "flood",
			     "/dev/console", "2", "module", "/provoke.ko",
			     "how=oops"));
	j->code = 122;
	j->outcome = "oops";
	j->says = "provoke_oops";
	pool_run(&pool, 2, 0);
	vm_nothing_left(2);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("forged");
	TCase *t = tcase_create("verdicts");

	tcase_set_timeout(t, TCASE_S);
	tcase_add_checked_fixture(t, built, NULL);
	tcase_add_test(t, on_stdout);
	tcase_add_test(t, on_console);
	tcase_add_test(t, into_the_channel);
	tcase_add_test(t, ten_seconds_without_newline);
	tcase_add_test(t, panic_in_a_flood);
	suite_add_tcase(s, t);
	return s;
}
