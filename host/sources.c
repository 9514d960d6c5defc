// SPDX-License-Identifier: MIT
#include "sources.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* Releases go by a codename, and in Debian by these too. */
static const char *const aliases[] = {
	"stable", "testing", "unstable", "sid", "oldstable", "oldoldstable",
};

/* A release's suites that can hold its kernel, and how they are called in
 * another release ("/updates" was the security suite's before bullseye). */
static const struct {
	const char *suffix, *becomes;
} variants[] = {
	{ "", "" },
	{ "-updates", "-updates" },
	{ "-security", "-security" },
	{ "/updates", "-security" },
};

/* One-line options whose deb822 field has another name; others are alike. */
static const struct {
	const char *option, *field;
} option_names[] = {
	{ "arch", "Architectures" },
	{ "lang", "Languages" },
	{ "target", "Targets" },
};

/* Fields that sources_plan() sets itself. */
static const char *const own_fields[] = { "Architectures", "Languages",
					  "Targets" };

static struct source *source_add(struct sources *s)
{
	if (s->n == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 8;
		s->v = xrealloc(s->v, s->cap * sizeof(*s->v));
	}
	s->v[s->n] = (struct source){ 0 };
	return &s->v[s->n++];
}

static void source_free(struct source *e)
{
	strv_free(&e->types);
	strv_free(&e->uris);
	strv_free(&e->suites);
	strv_free(&e->components);
	strv_free(&e->fields);
}

void sources_free(struct sources *s)
{
	for (size_t i = 0; i < s->n; i++)
		source_free(&s->v[i]);
	free(s->v);
	*s = (struct sources){ 0 };
}

static void words(struct strv *to, const char *text)
{
	char *copy = xstrdup(text), *save = NULL;

	for (char *w = strtok_r(copy, " \t\r\n", &save); w;
	     w = strtok_r(NULL, " \t\r\n", &save))
		strv_push(to, w);
	free(copy);
}

/* "arch=amd64,arm64" -> "Architectures: amd64 arm64"; "arch+=" is "-Add" */
static void parse_option(struct source *e, const char *word)
{
	const char *eq = strchr(word, '=');
	const char *more = "";
	size_t n = eq ? (size_t)(eq - word) : 0;
	struct buf field = { 0 };
	char *name;

	if (!n)
		return;
	if (word[n - 1] == '+' || word[n - 1] == '-')
		more = word[--n] == '+' ? "-Add" : "-Remove";
	name = xasprintf("%.*s", (int)n, word);
	for (size_t i = 0; i < COUNT(option_names); i++) {
		if (strcasecmp(name, option_names[i].option))
			continue;
		free(name);
		name = xstrdup(option_names[i].field);
	}
	buf_addf(&field, "%s%s: ", name, more);
	for (const char *p = eq + 1; *p; p++)
		buf_addc(&field, *p == ',' ? ' ' : *p);
	strv_push(&e->fields, field.p);
	buf_free(&field);
	free(name);
}

/* Takes "[a=b c=d]" off the words from @i on. Returns the word after it. */
static size_t parse_options(struct source *e, const struct strv *w, size_t i)
{
	bool end = i >= w->n || *w->v[i] != '[';

	while (!end && i < w->n) {
		char *word = w->v[i++];
		size_t len = strlen(word);

		if (*word == '[') {
			word++;
			len--;
		}
		end = len && word[len - 1] == ']';
		if (end)
			word[len - 1] = '\0';
		parse_option(e, word);
	}
	return i;
}

static void parse_line(struct sources *s, const char *line)
{
	struct strv w = { 0 };
	struct source e = { 0 };
	size_t i;

	words(&w, line);
	i = w.n ? parse_options(&e, &w, 1) : 0;
	if (i + 1 < w.n && !strncmp(w.v[0], "deb", 3)) {
		strv_push(&e.types, w.v[0]);
		strv_push(&e.uris, w.v[i++]);
		strv_push(&e.suites, w.v[i++]);
		while (i < w.n)
			strv_push(&e.components, w.v[i++]);
		*source_add(s) = e;
	} else {
		source_free(&e);
	}
	strv_free(&w);
}

void sources_parse_list(struct sources *s, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		char *line = xasprintf("%.*s", (int)n, text);

		line[strcspn(line, "#")] = '\0';
		parse_line(s, line);
		free(line);
		text += n + (text[n] == '\n');
	}
}

