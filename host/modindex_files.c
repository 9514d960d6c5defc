// SPDX-License-Identifier: MIT
#include "modindex.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* Deeper than packages go. */
#define DEPTH_MAX 32

static void list_dirs(const char *dir, int depth, struct strv *out)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	strv_push(out, dir);
	while (d && depth < DEPTH_MAX && (e = readdir(d))) {
		char *path;

		if (*e->d_name == '.' ||
		    (e->d_type != DT_DIR && e->d_type != DT_UNKNOWN))
			continue;
		path = xasprintf("%s/%s", dir, e->d_name);
		list_dirs(path, depth + 1, out);
		free(path);
	}
	if (d)
		closedir(d);
}

int modindex_files(const char *moddir, struct strv *out)
{
	char *order = xasprintf("%s/modules.order", moddir);
	int err = access(order, F_OK) ? -ENOENT : 0;

	strv_take(out, order);
	strv_pushf(out, "%s/modules.builtin", moddir);
	for (size_t i = 0; modindex_first_dirs[i]; i++) {
		char *dir = xasprintf("%s/%s", moddir, modindex_first_dirs[i]);

		list_dirs(dir, 0, out);
		free(dir);
	}
	return err;
}
