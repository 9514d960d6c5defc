// SPDX-License-Identifier: MIT
#include "cpio.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define N_FIELDS 13

static const char zeros[4];

static_assert(sizeof(struct cpio_head) == N_FIELDS * sizeof(uint32_t),
	      "the fields are read and written as an array");
static_assert(CPIO_HEAD == 6 + 8 * N_FIELDS, "magic and fields");

static size_t pad4(uint64_t pos)
{
	return -pos & 3;
}

void cpio_head_format(char *out, const struct cpio_head *head)
{
	static const char hex[] = "0123456789ABCDEF";
	uint32_t field[N_FIELDS];

	memcpy(field, head, sizeof(field));
	memcpy(out, "070701", 6);
	out += 6;
	memset(out, '0', 8 * N_FIELDS);
	/* Most fields are small, or nothing. */
	for (int i = 0; i < N_FIELDS; i++, out += 8)
		for (int k = 7; field[i]; k--, field[i] >>= 4)
			out[k] = hex[field[i] & 15];
}

static int hex_digit(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int parse_cpio_head(const unsigned char *in, struct cpio_head *head, bool *crc)
{
	uint32_t field[N_FIELDS];

	if (memcmp(in, "07070", 5) || (in[5] != '1' && in[5] != '2'))
		return -EINVAL;
	*crc = in[5] == '2';
	in += 6;
	for (int i = 0; i < N_FIELDS; i++) {
		field[i] = 0;
		for (int k = 0; k < 8; k++) {
			int digit = hex_digit(*in++);

			if (digit < 0)
				return -EINVAL;
			field[i] = field[i] << 4 | (uint32_t)digit;
		}
	}
	memcpy(head, field, sizeof(field));
	return 0;
}

int cpio_put_data(struct cpio_writer *w, const void *p, size_t n)
{
	w->pos += n;
	return n ? w->write(w->ctx, p, n) : 0;
}

int cpio_put_pad(struct cpio_writer *w)
{
	return cpio_put_data(w, zeros, pad4(w->pos));
}

int cpio_put_head(struct cpio_writer *w, const struct cpio_head *head,
		  const char *name)
{
	char block[CPIO_HEAD + CPIO_PATH_MAX];
	struct cpio_head h = *head;
	size_t len = strlen(name) + 1;
	int err;

	if (len > CPIO_PATH_MAX)
		return -ENAMETOOLONG;
	h.namesize = (uint32_t)len;
	cpio_head_format(block, &h);
	memcpy(block + CPIO_HEAD, name, len);
	err = cpio_put_data(w, block, CPIO_HEAD + len);
	return err ? err : cpio_put_pad(w);
}

int cpio_put_trailer(struct cpio_writer *w)
{
	struct cpio_head h = { .nlink = 1 };

	return cpio_put_head(w, &h, CPIO_TRAILER);
}

/* --- reading ------------------------------------------------------------ */

static int bad(struct cpio_source *s, const char *what)
{
	s->what = what;
	return -EBADMSG;
}

/* Return: 1 when there are bytes, 0 at the end, -errno. */
static int fill(struct cpio_source *s)
{
	ssize_t n;

	if (s->n)
		return 1;
	n = s->next(s->ctx, &s->p);
	if (n <= 0)
		return (int)n;
	s->n = (size_t)n;
	return 1;
}

static void consume(struct cpio_source *s, size_t n)
{
	s->p += n;
	s->n -= n;
	s->pos += n;
}

/* Takes @n bytes: to @out unless that is NULL, added up in @sum. */
static int take(struct cpio_source *s, void *out, uint64_t n, uint32_t *sum)
{
	unsigned char *to = out;

	while (n) {
		int more = fill(s);
		size_t len = s->n < n ? s->n : (size_t)n;

		if (more <= 0)
			return more < 0 ? more :
					  bad(s, "the image ends here, "
						 "within an archive");
		if (to) {
			memcpy(to, s->p, len);
			to += len;
		}
		for (size_t i = 0; sum && i < len; i++)
			*sum += s->p[i];
		consume(s, len);
		n -= len;
	}
	return 0;
}

/* Return: 1 when a header begins at @s->pos, 0 at another byte or the end. */
static int find_header(struct cpio_source *s)
{
	int more;

	while ((more = fill(s)) > 0 && !*s->p) {
		size_t n = 1;

		while (n < s->n && !s->p[n])
			n++;
		consume(s, n);
	}
	if (more <= 0)
		return more;
	if (*s->p != '0')
		return 0;
	if (pad4(s->pos))
		return bad(s, "an archive begins here, where the kernel does "
			      "not see it: no multiple of 4");
	return 1;
}

struct read_state {
	struct cpio_item item;
	char name[CPIO_PATH_MAX + 1];
	char target[CPIO_PATH_MAX + 1];
	bool crc;
};

static int read_head(struct cpio_source *s, struct read_state *st)
{
	struct cpio_head *h = &st->item.head;
	unsigned char raw[CPIO_HEAD];
	uint64_t offset = s->pos;
	int err = take(s, raw, sizeof(raw), NULL);

	if (err)
		return err;
	st->item.offset = offset;
	if (!parse_cpio_head(raw, h, &st->crc) && h->namesize &&
	    h->namesize <= CPIO_PATH_MAX) {
		err = take(s, st->name, h->namesize, NULL);
		if (err)
			return err;
		if (!st->name[h->namesize - 1])
			return take(s, NULL, pad4(s->pos), NULL);
	}
	s->pos = offset;
	return bad(s, "no header of the newc format");
}

static int read_body(struct cpio_source *s, struct read_state *st)
{
	const struct cpio_head *h = &st->item.head;
	bool link = S_ISLNK(h->mode);
	uint32_t sum = 0;
	int err;

	if (link && h->size >= CPIO_PATH_MAX)
		return bad(s, "a symbolic link with a target too long");
	err = take(s, link ? st->target : NULL, h->size,
		   st->crc && !link ? &sum : NULL);
	if (err)
		return err;
	if (link)
		st->target[h->size] = '\0';
	if (st->crc && S_ISREG(h->mode) && sum != h->check) {
		s->pos = st->item.offset;
		return bad(s, "wrong checksum");
	}
	/* The padding of the very last entry may be missing. */
	for (size_t n = pad4(s->pos); n; n--) {
		int more = fill(s);

		if (more <= 0)
			return more;
		consume(s, 1);
	}
	return 0;
}

/* Reads entries up to a trailer, or up to zero bytes or the end. */
static int read_archive(struct cpio_source *s, struct read_state *st,
			int (*cb)(void *, const struct cpio_item *), void *ctx)
{
	int err;

	for (;;) {
		int more = fill(s);

		if (more <= 0)
			return more;
		if (!*s->p)
			return 0;
		err = read_head(s, st);
		if (err)
			return err;
		if (!strcmp(st->name, CPIO_TRAILER))
			break;
		err = read_body(s, st);
		st->item.name = st->name;
		st->item.target = S_ISLNK(st->item.head.mode) ? st->target :
								NULL;
		/* What could be read is told, also of an entry cut off. */
		if (!err || (err == -EBADMSG && !st->item.target)) {
			int stop = cb(ctx, &st->item);

			err = err ? err : stop;
		}
		if (err)
			return err;
	}
	s->archives++;
	return 0;
}

int cpio_read(struct cpio_source *s,
	      int (*cb)(void *ctx, const struct cpio_item *item), void *ctx)
{
	struct read_state st;
	int found;

	while ((found = find_header(s)) > 0) {
		int err = read_archive(s, &st, cb, ctx);

		if (err)
			return err;
	}
	return found;
}
