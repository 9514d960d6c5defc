// SPDX-License-Identifier: MIT
#include "interp.h"

#include "str.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
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

/* Where a class of ELF has what is looked for; p_type comes first in both. */
struct layout {
	size_t ehdr, phoff, phentsize, phnum, phdr, offset, filesz;
	/* Bytes of an offset or a size. */
	size_t word;
};

#define LAYOUT(bits)                                                  \
	{                                                             \
		.ehdr = sizeof(Elf##bits##_Ehdr),                     \
		.phoff = offsetof(Elf##bits##_Ehdr, e_phoff),         \
		.phentsize = offsetof(Elf##bits##_Ehdr, e_phentsize), \
		.phnum = offsetof(Elf##bits##_Ehdr, e_phnum),         \
		.phdr = sizeof(Elf##bits##_Phdr),                     \
		.offset = offsetof(Elf##bits##_Phdr, p_offset),       \
		.filesz = offsetof(Elf##bits##_Phdr, p_filesz),       \
		.word = sizeof(Elf##bits##_Off),                      \
	}

static const struct layout layouts[] = {
	[ELFCLASS32] = LAYOUT(32),
	[ELFCLASS64] = LAYOUT(64),
};

/* As this machine has its numbers: so has what it can run. */
static uint64_t number(const char *at, size_t size)
{
	uint64_t v64;
	uint32_t v32;
	uint16_t v16;

	switch (size) {
	case sizeof(v64):
		return memcpy(&v64, at, size), v64;
	case sizeof(v32):
		return memcpy(&v32, at, size), v32;
	default:
		return memcpy(&v16, at, sizeof(v16)), v16;
	}
}

static char *loader(const struct layout *l, const char *head, size_t n)
{
	uint64_t at, step, left;

	if (n < l->ehdr)
		return NULL;
	at = number(head + l->phoff, l->word);
	step = number(head + l->phentsize, 2);
	left = number(head + l->phnum, 2);
	for (; left; left--, at += step) {
		if (!within(n, at, l->phdr))
			return NULL;
		if (number(head + at, 4) == PT_INTERP)
			return string_at(
				head, n, number(head + at + l->offset, l->word),
				number(head + at + l->filesz, l->word));
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
	*out = loader(
		&layouts[head[EI_CLASS] == ELFCLASS64 ? ELFCLASS64 : ELFCLASS32],
		head, n);
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
