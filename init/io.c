// SPDX-License-Identifier: MIT
#include "io.h"

#include "arch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SIGSET_SIZE sizeof(uint64_t)

/* Calls that an old machine has as they are wanted, and a newer one only with
 * more arguments. */
#ifdef SYS_fork
/* clang-format off */
#define OLD_CALLS                         \
	ARCH_CALL(io_access, SYS_access)  \
	ARCH_CALL(io_unlink, SYS_unlink)  \
	ARCH_CALL(io_dup2, SYS_dup2)      \
	ARCH_CALL(io_fork, SYS_fork)
#else
#define OLD_CALLS                              \
	ARCH_CALL(raw_faccessat, SYS_faccessat) \
	ARCH_CALL(raw_dup3, SYS_dup3)           \
	ARCH_CALL(raw_clone, SYS_clone)
/* clang-format on */

int raw_faccessat(int dir, const char *path, int mode);
int raw_dup3(int fd, int to, int flags);
pid_t raw_clone(unsigned long flags, void *stack, int *parent, void *child,
		void *tls);

int io_access(const char *path, int mode)
{
	return raw_faccessat(AT_FDCWD, path, mode);
}

int io_unlink(const char *path)
{
	return io_unlinkat(AT_FDCWD, path, 0);
}

int io_dup2(int fd, int to)
{
	return raw_dup3(fd, to, 0);
}

pid_t io_fork(void)
{
	return raw_clone(SIGCHLD, NULL, NULL, NULL, NULL);
}
#endif

/* raw_*: as the kernel has them, for functions that arrange the arguments. */
/* clang-format off */
__asm__(ARCH_START ARCH_VFORK
	ARCH_CALL(io_close, SYS_close)
	ARCH_CALL(io_unmap, SYS_munmap)
	ARCH_CALL(io_getdents, SYS_getdents64)
	ARCH_CALL(io_chdir, SYS_chdir)
	ARCH_CALL(io_openat2, SYS_openat2)
	ARCH_CALL(io_fstat, SYS_fstat)
	ARCH_CALL(io_statfs, SYS_statfs)
	ARCH_CALL(io_umask, SYS_umask)
	ARCH_CALL(io_fcntl, SYS_fcntl)
	ARCH_CALL(io_ioctl, SYS_ioctl)
	ARCH_CALL(io_uname, SYS_uname)
	ARCH_CALL(io_getpid, SYS_getpid)
	ARCH_CALL(io_setsid, SYS_setsid)
	ARCH_CALL(io_setpriority, SYS_setpriority)
	ARCH_CALL(io_exec, SYS_execve)
	ARCH_CALL(io_exit, SYS_exit_group)
	ARCH_CALL(io_open, SYS_openat)
	ARCH_AGAIN(io_read, SYS_read)
	ARCH_TRAP_AGAIN ARCH_TRAP /* Jumps from either side are short ones. */
	ARCH_AGAIN(io_write, SYS_write));
/* Another string: ISO C wants none above 4,095 bytes. */
__asm__(OLD_CALLS
	ARCH_CALL(raw_lseek, SYS_lseek)
	ARCH_CALL(raw_mmap, SYS_mmap)
	ARCH_CALL(io_unlinkat, SYS_unlinkat)
	ARCH_CALL(raw_pipe2, SYS_pipe2)
	ARCH_CALL(raw_socket, SYS_socket)
	ARCH_CALL(raw_bind, SYS_bind)
	ARCH_CALL(raw_setsockopt, SYS_setsockopt)
	ARCH_CALL(raw_sendto, SYS_sendto)
	ARCH_CALL(raw_getrandom, SYS_getrandom)
	ARCH_CALL(raw_ppoll, SYS_ppoll)
	ARCH_CALL(raw_clock_gettime, SYS_clock_gettime)
	ARCH_CALL(raw_wait4, SYS_wait4)
	ARCH_CALL(raw_sigaction, SYS_rt_sigaction)
	ARCH_CALL(raw_sigprocmask, SYS_rt_sigprocmask)
	ARCH_CALL(io_altstack, SYS_sigaltstack)
	ARCH_CALL(raw_sigtimedwait, SYS_rt_sigtimedwait));
/* clang-format on */

off_t raw_lseek(int fd, off_t offset, int whence);
long raw_mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset);
int raw_pipe2(int fds[2], int flags);
int raw_socket(int domain, int type, int protocol);
int raw_bind(int fd, const void *addr, size_t size);
int raw_setsockopt(int fd, int level, int option, const void *value,
		   size_t size);
