// SPDX-License-Identifier: MIT
/*
 * A request climbs a ladder and stops at the first step that delivers: the
 * cache, which asks nobody; the machine's own package lists; private lists
 * left by an earlier request; private lists, fetched anew.
 */
#include "distro.h"

#include "apt.h"
#include "cache.h"
#include "msg.h"
#include "spawn.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* Packages that depend on the newest kernel, the best first. */
static const struct {
	const char *id, *arch, *packages[3];
} metas[] = {
	{ "debian", "amd64", { "linux-image-amd64" } },
	{ "debian", "arm64", { "linux-image-arm64" } },
	{ "ubuntu", "amd64", { "linux-image-generic", "linux-image-virtual" } },
	{ "ubuntu", "arm64", { "linux-image-generic", "linux-image-virtual" } },
};

/* A kernel's own parts: one package, or several (Ubuntu; Debian from 7.2). */
static const char *const kernel_parts[] = { "linux-image-", "linux-binary-",
					    "linux-modules-", "linux-base-",
					    NULL };

static const char *const no_parts[] = { NULL };

/* A thing wanted, and where it goes once it is here. */
struct request {
	const struct apt_host *host;
	/** @suite: NULL for the machine's own */
	const char *suite;
	/** @packages: the first that exists is taken; NULL-ended */
	const char *const *packages;
	const char *const *parts;
	/** @dir: to unpack into */
	const char *dir;
	/** @got: what was taken, in the end */
	char *got;
};

enum step { STEP_MACHINE, STEP_PRIVATE, STEP_UPDATE, STEPS };

/* The first program that is missing, or NULL. */
static const char *tool_missing(void)
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
	const char *missing = tool_missing();

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

static int fetch(struct request *r, struct apt *a)
{
	struct apt_packages p = { 0 };
	int err = -ENOENT;

	for (size_t i = 0; err == -ENOENT && r->packages[i]; i++)
		err = apt_closure(a, r->packages[i], r->parts, &p);
	if (!err) {
		free(r->got);
		r->got = xstrdup(best_name(&p, r->parts[0]));
		err = apt_download(a, &p, r->got, r->dir);
	}
	apt_packages_free(&p);
	return err;
}

static void complain(const struct request *r, struct apt *a, int err)
{
	const char *suite = r->suite ? r->suite : r->host->suite;
	char *why = apt_reason(a);

	if (err == -ENOENT)
		msg_error("%s: no such package for %s: %s", r->packages[0],
			  suite, a->said.n ? why : "not in the package lists");
	else
		msg_error("%s: cannot download it: %s",
			  r->got ? r->got : r->packages[0], why);
	free(why);
}

static int step_try(struct request *r, enum step step, bool last)
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
		err = fetch(r, &a);
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

static int request_run(struct request *r)
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

static bool is_suite(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-.");

	return n && !s[n] && n < 64 && *s >= '0';
}

static int cached_kernel(const char *name, struct kernel *out)
{
	char *dir = cache_lookup(name);
	int err = dir ? kernel_at(dir, out) : -ENOENT;

	free(dir);
	return err;
}

int distro_kernel_cached(struct kernel *out)
{
	struct apt_host h;
	char *name;
	int err;

	*out = (struct kernel){ 0 };
	apt_host_read(&h);
	name = xasprintf("kernels/%s", h.suite);
	err = cached_kernel(name, out);
	free(name);
	apt_host_free(&h);
	return err;
}

static const char *const *meta_packages(const struct apt_host *h)
{
	for (size_t i = 0; h->id && h->arch && i < COUNT(metas); i++)
		if (!strcmp(metas[i].id, h->id) &&
		    !strcmp(metas[i].arch, h->arch))
			return metas[i].packages;
	return NULL;
}

