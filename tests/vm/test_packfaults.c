// SPDX-License-Identifier: MIT
/* What can be wrong with what is packed, and what can come between: names,
 * sizes, files that change meanwhile, full disks, signals. */
#include "tests/skip.h"
#include "vm.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define N(table) (int)(sizeof(table) / sizeof((table)[0]))
#define PACK	 "\"$@\" initramfs --no-busybox --no-init -o image "

static struct ran r;

/* In a directory of its own, with "empty" in it. */
static void sh(const char *words)
{
	const char *dir = vm_at("pack");

	ran_free(&r);
	vm_sh(&r,
	      vm_fmt("rm -rf '%s' && mkdir '%s' && cd '%s' && : >empty && %s",
		     dir, dir, dir, words),
	      NULL);
}

/* --- names and sizes ------------------------------------------------------ */

#define TEN(x) x x x x x x x x x x
#define N250   TEN("nnnnnnnnnnnnnnnnnnnnnnnnn")

static const struct {
	const char *words, *says;
} refused[] = {
	{ "echo 'frob /a 0755 0 0' >l; " PACK "--list-file l",
	  "l:1: frob: no such kind" },
	{ "printf 'dir /a 0755 0 0\\n\\0\\0\\n' >l; " PACK "--list-file l",
	  "l:2: " },
	{ "echo 'dir /../a 0755 0 0' >l; " PACK "--list-file l", "leads out" },
	{ PACK "--file empty:/../x", "leads out" },
	{ PACK "--file empty:/a/../../x", "leads out" },
	{ PACK "--file empty:/" N250 "nnnnnn", "255" },
	{ PACK "--file \"empty:$(printf '/%0255d' 1 2 3 4 5 6 7 8 9 10 11 12 "
	       "13 14 15 16 17)\"",
	  "4095" },
	{ PACK "--file 'empty:/TRAILER!!!'", "TRAILER!!!: " },
	{ "mkdir t && : >'t/TRAILER!!!' && " PACK "--dir t:/", "TRAILER!!!: " },
	{ PACK "--file empty:/a --file empty:/a/b", "no directory there" },
	{ PACK "--link x:/a --dir .:/a", "a: " },
	{ "truncate -s 4G big && " PACK "--file big:/big", "4 GiB" },
	{ "mkdir t && truncate -s 5G t/big && " PACK "--dir t:/", "4 GiB" },
	{ "ln -s l l && " PACK "--file l:/l", "Too many levels" },
	{ "ln -s nothing l && " PACK "--file l:/l", "No such file" },
};

START_TEST(refused_in_one_line)
{
	sh(refused[_i].words);
	ck_assert_msg(r.code == 1 || r.code == 2, "%d: %s", r.code, r.err.p);
	ck_one_line(&r, refused[_i].says);
	ck_assert(access(vm_at("pack/image"), F_OK));
	sh(vm_fmt("echo old >image; %s; cat image; ls -A | grep -c "
		  "'^[.]bootlet'",
		  refused[_i].words));
	ck_assert_str_eq(r.out.p, "old\n0\n");
}
END_TEST

/* What is only odd goes in and comes out as it is. */
#define ODD                                                              \
	"mkdir t && cd t && : >\"$(printf 'new\\nline')\" && "           \
	": >\"$(printf 'no\\377\\200utf8')\" && : >' sp ace ' && "       \
	": >./-dash && : >'TRAILER!!!x' && mkdir -p 'a/TRAILER!!! ' && " \
	": >'quo\"te' && : >" N250 "nnnnn && ln -s 'to\nx' link && "     \
	"mkfifo fifo && cd .. && "

START_TEST(odd_names_stay)
{
	sh(ODD PACK
	   "--dir t:/ --file empty:/deep/er/and/deeper && "
	   "mkdir out && cd out && cpio -id --quiet <../image && "
	   "test -f deep/er/and/deeper && test -p fifo && "
	   "rm -r deep dev etc proc root run sys tmp fifo ../t/fifo && cd .. && "
	   "diff -r --no-dereference t out && "
	   "(cd t && find . | LC_ALL=C sort | od -c) >1 && "
	   "(cd out && find . | LC_ALL=C sort | od -c) >2 && "
	   "cmp 1 2 && wc -l <1");
	ck_code(&r, 0);
	ck_assert_str_eq(r.err.p, "");
	/* And in a list for people it is one line each. */
	sh(ODD PACK "--dir t:/ && \"$@\" initramfs --list image");
	ck_code(&r, 0);
	ck_has(r.out, "new\\x0aline\n");
	ck_has(r.out, "no\377\200utf8\n");
	ck_assert_int_eq(text_lines(&r.out), 20);
}
END_TEST

/* --- what changes meanwhile ----------------------------------------------- */

#define FILES 12

