// SPDX-License-Identifier: MIT
#include "modparam.h"

#include "cmdline.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static char fold(char c)
{
	return c == '-' ? '_' : c;
}

/* What stands behind "MODULE.", or NULL. */
static const char *param_of(const char *word, const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!word[i] || fold(word[i]) != fold(name[i]))
			return NULL;
	return word[len] == '.' && word[len + 1] ? word + len + 1 : NULL;
}

/*
 * Whether the kernel, reading @value from this state on, would see its end in
 * the middle of it; *@in_quote becomes the state behind it.
 */
static bool value_splits(const char *value, bool *in_quote)
{
	bool splits = false;

	for (; *value; value++) {
		if (*value == '"')
			*in_quote = !*in_quote;
		else if (*value == ' ' || (*value >= '\t' && *value <= '\r'))
			splits |= !*in_quote;
	}
	return splits;
}

static size_t append(char *buf, size_t size, size_t at, const char *s,
		     size_t len)
{
	if (at + len < size)
		memcpy(buf + at, s, len);
	return at + len;
}

int modparam_build(const struct boot_config *cfg, const char *name, size_t len,
		   char *buf, size_t size)
{
	size_t at = 0;
	int err = 0;

	for (size_t i = 0; i < cfg->n_params; i++) {
		const char *p = param_of(cfg->params[i], name, len), *value;
		bool in_quote = false;
		size_t end = at;

		if (!p)
			continue;
		value = p;
		while (*value && *value++ != '=')
			;
		if (at)
			end = append(buf, size, end, " ", 1);
		end = append(buf, size, end, p, (size_t)(value - p));
		if (value_splits(value, &in_quote)) {
			end = append(buf, size, end, "\"", 1);
			in_quote = true;
			value_splits(value, &in_quote);
		}
		end = append(buf, size, end, value, strlen(value));
		if (in_quote)
			end = append(buf, size, end, "\"", 1);
		if (end < size)
			at = end;
		else
			err = -E2BIG;
	}
	buf[at] = '\0';
	return err;
}
