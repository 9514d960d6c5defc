// SPDX-License-Identifier: MIT
/*
 * A real Debian, with systemd, from its own initramfs in which only /init is
 * another: to its login prompt.
 *
 * What debootstrap makes is kept in the cache: a directory a suite, with the
 * system, its disk, its kernel and the images that initramfs-tools and dracut
 * have made in it.
 */
#include "tests/skip.h"
#include "vm.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define UUID "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
/* Without KVM, and beside other tests. */
#define LOGIN_S 900

/* $1: the directory, $2: the suite. 77: it cannot be made here. Everything is
 * made beside its place and then moved there. */
static const char make[] =
	"PATH=$PATH:/usr/sbin:/sbin; set -e\n"
	"[ ! -e \"$1/done\" ] || exit 0\n"
	"command -v debootstrap >/dev/null && [ $(id -u) = 0 ] || exit 77\n"
	"mirror=$(apt-get indextargets --format '$(REPO_URI)' "
	"'Created-By: Packages' 'Component: main' | head -n 1)\n"
	"rm -rf \"$1\" \"$1.new\"; mkdir -p \"$1.new\"; cd \"$1.new\"\n"
	"debootstrap --variant=minbase --include=systemd-sysv,udev,login,kmod,"
	"initramfs-tools,dracut-core,linux-image-amd64 \"$2\" root $mirror "
	">log 2>&1 || exit 77\n"
	"sed -i 's/^root:[^:]*:/root::/' root/etc/shadow\n"
	"echo 'UUID=" UUID " / ext4 errors=remount-ro 0 1' >root/etc/fstab\n"
	"echo its-name >root/etc/hostname\n"
	"release=$(ls root/lib/modules)\n"
	/* Which an image for disks has not. */
	"printf '9p\\n9pnet_virtio\\noverlay\\n' "
	">>root/etc/initramfs-tools/modules\n"
	"TMPDIR=/tmp chroot root update-initramfs -u >>log 2>&1\n"
	"TMPDIR=/tmp chroot root dracut --force --no-hostonly --kver $release "
	"/boot/dracut.img $release >>log 2>&1\n"
	"cp root/boot/dracut.img dracut\n"
	"cp root/boot/initrd.img-$release initramfs-tools\n"
	"cp root/boot/vmlinuz-$release vmlinuz\n"
	"truncate -s 3G disk.img\n"
	"mkfs.ext4 -q -U " UUID " -L its-root -d root disk.img\n"
	"touch done; mv \"$1.new\" \"$1\"\n";

static const struct {
	const char *suite, *initrd, *root, *device;
} boots[] = {
	{ "bookworm", "initramfs-tools", "UUID=" UUID, "virtio-blk-pci" },
	{ "bookworm", "initramfs-tools", "LABEL=its-root", "ahci" },
	{ "bookworm", "initramfs-tools", "/dev/sda", "ahci" },
	{ "bookworm", "dracut", "UUID=" UUID, "ahci" },
	{ "bookworm", "dracut", "/dev/vda", "virtio-blk-pci" },
	/* No disk at all: a directory. */
	{ "bookworm", "initramfs-tools", NULL, "9p" },
	{ "trixie", "initramfs-tools", "UUID=" UUID, "virtio-blk-pci" },
	{ "trixie", "initramfs-tools", "/dev/sda", "ahci" },
	{ "trixie", "dracut", "LABEL=its-root", "virtio-blk-pci" },
	{ "trixie", "dracut", "UUID=" UUID, "ahci" },
};

/* Return: the suite's directory; NULL: skipped. */
static const char *debian(const char *suite)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	static char dir[4096];
	int code;

	snprintf(dir, sizeof(dir), "%s%s/bootlet/debian/%s",
		 cache ? cache : home, cache ? "" : "/.cache", suite);
	code = vm_wait(vm_spawn(VM_ARGV("sh", "-c", make, "sh", dir, suite), -1,
				-1, -1),
		       2 * LOGIN_S);
	if (code == 77) {
		skip_test("no Debian can be made here: debootstrap, root and "
			  "a mirror are needed");
		return NULL;
	}
	ck_assert_msg(code == 0, "%s: exit code %d; see %s.new/log", suite,
		      code, dir);
	return dir;
}

