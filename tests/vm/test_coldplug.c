// SPDX-License-Identifier: MIT
/*
 * Modules for the devices that there are, from an image that has the packaged
 * kernel's own modules and indexes, on a machine with a good many devices; and
 * for one that is plugged in when all has long been up.
 */
#include "vm.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static struct ran r;

/* A part of the tree, as a tool that makes images would take it along: the
 * indexes have more than the image. */
static const char tree[] =
	"set -e; cd \"$1\"; rel=${1##*/}; to=\"$2/lib/modules/$rel\"\n"
	"mkdir -p \"$to\"\n"
	"cp modules.alias modules.dep modules.softdep modules.builtin \"$to\"\n"
	"for d in arch/x86/crypto block crypto drivers/ata drivers/block/virtio_blk* "
	"drivers/cdrom drivers/input drivers/hid drivers/i2c "
	"drivers/net/ethernet/intel/e1000 drivers/net/mii* drivers/net/usb drivers/net/net_failover* "
	"drivers/net/virtio_net* drivers/scsi/s* drivers/usb/common "
	"drivers/usb/core drivers/usb/host drivers/usb/storage drivers/virtio lib "
	"net/core; do\n"
	"  for f in kernel/$d; do [ ! -e $f ] || cp -r --parents $f \"$to\"; done\n"
	"done\n";

/* QEMU, and more devices than bootlet gives it. */
static const char qemu[] =
	"#!/bin/sh\n"
	"case \" $* \" in *' -kernel '*) ;; *) exec qemu-system-x86_64 \"$@\";; esac\n"
	"cd '%s'; truncate -s 16M blk ata usb\n"
	"exec qemu-system-x86_64 \"$@\" "
	"-monitor unix:\"${MONITOR:-monitor}\",server=on,wait=off "
	"-drive if=none,id=blk,format=raw,file=blk "
	"-device virtio-blk-pci,drive=blk "
	"-device ich9-ahci,id=ahci -drive if=none,id=ata,format=raw,file=ata "
	"-device ide-hd,bus=ahci.0,drive=ata "
	"-device qemu-xhci,id=usb -drive if=none,id=stick,format=raw,file=usb "
	"-device usb-storage,bus=usb.0,drive=stick "
	"$EXTRA\n";

static void make_files(void)
{
	struct ran x;

	vm_exec(&x, NULL, 0,
		VM_ARGV("sh", "-c", tree, "sh", vm_kernel_modules(NULL),
			vm_at("tree")));
	ck_code(&x, 0);
	ran_free(&x);
	vm_put("qemu.sh", vm_fmt(qemu, vm_at("")), true);
}

/* The stick comes some time after its bus: from a process that goes on. */
static const char script[] =
	"while read name rest; do echo \"module $name=yes\"; done "
	"</proc/modules\n"
	"for d in vda sda eth0 eth1; do\n"
	"  [ ! -e /sys/class/block/$d ] && [ ! -e /sys/class/net/$d ] || "
	"echo \"device $d=yes\"; done\n"
	"case $* in *stick*) n=0\n"
	"  while [ ! -e /sys/class/block/sdb ] && [ $n -lt 300 ]; do\n"
	"    n=$((n + 1)); sleep .1; done\n"
	"  [ ! -e /sys/class/block/sdb ] || echo device sdb=yes;; esac\n";

static void boot(const char *words, const char *extra, const char *arg)
{
	setenv("EXTRA", extra, 1);
	vm_host(&r, "run", VM_KERNEL, "--machine", "pc", "--qemu",
		vm_at("qemu.sh"), "--dir", vm_fmt("%s:/", vm_at("tree")),
		"--append", words, "--log", vm_at("log"), "--", "sh", "-c",
		script, "sh", arg);
	ck_code(&r, 0);
}

static void ck_there(const char *const *names, const char *kind, bool yes)
{
	for (; *names; names++)
		ck_answer(&r, vm_fmt("%s %s", kind, *names),
			  yes ? "yes" : "(none)");
}

#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define NICS	  "-device e1000 -device virtio-net-pci"

START_TEST(off)
{
	boot("bootlet.coldplug=0", NICS, "");
	ck_there(LIST("e1000", "virtio_net", "virtio_blk", "ahci", "usbcore"),
		 "module", false);
	ck_there(LIST("vda", "sda", "eth0"), "device", false);
	ran_free(&r);
}
END_TEST

