// SPDX-License-Identifier: MIT
/*
 * From bytes to rows. The filter is a shift-and automaton over the first bytes
 * of all keys at once: four lanes of sixteen buckets in one word, so that the
 * cost a byte is the same whatever the bytes are (Baeza-Yates and Gonnet, "A
 * new approach to text searching", 1992).
 */
#include "oops_priv.h"

#include <ctype.h>
#include <string.h>

/* What a device's name before a message is at most. */
#define DEVICE_MAX 48
/* Where the words of a title are looked for: what is behind is not printed. */
#define TITLE_MAX OOPS_TITLE_MAX

static_assert(OOPS_BUCKETS * OOPS_KEY == 64, "the lanes fill a word");

static const char *key_of(const struct oops_key *k)
{
	const struct oops_group *g = &oops_groups[k->group];

	return *g->word ? g->word : g->rows[k->row].glob;
}

/* Keys that begin alike share a bucket, so that a bucket means much. */
static size_t bucket_of(const char *key)
{
	return ((unsigned char)key[0] * 5U + (unsigned char)key[1] / 8U) %
	       OOPS_BUCKETS;
}

static void add_key(struct oops_filter *f, size_t group, size_t row)
{
	struct oops_key k = { (uint8_t)group, (uint8_t)row, "" };
	const char *key = key_of(&k);
	size_t b = bucket_of(key);

	memcpy(k.begin, key, OOPS_KEY);
	/* A full one gives to the next: never a key that is not looked for. */
	while (f->n[b] == OOPS_KEYS)
		b = (b + 1) % OOPS_BUCKETS;
	for (size_t i = 0; i < OOPS_KEY; i++)
		f->lanes[(unsigned char)key[i]] |= UINT64_C(1)
						   << (i * OOPS_BUCKETS + b);
	f->keys[b][f->n[b]++] = k;
}

void oops_filter_init(struct oops_filter *f)
{
	memset(f, 0, sizeof(*f));
	for (size_t g = 0; g < n_oops_groups; g++) {
		size_t n = *oops_groups[g].word ? 1 : oops_groups[g].n;

		for (size_t r = 0; r < n; r++)
			add_key(f, g, r);
	}
}

/* The buckets that all bytes at a place are in. */
static unsigned buckets_at(const struct oops_filter *f, const char *p)
{
	uint64_t all = UINT64_MAX;

	for (size_t i = 0; i < OOPS_KEY; i++)
		all &= f->lanes[(unsigned char)p[i]] >> (i * OOPS_BUCKETS);
	return (unsigned)(all & 0xffff);
}

size_t oops_filter_next(const struct oops_filter *f, struct oops_text line,
			size_t at)
{
	uint64_t state = 0;

	for (size_t i = at; i < line.n; i++) {
		state = (state << OOPS_BUCKETS | (UINT64_C(0xffff))) &
			f->lanes[(unsigned char)line.p[i]];
		if (state >> (OOPS_BUCKETS * (OOPS_KEY - 1)))
			return i - (OOPS_KEY - 1);
	}
	return line.n;
}

/* --- conditions ------------------------------------------------------------- */

/* "usb 5-1: ": one short name before the message; more where the kernel is
 * known to be what writes. */
static bool is_device(struct oops_text t, bool stamped)
{
	bool number = false;

	if (t.n < 3 || t.n > DEVICE_MAX || memcmp(t.p + t.n - 2, ": ", 2))
		return false;
	for (size_t i = 0; i + 2 < t.n; i++) {
		if (t.p[i] == ':' && t.p[i + 1] == ' ' && !stamped)
			return false;
		number |= isdigit((unsigned char)t.p[i]) != 0;
	}
	return number || stamped;
}

static bool has_lower(struct oops_text t)
{
	for (size_t i = 0; i < t.n; i++)
		if (islower((unsigned char)t.p[i]))
			return true;
	return false;
}

/* At the begin of a message, or behind the name of what prints it. */
static bool is_anchored(const struct oops_hit *h, struct oops_text before)
{
	if (h->at == h->prefix.msg)
		return true;
	if (h->row->class == OOPS_PROGRAM)
		return false;
	return before.n >= 3 && before.n <= DEVICE_MAX &&
	       !memcmp(before.p + before.n - 2, ": ", 2) &&
	       !memmem(before.p, before.n - 2, ": ", 2);
}

/* A kernel without times on its console is known by a device's name, or not at
 * all where any program may have said it. */
static bool is_kernels(const struct oops_known *known, const struct oops_hit *h,
		       struct oops_text before)
{
	if (h->prefix.stamped)
		return true;
	if (known->stamped)
		return false;
	return h->row->class != OOPS_WARNING || is_device(before, false);
}

static bool holds(const struct oops_known *known, struct oops_text line,
		  struct oops_text rest, const struct oops_hit *h)
{
	unsigned flags = h->row->flags;
	struct oops_text before = { line.p + h->prefix.msg,
				    h->at - h->prefix.msg };

