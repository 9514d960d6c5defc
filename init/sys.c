// SPDX-License-Identifier: MIT
#include "sys.h"

#include <errno.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int result(long r)
{
	return r < 0 ? -errno : (int)r;
}

int sys_mount(const char *source, const char *target, const char *type,
	      unsigned long flags, const char *data)
{
	return result(mount(source, target, type, flags, data));
}

int sys_umount(const char *target, int flags)
{
	return result(umount2(target, flags));
}

int sys_mkdir(const char *path, mode_t mode)
{
	return result(mkdir(path, mode));
}

int sys_mknod(const char *path, mode_t mode, dev_t dev)
{
	return result(mknod(path, mode, dev));
}

int sys_chmod(const char *path, mode_t mode)
{
	return result(chmod(path, mode));
}

int sys_symlink(const char *target, const char *path)
{
	return result(symlink(target, path));
}

int sys_finit_module(int fd, const char *params, int flags)
{
	return result(syscall(SYS_finit_module, fd, params, flags));
}

int sys_ioctl(int fd, unsigned long request, void *arg)
{
	return result(ioctl(fd, (int)request, arg));
}

int sys_sethostname(const char *name, size_t len)
{
	return result(sethostname(name, len));
}

int sys_kill(pid_t pid, int sig)
{
	return result(kill(pid, sig));
}

int sys_reboot(int cmd)
{
	return result(reboot(cmd));
}

void sys_sync(void)
{
	sync();
}
