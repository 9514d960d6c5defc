// SPDX-License-Identifier: MIT
#include "kconfig_shadow.h"

#include "cache.h"
#include "msg.h"
#include "str.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Directories that make writes to: programs in scripts, and auto.conf below
 * include where that is not there (conf_write_autoconf() of the kernel). */
static const char *const real_dirs[] = { "include", "scripts", "scripts/basic",
					 "scripts/kconfig" };

/* What an earlier build has written there. */
static const char *const not_source[] = { "include/config",
					  "include/generated" };

/* Programs that an earlier run may have left there; all else that is built
 * has a telling name. */
static const char *const built[] = { "conf",	  "mconf",     "nconf",
				     "gconf",	  "qconf",     "fixdep",
				     "bin2c",	  "mconf-cfg", "nconf-cfg",
				     "gconf-cfg", "qconf-cfg" };

static bool ends(const char *name, const char *with)
{
	size_t n = strlen(name), m = strlen(with);

	return n >= m && !strcmp(name + n - m, with);
}

static bool is_real_dir(const char *rel)
{
	for (size_t i = 0; i < sizeof(real_dirs) / sizeof(*real_dirs); i++)
		if (!strcmp(rel, real_dirs[i]))
			return true;
	return false;
}

static bool is_left_out(const char *name)
{
	if (*name == '.' || ends(name, ".o") || ends(name, ".lex.c") ||
	    ends(name, ".tab.c") || ends(name, ".tab.h"))
		return true;
	for (size_t i = 0; i < sizeof(built) / sizeof(*built); i++)
		if (!strcmp(name, built[i]))
			return true;
	return false;
}

static int link_dir(const char *top, const char *src, const char *rel);

static int link_one(const char *top, const char *src, const char *rel)
{
	char *from = xasprintf("%s/%s", top, rel);
	char *to = xasprintf("%s/%s", src, rel);
	int err = 0;

	for (size_t i = 0; i < sizeof(not_source) / sizeof(*not_source); i++)
		if (!strcmp(rel, not_source[i]))
			goto out;
	if (is_real_dir(rel))
		err = mkdir(to, 0700) ? -errno : link_dir(top, src, rel);
	else if (symlink(from, to))
		err = -errno;
out:
	free(from);
	free(to);
	return err;
}

static int link_dir(const char *top, const char *src, const char *rel)
{
	char *path = xasprintf("%s/%s", top, rel);
	DIR *d = opendir(path);
	struct dirent *e;
	int err = d ? 0 : -errno;

	while (d && !err && (e = readdir(d))) {
		char *sub = *rel ? xasprintf("%s/%s", rel, e->d_name) :
				   xstrdup(e->d_name);

		/* At the top "conf" is nobody's program. */
		if (*e->d_name != '.' && (!*rel || !is_left_out(e->d_name)))
			err = link_one(top, src, sub);
		free(sub);
	}
	if (d)
		closedir(d);
	free(path);
	return err;
}

/* --- the directory and its guard -------------------------------------------- */

static _Noreturn void guard(const char *dir, int fd)
{
	char c;

	setsid();
	prctl(PR_SET_NAME, "bootlet-guard");
	for (int i = 0; i < 1024; i++)
		if (i != fd)
			close(i);
	if (chdir("/") < 0)
		_exit(1);
	while (read(fd, &c, 1) < 0 && errno == EINTR)
		;
	/* A killed make's own children may write for a moment yet. */
	for (int i = 0; i < 20 && cache_remove(dir); i++)
		poll(NULL, 0, 100);
	_exit(0);
}

static int start_guard(struct kshadow *s)
{
	int p[2];

	if (pipe2(p, O_CLOEXEC))
		return -errno;
	s->guard = fork();
	if (!s->guard) {
		close(p[1]);
		guard(s->dir, p[0]);
	}
	close(p[0]);
	s->guard_fd = p[1];
	return s->guard < 0 ? -errno : 0;
}

/* No signal comes between the directory and its guard. */
static int make_dir(struct kshadow *s)
{
	const char *tmp = getenv("TMPDIR");
	sigset_t all, old;
	int err = 0;

	s->dir = xasprintf("%s/bootlet-kconfig-XXXXXX",
			   tmp && *tmp == '/' ? tmp : "/tmp");
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	if (!mkdtemp(s->dir))
		err = -errno;
	else
		err = start_guard(s);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return err;
}

int kshadow_make(struct kshadow *s, const char *top)
{
	char *real = realpath(top, NULL);
	int err;

	*s = (struct kshadow){ .guard_fd = -1 };
	if (!real) {
		err = -errno;
		msg_error("%s: cannot be found: %s", top, strerror(-err));
		return err;
	}
	err = make_dir(s);
	if (!err) {
		s->src = xasprintf("%s/src", s->dir);
		err = mkdir(s->src, 0700) ? -errno : link_dir(real, s->src, "");
	}
	if (err)
		msg_error("%s: cannot be linked to from %s: %s", top, s->dir,
			  strerror(-err));
	free(real);
	if (err)
		kshadow_free(s);
	return err;
}

void kshadow_free(struct kshadow *s)
{
	if (s->guard_fd >= 0)
		close(s->guard_fd);
	if (s->guard > 0)
		while (waitpid(s->guard, NULL, 0) < 0 && errno == EINTR)
			;
	else if (s->dir)
		cache_remove(s->dir);
	free(s->dir);
	free(s->src);
	*s = (struct kshadow){ .guard_fd = -1 };
}
