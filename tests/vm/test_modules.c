// SPDX-License-Identifier: MIT
/* Modules by name with an index, and as flat files without one; good ones and
 * all the ways in which one can be bad. */
#include "vm.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct ran r;
static struct text console;

static const char script[] =
	"while read name rest; do echo \"module $name=yes\"; done "
	"</proc/modules\n"
	"for f in /sys/module/*/parameters/*; do\n"
	"  echo \"param ${f#/sys/module/}=$(cat $f 2>/dev/null)\"; done\n"
	"echo \"dummies=$(ls -d /sys/class/net/dummy* 2>/dev/null | wc -l)\"\n";

static void ck_loaded(const char *name, bool yes)
{
	ck_answer(&r, vm_fmt("module %s", name), yes ? "yes" : "(none)");
}

/* --- by name -------------------------------------------------------------- */

static void boot_named(void)
{
	vm_host(&r, "run", VM_KERNEL, "--module",
		"ext4,virtio-net,loop,dummy,bonding,unix", "--append",
		"loop.max_loop=\"3\" dummy.numdummies=4", "--append",
		"modprobe.blacklist=bonding", "--log", vm_at("named"), "--",
		"sh", "-c", script);
	ck_code(&r, 0);
	console = vm_slurp(vm_at("named"));
}

static const struct {
	const char *name;
	bool loaded;
} named[] = {
	{ "ext4", true },
	/* What it needs, and what it only would like. */
	{ "jbd2", true },
	{ "mbcache", true },
	{ "crc16", true },
	{ "crc32c_generic", true },
	{ "virtio_net", true },
	{ "net_failover", true },
	{ "loop", true },
	{ "dummy", true },
	{ "bonding", false },
	/* Built in. */
	{ "unix", false },
};

START_TEST(named_loaded)
{
	ck_loaded(named[_i].name, named[_i].loaded);
}
END_TEST

START_TEST(parameters)
{
	ck_answer(&r, "param loop/parameters/max_loop", "3");
	ck_answer(&r, "dummies", "4");
}
END_TEST

START_TEST(blacklist_is_told)
{
	ck_has(console, "bonding: not loaded: modprobe.blacklist= has it");
}
END_TEST

START_TEST(built_in_is_no_fault)
{
	ck_hasnt(console, "unix: ");
}
END_TEST

/* --- flat ----------------------------------------------------------------- */

static void copy(const char *name, const char *to, size_t max)
{
	struct text t = vm_slurp(vm_module(NULL, name));
	int fd = open(vm_at(to), O_WRONLY | O_CREAT | O_TRUNC, 0644);
	size_t n = t.n < max ? t.n : max;

	ck_assert_msg(n > 4 && !memcmp(t.p, "\177ELF", 4),
		      "%s is not an uncompressed module", name);
	ck_assert_int_eq(write(fd, t.p, n), n);
	close(fd);
	free(t.p);
}

/* As if built for another kernel: its vermagic, patched. The signature is
 * wrong then, unless its mark at the end goes. */
static void patch(const char *name, bool unsign)
{
	static const char mark[] = "~Module signature appended~\n";
	struct text t = vm_slurp(vm_at(name));
	int fd = open(vm_at(name), O_WRONLY | O_TRUNC);
	char *at = memmem(t.p, t.n, "vermagic=", 9);
	size_t n = t.n - (sizeof(mark) - 1);

	ck_assert_ptr_nonnull(at);
	/* The release alone counts for nothing with modversions. */
	at[9] = 'X';
	strchr(at, ' ')[1] = 'X';
	if (!unsign || memcmp(t.p + n, mark, sizeof(mark) - 1))
		n = t.n;
	ck_assert_int_eq(write(fd, t.p, n), n);
	close(fd);
	free(t.p);
}

static void make_files(void)
{
	struct ran x;

	copy("e1000", "e1000.ko", SIZE_MAX);
	copy("loop", "broken.ko", 20000);
	copy("dummy", "foreign.ko", SIZE_MAX);
	patch("foreign.ko", true);
	copy("veth", "tampered.ko", SIZE_MAX);
	patch("tampered.ko", false);
	copy("ext4", "ext4.ko", SIZE_MAX);
	copy("bonding", "bonding.ko", SIZE_MAX);
	vm_exec(&x, NULL, 0, VM_ARGV("xz", "-f", vm_at("bonding.ko")));
	ck_code(&x, 0);
	ran_free(&x);
	vm_put("garbage.ko", "this is no module\n", false);
	vm_put("empty.ko", "", false);
}

static void boot_bad(void)
{
	static const char *const names[] = {
		"broken.ko",  "foreign.ko", "tampered.ko",   "ext4.ko",
		"garbage.ko", "empty.ko",   "bonding.ko.xz", "e1000.ko",
	};
	/* No modules but these. */
	const char *argv[64] = { vm_bootlet(), "run",  VM_KERNEL,
				 "--channel",  "uart", "--log" };
	size_t n = 0;

	make_files();
	while (argv[n])
		n++;
	argv[n++] = strdup(vm_at("bad"));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		argv[n++] = "--file";
		argv[n++] = strdup(vm_fmt("%s:/lib/modules/", vm_at(names[i])));
	}
	argv[n++] = "--";
	argv[n++] = "sh";
	argv[n++] = "-c";
	argv[n++] = script;
	vm_exec(&r, NULL, 0, argv);
	ck_code(&r, 0);
	console = vm_slurp(vm_at("bad"));
}

