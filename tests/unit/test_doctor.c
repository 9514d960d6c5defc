// SPDX-License-Identifier: MIT
#include "unit.h"

#include "host/doctor.h"
#include "scratch.h"

#include <elf.h>

struct seen {
	size_t n;
	char states[1024], remedies[2048];
};

static void note(const struct doctor_result *r, void *ctx)
{
	struct seen *s = ctx;

	s->n++;
	ck_assert_ptr_nonnull(r->detail.p);
	ck_assert_ptr_null(strchr(r->detail.p, '\n'));
	strcat(s->states, r->name);
	strcat(s->states, ":");
	strcat(s->states, doctor_state_name(r->state));
	strcat(s->states, " ");
	if (r->remedy.n) {
		strcat(s->remedies, r->remedy.p);
		strcat(s->remedies, "|");
	}
}

static void setup(void)
{
	scratch_make();
	said_begin();
	setenv("XDG_CACHE_HOME", at("cache"), 1);
	setenv("PATH", at("bin"), 1);
	ck_assert_int_eq(chdir(scratch), 0);
}

static void teardown(void)
{
	setenv("PATH", "/usr/bin:/bin", 1);
	scratch_remove();
}

static const struct {
	const char *text, *version;
} versions[] = {
	{ "QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg)\nCopyright",
	  "7.2.22" },
	{ "QEMU emulator version 10.0.50", "10.0.50" },
	{ "usage", "" },
	{ "", "" },
};

START_TEST(version)
{
	struct buf b = { 0 };

	doctor_version(versions[_i].text, &b);
	ck_assert_str_eq(b.p ? b.p : "", versions[_i].version);
	buf_free(&b);
}
END_TEST

static const struct {
	const char *tool;
	enum doctor_manager manager;
	const char *line;
} remedies[] = {
	{ "qemu", DOCTOR_APT, "apt-get install qemu-system-x86" },
	{ "qemu", DOCTOR_DNF, "dnf install qemu-system-x86-core" },
	{ "qemu", DOCTOR_PACMAN, "pacman -S qemu-system-x86" },
	{ "qemu", DOCTOR_APK, "apk add qemu-system-x86_64" },
	{ "qemu", DOCTOR_ZYPPER, "zypper install qemu-x86" },
	{ "gdb", DOCTOR_APK, "apk add gdb" },
	{ "busybox", DOCTOR_APT, "apt-get install busybox-static" },
	{ "kernel", DOCTOR_PACMAN, "pacman -S linux" },
	{ "kernel", DOCTOR_APT, NULL },
	{ "none", DOCTOR_APT, NULL },
	{ "gdb", DOCTOR_MANAGERS, NULL },
};

START_TEST(remedy)
{
	const char *line =
		doctor_remedy(remedies[_i].tool, remedies[_i].manager);

	if (remedies[_i].line)
		ck_assert_str_eq(line, remedies[_i].line);
	else
		ck_assert_ptr_null(line);
}
END_TEST

START_TEST(manager)
{
	ck_assert_int_eq(doctor_manager_find(), DOCTOR_MANAGERS);
	put_script("bin/zypper", "");
	ck_assert_int_eq(doctor_manager_find(), DOCTOR_ZYPPER);
	put_script("bin/apt-get", "");
	ck_assert_int_eq(doctor_manager_find(), DOCTOR_APT);
}
END_TEST

START_TEST(bare_machine)
{
	struct seen s = { 0 };

	put_script("bin/pacman", "#!/bin/sh\n");
	ck_assert_int_eq(doctor_run(note, &s), DOCTOR_FAIL);
	ck_assert_uint_eq(s.n, 9);
	ck_assert_ptr_nonnull(strstr(s.states, "qemu:fail "));
	ck_assert_ptr_nonnull(strstr(s.states, "busybox:fail "));
	ck_assert_ptr_nonnull(strstr(s.states, "packages:warn "));
	ck_assert_ptr_nonnull(strstr(s.states, "cache:ok "));
	ck_assert_ptr_nonnull(strstr(s.states, "gdb:warn "));
	ck_assert_ptr_nonnull(strstr(s.remedies, "pacman -S qemu-system-x86|"));
	ck_assert_ptr_nonnull(strstr(s.remedies, "pacman -S busybox|"));
	/* It changes nothing. */
	ck_assert_int_eq(access(at("cache"), F_OK), -1);
}
END_TEST

