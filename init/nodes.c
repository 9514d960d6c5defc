// SPDX-License-Identifier: MIT
#include "nodes.h"

#include "cmdline.h"
#include "log.h"
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

struct node_row {
	const char *path;
	unsigned short mode;
	unsigned char major, minor;
	bool chmod; /* also where somebody else made it */
};

struct link_row {
	const char *path;
	const char *target;
};

/* All are character devices. */
static const struct node_row nodes[] = {
	{ "/dev/ttyS0", 0666, 4, 64, true },
	/* devtmpfs has those that exist; here for a kernel without it. */
	{ "/dev/ttyS1", 0600, 4, 65, false },
	{ "/dev/ttyS2", 0600, 4, 66, false },
	{ "/dev/ttyS3", 0600, 4, 67, false },
	{ "/dev/console", 0600, 5, 1, false },
	{ "/dev/null", 0666, 1, 3, false },
	{ "/dev/zero", 0666, 1, 5, false },
	{ "/dev/full", 0666, 1, 7, false },
	{ "/dev/random", 0666, 1, 8, false },
	{ "/dev/urandom", 0666, 1, 9, false },
	{ "/dev/tty", 0666, 5, 0, false },
	{ "/dev/kmsg", 0644, 1, 11, false },
	{ "/dev/ptmx", 0666, 5, 2, false },
};

static const struct link_row links[] = {
	{ "/dev/fd", "/proc/self/fd" },
	{ "/dev/stdin", "/proc/self/fd/0" },
	{ "/dev/stdout", "/proc/self/fd/1" },
	{ "/dev/stderr", "/proc/self/fd/2" },
};

static int failed(const char *path, int err)
{
	log_warn("%s: cannot make it: %s", path, err_text(err));
	return err;
}

static int node_make(const struct node_row *n)
{
	int err = sys_mknod(n->path, S_IFCHR | n->mode,
			    makedev(n->major, n->minor));

	if (err == -EEXIST)
		err = n->chmod ? sys_chmod(n->path, n->mode) : 0;
	return err ? failed(n->path, err) : 0;
}

static int link_make(const struct link_row *l)
{
	int err = sys_symlink(l->target, l->path);

	return err && err != -EEXIST ? failed(l->path, err) : 0;
}

/* What sysfs says: "4:64\n". */
static dev_t parse_dev(const char *s)
{
	unsigned int v = 0, high = 0;

	for (; *s >= '0' && *s <= ':'; s++) {
		if (*s == ':') {
			high = v;
			v = 0;
		} else {
			v = v * 10 + (unsigned int)(*s - '0');
		}
	}
	return makedev(high, v);
}

/* A tty that no row has, such as hvc0 or ttyAMA0, on a kernel without
 * devtmpfs: it is the one that the user will sit at. */
static int tty_make(const char *name)
{
	char path[128], buf[16] = "";
	int fd, err;

	if (!name || strchr(name, '/'))
		return 0;
	/* Not a problem if it is cut off: no tty has a name so long. */
	fmt_format(path, sizeof(path), "/dev/%s", name);
	if (!access(path, F_OK))
		return 0;
	fmt_format(path, sizeof(path), "/sys/class/tty/%s/dev", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	err = read(fd, buf, sizeof(buf) - 1) < 3;
	close(fd);
	if (err)
		return 0;
	fmt_format(path, sizeof(path), "/dev/%s", name);
	err = sys_mknod(path, S_IFCHR | 0600, parse_dev(buf));
	return err && err != -EEXIST ? failed(path, err) : 0;
}

int nodes_apply(struct boot_config *cfg)
{
	/* The modes of the table are meant as they stand there. */
	mode_t old = umask(0);
	int first = 0, err;

	for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++) {
		err = node_make(&nodes[i]);
		first = first ? first : err;
	}
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		err = link_make(&links[i]);
		first = first ? first : err;
	}
	err = tty_make(cfg->console);
	first = first ? first : err;
	err = tty_make(cfg->port);
	first = first ? first : err;
	umask(old);
	return first;
}
