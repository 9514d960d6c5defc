// SPDX-License-Identifier: MIT
/* A guest's disks, by their bytes: what is on them is root='s to say. */
#include "tests/skip.h"
#include "vm.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define SIZE (1 << 20)

static struct ran r;

/* A raw disk that begins with @words. */
static const char *disk(const char *name, const char *words)
{
	const char *path = vm_put(name, words, false);

	ck_assert_int_eq(truncate(path, SIZE), 0);
	return path;
}

static void ck_begins(const char *path, const char *words)
{
	struct text t = vm_slurp(path);

	ck_assert_uint_eq(t.n, SIZE);
	ck_assert_int_eq(memcmp(t.p, words, strlen(words)), 0);
	free(t.p);
}

#define VIRTIO "/dev/vda /dev/vdb"
/* The kernel asks all ports at once: which of them is sda is not certain. */
#define AHCI                                                        \
	"$(cd /sys/class/block; for d in sd?; do "                  \
	"echo $(readlink $d | sed 's|.*/ata||; s|/.*||') /dev/$d; " \
	"done | sort -n | cut -d' ' -f2)"

static const struct {
	const char *machine, *type, *disks;
} ways[] = {
	{ "auto", "virtio", VIRTIO },
	{ "q35", "virtio", VIRTIO },
	{ "auto", "ahci", AHCI },
	{ "q35", "ahci", AHCI },
};

START_TEST(read_and_written)
{
	const char *a = disk("a,b:c", "first"), *b = disk("b", "second");

	vm_boot(&r, "--machine", ways[_i].machine, "--disk-type", ways[_i].type,
		"--disk", a, "--disk", vm_fmt("%s:rw", b), "--", "sh", "-ec",
		vm_fmt("set -- %s;"
		       "head -c 5 $1; head -c 6 $2; cat /sys/class/block/*/size;"
		       "for d; do printf changed | dd of=$d "
		       "conv=notrunc,fsync; done 2>/dev/null;"
		       "head -c 7 $1; head -c 7 $2",
		       ways[_i].disks));
	ck_code(&r, 0);
	ck_assert_str_eq(r.out.p, "firstsecond2048\n2048\nchangedchanged");
	ck_begins(a, "first");
	ck_begins(b, "changed");
}
END_TEST

START_TEST(an_image_of_qemu)
{
	if (access("/usr/bin/qemu-img", X_OK)) {
		skip_test("no qemu-img");
		return;
	}
	vm_exec(&r, NULL, 0,
		VM_ARGV("qemu-img", "create", "-q", "-f", "qcow2", vm_at("q"),
			"4M"));
	ck_code(&r, 0);
	ran_free(&r);
	vm_boot(&r, "--disk", vm_at("q"), "--", "cat",
		"/sys/class/block/vda/size");
	ck_code(&r, 0);
	ck_assert_str_eq(r.out.p, "8192\n");
}
END_TEST

/* A guest must not be able to make QEMU take its disk for another format. */
START_TEST(raw_stays_raw)
{
	const char *a = disk("a", "");

	vm_boot(&r, "--disk", vm_fmt("%s:rw", a), "--", "sh", "-c",
		"printf 'QFI\\373' >/dev/vda && head -c 3 /dev/vda");
	ck_code(&r, 0);
	ck_assert_str_eq(r.out.p, "QFI");
	ck_begins(a, "QFI\xfb");
}
END_TEST

/* An image is left as it is, or has the drivers as any other. */
START_TEST(an_image_that_exists)
{
	const char *a = disk("a", "first");

	vm_exec(&r, NULL, 0,
		VM_ARGV(vm_bootlet(), "initramfs", "--busybox", vm_busybox(),
			"-o", vm_at("image")));
	ck_code(&r, 0);
	ran_free(&r);
	vm_host(&r, "run", VM_KERNEL, "-i", vm_at("image"), "--disk", a, "--",
		"head", "-c", "5", "/dev/vda");
	ck_code(&r, 0);
	ck_assert_str_eq(r.out.p, "first");
	ran_free(&r);
	vm_host(&r, "run", VM_KERNEL, "-i", vm_at("image"), "--disk", a,
		"--print");
	ck_code(&r, 0);
	ck_hasnt(r.out, "bootlet initramfs");
	ck_has(r.out, "virtio-blk-");
}
END_TEST

