// SPDX-License-Identifier: MIT
#include "modindex.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

static const char *const names[MODINDEX_FILES] = {
	[MODINDEX_DEP] = "modules.dep",
	[MODINDEX_SOFTDEP] = "modules.softdep",
	[MODINDEX_BUILTIN] = "modules.builtin",
	[MODINDEX_ALIAS] = "modules.alias",
};

static struct span file_map(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	struct span text = { 0 };
	off_t size;
	void *p;

	if (fd < 0)
		return text;
	size = lseek(fd, 0, SEEK_END);
	if (size > 0) {
		p = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (p != MAP_FAILED)
			text = (struct span){ p, (size_t)size };
	}
	close(fd);
	return text;
}

void modindex_map(struct modindex *index, int dir)
{
	for (int i = 0; i < MODINDEX_FILES; i++)
		index->text[i] = file_map(dir, names[i]);
}

void modindex_unmap(struct modindex *index)
{
	for (int i = 0; i < MODINDEX_FILES; i++) {
		if (index->text[i].p)
			munmap((void *)index->text[i].p, index->text[i].len);
		index->text[i] = (struct span){ 0 };
	}
}