START_TEST(qemu_found)
{
	struct seen s = { 0 };

	put_script("bin/qemu-system-x86_64",
		   "#!/bin/sh\necho QEMU emulator version 9.9.9\n");
	put_script("bin/gdb", "#!/bin/sh\n");
	doctor_run(note, &s);
	ck_assert_ptr_nonnull(strstr(s.states, "qemu:ok "));
	ck_assert_ptr_nonnull(strstr(s.states, "gdb:ok "));
}
END_TEST

START_TEST(qemu_broken)
{
	struct seen s = { 0 };

	put_script("bin/qemu-system-x86_64", "#!/bin/sh\nexit 1\n");
	ck_assert_int_eq(doctor_run(note, &s), DOCTOR_FAIL);
	ck_assert_ptr_nonnull(strstr(s.states, "qemu:fail "));
}
END_TEST

/* A build tree to stand in, with a bzImage that passes for one. */
static void put_kernel(void)
{
	static unsigned char img[4096];

	img[0x1f1] = 1;
	img[0x1fe] = 0x55;
	img[0x1ff] = 0xaa;
	memcpy(img + 0x202, "HdrS\x0f\x02", 6);
	img[0x20f] = 0x02;
	img[0x236] = 1;
	strcpy((char *)img + 0x400, "6.3-tree (me) #1");
	put("t/arch/x86/boot/bzImage", img, sizeof(img), 0644);
	put_text("t/include/config/auto.conf", "");
	ck_assert_int_eq(chdir(at("t")), 0);
}

static void put_busybox(void)
{
	struct {
		Elf64_Ehdr e;
		Elf64_Phdr h;
	} exe = { .e = { .e_type = ET_EXEC,
			 .e_machine = EM_X86_64,
			 .e_phoff = sizeof(exe.e),
			 .e_phnum = 1,
			 .e_phentsize = sizeof(exe.h) },
		  .h = { .p_type = PT_LOAD } };

	memcpy(exe.e.e_ident, ELFMAG, SELFMAG);
	exe.e.e_ident[EI_CLASS] = ELFCLASS64;
	exe.e.e_ident[EI_DATA] = ELFDATA2LSB;
	put("bin/busybox", &exe, sizeof(exe), 0755);
}

/* Without a cache to write to, `run` works where it finds all it needs. */
static const struct {
	bool below_file, busybox;
	const char *cache;
} caches[] = {
	{ false, true, "cache:warn " },
	{ false, false, "cache:fail " },
	{ true, true, "cache:warn " },
	{ true, false, "cache:fail " },
};

START_TEST(cache_unwritable)
{
	struct seen s = { 0 };

	put_script("bin/qemu-system-x86_64",
		   "#!/bin/sh\necho QEMU emulator version 9.9.9\n");
	put_kernel();
	if (caches[_i].busybox)
		put_busybox();
	unsetenv("HOME");
	unsetenv("XDG_CACHE_HOME");
	/* Nobody makes a directory below a file, root included. */
	put_text("file", "");
	if (caches[_i].below_file)
		setenv("XDG_CACHE_HOME", at("file/cache"), 1);
	ck_assert_int_eq(doctor_run(note, &s),
			 caches[_i].busybox ? DOCTOR_WARN : DOCTOR_FAIL);
	ck_assert_msg(strstr(s.states, caches[_i].cache) != NULL, "%s",
		      s.states);
	ck_assert_ptr_nonnull(strstr(s.remedies, "XDG_CACHE_HOME"));
}
END_TEST

START_TEST(no_home)
{
	struct seen s = { 0 };

	unsetenv("XDG_CACHE_HOME");
	unsetenv("HOME");
	ck_assert_int_eq(doctor_run(note, &s), DOCTOR_FAIL);
	ck_assert_ptr_nonnull(strstr(s.states, "cache:fail "));
	ck_assert_ptr_nonnull(strstr(s.remedies, "XDG_CACHE_HOME"));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("doctor");
	TCase *t = tcase_create("all");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, version, 0,
			    sizeof(versions) / sizeof(*versions));
	tcase_add_loop_test(t, remedy, 0, sizeof(remedies) / sizeof(*remedies));
	tcase_add_test(t, manager);
	tcase_add_test(t, bare_machine);
	tcase_add_test(t, qemu_found);
	tcase_add_test(t, qemu_broken);
	tcase_add_loop_test(t, cache_unwritable, 0,
			    sizeof(caches) / sizeof(*caches));
	tcase_add_test(t, no_home);
	suite_add_tcase(s, t);
	return s;
}
