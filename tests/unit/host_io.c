// SPDX-License-Identifier: MIT
/* init/io.h by way of the host's libc: init/io.c's place is taken in unit
 * tests, so that the sanitizers see what is read and written. */
#include "host_io.h"

#include "init/io.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long result(long r)
{
	return r < 0 ? -errno : r;
}

const char *host_io_root;
const char *host_io_release;
int host_io_uevents = -ENOSYS;
bool host_io_lost, host_io_dev;
long host_io_fs_type;
const char *host_io_removable;
char **io_argv;

ssize_t (*host_io_send)(int fd, unsigned int index, const void *buf,
			size_t len);

static const char *moved(const char *path, char *to, size_t size)
{
	static const char *const tops[] = { "/proc/", "/sys/", "/etc/",
					    "/dev/" };

	for (int i = 0; host_io_root && i < 3 + host_io_dev; i++)
		if (!strncmp(path, tops[i], strlen(tops[i]))) {
			snprintf(to, size, "%s%s", host_io_root, path);
			return to;
		}
	return path;
}

int io_open(int dir, const char *path, int flags, ...)
{
	char to[512];
	mode_t mode = 0;
	va_list ap;

	va_start(ap, flags);
	if (flags & O_CREAT)
		mode = va_arg(ap, mode_t);
	va_end(ap);
	path = moved(path, to, sizeof(to));
	return (int)result(openat(dir, path, flags, mode));
}

ssize_t io_read(int fd, void *buf, size_t size)
{
	if (fd >= 0 && fd == host_io_uevents && host_io_lost) {
		host_io_lost = false;
		return -ENOBUFS;
	}
	return result(TEMP_FAILURE_RETRY(read(fd, buf, size)));
}

ssize_t io_write(int fd, const void *buf, size_t len)
{
	return result(TEMP_FAILURE_RETRY(write(fd, buf, len)));
}

int io_close(int fd)
{
	return (int)result(close(fd));
}

off_t io_size(int fd)
{
	return result(lseek(fd, 0, SEEK_END));
}

const void *io_map(int fd, size_t size)
{
	void *p = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

void io_unmap(const void *p, size_t size)
{
	munmap((void *)p, size);
}

ssize_t io_getdents(int fd, void *buf, size_t size)
{
	return result(syscall(SYS_getdents64, fd, buf, size));
}

int io_access(const char *path, int mode)
{
	return (int)result(access(path, mode));
}

int io_unlink(const char *path)
{
	char to[512];

	return (int)result(unlink(moved(path, to, sizeof(to))));
}

int io_unlinkat(int dir, const char *path, int flags)
{
	char link[64], where[4096] = "";

	/* What init removes is a whole root directory, never this machine's,
	 * where no path is too long to be known. */
	snprintf(link, sizeof(link), "/proc/self/fd/%d", dir);
	if (!host_io_removable)
		abort();
	if (readlink(link, where, sizeof(where) - 1) < 0 ?
		    errno != ENAMETOOLONG :
		    strncmp(where, host_io_removable,
			    strlen(host_io_removable)) != 0)
		abort();
	return (int)result(unlinkat(dir, path, flags));
}

int io_openat2(int dir, const char *path, const struct open_how *how,
	       size_t size)
{
	return (int)result(syscall(SYS_openat2, dir, path, how, size));
}

int io_fstat(int fd, struct stat *st)
{
	return (int)result(fstat(fd, st));
}

int io_statfs(const char *path, struct statfs *fs)
{
	int r = (int)result(statfs(path, fs));

	if (host_io_fs_type)
		fs->f_type = host_io_fs_type;
	return r;
}

int io_chdir(const char *path)
{
	return (int)result(chdir(path));
}

mode_t io_umask(mode_t mask)
{
	return umask(mask);
}

int io_fcntl(int fd, int cmd, long arg)
{
	return (int)result(fcntl(fd, cmd, arg));
}

int io_ioctl(int fd, unsigned long request, void *arg)
{
	return (int)result(ioctl(fd, request, arg));
}

int io_dup2(int fd, int to)
{
	return (int)result(dup3(fd, to, 0));
}

int io_pipe(int fds[2])
{
	return (int)result(pipe2(fds, O_CLOEXEC));
}

int io_socket(int domain, int type)
{
	return (int)result(socket(domain, type | SOCK_CLOEXEC, 0));
}

int io_uevents(void)
{
	return host_io_uevents;
}

ssize_t io_dhcp_send(int fd, unsigned int index, const void *buf, size_t len)
{
	return host_io_send(fd, index, buf, len);
}

int io_random(void *buf, size_t len)
{
	return (int)result(getrandom(buf, len, 0));
}

int io_poll(struct pollfd *p, size_t n, int ms, bool signals)
{
	struct timespec t = { .tv_sec = ms / 1000,
			      .tv_nsec = ms % 1000 * 1000000L };
	sigset_t none;

	sigemptyset(&none);
	return (int)result(
		ppoll(p, n, ms < 0 ? NULL : &t, signals ? &none : NULL));
}

uint64_t io_clock(int clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

uint64_t io_now_ms(void)
{
	return io_clock(CLOCK_MONOTONIC) / 1000000;
}

int io_uname(struct utsname *u)
{
	int r = (int)result(uname(u));

	if (host_io_release)
		snprintf(u->release, sizeof(u->release), "%s", host_io_release);
	return r;
}

pid_t host_io_pid;

pid_t io_getpid(void)
{
	return host_io_pid ? host_io_pid : getpid();
}

pid_t io_setsid(void)
{
	return (pid_t)result(setsid());
}

int io_setpriority(int which, int who, int nice)
{
	return (int)result(
		setpriority((__priority_which_t)which, (id_t)who, nice));
}

pid_t io_fork(void)
{
	return (pid_t)result(fork());
}

/* No wrapper: who returns after vfork(2) has no stack to return to. */
__asm__(".globl io_vfork\n"
	"io_vfork:\n"
	"	jmp vfork@PLT\n");

pid_t io_wait(pid_t pid, int *status, int flags)
{
	return (pid_t)result(waitpid(pid, status, flags));
}

int io_exec(const char *path, char *const argv[], char *const env[])
{
	return (int)result(execve(path, argv, env));
}

void io_exit(int status)
{
	_exit(status);
}

int io_signal(int sig, void (*handler)(int sig, const struct io_siginfo *info))
{
	struct sigaction sa = {
		.sa_flags = SA_ONSTACK | SA_RESTART | SA_SIGINFO,
	};

	/* The same to the machine, if not to the language. */
	memcpy(&sa.sa_sigaction, &handler, sizeof(handler));
	sigfillset(&sa.sa_mask);
	return (int)result(sigaction(sig, &sa, NULL));
}

int io_altstack(const stack_t *new, stack_t *old)
{
	return (int)result(sigaltstack(new, old));
}

static sigset_t to_sigset(uint64_t set)
{
	sigset_t s;

	sigemptyset(&s);
	for (int sig = 1; sig < NSIG; sig++)
		if (set & IO_SIGNAL(sig))
			sigaddset(&s, sig);
	return s;
}

int io_sigmask(uint64_t set)
{
	sigset_t s = to_sigset(set);

	return (int)result(sigprocmask(SIG_SETMASK, &s, NULL));
}

int io_sigwait(uint64_t set, int ms)
{
	struct timespec t = { .tv_nsec = ms * 1000000L };
	sigset_t s = to_sigset(set);

	return (int)result(sigtimedwait(&s, NULL, &t));
}
