// SPDX-License-Identifier: MIT
/*
 * Every outcome there is, provoked for real in a VM of its own, BOOTLET_TIMES
 * times (20): the exit code and the report say the same, and the truth.
 */
#include "kmod.h"
#include "pool.h"
#include "source.h"
#include "vm.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A build comes before it, maybe somebody else's. */
#define TCASE_S 3600

/* A small kernel, and nothing but one program: what boots quickest. */
#define END	BUILD "/vm/guest/end:/end"
#define SMALL	"-k", tree, "--accel", "tcg", "--no-busybox", "--file", END
#define PROVOKE "--file", provoke_at("/provoke.ko")
/* init loads it by itself, and the parameter makes it do what it can. */
#define AT_BOOT(how)                                                 \
	"--file", provoke_at("/lib/modules/provoke.ko"), "--append", \
		"provoke.how=" how

static char *tree, *provoke;
static struct pool pool;

static void built(void)
{
	tree = source_built(NULL);
	provoke = kmod_built(tree, "provoke");
}

static const char *provoke_at(const char *path)
{
	return vm_fmt("%s:%s", provoke, path);
}

/* --- the command's own ---------------------------------------------------- */

/* 256 kinds of one outcome: each is tried once. */
START_TEST(exit_codes)
{
	for (int n = 0; n < 256; n++) {
		struct job *j = pool_add(&pool, "exit",
					 VM_ARGV(SMALL, "--", "/end", "exit",
						 vm_fmt("%d", n)));

		j->code = n;
		j->outcome = "exit";
		j->key = "code";
		j->number = n;
		j->prints = "";
	}
	pool_run(&pool, 1, 0);
	vm_nothing_left(2);
}
END_TEST

/* What signal(7) calls Term or Core, and those without a name to 64. */
static bool kills(int n)
{
	switch (n) {
	case SIGCHLD:
	case SIGCONT:
	case SIGSTOP:
	case SIGTSTP:
	case SIGTTIN:
	case SIGTTOU:
	case SIGURG:
	case SIGWINCH:
		return false;
	default:
		return n >= 1 && n <= 64;
	}
}

START_TEST(signals)
{
	for (int n = 1; n <= 64; n++) {
		struct job *j;

		if (!kills(n))
			continue;
		j = pool_add(&pool, "signal",
			     VM_ARGV(SMALL, "--", "/end", "signal",
				     vm_fmt("%d", n)));
		j->code = 128 + n;
		j->outcome = "signal";
		j->key = "signal";
		j->number = n;
		j->says = vm_fmt("signal %d", n);
		/* The text is a buffer's that eight others take. */
		j->says = strdup(j->says);
	}
	pool_run(&pool, 1, 0);
	vm_nothing_left(2);
}
END_TEST

static const struct {
	const char *label, *command;
	const char *content; /* of a file /x; NULL: none */
	bool exec;
	int code, number;
} unstartable[] = {
	{ "missing", "/no/such/file", NULL, false, 127, ENOENT },
	{ "missing in PATH", "no-such-command", NULL, false, 127, ENOENT },
	{ "directory", "/etc", NULL, false, 126, EACCES },
	{ "no interpreter", "/x", "#!/no/such/thing\n", true, 127, ENOENT },
	{ "not executable", "/x", "#!/end\n", false, 126, EACCES },
	{ "no format", "/x", "neither text nor ELF\n", true, 126, ENOEXEC },
	{ "file as directory", "/end/x", NULL, false, 126, ENOTDIR },
};

START_TEST(exec_failures)
{
	for (size_t i = 0; i < sizeof(unstartable) / sizeof(*unstartable);
	     i++) {
		const char *content = unstartable[i].content;
		const char *file = vm_put(vm_fmt("x%zu", i),
					  content ? content : "",
					  unstartable[i].exec);
		struct job *j = pool_add(
			&pool, unstartable[i].label,
			VM_ARGV(SMALL, "--file",
				vm_fmt("%s:%s", file, content ? "/x" : "/y"),
				"--", unstartable[i].command));

		j->code = unstartable[i].code;
		j->outcome = "exec-failed";
		j->key = "errno";
		j->number = unstartable[i].number;
		j->prints = "";
	}
	pool_run(&pool, pool_times(), 0);
	vm_nothing_left(2);
}
END_TEST

/* --- deadlines ------------------------------------------------------------ */

