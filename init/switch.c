// SPDX-License-Identifier: MIT
#include "switch.h"

#include "file.h"
#include "io.h"
#include "log.h"
#include "share.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

/* As kernel_init() of the kernel's init/main.c tries them. */
static const char inits[] = "/sbin/init\0/etc/init\0/bin/init\0/bin/sh\0";
static const char moved[] = "/proc\0/sys\0/dev\0/run\0/tmp\0";

static const char *program;
static dev_t old_dev;
static struct stat st;

bool switch_possible(void)
{
	struct statfs fs;

	return io_statfs("/", &fs) == 0 &&
	       (fs.f_type == RAMFS_MAGIC || fs.f_type == TMPFS_MAGIC);
}

/* Return: what @fd is on; 0 where there is no such fd, and no mode either. */
__attribute__((noinline)) static dev_t device_of(int fd)
{
	st.st_mode = 0;
	return io_fstat(fd, &st) ? 0 : st.st_dev;
}

/* An absolute link is one of the new root. */
static bool program_find(int dir, const char *init)
{
	static const struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT,
	};
	const char *p = init ? init : inits;

	do {
		device_of(io_openat2(dir, p, &how, sizeof(how)));
		if (S_ISREG(st.st_mode) && st.st_mode & 0111) {
			program = p;
			break;
		}
		p = text_next(p);
	} while (!init && *p);
	return program;
}

/* Each level holds an fd, of which a process has a thousand: that many levels
 * deep it goes and no deeper. */
static int entry_remove(int dir, const struct io_dirent *e)
{
	int fd;

	if (io_unlinkat(dir, e->name, 0) == 0)
		return 0;
	fd = io_open(dir, e->name,
		     O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	/* What is mounted there is somebody else's. */
	if (device_of(fd) == old_dev)
		dir_each(fd, entry_remove);
	io_close(fd);
	io_unlinkat(dir, e->name, AT_REMOVEDIR);
	return 0;
}

void switch_clear(int dir)
{
	old_dev = device_of(dir);
	dir_each(dir, entry_remove);
}

int switch_apply(const char *init, bool for_ever)
{
	int old = file_open(AT_FDCWD, "/");
	int dir = file_open(AT_FDCWD, SWITCH_DIR), r;
	const char *p = moved;

	if (device_of(dir) == device_of(old))
		return log_fail(SWITCH_DIR, "not another device", -EBUSY);
	if (for_ever && !program_find(dir, init))
		return log_fail(init ? init : inits, "no program there",
				-ENOENT);
	/* If it fails, so does share_enter(). */
	io_chdir(SWITCH_DIR);
	for (; *p; p = text_next(p))
		/* Not a problem if it fails: nothing is mounted there, or the
		 * new root has no such directory. */
		sys_mount(p, p + 1, NULL, MS_MOVE, NULL);
	r = share_enter(".");
	if (!r && for_ever && io_getpid() == 1)
		switch_clear(old);
	return r;
}

const char *switch_init(void)
{
	return program;
}

void switch_exec(void)
{
	/* The one that is open is, as a rule, a file of the old root. */
	int fd = io_open(AT_FDCWD, "/dev/console",
			 O_RDWR | O_NOCTTY | O_CLOEXEC);

	/* Not a problem if it fails: they stay as they are. */
	for (int i = 0; i < 3; i++)
		io_dup2(fd, i);
	io_argv[0] = (char *)program;
	sys_reboot(RB_ENABLE_CAD);
	io_sigmask(0);
	log_fail(program, "cannot be executed",
		 io_exec(program, io_argv, environ));
	io_exit(1);
}
