// SPDX-License-Identifier: MIT
/* Every packaged kernel in reach: 5.10, 6.1, 6.12 with its .ko.xz, 7.2. */
#include "dropin.h"

#include <string.h>

static const struct {
	const char *suite, *release;
} kernels[] = {
	{ "bullseye", "5.10." },
	{ "bookworm", "6.1." },
	{ "trixie", "6.12." },
	{ "sid", "7." },
};

#define N_KERNELS (sizeof(kernels) / sizeof(kernels[0]))

START_TEST(run)
{
	const char *k = vm_fmt("distro:%s", kernels[_i].suite);
	const char *want = kernels[_i].release;
	struct ran r;

	vm_host(&r, "run", "-k", k, "--accel", "tcg", "--append", "quiet",
		"--net", "user", "--module", "ext4,virtio_net", "--", "sh",
		"-c",
		"uname -r; grep -c '^ext4\\|^jbd2\\|^virtio_net' /proc/modules; "
		"ifconfig eth0 | grep -o addr:10.0.2.15; exit 42");
	ck_code(&r, 42);
	ck_assert_msg(!strncmp(r.out.p, want, strlen(want)), "%s: %s", k,
		      r.out.p);
	ck_has(r.out, "\n3\naddr:10.0.2.15\n");
	vm_nothing_left(0);
}
END_TEST

START_TEST(drop_in)
{
	dropin_check(kernels[_i].suite);
}
END_TEST

START_TEST(unknown_suite)
{
	struct ran r;

	vm_host(&r, "run", "-k", "distro:no-such-suite", "--", "true");
	ck_code(&r, 125);
	ck_has(r.err, "no-such-suite: its package lists cannot be had");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("kernels");
	TCase *t = tcase_create("packaged");

	tcase_set_timeout(t, 1200);
	tcase_add_loop_test(t, run, 0, N_KERNELS);
	tcase_add_loop_test(t, drop_in, 0, N_KERNELS);
	tcase_add_test(t, unknown_suite);
	suite_add_tcase(s, t);
	return s;
}
