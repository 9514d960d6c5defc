// SPDX-License-Identifier: MIT
#include "gdbelf.h"

#include "str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Far above what any kernel has; what is more is no table. */
#define TABLE_MAX (64ULL << 20)
#define NOTES_MAX (1ULL << 20)

/* By pread(2), no mapping: a file that make shortens meanwhile is an error
 * here, and would be SIGBUS there. */
static int get(const struct gdbelf *e, uint64_t at, void *to, uint64_t n)
{
	unsigned char *p = to;

	if (at > e->size || n > e->size - at)
		return -ENOEXEC;
	if (e->fd < 0) {
		memcpy(to, e->mem + at, n);
		return 0;
	}
	while (n) {
		ssize_t did = pread(e->fd, p, n, (off_t)at);

		if (did < 0 && errno == EINTR)
			continue;
		if (did <= 0)
			return did ? -errno : -ENOEXEC;
		p += did;
		at += (uint64_t)did;
		n -= (uint64_t)did;
	}
	return 0;
}

/* A table of @n entries, which the caller frees; NULL for none. */
static int get_table(const struct gdbelf *e, uint64_t at, size_t n, size_t one,
		     void **out)
{
	int err;

	*out = NULL;
	if (!n)
		return 0;
	if (n > TABLE_MAX / one || at > e->size || n * one > e->size - at)
		return -ENOEXEC;
	*out = xrealloc(NULL, n * one);
	err = get(e, at, *out, n * one);
	if (err) {
		free(*out);
		*out = NULL;
	}
	return err;
}

static int get_names(struct gdbelf *e, size_t index)
{
	const Elf64_Shdr *s;
	int err;

	if (index >= e->n_sections)
		return -ENOEXEC;
	s = &e->sections[index];
	if (s->sh_type != SHT_STRTAB || !s->sh_size || s->sh_size > TABLE_MAX)
		return -ENOEXEC;
	e->names = xrealloc(NULL, s->sh_size + 1);
	err = get(e, s->sh_offset, e->names, s->sh_size);
	e->names[s->sh_size] = '\0';
	e->n_names = s->sh_size;
	return err;
}

/* With more sections than fit in 16 bits, the first one has the numbers. */
static int get_sections(struct gdbelf *e, const Elf64_Ehdr *head)
{
	size_t n = head->e_shnum, names = head->e_shstrndx;
	Elf64_Shdr first = { 0 };
	void *table;
	int err;

	if (!head->e_shoff)
		return 0;
	if (head->e_shentsize != sizeof(Elf64_Shdr))
		return -ENOEXEC;
	err = get(e, head->e_shoff, &first, sizeof(first));
	if (err)
		return err;
	if (!n)
		n = first.sh_size;
	if (names == SHN_XINDEX)
		names = first.sh_link;
	err = get_table(e, head->e_shoff, n, sizeof(Elf64_Shdr), &table);
	if (err)
		return err;
	e->sections = table;
	e->n_sections = n;
	return names == SHN_UNDEF ? 0 : get_names(e, names);
}

static int get_segments(struct gdbelf *e, const Elf64_Ehdr *head)
{
	void *table;
	int err;

	if (!head->e_phnum)
		return 0;
	if (head->e_phentsize != sizeof(Elf64_Phdr))
		return -ENOEXEC;
	err = get_table(e, head->e_phoff, head->e_phnum, sizeof(Elf64_Phdr),
			&table);
	if (err)
		return err;
	e->segments = table;
	e->n_segments = head->e_phnum;
	return 0;
}

static int get_all(struct gdbelf *e)
{
	Elf64_Ehdr head = { 0 };
	int err = get(e, 0, &head, sizeof(head));

	if (!err && (memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 ||
		     head.e_ident[EI_CLASS] != ELFCLASS64 ||
		     head.e_ident[EI_DATA] != ELFDATA2LSB))
		err = -ENOEXEC;
	e->type = head.e_type;
	e->machine = head.e_machine;
	if (!err)
		err = get_segments(e, &head);
	if (!err)
		err = get_sections(e, &head);
	if (err)
		gdbelf_close(e);
	return err;
}

int gdbelf_open(const char *path, struct gdbelf *e)
{
	struct stat st;
	int err = 0;

	*e = (struct gdbelf){ .fd = -1 };
	/* A pipe of that name shall not hold us up. */
	e->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (e->fd < 0)
		return -errno;
	if (fstat(e->fd, &st) < 0)
		err = -errno;
	else if (!S_ISREG(st.st_mode))
		err = S_ISDIR(st.st_mode) ? -EISDIR : -ENOEXEC;
	if (err) {
		gdbelf_close(e);
		return err;
	}
	e->size = (uint64_t)st.st_size;
	return get_all(e);
}