/* Unpacks, and looks whether a kernel came of it. */
static int kernel_fill(struct request *r, struct cache_stage *st,
		       const char *suite, struct kernel *out)
{
	char *name;
	int err;

	r->dir = st->dir;
	err = request_run(r);
	if (!err)
		err = kernel_at(st->dir, out);
	if (err) {
		cache_drop(st);
		return err;
	}
	kernel_free(out);
	name = xasprintf("kernels/%s-%s", suite, r->got);
	err = cache_commit(st, name);
	if (!err)
		err = cached_kernel(name, out);
	free(name);
	return err;
}

static int kernel_fetch(const struct apt_host *h, const char *suite,
			struct kernel *out)
{
	struct request r = { .host = h, .suite = suite, .parts = kernel_parts };
	char *name = xasprintf("kernels/%s", suite);
	struct cache_stage st;
	int err;

	r.packages = meta_packages(h);
	if (!r.packages) {
		msg_error("%s: do not know its kernel package; name a kernel "
			  "with -k: an image file, a directory or a release",
			  h->name);
		free(name);
		return -EOPNOTSUPP;
	}
	err = cache_stage(name, &st);
	if (!err && !cached_kernel(name, out))
		/* Another bootlet fetched it while we waited. */
		cache_drop(&st);
	else if (!err)
		err = kernel_fill(&r, &st, suite, out);
	free(r.got);
	free(name);
	return err;
}

int distro_kernel(const char *suite, struct kernel *out)
{
	struct apt_host h;
	char *name;
	int err;

	*out = (struct kernel){ 0 };
	if (suite && !is_suite(suite)) {
		msg_error("distro:%s: not the name of a release; write it as "
			  "in distro:trixie",
			  suite);
		return -EINVAL;
	}
	apt_host_read(&h);
	if (!suite)
		suite = h.suite;
	name = xasprintf("kernels/%s", suite);
	err = cached_kernel(name, out);
	if (err)
		err = kernel_fetch(&h, suite, out);
	free(name);
	apt_host_free(&h);
	return err;
}

static int package_fetch(const struct apt_host *h, const char *package,
			 const char *name, char **dir)
{
	const char *const packages[] = { package, NULL };
	struct request r = { .host = h,
			     .packages = packages,
			     .parts = no_parts };
	struct cache_stage st;
	int err = cache_stage(name, &st);

	if (err)
		return err;
	*dir = cache_lookup(name);
	if (!*dir) {
		r.dir = st.dir;
		err = request_run(&r);
		if (!err)
			err = cache_commit(&st, name);
		if (!err)
			*dir = cache_lookup(name);
	}
	if (st.dir)
		cache_drop(&st);
	free(r.got);
	return err;
}

bool distro_available(void)
{
	struct apt_host h;
	bool can;

	apt_host_read(&h);
	can = meta_packages(&h) && h.sources.n && !tool_missing();
	apt_host_free(&h);
	return can;
}

char *distro_package_cached(const char *package)
{
	char *name = xasprintf("packages/%s", package);
	char *dir = cache_lookup(name);

	free(name);
	return dir;
}

int distro_package(const char *package, char **dir)
{
	char *name = xasprintf("packages/%s", package);
	struct apt_host h;
	int err = 0;

	*dir = cache_lookup(name);
	if (!*dir) {
		apt_host_read(&h);
		err = package_fetch(&h, package, name, dir);
		apt_host_free(&h);
	}
	free(name);
	return err;
}

static int is_entry(const struct dirent *e)
{
	/* The links name the same directories again. */
	return *e->d_name != '.' && e->d_type != DT_LNK;
}

void distro_cached(struct strv *dirs)
{
	char *top = cache_path("kernels");
	struct dirent **names;
	int n = top ? scandir(top, &names, is_entry, versionsort) : -1;

	/* The newest first, as far as names tell. */
	while (n > 0) {
		char *name = xasprintf("kernels/%s", names[--n]->d_name);
		char *dir = cache_lookup(name);

		if (dir && !strv_has(dirs, dir))
			strv_push(dirs, dir);
		free(dir);
		free(name);
		free(names[n]);
	}
	if (n == 0)
		free(names);
	free(top);
}
