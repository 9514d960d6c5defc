// SPDX-License-Identifier: MIT
/* The machines, and the two ways into a kernel. */
#include "pty.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct ran r;

/* What tells machines apart: the first card on the bus, or that there is none;
 * and where the kernel lies. */
static const char probe[] =
	"echo \"bridge=$(cat /sys/bus/pci/devices/0000:00:00.0/device "
	"2>/dev/null)\"\n"
	"echo \"text=$(grep -m1 ' _text$' /proc/kallsyms | cut -d' ' -f1)\"\n"
	"exit 7\n";

static const struct {
	const char *machine, *bridge;
} machines[] = {
	{ "auto", "" },
	{ "pc", "0x1237" },
	{ "q35", "0x29c0" },
	{ "microvm", "" },
};

START_TEST(each_machine)
{
	vm_boot(&r, "--machine", machines[_i].machine, "--", "sh", "-c", probe);
	ck_code(&r, 7);
	ck_answer(&r, "bridge", machines[_i].bridge);
	ck_answer(&r, "text", "ffffffff81000000");
	vm_nothing_left(0);
}
END_TEST

START_TEST(each_machine_by_its_boot_code)
{
	vm_boot(&r, "--machine", machines[_i].machine, "--entry", "bzimage",
		"--", "sh", "-c", probe);
	ck_code(&r, 7);
	ck_answer(&r, "bridge", machines[_i].bridge);
}
END_TEST

/* Each for a reason of its own, which -v tells. */
START_TEST(auto_needs_pc)
{
	static const struct {
		const char *words[2], *why;
	} rows[] = {
		{ { "--entry", "bzimage" }, "not entered through PVH" },
		{ { "--cpus", "2" }, "several processors" },
		{ { "--nic", "e1000" }, "network card is one for PCI" },
		{ { "--append", "nohpet" }, "devices of a PC: nohpet" },
		{ { "--module", "e1000" }, "cards on PCI: e1000" },
	};

	vm_boot(&r, "-v", rows[_i].words[0], rows[_i].words[1], "--", "sh",
		"-c", probe);
	ck_code(&r, 7);
	ck_answer(&r, "bridge", "0x1237");
	ck_has(r.err, "machine: pc, not microvm: ");
	ck_has(r.err, rows[_i].why);
}
END_TEST

START_TEST(panic_and_end)
{
	vm_boot(&r, "--machine", machines[_i].machine, "--", "sh", "-c",
		"echo c >/proc/sysrq-trigger");
	ck_code(&r, 123);
	vm_boot(&r, "--machine", machines[_i].machine, "--", "sh", "-c",
		"kill -9 $$");
	ck_code(&r, 128 + 9);
	vm_nothing_left(0);
}
END_TEST

/* Of 512 places the kernel may take the one it was linked for. */
START_TEST(kaslr)
{
	static const char *const words[][2] = { { "--entry", "bzimage" },
						{ "--append", "kaslr" } };
	bool moved = false;

	for (int i = 0; i < 3 && !moved; i++) {
		vm_boot(&r, words[_i][0], words[_i][1], "--", "sh", "-c",
			probe);
		ck_code(&r, 7);
		moved = strcmp(vm_answer(&r, "text"), "ffffffff81000000") != 0;
	}
	ck_assert(moved);
}
END_TEST

START_TEST(network)
{
	static const char script[] =
		"echo \"mods=$(cut -d' ' -f1 /proc/modules | tr '\\n' ' ')\"\n"
		"echo \"ping=$(ping -c 1 -W 5 10.0.2.2 >/dev/null 2>&1; "
		"echo $?)\"\n";
	static const char *const drivers[] = { "virtio_mmio", "e1000", "e1000",
					       "virtio_mmio" };

	vm_host(&r, "run", VM_KERNEL, "--machine", machines[_i].machine,
		"--net", "user", "--", "sh", "-c", script);
	ck_code(&r, 0);
	ck_answer(&r, "ping", "0");
	ck_has(r.out, drivers[_i]);
}
END_TEST

START_TEST(no_bus_for_the_card)
{
	vm_boot(&r, "--machine", "microvm", "--net", "user", "--nic", "e1000",
		"--", "true");
	ck_code(&r, 125);
	ck_one_line(&r, "--nic e1000: this machine has no PCI");
}
END_TEST

START_TEST(terminal_on_microvm)
{
	struct pty p;

	pty_start(&p, 33, 101,
		  VM_ARGV(vm_bootlet(), VM_RUN, "--machine", "microvm"));
	pty_expect(&p, "# ", 120);
	ck_assert_str_eq(pty_ask(&p, "tty"), "/dev/ttyS0");
	pty_type(&p, "exit 3\r");
	ck_assert_int_eq(pty_end(&p, 60), 3);
	pty_start(&p, 33, 101,
		  VM_ARGV(vm_bootlet(), VM_RUN, "--machine", "microvm"));
	pty_expect(&p, "# ", 120);
	pty_type(&p, "\001x");
	ck_assert_int_ne(pty_end(&p, 60), 0);
	vm_nothing_left(5);
}
END_TEST

