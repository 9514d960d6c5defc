// SPDX-License-Identifier: MIT
#include "mounts.h"

#include "file.h"
#include "log.h"
#include "sys.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/mount.h>

#define NO_ALL (MS_NOSUID | MS_NODEV | MS_NOEXEC)

/* How a row is meant. */
enum {
	MUST = 1,
	OR_TMPFS = 2, /* a tmpfs does where the kernel lacks the type */
	IN_SYS = 4, /* the mount point is the kernel's to make */
	IN_DEV = 8, /* devtmpfs has none, so it is made first */
};

/* Type, target, options, flags (the MS_* below 256), how. In this order: what
 * stands below another comes after it. */
#define MOUNTS(X)                                                         \
	X("proc", "/proc", "", NO_ALL, MUST)                              \
	X("sysfs", "/sys", "", NO_ALL, 0)                                 \
	X("devtmpfs", "/dev", "mode=0755", MS_NOSUID, OR_TMPFS)           \
	X("devpts", "/dev/pts", "mode=0620,gid=5,ptmxmode=666",           \
	  MS_NOSUID | MS_NOEXEC, IN_DEV)                                  \
	X("tmpfs", "/dev/shm", "mode=1777", MS_NOSUID | MS_NODEV, IN_DEV) \
	X("tmpfs", "/run", "mode=0755", MS_NOSUID | MS_NODEV, 0)          \
	X("tmpfs", "/tmp", "mode=1777", MS_NOSUID | MS_NODEV, 0)          \
	X("debugfs", "/sys/kernel/debug", "", NO_ALL, IN_SYS)             \
	X("tracefs", "/sys/kernel/tracing", "", NO_ALL, IN_SYS)           \
	X("securityfs", "/sys/kernel/security", "", NO_ALL, IN_SYS)       \
	X("configfs", "/sys/kernel/config", "", NO_ALL, IN_SYS)           \
	X("cgroup2", "/sys/fs/cgroup", "", NO_ALL, IN_SYS)                \
	X("bpf", "/sys/fs/bpf", "mode=0700", NO_ALL, IN_SYS)

/* The strings apart, one behind the other: pointers would double the table. */
#define TEXT(type, target, data, flags, how) type "\0" target "\0" data "\0"
#define BITS(type, target, data, flags, how) { flags, how },

static const char texts[] = MOUNTS(TEXT);
static const struct {
	unsigned char flags, how;
} bits[] = { MOUNTS(BITS) };

struct mount_row {
	const char *type, *target, *data;
	unsigned char flags, how;
};

static int mount_type(const struct mount_row *m, const char *type)
{
	int err;

	if (m->how & IN_DEV)
		/* Not a problem if it fails: the mount tells. */
		sys_mkdir(m->target, 0755);
	err = sys_mount(type, m->target, type, m->flags, m->data);
	/* A mkdir(2) for each would be wasted where the image has them. */
	if (err == -ENOENT && !(m->how & (IN_SYS | IN_DEV))) {
		err = sys_mkdir(m->target, 0755);
		if (err)
			return err;
		err = sys_mount(type, m->target, type, m->flags, m->data);
	}
	/* A kernel with SHMEM and without TMPFS knows no options. */
	if (err == -EINVAL && m->data)
		err = sys_mount(type, m->target, type, m->flags, NULL);
	return err;
}

static int mount_row(const struct mount_row *m)
{
	int err = mount_type(m, m->type);

	if (err == -ENODEV && m->how & OR_TMPFS)
		err = mount_type(m, "tmpfs");
	if (err == -EBUSY)
		return 0;
	if (m->how & MUST)
		return err;
	/* Not a problem if it fails so: the kernel was built without it. */
	if (err == -ENODEV || (m->how & IN_SYS && err == -ENOENT))
		return 0;
	return err;
}

int mounts_apply(struct boot_config *cfg)
{
	const char *text = texts;

	(void)cfg;
	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		struct mount_row m = { .flags = bits[i].flags,
				       .how = bits[i].how };
		int err;

		m.type = text;
		m.target = text_next(m.type);
		m.data = text_next(m.target);
		text = text_next(m.data);
		if (!*m.data)
			m.data = NULL;
		err = mount_row(&m);
		if (err)
			log_fail(m.target, "cannot be mounted", err);
		if (err && m.how & MUST)
			return err;
	}
	return 0;
}