/* In a mount namespace of its own, with @dir on a disk of 1 MiB. */
static bool small(const char *words)
{
	const char *dir = vm_at("small");

	if (geteuid() || !may_unshare("-m")) {
		skip_test("needs root, and a mount namespace");
		return false;
	}
	vm_exec(&r, NULL, 0,
		VM_ARGV("unshare", "-m", "sh", "-ec",
			vm_fmt("mkdir -p \"$1\"; cd \"$1\";"
			       "mount -t tmpfs -o size=1m none . && cd \"$1\";"
			       "shift; %s",
			       words),
			"sh", dir, vm_bootlet(), VM_RUN));
	return true;
}

/* QEMU by itself would stop the guest, until the deadline. */
START_TEST(no_room)
{
	if (!small("truncate -s 8M d; \"$@\" --timeout 100 "
		   "--disk d:rw -- dd if=/dev/zero of=/dev/vda bs=1M count=8 "
		   "conv=fsync"))
		return;
	ck_code(&r, 1);
	ck_has(r.err, "dd: /dev/vda: ");
}
END_TEST

/* What is mounted here is not written to by a guest, too. */
START_TEST(in_use)
{
	if (!small("truncate -s 512K d; mke2fs -q -F d || exit 99; mkdir m;"
		   "loop=$(losetup -f --show d) || exit 99;"
		   "trap 'umount m; losetup -d $loop' 0; mount $loop m;"
		   "\"$@\" --print --disk $loop >/dev/null;"
		   "\"$@\" --print --disk $loop:rw"))
		return;
	if (r.code == 99) {
		skip_test("no mke2fs, or no loop device");
		return;
	}
	ck_code(&r, 125);
	ck_one_line(&r, "is in use here, mounted perhaps; unmount it, or ");
	ck_assert_str_eq(r.out.p, "");
}
END_TEST

static const struct {
	const char *words[4], *says;
	int code;
} wrong[] = {
	{ { "--disk", "/nonexistent/d" },
	  "--disk /nonexistent/d: No such file or directory",
	  125 },
	{ { "--disk", "/" }, "must be a file or a block device", 125 },
	{ { "--disk", "/:rw" }, "must be a file or a block device", 125 },
	{ { "--disk", ":rw" }, "must be FILE or FILE:rw", 125 },
	{ { "--disk-type", "ahci" }, "there is no --disk", 125 },
	{ { "--disk", "/dev/null", "--disk-type", "ide" },
	  "must be virtio or ahci",
	  125 },
	{ { "--disk", "/etc/passwd", "--warm", "--fast" },
	  "--warm: what is on a disk",
	  125 },
};

START_TEST(what_cannot_be)
{
	const char *const *w = wrong[_i].words;

	vm_boot(&r, w[0], w[1], w[2] ? w[2] : "--timeout",
		w[3] ? w[3] :
		w[2] ? "--print" :
		       "100",
		"--", "true");
	ck_code(&r, wrong[_i].code);
	ck_one_line(&r, wrong[_i].says);
	ck_assert_str_eq(r.out.p, "");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("disk");
	TCase *t = tcase_create("disk");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_loop_test(t, read_and_written, 0,
			    sizeof(ways) / sizeof(ways[0]));
	tcase_add_test(t, an_image_of_qemu);
	tcase_add_test(t, raw_stays_raw);
	tcase_add_test(t, an_image_that_exists);
	tcase_add_test(t, no_room);
	tcase_add_test(t, in_use);
	tcase_add_loop_test(t, what_cannot_be, 0,
			    sizeof(wrong) / sizeof(wrong[0]));
	suite_add_tcase(s, t);
	return s;
}