/* Until it is killed: each file grows, shrinks, goes, and comes back. */
static _Noreturn void meddle(const char *dir)
{
	unsigned int seed = 1;
	char path[200];

	for (;;) {
		int fd;

		seed = seed * 1103515245 + 12345;
		snprintf(path, sizeof(path), "%s/f%u", dir,
			 (seed >> 8) % FILES);
		fd = open(path, O_RDWR | O_CREAT, 0644);
		if (fd < 0)
			_exit(1);
		switch (seed >> 16 & 3) {
		case 0:
			unlink(path);
			break;
		default:
			if (ftruncate(fd, (seed >> 4) % 2000000))
				_exit(1);
		}
		close(fd);
	}
}

#define PACKS 60

START_TEST(files_that_change_while_they_are_packed)
{
	static const char *const compress[] = { "none", "gzip:1", "zstd:1" };
	const char *dir = strdup(vm_at("t"));
	int good = 0;
	pid_t pid;

	mkdir(dir, 0755);
	pid = fork();
	if (!pid)
		meddle(dir);
	vm_sleep_ms(50);
	for (int i = 0; i < PACKS; i++) {
		ran_free(&r);
		vm_sh(&r,
		      "cd \"$TMPDIR\"; rm -f image; \"$@\"; c=$?; "
		      "[ $c != 0 ] || \"$1\" initramfs --list image "
		      ">/dev/null || exit 77; ls -A; exit $c",
		      "initramfs", "--no-init", "--no-busybox", "--compress",
		      compress[_i], "--dir", "t:/", "-o", "image");
		ck_assert_msg(r.code == 0 || r.code == 1, "%d: %s", r.code,
			      r.err.p);
		ck_assert_msg(text_lines(&r.err) == (r.code ? 1 : 0), "%s",
			      r.err.p);
		if (r.code)
			ck_has(r.err, "/f");
		ck_hasnt(r.out, ".bootlet");
		ck_assert(r.code || strstr(r.out.p, "image\n"));
		good += !r.code;
	}
	kill(pid, SIGKILL);
	vm_wait(pid, 5);
	/* Some were met in the middle, or this was no test. */
	ck_assert_int_lt(good, PACKS);
	vm_nothing_left(0);
}
END_TEST

/* It is mapped while it is read. */
START_TEST(an_image_that_shrinks_at_any_moment)
{
	const char *const options[] = { "--list", "-o /dev/null --append-to" };

	vm_sh(&r,
	      "cd \"$TMPDIR\" && head -c 100000000 /dev/zero >zero && "
	      "\"$@\" --file zero:/zero -o whole && rm zero",
	      "initramfs", "--compress", "gzip:1", "--no-busybox");
	ck_code(&r, 0);
	for (int i = 0; i < 8; i++) {
		ran_free(&r);
		vm_sh(&r,
		      vm_fmt("cd \"$TMPDIR\" && cp whole cut && "
			     "{ sleep 0.%d; : >cut; } & cd \"$TMPDIR\"; "
			     "sleep 0.1; \"$@\" initramfs %s cut >/dev/null; "
			     "c=$?; wait; exit $c",
			     12 + 4 * i, options[_i]),
		      NULL);
		ck_assert_msg(r.code <= 1, "exit code %d: %s", r.code, r.err.p);
		ck_assert_int_eq(text_lines(&r.err), r.code);
	}
	unlink(vm_at("whole"));
	vm_nothing_left(0);
}
END_TEST

/* Its reader waits, as nobody takes what is written. */
START_TEST(an_image_that_shrinks_while_it_is_read)
{
	vm_sh(&r,
	      "cd \"$TMPDIR\" && head -c 50000000 /dev/zero >zero && "
	      "\"$1\" initramfs --file zero:/zero -o cut --no-busybox && "
	      "{ \"$@\"; echo $? >code; } | "
	      "{ sleep 1; : >cut; cat >/dev/null; }; exit $(cat code)",
	      "initramfs", "-o", "/dev/stdout", "--append-to", "cut",
	      "--no-busybox");
	ck_code(&r, 1);
	ck_one_line(&r, "cut");
	vm_nothing_left(0);
}
END_TEST

/* --- full disks ----------------------------------------------------------- */

static const char *const codecs[] = { "none", "gzip", "zstd", "lz4", "xz" };

START_TEST(no_room)
{
	NEEDS_UNSHARE(UNSHARE_MOUNTS);
	vm_exec(&r, NULL, 0,
		VM_ARGV("unshare", UNSHARE_MOUNTS, "sh", "-c",
			vm_fmt("mkdir -p \"$2\" && "
			       "mount -t tmpfs -o size=64k n \"$2\" && "
			       "head -c 30000 /dev/urandom >\"$2/image\" && "
			       "cp \"$2/image\" \"$3\" && \"$1\" initramfs "
			       "--compress %s -o \"$2/image\"; c=$?; "
			       "ls -A \"$2\"; cmp \"$2/image\" \"$3\"; exit $c",
			       codecs[_i]),
			"sh", vm_bootlet(), vm_at("small"), vm_at("copy")));
	ck_code(&r, 1);
	ck_one_line(&r, "No space left on device");
	ck_assert_str_eq(r.out.p, "image\n");
}
END_TEST

