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

static const struct {
	const char *machine, *type, *a, *b;
} ways[] = {
	{ "auto", "virtio", "/dev/vda", "/dev/vdb" },
	{ "q35", "virtio", "/dev/vda", "/dev/vdb" },
	{ "auto", "ahci", "/dev/sda", "/dev/sdb" },
	{ "q35", "ahci", "/dev/sda", "/dev/sdb" },
};

START_TEST(read_and_written)
{
	const char *a = disk("a,b:c", "first"), *b = disk("b", "second");

	vm_boot(&r, "--machine", ways[_i].machine, "--disk-type", ways[_i].type,
		"--disk", a, "--disk", vm_fmt("%s:rw", b), "--", "sh", "-ec",
		"head -c 5 $1; head -c 6 $2; cat /sys/class/block/*/size;"
		"for d; do printf changed | dd of=$d conv=notrunc,fsync; done "
		"2>/dev/null; head -c 7 $1; head -c 7 $2",
		"sh", ways[_i].a, ways[_i].b);
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

static const struct {
	const char *words[4], *says;
	int code;
} wrong[] = {
	{ { "--disk", "/nonexistent/d" },
	  "--disk /nonexistent/d: No such file or directory",
	  125 },
	{ { "--disk", "/" }, "must be a file or a block device", 125 },
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
	tcase_add_loop_test(t, what_cannot_be, 0,
			    sizeof(wrong) / sizeof(wrong[0]));
	suite_add_tcase(s, t);
	return s;
}
