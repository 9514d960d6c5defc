// SPDX-License-Identifier: MIT
/*
 * Kconfig files, a line at a time. An option belongs to the entry that was
 * begun last; see kconfig_block.c for the entries.
 */
#include "kconfig_reader.h"
#include "msg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A file of a tree has 100 KiB at most; sources nest less than ten deep. */
#define FILE_MAX  (4 << 20)
#define DEPTH_MAX 32

static int read_one(struct kreader *r, const char *file);

static int take_source(struct kreader *r, struct klex *l)
{
	kread_end_entry(r);
	if (l->type == KTOKEN_END || l->type == KTOKEN_MACRO)
		return -EINVAL;
	return read_one(r, l->text);
}

/* --- options ---------------------------------------------------------------- */

static int take_depends(struct kreader *r, struct klex *l)
{
	const struct kexpr *e, *cond;
	int err;

	if (!klex_take(l, "on"))
		return -EINVAL;
	err = parse_kexpr(l, &e);
	if (!err)
		err = kread_if(l, &cond);
	if (err)
		return err;
	/* "depends on A if B", since 7.0: without B, no dependency. */
	if (cond)
		e = kexpr_make(r->tree, KEXPR_OR, e,
			       kexpr_make(r->tree, KEXPR_NOT, cond, NULL));
	if (r->entry)
		r->entry->dep = kread_both(r, r->entry->dep, e);
	else if (r->in_block)
		kread_top(r)->dep = kread_both(r, kread_top(r)->dep, e);
	return 0;
}

static int take_visible(struct kreader *r, struct klex *l)
{
	const struct kexpr *cond;
	int err = kread_if(l, &cond);

	if (!err && r->in_block)
		kread_top(r)->asked = kread_both(r, kread_top(r)->asked, cond);
	return err;
}

static int take_prompt(struct kreader *r, struct klex *l)
{
	const struct kexpr *cond;
	const char *text = l->text;
	int err;

	if (l->type == KTOKEN_END)
		return 0;
	klex_next(l);
	err = kread_if(l, &cond);
	if (r->entry) {
		r->entry->prompt = text;
		r->prompt_cond = cond;
	} else if (r->in_block && kread_top(r)->choice) {
		kread_top(r)->choice->prompt = text;
		kread_top(r)->asked = kread_both(r, kread_top(r)->asked, cond);
	}
	return err;
}

static int take_type(struct kreader *r, struct klex *l, enum ksym_type type)
{
	if (r->sym)
		r->sym->type = type;
	return take_prompt(r, l);
}

static int take_bool(struct kreader *r, struct klex *l)
{
	return take_type(r, l, KSYM_BOOL);
}

static int take_tristate(struct kreader *r, struct klex *l)
{
	return take_type(r, l, KSYM_TRISTATE);
}

static int take_string(struct kreader *r, struct klex *l)
{
	return take_type(r, l, KSYM_STRING);
}

static int take_int(struct kreader *r, struct klex *l)
{
	return take_type(r, l, KSYM_INT);
}

static int take_hex(struct kreader *r, struct klex *l)
{
	return take_type(r, l, KSYM_HEX);
}

static void add_pending(struct kreader *r, struct ksym *target,
			const struct kexpr *value, const struct kexpr *cond)
{
	struct kprop *p = ktree_alloc(r->tree, sizeof(*p));

	p->value = value;
	p->cond = cond;
	r->pending =
		xrealloc(r->pending, (r->n_pending + 1) * sizeof(*r->pending));
	r->pending[r->n_pending++] = (struct pending){ p, target };
}

static int take_default(struct kreader *r, struct klex *l)
{
	const struct kexpr *value, *cond;
	int err = parse_kexpr(l, &value);

	if (!err)
		err = kread_if(l, &cond);
	if (!err && r->entry)
		add_pending(r, NULL, value, cond);
	return err;
}

static int take_def_bool(struct kreader *r, struct klex *l)
{
	if (r->sym)
		r->sym->type = KSYM_BOOL;
	return take_default(r, l);
}

static int take_def_tristate(struct kreader *r, struct klex *l)
{
	if (r->sym)
		r->sym->type = KSYM_TRISTATE;
	return take_default(r, l);
}

static int take_select(struct kreader *r, struct klex *l)
{
	const struct kexpr *cond;
	struct ksym *target;
	int err;

	if (l->type != KTOKEN_WORD || !r->entry)
		return -EINVAL;
	target = ktree_symbol(r->tree, l->text);
	klex_next(l);
	err = kread_if(l, &cond);
	if (!err)
		add_pending(r, target, kexpr_symbol(r->tree, r->sym), cond);
	return err;
}

/* Says nothing about why a symbol is missing. */
static int take_nothing(struct kreader *r, struct klex *l)
{
	(void)r;
	(void)l;
	return 0;
}