static void add_timeout(const char *label, const char *phase,
			const char *const argv[])
{
	struct job *j = pool_add(&pool, label, argv);

	j->code = 124;
	j->outcome = "timeout";
	j->phase = phase;
	j->says = "deadline";
}

START_TEST(deadlines)
{
	add_timeout("never ends", "command",
		    VM_ARGV(SMALL, "--command-timeout", "1", "--", "/end",
			    "never"));
	add_timeout("stops itself", "command",
		    VM_ARGV(SMALL, "--command-timeout", "1", "--", "/end",
			    "stop"));
	add_timeout("module's init hangs", "modules",
		    VM_ARGV(SMALL, AT_BOOT("hang"), "--init-timeout", "2", "--",
			    "/end", "exit", "0"));
	/* So little memory that the kernel does not come to its console. */
	add_timeout("kernel hangs", "boot",
		    VM_ARGV(SMALL, "--append", "mem=2M", "--boot-timeout", "3",
			    "--", "/end", "exit", "0"));
	pool_run(&pool, pool_times(), 0);
	vm_nothing_left(2);
}
END_TEST

/* --- the kernel's end ----------------------------------------------------- */

static void add_panic(const char *label, const char *title,
		      const char *const argv[])
{
	struct job *j = pool_add(&pool, label, argv);

	j->code = 123;
	j->outcome = "panic";
	j->says = title;
	j->prints = "";
}

/* The small kernel has no sysrq. */
START_TEST(panics_by_sysrq)
{
	add_panic("sysrq after init", "kernel panic: sysrq triggered crash",
		  VM_ARGV(VM_KERNEL, "--no-busybox", "--file", END, "--",
			  "/end", "sysrq", "c"));
	add_panic("sysrq before init", "kernel panic: sysrq triggered crash",
		  VM_ARGV(VM_KERNEL, "--no-busybox", "--init",
			  BUILD "/vm/guest/end", "--", "true"));
	pool_run(&pool, pool_times(), 0);
	vm_nothing_left(2);
}
END_TEST

START_TEST(panics)
{
	char *noinitrd = source_noinitrd();

	add_panic("by the command", "kernel panic: provoked by provoke",
		  VM_ARGV(SMALL, PROVOKE, "--", "/end", "module", "/provoke.ko",
			  "how=panic"));
	add_panic("in init's module", "kernel panic: provoked by provoke",
		  VM_ARGV(SMALL, AT_BOOT("panic"), "--", "/end", "exit", "0"));
	add_panic("long before init", "System is deadlocked on memory",
		  VM_ARGV(SMALL, "--append", "mem=5M", "--", "/end", "exit",
			  "0"));
	add_panic("no init", "No working init found",
		  VM_ARGV(SMALL, "--no-init", "--", "true"));
	add_panic("init ends", "Attempted to kill init!",
		  VM_ARGV(SMALL, "--append", "rdinit=/end", "--", "true"));
	add_panic("kernel without initramfs", "No working init found",
		  VM_ARGV("-k", noinitrd, "--accel", "tcg", "--no-busybox",
			  "--file", END, "--", "/end", "exit", "0"));
	pool_run(&pool, pool_times(), 0);
	free(noinitrd);
	vm_nothing_left(2);
}
END_TEST

static const struct {
	const char *how, *title;
} failures[] = {
	{ "how=oops", "provoke_oops" },
	{ "how=warn", "provoke_warn" },
	{ "how=bug", "provoke_bug" },
};

/* The command ends well: what the kernel went through is what counts. */
START_TEST(kernel_failures)
{
	for (size_t i = 0; i < 2 * sizeof(failures) / sizeof(*failures); i++) {
		bool allowed = i % 2;
		struct job *j = pool_add(
			&pool, failures[i / 2].how,
			VM_ARGV(SMALL, PROVOKE,
				allowed ? "--oops=ignore" : "--oops=fail", "--",
				"/end", "module", "/provoke.ko",
				failures[i / 2].how));

		j->code = allowed ? 0 : 122;
		j->outcome = allowed ? "exit" : "oops";
		j->says = allowed ? NULL : failures[i / 2].title;
	}
	pool_run(&pool, pool_times(), 0);
	vm_nothing_left(2);
}
END_TEST

/* --- images --------------------------------------------------------------- */

/* QEMU as asked for, but the kernel finds another image than was packed: one
 * that is seen through beforehand is refused, and no test of a guest. */
