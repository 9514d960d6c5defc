// SPDX-License-Identifier: MIT
/* Words of a chart: times, names, what is said on hovering. */
#include "chart_draw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *chart_time(char text[CHART_TIME_MAX], long long ns)
{
	static const struct {
		double ns;
		const char *unit;
	} units[] = { { 1e9, "s" }, { 1e6, "ms" }, { 1e3, "µs" } };
	double value = (double)ns;
	size_t i = 0;

	/* Not "1000 ms", which 999.9 ms would be. */
	while (i + 1 < sizeof(units) / sizeof(units[0]) &&
	       value < units[i].ns * 0.9995)
		i++;
	value /= units[i].ns;
	snprintf(text, CHART_TIME_MAX, "%.*f %s",
		 value < 9.995 ? 2 :
		 value < 99.95 ? 1 :
				 0,
		 value, units[i].unit);
	return ns ? text : "0";
}

/* Bytes of a character that XML 1.0 allows, and UTF-8 is; 0: it is none. */
static size_t utf8_length(const unsigned char *p)
{
	static const struct {
		unsigned char mask, lead;
		unsigned int least;
	} forms[] = { { 0x80, 0x00, 0x20 },
		      { 0xe0, 0xc0, 0x80 },
		      { 0xf0, 0xe0, 0x800 },
		      { 0xf8, 0xf0, 0x10000 } };
	unsigned int c;

	for (size_t n = 0; n < sizeof(forms) / sizeof(forms[0]); n++) {
		if ((*p & forms[n].mask) != forms[n].lead)
			continue;
		c = *p & (unsigned char)~forms[n].mask;
		for (size_t i = 1; i <= n; i++) {
			if ((p[i] & 0xc0) != 0x80)
				return 0;
			c = c << 6 | (p[i] & 0x3f);
		}
		if (c < forms[n].least || c > 0x10ffff ||
		    (c >= 0x7f && c < 0xa0) || (c >= 0xd800 && c < 0xe000) ||
		    (c & 0xfffe) == 0xfffe)
			return 0;
		return n + 1;
	}
	return 0;
}

/* Append one character. Return: bytes of @p that it took. */
static size_t escape_one(struct buf *out, const char *p)
{
	size_t n = utf8_length((const unsigned char *)p);

	if (!n) {
		buf_addf(out, "\\x%02X", (unsigned char)*p);
		return 1;
	}
	switch (*p) {
	case '<':
		buf_adds(out, "&lt;");
		break;
	case '>':
		buf_adds(out, "&gt;");
		break;
	case '&':
		buf_adds(out, "&amp;");
		break;
	case '"':
		buf_adds(out, "&quot;");
		break;
	default:
		buf_add(out, p, n);
	}
	return n;
}

void chart_escape(struct buf *out, const char *text)
{
	while (*text)
		text += escape_one(out, text);
}

/* Of common sans-serif type, on the wide side. */
static double char_width(const char *p)
{
	if (strchr("iljtfrI.,:;'|()[] ", *p))
		return 0.36;
	if (strchr("mwMW@%", *p))
		return 0.92;
	return (*p >= 'A' && *p <= 'Z') || *p == '_' ? 0.68 : 0.59;
}

static double one_width(const char *p, size_t *n)
{
	*n = utf8_length((const unsigned char *)p);
	if (!*n) {
		*n = 1;
		return 4 * 0.62;
	}
	return *n == 1 ? char_width(p) : 0.62 * (*n > 2 ? 2 : 1);
}

double chart_width(const char *text, double size)
{
	double width = 0;
	size_t n;

	for (; *text; text += n)
		width += one_width(text, &n) * size;
	return width;
}

/* Return: bytes of @text that fit into @width. */
static size_t fitting(const char *text, double size, double width)
{
	size_t n, all = 0;

	while (text[all]) {
		width -= one_width(text + all, &n) * size;
		if (width < 0)
			break;
		all += n;
	}
	return all;
}

static void escape_part(struct buf *out, const char *text, size_t n)
{
	for (size_t i = 0; i < n;)
		i += escape_one(out, text + i);
}

void chart_fit(struct buf *out, const char *text, double size, double width)
{
	size_t n = fitting(text, size, width);

	if (text[n])
		n = fitting(text, size, width - size);
	escape_part(out, text, n);
	if (text[n])
		buf_adds(out, "…");
}

void chart_text(struct chart_draw *d, double x, double y, double size,
		const char *class, const char *text, double width)
{
	buf_addf(d->out,
		 "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\" "
		 "font-size=\"%g\">",
		 x, y, class, size);
	chart_fit(d->out, text, size, width);
	buf_adds(d->out, "</text>\n");
}

void chart_wrap(struct chart_draw *d, double size, const char *class,
		const char *text, int lines)
{
	/* Bold type is wider. */
	double width = (d->style->width - 2 * d->style->margin) /
		       (*class == 'b' || *class == 'x' ? 1.12 : 1);

	while (*text && lines--) {
		size_t n = fitting(text, size, width), cut = n;
		char *line;

		/* At a space; a word that is too long is cut. */
		while (text[n] && cut && text[cut] != ' ')
			cut--;
		if (!text[n] || !cut)
			cut = n ? n : strlen(text);
		if (!lines)
			cut = strlen(text);
		line = xasprintf("%.*s", (int)cut, text);
		d->y += size * 1.3;
		chart_text(d, d->style->margin, d->y, size, class, line, width);
		free(line);
		text += cut;
		text += strspn(text, " ");
	}
}

const char *chart_kind(enum timeline_lane lane, bool many)
{
	static const char *const kinds[N_LANES][2] = {
		[LANE_BOOTLET] = { "bootlet", "bootlet" },
		[LANE_QEMU] = { "QEMU", "QEMU" },
		[LANE_FIRMWARE] = { "firmware", "firmware" },
		[LANE_KERNEL] = { "kernel", "kernel" },
		[LANE_BOOT] = { "init", "init" },
		[LANE_COMMAND] = { "command", "command" },
		[LANE_OFF] = { "power-off", "power-off" },
		[LANE_LEVEL] = { "part of the kernel's boot", "parts" },
		[LANE_INITCALL] = { "initcall", "initcalls" },
		[LANE_PROBE] = { "device probe", "device probes" },
		[LANE_INIT] = { "init phase", "init phases" },
		[LANE_MODULE] = { "module", "modules" },
	};

	return kinds[lane][many];
}

void chart_hover(struct buf *out, const struct chart_bar *bar)
{
	const struct timeline_span *s = bar->longest;
	char a[CHART_TIME_MAX], b[CHART_TIME_MAX];

	buf_adds(out, "<title>");
	if (bar->n > 1) {
		buf_addf(out, "%zu %s: %s in all\nthe longest: ", bar->n,
			 chart_kind(s->lane, true), chart_time(a, bar->sum));
		chart_escape(out, s->name);
		buf_addf(out, ", %s\nfrom %s on</title>",
			 chart_time(a, s->end - s->begin),
			 chart_time(b, bar->begin));
		return;
	}
	chart_escape(out, s->name);
	if (s->lane >= N_STAGES)
		buf_addf(out, " (%s)", chart_kind(s->lane, false));
	buf_addf(out, "\n%s, from %s on", chart_time(a, s->end - s->begin),
		 chart_time(b, s->begin));
	if (s->open)
		buf_adds(out, "\nhad not ended");
	else if (s->result < 0)
		buf_addf(out, "\nreturned %d, %s", s->result,
			 strerror(-s->result));
	buf_adds(out, "</title>");
}
