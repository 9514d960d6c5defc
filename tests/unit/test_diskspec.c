// SPDX-License-Identifier: MIT
#include "host/diskspec.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *there; /* the only file that exists */

static bool exists(const char *path)
{
	return there && !strcmp(path, there);
}

static const struct {
	const char *text, *there, *path; /* @path NULL: refused */
	bool rw;
} splits[] = {
	{ "a.img", NULL, "a.img", false },
	{ "a.img:rw", NULL, "a.img", true },
	{ "a.img:ro", NULL, "a.img", false },
	{ "a.img:rw", "a.img:rw", "a.img:rw", false },
	{ "a:rw:rw", NULL, "a:rw", true },
	{ "a:rx", NULL, "a:rx", false },
	{ "/dev/sda", NULL, "/dev/sda", false },
	{ ":rw", NULL, NULL, false },
	{ "", NULL, NULL, false },
	{ "rw", NULL, "rw", false },
};

START_TEST(file_and_mode)
{
	struct disk d = { 0 };
	const char *wrong;

	there = splits[_i].there;
	wrong = parse_disk(splits[_i].text, exists, &d);
	if (!splits[_i].path) {
		ck_assert_str_eq(wrong, "must be FILE or FILE:rw");
		ck_assert_ptr_null(d.path);
		return;
	}
	ck_assert_ptr_null(wrong);
	ck_assert_str_eq(d.path, splits[_i].path);
	ck_assert_int_eq(d.rw, splits[_i].rw);
	free(d.path);
}
END_TEST

START_TEST(formats)
{
	ck_assert_str_eq(parse_disk_format("QFI\xfb\0\0\0\3", 8), "qcow2");
	ck_assert_str_eq(parse_disk_format("QFI\xfb", 4), "qcow2");
	ck_assert_str_eq(parse_disk_format("QFI\xfa", 4), "raw");
	ck_assert_str_eq(parse_disk_format("QFI", 3), "raw");
	ck_assert_str_eq(parse_disk_format("", 0), "raw");
}
END_TEST

static void put(const char *name, const char *text, mode_t mode)
{
	int fd = open(name, O_CREAT | O_WRONLY | O_TRUNC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), strlen(text));
	fchmod(fd, mode);
	close(fd);
}

START_TEST(files_are_looked_at)
{
	char dir[] = "/tmp/bootlet-disk-XXXXXX";
	struct diskspec s = { .disk = { { .path = "raw" }, { .path = "q" } },
			      .n = 2 };
	char *cwd = getcwd(NULL, 0);

	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(chdir(dir), 0);
	put("raw", "", 0600);
	put("q", "QFI\xfb", 0600);
	ck_assert_int_eq(diskspec_settle(&s), 0);
	ck_assert_str_eq(s.disk[0].format, "raw");
	ck_assert_str_eq(s.disk[1].format, "qcow2");
	s.disk[1].path = "none";
	ck_assert_int_eq(diskspec_settle(&s), -ENOENT);
	s.disk[1].path = ".";
	ck_assert_int_eq(diskspec_settle(&s), -EINVAL);
	s.disk[1].rw = true;
	ck_assert_int_eq(diskspec_settle(&s), -EISDIR);
	s.disk[1].rw = false;
	ck_assert_int_eq(mkfifo("fifo", 0600), 0);
	s.disk[1].path = "fifo";
	ck_assert_int_eq(diskspec_settle(&s), -EINVAL);
	unlink("raw");
	unlink("q");
	unlink("fifo");
	ck_assert_int_eq(chdir(cwd), 0);
	rmdir(dir);
	free(cwd);
}
END_TEST

static char *joined(const struct strv *v)
{
	struct buf out = { 0 };

	for (size_t i = 0; i < v->n; i++)
		buf_addf(&out, "%s%s", i ? " " : "", v->v[i]);
	return out.p ? out.p : strdup("");
}

static const struct {
	const char *machine;
	bool ahci;
	const char *argv, *drivers;
} plans[] = {
	{ "microvm", false,
	  "-drive file=./a,,b,if=none,id=disk0,"
	  "format=raw,snapshot=on,werror=report -device virtio-blk-device,drive=disk0 "
	  "-drive file=./json:x,if=none,id=disk1,"
	  "format=qcow2,snapshot=off,werror=report -device virtio-blk-device,drive=disk1",
	  "virtio_mmio virtio_blk" },
	{ "pc", false,
	  "-drive file=./a,,b,if=none,id=disk0,"
	  "format=raw,snapshot=on,werror=report -device virtio-blk-pci,drive=disk0 "
	  "-drive file=./json:x,if=none,id=disk1,"
	  "format=qcow2,snapshot=off,werror=report -device virtio-blk-pci,drive=disk1",
	  "virtio_pci virtio_blk" },
	{ "q35", true,
	  "-device ich9-ahci,id=ahci "
	  "-drive file=./a,,b,if=none,id=disk0,"
	  "format=raw,snapshot=on,werror=report -device ide-hd,bus=ahci.0,drive=disk0 "
	  "-drive file=./json:x,if=none,id=disk1,"
	  "format=qcow2,snapshot=off,werror=report -device ide-hd,bus=ahci.1,drive=disk1",
	  "ahci sd_mod" },
};

START_TEST(devices_and_drivers)
{
	const struct machine *m = machine_find(plans[_i].machine);
	struct diskspec s = {
		.disk = { { .path = "a,b", .format = "raw" },
			  { .path = "json:x", .format = "qcow2", .rw = true } },
		.n = 2,
		.ahci = plans[_i].ahci,
	};
	struct strv v = { 0 };
	char *text;

	diskspec_argv(&s, m, &v);
	text = joined(&v);
	ck_assert_str_eq(text, plans[_i].argv);
	free(text);
	strv_free(&v);
	diskspec_drivers(&s, m, &v);
	text = joined(&v);
	ck_assert_str_eq(text, plans[_i].drivers);
	free(text);
	strv_free(&v);
	s.n = 0;
	diskspec_argv(&s, m, &v);
	diskspec_drivers(&s, m, &v);
	ck_assert_uint_eq(v.n, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("diskspec");
	TCase *t = tcase_create("diskspec");

	tcase_add_loop_test(t, file_and_mode, 0,
			    sizeof(splits) / sizeof(splits[0]));
	tcase_add_test(t, formats);
	tcase_add_test(t, files_are_looked_at);
	tcase_add_loop_test(t, devices_and_drivers, 0,
			    sizeof(plans) / sizeof(plans[0]));
	suite_add_tcase(s, t);
	return s;
}
