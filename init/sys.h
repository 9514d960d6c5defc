/* SPDX-License-Identifier: MIT */
/*
 * The seam: the privileged calls, and no others. sys.c makes them;
 * tests/unit/fake_sys.c records them and can make the Nth fail.
 *
 * Each returns 0 (or what the call yields) or -errno.
 */
#ifndef BOOTLET_SYS_H
#define BOOTLET_SYS_H

#include <sys/types.h>

int sys_mount(const char *source, const char *target, const char *type,
	      unsigned long flags, const char *data);
int sys_umount(const char *target, int flags);
int sys_mkdir(const char *path, mode_t mode);
int sys_chroot(const char *path);
int sys_mknod(const char *path, mode_t mode, dev_t dev);
int sys_chmod(const char *path, mode_t mode);
int sys_symlink(const char *target, const char *path);
int sys_finit_module(int fd, const char *params, int flags);
int sys_ioctl(int fd, unsigned long request, void *arg);
int sys_sethostname(const char *name, size_t len);
int sys_kill(pid_t pid, int sig);
int sys_reboot(int cmd);
void sys_sync(void);
/* clock_settime(2) of CLOCK_REALTIME; @time: a struct timespec, aligned or not */
int sys_settime(const void *time);
/* ioperm(2); -ENOSYS on a machine without port I/O */
int sys_ioperm(unsigned long from, unsigned long n, int on);
/* One byte by port I/O, after sys_ioperm(). */
unsigned char sys_in8(unsigned short port);
void sys_out8(unsigned short port, unsigned char value);

#endif
