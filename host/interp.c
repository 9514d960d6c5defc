// SPDX-License-Identifier: MIT
#include "interp.h"

#include "str.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The kernel looks no further for "#!", and linkers put PT_INTERP there. */
#define HEAD 8192

static bool within(size_t n, uint64_t at, uint64_t size)
{
	return at <= n && size <= n - at;
}

static char *string_at(const char *head, size_t n, uint64_t at, uint64_t size)
{
	if (!size || !within(n, at, size))
		return NULL;
	return xasprintf("%.*s", (int)size, head + at);
}

static char *loader_64(const char *head, size_t n)
{
	Elf64_Ehdr e;
	Elf64_Phdr p;

	if (n < sizeof(e))
		return NULL;
	memcpy(&e, head, sizeof(e));
	for (unsigned int i = 0; i < e.e_phnum; i++) {
		uint64_t at = e.e_phoff + (uint64_t)i * e.e_phentsize;

		if (!within(n, at, sizeof(p)))
			return NULL;
		memcpy(&p, head + at, sizeof(p));
		if (p.p_type == PT_INTERP)
			return string_at(head, n, p.p_offset, p.p_filesz);
	}
	return NULL;
}

static char *loader_32(const char *head, size_t n)
{
	Elf32_Ehdr e;
	Elf32_Phdr p;

	if (n < sizeof(e))
		return NULL;
	memcpy(&e, head, sizeof(e));
	for (unsigned int i = 0; i < e.e_phnum; i++) {
		uint64_t at = e.e_phoff + (uint64_t)i * e.e_phentsize;

		if (!within(n, at, sizeof(p)))
			return NULL;
		memcpy(&p, head + at, sizeof(p));
		if (p.p_type == PT_INTERP)
			return string_at(head, n, p.p_offset, p.p_filesz);
	}
	return NULL;
}

int parse_interpreter(const char *head, size_t n, char **out)
{
	*out = NULL;
	if (n > 2 && head[0] == '#' && head[1] == '!') {
		const char *word = head + 2 + strspn(head + 2, " \t");

		*out = xasprintf("%.*s", (int)strcspn(word, " \t\n"), word);
		return INTERP_SCRIPT;
	}
	if (n <= EI_CLASS || memcmp(head, ELFMAG, SELFMAG) != 0)
		return 0;
	*out = head[EI_CLASS] == ELFCLASS64 ? loader_64(head, n) :
					      loader_32(head, n);
	return *out ? INTERP_LOADER : 0;
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Links are not followed: a path in the image may lead through one. */
static bool is_there(const struct image *img, const char *path, int kind)
{
	return path[0] != '/' || image_has(img, path + 1, false) ||
	       (kind == INTERP_LOADER && image_has(img, last_part(path), true));
}

int interp_missing(const char *path, const struct image *img, char **out)
{
	char head[HEAD + 1];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK), kind;
	ssize_t n = fd < 0 ? -1 : read(fd, head, HEAD);

	*out = NULL;
	if (fd >= 0)
		close(fd);
	if (n < 0)
		return 0;
	head[n] = '\0';
	kind = parse_interpreter(head, (size_t)n, out);
	if (!kind || !is_there(img, *out, kind))
		return kind;
	free(*out);
	*out = NULL;
	return 0;
}
