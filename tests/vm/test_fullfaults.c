// SPDX-License-Identifier: MIT
/* No room: for what a run is asked to write, and for what it keeps. A small
 * tmpfs, in a mount namespace of the test's own. */
#include "vm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../skip.h"

static struct ran r;

/* "$2" is a tmpfs of that size. Return: whether that can be. */
static bool on_small_disk(const char *size, const char *words)
{
	ran_free(&r);
	if (!may_unshare(UNSHARE_MOUNTS)) {
		skip_test("unshare(1) is refused");
		return false;
	}
	vm_exec(&r, NULL, 0,
		VM_ARGV("unshare", UNSHARE_MOUNTS, "sh", "-c",
			vm_fmt("mkdir -p \"$2\"; "
			       "mount -t tmpfs -o size=%s none \"$2\" || exit "
			       "99; cd \"$2\"; %s",
			       size, words),
			"sh", vm_bootlet(), vm_at("small")));
	if (r.code == 99)
		skip_test("mount is not permitted here");
	return r.code != 99;
}

#define FILL "head -c 1000000 /dev/zero >fill 2>/dev/null; "
#define RUN  "\"$1\" run -k distro --accel tcg --append quiet "
#define OLD  "echo old >f; " FILL
#define SEE  "; c=$?; rm fill; cat f; ls -A; exit $c"

/* The run was well, and its code says that it is not all there; what was there
 * before stays. */
static const struct {
	const char *words;
	int code;
	const char *says, *out;
} outputs[] = {
	{ OLD RUN "--report f -- true" SEE, 125,
	  "f: cannot be written: No space left on device", "old\nf\n" },
	{ OLD RUN "--chart f -- true" SEE, 125,
	  "--chart f: cannot be written: No space left on device", "old\nf\n" },
	{ OLD RUN "--junit f -- printf 'TAP version 13\\n1..1\\nok 1\\n'" SEE,
	  125, "No space left on device", NULL },
	/* It is no file that is replaced: it grows while the guest runs. */
	{ FILL RUN "--log f --append ignore_loglevel -- true; exit $?", 125,
	  "No space left on device", NULL },
	{ FILL RUN "-- head -c 100000 /dev/zero >f; exit $?", 125,
	  "No space left on device", NULL },
	{ OLD "\"$1\" bench -k distro --icount -n 1 --json=f >/dev/null" SEE,
	  125, "--json=f: cannot be written: No space left on device",
	  "old\nf\n" },
	{ OLD "\"$1\" bench -k distro --icount -n 1 --chart f >/dev/null" SEE,
	  125, "--chart f: cannot be written: No space left on device",
	  "old\nf\n" },
	{ FILL "\"$1\" config print net >f", 1, "No space left on device",
	  NULL },
	{ FILL "\"$1\" doctor >f", 1, "No space left on device", NULL },
};

START_TEST(what_is_written)
{
	if (!on_small_disk("64k", outputs[_i].words))
		return;
	ck_code(&r, outputs[_i].code);
	ck_has(r.err, outputs[_i].says);
	if (outputs[_i].out)
		ck_assert_str_eq(r.out.p, outputs[_i].out);
	vm_nothing_left(2);
}
END_TEST

/* What is kept is a convenience: the run is as without. */
#define KEPT(more)                                                                \
	"export XDG_CACHE_HOME=$2; mkdir bootlet; "                               \
	"\"$1\" run -k \"$K\" --busybox \"$BB\" --accel tcg --append quiet " more \
	" -- echo well; c=$?; find . -name '.tmp*' -o -name '.bootlet*'; "        \
	"exit $c"

static const struct {
	const char *size, *words;
} kept[] = {
	{ "16k", KEPT("") },	    { "1m", KEPT("") },
	{ "20m", KEPT("") },	    { "70m", KEPT("") },
	{ "70m", KEPT("--warm") },  { "150m", KEPT("--warm") },
	{ "300m", KEPT("--warm") },
};

START_TEST(what_is_kept)
{
	setenv("K", vm_kernel_image(NULL), 1);
	setenv("BB", vm_busybox(), 1);
	if (!on_small_disk(kept[_i].size, kept[_i].words))
		return;
	ck_code(&r, 0);
	ck_assert_str_eq(r.out.p, "well\n");
	ck_assert_msg(text_lines(&r.err) <= 3, "%s", r.err.p);
	vm_nothing_left(2);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("full disks");
	TCase *t = tcase_create("full");

	tcase_set_timeout(t, VM_TCASE_S);
	tcase_add_loop_test(t, what_is_written, 0,
			    sizeof(outputs) / sizeof(outputs[0]));
	tcase_add_loop_test(t, what_is_kept, 0, sizeof(kept) / sizeof(kept[0]));
	suite_add_tcase(s, t);
	return s;
}