	if (known->middle && !h->prefix.stamped && h->place != OOPS_BEHIND &&
	    flags & (OOPS_ANCHORED | OOPS_KERNEL))
		return false;
	if (flags & OOPS_ANCHORED && !is_anchored(h, before))
		return false;
	if (flags & OOPS_KERNEL && !is_kernels(known, h, before))
		return false;
	if (flags & OOPS_WHOLE && (rest.n || before.n))
		return false;
	/* A terminal that writes capitals writes the kernel's words, too. */
	if (flags & OOPS_DEVICE &&
	    ((before.n && !is_device(before, h->prefix.stamped)) ||
	     !has_lower(rest)))
		return false;
	return true;
}

/* --- rows ------------------------------------------------------------------- */

/* What follows the group's word; the word itself must end there. */
static bool after_word(const char *word, struct oops_text *t)
{
	size_t n = strlen(word);

	if (t->n < n || memcmp(t->p, word, n))
		return false;
	t->p += n;
	t->n -= n;
	if (n && word[n - 1] == ':' && t->n && t->p[0] != ' ' &&
	    t->p[0] != '\r')
		return false;
	while (n && t->n && (t->p[0] == ' ' || t->p[0] == '\r')) {
		t->p++;
		t->n--;
	}
	return true;
}

/* "[ INFO: ... ]" is how lockdep has framed its titles. */
static struct oops_text title_of(struct oops_text line,
				 const struct oops_hit *h)
{
	size_t at = h->row->flags & OOPS_MESSAGE ? h->prefix.msg : h->at;
	struct oops_text t = { line.p + at, line.n - at };
	size_t i = at;

	while (i && line.p[i - 1] == ' ')
		i--;
	if (!i || line.p[i - 1] != '[')
		return t;
	while (t.n && strchr(" \r]=-", t.p[t.n - 1]) && t.p[t.n - 1])
		t.n--;
	return t;
}

static bool match_rows(const struct oops_known *known,
		       const struct oops_key *key, struct oops_text line,
		       struct oops_hit *h)
{
	const struct oops_group *g = &oops_groups[key->group];
	struct oops_text rest = { line.p + h->at, line.n - h->at };
	size_t end = *g->word ? g->n : key->row + 1U;

	if (rest.n > TITLE_MAX)
		rest.n = TITLE_MAX;
	if (!after_word(g->word, &rest))
		return false;
	for (size_t r = key->row; r < end; r++) {
		h->row = &g->rows[r];
		if (h->place == OOPS_BEHIND &&
		    !(h->row->flags & (OOPS_GLUED | OOPS_HARMLESS)))
			continue;
		if (oops_glob(h->row->glob, rest) &&
		    holds(known, line, rest, h)) {
			h->title = title_of(line, h);
			return true;
		}
	}
	return false;
}

/* The literal begin of the row is there: only then the rest costs. */
static bool after_key(const struct oops_key *key, struct oops_text line,
		      size_t at)
{
	const char *text = key_of(key);
	size_t n = (size_t)(strchrnul(text, '*') - text);
	struct oops_text rest = { line.p + at, line.n - at };

	if (*oops_groups[key->group].word)
		return after_word(text, &rest);
	return rest.n >= n && !memcmp(rest.p, text, n);
}

static void find_place(const struct oops_known *known, struct oops_text line,
		       struct oops_hit *h)
{
	/* Nobody quotes so far into a line, nor does a name reach so far. */
	bool far = known->middle || h->at > OOPS_LINE_MAX;
	bool word = oops_boundary(line, h->at);

	if (word)
		oops_prefix_parse(line, h->at, &h->prefix);
	if (word && !h->prefix.user)
		h->place = OOPS_AT_WORD;
	else if (far || (!word && oops_unfinished(line, h->at)))
		h->place = OOPS_BEHIND;
	else
		h->place = OOPS_MENTION;
	if (h->place == OOPS_BEHIND)
		h->prefix = (struct oops_prefix){ .msg = h->at };
}

static bool is_command_line(struct oops_text line, const struct oops_hit *h)
{
	struct oops_prefix prefix = h->prefix;

	if (h->place == OOPS_BEHIND)
		oops_prefix_parse(line, h->at, &prefix);
	/* What looks like an escape may hide the key, too. */
	if (prefix.msg > h->at)
		return false;
	line.p += prefix.msg;
	line.n = h->at - prefix.msg;
	return oops_command_line(line);
}

static bool match_key(const struct oops_known *known,
		      const struct oops_key *key, struct oops_text line,
		      struct oops_hit *h)
{
	if (memcmp(line.p + h->at, key->begin, OOPS_KEY) != 0 ||
	    !after_key(key, line, h->at))
		return false;
	if (h->place == OOPS_NO_KEY)
		find_place(known, line, h);
	return h->place != OOPS_MENTION && match_rows(known, key, line, h) &&
	       (known->middle || !is_command_line(line, h));
}

bool oops_match(const struct oops_filter *f, const struct oops_known *known,
		struct oops_text line, size_t at, struct oops_hit *hit)
{
	unsigned set;

	hit->at = at;
	hit->place = OOPS_NO_KEY;
	if (line.n - at < OOPS_KEY)
		return false;
	set = buckets_at(f, line.p + at);
	for (size_t b = 0; set >> b; b++)
		for (size_t i = 0; set >> b & 1 && i < f->n[b]; i++)
			if (match_key(known, &f->keys[b][i], line, hit))
				return true;
	return false;
}
