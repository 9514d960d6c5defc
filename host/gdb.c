// SPDX-License-Identifier: MIT
#include "gdb.h"

#include "quote.h"

#include <stdlib.h>
#include <string.h>

/* .incbin is the assembler's; C11 has no #embed yet. Paths count from the
 * top, where make runs. */
__asm__(".section .rodata\n"
	".globl gdb_py\n"
	"gdb_py:\n"
	".incbin \"host/gdb.py\"\n"
	".globl gdb_py_end\n"
	"gdb_py_end:\n"
	".byte 0\n"
	".text\n");

static const char *check(const char *word)
{
	return word && strpbrk(word, "\n\r") ?
		       "gdb cannot take a newline in a name" :
		       NULL;
}

const char *gdb_plan_check(const struct gdb_spec *s, const char **what)
{
	const char *const words[] = {
		s->vmlinux, s->dir,    s->loader,
		s->source,  s->moddir, s->port->path,
	};
	const char *why = NULL;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && !why; i++) {
		*what = words[i];
		why = check(words[i]);
	}
	for (size_t i = 0; i < s->breaks.n && !why; i++) {
		*what = s->breaks.v[i];
		why = check(s->breaks.v[i]);
	}
	if (!why && gdb_socket_link(s) && strchr(s->dir, ':')) {
		*what = s->dir;
		why = "gdb takes no socket with a colon in its name; set "
		      "TMPDIR";
	}
	return why;
}

void gdb_argv(const struct gdb_spec *s, struct strv *argv)
{
	strv_pushl(argv, s->program, "-q", NULL);
	if (s->batch)
		strv_push(argv, "-batch");
	if (s->loader) {
		strv_push(argv, "-iex");
		strv_pushf(argv, "add-auto-load-safe-path %s", s->loader);
	}
	strv_push(argv, "-x");
	strv_pushf(argv, "%s/" GDB_PY, s->dir);
	strv_push(argv, "-x");
	strv_pushf(argv, "%s/" GDB_SCRIPT, s->dir);
	for (size_t i = 0; i < s->files.n; i++) {
		strv_push(argv, s->batch ? "-ex" : "-x");
		strv_pushf(argv, "%s%s", s->batch ? "bootlet-source " : "",
			   s->files.v[i]);
	}
	strv_push(argv, s->vmlinux);
}

bool gdb_socket_link(const struct gdb_spec *s)
{
	const char *path = s->port->path;

	return path && (strpbrk(path, ":|") || strchr(" \t", path[0]) ||
			strchr(" \t", path[strlen(path) - 1]));
}

/* As buildargv() of libiberty reads it, by which gdb takes several
 * directories. */
static void add_directory(struct buf *out, const char *dir)
{
	buf_adds(out, "directory ");
	for (; *dir; dir++) {
		if (strchr(" \t\\'\"", *dir))
			buf_addc(out, '\\');
		buf_addc(out, *dir);
	}
	buf_addc(out, '\n');
}

static void add_target(const struct gdb_spec *s, struct buf *out)
{
	const struct gdbport *p = s->port;
	bool v6 = p->host && strchr(p->host, ':');

	buf_adds(out, "target remote ");
	if (!p->path)
		buf_addf(out, "%s%s%s:%s\n", v6 ? "[" : "", p->host,
			 v6 ? "]" : "", p->port);
	else if (gdb_socket_link(s))
		buf_addf(out, "%s/" GDB_SOCKET "\n", s->dir);
	else
		buf_addf(out, "%s\n", p->path);
}

/* gdb decodes a command's argument for Python by the locale, and gives up where
 * it does not fit. As ISO 8859-1, which gdb.py undoes, it always does. */
static void add_modules(struct buf *out, const char *path)
{
	bool ascii = true;

	for (const char *p = path; *p; p++)
		ascii &= !(*p & 0x80);
	buf_addf(out, "%sbootlet-modules %s\n%s",
		 ascii ? "" : "set host-charset ISO-8859-1\n", path,
		 ascii ? "" : "set host-charset auto\n");
}

void gdb_script(const struct gdb_spec *s, struct buf *out)
{
	if (s->source)
		add_directory(out, s->source);
	if (s->moddir)
		add_modules(out, s->moddir);
	add_target(s, out);
	buf_addf(out, "bootlet-attach%s\n", s->batch ? " batch" : "");
	for (size_t i = 0; i < s->breaks.n; i++)
		buf_addf(out, "bootlet-break %s\n", s->breaks.v[i]);
}

static void add_path(struct buf *out, const struct gdb_spec *s,
		     const char *name)
{
	char *path = xasprintf("%s/%s", s->dir, name);

	quote_sh(out, path);
	free(path);
}

void gdb_print(const struct gdb_spec *s, struct buf *out)
{
	struct strv argv = { 0 };

	buf_adds(out, "mkdir -m 700 ");
	quote_sh(out, s->dir);
	buf_adds(out, "\nbootlet gdb --script >");
	add_path(out, s, GDB_PY);
	buf_addc(out, '\n');
	if (gdb_socket_link(s)) {
		buf_adds(out, "ln -s ");
		quote_sh(out, s->port->path);
		buf_addc(out, ' ');
		add_path(out, s, GDB_SOCKET);
		buf_addc(out, '\n');
	}
	buf_adds(out, "cat >");
	add_path(out, s, GDB_SCRIPT);
	buf_adds(out, " <<'EOF'\n");
	gdb_script(s, out);
	buf_adds(out, "EOF\n");
	gdb_argv(s, &argv);
	quote_line(out, &argv);
	buf_adds(out, "rm -r ");
	quote_sh(out, s->dir);
	buf_addc(out, '\n');
	strv_free(&argv);
}
