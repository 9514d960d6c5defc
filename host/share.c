// SPDX-License-Identifier: MIT
#include "share.h"

#include "modindex.h"
#include "msg.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool file_exists(const char *path)
{
	struct stat st;

	return !lstat(path, &st);
}

/* --- directories ---------------------------------------------------------- */

/* Return: its real path, which the caller frees; NULL after a message. */
static char *real_dir(const char *option, const char *arg, const char *dir,
		      int mode)
{
	char *real = realpath(dir, NULL);
	struct stat st;

	if (!real || stat(real, &st) < 0) {
		msg_error("%s %s: %s", option, arg, strerror(errno));
	} else if (!S_ISDIR(st.st_mode)) {
		msg_error("%s %s: not a directory; a file goes into the image "
			  "with --file",
			  option, arg);
	} else if (access(real, mode) < 0) {
		msg_error("%s %s: cannot be %s by you: %s", option, arg,
			  mode & W_OK ? "written" : "read", strerror(errno));
	} else {
		return real;
	}
	free(real);
	return NULL;
}

/* The directory's own path, as the user knows it. */
static char *default_place(const char *dir, const char *real)
{
	char *cwd = dir[0] == '/' ? NULL : getcwd(NULL, 0);
	char *whole = cwd ? xasprintf("%s/%s", cwd, dir) : xstrdup(dir);
	char *place = xasprintf("/%s", whole);

	if (whole[0] != '/' || image_path(whole, place + 1)) {
		free(place);
		place = xstrdup(real);
	}
	free(whole);
	free(cwd);
	return place;
}

static const char *wrong_place(const struct sharespec *s, struct share *share,
			       const char *real)
{
	char *norm;
	const char *wrong;

	if (!share->at)
		share->at = default_place(share->dir, real);
	norm = xasprintf("/%s", share->at);
	wrong = parse_mountpoint(share->at, norm);
	if (!wrong && !norm[1])
		wrong = "is the guest's root; use --root DIR";
	for (size_t i = 0; !wrong && i < s->n; i++)
		if (!strcmp(s->share[i].at, norm))
			wrong = "has another share already";
	if (wrong) {
		free(norm);
		return wrong;
	}
	free(share->at);
	share->at = norm;
	return NULL;
}

/* What lies below another comes after it. */
static void insert(struct sharespec *s, const struct share *share)
{
	size_t i = s->n++;

	for (; i && strcmp(s->share[i - 1].at, share->at) > 0; i--)
		s->share[i] = s->share[i - 1];
	s->share[i] = *share;
}

static int take_share(struct sharespec *s, const char *arg)
{
	struct share share;
	const char *wrong = parse_share(arg, file_exists, &share);
	char *real = NULL;

	if (!wrong && s->n == SHARE_MAX)
		wrong = "is one too many; share a directory above them";
	if (wrong) {
		msg_error("--share %s: %s", arg, wrong);
		goto fail;
	}
	real = real_dir("--share", arg, share.dir,
			R_OK | X_OK | (share.rw ? W_OK : 0));
	if (!real)
		goto fail;
	wrong = wrong_place(s, &share, real);
	if (wrong) {
		msg_error("--share %s: %s %s", arg, share.at, wrong);
		goto fail;
	}
	free(share.dir);
	share.dir = real;
	/* virtiofsd has no way to keep its hands off. */
	share.type = share.rw ? s->type : SHARE_9P;
	insert(s, &share);
	return 0;
fail:
	free(real);
	free(share.dir);
	free(share.at);
	return -EINVAL;
}

/* --- the working directory ------------------------------------------------ */

/* Return: what follows @dir in @path, "" or "/..."; NULL: it is not below. */
static const char *path_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	if (n == 1)
		return path[1] ? path : "";
	if (strncmp(path, dir, n) != 0 || (path[n] && path[n] != '/'))
		return NULL;
	return path + n;
}

/* What lies below is the guest's, whatever the root has there. */
static bool is_replaced(const char *path)
{
	static const char *const dirs[] = { "/dev", "/proc", "/run", "/sys" };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		const char *below = path_below(path, dirs[i]);

		if (below && *below)
			return true;
	}
	return false;
}

/* As the user knows it: maybe through a link. */
static bool is_its_own_place(const struct share *share)
{
	char *real = realpath(share->at, NULL);
	bool same = real && !strcmp(real, share->dir);

	free(real);
	return same;
}

/* The current directory, where the guest has it too at the same place. */
static char *default_cwd(const struct sharespec *s)
{
	char *cwd = getcwd(NULL, 0), *out = NULL;
	const char *rest;

	for (size_t i = 0; cwd && !out && i < s->n; i++) {
		rest = path_below(cwd, s->share[i].dir);
		if (rest && is_its_own_place(&s->share[i]))
			out = xasprintf("%s%s", s->share[i].at, rest);
	}
	if (!out && s->root) {
		rest = cwd ? path_below(cwd, s->root) : NULL;
		if (rest && is_replaced(rest)) {
			msg_warn("%s: is not in the guest, whose own /dev, "
				 "/proc, /run and /sys hide the root's; the "
				 "command starts in /; take the directory "
				 "along with --share .",
				 cwd);
			rest = NULL;
		}
		out = xstrdup(rest && *rest ? rest : "/");
	}
	free(cwd);
	return out;
}

