// SPDX-License-Identifier: MIT
#include "modflat.h"

#include "file.h"
#include "io.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#define MAX_FILES 512

static struct flat files[MAX_FILES];
static size_t n_files;
static char names[MAX_FILES * 32];
static size_t names_len;

void modflat_reset(void)
{
	n_files = 0;
	names_len = 0;
}

struct span modflat_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct span name = { slash ? slash + 1 : path, 0 };

	while (name.p[name.len] &&
	       !text_listed(".ko\0.ko.gz\0.ko.xz\0.ko.zst\0",
			    name.p + name.len))
		name.len++;
	return name;
}

bool modflat_packed(const char *file)
{
	const char *dot = strrchr(file, '.');

	return dot && strcmp(dot, ".ko");
}

static bool is_module(const char *file)
{
	size_t len = modflat_name(file).len;

	return len && file[len];
}

static int file_add(int dir, const char *name, enum flat_state state)
{
	size_t size = strlen(name) + 1, at = n_files;
	char *copy = names + names_len;

	if (n_files == MAX_FILES || size > sizeof(names) - names_len)
		return -ENOSPC;
	memcpy(copy, name, size);
	names_len += size;
	for (; at && strcmp(files[at - 1].file, name) > 0; at--)
		files[at] = files[at - 1];
	files[at] = (struct flat){ .file = copy, .dir = dir, .state = state };
	n_files++;
	return 0;
}

static enum flat_state scanned_as;

static int file_found(int dir, const struct io_dirent *e)
{
	return e->type != DT_DIR && is_module(e->name) ?
		       file_add(dir, e->name, scanned_as) :
		       0;
}

int modflat_scan(int dir, enum flat_state state)
{
	scanned_as = state;
	return dir_each(dir, file_found);
}

struct flat *modflat_at(size_t i)
{
	return i < n_files ? &files[i] : NULL;
}

struct flat *modflat_find(struct span name)
{
	for (size_t i = 0; i < n_files; i++)
		if (files[i].state != FLAT_OVER &&
		    modname_same(modflat_name(files[i].file), name))
			return &files[i];
	return NULL;
}
