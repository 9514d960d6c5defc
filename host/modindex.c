// SPDX-License-Identifier: MIT
#include "modindex.h"

#include "msg.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LIST_MAX = 16 << 20, DEPTH_MAX = 32, NAME_MAX_LEN = 128 };

/* What a file of a module may be called after its name. */
static const char *const suffixes[] = { ".ko", ".ko.xz", ".ko.zst", ".ko.gz" };

/* Where rebuilt and third-party modules go; they win over kernel/, as
 * depmod.d(5) has it by default. */
const char *const modindex_first_dirs[] = { "updates", "extra", "weak-updates",
					    NULL };

/* One known module: @rel below moddir, as it was found or listed; or @file,
 * wherever that is. */
struct known {
	char *name, *rel, *file;
};

struct modindex {
	char *dir, *release;
	struct known *v;
	size_t n, cap;
	/* How many of the first ones are files of the user's. */
	size_t n_files;
	struct strv builtin;
	bool scanned;
};

/* How many bytes of a file's name follow the module's; 0: it is no module. */
static size_t suffix_len(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
		size_t cut = strlen(suffixes[i]);

		if (len > cut && !strcmp(name + len - cut, suffixes[i]))
			return cut;
	}
	return 0;
}

bool modindex_is_file(const char *name)
{
	return suffix_len(name) > 0;
}

int modindex_canonical(const char *name, char *out, size_t n)
{
	const char *slash = strrchr(name, '/');
	size_t len;

	name = slash ? slash + 1 : name;
	len = strlen(name) - suffix_len(name);
	if (!len || len >= n)
		return -EINVAL;
	for (size_t i = 0; i < len; i++)
		out[i] = name[i] == '-' ? '_' : name[i];
	out[len] = '\0';
	return 0;
}

static struct known *known_room(struct modindex *x)
{
	if (x->n == x->cap) {
		x->cap = x->cap ? x->cap * 2 : 1024;
		x->v = xrealloc(x->v, x->cap * sizeof(*x->v));
	}
	return &x->v[x->n++];
}

/* Callers add what wins first: known_file() takes the first of a name. */
static void known_add(struct modindex *x, const char *rel)
{
	char name[NAME_MAX_LEN];

	if (!modindex_canonical(rel, name, sizeof(name)))
		*known_room(x) = (struct known){ .name = xstrdup(name),
						 .rel = xstrdup(rel) };
}

int modindex_replace(struct modindex *x, const char *name, const char *path)
{
	struct known *at;

	for (size_t i = 0; i < x->n_files; i++)
		if (!strcmp(x->v[i].name, name))
			return strcmp(x->v[i].file, path) ? -EEXIST : 0;
	known_room(x);
	at = &x->v[x->n_files];
	memmove(at + 1, at, (x->n - 1 - x->n_files++) * sizeof(*at));
	*at = (struct known){ .name = xstrdup(name),
			      .rel = xasprintf("extra/%s.ko", name),
			      .file = xstrdup(path) };
	return strv_has(&x->builtin, name);
}

/* Kbuild lists objects (.o) in a tree since 6.4, modules (.ko) otherwise. */
static void parse_order(struct modindex *x, char *text)
{
	char *save = NULL;

	for (char *line = strtok_r(text, "\r\n", &save); line;
	     line = strtok_r(NULL, "\r\n", &save)) {
		size_t n = strlen(line);

		if (n > 2 && !strcmp(line + n - 2, ".o")) {
			char *rel = xasprintf("%.*s.ko", (int)n - 2, line);

			known_add(x, rel);
			free(rel);
		} else {
			known_add(x, line);
		}
	}
}

static void parse_builtin(struct modindex *x, char *text)
{
	char *save = NULL, name[NAME_MAX_LEN];

	for (char *line = strtok_r(text, "\r\n", &save); line;
	     line = strtok_r(NULL, "\r\n", &save))
		if (!modindex_canonical(line, name, sizeof(name)))
			strv_push(&x->builtin, name);
}

static int list_read(struct modindex *x, const char *file,
		     void (*parse)(struct modindex *x, char *text))
{
	char *path = xasprintf("%s/%s", x->dir, file);
	struct buf text = { 0 };
	int err = read_file(path, &text, LIST_MAX);

	if (!err && text.n)
		parse(x, text.p);
	if (err && err != -ENOENT)
		msg_error("%s: %s", path, strerror(-err));
	buf_free(&text);
	free(path);
	return err == -ENOENT ? 0 : err;
}

static bool is_real_dir(DIR *d, const struct dirent *e)
{
	struct stat st;

	if (e->d_type != DT_UNKNOWN)
		return e->d_type == DT_DIR;
	return !fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) &&
	       S_ISDIR(st.st_mode);
}

/* Adds module files below @sub. Symbolic links to directories ("build" and
 * "source" lead out of an installed tree) are not followed. */
static void scan(struct modindex *x, const char *sub, int depth)
{
	char *path = xasprintf("%s/%s", x->dir, sub);
	DIR *d = opendir(path);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		char *rel = *sub ? xasprintf("%s/%s", sub, e->d_name) :
				   xstrdup(e->d_name);

		if (*e->d_name == '.')
			;
		else if (modindex_is_file(e->d_name))
			known_add(x, rel);
		else if (is_real_dir(d, e) && depth < DEPTH_MAX)
			scan(x, rel, depth + 1);
		free(rel);
	}
	if (d)
		closedir(d);
	free(path);
}

