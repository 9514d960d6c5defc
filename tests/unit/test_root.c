// SPDX-License-Identifier: MIT
/* What root= comes to, on a machine of files, and what is removed when it is
 * entered. The real calls are made in tests/vm/test_root.c. */
#include "unit.h"

#include "fake_sys.h"
#include "host_io.h"
#include "init/blkid.h"
#include "init/cmdline.h"
#include "init/modules.h"
#include "init/root.h"
#include "init/switch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define UUID "31313131-3131-3131-3131-313131313131"

static struct boot_config cfg;
static char top[] = "/tmp/bootlet-root-XXXXXX";

static const char *at(const char *name)
{
	static char path[4][512];
	static int n;

	n = (n + 1) % 4;
	snprintf(path[n], sizeof(path[n]), "%s/%s", top, name);
	return path[n];
}

static void sh(const char *line)
{
	char cmd[1024];

	snprintf(cmd, sizeof(cmd), "cd '%s' && %s", top, line);
	ck_assert_int_eq(system(cmd), 0);
}

static void put(const char *name, long where, const char *text)
{
	FILE *f = fopen(at(name), "r+");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fseek(f, where, SEEK_SET), 0);
	ck_assert_uint_eq(fwrite(text, 1, strlen(text), f), strlen(text));
	ck_assert_int_eq(fclose(f), 0);
}

/* A disk with an MBR, its second partition an ext4; and an xfs. */
static void setup(void)
{
	ck_assert_ptr_nonnull(mkdtemp(top));
	sh("mkdir -p dev sys/devices/vda/vda2 sys/devices/vdb sys/class/block "
	   "&& echo 254:0 >sys/devices/vda/dev && echo 254:2 "
	   ">sys/devices/vda/vda2/dev && echo 2 "
	   ">sys/devices/vda/vda2/partition && echo 254:16 "
	   ">sys/devices/vdb/dev && cd sys/class/block && "
	   "ln -s ../../devices/vda ../../devices/vdb "
	   "../../devices/vda/vda2 .");
	/* The kernel's node is ours, too: all of it is files here. */
	sh("truncate -s 1M dev/vda dev/vda2 dev/vdb && ln dev/vda "
	   "dev/.bootlet");
	put("dev/vda", 440, "DCBA");
	put("dev/vda", 510, "\x55\xaa");
	put("dev/vda2", 1080, "\x53\xef");
	put("dev/vda2", 1128, "1111111111111111");
	put("dev/vda2", 1144, "a label");
	put("dev/vdb", 0, "XFSB");
	fake_reset();
	memset(&cfg, 0, sizeof(cfg));
	modules_load(&cfg, at("none"));
	host_io_root = top;
	host_io_dev = true;
	host_io_fs_type = RAMFS_MAGIC;
	/* The tail of one is not read as another's. */
	host_io_removable = top;
}

static void teardown(void)
{
	host_io_root = NULL;
	host_io_dev = false;
	host_io_fs_type = 0;
	host_io_removable = NULL;
	sh("rm -rf ../${PWD##*/}");
	memcpy(top + strlen(top) - 6, "XXXXXX", 6);
}

static int apply(const char *words)
{
	ck_assert_int_eq(cmdline_parse(&cfg, words, strlen(words), false), 0);
	return root_apply(&cfg, false);
}

static const struct {
	const char *words, *mount;
} mounts[] = {
	{ "root=/dev/vda2", "/dev/vda2 /sysroot ext4 0x1 -" },
	{ "root=/dev/vdb rw", "/dev/vdb /sysroot xfs 0x0 -" },
	{ "root=/dev/vdb rw ro", "/dev/vdb /sysroot xfs 0x1 -" },
	{ "root=/dev/vdb ro rw", "/dev/vdb /sysroot xfs 0x0 -" },
	{ "root=/dev/vdb root=/dev/vda2", "/dev/vda2 /sysroot ext4 0x1 -" },
	{ "root=UUID=" UUID, "/dev/vda2 /sysroot ext4 0x1 -" },
	{ "\"root=LABEL=a label\"", "/dev/vda2 /sysroot ext4 0x1 -" },
	{ "root=PARTUUID=41424344-02", "/dev/vda2 /sysroot ext4 0x1 -" },
	{ "root=/dev/vdb rootfstype=a,b rootflags=x,y=z",
	  "/dev/vdb /sysroot a 0x1 x,y=z" },
	{ "root=tag rootfstype=virtiofs rw", "tag /sysroot virtiofs 0x0 -" },
	{ "root=/dev/root rootfstype=9p rootflags=trans=virtio",
	  "/dev/root /sysroot 9p 0x1 trans=virtio" },
	{ "root=/dev/vda2 rw bootlet.overlay=1",
	  "/dev/vda2 /run/lower ext4 0x1 -" },
	{ "root=/dev/vda2 bootlet.overlay=0", "/dev/vda2 /sysroot ext4 0x1 -" },
};

