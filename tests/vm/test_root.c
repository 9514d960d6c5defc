// SPDX-License-Identifier: MIT
/* The real root: found by every name that it may have, mounted, entered; and
 * its init in the place of ours. */
#include "tests/skip.h"
#include "vm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct ran r;

#define ID     "a1b2c3d4-e5f6-4789-8abc-def012345678"
#define EXT4   "mkfs.ext4 -q -U " ID " -L 'my root' -d \"$2\" \"$1\" 24M"
#define TABLE  "truncate -s 32M \"$1\"; sfdisk -q \"$1\" <<'E'\n"
#define INSIDE "E\nmkfs.ext4 -q -d \"$2\" -E offset=2097152 \"$1\" 24M"
#define GPT                                                   \
	TABLE "label: gpt\nstart=2048,size=2048,name=first\n" \
	      "start=4096,uuid=" ID ",name=\"the root\"\n" INSIDE
#define MBR                                                              \
	TABLE "label: dos\nlabel-id: 0xdeadbeef\nstart=2048,size=2048\n" \
	      "start=4096\n" INSIDE
/* The program that is needed; a line of sh that makes image $1 of directory
 * $2; what root= is, and what it must be found to be. */
static const struct {
	const char *tool, *make, *words, *dev, *type, *opts;
} names[] = {
	{ "mkfs.ext4", EXT4, "root=/dev/vda", "/dev/vda", "ext4", "ro" },
	{ "mkfs.ext4", EXT4, "root=UUID=" ID " ro rw", "/dev/vda", "ext4",
	  "rw" },
	{ "mkfs.ext4", EXT4, "\"root=LABEL=my root\" rw ro rootfstype=xfs,ext4",
	  "/dev/vda", "ext4", "ro" },
	{ "sfdisk", GPT, "root=PARTUUID=A1B2C3D4-e5f6-4789-8abc-def012345678",
	  "/dev/vda2", "ext4", "ro" },
	{ "sfdisk", GPT, "\"root=PARTLABEL=the root\" rootwait", "/dev/vda2",
	  "ext4", "ro" },
	{ "sfdisk", MBR, "root=PARTUUID=deadbeef-02", "/dev/vda2", "ext4",
	  "ro" },
	{ "mksquashfs", "mksquashfs \"$2\" \"$1\" -quiet -no-progress",
	  "root=/dev/vda rw", "/dev/vda", "squashfs", "ro" },
	{ "mkfs.erofs", "mkfs.erofs -U " ID " \"$1\" \"$2\" >/dev/null 2>&1",
	  "root=UUID=" ID, "/dev/vda", "erofs", "ro" },
	{ "mcopy",
	  "truncate -s 40M \"$1\"; mkfs.vfat -F 32 -i 1234abcd -n ROOT \"$1\" "
	  ">/dev/null; mcopy -s -i \"$1\" \"$2\"/* ::/",
	  "root=UUID=1234-ABCD", "/dev/vda", "vfat", "ro" },
	{ "mcopy",
	  "truncate -s 24M \"$1\"; mkfs.vfat -F 16 -n ROOT \"$1\" >/dev/null; "
	  "mcopy -s -i \"$1\" \"$2\"/* ::/",
	  "root=LABEL=ROOT rw", "/dev/vda", "vfat", "rw" },
	{ "mkfs.btrfs",
	  "truncate -s 128M \"$1\"; mkfs.btrfs -q -L ROOT -U " ID
	  " --rootdir \"$2\" \"$1\"",
	  "root=LABEL=ROOT", "/dev/vda", "btrfs", "ro" },
	{ "mkfs.xfs",
	  "truncate -s 320M \"$1\"; printf '/\\n0 0\\nd--755 0 0\\n"
	  "proc d--755 0 0\\n$\\nbin d--755 0 0\\nbusybox ---755 0 0 %s\\n"
	  "$\\nmarker ---644 0 0 %s\\n$\\n' \"$2/bin/busybox\" \"$2/marker\" "
	  ">\"$1.p\"; mkfs.xfs -q -L ROOT -m uuid=" ID
	  " -p \"$1.p\" \"$1\"; rm \"$1.p\"",
	  "root=UUID=" ID, "/dev/vda", "xfs", "ro" },
};

/* What a root needs, without a link: vfat has none. */
static const char *make_root(void)
{
	const char *dir = vm_at("tree");

	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-ec",
			"rm -rf \"$1\"; mkdir \"$1\"; cd \"$1\"; mkdir bin dev proc run sys "
			"tmp; cp \"$2\" bin/busybox; echo is here >marker",
			"sh", dir, vm_busybox()));
	ck_code(&r, 0);
	ran_free(&r);
	return dir;
}