static const struct {
	const char *word;
	int (*take)(struct kreader *r, struct klex *l);
} words[] = {
	{ "config", kread_config },
	{ "menuconfig", kread_config },
	{ "menu", kread_menu },
	{ "endmenu", kread_end_menu },
	{ "if", kread_begin_if },
	{ "endif", kread_end_if },
	{ "choice", kread_choice },
	{ "endchoice", kread_end_choice },
	{ "comment", kread_comment },
	{ "source", take_source },
	{ "mainmenu", take_nothing },
	{ "depends", take_depends },
	{ "visible", take_visible },
	{ "prompt", take_prompt },
	{ "bool", take_bool },
	{ "tristate", take_tristate },
	{ "string", take_string },
	{ "int", take_int },
	{ "hex", take_hex },
	{ "default", take_default },
	{ "def_bool", take_def_bool },
	{ "def_tristate", take_def_tristate },
	{ "select", take_select },
	{ "imply", take_nothing },
	{ "range", take_nothing },
	{ "option", take_nothing },
	{ "modules", take_nothing },
	{ "optional", take_nothing },
	{ "transitional", take_nothing },
};

/* An assignment or a call of the macro language: "a := b", "$(error-if,...)". */
static bool is_macro_line(const char *line)
{
	size_t n;

	line += strspn(line, " \t");
	n = strcspn(line, " \t=:+");
	if (*line == '$')
		return true;
	line += n + strspn(line + n, " \t");
	return n && (*line == '=' || !strncmp(line, ":=", 2) ||
		     !strncmp(line, "+=", 2));
}

static int take_line(struct kreader *r, const char *line)
{
	struct klex l;

	klex_begin(&l, r->tree, line);
	if (l.type == KTOKEN_END || is_macro_line(line))
		return 0;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (klex_take(&l, words[i].word))
			return words[i].take(r, &l);
	return -EINVAL;
}

/* --- files ------------------------------------------------------------------ */

static size_t indent(const char *line, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		if (line[i] == '\t')
			n = (n & ~(size_t)7) + 8;
		else if (line[i] == ' ')
			n++;
		else
			break;
	return n;
}

static bool is_blank(const char *line, size_t len)
{
	return strspn(line, " \t\r") >= len;
}

/* A help text ends where a line is indented less than its first. */
static const char *skip_help(struct kreader *r, const char *p)
{
	size_t first = 0;

	for (; *p; r->line++) {
		size_t len = strcspn(p, "\n");

		if (!is_blank(p, len)) {
			size_t n = indent(p, len);

			if (!n || n < first)
				break;
			if (!first)
				first = n;
		}
		p += len + (p[len] == '\n');
	}
	return p;
}

/* The next line in @line, with those that a backslash appends. */
static const char *next_line(struct kreader *r, const char *p, struct buf *line)
{
	line->n = 0;
	for (;;) {
		size_t len = strcspn(p, "\n");
		bool more = len && p[len - 1] == '\\';

		buf_add(line, p, len - more);
		p += len + (p[len] == '\n');
		r->line++;
		if (!more || !*p)
			return p;
	}
}

static bool is_help(const char *line)
{
	line += strspn(line, " \t");
	return !strcmp(line, "help") || !strcmp(line, "---help---");
}

static int read_lines(struct kreader *r, const char *text)
{
	struct buf line = { 0 };
	int err = 0;

	while (*text && !err) {
		text = next_line(r, text, &line);
		while (line.n && strchr(" \t\r", line.p[line.n - 1]))
			line.p[--line.n] = '\0';
		if (line.n && is_help(line.p))
			text = skip_help(r, text);
		else if (line.n)
			err = take_line(r, line.p);
	}
	if (err == -EINVAL || err == -ELOOP)
		msg_error("%s/%s:%u: not understood: %s", r->tree->top, r->file,
			  r->line, line.p);
	buf_free(&line);
	/* Said already: the files above say no more. */
	return err == -EINVAL || err == -ELOOP ? -EBADMSG : err;
}

static int read_one(struct kreader *r, const char *file)
{
	const char *file_before = r->file;
	unsigned int line_before = r->line;
	size_t blocks = r->n_blocks;
	char *path;
	struct buf text = { 0 };
	int err;

	if (r->depth == DEPTH_MAX)
		return -ELOOP;
	path = xasprintf("%s/%s", r->tree->top, file);
	err = read_file(path, &text, FILE_MAX);
	if (err) {
		msg_error("%s: cannot be read: %s", path, strerror(-err));
		err = -EBADMSG;
		goto out;
	}
	r->depth++;
	r->file = ktree_text(r->tree, file, strlen(file));
	r->line = 0;
	err = read_lines(r, text.p ? text.p : "");
	kread_end_entry(r);
	if (!err && r->n_blocks != blocks) {
		msg_error("%s: a menu, choice or if has no end in it", path);
		err = -EBADMSG;
	}
	r->depth--;
	r->file = file_before;
	r->line = line_before;
out:
	buf_free(&text);
	free(path);
	return err;
}

int ktree_parse(struct ktree *t, const char *file)
{
	struct kreader r = { .tree = t, .n_blocks = 1 };
	int err = read_one(&r, file);

	free(r.pending);
	return err;
}
