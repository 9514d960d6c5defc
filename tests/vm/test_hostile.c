// SPDX-License-Identifier: MIT
/* Kernels, modules and images that lie, given to bootlet as a user would:
 * it ends in time, with few words that name the file, and leaves nothing. What
 * each number does under the sanitizers: tests/unit/test_hostile.c. */
#include "vm.h"

#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../skip.h"

#define N(table) (int)(sizeof(table) / sizeof((table)[0]))

static struct ran r;

/* What is written where; @cut: bytes that stay, 0: all. */
struct lie {
	long at;
	unsigned int n;
	unsigned long long value;
	long cut;
};

static const char *copy(const char *from, const char *name)
{
	vm_exec(&r, NULL, 0, VM_ARGV("cp", from, vm_at(name)));
	ck_code(&r, 0);
	ran_free(&r);
	ck_assert_int_eq(chmod(vm_at(name), 0644), 0);
	return vm_at(name);
}

static void apply(const char *path, const struct lie *l)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, &l->value, l->n, l->at), l->n);
	if (l->cut)
		ck_assert_int_eq(ftruncate(fd, l->cut), 0);
	close(fd);
}

/* Its own words are few; a console that is shown has 20 lines. */
static void ck_said(const char *name)
{
	ck_assert_msg(text_lines(&r.err) <= 24, "%s", r.err.p);
	ck_assert_msg(strstr(r.err.p, name) || strstr(r.err.p, "the guest") ||
			      strstr(r.err.p, "kernel panic") ||
			      strstr(r.err.p, "seconds"),
		      "%s", r.err.p);
	ck_assert_str_eq(r.out.p, "");
	vm_nothing_left(2);
}

/* Documentation/arch/x86/boot.rst. */
static const struct lie of_bzimage[] = {
	{ 0x1f1, 1, 255, 0 }, /* setup_sects */
	{ 0x1f1, 1, 0, 0 }, /* the same: 4 */
	{ 0x1f4, 4, ~0ULL, 0 }, /* syssize */
	{ 0x1fe, 2, 0, 0 }, /* boot_flag */
	{ 0x202, 4, 0, 0 }, /* header */
	{ 0x206, 2, 0, 0 }, /* version */
	{ 0x206, 2, 0xffff, 0 }, /* the same */
	{ 0x20e, 2, 0xffff, 0 }, /* kernel_version */
	{ 0x214, 4, ~0ULL, 0 }, /* code32_start */
	{ 0x248, 4, ~0ULL, 0 }, /* payload_offset */
	{ 0x248, 4, 0x7fffffff, 0 }, /* the same */
	{ 0x24c, 4, ~0ULL, 0 }, /* payload_length */
	{ 0x24c, 4, 0, 0 }, /* the same */
	{ 0x260, 4, ~0ULL, 0 }, /* init_size */
	{ 0x1fe, 2, 0xaa55, 512 }, /* the file ends there */
	{ 0x1fe, 2, 0xaa55, 0x250 }, /* and there */
	{ 0x1fe, 2, 0xaa55, 100000 }, /* in the boot code */
	{ 0x1fe, 2, 0xaa55, 4000000 }, /* in the payload */
	{ 4000000, 8, ~0ULL, 0 }, /* a byte of the payload */
};

START_TEST(kernel_image)
{
	const char *path = copy(vm_kernel_image(NULL), "bad image");

	apply(path, &of_bzimage[_i]);
	vm_host(&r, "run", "-k", path, "--accel", "tcg", "--timeout", "12",
		"--", "true");
	/* What a loader does not look at does no harm. */
	if (r.code == 0) {
		ck_assert_str_eq(r.out.p, "");
		return;
	}
	ck_assert_msg(r.code >= 122 && r.code <= 125, "exit code %d: %s",
		      r.code, r.err.p);
	ck_assert_double_lt(r.seconds, 40);
	ck_said("bad image");
}
END_TEST

#define EH(field) (long)offsetof(Elf64_Ehdr, field)

