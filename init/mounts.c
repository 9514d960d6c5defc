// SPDX-License-Identifier: MIT
#include "mounts.h"

#include "log.h"
#include "sys.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mount.h>

#define NO_ALL (MS_NOSUID | MS_NODEV | MS_NOEXEC)

struct mount_row {
	const char *type;
	const char *target;
	const char *data;
	unsigned char flags; /* the MS_* below 256 */
	bool must;
	bool in_sys; /* the mount point is the kernel's to make */
	bool or_tmpfs; /* a tmpfs does where the kernel lacks @type */
};

/* In this order: what stands below another comes after it. */
static const struct mount_row rows[] = {
	{ .type = "proc", .target = "/proc", .flags = NO_ALL, .must = true },
	{ .type = "sysfs", .target = "/sys", .flags = NO_ALL },
	{ .type = "devtmpfs",
	  .target = "/dev",
	  .flags = MS_NOSUID,
	  .data = "mode=0755",
	  .or_tmpfs = true },
	{ .type = "devpts",
	  .target = "/dev/pts",
	  .flags = MS_NOSUID | MS_NOEXEC,
	  .data = "mode=0620,gid=5,ptmxmode=666" },
	{ .type = "tmpfs",
	  .target = "/dev/shm",
	  .flags = MS_NOSUID | MS_NODEV,
	  .data = "mode=1777" },
	{ .type = "tmpfs",
	  .target = "/run",
	  .flags = MS_NOSUID | MS_NODEV,
	  .data = "mode=0755" },
	{ .type = "tmpfs",
	  .target = "/tmp",
	  .flags = MS_NOSUID | MS_NODEV,
	  .data = "mode=1777" },
	{ .type = "debugfs",
	  .target = "/sys/kernel/debug",
	  .flags = NO_ALL,
	  .in_sys = true },
	{ .type = "tracefs",
	  .target = "/sys/kernel/tracing",
	  .flags = NO_ALL,
	  .in_sys = true },
	{ .type = "securityfs",
	  .target = "/sys/kernel/security",
	  .flags = NO_ALL,
	  .in_sys = true },
	{ .type = "configfs",
	  .target = "/sys/kernel/config",
	  .flags = NO_ALL,
	  .in_sys = true },
	{ .type = "cgroup2",
	  .target = "/sys/fs/cgroup",
	  .flags = NO_ALL,
	  .in_sys = true },
	{ .type = "bpf",
	  .target = "/sys/fs/bpf",
	  .flags = NO_ALL,
	  .data = "mode=0700",
	  .in_sys = true },
};

static int mount_type(const struct mount_row *m, const char *type)
{
	int err = sys_mount(type, m->target, type, m->flags, m->data);

	/* A mkdir(2) for each would be wasted where the image has them. */
	if (err == -ENOENT && !m->in_sys) {
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

	if (err == -ENODEV && m->or_tmpfs)
		err = mount_type(m, "tmpfs");
	if (err == -EBUSY)
		return 0;
	if (m->must)
		return err;
	/* Not a problem if it fails so: the kernel was built without it. */
	if (err == -ENODEV || (m->in_sys && err == -ENOENT))
		return 0;
	return err;
}

int mounts_apply(struct boot_config *cfg)
{
	(void)cfg;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int err = mount_row(&rows[i]);

		if (!err)
			continue;
		log_warn("%s: cannot mount %s: %s", rows[i].target,
			 rows[i].type, err_text(err));
		if (rows[i].must)
			return err;
	}
	return 0;
}
