// SPDX-License-Identifier: MIT
#include "listfile.h"

#include "cli.h"
#include "msg.h"
#include "str.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_LIST (256 << 20)
/* What new_decode_dev() of the kernel leaves of a device number. */
#define MAX_MAJOR 4095
#define MAX_MINOR 1048575

struct line {
	struct image *img;
	const char *where;
	struct strv w;
};

static int wrong(const struct line *l, const char *what, const char *word)
{
	if (word)
		msg_error("%s: %s: %s", l->where, word, what);
	else
		msg_error("%s: %s", l->where, what);
	return -EINVAL;
}

static int parse_ids(const struct line *l, size_t at, struct image_entry *e)
{
	static const char *const what[] = { "user number", "group number" };
	uint32_t *const id[] = { &e->uid, &e->gid };
	char *end;
	long mode = strtol(l->w.v[at], &end, 8);

	if (*end || end == l->w.v[at] || mode < 0 || mode > 07777)
		return wrong(l, "is no mode; write it in octal, like 0755",
			     l->w.v[at]);
	e->mode |= (uint32_t)mode;
	for (size_t i = 0; i < 2; i++) {
		const char *word = l->w.v[at + 1 + i];
		long long n;

		if (cli_number(word, 0, UINT32_MAX, &n)) {
			msg_error("%s: %s: is no %s", l->where, word, what[i]);
			return -EINVAL;
		}
		*id[i] = (uint32_t)n;
	}
	return 0;
}

static struct image_entry entry(const struct line *l, uint32_t type)
{
	return (struct image_entry){
		.path = l->w.v[1],
		.src = image_dup(l->img, l->where, strlen(l->where)),
		.mode = type,
		.rank = IMAGE_USER,
	};
}

/* Replaces each ${NAME}; a value is not looked through again. */
static char *expand(const char *text)
{
	struct buf b = { 0 };
	const char *start, *end;

	while ((start = strstr(text, "${")) && (end = strchr(start, '}'))) {
		char *name =
			xasprintf("%.*s", (int)(end - start - 2), start + 2);
		const char *value = getenv(name);

		buf_add(&b, text, (size_t)(start - text));
		buf_adds(&b, value ? value : "");
		free(name);
		text = end + 1;
	}
	buf_adds(&b, text);
	return b.p;
}

static int add_file(struct line *l)
{
	struct image_entry e = entry(l, S_IFREG);
	char *src = expand(l->w.v[2]);
	struct stat st;
	int err = parse_ids(l, 3, &e);

	if (!err && stat(src, &st)) {
		err = -errno;
		msg_error("%s: %s: %s", l->where, src, strerror(-err));
	} else if (!err && !S_ISREG(st.st_mode)) {
		err = wrong(l, "is not a regular file", src);
	}
	if (!err) {
		e.src = image_dup(l->img, src, strlen(src));
		e.size = (uint64_t)st.st_size;
		/* No real device has this number: a group of its own. */
		if (l->w.n > 6) {
			e.dev = UINT64_MAX;
			e.inode = ++l->img->links;
		}
		err = image_add(l->img, &e);
	}
	for (size_t i = 6; !err && i < l->w.n; i++) {
		e.path = l->w.v[i];
		err = image_add(l->img, &e);
	}
	free(src);
	return err;
}

static int add_plain(struct line *l, uint32_t type)
{
	struct image_entry e = entry(l, type);
	int err = parse_ids(l, 2, &e);

	return err ? err : image_add(l->img, &e);
}

static int add_dir(struct line *l)
{
	return add_plain(l, S_IFDIR);
}

static int add_pipe(struct line *l)
{
	return add_plain(l, S_IFIFO);
}

static int add_sock(struct line *l)
{
	return add_plain(l, S_IFSOCK);
}

static int add_slink(struct line *l)
{
	struct image_entry e = entry(l, S_IFLNK);
	int err = parse_ids(l, 3, &e);

	e.size = strlen(l->w.v[2]);
	e.data = image_dup(l->img, l->w.v[2], e.size);
	return err ? err : image_add(l->img, &e);
}

static int add_nod(struct line *l)
{
	const char *type = l->w.v[5];
	struct image_entry e = entry(l, *type == 'b' ? S_IFBLK : S_IFCHR);
	int err = parse_ids(l, 2, &e);
	long long maj, min;

	if (err)
		return err;
	if (strcmp(type, "b") && strcmp(type, "c"))
		return wrong(l, "is neither b nor c", type);
	if (cli_number(l->w.v[6], 0, MAX_MAJOR, &maj))
		return wrong(l, "is no major number from 0 to 4095", l->w.v[6]);
	if (cli_number(l->w.v[7], 0, MAX_MINOR, &min))
		return wrong(l, "is no minor number from 0 to 1048575",
			     l->w.v[7]);
	e.major = (uint32_t)maj;
	e.minor = (uint32_t)min;
	return image_add(l->img, &e);
}

static const struct {
	const char *name, *usage;
	size_t min, max;
	int (*add)(struct line *l);
} kinds[] = {
	{ "file", "file NAME LOCATION MODE UID GID [NAME...]", 6, SIZE_MAX,
	  add_file },
	{ "dir", "dir NAME MODE UID GID", 5, 5, add_dir },
	{ "nod", "nod NAME MODE UID GID b|c MAJOR MINOR", 8, 8, add_nod },
	{ "slink", "slink NAME TARGET MODE UID GID", 6, 6, add_slink },
	{ "pipe", "pipe NAME MODE UID GID", 5, 5, add_pipe },
	{ "sock", "sock NAME MODE UID GID", 5, 5, add_sock },
};

static int add_words(struct line *l)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(l->w.v[0], kinds[i].name))
			continue;
		if (l->w.n >= kinds[i].min && l->w.n <= kinds[i].max)
			return kinds[i].add(l);
		msg_error("%s: wrong number of words; it is %s", l->where,
			  kinds[i].usage);
		return -EINVAL;
	}
	return wrong(l,
		     "no such kind of entry; there are file, dir, nod, "
		     "slink, pipe and sock",
		     l->w.v[0]);
}

int listfile_parse(struct image *img, char *line, const char *where)
{
	struct line l = { .img = img, .where = where };
	char *save = NULL;
	int err = 0;

	if (*line == '#')
		return 0;
	for (char *word = strtok_r(line, " \t\r", &save); word;
	     word = strtok_r(NULL, " \t\r", &save))
		strv_push(&l.w, word);
	if (l.w.n)
		err = add_words(&l);
	strv_free(&l.w);
	return err;
}

int listfile_add(struct image *img, const char *path)
{
	struct buf text = { 0 };
	unsigned long n = 0;
	int err = read_file(strcmp(path, "-") ? path : "/dev/stdin", &text,
			    MAX_LIST);

	if (err)
		msg_error("%s: cannot read: %s", path, strerror(-err));
	for (char *p = text.p, *next; !err && p && p < text.p + text.n;
	     p = next) {
		char *end = memchr(p, '\n', (size_t)(text.p + text.n - p));
		char *where = xasprintf("%s:%lu", path, ++n);

		next = end ? end + 1 : text.p + text.n;
		if (end)
			*end = '\0';
		if (strlen(p) < (size_t)(next - p) - !!end) {
			msg_error("%s: has a NUL byte; is this a list?", where);
			err = -EINVAL;
		} else {
			err = listfile_parse(img, p, where);
		}
		free(where);
	}
	buf_free(&text);
	return err;
}
