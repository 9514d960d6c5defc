// SPDX-License-Identifier: MIT
#include "quote.h"

#include <string.h>

#define PLAIN                        \
	"abcdefghijklmnopqrstuvwxyz" \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%"

#define WIDTH 78

void quote_sh(struct buf *out, const char *word)
{
	if (*word && !word[strspn(word, PLAIN)]) {
		buf_adds(out, word);
		return;
	}
	buf_addc(out, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			buf_adds(out, "'\\''");
		else
			buf_addc(out, *word);
	}
	buf_addc(out, '\'');
}

static bool is_option(const char *word)
{
	return word[0] == '-' && word[1];
}

void quote_line(struct buf *out, const struct strv *argv)
{
	size_t column = 0;

	for (size_t i = 0, next; i < argv->n; i = next) {
		struct buf words = { 0 };

		/* An option and its argument, or one word. */
		quote_sh(&words, argv->v[i]);
		next = i + 1;
		if (is_option(argv->v[i]) && next < argv->n &&
		    !is_option(argv->v[next])) {
			buf_addc(&words, ' ');
			quote_sh(&words, argv->v[next++]);
		}
		if (i && column + 1 + words.n > WIDTH - 2) {
			buf_adds(out, " \\\n    ");
			column = 4;
		} else if (i) {
			buf_addc(out, ' ');
			column++;
		}
		buf_add(out, words.p, words.n);
		column += words.n;
		buf_free(&words);
	}
	buf_addc(out, '\n');
}

char *quote_qemu(const char *value)
{
	struct buf out = { 0 };

	buf_adds(&out, "");
	for (; *value; value++) {
		if (*value == ',')
			buf_addc(&out, ',');
		buf_addc(&out, *value);
	}
	return out.p;
}
