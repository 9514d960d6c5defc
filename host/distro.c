// SPDX-License-Identifier: MIT
#include "distro.h"

#include "apt.h"
#include "cache.h"
#include "fetch.h"
#include "msg.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* Packages that depend on the newest kernel, the best first. */
static const struct {
	const char *id, *arch, *packages[3];
} metas[] = {
	{ "debian", "amd64", { "linux-image-amd64" } },
	{ "ubuntu", "amd64", { "linux-image-generic", "linux-image-virtual" } },
};

/* A kernel's own parts: one package, or several (Ubuntu; Debian from 7.2). */
static const char *const kernel_parts[] = { "linux-image-", "linux-binary-",
					    "linux-modules-", "linux-base-",
					    NULL };

static const char *const no_parts[] = { NULL };

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
static int kernel_fill(struct fetch *r, struct cache_stage *st,
		       const char *suite, struct kernel *out)
{
	char *name;
	int err;

	r->dir = st->dir;
	err = fetch_run(r);
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
	struct fetch r = { .host = h, .suite = suite, .parts = kernel_parts };
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

/* What is made from the distribution's packages is made from nothing else,
 * whatever lies in PATH; and the network is there now. */
static void take_busybox_along(void)
{
	char *dir;

	/* Not a problem if it fails: busybox_find() looks elsewhere, too. */
	if (distro_package("busybox-static", &dir) == 0)
		free(dir);
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
	if (err) {
		err = kernel_fetch(&h, suite, out);
		if (!err)
			take_busybox_along();
	}
	free(name);
	apt_host_free(&h);
	return err;
}

static int package_fetch(const struct apt_host *h, const char *package,
			 const char *name, char **dir)
{
	const char *const packages[] = { package, NULL };
	struct fetch r = { .host = h, .packages = packages, .parts = no_parts };
	struct cache_stage st;
	int err = cache_stage(name, &st);

	if (err)
		return err;
	*dir = cache_lookup(name);
	if (!*dir) {
		r.dir = st.dir;
		err = fetch_run(&r);
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
	can = meta_packages(&h) && h.sources.n && !fetch_tool_missing();
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
