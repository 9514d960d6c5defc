// SPDX-License-Identifier: MIT
/*
 * Indexes that are wrong and modules that must not be loaded, on the packaged
 * kernel told to demand signatures: the boot goes on, each fault is one line.
 */
#include "vm.h"

#include <stdlib.h>
#include <string.h>

static struct ran r;
static struct text console;

/* dummy and veth need each other, by every index there is; dummy is there
 * twice and a third time flat; nlmon has lost its signature, ifb half of
 * itself; the index names a module that is not there, and one whose path no
 * kernel takes. */
static const char make[] =
	"set -e; rel=${1##*/}; top=\"$2/lib/modules\"; k=\"$top/$rel/k\"\n"
	"mkdir -p \"$k/again\"; find \"$1\" -name dummy.ko -o -name veth.ko "
	"-o -name nlmon.ko -o -name ifb.ko -o -name macvlan.ko | "
	"while read f; do cp \"$f\" \"$k/\"; done\n"
	"cd \"$k\"; cp dummy.ko again/; cp dummy.ko \"$top/\"\n"
	"head -c -28 nlmon.ko >x; mv x nlmon.ko\n"
	"head -c 5000 ifb.ko >x; mv x ifb.ko; cd ..\n"
	"echo 'k/dummy.ko: k/veth.ko k/dummy.ko' >modules.dep\n"
	"echo 'k/veth.ko: k/dummy.ko k/veth.ko' >>modules.dep\n"
	"echo 'k/again/dummy.ko: k/again/dummy.ko' >>modules.dep\n"
	"for m in nlmon ifb gone; do echo \"k/$m.ko:\"; done >>modules.dep\n"
	"long=$(printf %05000d 0); echo \"k/$long/long.ko:\" >>modules.dep\n"
	"echo 'k/macvlan.ko: k/gone.ko' >>modules.dep\n"
	"echo 'softdep dummy pre: veth ring post: dummy' >modules.softdep\n"
	"echo 'softdep veth pre: dummy post: ring' >>modules.softdep\n"
	"{ echo 'alias ring ring'; echo 'alias ring dummy'; "
	"printf 'alias '; head -c 1000000 /dev/zero | tr '\\0' '*'; echo ' veth'\n"
	"echo 'alias [[[a-[* gone'; echo 'alias'; echo 'alias *'; "
	"echo 'alias platform:*****a* nlmon'; } >modules.alias\n";

static const char script[] =
	"while read name rest; do echo \"module $name=yes\"; "
	"done </proc/modules\n";

static void boot(void)
{
	struct ran x;

	vm_exec(&x, NULL, 0,
		VM_ARGV("sh", "-c", make, "sh", vm_kernel_modules(NULL),
			vm_at("tree")));
	ck_code(&x, 0);
	ran_free(&x);
	vm_host(&r, "run", VM_KERNEL, "--channel", "uart", "--dir",
		vm_fmt("%s:/", vm_at("tree")), "--append",
		"module.sig_enforce=1 bootlet.coldplug=all "
		"bootlet.modules=dummy,veth,dummy,nlmon,ifb,long,macvlan",
		"--log", vm_at("log"), "--", "sh", "-c", script);
	ck_code(&r, 0);
	console = vm_slurp(vm_at("log"));
}

START_TEST(cycles_and_doubles_end)
{
	ck_answer(&r, "module dummy", "yes");
	ck_answer(&r, "module veth", "yes");
	ck_hasnt(console, "init: dummy");
	ck_hasnt(console, "init: veth");
}
END_TEST

static const struct {
	const char *name, *line;
} faults[] = {
	{ "nlmon", "init: nlmon.ko: its signature is missing or wrong" },
	{ "ifb", "init: ifb.ko: " },
	/* Cut off by the log. */
	{ "long", "init: k/0000" },
	{ "macvlan", "init: macvlan: not loaded: a module that it needs "
		     "failed" },
	{ "gone", "init: k/gone.ko: modules.dep names it: No such file" },
};

START_TEST(faults_are_told_once)
{
	const char *line = faults[_i].line;
	char *at;

	ck_answer(&r, vm_fmt("module %s", faults[_i].name), "(none)");
	ck_has(console, line);
	at = strstr(console.p, line);
	ck_assert_msg(!strstr(at + 1, line), "told twice: %s", line);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("modfaults");
	TCase *t = tcase_create("modfaults");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_unchecked_fixture(t, boot, NULL);
	tcase_add_test(t, cycles_and_doubles_end);
	tcase_add_loop_test(t, faults_are_told_once, 0,
			    sizeof(faults) / sizeof(faults[0]));
	suite_add_tcase(s, t);
	return s;
}