static void field_take(struct source *e, struct buf *field)
{
	char *colon = field->n ? strchr(field->p, ':') : NULL;

	if (colon) {
		size_t n = colon - field->p;
		const char *value = colon + 1;

		value += strspn(value, " \t");
		if (n == 5 && !strncasecmp(field->p, "Types", n))
			words(&e->types, value);
		else if (n == 4 && !strncasecmp(field->p, "URIs", n))
			words(&e->uris, value);
		else if (n == 6 && !strncasecmp(field->p, "Suites", n))
			words(&e->suites, value);
		else if (n == 10 && !strncasecmp(field->p, "Components", n))
			words(&e->components, value);
		else if (n == 7 && !strncasecmp(field->p, "Enabled", n))
			e->disabled = !strncasecmp(value, "no", 2) ||
				      !strncasecmp(value, "false", 5) ||
				      !strncasecmp(value, "0", 1);
		else
			strv_push(&e->fields, field->p);
	}
	buf_free(field);
}

static bool is_blank(const char *line, size_t n)
{
	return strspn(line, " \t\r") >= n;
}

void sources_parse_deb822(struct sources *s, const char *text)
{
	struct source *e = NULL;
	struct buf field = { 0 };

	while (*text) {
		size_t n = strcspn(text, "\n");

		if (is_blank(text, n)) {
			if (e)
				field_take(e, &field);
			e = NULL;
		} else if (*text == '#') {
			; /* also between a field's lines */
		} else if (*text == ' ' || *text == '\t') {
			/* Without a field before it, it makes no sense. */
			if (e) {
				buf_addc(&field, '\n');
				buf_add(&field, text, n);
			}
		} else {
			if (!e)
				e = source_add(s);
			field_take(e, &field);
			buf_add(&field, text, n);
		}
		text += n + (text[n] == '\n');
	}
	if (e)
		field_take(e, &field);
	buf_free(&field);
}

/* Whether @name is @base with one of the variants' suffixes: which, or -1. */
static int variant_of(const char *name, const char *base)
{
	size_t n = base ? strlen(base) : 0;

	if (!n || strncmp(name, base, n))
		return -1;
	for (size_t i = 0; i < COUNT(variants); i++)
		if (!strcmp(name + n, variants[i].suffix))
			return i;
	return -1;
}

static int suite_variant(const char *name, const char *codename)
{
	int v = variant_of(name, codename);

	for (size_t i = 0; i < COUNT(aliases) && v < 0; i++)
		v = variant_of(name, aliases[i]);
	return v;
}

static bool is_archive(const struct source *e)
{
	return !e->disabled && e->uris.n && strv_has(&e->types, "deb") &&
	       strv_has(&e->components, "main");
}

static void put_list(struct buf *out, const char *name, const struct strv *v)
{
	buf_addf(out, "%s:", name);
	for (size_t i = 0; i < v->n; i++)
		buf_addf(out, " %s", v->v[i]);
	buf_addc(out, '\n');
}

static void put_fields(struct buf *out, const struct source *e)
{
	for (size_t i = 0; i < e->fields.n; i++) {
		const char *f = e->fields.v[i];
		bool own = false;

		for (size_t j = 0; j < COUNT(own_fields); j++)
			own |= !strncasecmp(f, own_fields[j],
					    strlen(own_fields[j]));
		if (!own)
			buf_addf(out, "%s\n", f);
	}
}

size_t sources_plan(const struct sources *s, const char *codename,
		    const char *suite, const char *arch, struct buf *out)
{
	size_t entries = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct source *e = &s->v[i];
		struct strv suites = { 0 };

		for (size_t j = 0; is_archive(e) && j < e->suites.n; j++) {
			int v = suite_variant(e->suites.v[j], codename);
			char *name;

			if (v < 0)
				continue;
			name = suite ? xasprintf("%s%s", suite,
						 variants[v].becomes) :
				       xstrdup(e->suites.v[j]);
			if (strv_has(&suites, name))
				free(name);
			else
				strv_take(&suites, name);
		}
		if (suites.n) {
			buf_adds(out, "Types: deb\n");
			put_list(out, "URIs", &e->uris);
			put_list(out, "Suites", &suites);
			buf_addf(out,
				 "Components: main\nArchitectures: %s\n"
				 "Targets: Packages\nLanguages: none\n",
				 arch);
			put_fields(out, e);
			buf_addc(out, '\n');
			entries++;
		}
		strv_free(&suites);
	}
	return entries;
}

const char *sources_suite(const struct sources *s, const char *codename)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct source *e = &s->v[i];

		for (size_t j = 0; is_archive(e) && j < e->suites.n; j++)
			if (!suite_variant(e->suites.v[j], codename))
				return e->suites.v[j];
	}
	return NULL;
}
