// SPDX-License-Identifier: MIT
#include "cachefile.h"

#include "cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int cachefile_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	int err;

	if (fd < 0)
		return -errno;
	err = fstat(fd, &st) ? -errno : S_ISREG(st.st_mode) ? 0 : -EINVAL;
	if (!err)
		return fd;
	close(fd);
	return err;
}

int cachefile_read(const char *path, struct buf *out, size_t max)
{
	int fd = cachefile_open(path), err;

	if (fd < 0)
		return fd;
	err = read_all(fd, out, max);
	close(fd);
	return err;
}

void cachefile_clear(const char *path)
{
	struct stat st;

	/* Not a problem if it fails: making the file does then, and tells. */
	if (!lstat(path, &st) && !S_ISREG(st.st_mode))
		cache_remove(path);
}

int cachefile_rename(const char *tmp, const char *path)
{
	if (!rename(tmp, path))
		return 0;
	/* All else is replaced. */
	if (errno != EISDIR)
		return -errno;
	cachefile_clear(path);
	return rename(tmp, path) ? -errno : 0;
}
