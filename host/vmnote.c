// SPDX-License-Identifier: MIT
#include "vmnote.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define HEAD  "bootlet-vmlinux 1\n"
#define HEX   "0123456789abcdef"
#define STAMP "%llu %llu %llu %llu %llu"

static unsigned long long nanoseconds(const struct timespec *t)
{
	return (unsigned long long)t->tv_sec * 1000000000ULL +
	       (unsigned long long)t->tv_nsec;
}

struct filestamp filestamp_of(const struct stat *st)
{
	return (struct filestamp){
		.dev = st->st_dev,
		.ino = st->st_ino,
		.size = (unsigned long long)st->st_size,
		.mtime = nanoseconds(&st->st_mtim),
		.ctime = nanoseconds(&st->st_ctim),
	};
}

struct filestamp filestamp_at(const char *path)
{
	struct stat st;

	if (!path || stat(path, &st))
		return (struct filestamp){ 0 };
	return filestamp_of(&st);
}

long long filestamp_age(unsigned long long moment)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (long long)t.tv_sec * 1000000000 + t.tv_nsec - (long long)moment;
}

bool filestamp_same(const struct filestamp *a, const struct filestamp *b)
{
	return a->ctime && a->dev == b->dev && a->ino == b->ino &&
	       a->size == b->size && a->mtime == b->mtime &&
	       a->ctime == b->ctime;
}

static void add_stamp(struct buf *out, const char *what,
		      const struct filestamp *s)
{
	buf_addf(out, "%s " STAMP, what, s->dev, s->ino, s->size, s->mtime,
		 s->ctime);
}

void vmnote_format(const struct vmnote *n, struct buf *out)
{
	buf_adds(out, HEAD);
	add_stamp(out, "image", &n->image);
	buf_addc(out, '\n');
	if (n->pvh) {
		add_stamp(out, "elf", &n->elf);
		buf_addf(out, " %llu %s\n", n->crc, *n->boot ? n->boot : "-");
	} else {
		buf_adds(out, "no-pvh\n");
	}
}

static int scan_stamp(const char **p, const char *what, struct filestamp *s)
{
	size_t len = strlen(what);
	int n = 0;

	if (strncmp(*p, what, len) ||
	    sscanf(*p + len, STAMP "%n", &s->dev, &s->ino, &s->size, &s->mtime,
		   &s->ctime, &n) != 5)
		return -EINVAL;
	*p += len + (size_t)n;
	return 0;
}

static int scan_word(const char **p, const char *set, char *out, size_t max)
{
	size_t n = strspn(*p, set);

	if (!n || n >= max)
		return -EINVAL;
	memcpy(out, *p, n);
	out[n] = '\0';
	*p += n;
	return 0;
}

int parse_vmnote(const char *text, struct vmnote *out)
{
	const char *p = text;
	int n = 0;

	memset(out, 0, sizeof(*out));
	if (strncmp(p, HEAD, strlen(HEAD)) != 0)
		return -EINVAL;
	p += strlen(HEAD);
	if (scan_stamp(&p, "image ", &out->image) || *p++ != '\n')
		return -EINVAL;
	if (!strcmp(p, "no-pvh\n"))
		return 0;
	if (scan_stamp(&p, "elf ", &out->elf) ||
	    sscanf(p, " %llu %n", &out->crc, &n) != 1 || !n)
		return -EINVAL;
	p += n;
	if (scan_word(&p, HEX "-", out->boot, sizeof(out->boot)) ||
	    strcmp(p, "\n") != 0)
		return -EINVAL;
	out->pvh = true;
	return 0;
}
