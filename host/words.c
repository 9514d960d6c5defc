// SPDX-License-Identifier: MIT
#include "words.h"

#include <string.h>

#define BLANK " \t\n"

static const char *take_single(const char **at, struct buf *word)
{
	const char *end = strchr(*at, '\'');

	if (!end)
		return "a ' is not closed";
	buf_add(word, *at, (size_t)(end - *at));
	*at = end + 1;
	return NULL;
}

/* What follows a backslash; between "" it is one only before these. */
static const char *take_double(const char **at, struct buf *word)
{
	const char *p = *at;

	for (; *p != '"'; p++) {
		bool quoted = *p == '\\' && p[1] && strchr("$`\"\\\n", p[1]);

		if (!*p)
			return "a \" is not closed";
		p += quoted;
		/* With a backslash before it a newline is none. */
		if (!quoted || *p != '\n')
			buf_addc(word, *p);
	}
	*at = p + 1;
	return NULL;
}

static const char *take_backslash(const char **at, struct buf *word)
{
	if (!**at)
		return "a \\ is the last character";
	if (**at != '\n')
		buf_addc(word, **at);
	++*at;
	return NULL;
}

static const char *take_word(const char **at, struct buf *word)
{
	const char *wrong = NULL;

	/* '' is a word, too. */
	buf_adds(word, "");
	while (!wrong && **at && !strchr(BLANK, **at)) {
		char c = *(*at)++;

		if (c == '\'')
			wrong = take_single(at, word);
		else if (c == '"')
			wrong = take_double(at, word);
		else if (c == '\\')
			wrong = take_backslash(at, word);
		else
			buf_addc(word, c);
	}
	return wrong;
}

/* A line that goes on in the next one has no word there. */
static const char *skip_blank(const char *p)
{
	while (*p && (strchr(BLANK, *p) || (*p == '\\' && p[1] == '\n')))
		p += *p == '\\' ? 2 : 1;
	return p;
}

const char *parse_words(const char *text, struct strv *out)
{
	const char *wrong = NULL;

	while (!wrong && *(text = skip_blank(text))) {
		struct buf word = { 0 };

		wrong = take_word(&text, &word);
		if (!wrong)
			strv_push(out, word.p);
		buf_free(&word);
	}
	return wrong;
}
