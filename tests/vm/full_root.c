// SPDX-License-Identifier: MIT
/*
 * The same with virtme-ng, where it is installed: the host's own userland in
 * a guest with the distribution's kernel, without KVM.
 */
#include "tests/skip.h"
#include "vm.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define N_PAIRS 3
/* At most this part of its time. */
#define PART 4

static double median(double t[N_PAIRS])
{
	for (int i = 1; i < N_PAIRS; i++)
		for (int k = i; k > 0 && t[k] < t[k - 1]; k--) {
			double swap = t[k];

			t[k] = t[k - 1];
			t[k - 1] = swap;
		}
	return t[N_PAIRS / 2];
}

static bool installed(const char *program)
{
	struct ran r;
	bool found;

	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-c", "command -v \"$1\"", "sh", program));
	found = r.code == 0;
	ran_free(&r);
	return found;
}

static double bootlet(const char *release)
{
	double seconds;
	struct ran r;

	vm_host(&r, "run", VM_KERNEL, "--root", "/", "--", "uname", "-r");
	ck_code(&r, 0);
	ck_assert_str_eq(r.out.p, vm_fmt("%s\n", release));
	seconds = r.seconds;
	ran_free(&r);
	return seconds;
}

/*
 * It looks for modules in /lib/modules alone, so the kernel's are put there:
 * in a mount namespace, over a /usr that is this one and a tmpfs. Its exit
 * code is 255 on hosts without udev, whatever the command's was; the time
 * counts all the same, and the answer must be there.
 */
static const char in_namespace[] =
	"image=$1; modules=$2; upper=$3; shift 3\n"
	"mount -t tmpfs none \"$upper\"\n"
	"mkdir \"$upper/u\" \"$upper/w\"\n"
	"mount -t overlay -o \"lowerdir=/usr,upperdir=$upper/u,"
	"workdir=$upper/w\" none /usr\n"
	"mkdir -p /usr/lib/modules\n"
	"cp -a \"$modules\" /usr/lib/modules/\n"
	"depmod \"${modules##*/}\"\n"
	/* Only its own time: what is above is not its work. */
	"exec sh -c 'date +begin=%s.%N; vng --disable-kvm -r \"$0\" -- "
	"uname -r </dev/null; echo; date +end=%s.%N' \"$image\"\n";

static double virtme(const char *image, const char *modules,
		     const char *release)
{
	const char *upper = vm_at("upper");
	double seconds;
	struct ran r;

	mkdir(upper, 0700);
	vm_exec(&r, NULL, 0,
		VM_ARGV("unshare", "-m", "sh", "-ec", in_namespace, "sh", image,
			modules, upper));
	/* Its answer may stand among NULs, and of the time too. */
	for (size_t i = 0; i < r.out.n; i++)
		if (!r.out.p[i])
			r.out.p[i] = '\n';
	ck_has(r.out, release);
	seconds = atof(vm_answer(&r, "end")) - atof(vm_answer(&r, "begin"));
	ck_assert_double_gt(seconds, 0);
	ran_free(&r);
	return seconds;
}

START_TEST(at_most_a_quarter)
{
	char *image, *modules, *release;
	double ours[N_PAIRS], theirs[N_PAIRS], part;

	if (!installed("vng")) {
		skip_test("virtme-ng is not installed: nothing to compare "
			  "with");
		return;
	}
	if (geteuid()) {
		skip_test("virtme-ng needs the kernel's modules in "
			  "/lib/modules, and only root puts them there");
		return;
	}
	image = strdup(vm_kernel_image(NULL));
	modules = strdup(vm_kernel_modules(NULL));
	release = strrchr(modules, '/') + 1;
	/* What is made once is no part of it. */
	bootlet(release);
	/* In turn, so that who else is busy here slows both. */
	for (int i = 0; i < N_PAIRS; i++) {
		theirs[i] = virtme(image, modules, release);
		ours[i] = bootlet(release);
		printf("uname -r: bootlet %.2f s, virtme-ng %.2f s\n", ours[i],
		       theirs[i]);
	}
	part = median(theirs) / median(ours);
	printf("uname -r: virtme-ng takes %.1f times as long\n", part);
	ck_assert_msg(part >= PART, "%.1f times, not %d", part, PART);
	free(image);
	free(modules);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("root");
	TCase *t = tcase_create("virtme-ng");

	tcase_set_timeout(t, 2 * N_PAIRS * VM_DEADLINE_S);
	tcase_add_test(t, at_most_a_quarter);
	suite_add_tcase(s, t);
	return s;
}
