// SPDX-License-Identifier: MIT
#include "kernel.h"

#include "distro.h"
#include "klist.h"
#include "msg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#define TREE_IMAGE "arch/x86/boot/bzImage"
#define COUNT(a)   (sizeof(a) / sizeof(*(a)))

/* Where modules/RELEASE lies, seen from the directory of the image. */
static const char *const module_places[] = {
	"../lib/modules", "../usr/lib/modules",
	"lib/modules",	  "usr/lib/modules",
	"modules",
};

/* Where packages put lib/modules/RELEASE, seen from their root. */
static const char *const package_places[] = {
	"usr/lib/modules",
	"lib/modules",
};

static bool exists(const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s", dir, name);
	bool is = !access(path, F_OK);

	free(path);
	return is;
}

static bool is_dir(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/* Kbuild makes include/config when it configures; sources have Kconfig. */
static bool is_tree(const char *dir)
{
	return exists(dir, "include/config/auto.conf") ||
	       exists(dir, "include/config/kernel.release") ||
	       (exists(dir, "Kconfig") && exists(dir, "Makefile") &&
		exists(dir, "arch/x86"));
}

static bool is_moddir(const char *dir)
{
	return exists(dir, "modules.order") || exists(dir, "modules.builtin") ||
	       exists(dir, "modules.dep") || exists(dir, "kernel");
}

static char *dir_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return xstrdup(".");
	return slash == path ? xstrdup("/") :
			       xasprintf("%.*s", (int)(slash - path), path);
}

void kernel_free(struct kernel *k)
{
	free(k->spec);
	free(k->image);
	free(k->release);
	free(k->moddir);
	free(k->tree);
	memset(k, 0, sizeof(*k));
}

static char *moddir_try(const char *dir, const char *place, const char *release)
{
	char *path = xasprintf("%s/%s/%s", dir, place, release);
	char *real = is_moddir(path) ? realpath(path, NULL) : NULL;

	free(path);
	return real;
}

/* An image within a build tree: its top, or arch/x86/boot below it. */
static char *tree_of(const char *dir)
{
	char *real = realpath(dir, NULL), *end;

	if (!real)
		return NULL;
	end = strstr(real, "/arch/x86/boot");
	if (end && !end[strlen("/arch/x86/boot")])
		*end = '\0';
	if (is_tree(real))
		return real;
	free(real);
	return NULL;
}

/* For a vmlinux without a banner; the image itself is asked first, because
 * the tree may have been configured anew since. */
static char *tree_release(const char *tree)
{
	char *path = xasprintf("%s/include/config/kernel.release", tree);
	struct buf b = { 0 };
	char *release = NULL;

	if (!read_file(path, &b, 4096) && b.n && *b.p != '\n')
		release = xasprintf("%.*s", (int)strcspn(b.p, "\n"), b.p);
	buf_free(&b);
	free(path);
	return release;
}

static void modules_find(const char *dir, struct kernel *k)
{
	k->tree = tree_of(dir);
	if (k->tree) {
		if (!k->release)
			k->release = tree_release(k->tree);
		if (is_moddir(k->tree))
			k->moddir = xstrdup(k->tree);
		return;
	}
	if (exists(dir, "modules.order") || exists(dir, "modules.builtin"))
		k->moddir = realpath(dir, NULL);
	for (size_t i = 0; k->release && i < COUNT(module_places); i++)
		if (!k->moddir)
			k->moddir =
				moddir_try(dir, module_places[i], k->release);
}

static int image_take(const char *path, struct kernel *k, struct buf *why)
{
	const char *reason;
	struct kimage img;
	int err = kimage_read(path, &img, &reason);
	char *dir, *real;

	if (err) {
		buf_addf(why, "%s: %s%s", path, reason,
			 err == -EACCES ? "; make it readable, or take the "
					  "packaged one with -k distro" :
					  "");
		return err;
	}
	/* QEMU would take it for an option. */
	k->image = *path == '-' ? xasprintf("./%s", path) : xstrdup(path);
	k->release = *img.release ? xstrdup(img.release) : NULL;
	real = realpath(path, NULL);
	dir = dir_of(path);
	modules_find(dir, k);
	if (real && !k->moddir && !k->tree) {
		free(dir);
		dir = dir_of(real);
		modules_find(dir, k);
	}
	for (size_t i = 0; k->release && i < COUNT(package_places); i++)
		if (!k->moddir && !k->tree)
			k->moddir =
				moddir_try("", package_places[i], k->release);
	free(dir);
	free(real);
	return 0;
}

static int tree_take(const char *dir, struct kernel *k, struct buf *why)
{
	char *image = xasprintf("%s/" TREE_IMAGE, dir);
	int err;

	if (access(image, F_OK)) {
		buf_addf(why,
			 "%s: this kernel tree is not built: it has no "
			 "%s; bootlet build -k makes it",
			 dir, TREE_IMAGE);
		err = -EINVAL;
	} else {
		err = image_take(image, k, why);
	}
	free(image);
	return err;
}

static void join(struct buf *b, const struct strv *v)
{
	for (size_t i = 0; i < v->n; i++)
		buf_addf(b, "%s%s", i ? ", " : "", v->v[i]);
}