static const struct lie of_elf[] = {
	{ EH(e_shoff), 8, ~0ULL, 0 },	    { EH(e_shoff), 8, 1, 0 },
	{ EH(e_shnum), 2, 0xffff, 0 },	    { EH(e_shnum), 2, 0, 0 },
	{ EH(e_shstrndx), 2, 0xfffe, 0 },   { EH(e_shstrndx), 2, 0xffff, 0 },
	{ EH(e_shentsize), 2, 1, 0 },	    { EH(e_type), 2, 2, 0 },
	{ EH(e_ident[EI_CLASS]), 1, 1, 0 }, { 0, 4, 0, 0 },
	{ EH(e_shoff), 8, 64, 64 },	    { EH(e_shoff), 8, 0, 1000 },
};

/* Plain, and as suites from 6.12 on have them. */
static const char *const packs[] = { "cat", "xz", "gzip", "zstd -q" };

START_TEST(module)
{
	static const char *const suffix[] = { "", ".xz", ".gz", ".zst" };
	int pack = _i / N(of_elf);
	char *from = strdup(vm_module(NULL, "dummy"));
	const char *name = vm_fmt("bad.ko%s", suffix[pack]);

	if (strcmp(strrchr(from, '.'), ".ko") != 0) {
		skip_test("the kernel's modules are compressed");
		free(from);
		return;
	}
	apply(copy(from, "lies"), &of_elf[_i % N(of_elf)]);
	vm_sh(&r,
	      vm_fmt("cd \"$TMPDIR\" && %s <lies >'%s' && exec \"$@\" "
		     "initramfs -k distro -o x --module './%s'",
		     packs[pack], name, name),
	      NULL);
	ck_code(&r, 1);
	ck_one_line(&r, name);
	ck_assert(access(vm_at("x"), F_OK));
	free(from);
	vm_nothing_left(0);
}
END_TEST

/* newc: 110 bytes of hex digits, then the name. */
static const struct {
	int at;
	const char *digits;
} of_archive[] = {
	{ 0, "070700" },
	{ 6 + 8 * 6, "FFFFFFFF" },
	{ 6 + 8 * 6, "7FFFFFF0" },
	{ 6 + 8 * 11, "FFFFFFFF" },
	{ 6 + 8 * 11, "00000000" },
	{ 6 + 8 * 11, "00001001" },
	{ 6 + 8 * 1, "0000A1FF" },
	{ 6 + 8 * 6, "-0000001" },
	{ 6 + 8 * 6, "zzzzzzzz" },
	{ 110, "../../etc/x" },
};

static const char *const readers[] = {
	"initramfs --list bad",
	"initramfs -o x --append-to bad --file lies:/y",
	"run -k distro --accel tcg --timeout 12 -i bad -- true",
};

START_TEST(archive)
{
	int lie = _i % N(of_archive);
	int fd;

	vm_sh(&r,
	      "cd \"$TMPDIR\" && echo x >lies && \"$@\" initramfs "
	      "--no-busybox -o bad",
	      NULL);
	ck_code(&r, 0);
	ran_free(&r);
	/* Of its first entry, and so of all that follows. */
	fd = open(vm_at("bad"), O_WRONLY | O_CLOEXEC);
	ck_assert_int_eq(pwrite(fd, of_archive[lie].digits,
				strlen(of_archive[lie].digits),
				of_archive[lie].at),
			 strlen(of_archive[lie].digits));
	close(fd);
	vm_sh(&r,
	      vm_fmt("cd \"$TMPDIR\"; rm -f x; \"$@\" %s >out",
		     readers[_i / N(of_archive)]),
	      NULL);
	ck_assert_msg(r.code <= 1 || (r.code >= 122 && r.code <= 127),
		      "exit code %d: %s", r.code, r.err.p);
	ck_assert_double_lt(r.seconds, 40);
	if (r.code == 1)
		ck_one_line(&r, "bad: ");
	ck_assert_msg(text_lines(&r.err) <= 24, "%s", r.err.p);
	ck_assert(!r.code || access(vm_at("x"), F_OK));
	vm_nothing_left(2);
}
END_TEST

static void add(Suite *s, const char *name, const TTest *test, int n)
{
	TCase *t = tcase_create(name);

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_loop_test(t, test, 0, n);
	suite_add_tcase(s, t);
}

Suite *suite(void)
{
	Suite *s = suite_create("hostile");

	add(s, "kernel", kernel_image, N(of_bzimage));
	add(s, "module", module, N(of_elf) * N(packs));
	add(s, "archive", archive, N(of_archive) * N(readers));
	return s;
}