int modindex_open(const char *moddir, const char *release,
		  struct modindex **out)
{
	struct modindex *x = xrealloc(NULL, sizeof(*x));
	int err = 0;

	*x = (struct modindex){ .scanned = !moddir };
	*out = NULL;
	x->release = xstrdup(release ? release : "this kernel");
	if (moddir) {
		x->dir = xstrdup(moddir);
		for (size_t i = 0; modindex_first_dirs[i]; i++)
			scan(x, modindex_first_dirs[i], 0);
		err = list_read(x, "modules.order", parse_order);
		if (!err)
			err = list_read(x, "modules.builtin", parse_builtin);
	}
	if (err)
		modindex_close(x);
	else
		*out = x;
	return err;
}

void modindex_close(struct modindex *x)
{
	if (!x)
		return;
	for (size_t i = 0; i < x->n; i++) {
		free(x->v[i].name);
		free(x->v[i].rel);
		free(x->v[i].file);
	}
	free(x->v);
	strv_free(&x->builtin);
	free(x->dir);
	free(x->release);
	free(x);
}

size_t modindex_count(struct modindex *x)
{
	return x->n + x->builtin.n;
}

/* The file of a module, which may be compressed though the list says .ko; a
 * tree's list of old put kernel/ before each name. NULL where none is there. */
static char *file_find(struct modindex *x, const char *rel)
{
	const char *ko = strstr(rel, ".ko");
	size_t len = strlen(rel);

	while (ko && strstr(ko + 1, ".ko"))
		ko = strstr(ko + 1, ".ko");
	if (ko)
		len = ko - rel;
	for (int strip = 0; strip < 2; strip++) {
		size_t skip = strip ? strlen("kernel/") : 0;

		if (strip && strncmp(rel, "kernel/", skip))
			break;
		for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes);
		     i++) {
			char *path = xasprintf("%s/%.*s%s", x->dir,
					       (int)(len - skip), rel + skip,
					       suffixes[i]);

			if (!access(path, F_OK))
				return path;
			free(path);
		}
	}
	return NULL;
}

static int user_file(struct modindex *x, const char *name, char **path,
		     char **rel)
{
	for (size_t i = 0; i < x->n_files; i++) {
		if (strcmp(x->v[i].name, name))
			continue;
		*path = xstrdup(x->v[i].file);
		*rel = xstrdup(x->v[i].rel);
		return 0;
	}
	return -ENOENT;
}

static int known_file(struct modindex *x, const char *name, char **path,
		      char **rel)
{
	int err = -ENOENT;

	for (size_t i = x->n_files; i < x->n; i++) {
		if (strcmp(x->v[i].name, name))
			continue;
		*path = file_find(x, x->v[i].rel);
		if (*path) {
			size_t skip = strlen(x->dir) + 1;
			char *end = strstr(strrchr(*path, '/'), ".ko");

			*rel = xasprintf("%.*s.ko", (int)(end - *path - skip),
					 *path + skip);
			return 0;
		}
		err = -ENOEXEC;
	}
	return err;
}

int modindex_find(struct modindex *x, const char *name, char **path, char **rel)
{
	char canon[NAME_MAX_LEN];
	int err;

	if (modindex_canonical(name, canon, sizeof(canon)))
		return -ENOENT;
	if (!user_file(x, canon, path, rel))
		return 0;
	if (strv_has(&x->builtin, canon))
		return 1;
	err = known_file(x, canon, path, rel);
	if (err && !x->scanned) {
		/* Listed nowhere, e.g. built alone: look at what is there. */
		x->scanned = true;
		scan(x, "", 0);
		err = known_file(x, canon, path, rel);
	}
	if (err == -ENOEXEC)
		msg_error("%s: listed in %s/modules.order, but its file is not "
			  "there; is a package with more modules missing?",
			  name, x->dir);
	return err;
}

const char *modindex_nearest(struct modindex *x, const char *name)
{
	char canon[NAME_MAX_LEN];
	const char *near;
	char **names;
	size_t n = 0;

	if (modindex_canonical(name, canon, sizeof(canon)))
		return NULL;
	names = xrealloc(NULL, (modindex_count(x) + 1) * sizeof(*names));
	for (size_t i = 0; i < x->n; i++)
		names[n++] = x->v[i].name;
	for (size_t i = 0; i < x->builtin.n; i++)
		names[n++] = x->builtin.v[i];
	near = str_nearest(canon, names, n);
	free(names);
	return near;
}

const char *modindex_where(const struct modindex *x)
{
	return x->dir ? x->dir : x->release;
}

int modindex_each(struct modindex *x, const char *part,
		  int (*fn)(void *ctx, const char *name, const char *path),
		  void *ctx)
{
	int stop = 0;

	for (size_t i = x->n_files; i < x->n && !stop; i++) {
		const char *hit = strstr(x->v[i].rel, part);
		char *path;

		if (!hit || (hit != x->v[i].rel && hit[-1] != '/'))
			continue;
		path = file_find(x, x->v[i].rel);
		if (path)
			stop = fn(ctx, x->v[i].name, path);
		free(path);
	}
	return stop;
}
