// SPDX-License-Identifier: MIT
#include "kconfig.h"

#include "msg.h"
#include "unpack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The largest .config has 300 KiB; a wrong file may have gigabytes. */
#define FILE_MAX (16 << 20)

#define PREFIX	"CONFIG_"
#define NOT_SET " is not set"

static size_t name_len(const char *p, size_t len)
{
	size_t n = 0;

	while (n < len &&
	       ((p[n] >= 'A' && p[n] <= 'Z') || (p[n] >= 'a' && p[n] <= 'z') ||
		(p[n] >= '0' && p[n] <= '9') || p[n] == '_'))
		n++;
	return n;
}

static bool begins(const char *p, size_t len, const char *with)
{
	return len >= strlen(with) && !memcmp(p, with, strlen(with));
}

static bool same(const char *p, size_t len, const char *as)
{
	return len == strlen(as) && !memcmp(p, as, len);
}

/* "y", a number or "a string": nothing else stands behind a "=". */
static bool value_ok(const char *p, size_t len)
{
	size_t i = 1;

	if (!len)
		return false;
	if (*p != '"') {
		while (len && (name_len(p, len) || strchr("+-.", *p)))
			p++, len--;
		return !len;
	}
	while (i < len && p[i] != '"')
		i += p[i] == '\\' ? 2 : 1;
	return i + 1 == len;
}

static enum kline unset_line(const char *p, size_t len, char **name,
			     char **value)
{
	size_t n;

	if (!begins(p, len, "# " PREFIX))
		return KLINE_COMMENT;
	p += strlen("# " PREFIX);
	len -= strlen("# " PREFIX);
	n = name_len(p, len);
	if (!n || !same(p + n, len - n, NOT_SET))
		return KLINE_COMMENT;
	*name = xasprintf("%.*s", (int)n, p);
	*value = xstrdup("n");
	return KLINE_VALUE;
}

enum kline parse_kline(const char *line, size_t len, char **name, char **value)
{
	size_t n;

	while (len && strchr(" \t\r", line[len - 1]))
		len--;
	while (len && strchr(" \t", *line))
		line++, len--;
	if (!len)
		return KLINE_BLANK;
	if (memchr(line, '\0', len))
		return KLINE_BAD;
	if (*line == '#')
		return unset_line(line, len, name, value);
	if (!begins(line, len, PREFIX))
		return KLINE_BAD;
	line += strlen(PREFIX);
	len -= strlen(PREFIX);
	n = name_len(line, len);
	if (!n || n == len || line[n] != '=' ||
	    !value_ok(line + n + 1, len - n - 1))
		return KLINE_BAD;
	*name = xasprintf("%.*s", (int)n, line);
	*value = xasprintf("%.*s", (int)(len - n - 1), line + n + 1);
	return KLINE_VALUE;
}

unsigned int parse_kversion(const char *text)
{
	char *end;
	unsigned long major, minor;

	if (*text < '0' || *text > '9')
		return 0;
	major = strtoul(text, &end, 10);
	if (*end != '.' || end[1] < '0' || end[1] > '9')
		return 0;
	minor = strtoul(end + 1, NULL, 10);
	if (major > 1000 || minor > 999)
		return 0;
	return (unsigned int)(major * 1000 + minor);
}

/* "# Linux/x86 6.1.176 Kernel Configuration" */
static void parse_head(const char *line, size_t len, struct kconfig *out)
{
	char *copy, *arch, *release, *rest, *save = NULL;

	if (out->arch || !begins(line, len, "# Linux/"))
		return;
	copy = xasprintf("%.*s", (int)len, line + strlen("# Linux/"));
	arch = strtok_r(copy, " \n", &save);
	release = strtok_r(NULL, " \n", &save);
	rest = strtok_r(NULL, "\n", &save);
	if (arch && release && rest && !strncmp(rest, "Kernel Config", 13) &&
	    parse_kversion(release)) {
		out->arch = xstrdup(arch);
		out->release = xstrdup(release);
	}
	free(copy);
}

int parse_kconfig(const char *text, struct kconfig *out)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		char *name, *value;
		enum kline kind = parse_kline(text, len, &name, &value);

		if (kind == KLINE_COMMENT)
			parse_head(text, len, out);
		if (kind == KLINE_VALUE) {
			kconfig_set(out, name, value);
			free(name);
			free(value);
		}
		text += len + (text[len] == '\n');
	}
	return out->n ? 0 : -EINVAL;
}

/* What is compressed is replaced by what is inside. */
static int unpack_text(struct buf *b)
{
	char *plain = NULL;
	size_t n = 0;
	int err;

	if (!b->n || !unpack_find((unsigned char *)b->p, b->n))
		return 0;
	err = unpack_all((unsigned char *)b->p, b->n, &plain, &n, FILE_MAX);
	if (!err) {
		buf_free(b);
		buf_add(b, plain, n);
	}
	free(plain);
	return err;
}

int kconfig_read(const char *path, struct buf *text, struct kconfig *out)
{
	struct buf own = { 0 };
	int err = read_file(path, &own, FILE_MAX);

	if (!err) {
		err = unpack_text(&own);
		if (err) {
			msg_error("%s: cannot be decompressed: %s", path,
				  err == -EBADMSG ? "it is damaged" :
						    strerror(-err));
			goto out;
		}
		err = parse_kconfig(own.p ? own.p : "", out);
		if (err)
			msg_error("%s: no CONFIG_ line in it; this is not a "
				  "kernel's configuration",
				  path);
		else if (text)
			buf_add(text, own.p, own.n);
	} else {
		msg_error("%s: cannot be read: %s", path, strerror(-err));
	}
out:
	buf_free(&own);
	return err;
}

const char *kconfig_get(const struct kconfig *c, const char *name)
{
	size_t i = kmap_get(&c->index, name);

	return i == KMAP_NONE ? NULL : c->v[i].value;
}

int kconfig_tri(const struct kconfig *c, const char *name)
{
	const char *v = kconfig_get(c, name);

	if (!v || !strcmp(v, "n"))
		return 0;
	return !strcmp(v, "y") ? 2 : !strcmp(v, "m");
}

void kconfig_set(struct kconfig *c, const char *name, const char *value)
{
	size_t i = kmap_get(&c->index, name);

	if (i != KMAP_NONE) {
		free(c->v[i].value);
		c->v[i].value = xstrdup(value);
		return;
	}
	if (c->n == c->cap) {
		c->cap = c->cap ? c->cap * 2 : 64;
		c->v = xrealloc(c->v, c->cap * sizeof(*c->v));
	}
	c->v[c->n] = (struct kvalue){ xstrdup(name), xstrdup(value) };
	kmap_put(&c->index, c->v[c->n].name, c->n);
	c->n++;
}

void kconfig_free(struct kconfig *c)
{
	for (size_t i = 0; i < c->n; i++) {
		free(c->v[i].name);
		free(c->v[i].value);
	}
	free(c->v);
	free(c->arch);
	free(c->release);
	kmap_free(&c->index);
	*c = (struct kconfig){ 0 };
}
