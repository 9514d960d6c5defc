// SPDX-License-Identifier: MIT
#include "nodes.h"

#include "cmdline.h"
#include "dev.h"
#include "io.h"
#include "log.h"
#include "sys.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* Names, not pointers to them: those would make the tables twice as long. */
struct node_row {
	char name[8]; /* in /dev */
	unsigned short mode;
	unsigned char major, minor;
};

struct link_row {
	char name[8]; /* in /dev */
	char target[16];
};

/* The first is for all; where the second is there, devtmpfs is mounted. */
enum { TTYS0, TELLTALE };

/* A mode that is set also where somebody else made the node. */
#define ALSO_THERE 0x8000

/* All are character devices. */
static const struct node_row nodes[] = {
	{ "ttyS0", ALSO_THERE | 0666, 4, 64 },
	{ "full", 0666, 1, 7 },
	/* devtmpfs has those that exist; here for a kernel without it. */
	{ "ttyS1", 0600, 4, 65 },
	{ "ttyS2", 0600, 4, 66 },
	{ "ttyS3", 0600, 4, 67 },
	{ "console", 0600, 5, 1 },
	{ "null", 0666, 1, 3 },
	{ "zero", 0666, 1, 5 },
	{ "random", 0666, 1, 8 },
	{ "urandom", 0666, 1, 9 },
	{ "tty", 0666, 5, 0 },
	{ "kmsg", 0644, 1, 11 },
	{ "ptmx", 0666, 5, 2 },
};

static const struct link_row links[] = {
	{ "fd", "/proc/self/fd" },
	{ "stdin", "/proc/self/fd/0" },
	{ "stdout", "/proc/self/fd/1" },
	{ "stderr", "/proc/self/fd/2" },
};

static int first_err;

static int check(const char *path, int err)
{
	if (err == -EEXIST)
		return err;
	if (err)
		log_fail(path, "cannot make it", err);
	if (!first_err)
		first_err = err;
	return err;
}

static const char *path_of(const char *name)
{
	static char path[16];

	fmt_format(path, sizeof(path), "/dev/%s", name);
	return path;
}

static int node_make(const struct node_row *n)
{
	const char *path = path_of(n->name);
	mode_t mode = n->mode & 0777;
	int err = sys_mknod(path, S_IFCHR | mode,
			    (dev_t)(n->major << 8 | n->minor));

	if (err == -EEXIST && n->mode & ALSO_THERE)
		err = sys_chmod(path, mode);
	return check(path, err);
}

/* A tty that no row has, such as hvc0 or ttyAMA0, on a kernel without
 * devtmpfs: it is the one that the user will sit at. */
static void tty_make(const char *name)
{
	int err = name && !strchr(name, '/') ? dev_ensure("", name) : 0;

	/* Not a problem if it fails so: the kernel has no such tty. */
	if (err != -ENOENT && err != -ENAMETOOLONG)
		check(name, err);
}

int nodes_apply(struct boot_config *cfg)
{
	/* The modes of the table are meant as they stand there. */
	mode_t old = io_umask(0);

	first_err = 0;
	for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++)
		if (node_make(&nodes[i]) == -EEXIST && i == TELLTALE)
			break;
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		const char *path = path_of(links[i].name);

		check(path, sys_symlink(links[i].target, path));
	}
	tty_make(cfg->console);
	io_umask(old);
	return first_err;
}
