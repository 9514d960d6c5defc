// SPDX-License-Identifier: MIT
#include "gdbmods.h"

#include "gdbelf.h"
#include "modindex.h"
#include "outfile.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* MODULE_NAME_LEN of include/linux/module.h, and room. */
#define NAME_MAX_LEN 128

/* gdb reads a file's name as a shell would, in `add-symbol-file` (buildargv()
 * of libiberty), but a newline ends the command whatever stands before it. A
 * character of several bytes stays together: the file is UTF-8 if names are. */
static void quote_gdb(struct buf *out, const char *word)
{
	static const char plain[] = "_/.,+=:@%-";

	for (; *word; word++) {
		if (!isalnum((unsigned char)*word) && !strchr(plain, *word) &&
		    !(*word & 0x80))
			buf_addc(out, '\\');
		buf_addc(out, *word);
	}
}

/* "0x" and hexadecimal digits, not zero: what a kernel hides reads 0x0. */
static bool is_address(const char *text)
{
	size_t n;

	if (strncmp(text, "0x", 2) != 0)
		return false;
	n = strspn(text + 2, "0123456789abcdef");
	return n && n <= 16 && !text[2 + n] && strspn(text + 2, "0") < n;
}

/* Sections for initialisation are freed by the time of the report, and what
 * is there next is somebody else's. */
static bool is_wanted(const struct gdbelf *e, const char *section)
{
	const Elf64_Shdr *s = gdbelf_section(e, section);

	return s && s->sh_flags & SHF_ALLOC && s->sh_size &&
	       strncmp(section, ".init", 5) != 0;
}

/* gdb would take what has no address to lie at 0, and find its symbols in every
 * small number that it prints. No address of x86_64 is in between. */
#define NOWHERE "0xdead000000000000"

/* Sections that are not in memory (any more), .modinfo for one. */
static void put_aside(const struct gdbelf *e, const struct strv *there,
		      struct buf *out)
{
	for (size_t i = 0; i < e->n_sections; i++) {
		const Elf64_Shdr *s = &e->sections[i];

		if (!(s->sh_flags & SHF_ALLOC) || !s->sh_size ||
		    s->sh_name >= e->n_names ||
		    strchr(e->names + s->sh_name, '\n') ||
		    strv_has(there, e->names + s->sh_name))
			continue;
		buf_adds(out, " -s ");
		quote_gdb(out, e->names + s->sh_name);
		buf_adds(out, " " NOWHERE);
	}
}

static int line_of(const char *report, const char *file, const struct gdbelf *e,
		   struct buf *out)
{
	char *copy = xstrdup(report), *save = NULL, *word;
	struct buf rest = { 0 };
	struct strv there = { 0 };
	const char *text = NULL;
	int err;

	/* The first word is the name. */
	strtok_r(copy, " ", &save);
	while ((word = strtok_r(NULL, " ", &save))) {
		char *address = strchr(word, '=');

		if (!address)
			continue;
		*address++ = '\0';
		if (!is_address(address) || !is_wanted(e, word))
			continue;
		strv_push(&there, word);
		if (!text && !strcmp(word, ".text")) {
			text = address;
			continue;
		}
		buf_adds(&rest, " -s ");
		quote_gdb(&rest, word);
		buf_addf(&rest, " %s", address);
	}
	put_aside(e, &there, &rest);
	err = there.n ? 0 : -EINVAL;
	if (!err) {
		buf_adds(out, "add-symbol-file ");
		quote_gdb(out, file);
		if (text)
			buf_addf(out, " %s", text);
		buf_adds(out, rest.p ? rest.p : "");
	}
	strv_free(&there);
	buf_free(&rest);
	free(copy);
	return err;
}

int gdbmods_line(const char *report, const char *file, struct buf *out)
{
	struct gdbelf e;
	int err;

	if (strchr(file, '\n') || !strchr(report, ' '))
		return -EINVAL;
	err = gdbelf_open(file, &e);
	if (err)
		return err;
	err = line_of(report, file, &e, out);
	gdbelf_close(&e);
	return err;
}

/* --- the file --------------------------------------------------------------- */

