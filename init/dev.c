// SPDX-License-Identifier: MIT
#include "dev.h"

#include "file.h"
#include "io.h"
#include "log.h"
#include "sys.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE 96

int parse_dev_number(const char *text, dev_t *dev)
{
	/* 12 and 20 bits: MAJOR() and MINOR() of include/linux/kdev_t.h. */
	int maj = parse_number(&text, (1 << 12) - 1);
	int min = *text++ == ':' ? parse_number(&text, (1 << 20) - 1) : -1;

	*dev = 0;
	if (maj < 0 || min < 0 || (*text && *text != '\n'))
		return -EINVAL;
	/* As makedev(3), which has room for more. */
	*dev = (unsigned int)maj << 8 | ((unsigned int)min & 0xff) |
	       ((unsigned int)min & ~0xffU) << 12;
	return 0;
}

__attribute__((noinline)) int dev_attr(const char *root, const char *tty,
				       const char *attr, char *text,
				       size_t size)
{
	char path[PATH_SIZE];
	ssize_t n = -ENAMETOOLONG;

	if (fmt_format(path, sizeof(path), "%s/sys/class/tty/%s/%s", root, tty,
		       attr) < sizeof(path))
		n = file_read(path, text, size);
	return n < 0 ? (int)n : 0;
}

int dev_ensure(const char *root, const char *tty)
{
	char path[PATH_SIZE], text[32];
	dev_t dev = 0;
	int r;

	if (fmt_format(path, sizeof(path), "%s/dev/%s", root, tty) >=
	    sizeof(path))
		return -ENAMETOOLONG;
	if (io_access(path, F_OK) == 0)
		return 0;
	r = dev_attr(root, tty, "dev", text, sizeof(text));
	if (r == 0)
		r = parse_dev_number(text, &dev);
	return r < 0 ? r : sys_mknod(path, S_IFCHR | 0600, dev);
}