/* The first that does not say that there is no such type. */
START_TEST(what_is_mounted)
{
	char line[128];

	fake_fail("mount /dev/root /sysroot 9pnet_virtio", ENODEV, -1);
	ck_assert_int_eq(apply(mounts[_i].words), 0);
	snprintf(line, sizeof(line), "mount %s", mounts[_i].mount);
	ck_assert_msg(fake_has(line), "%s: not in:\n%s", line, fake_text());
}
END_TEST

START_TEST(the_whole_transcript)
{
	ck_assert_int_eq(apply("root=/dev/vda2 bootlet.overlay=1 rw"), 0);
	ck_assert_str_eq(
		fake_text(),
		"mknod /dev/vda2 060600 254:2\n"
		"mknod /dev/vda2 060600 254:2\n"
		"mkdir /run/lower 0755\n"
		"mount /dev/vda2 /run/lower ext4 0x1 -\n"
		"mkdir /run 0755\n"
		"mkdir /run/upper 0755\n"
		"mkdir /run 0755\n"
		"mkdir /run/work 0755\n"
		"mkdir /sysroot 0755\n"
		"mount overlay /sysroot overlay 0x0 lowerdir=/run/lower,"
		"upperdir=/run/upper,workdir=/run/work\n"
		"mount /proc proc - 0x2000 -\n"
		"mount /sys sys - 0x2000 -\n"
		"mount /dev dev - 0x2000 -\n"
		"mount /run run - 0x2000 -\n"
		"mount /tmp tmp - 0x2000 -\n"
		"mount . / - 0x2000 -\nchroot .\n");
}
END_TEST

static const char *const nothing[] = { "", "root=", "root=/dev/ram0",
				       "root=/dev/ram", "rw init=/x" };

START_TEST(nothing_to_do)
{
	ck_assert_int_eq(apply(nothing[_i]), 0);
	ck_assert_str_eq(fake_text(), "");
}
END_TEST

START_TEST(a_root_that_is_no_initramfs)
{
	host_io_fs_type = EXT4_SUPER_MAGIC;
	ck_assert_int_eq(apply("root=/dev/vda2"), 0);
	ck_assert_str_eq(fake_text(), "");
	host_io_fs_type = TMPFS_MAGIC;
	ck_assert_int_eq(apply(""), 0);
	ck_assert_uint_ne(fake_count("mount"), 0);
}
END_TEST

static const char *const missing[] = {
	"root=/dev/vdc rootdelay=0",
	"root=LABEL=none rootdelay=0",
	"root=LABEL= rootdelay=0",
	"root=PARTUUID=41424344-03 rootdelay=0",
	"root=PARTLABEL=x rootdelay=0",
	"root=UUID=" UUID "0 rootdelay=0",
	"root=nonsense rootdelay=0",
	"root=/dev/vdb/../vda2 rootdelay=0",
	"root=LABEL=none rootwait rootdelay=0",
};

START_TEST(no_such_device)
{
	ck_assert_int_eq(apply(missing[_i]), -ENODEV);
	ck_assert_uint_eq(fake_count("mount"), 0);
	ck_assert_uint_eq(fake_count("mkdir"), 0);
}
END_TEST

START_TEST(an_unknown_file_system)
{
	ck_assert_int_eq(apply("root=/dev/vda"), -EINVAL);
	ck_assert_uint_eq(fake_count("mount"), 0);
}
END_TEST

/* A full disk, a mount that fails: nothing is moved. */
START_TEST(what_fails_ends_it)
{
	fake_fail("mount /dev/vda2", EUCLEAN, -1);
	ck_assert_int_eq(apply("root=/dev/vda2"), -EUCLEAN);
	ck_assert_uint_eq(fake_count("mount"), 1);
	fake_reset();
	fake_fail("mount overlay", EINVAL, -1);
	ck_assert_int_eq(apply("bootlet.overlay=1"), -EINVAL);
	ck_assert_uint_eq(fake_count("mount"), 2);
	fake_reset();
	fake_fail("mkdir /run/upper", ENOSPC, -1);
	ck_assert_int_eq(apply(""), -ENOSPC);
	ck_assert_uint_eq(fake_count("mount"), 1);
	fake_reset();
	fake_fail("mkdir /sysroot", ENOSPC, -1);
	fake_fail("mount", ENOENT, -1);
	ck_assert_int_eq(apply("bootlet.overlay=0"), -ENOSPC);
	ck_assert_uint_eq(fake_count("mount"), 1);
}
END_TEST

START_TEST(what_cannot_be_written_is_read)
{
	fake_fail("mount /dev/vda2 /sysroot ext4 0x0", EACCES, -1);
	ck_assert_int_eq(apply("root=/dev/vda2 rw"), 0);
	ck_assert(fake_has("mount /dev/vda2 /sysroot ext4 0x1 -"));
	fake_reset();
	fake_fail("mount /dev/vda2", EACCES, -1);
	ck_assert_int_eq(apply(""), -EACCES);
	ck_assert_uint_eq(fake_count("mount"), 2);
}
END_TEST

