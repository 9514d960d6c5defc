// SPDX-License-Identifier: MIT
/*
 * What is linked with bootlet and the unit tests, so that the counters of a
 * process are kept where it ends by other ways than exit(3): put in by the
 * linker, --wrap of each function below.
 */
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

/* A limit is a test's for what it runs, not for the counters' files. */
static void keep(void)
{
	struct rlimit old, none = { RLIM_INFINITY, RLIM_INFINITY };

	getrlimit(RLIMIT_FSIZE, &old);
	setrlimit(RLIMIT_FSIZE, &none);
	__gcov_dump();
	__gcov_reset();
	setrlimit(RLIMIT_FSIZE, &old);
}

/* Before libgcov's own, whose priority is above it. */
__attribute__((destructor)) static void at_exit(void)
{
	keep();
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