/* Index of a module's line, or @m->lines.n. */
static size_t find(const struct gdbmods *m, const char *name, size_t len)
{
	size_t i = 0;

	while (i < m->lines.n && (strncmp(m->lines.v[i], name, len) != 0 ||
				  m->lines.v[i][len] != '\t'))
		i++;
	return i;
}

static void drop(struct gdbmods *m, size_t i)
{
	free(m->lines.v[i]);
	/* The NULL at the end comes along. */
	memmove(&m->lines.v[i], &m->lines.v[i + 1],
		(m->lines.n - i) * sizeof(*m->lines.v));
	m->lines.n--;
}

static int write_file(const struct gdbmods *m)
{
	struct outfile *of;
	int err = outfile_open(m->path, &of);

	if (err)
		return err;
	for (size_t i = 0; i < m->lines.n && !err; i++) {
		const char *line = strchr(m->lines.v[i], '\t') + 1;

		err = outfile_write(of, line, strlen(line));
		if (!err)
			err = outfile_write(of, "\n", 1);
	}
	if (!err)
		return outfile_close(of);
	outfile_abort(of);
	return err;
}

/* The .ko of a module; NULL where there is none that gdb can read. */
static char *file_of(struct gdbmods *m, const char *name)
{
	char *path, *rel;

	/* It says what is wrong, so that once is enough. */
	if (m->moddir && !m->tried)
		modindex_open(m->moddir, NULL, &m->index);
	m->tried = true;
	if (!m->index)
		return NULL;
	if (modindex_find(m->index, name, &path, &rel))
		return NULL;
	free(rel);
	return path;
}

/* What gdb.py says, once, of a module without symbols. */
static void add_comment(const struct gdbmods *m, const char *name, int err,
			struct buf *line)
{
	bool plain = m->moddir && !strchr(m->moddir, '\n');

	buf_addf(line, "# %s: no symbols: ", name);
	if (err == -ENOENT)
		buf_addf(line, "its .ko is not in %s",
			 plain ? m->moddir : "any tree");
	else
		buf_addf(line, "its .ko cannot be read: %s",
			 err == -ENOEXEC ? "no ELF file, maybe compressed" :
					   strerror(-err));
}

/* "NAME\tCOMMAND" of a report, or NULL where there is nothing to say. */
static char *entry_of(struct gdbmods *m, const char *name, const char *report)
{
	char *file = file_of(m, name);
	char *real = file ? realpath(file, NULL) : NULL;
	struct buf line = { 0 };
	int err;

	buf_addf(&line, "%s\t", name);
	err = real ? gdbmods_line(report, real, &line) : -ENOENT;
	if (err == -EINVAL)
		buf_free(&line);
	else if (err)
		add_comment(m, name, err, &line);
	free(real);
	free(file);
	return line.p;
}

static bool is_name(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)p[i]) && p[i] != '_' && p[i] != '-')
			return false;
	return n && n < NAME_MAX_LEN;
}

static bool is_text(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] < ' ' || p[i] > '~')
			return false;
	return true;
}

int gdbmods_report(struct gdbmods *m, const void *payload, size_t n)
{
	const char *p = payload;
	size_t len = 0, at;
	char *report, *name, *entry;
	int err = 0;

	while (len < n && p[len] != ' ')
		len++;
	if (!is_name(p, len) || !is_text(p, n))
		return -EINVAL;
	report = xasprintf("%.*s", (int)n, p);
	name = xasprintf("%.*s", (int)len, p);
	entry = n > len ? entry_of(m, name, report) : NULL;
	at = find(m, name, len);
	/* The same again is no news: gdb need not read it again. */
	if (at < m->lines.n && entry && !strcmp(m->lines.v[at], entry)) {
		free(entry);
		goto out;
	}
	if (at < m->lines.n)
		drop(m, at);
	else if (!entry)
		goto out;
	if (entry)
		strv_take(&m->lines, entry);
	err = write_file(m);
out:
	free(report);
	free(name);
	return err;
}

void gdbmods_free(struct gdbmods *m)
{
	strv_free(&m->lines);
	modindex_close(m->index);
	m->index = NULL;
}