static const struct {
	const char *file;
	const char *cause;
} bad[] = {
	{ "broken.ko", "" },
	{ "foreign.ko", "built for kernel X" },
	{ "tampered.ko", "signature" },
	{ "ext4.ko", "symbol" },
	{ "garbage.ko", "" },
	{ "empty.ko", "" },
	{ "bonding.ko.xz", "CONFIG_MODULE_" },
};

START_TEST(bad_is_told)
{
	char *at = strstr(console.p, vm_fmt("%s: ", bad[_i].file));
	char line[300] = "";

	ck_assert_msg(at, "nothing about %s: %.2000s", bad[_i].file, console.p);
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(at, "\r\n"), at);
	ck_assert_msg(strstr(line, bad[_i].cause), "%s", line);
	/* Once. */
	at = strstr(at + 1, vm_fmt("%s: ", bad[_i].file));
	ck_assert_msg(!at, "told twice: %.300s", at);
}
END_TEST

START_TEST(good_one_is_loaded)
{
	ck_loaded("e1000", true);
	ck_loaded("ext4", false);
	ck_loaded("dummy", false);
	ck_has(console, "modules: 1 loaded");
}
END_TEST

/* No index, and the order of the names is the wrong one. */
START_TEST(flat_order)
{
	const char *argv[64] = { vm_bootlet(), VM_RUN };
	static const char *const names[] = { "ext4", "jbd2", "mbcache",
					     "crc16" };
	static const char *const as[] = { "a.ko", "b.ko", "c.ko", "d.ko" };
	size_t n = 0;

	while (argv[n])
		n++;
	for (size_t i = 0; i < 4; i++) {
		argv[n++] = "--file";
		copy(names[i], as[i], SIZE_MAX);
		argv[n++] = strdup(vm_fmt("%s:/lib/modules/", vm_at(as[i])));
	}
	argv[n++] = "--";
	argv[n++] = "sh";
	argv[n++] = "-c";
	argv[n++] = script;
	vm_exec(&r, NULL, 0, argv);
	ck_code(&r, 0);
	for (size_t i = 0; i < 4; i++)
		ck_loaded(names[i], true);
}
END_TEST

/* --- files of one's own ---------------------------------------------------- */

/* One needs the other, and both more of the kernel's; one is for another. */
START_TEST(own_files)
{
	copy("ext4", "my ext4,1.ko", SIZE_MAX);
	copy("mbcache", "mbcache.ko", SIZE_MAX);
	copy("dummy", "foreign.ko", SIZE_MAX);
	patch("foreign.ko", true);
	vm_host(&r, "run", VM_KERNEL, "--module", vm_at("my ext4,1.ko"),
		"--module",
		vm_fmt("%s,loop,%s", vm_at("mbcache.ko"), vm_at("foreign.ko")),
		"--append", "loop.max_loop=3", "--log", vm_at("own"), "--",
		"sh", "-c",
		vm_fmt("%s\necho \"extra=$(cd /lib/modules/*/extra && echo *)\"",
		       script));
	ck_code(&r, 0);
	ck_loaded("ext4", true);
	ck_loaded("loop", true);
	ck_loaded("jbd2", true);
	ck_loaded("dummy", false);
	ck_answer(&r, "param loop/parameters/max_loop", "3");
	ck_answer(&r, "extra", "dummy.ko ext4.ko mbcache.ko");
	ck_one_line(&r, "foreign.ko: was built for kernel X");
	console = vm_slurp(vm_at("own"));
	ck_has(console, "dummy.ko: built for kernel X");
	ran_free(&r);
	vm_host(&r, "run", VM_KERNEL, "--module", vm_at("none.ko"), "--",
		"true");
	ck_code(&r, 125);
	ck_one_line(&r, "none.ko: No such file or directory");
}
END_TEST

#define ADD_LOOP(t, test, table) \
	tcase_add_loop_test(t, test, 0, sizeof(table) / sizeof((table)[0]))

Suite *suite(void)
{
	Suite *s = suite_create("modules");
	TCase *t = tcase_create("by name");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_unchecked_fixture(t, boot_named, NULL);
	ADD_LOOP(t, named_loaded, named);
	tcase_add_test(t, parameters);
	tcase_add_test(t, blacklist_is_told);
	tcase_add_test(t, built_in_is_no_fault);
	suite_add_tcase(s, t);

	t = tcase_create("flat");
	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_unchecked_fixture(t, boot_bad, NULL);
	ADD_LOOP(t, bad_is_told, bad);
	tcase_add_test(t, good_one_is_loaded);
	tcase_add_test(t, flat_order);
	suite_add_tcase(s, t);

	t = tcase_create("own");
	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_test(t, own_files);
	suite_add_tcase(s, t);
	return s;
}
