// SPDX-License-Identifier: MIT
#include "share.h"

#include "cmdline.h"
#include "file.h"
#include "io.h"
#include "log.h"
#include "protocol.h"
#include "sys.h"

#include <errno.h>
#include <string.h>
#include <sys/mount.h>

enum { FLAGS, TYPE, SOURCE, TARGET, DATA, N_FIELDS };

/* Room for a byte too many, which tells, and for two NULs. */
static char mounts[BOOTLET_MOUNTS_MAX + 3];
static char env[BOOTLET_ENV_MAX + 3];

/* Return: bytes; 0 where there is no such file; -errno. */
__attribute__((noinline)) static ssize_t load(const char *path, char *buf,
					      size_t max)
{
	ssize_t n = file_load(path, buf, max + 2);

	if (n == -ENOENT)
		return 0;
	return n > (ssize_t)max ? -E2BIG : n;
}

/* Return: what mkdir(2) says of the last part. */
static int make_dirs(char *path)
{
	for (char *p = path; (p = strchr(p + 1, '/')); *p = '/') {
		*p = '\0';
		sys_mkdir(path, 0755);
	}
	return sys_mkdir(path, 0755);
}

int share_enter(const char *path)
{
	int r = io_chdir(path);

	if (!r)
		r = sys_mount(".", "/", NULL, MS_MOVE, NULL);
	return r ? r : sys_chroot(".");
}

__attribute__((noinline)) static int row_apply(char *const f[])
{
	const char *digits = f[FLAGS];
	unsigned long flags = (unsigned long)parse_number(&digits, 0xffff);
	int made = make_dirs(f[TARGET]), r;

	if (*f[TYPE] == *MOUNTS_MKDIR)
		return made == -EEXIST ? 0 : made;
	if (*f[TYPE] == *MOUNTS_ROOT)
		return share_enter(f[TARGET]);
	r = sys_mount(f[SOURCE], f[TARGET], f[TYPE], flags, f[DATA]);
	/* Not a problem if it fails: this kernel has no such file system. */
	if (flags & MS_MOVE)
		return 0;
	return r == -ENOENT && made && made != -EEXIST ? made : r;
}

int share_rows(char *p, const char *end)
{
	char *f[N_FIELDS];
	int r;

	while (p < end) {
		for (int i = 0; i < N_FIELDS; i++, p += strlen(p) + 1) {
			if (p >= end)
				return -EINVAL;
			f[i] = p;
		}
		r = row_apply(f);
		if (r) {
			log_warn("%s: %s cannot be mounted: %s", f[TARGET],
				 f[TYPE], err_text(r));
			return r;
		}
	}
	return 0;
}

int share_apply(struct boot_config *cfg)
{
	ssize_t n = load(BOOTLET_ENV, env, BOOTLET_ENV_MAX);
	int r;

	if (n < 0)
		return (int)n;
	if (n)
		cfg->env = env;
	n = load(BOOTLET_MOUNTS, mounts, BOOTLET_MOUNTS_MAX);
	r = n < 0 ? (int)n : share_rows(mounts, mounts + n);
	if (!r && cfg->env && *env) {
		r = io_chdir(env);
		if (r)
			log_fail(env, "cannot be entered", r);
	}
	return r;
}
