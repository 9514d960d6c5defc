// SPDX-License-Identifier: MIT
#include "klist.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* Where packages put lib/modules/RELEASE, seen from their root. */
static const char *const package_places[] = {
	"usr/lib/modules",
	"lib/modules",
};

static bool is_dir(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static char *dir_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return xstrdup(".");
	return slash == path ? xstrdup("/") :
			       xasprintf("%.*s", (int)(slash - path), path);
}

/* "vmlinuz-6.1.0-1-amd64" -> "6.1.0-1-amd64"; ".../6.1.0/vmlinuz" likewise */
char *klist_release(const char *image)
{
	const char *base = strrchr(image, '/');
	char *dir, *release;

	base = base ? base + 1 : image;
	if (!strncmp(base, "vmlinuz-", 8))
		return xstrdup(base + 8);
	dir = dir_of(image);
	base = strrchr(dir, '/');
	release = xstrdup(base ? base + 1 : dir);
	free(dir);
	return release;
}

static bool is_image_name(const char *name)
{
	size_t n = strlen(name);

	return !strncmp(name, "vmlinuz-", 8) &&
	       strncmp(name, "vmlinuz-0-rescue", 16) &&
	       (n < 4 || strcmp(name + n - 4, ".old"));
}

int klist_boot(const char *dir, struct strv *out)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	if (!d)
		return -errno;
	while ((e = readdir(d)))
		if (is_image_name(e->d_name))
			strv_pushf(out, "%s/%s", dir, e->d_name);
	closedir(d);
	return 0;
}

static int list_modules(const char *dir, struct strv *out, size_t from)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	if (!d)
		return -errno;
	while ((e = readdir(d))) {
		char *path = xasprintf("%s/%s/vmlinuz", dir, e->d_name);
		bool known = *e->d_name == '.' || access(path, F_OK);

		for (size_t i = from; i < out->n && !known; i++) {
			char *release = klist_release(out->v[i]);

			known = !strcmp(release, e->d_name);
			free(release);
		}
		if (known)
			free(path);
		else
			strv_take(out, path);
	}
	closedir(d);
	return 0;
}

int klist_root(const char *root, struct strv *out)
{
	size_t from = out->n;
	char *dir = xasprintf("%s/boot", root);

	if (!is_dir(root)) {
		free(dir);
		return -ENOENT;
	}
	/* Not a problem if it fails: a package need not have each of them. */
	klist_boot(dir, out);
	free(dir);
	for (size_t i = 0; i < COUNT(package_places); i++) {
		dir = xasprintf("%s/%s", root, package_places[i]);
		list_modules(dir, out, from);
		free(dir);
	}
	return 0;
}

/* /lib/modules/RELEASE without an image in it: that lies in /boot. */
void klist_sibling(const char *dir, struct strv *out)
{
	static const char *const up[] = { "../../..", "../../../.." };
	char *real = realpath(dir, NULL);
	const char *base = real ? strrchr(real, '/') + 1 : "";

	for (size_t i = 0; *base && i < COUNT(up); i++) {
		char *path =
			xasprintf("%s/%s/boot/vmlinuz-%s", dir, up[i], base);

		if (!out->n && !access(path, F_OK))
			strv_take(out, realpath(path, NULL));
		free(path);
	}
	free(real);
}