static int dir_take(const char *dir, struct kernel *k, struct buf *why)
{
	struct strv found = { 0 };
	int err;

	if (is_tree(dir) || exists(dir, TREE_IMAGE))
		return tree_take(dir, k, why);
	/* Not a problem if it fails: the message below says what is missing. */
	klist_root(dir, &found);
	if (!found.n && exists(dir, "vmlinuz"))
		strv_pushf(&found, "%s/vmlinuz", dir);
	if (!found.n)
		klist_boot(dir, &found);
	if (!found.n)
		klist_sibling(dir, &found);
	if (found.n == 1) {
		err = image_take(found.v[0], k, why);
	} else if (found.n) {
		buf_addf(why,
			 "%s: holds several kernels, name one of them: ", dir);
		join(why, &found);
		err = -EINVAL;
	} else {
		buf_addf(why,
			 "%s: no kernel in this directory: neither %s nor "
			 "boot/vmlinuz-* nor lib/modules/*/vmlinuz",
			 dir, TREE_IMAGE);
		err = -ENOENT;
	}
	strv_free(&found);
	return err;
}

static void list_all(struct strv *out)
{
	struct strv dirs = { 0 };

	klist_root("", out);
	distro_cached(&dirs);
	for (size_t i = 0; i < dirs.n; i++)
		klist_root(dirs.v[i], out);
	strv_free(&dirs);
}

static void release_hint(const char *release, const struct strv *known,
			 struct buf *why)
{
	const char *near = str_nearest(release, known->v, known->n);

	buf_addf(why, "%s: no such file, directory or kernel release", release);
	if (near) {
		buf_addf(why, "; did you mean %s?", near);
	} else if (known->n) {
		buf_adds(why, "; here are: ");
		join(why, known);
	} else {
		buf_adds(why, "; -k distro takes the distribution's kernel");
	}
}

static int release_take(const char *release, struct kernel *k, struct buf *why)
{
	struct strv images = { 0 }, known = { 0 };
	const char *image = NULL;
	int err = -ENOENT;

	list_all(&images);
	for (size_t i = 0; i < images.n; i++) {
		char *name = klist_release(images.v[i]);

		if (!image && !strcmp(name, release))
			image = images.v[i];
		if (strv_has(&known, name))
			free(name);
		else
			strv_take(&known, name);
	}
	if (image)
		err = image_take(image, k, why);
	else
		release_hint(release, &known, why);
	strv_free(&images);
	strv_free(&known);
	return err;
}

char *kernel_tree_above(const char *dir)
{
	char *path = realpath(dir, NULL);

	while (path && *path) {
		if (is_tree(path))
			return path;
		*strrchr(path, '/') = '\0';
	}
	free(path);
	return NULL;
}

static int running_take(struct kernel *k)
{
	struct buf why = { 0 };
	struct utsname u;
	int err = uname(&u) ? -errno : release_take(u.release, k, &why);

	buf_free(&why);
	return err;
}

static int word_take(const char *spec, struct kernel *k, struct buf *why)
{
	if (!strcmp(spec, "distro"))
		return distro_kernel(NULL, k);
	if (!strncmp(spec, "distro:", 7))
		return distro_kernel(spec + 7, k);
	if (is_dir(spec))
		return dir_take(spec, k, why);
	if (!*spec) {
		buf_adds(why, "the kernel's name is empty");
		return -EINVAL;
	}
	if (strchr(spec, '/') || !access(spec, F_OK))
		return image_take(spec, k, why);
	return release_take(spec, k, why);
}

static int finish(int err, const char *spec, struct kernel *k, struct buf *why)
{
	if (err && why->n)
		msg_error("%s", why->p);
	buf_free(why);
	if (err) {
		kernel_free(k);
		return err;
	}
	free(k->spec);
	k->spec = xstrdup(spec);
	return 0;
}

int kernel_at(const char *dir, struct kernel *k)
{
	struct buf why = { 0 };

	*k = (struct kernel){ 0 };
	return finish(dir_take(dir, k, &why), dir, k, &why);
}

int kernel_find(const char *spec, struct kernel *k)
{
	struct buf why = { 0 };
	char *tree;
	int err;

	*k = (struct kernel){ 0 };
	if (spec)
		return finish(word_take(spec, k, &why), spec, k, &why);
	tree = kernel_tree_above(".");
	if (tree)
		err = tree_take(tree, k, &why);
	else
		err = running_take(k);
	if (err && !tree) {
		kernel_free(k);
		err = distro_kernel(NULL, k);
	}
	free(tree);
	return finish(err, "", k, &why);
}

int kernel_find_local(struct kernel *k)
{
	struct buf why = { 0 };
	struct strv dirs = { 0 };
	char *tree = kernel_tree_above(".");
	int err;

	*k = (struct kernel){ 0 };
	err = tree ? tree_take(tree, k, &why) : running_take(k);
	if (err) {
		kernel_free(k);
		err = distro_kernel_cached(k);
	}
	distro_cached(&dirs);
	for (size_t i = 0; err && i < dirs.n; i++) {
		kernel_free(k);
		err = dir_take(dirs.v[i], k, &why);
	}
	buf_free(&why);
	strv_free(&dirs);
	free(tree);
	return finish(err, "", k, &why);
}
