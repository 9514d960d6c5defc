// SPDX-License-Identifier: MIT
/* What a build and its source tell about objects: symbols and flags. */
#include "koptim.h"

#include "kconfig_map.h"
#include "msg.h"
#include "outfile.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 1 << 20, OPEN_MAX_DIRS = 16 };

/* nftw(3) hands no context to its callback. */
static struct {
	const char *dir, *srcdir;
	const struct strv *names;
	struct kmap index;
	struct strv *out;
} walk;

static const char *below(const char *path)
{
	path += strlen(walk.dir);
	return path + strspn(path, "/");
}

/* --- symbols that nobody defines ---------------------------------------------- */

static bool in_file(size_t size, uint64_t offset, uint64_t n)
{
	return offset <= size && n <= size - offset;
}

static bool scan_table(const unsigned char *p, size_t size,
		       const Elf64_Shdr *table, const Elf64_Shdr *names)
{
	if (!in_file(size, table->sh_offset, table->sh_size) ||
	    !in_file(size, names->sh_offset, names->sh_size) ||
	    !names->sh_size || p[names->sh_offset + names->sh_size - 1])
		return false;
	for (size_t i = 0; i < table->sh_size / sizeof(Elf64_Sym); i++) {
		Elf64_Sym s;

		memcpy(&s, p + table->sh_offset + i * sizeof(s), sizeof(s));
		if (s.st_shndx != SHN_UNDEF || s.st_name >= names->sh_size)
			continue;
		if (kmap_get(&walk.index, (const char *)p + names->sh_offset +
						  s.st_name) != KMAP_NONE)
			return true;
	}
	return false;
}

/* Source: elf(5). */
static bool scan_elf(const unsigned char *p, size_t size)
{
	Elf64_Ehdr e;

	if (size < sizeof(e))
		return false;
	memcpy(&e, p, sizeof(e));
	if (memcmp(e.e_ident, ELFMAG, SELFMAG) != 0 ||
	    e.e_ident[EI_CLASS] != ELFCLASS64 ||
	    e.e_ident[EI_DATA] != ELFDATA2LSB || e.e_type != ET_REL ||
	    e.e_shentsize != sizeof(Elf64_Shdr) ||
	    !in_file(size, e.e_shoff, (uint64_t)e.e_shnum * sizeof(Elf64_Shdr)))
		return false;
	for (size_t i = 0; i < e.e_shnum; i++) {
		Elf64_Shdr table, names;

		memcpy(&table, p + e.e_shoff + i * sizeof(table),
		       sizeof(table));
		if (table.sh_type != SHT_SYMTAB || table.sh_link >= e.e_shnum)
			continue;
		memcpy(&names, p + e.e_shoff + table.sh_link * sizeof(names),
		       sizeof(names));
		return scan_table(p, size, &table, &names);
	}
	return false;
}

static bool refers(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	bool is = false;
	void *p;

	if (fd < 0)
		return false;
	if (!fstat(fd, &st) && st.st_size > 0) {
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd,
			 0);
		if (p != MAP_FAILED) {
			is = scan_elf(p, (size_t)st.st_size);
			munmap(p, (size_t)st.st_size);
		}
	}
	close(fd);
	return is;
}

/* Others are put together of objects. Source: cmd_and_fixdep of kbuild. */
static bool is_compiled(const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	char *cmd = xasprintf("%.*s.%s.cmd", (int)(name - path), path, name);
	struct buf text = { 0 };
	bool is =
		!read_file(cmd, &text, FILE_MAX) && text.p &&
		(strstr(text.p, "\nsource_") || !strncmp(text.p, "source_", 7));

	free(cmd);
	buf_free(&text);
	return is;
}

static int visit_object(const char *path, const struct stat *st, int type,
			struct FTW *f)
{
	size_t n = strlen(path);
	const char *name = path + f->base;

	(void)st;
	if (type == FTW_D && f->level == 1 &&
	    (!strcmp(name, "tools") || !strcmp(name, "scripts")))
		return FTW_SKIP_SUBTREE;
	if (type == FTW_F && n > 2 && !strcmp(path + n - 2, ".o") &&
	    is_compiled(path) && refers(path))
		strv_push(walk.out, below(path));
	return FTW_CONTINUE;
}

static int walk_run(const char *dir, const struct strv *names, struct strv *out,
		    int (*visit)(const char *, const struct stat *, int,
				 struct FTW *))
{
	int err;