/* --- the cache ------------------------------------------------------------ */

/* With a cache of its own, which has no BusyBox and no kernel. */
static void boot_image(const char *cache)
{
	static char image[1024];

	snprintf(image, sizeof(image), "%s", vm_kernel_image(NULL));
	vm_sh(&r, vm_fmt("XDG_CACHE_HOME=%s exec \"$@\"", cache), "run", "-v",
	      "-k", image, "--accel", "tcg", "--append", "quiet", "--busybox",
	      vm_busybox(), "--", "sh", "-c", probe);
	ck_code(&r, 7);
}

/* The one kernel there; ends in ".note" where that is asked for. */
static const char *cached(const char *suffix)
{
	static char path[1024];
	FILE *f = popen(vm_fmt("ls %s/bootlet/vmlinux | grep '%s$'",
			       vm_at("cache"), suffix),
			"r");
	char name[128] = "";

	ck_assert_ptr_nonnull(fgets(name, sizeof(name), f));
	pclose(f);
	name[strcspn(name, "\n")] = '\0';
	snprintf(path, sizeof(path), "%s/bootlet/vmlinux/%s", vm_at("cache"),
		 name);
	return path;
}

START_TEST(damaged_cache)
{
	struct stat before, after;
	int fd;

	mkdir(vm_at("cache"), 0700);
	boot_image(vm_at("cache"));
	ck_answer(&r, "text", "ffffffff81000000");
	ck_has(r.err, "entered through PVH, without its boot code and KASLR");
	/* Its entry point is gone: who boots that sees nothing. */
	ck_assert_int_eq(stat(cached("[0-9a-f]"), &before), 0);
	fd = open(cached("[0-9a-f]"), O_WRONLY);
	ck_assert_int_eq(ftruncate(fd, 4096), 0);
	ck_assert_int_eq(ftruncate(fd, before.st_size), 0);
	close(fd);
	boot_image(vm_at("cache"));
	ck_answer(&r, "text", "ffffffff81000000");
	ck_assert_int_eq(stat(cached("[0-9a-f]"), &after), 0);
	ck_assert_int_ne(before.st_ino, after.st_ino);
}
END_TEST

static void boot_busybox(const char *how)
{
	vm_sh(&r, vm_fmt("XDG_CACHE_HOME=%s exec \"$@\"", vm_at("cache")),
	      "run", "-v", "-k", vm_kernel_image(NULL), "--accel", "tcg",
	      "--append", "quiet", "--busybox", vm_at("busybox"), "--", "sh",
	      "-c", probe);
	ck_code(&r, 7);
	ck_answer(&r, "text", "ffffffff81000000");
	ck_has(r.err, how);
}

/* By the stamps of what is in it. */
START_TEST(cached_image)
{
	char *copy = strdup(vm_fmt("cp %s %s", vm_busybox(), vm_at("busybox")));

	mkdir(vm_at("cache"), 0700);
	ck_assert_int_eq(system(copy), 0);
	/* So new that its stamp tells nothing yet. */
	boot_busybox(": made");
	vm_sleep_ms(2100);
	boot_busybox(": made");
	boot_busybox(": from the cache");
	/* The same bytes, but who knows that. */
	ck_assert_int_eq(system(copy), 0);
	boot_busybox(": made");
	free(copy);
	vm_nothing_left(0);
}
END_TEST

START_TEST(no_cache)
{
	boot_image("/dev/null");
	ck_has(r.err, "booted as bzImage, not through PVH: the cache: Not a "
		      "directory");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("machine");
	TCase *t = tcase_create("machine");
	int n = sizeof(machines) / sizeof(machines[0]);

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_loop_test(t, each_machine, 0, n);
	/* What "auto" does, all other tests see. */
	tcase_add_loop_test(t, each_machine_by_its_boot_code, 3, n);
	tcase_add_loop_test(t, auto_needs_pc, 0, 5);
	tcase_add_loop_test(t, panic_and_end, 1, n);
	tcase_add_loop_test(t, kaslr, 0, 2);
	tcase_add_loop_test(t, network, 1, n);
	tcase_add_test(t, no_bus_for_the_card);
	tcase_add_test(t, terminal_on_microvm);
	tcase_add_test(t, damaged_cache);
	tcase_add_test(t, cached_image);
	tcase_add_test(t, no_cache);
	suite_add_tcase(s, t);
	return s;
}