START_TEST(types_in_their_order)
{
	fake_fail("mount /dev/vdb /sysroot a ", ENODEV, -1);
	fake_fail("mount /dev/vdb /sysroot b ", EINVAL, -1);
	ck_assert_int_eq(apply("root=/dev/vdb rootfstype=a,b,c"), 0);
	ck_assert_uint_eq(fake_count("mount /dev/vdb /sysroot c "), 1);
	fake_reset();
	fake_fail("mount /dev/vdb", EINVAL, -1);
	ck_assert_int_eq(apply("rootfstype="), -EINVAL);
}
END_TEST

/* --- what is removed ------------------------------------------------------ */

static int entries(const char *dir)
{
	char cmd[600];
	FILE *p;
	int n = -1;

	snprintf(cmd, sizeof(cmd), "find '%s' -mindepth 1 | wc -l", dir);
	p = popen(cmd, "r");
	ck_assert_ptr_nonnull(p);
	ck_assert_int_eq(fscanf(p, "%d", &n), 1);
	pclose(p);
	return n;
}

static void clear(const char *dir)
{
	int fd = open(at(dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	host_io_removable = at(dir);
	switch_clear(fd);
	close(fd);
}

START_TEST(all_is_removed_and_no_link_followed)
{
	sh("mkdir -p keep/sub old/d/e old/.h old/..x && echo x >keep/f && "
	   "echo x >keep/sub/f && ln -s ../keep old/link && ln -s / old/root "
	   "&& ln -s ../../keep/sub old/d/link && ln -s ../keep/f old/file && "
	   "ln -s . old/here && ln -s .. old/up && ln -s nowhere old/none && "
	   "touch old/-rf old/' ' old/d/e/f old/.h/a old/..x/b \"$(printf "
	   "'old/a\\nb\\377')\" && mkfifo old/fifo && ln keep/f old/hard");
	ck_assert_int_eq(entries(at("keep")), 3);
	clear("old");
	ck_assert_int_eq(entries(at("old")), 0);
	ck_assert_int_eq(entries(at("keep")), 3);
}
END_TEST

static void make_deep(int levels, const char *name)
{
	int fd, next;

	ck_assert_int_eq(mkdir(at("old"), 0755), 0);
	fd = open(at("old"), O_RDONLY | O_DIRECTORY);
	for (int i = 0; i < levels; i++) {
		ck_assert_int_eq(mkdirat(fd, name, 0755), 0);
		ck_assert_int_eq(symlinkat("..", fd, "up"), 0);
		next = openat(fd, name, O_RDONLY | O_DIRECTORY);
		ck_assert_int_ge(next, 0);
		close(fd);
		fd = next;
	}
	close(fd);
}

START_TEST(deeper_than_a_path_is_long)
{
	make_deep(600, "a-directory-with-a-long-name");
	clear("old");
	ck_assert_int_eq(entries(at("old")), 0);
}
END_TEST

/* Beyond what fds allow it stays, and it ends. */
START_TEST(deeper_than_there_are_fds)
{
	const struct rlimit most = { 200, 200 };

	make_deep(500, "d");
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &most), 0);
	clear("old");
	ck_assert_int_ne(access(at("old/up"), F_OK), 0);
	ck_assert_int_eq(access(at("old/d/d/d"), F_OK), 0);
}
END_TEST

START_TEST(many_in_one_directory)
{
	sh("mkdir old && cd old && seq 5000 | xargs touch && seq -f d%g 500 | "
	   "xargs mkdir");
	clear("old");
	ck_assert_int_eq(entries(at("old")), 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("root");
	TCase *t = tcase_create("root"), *c = tcase_create("clear");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_set_timeout(c, 60);
	tcase_add_loop_test(t, what_is_mounted, 0,
			    sizeof(mounts) / sizeof(mounts[0]));
	tcase_add_test(t, the_whole_transcript);
	tcase_add_loop_test(t, nothing_to_do, 0,
			    sizeof(nothing) / sizeof(nothing[0]));
	tcase_add_test(t, a_root_that_is_no_initramfs);
	tcase_add_loop_test(t, no_such_device, 0,
			    sizeof(missing) / sizeof(missing[0]));
	tcase_add_test(t, an_unknown_file_system);
	tcase_add_test(t, what_fails_ends_it);
	tcase_add_test(t, what_cannot_be_written_is_read);
	tcase_add_test(t, types_in_their_order);
	tcase_add_test(c, all_is_removed_and_no_link_followed);
	tcase_add_test(c, deeper_than_a_path_is_long);
	tcase_add_test(c, deeper_than_there_are_fds);
	tcase_add_test(c, many_in_one_directory);
	suite_add_tcase(s, t);
	suite_add_tcase(s, c);
	return s;
}
