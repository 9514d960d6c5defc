// SPDX-License-Identifier: MIT
/* What apt prints, read. */
#include "apt.h"

#include <stdlib.h>
#include <string.h>

static void package_free(struct apt_package *p)
{
	free(p->name);
	free(p->version);
	strv_free(&p->depends);
}

void apt_packages_free(struct apt_packages *p)
{
	for (size_t i = 0; i < p->n; i++)
		package_free(&p->v[i]);
	free(p->v);
	*p = (struct apt_packages){ 0 };
}

/* "a (= 1), b:any | c" -> a b: of alternatives the first is the usual one */
static void parse_depends(struct strv *to, const char *value)
{
	while (*value) {
		size_t n = strcspn(value, " ,|(:\n");

		if (n)
			strv_take(to, xasprintf("%.*s", (int)n, value));
		value += n;
		value += strcspn(value, ",");
		value += strspn(value, ", ");
	}
}

static void parse_field(struct apt_package *p, char *line)
{
	char *value = strchr(line, ':');

	if (!value)
		return;
	*value++ = '\0';
	value += strspn(value, " ");
	if (!strcmp(line, "Package") && !p->name)
		p->name = xstrdup(value);
	else if (!strcmp(line, "Version") && !p->version)
		p->version = xstrdup(value);
	else if (!strcmp(line, "Depends") || !strcmp(line, "Pre-Depends"))
		parse_depends(&p->depends, value);
	else if (!strcmp(line, "Size"))
		p->size = strtoull(value, NULL, 10);
	else if (!strcmp(line, "Installed-Size"))
		p->installed = strtoull(value, NULL, 10) * 1024;
}

static void package_end(struct apt_packages *out, struct apt_package *p)
{
	if (p->name && p->version) {
		if (out->n == out->cap) {
			out->cap = out->cap ? out->cap * 2 : 8;
			out->v = xrealloc(out->v, out->cap * sizeof(*out->v));
		}
		out->v[out->n++] = *p;
	} else {
		package_free(p);
	}
	*p = (struct apt_package){ 0 };
}

void apt_parse_show(const char *text, struct apt_packages *out)
{
	struct apt_package p = { 0 };

	while (*text) {
		size_t n = strcspn(text, "\n");
		char *line = xasprintf("%.*s", (int)n, text);

		if (!n)
			package_end(out, &p);
		else if (*line != ' ')
			parse_field(&p, line);
		free(line);
		text += n + (text[n] == '\n');
	}
	package_end(out, &p);
}

char *apt_parse_reason(const char *text)
{
	/* The first error names the cause, later ones what came of it. */
	static const char *const begins[] = { "E: ", "dpkg-deb: error: ",
					      "Err:", "W: " };

	for (size_t i = 0; i < sizeof(begins) / sizeof(*begins); i++) {
		size_t n = strlen(begins[i]);

		for (const char *p = text; p && *p; p = strchr(p, '\n')) {
			p += *p == '\n';
			if (!strncmp(p, begins[i], n))
				return xasprintf("%.*s",
						 (int)strcspn(p + n, "\n"),
						 p + n);
		}
	}
	return xstrdup("apt gave no reason");
}