static void make_more(const char *line)
{
	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-ec", line, "sh", vm_at("tree"), vm_at("old")));
	ck_code(&r, 0);
	ran_free(&r);
}

/* @line: of sh, see above. Return: whether the tool is there. */
static bool make_image(const char *tool, const char *line)
{
	const char *image = vm_at("disk.img");

	unlink(image);
	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-c",
			"PATH=$PATH:/usr/sbin:/sbin; command -v \"$4\" "
			">/dev/null || exit 77; set -e; eval \"$3\"",
			"sh", image, vm_at("tree"), line, tool));
	if (r.code == 77) {
		skip_test(vm_fmt("%s is not installed", tool));
		ran_free(&r);
		return false;
	}
	ck_code(&r, 0);
	ran_free(&r);
	return true;
}

/* bootlet has no option for a disk: QEMU is a script that adds one. */
static const char *qemu_with(const char *args)
{
	return vm_put("qemu",
		      vm_fmt("#!/bin/sh\nexec qemu-system-x86_64 \"$@\" %s\n",
			     args),
		      true);
}

static const char *qemu_disk(void)
{
	return qemu_with(
		vm_fmt("-drive file=%s,if=none,id=r,format=raw -device "
		       "virtio-blk-device,drive=r",
		       vm_at("disk.img")));
}

#define DRIVERS(fs)                         \
	"--machine", "microvm", "--driver", \
		"virtio_blk,virtio_mmio,nls_ascii,nls_cp437,overlay," fs

/* The last one that is mounted on / counts. */
#define TELL                                                                 \
	"/bin/busybox", "sh", "-c",                                          \
		"while read dev at type opts rest; do [ $at != / ] || { "    \
		"echo DEV=$dev; echo TYPE=$type; echo OPTS=${opts%%,*}; }; " \
		"done </proc/mounts; read m </marker; echo MARKER=$m; "      \
		"echo CWD=$PWD; echo PID1=$(/bin/busybox cat /proc/1/comm)"

START_TEST(by_name)
{
	make_root();
	if (!make_image(names[_i].tool, names[_i].make))
		return;
	vm_boot(&r, "--qemu", qemu_disk(), DRIVERS("ext4"), "--driver",
		names[_i].type, "--append", names[_i].words, "--", TELL);
	ck_code(&r, 0);
	ck_answer(&r, "MARKER", "is here");
	ck_answer(&r, "DEV", names[_i].dev);
	ck_answer(&r, "TYPE", names[_i].type);
	ck_answer(&r, "OPTS", names[_i].opts);
	ck_answer(&r, "CWD", "/");
	/* Ours stays, for the verdict. */
	ck_answer(&r, "PID1", "init");
	ran_free(&r);
}
END_TEST

START_TEST(by_tag)
{
	make_root();
	vm_boot(&r, "--qemu",
		qemu_with(vm_fmt("-fsdev local,id=r,path=%s,security_model="
				 "none -device virtio-9p-device,fsdev=r,"
				 "mount_tag=the-root",
				 vm_at("tree"))),
		"--machine", "microvm", "--driver",
		"9p,9pnet_virtio,virtio_mmio", "--append",
		"root=the-root rootfstype=9p rootflags=trans=virtio", "--",
		TELL);
	ck_code(&r, 0);
	ck_answer(&r, "MARKER", "is here");
	ck_answer(&r, "DEV", "the-root");
	ck_answer(&r, "TYPE", "9p");
	ran_free(&r);
}
END_TEST

START_TEST(an_overlay)
{
	struct text before, after;

	make_root();
	if (!make_image("mkfs.ext4", EXT4))
		return;
	before = vm_slurp(vm_at("disk.img"));
	vm_boot(&r, "--qemu", qemu_disk(), DRIVERS("ext4"), "--append",
		"root=/dev/vda rw bootlet.overlay=1", "--", "/bin/busybox",
		"sh", "-c",
		"echo new >/marker; read m </marker; echo MARKER=$m; "
		"read m </run/lower/marker; echo LOWER=$m");
	ck_code(&r, 0);
	ck_answer(&r, "MARKER", "new");
	ck_answer(&r, "LOWER", "is here");
	ran_free(&r);
	after = vm_slurp(vm_at("disk.img"));
	ck_assert_uint_eq(before.n, after.n);
	ck_assert_msg(!memcmp(before.p, after.p, after.n),
		      "the disk was written to");
	free(before.p);
	free(after.p);
}
END_TEST

/* --- its own init --------------------------------------------------------- */

