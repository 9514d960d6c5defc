// SPDX-License-Identifier: MIT
/* Cores of a kernel whose symbols are there, read by gdb. */
#include "source.h"
#include "vm.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A build comes before it, maybe somebody else's. */
#define TCASE_S 3600

static char *tree;
static struct ran r;

static void built(void)
{
	tree = source_built(NULL);
}

/* What gdb says of a core, with what it is told. */
static void ask_gdb(const char *core, const char *command)
{
	vm_exec(&r, NULL, 0,
		VM_ARGV("gdb", "-q", "-nx", "-batch", "-ex",
			"print linux_banner", "-ex", command,
			vm_fmt("%s/vmlinux", tree), core));
	ck_has(r.out, "\"Linux version 6.1.");
}

/* No X86_MCE in this kernel, so that it is a double fault; a CPU in a program
 * all the time is found, too. */
static void panic_of(const char *command, const char *cpus)
{
	const char *core = vm_at("panic.core");
	int p[2];
	struct text said = { 0 };
	pid_t pid;

	ck_assert(!pipe2(p, O_CLOEXEC));
	pid = vm_spawn(VM_ARGV(vm_bootlet(), "run", "-k", tree, "--accel",
			       "tcg", "--cpus", cpus, "--name", "full",
			       "--timeout", "100", "--dump-on",
			       vm_fmt("panic=%s", core), "--", "sh", "-c",
			       vm_fmt("echo up; %s", command)),
		       -1, p[1], -1);
	close(p[1]);
	vm_expect(p[0], &said, "up\n", 60);
	free(said.p);
	vm_host(&r, "dump", "--name", "full", vm_at("live.core"));
	ck_code(&r, 0);
	ran_free(&r);
	ask_gdb(vm_at("live.core"), "print jiffies");
	ran_free(&r);
	vm_host(&r, "inject", "--name", "full", "panic");
	ck_code(&r, 0);
	ran_free(&r);
	ck_assert_int_eq(vm_wait(pid, 60), 123);
	close(p[0]);
	ask_gdb(core, "thread apply all backtrace");
	ck_has(r.out, "in panic (fmt=");
	ck_has(r.out, "exc_double_fault (regs=");
	ck_has(r.out, "arch/x86/kernel/traps.c:");
	ran_free(&r);
	unlink(core);
	unlink(vm_at("live.core"));
	vm_nothing_left(2);
}

START_TEST(an_idle_guest)
{
	panic_of("sleep 90", "1");
}
END_TEST

START_TEST(a_busy_guest)
{
	panic_of("while :; do :; done", "1");
}
END_TEST

START_TEST(a_busy_and_an_idle_cpu)
{
	panic_of("while :; do :; done", "2");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("dump");
	TCase *t = tcase_create("dump");

	tcase_set_timeout(t, TCASE_S);
	tcase_add_unchecked_fixture(t, built, NULL);
	tcase_add_test(t, an_idle_guest);
	tcase_add_test(t, a_busy_guest);
	tcase_add_test(t, a_busy_and_an_idle_cpu);
	suite_add_tcase(s, t);
	return s;
}