START_TEST(more_than_a_file_may_have)
{
	sh("echo old >image; ulimit -f 64; \"$@\" initramfs --no-busybox "
	   "--compress none --file /proc/self/exe:/x -o image; c=$?; "
	   "cat image; ls -A | grep -c '^[.]bootlet'; exit $c");
	ck_code(&r, 1);
	ck_one_line(&r, "File too large");
	ck_assert_str_eq(r.out.p, "old\n0\n");
}
END_TEST

/* --- signals -------------------------------------------------------------- */

static const int signals[] = { SIGHUP,	SIGINT,	 SIGQUIT, SIGTERM, SIGKILL,
			       SIGALRM, SIGUSR1, SIGPIPE, SIGXCPU, SIGBUS };

#define MOMENTS 4

/* Without /proc the new file has a name from the beginning, which nothing but
 * itself can take away. */
static const struct {
	const char *line;
	bool named;
} places[] = {
	{ "exec \"$@\"", false },
	{ "mount -t tmpfs none /proc && exec \"$@\"", true },
};

/* The old image stays, or the new one is there. */
START_TEST(a_signal_while_it_is_written)
{
	int sig = signals[_i / MOMENTS % N(signals)];
	int place = _i / MOMENTS / N(signals);
	struct text image;
	bool old;
	pid_t pid;

	NEEDS_UNSHARE(UNSHARE_MOUNTS);
	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-c",
			"cd \"$TMPDIR\" && rm -rf w && mkdir w && "
			"echo old >w/image && "
			"{ test -s random || head -c 60000000 /dev/urandom >random; }"));
	ck_code(&r, 0);
	pid = vm_spawn(VM_ARGV("unshare", UNSHARE_MOUNTS, "sh", "-c",
			       places[place].line, "sh", vm_bootlet(),
			       "initramfs", "--no-busybox", "--compress",
			       "xz:6", "--file",
			       vm_fmt("%s:/x", vm_at("random")), "-o",
			       vm_at("w/image")),
		       -1, -1, -1);
	vm_sleep_ms(60 + 180 * (_i % MOMENTS));
	kill(pid, sig);
	ck_assert_int_eq(vm_wait(pid, 60), 128 + sig);
	image = vm_slurp(vm_at("w/image"));
	old = !strcmp(image.p, "old\n");
	ck_assert(old);
	vm_exec(&r, NULL, 0, VM_ARGV("ls", "-A", vm_at("w")));
	if (!places[place].named || sig != SIGKILL)
		ck_assert_str_eq(r.out.p, "image\n");
	vm_nothing_left(2);
}
END_TEST

/* Wait until so many files are in the directory. */
static void wait_for_files(const char *dir, int n)
{
	for (int i = 0; i < 300; i++) {
		ran_free(&r);
		vm_exec(&r, NULL, 0, VM_ARGV("ls", "-A", dir));
		if (text_lines(&r.out) == n)
			return;
		vm_sleep_ms(100);
	}
	ck_abort_msg("not %d files: %s", n, r.out.p);
}

/* All that a run writes has such a name by then. */
START_TEST(a_signal_while_four_are_open)
{
	pid_t pid;

	NEEDS_UNSHARE(UNSHARE_MOUNTS);
	vm_exec(&r, NULL, 0,
		VM_ARGV("sh", "-c",
			"cd \"$TMPDIR\" && rm -rf w && mkdir w && "
			"{ test -s random || head -c 60000000 /dev/urandom >random; }"));
	ck_code(&r, 0);
	pid = vm_spawn(VM_ARGV("unshare", UNSHARE_MOUNTS, "sh", "-c",
			       places[1].line, "sh", vm_bootlet(), VM_RUN,
			       "--compress", "xz:6", "--file",
			       vm_fmt("%s:/x", vm_at("random")), "--report",
			       vm_at("w/report"), "--chart", vm_at("w/chart"),
			       "--junit", vm_at("w/junit"), "--", "true"),
		       -1, -1, -1);
	wait_for_files(vm_at("w"), 3);
	/* The image comes last. */
	vm_sleep_ms(500);
	kill(pid, signals[_i]);
	ck_assert_int_eq(vm_wait(pid, 60), 128 + signals[_i]);
	ran_free(&r);
	vm_exec(&r, NULL, 0, VM_ARGV("ls", "-A", vm_at("w")));
	/* That one says from the beginning that bootlet was killed. */
	ck_assert_str_eq(r.out.p, "report\n");
	vm_nothing_left(5);
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
	Suite *s = suite_create("pack faults");

	add(s, "refused", refused_in_one_line, N(refused));
	add(s, "odd", odd_names_stay, 1);
	add(s, "changing", files_that_change_while_they_are_packed, 3);
	add(s, "shrinking", an_image_that_shrinks_at_any_moment, 2);
	add(s, "read", an_image_that_shrinks_while_it_is_read, 1);
	add(s, "room", no_room, N(codecs));
	add(s, "limit", more_than_a_file_may_have, 1);
	add(s, "signals", a_signal_while_it_is_written,
	    N(places) * N(signals) * MOMENTS);
	add(s, "four", a_signal_while_four_are_open, 4);
	return s;
}