/* Absolute links are of the new root, and so is the interpreter. */
static const char init_script[] =
	"#!/bin/sh\n"
	"echo ARGS=$0,$1,$2\n"
	"echo PID=$$ ENV=$WORD HOME=$HOME\n"
	"while read k v; do case $k in SigBlk:|SigIgn:|SigCgt:) "
	"echo $k$v;; esac; done </proc/1/status\n"
	"for i in 0 1 2; do echo FD$i=$(readlink /proc/1/fd/$i); done\n"
	"echo FDS=$(echo /proc/1/fd/*)\n"
	"echo CAD=$(cat /proc/sys/kernel/ctrl-alt-del)\n"
	"while read k v u; do [ $k != Unevictable: ] || echo KEPT=$v; done "
	"</proc/meminfo\n"
	"while read d at rest; do [ $at != / ] || echo ROOT=$d; done "
	"</proc/mounts\n"
	"echo DEV=$([ -c /dev/console ] && [ -b /dev/vda ] && echo there)\n"
	"echo TIMING=$([ -s /run/bootlet/timing ] && echo there)\n"
	"read m </keep/file; echo KEEP=$m\n"
	"echo BIN=$(echo /bin/*)\n"
	"eval \"$THEN\"\n"
	"poweroff -f\n";

static void make_init(void)
{
	vm_put("init-script", init_script, true);
	make_more("cd \"$1\"; mkdir sbin lib keep; echo kept >keep/file; "
		  "cp ../init-script lib/real; ln -s /lib/real sbin/init; "
		  "for a in sh cat readlink poweroff echo; do "
		  "ln -s /bin/busybox bin/$a; done");
}

static const char *console(void)
{
	return vm_at("console.log");
}

/* The guest's words are on its console, whose lines end in CR LF. */
static void slurp_console(void)
{
	size_t k = 0;

	free(r.out.p);
	r.out = vm_slurp(console());
	for (size_t i = 0; i < r.out.n; i++)
		if (r.out.p[i] != '\r')
			r.out.p[k++] = r.out.p[i];
	r.out.p[r.out.n = k] = '\0';
}

START_TEST(an_init)
{
	struct stat st;

	make_root();
	make_init();
	/* The old root: links out of it into what must stay, big files, a tree
	 * deeper than a path can be long, and a mount with files of its own. */
	make_more("mkdir -p \"$2\"; "
		  "cd \"$2\"; mkdir -p ../share/d; echo x >../share/d/f; "
		  "ln -s /sysroot/keep to-keep; "
		  "ln -s /sysroot/keep/file to-file; ln -s / to-root; "
		  "ln -s /mnt/s to-share; ln -s . here; mkdir d; "
		  "ln -s ../to-keep d/again; touch -- '-rf' 'a b' \"$(printf "
		  "'\\n')x\"; head -c 40000000 /dev/zero | tr '\\0' x >big; "
		  "p=.; for i in $(seq 400); do p=$p/deep; done; mkdir -p $p; "
		  "touch $p/end");
	if (!make_image("mkfs.ext4", EXT4))
		return;
	vm_boot(&r, "--qemu", qemu_disk(), DRIVERS("ext4"), "--append",
		"root=/dev/vda rw WORD=of-env -- one two", "--dir",
		vm_fmt("%s:/old", vm_at("old")), "--share",
		vm_fmt("%s:/mnt/s:rw", vm_at("share")), "--log", console(),
		"--report", vm_at("report"));
	ck_code(&r, 0);
	slurp_console();
	ck_answer(&r, "ARGS", "/sbin/init,one,two");
	ck_answer(&r, "PID", "1 ENV=of-env HOME=/");
	ck_has(r.out, "SigBlk:0000000000000000\n");
	/* A shell ignores QUIT. */
	ck_has(r.out, "SigIgn:000000000000000");
	/* Its script, and the directory that it reads. */
	ck_answer(&r, "FDS",
		  "/proc/1/fd/0 /proc/1/fd/1 /proc/1/fd/10 /proc/1/fd/2 "
		  "/proc/1/fd/3");
	for (int i = 0; i < 3; i++)
		ck_answer(&r, vm_fmt("FD%d", i), "/dev/console");
	ck_answer(&r, "CAD", "1");
	ck_answer(&r, "ROOT", "/dev/vda");
	ck_answer(&r, "DEV", "there");
	ck_answer(&r, "TIMING", "there");
	ck_answer(&r, "KEEP", "kept");
	ck_assert_int_lt(atoi(vm_answer(&r, "KEPT")), 8000);
	ck_hasnt(r.out, "cannot");
	ran_free(&r);
	ck_assert_int_eq(stat(vm_at("share/d/f"), &st), 0);
	r.out = vm_slurp(vm_at("report"));
	ck_has(r.out, "\"outcome\": \"switched\"");
	ran_free(&r);
}
END_TEST