int gdbelf_memory(const unsigned char *p, size_t n, struct gdbelf *e)
{
	*e = (struct gdbelf){ .fd = -1, .mem = p, .size = n };
	return get_all(e);
}

void gdbelf_close(struct gdbelf *e)
{
	if (e->fd >= 0)
		close(e->fd);
	free(e->sections);
	free(e->segments);
	free(e->names);
	*e = (struct gdbelf){ .fd = -1 };
}

int gdbelf_read(const struct gdbelf *e, uint64_t at, void *to, uint64_t n)
{
	return get(e, at, to, n);
}

const Elf64_Shdr *gdbelf_section(const struct gdbelf *e, const char *name)
{
	for (size_t i = 0; e->names && i < e->n_sections; i++)
		if (e->sections[i].sh_name < e->n_names &&
		    !strcmp(e->names + e->sections[i].sh_name, name))
			return &e->sections[i];
	return NULL;
}

bool gdbelf_has_debug(const struct gdbelf *e)
{
	const Elf64_Shdr *s = gdbelf_section(e, ".debug_info");

	if (!s)
		s = gdbelf_section(e, ".zdebug_info");
	/* `strip --only-keep-debug` turned around leaves names without bytes. */
	return s && s->sh_type != SHT_NOBITS && s->sh_size;
}

/* --- notes ------------------------------------------------------------------ */

static uint64_t padded(uint64_t n, uint64_t align)
{
	return (n + align - 1) & ~(align - 1);
}

static char *hex_of(const unsigned char *p, size_t n)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < n; i++)
		buf_addf(&b, "%02x", p[i]);
	return b.p;
}

/* A note that is looked for. */
struct wanted {
	const char *name;
	unsigned int type;
	struct buf *desc;
};

/* Whether it is in a row of notes; then its bytes are taken. */
static bool find_note(const unsigned char *p, uint64_t n, uint64_t align,
		      const struct wanted *w)
{
	size_t len = strlen(w->name) + 1;
	Elf64_Nhdr note;

	while (n >= sizeof(note)) {
		uint64_t desc, next;

		memcpy(&note, p, sizeof(note));
		desc = padded(sizeof(note) + note.n_namesz, align);
		if (desc > n || note.n_descsz > n - desc)
			return false;
		if (note.n_type == w->type && note.n_namesz == len &&
		    note.n_descsz && !memcmp(p + sizeof(note), w->name, len)) {
			buf_add(w->desc, p + desc, note.n_descsz);
			return true;
		}
		next = padded(desc + note.n_descsz, align);
		if (next >= n)
			return false;
		p += next;
		n -= next;
	}
	return false;
}

/* Return: 0, found or not; -errno of reading. */
static int search(const struct gdbelf *e, uint64_t at, uint64_t n,
		  uint64_t align, const struct wanted *w)
{
	void *notes;
	int err;

	if (n > NOTES_MAX)
		return 0;
	err = get_table(e, at, n, 1, &notes);
	if (err)
		return err == -ENOEXEC ? 0 : err;
	if (notes)
		find_note(notes, n, align == 8 ? 8 : 4, w);
	free(notes);
	return 0;
}

static int in_segments(const struct gdbelf *e, const struct wanted *w)
{
	int err = 0;

	for (size_t i = 0; i < e->n_segments && !w->desc->n && !err; i++)
		if (e->segments[i].p_type == PT_NOTE)
			err = search(e, e->segments[i].p_offset,
				     e->segments[i].p_filesz,
				     e->segments[i].p_align, w);
	return err;
}

static int in_sections(const struct gdbelf *e, const struct wanted *w)
{
	int err = 0;

	for (size_t i = 0; i < e->n_sections && !w->desc->n && !err; i++)
		if (e->sections[i].sh_type == SHT_NOTE)
			err = search(e, e->sections[i].sh_offset,
				     e->sections[i].sh_size,
				     e->sections[i].sh_addralign, w);
	return err;
}

int gdbelf_note(const struct gdbelf *e, const char *name, unsigned int type,
		struct buf *desc)
{
	int err = in_segments(e, &(struct wanted){ name, type, desc });

	return err ? err : desc->n ? 0 : -ENOENT;
}

int gdbelf_build_id(const struct gdbelf *e, char **hex)
{
	struct buf desc = { 0 };
	struct wanted w = { "GNU", NT_GNU_BUILD_ID, &desc };
	int err = in_segments(e, &w);

	if (!err)
		err = in_sections(e, &w);
	*hex = desc.n ? hex_of((unsigned char *)desc.p, desc.n) : NULL;
	buf_free(&desc);
	if (err)
		return err;
	return *hex ? 0 : -ENOENT;
}
