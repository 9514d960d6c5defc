// SPDX-License-Identifier: MIT
/* One fragment: its lines and its directives. */
#include "kconfig_frag.h"

#include "msg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

static const struct karch archs[] = {
	{ "x86_64", "x86", "x86_64", "X86_64" },
	{ "arm64", "arm64", "aarch64", "ARM64" },
};

#define N_ARCHS (sizeof(archs) / sizeof(archs[0]))

const struct karch *karch_find(const char *name)
{
	struct utsname u;

	if (!name && !uname(&u))
		name = u.machine;
	for (size_t i = 0; name && i < N_ARCHS; i++)
		if (!strcmp(name, archs[i].name) ||
		    !strcmp(name, archs[i].srcdir) ||
		    !strcmp(name, archs[i].machine))
			return &archs[i];
	return NULL;
}

const struct karch *karch_of(const struct kconfig *c)
{
	for (size_t i = 0; i < N_ARCHS; i++)
		if (kconfig_tri(c, archs[i].symbol))
			return &archs[i];
	return c->arch ? karch_find(c->arch) : NULL;
}

bool kwant_in(const struct kwant *w, unsigned int version)
{
	return !version || ((!w->since || version >= w->since) &&
			    (!w->until || version <= w->until));
}

/* --- directives ----------------------------------------------------------- */

static bool take_version(const char *args, unsigned int *out)
{
	*out = parse_kversion(args);
	return *out != 0;
}

static bool take_since(struct kwant *w, const char *args)
{
	return take_version(args, &w->since);
}

static bool take_until(struct kwant *w, const char *args)
{
	return take_version(args, &w->until);
}

static bool take_either(struct kwant *w, const char *args)
{
	w->either = true;
	return !*args;
}

static bool take_at_least(struct kwant *w, const char *args)
{
	w->at_least = true;
	return !*args;
}

static bool take_names(struct strv *names, const char *args)
{
	char *copy = xstrdup(args), *save = NULL;

	for (char *s = strtok_r(copy, " \t", &save); s;
	     s = strtok_r(NULL, " \t", &save))
		strv_push(names, s);
	free(copy);
	return names->n > 0;
}

static bool take_choice(struct kwant *w, const char *args)
{
	return take_names(&w->choice, args);
}

static bool take_set_by(struct kwant *w, const char *args)
{
	return take_names(&w->set_by, args);
}

static bool take_needs(struct kwant *w, const char *args)
{
	return take_names(&w->needs, args);
}

static const struct {
	const char *name;
	bool (*take)(struct kwant *w, const char *args);
} directives[] = {
	{ "since", take_since },   { "until", take_until },
	{ "either", take_either }, { "at-least", take_at_least },
	{ "choice", take_choice }, { "set-by", take_set_by },
	{ "needs", take_needs },
};

/* @line: behind the "#:". */
static bool take_directive(struct kwant *group, const char *line, size_t len)
{
	char *copy = xasprintf("%.*s", (int)len, line), *args, *end;
	char *word = copy + strspn(copy, " \t");
	bool ok = false;

	args = word + strcspn(word, " \t\r");
	end = copy + strlen(copy);
	while (end > args && strchr(" \t\r", end[-1]))
		*--end = '\0';
	if (*args)
		*args++ = '\0';
	args += strspn(args, " \t");
	for (size_t i = 0; i < sizeof(directives) / sizeof(directives[0]); i++)
		if (!strcmp(word, directives[i].name))
			ok = directives[i].take(group, args);
	free(copy);
	return ok;
}

/* --- lines ---------------------------------------------------------------- */

static void copy_names(struct strv *to, const struct strv *from)
{
	for (size_t i = 0; i < from->n; i++)
		strv_push(to, from->v[i]);
}

static void want_free(struct kwant *w)
{
	free(w->name);
	free(w->value);
	strv_free(&w->choice);
	strv_free(&w->set_by);
	strv_free(&w->needs);
	*w = (struct kwant){ 0 };
}

static void add_want(struct kfrag *f, const struct kwant *group, char *name,
		     char *value, unsigned int line)
{
	struct kwant *w;

	if (f->n == f->cap) {
		f->cap = f->cap ? f->cap * 2 : 32;
		f->v = xrealloc(f->v, f->cap * sizeof(*f->v));
	}
	w = &f->v[f->n++];
	*w = (struct kwant){
		.name = name,
		.value = value,
		.label = f->label,
		.line = line,
		.since = group->since,
		.until = group->until,
		.either = group->either,
		.at_least = group->at_least,
	};
	copy_names(&w->choice, &group->choice);
	copy_names(&w->set_by, &group->set_by);
	copy_names(&w->needs, &group->needs);
}

/* "# base: a kernel that ..." becomes the summary. */
static void take_summary(struct kfrag *f, const char *line, size_t len)
{
	size_t n = strlen(f->label);

	if (f->summary || len < n + 4 || memcmp(line, "# ", 2) ||
	    memcmp(line + 2, f->label, n) || memcmp(line + 2 + n, ": ", 2))
		return;
	f->summary = xasprintf("%.*s", (int)(len - n - 4), line + n + 4);
}

static int parse_line(struct kfrag *f, struct kwant *group, const char *line,
		      size_t len, unsigned int number)
{
	char *name, *value;

	if (len >= 2 && !memcmp(line, "#:", 2)) {
		if (take_directive(group, line + 2, len - 2))
			return 0;
		msg_error("%s:%u: %.*s: no such directive, or not what it "
			  "takes",
			  f->label, number, (int)len, line);
		return -EINVAL;
	}
	switch (parse_kline(line, len, &name, &value)) {
	case KLINE_BLANK:
		want_free(group);
		return 0;
	case KLINE_COMMENT:
		take_summary(f, line, len);
		return 0;
	case KLINE_VALUE:
		add_want(f, group, name, value, number);
		return 0;
	default:
		msg_error("%s:%u: %.*s: neither CONFIG_NAME=VALUE nor a "
			  "comment",
			  f->label, number, (int)(len > 60 ? 60 : len), line);
		return -EINVAL;
	}
}

int parse_kfrag(const char *text, const char *label, unsigned int first,
		struct kfrag *out)
{
	struct kwant group = { 0 };
	unsigned int number = first;
	int err = 0;

	*out = (struct kfrag){
		.label = xstrdup(label),
		.text = xstrdup(text),
		.first = first,
	};
	for (; *text && !err; number++) {
		size_t len = strcspn(text, "\n");

		err = parse_line(out, &group, text, len, number);
		text += len + (text[len] == '\n');
	}
	want_free(&group);
	return err;
}

void kfrag_add_text(struct buf *out, const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			buf_addf(out, "\\x%02x", (unsigned char)*s);
		else
			buf_addc(out, *s);
}

void kfrag_free(struct kfrag *f)
{
	for (size_t i = 0; i < f->n; i++)
		want_free(&f->v[i]);
	free(f->v);
	free(f->label);
	free(f->summary);
	free(f->text);
	*f = (struct kfrag){ 0 };
}
