// SPDX-License-Identifier: MIT
/*
 * A request climbs a ladder and stops at the first step that delivers: the
 * machine's own package lists, where its own release is wanted; private lists
 * left by an earlier request; private lists, fetched anew. The cache was asked
 * before all that, by distro.c.
 */
#include "fetch.h"

#include "cache.h"
#include "msg.h"
#include "spawn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

enum step { STEP_MACHINE, STEP_PRIVATE, STEP_UPDATE, STEPS };

const char *fetch_tool_missing(void)
{
	static const char *const tools[] = { "apt-get", "apt-cache",
					     "dpkg-deb" };

	for (size_t i = 0; i < COUNT(tools); i++) {
		char *path = spawn_which(tools[i]);

		free(path);
		if (!path)
			return tools[i];
	}
	return NULL;
}

static int check_host(const struct apt_host *h)
{
	const char *missing = fetch_tool_missing();

	if (!h->id || !h->arch)
		msg_error("%s: downloads are known for Debian and Ubuntu on "
			  "amd64 and arm64; name a kernel with -k: an image "
			  "file, a directory or a release",
			  h->name);
	else if (missing)
		msg_error("%s: not found, which downloading needs; install "
			  "apt and dpkg, or name a kernel with -k",
			  missing);
	else
		return 0;
	return -EOPNOTSUPP;
}

/* The package that is named for the release, not the one that points at it. */
static const char *best_name(const struct apt_packages *p, const char *prefix)
{
	for (size_t i = 1; prefix && i < p->n; i++)
		if (!strncmp(p->v[i].name, prefix, strlen(prefix)))
			return p->v[i].name;
	return p->v[0].name;
}

/* An earlier step may have left half a download there. */
static int dir_empty(const char *dir)
{
	int err = cache_remove(dir);

	return !err && mkdir(dir, 0700) ? -errno : err;
}

static int packages_get(struct fetch *r, struct apt *a)
{
	struct apt_packages p = { 0 };
	int err = -ENOENT;

	for (size_t i = 0; err == -ENOENT && r->packages[i]; i++)
		err = apt_closure(a, r->packages[i], r->parts, &p);
	if (!err) {
		free(r->got);
		r->got = xstrdup(best_name(&p, r->parts[0]));
		err = dir_empty(r->dir);
	}
	if (!err) {
		err = apt_download(a, &p, r->got, r->dir);
	}
	apt_packages_free(&p);
	return err;
}

static void complain(const struct fetch *r, struct apt *a, int err)
{
	const char *suite = r->suite ? r->suite : r->host->suite;
	char *why = apt_reason(a);

	if (err == -ENOENT && a->said.n)
		msg_error("%s: its package lists cannot be had: %s; without "
			  "them, -k names a kernel that is here",
			  suite, why);
	else if (err == -ENOENT)
		msg_error("%s: not in the package lists of %s", r->packages[0],
			  suite);
	else
		msg_error("%s: cannot download it: %s",
			  r->got ? r->got : r->packages[0], why);
	free(why);
}

static int step_try(struct fetch *r, enum step step, bool last)
{
	struct buf update = { 0 };
	struct apt a;
	int err = 0;

	if (step == STEP_MACHINE)
		apt_machine(&a);
	else
		err = apt_private(&a, r->host, r->suite);
	if (err)
		return err == -ENOENT ? -ENODATA : err;
	if (step == STEP_UPDATE) {
		msg_info("fetching the package lists of %s, for bootlet alone",
			 r->suite ? r->suite : r->host->suite);
		err = apt_update(&a);
		update = a.said;
		a.said = (struct buf){ 0 };
	}
	if (!err)
		err = packages_get(r, &a);
	/* Why a package is unknown was said when the lists were fetched. */
	if (err == -ENOENT && update.n) {
		buf_free(&a.said);
		a.said = update;
		update = (struct buf){ 0 };
	}
	if (last && err && err != -ENOSPC)
		complain(r, &a, err);
	/* Lists of a release that does not exist are of no use to anyone. Not
	 * a problem if it fails: the next request for it starts over. */
	if (last && err == -ENOENT)
		cache_remove(a.root);
	buf_free(&update);
	apt_free(&a);
	return err;
}

int fetch_run(struct fetch *r)
{
	bool own = !r->suite || !strcmp(r->suite, r->host->suite);
	int err = check_host(r->host), lock = -1;
	char *name;

	if (err)
		return err;
	if (own)
		r->suite = NULL;
	err = own ? step_try(r, STEP_MACHINE, false) : -ENOENT;
	if (!err || err == -ENOSPC)
		return err;
	name = xasprintf("apt/%s", r->suite ? r->suite : r->host->suite);
	lock = cache_lock(name);
	free(name);
	if (lock < 0)
		return lock;
	err = step_try(r, STEP_PRIVATE, false);
	if (err == -ENOENT || err == -EIO)
		err = step_try(r, STEP_UPDATE, true);
	close(lock);
	return err;
}