static const char swap[] =
	"#!/bin/sh\nn=$#\n"
	"while [ $n -gt 0 ]; do\n"
	"w=$1; shift; n=$((n - 1)); set -- \"$@\" \"$w\"\n"
	"[ \"$w\" != -initrd ] || {\n"
	"shift; n=$((n - 1)); set -- \"$@\" \"${0%%/*}/%s\"; }\n"
	"done\n"
	"exec qemu-system-x86_64 \"$@\"\n";

static const struct {
	const char *name, *made_by;
} garbage[] = {
	{ "random", "head -c 100000 /dev/urandom" },
	{ "gzip-of-random", "head -c 100000 /dev/urandom | gzip" },
	{ "cut-off", "cat \"$1\" | gzip | head -c 3000" },
	{ "empty", ":" },
};

START_TEST(garbage_for_the_kernel)
{
	char script[sizeof(swap) + 64];
	struct ran r;

	vm_host(&r, "initramfs", "-o", vm_at("good"), "-k", tree,
		"--no-busybox");
	ck_code(&r, 0);
	ran_free(&r);
	for (size_t i = 0; i < sizeof(garbage) / sizeof(*garbage); i++) {
		vm_exec(&r, NULL, 0,
			VM_ARGV("sh", "-c",
				vm_fmt("{ %s; } >\"$2\"", garbage[i].made_by),
				"sh", vm_at("good"), vm_at(garbage[i].name)));
		ck_code(&r, 0);
		ran_free(&r);
		snprintf(script, sizeof(script), swap, garbage[i].name);
		add_panic(garbage[i].name, "kernel panic: ",
			  VM_ARGV(SMALL, "--qemu",
				  vm_put(vm_fmt("qemu-%s", garbage[i].name),
					 script, true),
				  "--", "/end", "exit", "0"));
	}
	pool_run(&pool, pool_times(), 0);
	vm_nothing_left(2);
}
END_TEST

/* --- QEMU ----------------------------------------------------------------- */

static struct job *add_qemu(const char *label, const char *says,
			    const char *const argv[])
{
	struct job *j = pool_add(&pool, label, argv);

	j->code = 125;
	j->outcome = "qemu-failed";
	j->says = says;
	return j;
}

START_TEST(qemu)
{
	const char *wrong = vm_put("wrong",
				   "#!/bin/sh\n"
				   "exec qemu-system-x86_64 \"$@\" -nonsense\n",
				   true);
	struct job *j = add_qemu("killed", "signal 9",
				 VM_ARGV(SMALL, "--", "/end", "never"));

	j->kill_qemu = true;
	j->phase = "command";
	add_qemu("not there", "/nonexistent/qemu: not found",
		 VM_ARGV(SMALL, "--qemu", "/nonexistent/qemu", "--", "true"));
	add_qemu("fails", "exit code 1",
		 VM_ARGV(SMALL, "--qemu", "/bin/false", "--", "true"));
	add_qemu("is no QEMU", "without a word",
		 VM_ARGV(SMALL, "--qemu", "/bin/true", "--", "true"));
	add_qemu("wrong options", "-nonsense",
		 VM_ARGV(SMALL, "--qemu", wrong, "--", "true"));
	pool_run(&pool, pool_times(), 0);
	vm_nothing_left(2);
}
END_TEST

/* Switched off behind init's back: no verdict is no success. */
START_TEST(no_verdict)
{
	struct job *j = pool_add(&pool, "switched off",
				 VM_ARGV(SMALL, "--", "/end", "off"));

	j->code = 125;
	j->says = "without a verdict";
	j->prints = "";
	j->outcome = "init-error";
	pool_run(&pool, pool_times(), 0);
	vm_nothing_left(2);
}
END_TEST

/* A case of its own each, for CK_RUN_CASE. */
static void add(Suite *s, const char *name, const TTest *test)
{
	TCase *t = tcase_create(name);

	tcase_set_timeout(t, TCASE_S);
	tcase_add_checked_fixture(t, built, NULL);
	tcase_add_test(t, test);
	suite_add_tcase(s, t);
}

Suite *suite(void)
{
	Suite *s = suite_create("outcomes");

	add(s, "exit", exit_codes);
	add(s, "signal", signals);
	add(s, "exec", exec_failures);
	add(s, "timeout", deadlines);
	add(s, "sysrq", panics_by_sysrq);
	add(s, "panic", panics);
	add(s, "oops", kernel_failures);
	add(s, "image", garbage_for_the_kernel);
	add(s, "qemu", qemu);
	add(s, "off", no_verdict);
	return s;
}
