/* SPDX-License-Identifier: MIT */
/*
 * What the tests with real guests share: bootlet is run as a user would run
 * it, and what it leaves behind is counted.
 *
 * Every program has a directory of its own, which is TMPDIR for all that it
 * starts. So a process belongs to a test if its environment says so, however
 * many tests run at the same time.
 */
#ifndef BOOTLET_TESTS_VM_H
#define BOOTLET_TESTS_VM_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* No command of a test takes longer, however slow the machine. */
#define VM_DEADLINE_S 170
/* For libcheck, which ends what our own deadline has not. */
#define VM_TCASE_S 400

#define VM_KERNEL "-k", "distro", "--accel", "tcg"
/* A console that says little makes the boot faster. */
#define VM_RUN "run", VM_KERNEL, "--append", "quiet"

/* Bytes, and a NUL behind them. */
struct text {
	char *p;
	size_t n;
};

/* What became of a command: @code is 128+N for signal N. */
struct ran {
	int code;
	double seconds;
	struct text out, err;
};

/* Run bootlet on the distribution's kernel, or with any words at all. */
#define vm_boot(r, ...) \
	vm_exec(r, NULL, 0, VM_ARGV(vm_bootlet(), VM_RUN, __VA_ARGS__))
#define vm_host(r, ...) vm_exec(r, NULL, 0, VM_ARGV(vm_bootlet(), __VA_ARGS__))
/* The same, started by a line of sh in which "$@" stands for it. */
#define vm_sh(r, line, ...) \
	vm_exec(r, NULL, 0, \
		VM_ARGV("sh", "-c", line, "sh", vm_bootlet(), __VA_ARGS__))
#define VM_ARGV(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* Make the directory of this program; TMPDIR and the like point to it. */
void vm_setup(void);

/* Remove it. Return: what was left behind, in words, or NULL. */
const char *vm_cleanup(void);

/* The suite of the test file that main.c is linked with. */
Suite *suite(void);

/* Paths of what is tested; the environment's BOOTLET goes before. */
const char *vm_bootlet(void);
const char *vm_init(void);

/* A static BusyBox, by which images are packed without bootlet: that of the
 * cache, else this machine's. */
const char *vm_busybox(void);

/* The distribution's kernel: its image, its modules' directory, and where one
 * of its modules lies (whatever its suffix). @suite is of Debian; NULL: the
 * machine's own. Valid until the next call. */
const char *vm_kernel_image(const char *suite);
const char *vm_kernel_modules(const char *suite);
const char *vm_module(const char *suite, const char *name);

/* Path of a name in the directory; eight results stay valid. */
const char *vm_at(const char *name);

/* A path made of a format; eight results stay valid. */
const char *vm_fmt(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A file there, executable if asked for. Return: its path. */
const char *vm_put(const char *name, const char *content, bool exec);

/* A file's bytes; fails the test if there are none to be had. */
struct text vm_slurp(const char *path);

/* Run @argv to its end; @input is its whole stdin, NULL: end of file. */
void vm_exec(struct ran *r, const char *input, size_t n,
	     const char *const argv[]);
void ran_free(struct ran *r);

/* Start @argv with these as 0, 1 and 2; -1 is /dev/null. */
pid_t vm_spawn(const char *const argv[], int in, int out, int err);

/* In a child: as a user's shell leaves them. A script that runs tests in the
 * background has INT and QUIT ignored, which would be inherited. */
void vm_signals_default(void);

/* Wait for its end. Return: its code as in struct ran; fails the test when it
 * is still there after @seconds, and ends it. */
int vm_wait(pid_t pid, double seconds);

/* Read @fd until @want appears in what it said so far, which @sofar holds;
 * fails the test after @seconds. */
void vm_expect(int fd, struct text *sofar, const char *want, double seconds);
void text_add(struct text *t, const void *p, size_t n);

/* Fails the test if, after @seconds of grace, a process that belongs to this
 * program or a bootlet-* in its directory is still there. */
void vm_nothing_left(double seconds);

/* Wait until bootlet @parent has a QEMU. Return: its number. */
pid_t vm_qemu_of(pid_t parent, double seconds);

double vm_now(void);
void vm_sleep_ms(int ms);

/* How many lines; how many end in neither of what is put at the end. */
int text_lines(const struct text *t);

/*
 * The guest's answers: lines KEY=VALUE on its stdout. Return: the value of
 * the last one with that key, "(none)" if there is none; four stay valid.
 */
const char *vm_answer(const struct ran *r, const char *key);

#define ck_answer(r, key, want)                                                \
	do {                                                                   \
		const char *answer_ = vm_answer(r, key);                       \
		ck_assert_msg(!strcmp(answer_, want),                          \
			      "%s is \"%s\", not \"%s\"", key, answer_, want); \
	} while (0)
#define ck_code(r, want)                                                     \
	ck_assert_msg((r)->code == (want), "exit code %d, not %d: %s%.600s", \
		      (r)->code, want, (r)->out.n < 600 ? (r)->out.p : "",   \
		      (r)->err.p)
#define ck_has(t, want)                                                       \
	ck_assert_msg(strstr((t).p, want), "\"%s\" is not in: %.2000s", want, \
		      (t).p)
#define ck_hasnt(t, bad) \
	ck_assert_msg(!strstr((t).p, bad), "\"%s\" is in: %.2000s", bad, (t).p)
/* One line to the user, and it says this. */
#define ck_one_line(r, want)                                        \
	do {                                                        \
		ck_assert_msg(text_lines(&(r)->err) == 1,           \
			      "not one line: %.2000s", (r)->err.p); \
		ck_has((r)->err, want);                             \
	} while (0)

#endif