/* What is typed is its own. */
START_TEST(an_init_that_is_told_something)
{
	make_root();
	make_init();
	if (!make_image("mkfs.ext4", EXT4))
		return;
	vm_exec(&r, "some words\n", 11,
		VM_ARGV(vm_bootlet(), VM_RUN, "--qemu", qemu_disk(),
			DRIVERS("ext4"), "--append",
			"root=/dev/vda \"THEN=read x; echo INPUT=$x\"", "--log",
			console()));
	ck_code(&r, 0);
	slurp_console();
	ck_answer(&r, "INPUT", "some words");
	ran_free(&r);
}
END_TEST

/* Its own mounts are there already, and more than once. */
START_TEST(all_is_mounted)
{
	make_root();
	if (!make_image("mkfs.ext4", EXT4))
		return;
	vm_put("before",
	       "#!/bin/sh\nfor i in 1 2; do mount -t proc p /proc; "
	       "mount -t sysfs s /sys; mount -t devtmpfs d /dev; "
	       "mount -t tmpfs r /run; mount -t tmpfs t /tmp; done\n"
	       "exec /its-init\n",
	       true);
	vm_boot(&r, "--qemu", qemu_disk(), DRIVERS("ext4"), "--init",
		vm_at("before"), "--file", vm_fmt("%s:/its-init", vm_init()),
		"--append", "root=/dev/vda bootlet.overlay=1", "--", TELL);
	ck_code(&r, 0);
	ck_answer(&r, "MARKER", "is here");
	ck_answer(&r, "TYPE", "overlay");
	ran_free(&r);
}
END_TEST

/* Of what init is not all is one that can be executed. */
START_TEST(an_init_that_is_none)
{
	make_root();
	make_more("cd \"$1\"; mkdir -p sbin/init etc; ln -s /nowhere etc/init; "
		  "echo x >bin/init; ln -s sh bin/sh");
	if (!make_image("mkfs.ext4", EXT4))
		return;
	vm_exec(&r, "echo MARK=$(ls /marker); exit 5\n", 32,
		VM_ARGV(vm_bootlet(), VM_RUN, "--qemu", qemu_disk(),
			DRIVERS("ext4"), "--append", "root=/dev/vda", "--log",
			console()));
	/* A shell, in the image as it was. */
	ck_code(&r, 5);
	slurp_console();
	ck_has(r.out, "sbin/init: no program there: No such file");
	ck_answer(&r, "MARK", "");
	ran_free(&r);
}
END_TEST

START_TEST(a_device_that_is_not_there)
{
	make_root();
	if (!make_image("sfdisk", GPT))
		return;
	vm_boot(&r, "--qemu", qemu_disk(), DRIVERS("ext4"), "--append",
		"root=UUID=" ID " rootdelay=1", "--report", vm_at("report"),
		"--", "true");
	ck_code(&r, 125);
	ck_has(r.err, "in phase root: No such device");
	ck_has(r.err, "UUID=" ID ": no such device after 1 s");
	ck_has(r.err, "/dev/vda: ?");
	ck_has(r.err, "/dev/vda2: ext4");
	ran_free(&r);
}
END_TEST

/* / is another one already: it is left alone, and the command runs in it. */
START_TEST(a_root_that_is_there)
{
	make_root();
	if (!make_image("mkfs.ext4", EXT4))
		return;
	vm_boot(&r, "--qemu", qemu_disk(), DRIVERS("ext4"), "-v", "--append",
		"root=/dev/vda", "--root", "/", "--", "stat", "-f", "-c",
		"FS=%T", "/");
	ck_code(&r, 0);
	ck_answer(&r, "FS", "overlayfs");
	ck_has(r.err, "/dev/vda: / is no initramfs, and stays");
	ran_free(&r);
}
END_TEST

START_TEST(a_panic_after_it)
{
	make_root();
	make_init();
	if (!make_image("mkfs.ext4", EXT4))
		return;
	vm_boot(&r, "--qemu", qemu_disk(), DRIVERS("ext4"), "--append",
		"root=/dev/vda \"THEN=exit 3\"", "--log", console());
	ck_code(&r, 123);
	ck_has(r.err, "Attempted to kill init");
	ran_free(&r);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("root");
	TCase *t = tcase_create("name"), *own = tcase_create("init");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_set_timeout(own, VM_TCASE_S);
	tcase_add_loop_test(t, by_name, 0, sizeof(names) / sizeof(names[0]));
	tcase_add_test(t, by_tag);
	tcase_add_test(t, an_overlay);
	tcase_add_test(t, all_is_mounted);
	tcase_add_test(own, an_init);
	tcase_add_test(own, an_init_that_is_told_something);
	tcase_add_test(own, an_init_that_is_none);
	tcase_add_test(t, a_device_that_is_not_there);
	tcase_add_test(t, a_root_that_is_there);
	tcase_add_test(own, a_panic_after_it);
	suite_add_tcase(s, t);
	suite_add_tcase(s, own);
	return s;
}
