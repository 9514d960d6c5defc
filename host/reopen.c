// SPDX-License-Identifier: MIT
#include "reopen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* The master of a pseudo-terminal would be another one, opened anew. */
static int check(int fd)
{
	unsigned int number;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISFIFO(st.st_mode))
		return 0;
	return isatty(fd) && ioctl(fd, TIOCGPTN, &number) < 0 ? 0 : -EINVAL;
}

int fd_reopen(int fd, int mode)
{
	int err = check(fd), r;
	char path[64];

	if (err)
		return err;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	r = open(path, mode | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return r < 0 ? -errno : r;
}