static const char *drive(const char *dir, const char *device)
{
	if (!strcmp(device, "9p"))
		return vm_fmt("-fsdev local,id=r,path=%s/root,security_model="
			      "none,readonly=on -device virtio-9p-pci,fsdev=r,"
			      "mount_tag=the-root",
			      dir);
	if (!strcmp(device, "ahci"))
		return vm_fmt("-drive file=%s/disk.img,if=none,id=r,format=raw,"
			      "snapshot=on -device ich9-ahci,id=a -device "
			      "ide-hd,drive=r,bus=a.0",
			      dir);
	return vm_fmt("-drive file=%s/disk.img,if=none,id=r,format=raw,"
		      "snapshot=on -device %s,drive=r",
		      dir, device);
}

/* Its modules are its own, and so are all other tools: bootlet adds none. */
START_TEST(to_its_login_prompt)
{
	const char *dir, *words;
	struct text said = { 0 };
	int in[2], out[2];
	pid_t pid;

	/* Two systems to download, and a minute or two for each boot. */
	if (!getenv("BOOTLET_DEBIAN")) {
		skip_test("takes half an hour: BOOTLET_DEBIAN=1 has it");
		return;
	}
	dir = debian(boots[_i].suite);
	if (!dir)
		return;
	vm_put("qemu",
	       vm_fmt("#!/bin/sh\nexec qemu-system-x86_64 \"$@\" %s\n",
		      drive(dir, boots[_i].device)),
	       true);
	if (boots[_i].root)
		words = vm_fmt("root=%s", boots[_i].root);
	else
		words = "root=the-root rootfstype=9p rootflags=trans=virtio "
			"bootlet.overlay=1 bootlet.coldplug=all";
	ck_assert_int_eq(pipe(in), 0);
	ck_assert_int_eq(pipe(out), 0);
	pid = vm_spawn(VM_ARGV(vm_bootlet(), "run", "-k",
			       vm_fmt("%s/vmlinuz", dir), "-i",
			       vm_fmt("%s/%s", dir, boots[_i].initrd), "--init",
			       vm_init(), "--no-busybox", "--machine", "pc",
			       "--accel", "tcg", "-m", "1024", "--qemu",
			       vm_at("qemu"), "--append", words, "--report",
			       vm_at("report"), "--boot-timeout", "300"),
		       in[0], out[1], -1);
	close(in[0]);
	close(out[1]);
	vm_expect(out[0], &said, "login: ", LOGIN_S);
	/* It was this init that has brought it there. */
	ck_has(said, "init: modules: ");
	ck_hasnt(said, "Begin: ");
	ck_assert_int_eq(write(in[1], "root\n", 5), 5);
	vm_expect(out[0], &said, "root@its-name", LOGIN_S);
	ck_assert_int_eq(write(in[1], "poweroff\n", 9), 9);
	/* Nobody reads on: what it says fits a pipe, or is not needed. */
	vm_expect(out[0], &said, "Power down", LOGIN_S);
	ck_assert_int_eq(vm_wait(pid, 120), 0);
	close(in[1]);
	close(out[0]);
	free(said.p);
	said = vm_slurp(vm_at("report"));
	ck_has(said, "\"outcome\": \"switched\"");
	free(said.p);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("debian");
	int n = sizeof(boots) / sizeof(boots[0]), i, end;

	/* A case a suite, whose name it has. */
	for (i = 0; i < n; i = end) {
		TCase *t = tcase_create(boots[i].suite);

		for (end = i; end < n; end++)
			if (strcmp(boots[end].suite, boots[i].suite))
				break;
		/* debootstrap included. */
		tcase_set_timeout(t, 4 * LOGIN_S);
		tcase_add_loop_test(t, to_its_login_prompt, i, end);
		suite_add_tcase(s, t);
	}
	return s;
}