static const char *root_shell(const char *root)
{
	static const char *const shells[] = { "/bin/bash", "/bin/sh" };

	for (size_t i = 0; i < 2; i++) {
		char *path = xasprintf("%s%s", root, shells[i]);
		bool found = file_exists(path);

		free(path);
		if (found)
			return shells[i];
	}
	return NULL;
}

int share_settle(struct sharespec *s, const char *dir)
{
	int err = 0;

	for (size_t i = 0; !err && i < s->args.n; i++)
		err = take_share(s, s->args.v[i]);
	for (size_t i = 0; i < s->n; i++) {
		struct share *share = &s->share[i];

		snprintf(share->tag, sizeof(share->tag), "share%u",
			 (unsigned int)i);
		if (share->type == SHARE_VIRTIOFS)
			share->socket = xasprintf("%s/%s", dir, share->tag);
	}
	if (!err && s->root_arg) {
		s->root = real_dir("--root", s->root_arg, s->root_arg,
				   R_OK | X_OK);
		if (!s->root)
			return -EINVAL;
		s->shell = root_shell(s->root);
	}
	if (!err && s->cwd_arg && s->cwd_arg[0] != '/') {
		msg_error("--cwd %s: must be an absolute path of the guest",
			  s->cwd_arg);
		err = -EINVAL;
	}
	if (!err)
		s->cwd = s->cwd_arg ? xstrdup(s->cwd_arg) : default_cwd(s);
	return err;
}

/* --- the kernel ----------------------------------------------------------- */

/* What switches a driver on. */
static const struct {
	const char *module, *option;
} drivers[] = {
	{ "virtio_pci", "VIRTIO_PCI" },	     { "virtio_mmio", "VIRTIO_MMIO" },
	{ "9pnet_virtio", "NET_9P_VIRTIO" }, { "9p", "9P_FS" },
	{ "virtiofs", "VIRTIO_FS" },	     { "overlay", "OVERLAY_FS" },
};

static int lacks(const struct kernel *k, const char *module)
{
	const char *option = module;

	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++)
		if (!strcmp(drivers[i].module, module))
			option = drivers[i].option;
	if (k->tree)
		msg_error("%s: has no %s (CONFIG_%s), which --root and --share "
			  "need; build it with: bootlet build -k %s share",
			  k->spec, module, option, k->tree);
	else
		msg_error("%s: has no %s (CONFIG_%s), which --root and --share "
			  "need; name another kernel with -k",
			  *k->spec ? k->spec : k->image, module, option);
	return -ENOENT;
}

static bool has_file(const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s", dir, name);
	bool found = file_exists(path);

	free(path);
	return found;
}

/* Only a kernel that says what is built in can lack anything for sure. */
static int check_kernel(const struct sharespec *s, const struct kernel *k,
			const struct machine *m)
{
	struct modindex *x = NULL;
	struct strv need = { 0 };
	int err;

	if (!k->moddir || !has_file(k->moddir, "modules.builtin"))
		return 0;
	err = modindex_open(k->moddir, k->release, &x);
	sharespec_drivers(s, m, &need);
	for (size_t i = 0; !err && i < need.n; i++) {
		char *path = NULL, *rel = NULL;

		err = modindex_find(x, need.v[i], &path, &rel);
		free(path);
		free(rel);
		if (err == -ENOENT)
			err = lacks(k, need.v[i]);
		else if (err > 0)
			err = 0;
	}
	strv_free(&need);
	modindex_close(x);
	return err;
}

static void share_modules(struct sharespec *s, const struct kernel *k)
{
	struct share *share = &s->share[s->n];
	char *at, *own;

	/* A build tree is not laid out as modprobe(8) wants it. */
	if (!s->root || !k->moddir || !k->release || k->tree)
		return;
	at = xasprintf("/lib/modules/%s", k->release);
	own = xasprintf("%s%s", s->root, at);
	for (size_t i = 0; at && i < s->n; i++)
		if (!strcmp(s->share[i].at, at)) {
			free(at);
			at = NULL;
		}
	if (at && !file_exists(own)) {
		const char *inside = path_below(k->moddir, s->root);

		*share = (struct share){
			.dir = xstrdup(inside ? inside : k->moddir),
			.at = at,
			.tag = "modules",
			.type = inside ? SHARE_BIND : SHARE_9P,
		};
		s->n++;
		at = NULL;
	}
	free(at);
	free(own);
}

int share_kernel(struct sharespec *s, const struct kernel *k,
		 const struct machine *m)
{
	int err = sharespec_any(s) ? check_kernel(s, k, m) : 0;

	if (!err)
		share_modules(s, k);
	return err;
}
