// SPDX-License-Identifier: MIT
#include "modparam.h"

#include "cmdline.h"
#include "file.h"
#include "log.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* What stands behind "MODULE.", or NULL. */
static const char *param_of(const char *word, const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!word[i] || text_fold(word[i]) != text_fold(name[i]))
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
		else if (text_is_space(*value))
			splits |= !*in_quote;
	}
	return splits;
}

int modparam_build(const struct boot_config *cfg, const char *name, size_t len,
		   char *buf, size_t size)
{
	size_t at = 0;
	int err = 0;

	for (size_t i = 0; i < cfg->n_params; i++) {
		const char *p = param_of(cfg->params[i], name, len), *value;
		bool in_quote = false, splits;
		size_t n;

		if (!p)
			continue;
		value = p;
		while (*value && *value++ != '=')
			;
		splits = value_splits(value, &in_quote);
		if (splits) {
			in_quote = true;
			value_splits(value, &in_quote);
		}
		n = fmt_format(buf + at, size - at, "%s%.*s%s%s%s",
			       at ? " " : "", (int)(value - p), p,
			       splits ? "\"" : "", value, in_quote ? "\"" : "");
		if (n < size - at)
			at += n;
		else
			err = -E2BIG;
	}
	buf[at] = '\0';
	return err;
}

bool modparam_blacklisted(const struct boot_config *cfg, struct span name)
{
	for (size_t i = 0; i < cfg->n_blacklist; i++)
		if (modname_same(span_of(cfg->blacklist[i]), name))
			return true;
	return false;
}
