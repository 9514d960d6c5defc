// SPDX-License-Identifier: MIT
#include "outputs.h"

#include "msg.h"
#include "str.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_same_file(const struct stat *a, const struct stat *b)
{
	return S_ISREG(a->st_mode) && a->st_dev == b->st_dev &&
	       a->st_ino == b->st_ino;
}

/* What it would be called, in the one way that there is for a directory. */
static char *name_to_come(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash ? xasprintf("%.*s", (int)(slash - path + 1), path) :
			    xstrdup(".");
	char *whole = realpath(dir, NULL), *name;

	name = xasprintf("%s/%s", whole ? whole : dir,
			 slash ? slash + 1 : path);
	free(whole);
	free(dir);
	return name;
}

static bool is_same(const char *a, const char *b)
{
	struct stat sa, sb;
	bool there_a = stat(a, &sa) == 0, there_b = stat(b, &sb) == 0, same;
	char *name_a, *name_b;

	if (there_a || there_b)
		return there_a && there_b && is_same_file(&sa, &sb);
	name_a = name_to_come(a);
	name_b = name_to_come(b);
	same = !strcmp(name_a, name_b);
	free(name_a);
	free(name_b);
	return same;
}

/* A new file in place of what stdout or stderr writes to would lose that. */
static bool is_our_own(const char *path)
{
	struct stat st, out;

	if (stat(path, &st) < 0)
		return false;
	for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++)
		if (fstat(fd, &out) == 0 && is_same_file(&st, &out))
			return true;
	return false;
}

int outputs_check(const struct output *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (v[i].path && is_our_own(v[i].path)) {
			msg_error("%s %s: bootlet's own output goes there; "
				  "name another file",
				  v[i].option, v[i].path);
			return -EBUSY;
		}
		for (size_t k = 0; v[i].path && k < i; k++) {
			if (!v[k].path || !is_same(v[i].path, v[k].path))
				continue;
			msg_error("%s %s: %s writes that file, too; name "
				  "another one",
				  v[i].option, v[i].path, v[k].option);
			return -EBUSY;
		}
	}
	return 0;
}