	walk.dir = dir;
	walk.names = names;
	walk.out = out;
	for (size_t i = 0; i < names->n; i++)
		kmap_put(&walk.index, names->v[i], i);
	err = nftw(dir, visit, OPEN_MAX_DIRS, FTW_PHYS | FTW_ACTIONRETVAL) ?
		      -errno :
		      0;
	kmap_free(&walk.index);
	return err;
}

int koptim_find(const char *dir, const struct strv *symbols, struct strv *out)
{
	return walk_run(dir, symbols, out, visit_object);
}

/* --- flags that Makefiles give ------------------------------------------------ */

static const char *last_part(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

/* "CFLAGS_dir/signal.o +=": which of the names it may be about. One that make
 * computes, "CFLAGS_$(x).o", may be about any. */
static void take_flags(const char *word, size_t len)
{
	char *text = xasprintf("%.*s", (int)len, word);
	const char *part = last_part(text);

	for (size_t i = 0; i < walk.names->n; i++) {
		const char *name = walk.names->v[i];

		if ((!strcmp(part, last_part(name)) || strchr(part, '$')) &&
		    !strv_has(walk.out, name))
			strv_push(walk.out, name);
	}
	free(text);
}

static void scan_makefile(const char *path)
{
	struct buf text = { 0 };
	const char *p;

	if (!read_file(path, &text, FILE_MAX) && text.p)
		for (p = text.p; (p = strstr(p, "CFLAGS_"));) {
			size_t n;

			p += strlen("CFLAGS_");
			n = strcspn(p, " \t\n:+=?");
			if (n > 2 && !strncmp(p + n - 2, ".o", 2) &&
			    strncmp(p, "REMOVE_", 7) != 0)
				take_flags(p, n);
		}
	buf_free(&text);
}

static int visit_makefile(const char *path, const struct stat *st, int type,
			  struct FTW *f)
{
	static const char *const skip[] = { "Documentation", "tools", ".git",
					    "scripts", "include" };
	const char *name = path + f->base;

	(void)st;
	for (size_t i = 0; i < sizeof(skip) / sizeof(skip[0]); i++)
		if (type == FTW_D && f->level == 1 && !strcmp(name, skip[i]))
			return FTW_SKIP_SUBTREE;
	if (type == FTW_D && f->level == 2 &&
	    !strncmp(below(path), "arch/", 5) && strcmp(name, walk.srcdir) != 0)
		return FTW_SKIP_SUBTREE;
	if (type == FTW_F &&
	    (!strncmp(name, "Makefile", 8) || !strncmp(name, "Kbuild", 6)))
		scan_makefile(path);
	return FTW_CONTINUE;
}

void koptim_owned(const char *src, const char *srcdir, const struct strv *stems,
		  struct strv *out)
{
	walk.srcdir = srcdir;
	/* Not a problem if it fails: what is read by make can be read here. */
	walk_run(src, stems, out, visit_makefile);
}

/* --- what was found at an earlier build --------------------------------------- */

void koptim_load(const char *dir, const char *key, struct strv *out)
{
	char *path = xasprintf("%s/" KOPTIM_FILE, dir), *save = NULL, *line;
	struct buf text = { 0 };

	if (!read_file(path, &text, FILE_MAX) && text.p) {
		line = strtok_r(text.p, "\n", &save);
		if (line && !strcmp(line, key))
			while ((line = strtok_r(NULL, "\n", &save)))
				if (koptim_is_object(line))
					strv_push(out, line);
	}
	buf_free(&text);
	free(path);
}

void koptim_save(const char *dir, const char *key, const struct strv *keep)
{
	char *path = xasprintf("%s/" KOPTIM_FILE, dir);
	struct outfile *of = NULL;
	struct buf text = { 0 };
	int err;

	buf_addf(&text, "%s\n", key);
	for (size_t i = 0; i < keep->n; i++)
		buf_addf(&text, "%s\n", keep->v[i]);
	if (!keep->n) {
		err = unlink(path) && errno != ENOENT ? -errno : 0;
	} else {
		err = outfile_open(path, &of);
		if (!err)
			err = outfile_write(of, text.p, text.n);
		if (err)
			outfile_abort(of);
		else
			err = outfile_close(of);
	}
	if (err)
		msg_warn("%s: cannot be written: %s; the next build looks for "
			 "the same objects again",
			 path, strerror(-err));
	buf_free(&text);
	free(path);
}
