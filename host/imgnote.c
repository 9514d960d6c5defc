// SPDX-License-Identifier: MIT
#include "imgnote.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD  "bootlet-image 1\n"
#define STAMP "%llu %llu %llu %llu %llu"
/* The last line: one that is cut off shall not pass for a whole one. */
#define END "end\n"

static struct imgnote_file *file_add(struct imgnote *n, char *path)
{
	n->files = xrealloc(n->files, (n->n + 1) * sizeof(*n->files));
	n->files[n->n] = (struct imgnote_file){ .path = path };
	return &n->files[n->n++];
}

int imgnote_add(struct imgnote *n, const char *path)
{
	if (path[0] != '/' || strchr(path, '\n'))
		return -EINVAL;
	file_add(n, xstrdup(path))->stamp = filestamp_at(path);
	return 0;
}

bool imgnote_fresh(const struct imgnote *n)
{
	for (size_t i = 0; i < n->n; i++) {
		const struct filestamp *was = &n->files[i].stamp;
		struct filestamp now = filestamp_at(n->files[i].path);

		if (!filestamp_same(was, &now) && (was->ctime || now.ctime))
			return false;
	}
	return true;
}

unsigned long long imgnote_newest(const struct imgnote *n)
{
	unsigned long long newest = 0;

	for (size_t i = 0; i < n->n; i++)
		if (n->files[i].stamp.ctime > newest)
			newest = n->files[i].stamp.ctime;
	return newest;
}

static void add_stamp(struct buf *out, const char *what,
		      const struct filestamp *s, const char *rest)
{
	buf_addf(out, "%s " STAMP " %s\n", what, s->dev, s->ino, s->size,
		 s->mtime, s->ctime, rest);
}

void imgnote_format(const struct imgnote *n, struct buf *out)
{
	buf_adds(out, HEAD);
	add_stamp(out, "image", &n->image, *n->boot ? n->boot : "-");
	for (size_t i = 0; i < n->n; i++)
		add_stamp(out, "file", &n->files[i].stamp, n->files[i].path);
	buf_adds(out, END);
}

/* Return: what stands behind the stamp, up to the line's end; or NULL. */
static const char *scan_line(const char *line, const char *what,
			     struct filestamp *s)
{
	size_t len = strlen(what);
	int n = 0;

	if (strncmp(line, what, len) || line[len] != ' ' ||
	    sscanf(line + len, STAMP "%n", &s->dev, &s->ino, &s->size,
		   &s->mtime, &s->ctime, &n) != 5 ||
	    line[len + (size_t)n] != ' ')
		return NULL;
	return line + len + (size_t)n + 1;
}

int parse_imgnote(const char *text, struct imgnote *out)
{
	const char *rest, *line;
	struct filestamp s;
	size_t len;

	*out = (struct imgnote){ 0 };
	if (strncmp(text, HEAD, strlen(HEAD)))
		return -EINVAL;
	rest = scan_line(text + strlen(HEAD), "image", &out->image);
	len = rest ? strcspn(rest, "\n") : 0;
	if (!len || len >= sizeof(out->boot) || !rest[len])
		return -EINVAL;
	memcpy(out->boot, rest, len);
	for (line = rest + len + 1; strcmp(line, END) != 0;
	     line = rest + len + 1) {
		rest = scan_line(line, "file", &s);
		len = rest ? strcspn(rest, "\n") : 0;
		if (!rest || *rest != '/' || !rest[len])
			return -EINVAL;
		file_add(out, xasprintf("%.*s", (int)len, rest))->stamp = s;
	}
	return 0;
}

void imgnote_free(struct imgnote *n)
{
	for (size_t i = 0; i < n->n; i++)
		free(n->files[i].path);
	free(n->files);
	*n = (struct imgnote){ 0 };
}
