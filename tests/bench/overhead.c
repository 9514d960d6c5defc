// SPDX-License-Identifier: MIT
/*
 * What bootlet takes before QEMU is executed and after it has ended, as its
 * user waits for it: from the start of bootlet to the first instruction of the
 * program that --qemu names, and from that program's end to bootlet's.
 *
 *	overhead drive N REMOVE BOOTLET [OPTION...] -- COMMAND...
 *
 * runs bootlet N times with this program as its QEMU, which says when it
 * began, runs the real one, and says when that was reaped. REMOVE is a
 * directory whose files are removed before each run, "" for none. It prints
 * two medians: milliseconds before, and after.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MARKS	 "BOOTLET_BENCH_MARKS"
#define REAL	 "qemu-system-x86_64"
#define RUNS_MAX 1000

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void fail(const char *what)
{
	fprintf(stderr, "overhead: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void mark(int fd, double t)
{
	if (write(fd, &t, sizeof(t)) != sizeof(t))
		_exit(2);
}

/* As bootlet's QEMU. */
static int stand_in(char **argv, const char *marks)
{
	double t = now();
	int fd = open(marks, O_WRONLY | O_APPEND | O_CLOEXEC), status;
	pid_t pid;

	if (fd < 0)
		fail(marks);
	mark(fd, t);
	pid = fork();
	if (!pid) {
		execvp(REAL, argv);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			fail("wait");
	mark(fd, now());
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static void empty(const char *path)
{
	DIR *d = *path ? opendir(path) : NULL;
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (*e->d_name != '.')
			unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
}

static void run(char **argv, const char *marks, double *before, double *after)
{
	double t[2], end, begin;
	int fd = open(marks, O_RDONLY | O_CREAT | O_TRUNC, 0600), status;
	pid_t pid;

	if (fd < 0)
		fail(marks);
	begin = now();
	errno = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);
	if (errno)
		fail(argv[0]);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			fail("wait");
	end = now();
	if (!WIFEXITED(status) || WEXITSTATUS(status) ||
	    read(fd, t, sizeof(t)) != sizeof(t)) {
		fprintf(stderr, "overhead: %s: did not run its command\n",
			argv[0]);
		exit(2);
	}
	close(fd);
	*before = t[0] - begin;
	*after = end - t[1];
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v, int n)
{
	qsort(v, (size_t)n, sizeof(*v), ascending);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

int main(int argc, char **argv)
{
	const char *marks = getenv(MARKS);
	int n = argc > 4 ? atoi(argv[2]) : 0;
	double before[RUNS_MAX], after[RUNS_MAX];

	if (!marks)
		return 2;
	if (argc < 5 || strcmp(argv[1], "drive") != 0)
		return stand_in(argv, marks);
	if (n < 1 || n > RUNS_MAX)
		return 2;
	for (int i = 0; i < n; i++) {
		empty(argv[3]);
		run(argv + 4, marks, &before[i], &after[i]);
	}
	printf("%.3f %.3f\n", median(before, n), median(after, n));
	return 0;
}
