// SPDX-License-Identifier: MIT
/* PID 1: orphans, the conventional signals, and an end in every case. */
#include "pty.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct ran r;

static void ck_ends(int code, const char *append, const char *script)
{
	vm_boot(&r, "--append", append, "--timeout", "120", "--log",
		vm_at("console"), "--", "sh", "-c", script);
	ck_code(&r, code);
	vm_nothing_left(0);
}

START_TEST(orphans_are_reaped)
{
	ck_ends(0, "nokaslr",
		"i=0; while [ $i -lt 1000 ]; do (sleep 0 &) ; i=$((i+1)); "
		"done; n=1; "
		"for t in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20\n"
		"do n=$(grep -l '^State:.Z' /proc/[0-9]*/status 2>/dev/null | "
		"wc -l); [ $n = 0 ] && break; sleep 0.5; done\n"
		"echo zombies=$n; (sleep 1000 & "
		"exec sh -c 'exit 0'); sleep 0.2\n"
		"echo parent=$(awk '/PPid/ {print $2}' "
		"/proc/$(pidof sleep)/status)");
	ck_answer(&r, "zombies", "0");
	ck_answer(&r, "parent", "1");
}
END_TEST

/* What the command left running is asked first: it may have to write. */
START_TEST(others_are_asked_to_end)
{
	struct text log;

	ck_ends(0, "nokaslr",
		"sh -c 'trap \"echo was-asked >/dev/console; exit\" TERM; "
		"echo ready >/tmp/r; while :; do sleep 0.1; done' "
		"</dev/null >/dev/null 2>&1 & "
		"while [ ! -e /tmp/r ]; do sleep 0.1; done; exit 0");
	log = vm_slurp(vm_at("console"));
	ck_has(log, "was-asked");
	free(log.p);
}
END_TEST

START_TEST(others_that_will_not_end)
{
	ck_ends(7, "nokaslr",
		"sh -c 'trap \"\" TERM HUP INT; echo ready >/tmp/r; "
		"while :; do sleep 1; done' & "
		"while [ ! -e /tmp/r ]; do sleep 0.1; done; exit 7");
}
END_TEST

/* ext2 on a file of a tmpfs has to be clean afterwards: unmounted. */
START_TEST(file_systems_are_unmounted)
{
	struct text log;

	vm_host(&r, "run", VM_KERNEL, "--module", "ext4,loop", "--log",
		vm_at("console"), "--", "sh", "-c",
		"dd if=/dev/zero of=/tmp/fs bs=1M count=8 2>/dev/null && "
		"mke2fs -F /tmp/fs >/dev/null && mkdir /mnt && "
		"mount -t ext4 -o loop /tmp/fs /mnt && echo x >/mnt/x && "
		"echo mounted");
	ck_code(&r, 0);
	ck_assert_str_eq(r.out.p, "mounted\n");
	log = vm_slurp(vm_at("console"));
	ck_has(log, "EXT4-fs (loop0): mounted filesystem");
	ck_has(log, "EXT4-fs (loop0): unmounting filesystem");
	free(log.p);
}
END_TEST

/* --- signals to PID 1 ----------------------------------------------------- */

static const struct {
	const char *signal;
	const char *console; /* the kernel's last words */
} signals[] = {
	{ "USR1", "Power down" },	{ "USR2", "Power down" },
	{ "PWR", "Power down" },	{ "TERM", "Restarting system" },
	{ "INT", "Restarting system" },
};

/* The command did not end by itself: TERM is its end, and the verdict. */
START_TEST(signal_ends_the_machine)
{
	struct text log;

	ck_ends(143, "nokaslr",
		vm_fmt("kill -%s 1; exec sleep 100", signals[_i].signal));
	log = vm_slurp(vm_at("console"));
	ck_has(log, signals[_i].console);
	ck_hasnt(log, "Kernel panic");
	free(log.p);
}
END_TEST

/* A signal that means nothing to PID 1, and one that would kill others. */
START_TEST(other_signals_are_nothing)
{
	ck_ends(3, "nokaslr",
		"for s in HUP QUIT SEGV KILL STOP ALRM PIPE CHLD; do "
		"kill -$s 1; done; sleep 0.5; exit 3");
}
END_TEST

/* BusyBox's own commands, as a person types them. */
static const char *const typed[] = { "poweroff", "reboot" };

START_TEST(typed_end)
{
	vm_exec(&r, vm_fmt("%s\n", typed[_i]), strlen(typed[_i]) + 1,
		VM_ARGV(vm_bootlet(), VM_RUN, "--timeout", "120"));
	ck_code(&r, 0);
	vm_nothing_left(0);
}
END_TEST

/* --- machines ------------------------------------------------------------- */

static const char *const machines[] = {
	"acpi=off",
	"acpi=off nolapic reboot=t",
};

START_TEST(switched_off_without_acpi)
{
	ck_ends(5, machines[_i], "exit 5");
}
END_TEST

/* --- images that lack something ------------------------------------------- */

START_TEST(no_shell_at_all)
{
	vm_host(&r, "run", VM_KERNEL, "--no-busybox", "--timeout", "120");
	ck_code(&r, 127);
	ck_has(r.err, "/bin/sh: not in the image");
	ck_has(r.out, "/bin/sh: not in the image");
	ck_hasnt(r.out, "Kernel panic");
}
END_TEST

/* Nothing but init in it, packed by hand: not even a directory. */
START_TEST(nothing_but_init)
{
	const char *image = vm_at("bare.cpio");

	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-c",
			"mkdir -p \"$1.d\" && cp \"$2\" \"$1.d/init\" && "
			"cd \"$1.d\" && echo init | cpio -o -H newc --quiet "
			">\"$1\"",
			"sh", image, vm_init()));
	ck_code(&r, 0);
	vm_boot(&r, "-i", image, "--timeout", "120");
	ck_code(&r, 127);
	ck_has(r.out, "This boot took ");
	ck_has(r.out, "/bin/sh: not in the image");
	ck_hasnt(r.out, "cannot m");
}
END_TEST

#define ADD_LOOP(t, test, table) \
	tcase_add_loop_test(t, test, 0, sizeof(table) / sizeof((table)[0]))

Suite *suite(void)
{
	Suite *s = suite_create("pid1");
	TCase *t = tcase_create("processes");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_test(t, orphans_are_reaped);
	tcase_add_test(t, others_are_asked_to_end);
	tcase_add_test(t, others_that_will_not_end);
	tcase_add_test(t, file_systems_are_unmounted);
	suite_add_tcase(s, t);

	t = tcase_create("ends");
	tcase_set_timeout(t, VM_TCASE_S);
	ADD_LOOP(t, signal_ends_the_machine, signals);
	tcase_add_test(t, other_signals_are_nothing);
	ADD_LOOP(t, typed_end, typed);
	ADD_LOOP(t, switched_off_without_acpi, machines);
	tcase_add_test(t, no_shell_at_all);
	tcase_add_test(t, nothing_but_init);
	suite_add_tcase(s, t);
	return s;
}
