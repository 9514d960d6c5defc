// SPDX-License-Identifier: MIT
#include "kbuild_line.h"

#include <stdio.h>
#include <string.h>

#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

enum { BAR_MIN = 4, BAR_MAX = 30 };

static bool take_step(const char *line, struct kbuild_line *out)
{
	const char *p = line + 2;
	size_t n;

	if (strncmp(line, "  ", 2) || !strspn(p, UPPER))
		return false;
	n = strspn(p, UPPER "0123456789_");
	if (!strncmp(p + n, " [M]", 4) || !strncmp(p + n, " [U]", 4))
		n += 4;
	if (p[n] != ' ' || !p[n + strspn(p + n, " ")])
		return false;
	*out = (struct kbuild_line){
		.kind = KBUILD_STEP,
		.step = p,
		.step_len = (int)n,
		.target = p + n + strspn(p + n, " "),
	};
	/* "DTC     x.dtb  # note": one word is the target. */
	out->target_len = (int)strcspn(out->target, " ");
	return true;
}

/* "make[3]: *** [FILE:LINE: TARGET] Error 1"; older ones name no FILE. */
static bool take_failed(const char *words, struct kbuild_line *out)
{
	const char *end = strstr(words, "] "), *colon = NULL, *p;

	if (strncmp(words, "*** [", 5) || !end || strstr(end, "(ignored)"))
		return false;
	for (p = words + 5; p < end - 1; p++)
		if (p[0] == ':' && p[1] == ' ')
			colon = p + 2;
	out->kind = KBUILD_FAILED;
	out->target = colon ? colon : words + 5;
	out->target_len = (int)(end - out->target);
	return true;
}

/* "make: ..." or "make[3]: ...". Return: what stands behind that, or NULL. */
static const char *of_make(const char *line)
{
	size_t n;

	if (strncmp(line, "make", 4))
		return NULL;
	line += 4;
	if (*line == '[') {
		n = strspn(line + 1, "0123456789");
		if (line[n + 1] != ']')
			return NULL;
		line += n + 2;
	}
	return strncmp(line, ": ", 2) ? NULL : line + 2;
}

static bool take_between(const char *line, const char *before, const char *ends,
			 struct kbuild_line *out)
{
	const char *p = strstr(line, before);

	if (!p)
		return false;
	p += strlen(before);
	out->kind = KBUILD_UNDEFINED;
	out->target = p;
	out->target_len = (int)strcspn(p, ends);
	return out->target_len > 0;
}

void parse_kbuild_line(const char *line, struct kbuild_line *out)
{
	const char *words = of_make(line);

	*out = (struct kbuild_line){ .kind = KBUILD_WORDS };
	if (words) {
		out->kind = KBUILD_MAKE;
		if (take_failed(words, out) || strncmp(words, "*** ", 4) ||
		    strstr(words, "Waiting for unfinished jobs") ||
		    strstr(words, "Deleting file "))
			return;
		out->kind = KBUILD_STOPPED;
		out->target = words + 4;
		out->target_len = (int)strlen(out->target);
	} else if (!take_step(line, out)) {
		if (take_between(line, "undefined reference to `", "'", out) ||
		    take_between(line, "undefined symbol: ", " ", out) ||
		    (strstr(line, " undefined!") &&
		     take_between(line, "modpost: \"", "\"", out)))
			return;
		*out = (struct kbuild_line){
			.warning = strstr(line, ": warning: ") != NULL,
		};
	}
}

static unsigned int digits(size_t n)
{
	return n < 10 ? 1 : 1 + digits(n / 10);
}

void kbuild_bar(struct buf *out, size_t done, size_t total, const char *step,
		const char *target, unsigned int width)
{
	struct buf line = { 0 };
	size_t bar = width > 60 ? width / 4 : 0;

	if (done > total)
		total = 0;
	if (total)
		buf_addf(&line, "[%*zu/%zu] ", (int)digits(total), done, total);
	else
		buf_addf(&line, "[%zu] ", done);
	if (bar > BAR_MAX)
		bar = BAR_MAX;
	if (total && bar >= BAR_MIN) {
		for (size_t i = 0; i < bar; i++)
			buf_addc(&line, i < done * bar / total ? '#' : '.');
		buf_addc(&line, ' ');
	}
	if (*step)
		buf_addf(&line, "%s %s", step, target);
	/* The last column is left free: some terminals wrap there. */
	if (line.n >= width && width)
		line.n = width - 1;
	buf_add(out, line.p, line.n);
	buf_free(&line);
}
