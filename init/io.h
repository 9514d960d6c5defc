/* SPDX-License-Identifier: MIT */
/*
 * The unprivileged system calls that init makes, without a libc between: no
 * errno, no cancellation, a few bytes each. io.c makes them;
 * tests/unit/host_io.c makes them by way of the host's libc, so that the
 * sanitizers see what they read and write.
 *
 * Each returns what the call yields or -errno, and does what the man page of
 * its name says (section 2); only where it differs is there a word here.
 */
#ifndef BOOTLET_IO_H
#define BOOTLET_IO_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/types.h>
#include <sys/utsname.h>

/* The arguments of this process, as main() would have them. */
extern char **io_argv;

struct open_how;

/** io_open() - openat(2); with O_CREAT a fourth argument, the mode */
int io_open(int dir, const char *path, int flags, ...);

/** io_read() - read(2), again after EINTR */
ssize_t io_read(int fd, void *buf, size_t size);

/** io_write() - write(2), again after EINTR */
ssize_t io_write(int fd, const void *buf, size_t len);

/** io_close() - close(2) */
int io_close(int fd);

/** io_size() - lseek(2) to the end of a file; Return: its size, -errno */
off_t io_size(int fd);

/**
 * io_map() - mmap(2) a file, read-only and private
 * @size: bytes, more than 0
 *
 * Return: where it is; NULL.
 */
const void *io_map(int fd, size_t size);

/** io_unmap() - munmap(2) */
void io_unmap(const void *p, size_t size);

/** struct io_dirent - one entry of what io_getdents() fills in */
struct io_dirent {
	uint64_t ino;
	int64_t off;
	uint16_t len;
	uint8_t type;
	char name[];
};

/** io_getdents() - getdents64(2) */
ssize_t io_getdents(int fd, void *buf, size_t size);

/** io_access() - access(2) */
int io_access(const char *path, int mode);

/** io_unlink() - unlink(2) */
int io_unlink(const char *path);

/** io_unlinkat() - unlinkat(2) */
int io_unlinkat(int dir, const char *path, int flags);

/** io_openat2() - openat2(2) (Linux 5.6 and later) */
int io_openat2(int dir, const char *path, const struct open_how *how,
	       size_t size);

/** io_fstat() - fstat(2) */
int io_fstat(int fd, struct stat *st);

/** io_statfs() - statfs(2) */
int io_statfs(const char *path, struct statfs *fs);

/** io_chdir() - chdir(2) */
int io_chdir(const char *path);

/** io_umask() - umask(2) */
mode_t io_umask(mode_t mask);

/** io_fcntl() - fcntl(2) */
int io_fcntl(int fd, int cmd, long arg);

/** io_ioctl() - ioctl(2) that needs no privilege */
int io_ioctl(int fd, unsigned long request, void *arg);

/** io_dup2() - dup2(2) of two fds that differ */
int io_dup2(int fd, int to);

/** io_pipe() - pipe2(2) with O_CLOEXEC */
int io_pipe(int fds[2]);

/** io_socket() - socket(2) with SOCK_CLOEXEC, protocol 0 */
int io_socket(int domain, int type);

/**
 * io_uevents() - open the kernel's uevents: netlink(7), NETLINK_KOBJECT_UEVENT
 *
 * Return: an fd that does not block; each io_read() is one message, the
 * beginning of it where it does not fit; -ENOBUFS: some were lost. -errno
 * where the kernel has none.
 */
int io_uevents(void);

/**
 * io_dhcp_send() - broadcast from UDP port 68 to 67, ip(7)
 * @fd:    a UDP socket of any port until now, which answers come to
 * @index: the interface's number; it needs no address
 *
 * Return: @len; -errno.
 */
ssize_t io_dhcp_send(int fd, unsigned int index, const void *buf, size_t len);

/** io_random() - getrandom(2) that does not wait; @buf is left where it would */
int io_random(void *buf, size_t len);

/**
 * io_poll() - ppoll(2)
 * @ms:      milliseconds, -1: no limit
 * @signals: all signals are let through meanwhile, whatever is blocked
 */
int io_poll(struct pollfd *p, size_t n, int ms, bool signals);

/** io_clock() - clock_gettime(2) in nanoseconds */
uint64_t io_clock(int clock);

/** io_now_ms() - CLOCK_MONOTONIC in milliseconds, for deadlines */
uint64_t io_now_ms(void);

/** io_uname() - uname(2) */
int io_uname(struct utsname *u);

/** io_getpid() - getpid(2) */
pid_t io_getpid(void);

/** io_setsid() - setsid(2); Return: the group and session, -errno */
pid_t io_setsid(void);

/** io_setpriority() - setpriority(2); 0, 0 are the caller itself */
int io_setpriority(int which, int who, int nice);

/** io_fork() - fork(2) */
pid_t io_fork(void);

/**
 * io_vfork() - vfork(2)
 *
 * The parent goes on when the child has executed or ended; until then the
 * child works in the parent's memory, and must not return from the function
 * that called this. A fork(2) would copy page tables that the exec throws away.
 */
__attribute__((returns_twice)) pid_t io_vfork(void);

/** io_wait() - waitpid(2) */
pid_t io_wait(pid_t pid, int *status, int flags);

/** io_exec() - execve(2); Return: -errno */
int io_exec(const char *path, char *const argv[], char *const env[]);

/** io_exit() - _exit(2) */
_Noreturn void io_exit(int status);

/** struct io_siginfo - the beginning of the kernel's siginfo_t */
struct io_siginfo {
	int sig, err;
	int code; /* above 0: the kernel's own */
};

/** io_signal() - sigaction(2) with SA_ONSTACK, SA_RESTART and SA_SIGINFO; all
 * signals are blocked in @handler */
int io_signal(int sig, void (*handler)(int sig, const struct io_siginfo *info));

/** io_altstack() - sigaltstack(2) */
int io_altstack(const stack_t *new, stack_t *old);

/* Set of signals with one in it, as the kernel counts them. */
#define IO_SIGNAL(sig) (UINT64_C(1) << ((sig)-1))

/** io_sigmask() - sigprocmask(2) with SIG_SETMASK */
int io_sigmask(uint64_t set);

/**
 * io_sigwait() - sigtimedwait(2)
 * @set: blocked signals
 * @ms:  milliseconds, below 1000
 */
int io_sigwait(uint64_t set, int ms);

#endif
