// SPDX-License-Identifier: MIT
/*
 * What is linked with bootlet and the unit tests, so that the counters of a
 * process are kept where it ends by other ways than exit(3): put in by the
 * linker, --wrap of each function below.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

/* gcov.h, which not every compiler has. */
void __gcov_dump(void);
void __gcov_reset(void);

_Noreturn void __real__exit(int code);
_Noreturn void __wrap__exit(int code);
int __real_execv(const char *path, char *const argv[]);
int __wrap_execv(const char *path, char *const argv[]);
int __real_execvp(const char *file, char *const argv[]);
int __wrap_execvp(const char *file, char *const argv[]);
int __real_raise(int sig);
int __wrap_raise(int sig);

/* Words about the counters' files, which another user cannot write to, are no
 * words of bootlet's: not to its stderr. */
static void hush(void)
{
	int fd = open(COVERAGE_DIR "/gcov.log", O_WRONLY | O_APPEND);

	if (fd < 0)
		fd = open("/dev/null", O_WRONLY);
	if (fd == STDERR_FILENO || fd < 0)
		return;
	dup2(fd, STDERR_FILENO);
	close(fd);
}

/* A limit is a test's for what it runs, not for the counters' files. */
static void keep(void)
{
	struct rlimit old, none = { RLIM_INFINITY, RLIM_INFINITY };
	int err = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);

	getrlimit(RLIMIT_FSIZE, &old);
	setrlimit(RLIMIT_FSIZE, &none);
	hush();
	__gcov_dump();
	__gcov_reset();
	setrlimit(RLIMIT_FSIZE, &old);
	if (err < 0) {
		close(STDERR_FILENO);
	} else {
		dup2(err, STDERR_FILENO);
		close(err);
	}
}

/* Before libgcov's own, whose priority is above it. */
__attribute__((destructor)) static void at_exit(void)
{
	keep();
	/* libgcov's own follows: nothing is left to be said. */
	hush();
}

void __wrap__exit(int code)
{
	keep();
	__real__exit(code);
}

int __wrap_execv(const char *path, char *const argv[])
{
	keep();
	return __real_execv(path, argv);
}

int __wrap_execvp(const char *file, char *const argv[])
{
	keep();
	return __real_execvp(file, argv);
}

int __wrap_raise(int sig)
{
	keep();
	return __real_raise(sig);
}
