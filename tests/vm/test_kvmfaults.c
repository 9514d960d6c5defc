// SPDX-License-Identifier: MIT
/* A /dev/kvm that is none: in a mount namespace of the test's own. */
#include "vm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../skip.h"

static struct ran r;

/* What stands in its place; the note of this machine's own stays. */
static const char *const things[] = {
	"mknod thing c 1 3",
	"mknod thing c 1 5",
	"mknod thing c 1 7",
	"mknod thing c 10 4094",
	": >thing",
	"mkfifo thing",
	"head -c 99 /dev/urandom >thing && chmod 0 thing",
};

#define IN_ITS_PLACE                                                \
	"cd \"$TMPDIR\" && rm -rf thing xdg && mkdir xdg && %s && " \
	"mount --bind thing /dev/kvm || exit 99; "                  \
	"export XDG_CACHE_HOME=\"$TMPDIR/xdg\"; exec \"$@\""

static bool run(int thing, const char *accel, const char *echo)
{
	ran_free(&r);
	if (geteuid() || access("/dev/kvm", F_OK) || !may_unshare("-m")) {
		skip_test("needs root, a /dev/kvm, and unshare(1)");
		return false;
	}
	vm_exec(&r, NULL, 0,
		VM_ARGV("unshare", "-m", "sh", "-c",
			vm_fmt(IN_ITS_PLACE, things[thing]), "sh", vm_bootlet(),
			"run", "-k", vm_kernel_image(NULL), "--busybox",
			vm_busybox(), "--accel", accel, "--append", "quiet",
			"--", "echo", echo));
	if (r.code == 99)
		skip_test("mount --bind is not permitted here");
	return r.code != 99;
}

START_TEST(auto_takes_tcg)
{
	if (!run(_i, "auto", "well"))
		return;
	ck_code(&r, 0);
	ck_assert_str_eq(r.out.p, "well\n");
	ck_assert_msg(text_lines(&r.err) <= 1, "%s", r.err.p);
	if (r.err.n)
		ck_has(r.err, "KVM: ");
	vm_nothing_left(0);
}
END_TEST

START_TEST(kvm_is_refused_in_words)
{
	if (!run(_i, "kvm", "well"))
		return;
	ck_code(&r, 125);
	ck_assert_str_eq(r.out.p, "");
	ck_has(r.err, "bootlet: ");
	ck_has(r.err, "--accel tcg");
	ck_assert_msg(text_lines(&r.err) <= 3, "%s", r.err.p);
	vm_nothing_left(0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("kvm faults");
	TCase *t = tcase_create("broken");
	int n = sizeof(things) / sizeof(things[0]);

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_loop_test(t, auto_takes_tcg, 0, n);
	tcase_add_loop_test(t, kvm_is_refused_in_words, 0, n);
	suite_add_tcase(s, t);
	return s;
}
