// SPDX-License-Identifier: MIT
#include "sys.h"

#include "arch.h"

#include <fcntl.h>
#include <linux/reboot.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>

/* As in io.c. */
#ifdef SYS_mkdir
/* clang-format off */
#define OLD_CALLS                          \
	ARCH_CALL(sys_mkdir, SYS_mkdir)    \
	ARCH_CALL(sys_mknod, SYS_mknod)    \
	ARCH_CALL(sys_chmod, SYS_chmod)    \
	ARCH_CALL(sys_symlink, SYS_symlink)
#else
#define OLD_CALLS                             \
	ARCH_CALL(raw_mkdirat, SYS_mkdirat)   \
	ARCH_CALL(raw_mknodat, SYS_mknodat)   \
	ARCH_CALL(raw_fchmodat, SYS_fchmodat) \
	ARCH_CALL(raw_symlinkat, SYS_symlinkat)
/* clang-format on */

int raw_mkdirat(int dir, const char *path, mode_t mode);
int raw_mknodat(int dir, const char *path, mode_t mode, dev_t dev);
int raw_fchmodat(int dir, const char *path, mode_t mode);
int raw_symlinkat(const char *target, int dir, const char *path);

int sys_mkdir(const char *path, mode_t mode)
{
	return raw_mkdirat(AT_FDCWD, path, mode);
}

int sys_mknod(const char *path, mode_t mode, dev_t dev)
{
	return raw_mknodat(AT_FDCWD, path, mode, dev);
}

int sys_chmod(const char *path, mode_t mode)
{
	return raw_fchmodat(AT_FDCWD, path, mode);
}

int sys_symlink(const char *target, const char *path)
{
	return raw_symlinkat(target, AT_FDCWD, path);
}
#endif

/* clang-format off */
__asm__(ARCH_TRAP ARCH_PORTS
	ARCH_CALL(sys_mount, SYS_mount)
	ARCH_CALL(sys_umount, SYS_umount2)
	ARCH_CALL(sys_chroot, SYS_chroot)
	ARCH_CALL(sys_finit_module, SYS_finit_module)
	ARCH_CALL(sys_ioctl, SYS_ioctl)
	ARCH_CALL(sys_sethostname, SYS_sethostname)
	ARCH_CALL(sys_kill, SYS_kill)
	ARCH_CALL(sys_sync, SYS_sync)
	OLD_CALLS
	ARCH_CALL(raw_settime, SYS_clock_settime)
	ARCH_CALL(raw_reboot, SYS_reboot));
/* clang-format on */

int raw_settime(int clock, const void *time);
int raw_reboot(unsigned int magic, unsigned int magic2, int cmd, void *arg);

int sys_settime(const void *time)
{
	return raw_settime(CLOCK_REALTIME, time);
}

int sys_reboot(int cmd)
{
	return raw_reboot(LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, cmd, NULL);
}