START_TEST(networks)
{
	boot("bootlet.coldplug=net", NICS, "");
	ck_there(LIST("e1000", "virtio_net", "net_failover", "virtio_pci"),
		 "module", true);
	ck_there(LIST("virtio_blk", "ahci", "ata_piix", "psmouse"), "module",
		 false);
	ck_there(LIST("eth0", "eth1"), "device", true);
	ck_there(LIST("vda", "sda"), "device", false);
	ran_free(&r);
}
END_TEST

/* The bus is up long before its device: whoever waits for that goes on. */
START_TEST(a_network_on_usb)
{
	struct text console;

	boot("bootlet.coldplug=net ip=10.0.2.15::10.0.2.2:255.255.255.0",
	     "-netdev user,id=u -device usb-net,bus=usb.0,netdev=u", "");
	ck_there(LIST("usbnet", "xhci_pci"), "module", true);
	ran_free(&r);
	console = vm_slurp(vm_at("log"));
	ck_has(console, "10.0.2.15");
	ck_hasnt(console, "no such device");
	free(console.p);
}
END_TEST

/* libata probes its ports while the module loads, and the disk is the SCSI
 * bus's, whose driver comes by the uevent. */
START_TEST(disks)
{
	struct text console;

	boot("bootlet.coldplug=block", NICS, "stick");
	ck_there(LIST("virtio_blk", "ahci", "libata", "sd_mod", "usb_storage",
		      "xhci_pci"),
		 "module", true);
	ck_there(LIST("e1000", "virtio_net", "psmouse"), "module", false);
	ck_there(LIST("vda", "sda", "sdb"), "device", true);
	ck_there(LIST("eth0"), "device", false);
	ran_free(&r);
	console = vm_slurp(vm_at("log"));
	ck_hasnt(console, "modules.dep names it");
	ck_hasnt(console, "not loaded");
	free(console.p);
}
END_TEST

START_TEST(everything)
{
	boot("bootlet.coldplug=all", NICS, "");
	ck_there(LIST("e1000", "virtio_net", "virtio_blk", "ahci", "sd_mod",
		      "psmouse", "evdev"),
		 "module", true);
	ck_there(LIST("vda", "sda", "eth0", "eth1"), "device", true);
	ran_free(&r);
}
END_TEST

START_TEST(blacklisted)
{
	boot("bootlet.coldplug=all modprobe.blacklist=ahci,e1000", NICS, "");
	ck_there(LIST("virtio_blk", "virtio_net"), "module", true);
	ck_there(LIST("ahci", "e1000"), "module", false);
	ran_free(&r);
}
END_TEST

/* --- plugged in ----------------------------------------------------------- */

static void monitor_say(const char *line)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	struct text said = { 0 };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", vm_at("monitor"));
	ck_assert_int_eq(connect(fd, (void *)&sa, sizeof(sa)), 0);
	vm_expect(fd, &said, "(qemu)", 30);
	ck_assert_int_eq(write(fd, line, strlen(line)), (ssize_t)strlen(line));
	said.n = 0;
	vm_expect(fd, &said, "\n(qemu)", 30);
	free(said.p);
	close(fd);
}

START_TEST(plugged_in_while_the_command_runs)
{
	static const char waits[] =
		"[ ! -e /sys/module/e1000 ] && echo ready\n"
		"n=0; while [ ! -e /sys/class/net/eth0 ] && [ $n -lt 600 ]; do\n"
		"  n=$((n + 1)); sleep .1; done\n"
		"[ -e /sys/class/net/eth0 ] && [ -e /sys/module/e1000 ]";
	struct text said = { 0 };
	int fds[2];
	pid_t pid;

	setenv("EXTRA", "", 1);
	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	pid = vm_spawn(VM_ARGV(vm_bootlet(), "run", VM_KERNEL, "--machine",
			       "pc", "--qemu", vm_at("qemu.sh"), "--dir",
			       vm_fmt("%s:/", vm_at("tree")), "--append",
			       "bootlet.coldplug=net", "--log", vm_at("log"),
			       "--", "sh", "-c", waits),
		       -1, fds[1], -1);
	close(fds[1]);
	vm_expect(fds[0], &said, "ready", 120);
	monitor_say("device_add e1000,id=late\n");
	ck_assert_int_eq(vm_wait(pid, 120), 0);
	close(fds[0]);
	free(said.p);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("coldplug");
	TCase *t = tcase_create("coldplug");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_unchecked_fixture(t, make_files, NULL);
	tcase_add_test(t, off);
	tcase_add_test(t, networks);
	tcase_add_test(t, a_network_on_usb);
	tcase_add_test(t, disks);
	tcase_add_test(t, everything);
	tcase_add_test(t, blacklisted);
	tcase_add_test(t, plugged_in_while_the_command_runs);
	suite_add_tcase(s, t);
	return s;
}