ssize_t raw_sendto(int fd, const void *buf, size_t len, int flags,
		   const void *addr, size_t size);
int raw_getrandom(void *buf, size_t len, unsigned int flags);
int raw_ppoll(struct pollfd *p, size_t n, const struct timespec *t,
	      const uint64_t *set, size_t set_size);
int raw_clock_gettime(int clock, struct timespec *t);
pid_t raw_wait4(pid_t pid, int *status, int flags, void *usage);
int raw_sigaction(int sig, const struct arch_sigaction *sa, void *old,
		  size_t set_size);
int raw_sigprocmask(int how, const uint64_t *set, void *old, size_t set_size);
int raw_sigtimedwait(const uint64_t *set, void *info, const struct timespec *t,
		     size_t set_size);

int main(void);
void io_main(long *stack);

char **environ, **io_argv;

/* What musl's own start would do more is for what is not used here: threads,
 * stdio, constructors. */
__attribute__((used)) void io_main(long *stack)
{
	io_argv = (char **)(stack + 1);
	environ = io_argv + stack[0] + 1;
	io_exit(main());
}

off_t io_size(int fd)
{
	return raw_lseek(fd, 0, SEEK_END);
}

const void *io_map(int fd, size_t size)
{
	long r = raw_mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

	return r < 0 ? NULL : (const void *)r;
}

int io_pipe(int fds[2])
{
	return raw_pipe2(fds, O_CLOEXEC);
}

int io_socket(int domain, int type)
{
	return raw_socket(domain, type | SOCK_CLOEXEC, 0);
}

int io_uevents(void)
{
	static const struct sockaddr_nl kernel = {
		.nl_family = AF_NETLINK,
		.nl_groups = 1, /* the kernel's own; 2 is udev's */
	};
	int fd = raw_socket(AF_NETLINK,
			    SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			    NETLINK_KOBJECT_UEVENT);

	/* Not a problem if it fails: then there is never anything to read. */
	raw_bind(fd, &kernel, sizeof(kernel));
	return fd;
}

/* As they lie in memory on a little endian machine: ports 68 and 67, the one
 * address's end, which nobody reads, being the other's beginning. */
static const struct {
	uint16_t client[4], server[4], end[4];
} dhcp = {
	{ AF_INET, 68 << 8, 0, 0 },
	{ AF_INET, 67 << 8, 0xffff, 0xffff },
	{ 0 },
};

ssize_t io_dhcp_send(int fd, unsigned int index, const void *buf, size_t len)
{
	int r = raw_bind(fd, dhcp.client, sizeof(struct sockaddr_in));

	/* It has a port already: this one. */
	if (r < 0 && r != -EINVAL)
		return r;
	index = __builtin_bswap32(index);
	raw_setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &index, sizeof(index));
	raw_setsockopt(fd, IPPROTO_IP, IP_UNICAST_IF, &index, sizeof(index));
	return raw_sendto(fd, buf, len, 0, dhcp.server,
			  sizeof(struct sockaddr_in));
}

int io_random(void *buf, size_t len)
{
	return raw_getrandom(buf, len, GRND_NONBLOCK);
}

int io_poll(struct pollfd *p, size_t n, int ms, bool signals)
{
	static const uint64_t none;
	struct timespec t = {
		.tv_sec = (unsigned int)ms / 1000,
		.tv_nsec = (unsigned int)ms % 1000 * 1000000L,
	};

	return raw_ppoll(p, n, ms < 0 ? NULL : &t, signals ? &none : NULL,
			 SIGSET_SIZE);
}

uint64_t io_clock(int clock)
{
	struct timespec t;

	raw_clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint32_t)t.tv_nsec;
}

uint64_t io_now_ms(void)
{
	return io_clock(CLOCK_MONOTONIC) / 1000000;
}

pid_t io_wait(pid_t pid, int *status, int flags)
{
	return raw_wait4(pid, status, flags, NULL);
}

int io_signal(int sig, void (*handler)(int sig, const struct io_siginfo *info))
{
	struct arch_sigaction sa = ARCH_SIGACTION(handler);

	return raw_sigaction(sig, &sa, NULL, SIGSET_SIZE);
}

int io_sigmask(uint64_t set)
{
	return raw_sigprocmask(SIG_SETMASK, &set, NULL, SIGSET_SIZE);
}

int io_sigwait(uint64_t set, int ms)
{
	struct timespec t = { .tv_nsec = ms * 1000000L };

	return raw_sigtimedwait(&set, NULL, &t, SIGSET_SIZE);
}
