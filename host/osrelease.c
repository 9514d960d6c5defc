// SPDX-License-Identifier: MIT
#include "osrelease.h"

#include "str.h"

#include <stdlib.h>
#include <string.h>

/* The shell's quoting, of which the format allows one word. */
static char *parse_value(const char *p)
{
	struct buf out = { 0 };
	char quote = *p == '"' || *p == '\'' ? *p++ : '\0';

	for (; *p && *p != '\n' && *p != quote; p++) {
		if (*p == '\\' && quote != '\'' && p[1] && p[1] != '\n')
			p++;
		buf_addc(&out, *p);
	}
	return out.p;
}

char *osrelease_parse(const char *text, const char *key)
{
	size_t n = strlen(key);

	while (*text) {
		if (!strncmp(text, key, n) && text[n] == '=')
			return parse_value(text + n + 1);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return NULL;
}

char *osrelease_read(void)
{
	struct buf b = { 0 };

	/* Not a problem if it fails: then nobody knows the distribution. */
	if (read_file("/etc/os-release", &b, 65536))
		read_file("/usr/lib/os-release", &b, 65536);
	return b.p ? b.p : xstrdup("");
}
