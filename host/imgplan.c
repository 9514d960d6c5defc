// SPDX-License-Identifier: MIT
/* image_plan(): which entries an archive gets, and in which order. */
#include "image.h"

#include "cpio.h"
#include "msg.h"
#include "str.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The kernel's own limit (MAXSYMLINKS). */
#define MAX_LINKS 40

/*
 * "/" sorts before any other byte: a directory comes before what is in it,
 * and all that is in it comes before its next sibling. Trees that were read in
 * order are in order already.
 */
static int compare_paths(const char *a, const char *b)
{
	while (*a == *b && *a) {
		a++;
		b++;
	}
	if (*a == '/' && *b)
		return -1;
	if (*b == '/' && *a)
		return 1;
	return (unsigned char)*a - (unsigned char)*b;
}

/* Same paths stay in the order in which they were added. */
static int compare_entries(const void *a, const void *b)
{
	const struct image_entry *x = *(struct image_entry *const *)a;
	const struct image_entry *y = *(struct image_entry *const *)b;
	int diff = compare_paths(x->path, y->path);

	return diff ? diff : x < y ? -1 : x > y;
}

/* Mostly one large tree, in order, and a few others: these are sorted, and
 * merged with it. */
static void sort(struct image *img)
{
	struct image_entry **v = img->order, **tail;
	size_t i = 1, n = img->n_order, k;

	while (i < n && compare_entries(&v[i - 1], &v[i]) < 0)
		i++;
	if (i >= n)
		return;
	k = n - i;
	tail = xrealloc(NULL, k * sizeof(*tail));
	memcpy(tail, v + i, k * sizeof(*tail));
	qsort(tail, k, sizeof(*tail), compare_entries);
	/* From the end, where there is room. */
	while (k) {
		if (i && compare_entries(&v[i - 1], &tail[k - 1]) > 0)
			v[--n] = v[--i];
		else
			v[--n] = tail[--k];
	}
	free(tail);
}

static int twice(const struct image_entry *a, const struct image_entry *b)
{
	char *first = xstrdup(image_source(a));

	msg_error("%s: is given twice, by %s and by %s; leave one out", a->path,
		  first, image_source(b));
	free(first);
	return -EEXIST;
}

/* Of the entries with one path leaves the one that counts. */
static int merge(struct image *img)
{
	size_t n = 0;

	for (size_t i = 0; i < img->n_order; i++) {
		struct image_entry *b = img->order[i], *a;

		if (!n || strcmp(img->order[n - 1]->path, b->path)) {
			img->order[n++] = b;
			continue;
		}
		a = img->order[n - 1];
		if (a->rank == IMAGE_USER && b->rank == IMAGE_USER &&
		    !(S_ISDIR(a->mode) && S_ISDIR(b->mode)))
			return twice(a, b);
		if (b->rank >= a->rank)
			img->order[n - 1] = b;
	}
	img->n_order = n;
	return 0;
}

static struct image_entry *find(const struct image *img, const char *path)
{
	size_t low = 0, high = img->n_order;

	while (low < high) {
		size_t mid = (low + high) / 2;
		int diff = compare_paths(path, img->order[mid]->path);

		if (!diff)
			return img->order[mid];
		if (diff < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

/*
 * Takes ".." and "." out of @dir + "/" + @target + "/" + @rest; a link's ".."
 * at the top stays at the top, as in any root directory.
 */
static char *join(const char *dir, size_t dir_len, const char *target,
		  const char *rest)
{
	char *all = xasprintf("%.*s/%s/%s", target[0] == '/' ? 0 : (int)dir_len,
			      dir, target, rest);
	char *out = all;

	for (char *p = all, *next; *p; p = next) {
		size_t len = strcspn(p, "/");

		next = p + len + (p[len] == '/');
		if (len == 2 && p[0] == '.' && p[1] == '.') {
			while (out > all && *--out != '/')
				;
		} else if (len && !(len == 1 && *p == '.')) {
			if (out > all)
				*out++ = '/';
			memmove(out, p, len);
			out += len;
		}
	}
	*out = '\0';
	return all;
}

/*
 * Follows the symbolic links among the parents of @path, of which the first
 * @plain bytes lead through none.
 *
 * Return: a new path, which the caller frees; NULL where there is no link;
 * @err is set to -ELOOP where they lead in a circle.
 */
static char *resolve(const struct image *img, const char *path, size_t plain,
		     int *err)
{
	char *now = xstrdup(path), *slash = now + plain;
	int links = 0;

	while ((slash = strchr(slash, '/'))) {
		const struct image_entry *e;
		const char *name;
		char *joined;

		*slash = '\0';
		e = find(img, now);
		if (!e || !S_ISLNK(e->mode)) {
			*slash++ = '/';
			continue;
		}
		if (++links > MAX_LINKS) {
			*err = -ELOOP;
			free(now);
			return NULL;
		}
		name = strrchr(now, '/');
		joined = join(now, name ? (size_t)(name - now) : 0, e->data,
			      slash + 1);
		free(now);
		slash = now = joined;
	}
	if (links)
		return now;
	free(now);
	return NULL;
}

static size_t parent_len(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) : 0;
}

static bool has_links(const struct image *img)
{
	for (size_t i = 0; i < img->n_order; i++)
		if (S_ISLNK(img->order[i]->mode))
			return true;
	return false;
}

/* Bytes of the parents that two paths have in common, with their slashes. */
static size_t same_parents(const char *a, const char *b)
{
	size_t same = 0, n = 0;

	while (a[n] && a[n] == b[n])
		if (a[n++] == '/')
			same = n;
	return same;
}

/* Moves entries to where the links among their parents lead. */
static int follow_links(struct image *img)
{
	const char *plain = NULL;
	const char **moved = NULL;
	size_t plain_len = 0, n = 0;

	if (!has_links(img))
		return 0;
	for (size_t i = 0; i < img->n_order; i++) {
		struct image_entry *e = img->order[i];
		size_t len = parent_len(e->path);
		int err = 0;
		char *path;

		/* Neighbours mostly share their parent: looked up once. */
		if (!len ||
		    (plain && len == plain_len && !memcmp(plain, e->path, len)))
			continue;
		path = resolve(img, e->path,
			       plain ? same_parents(e->path, plain) : 0, &err);
		if (err) {
			msg_error("%s: symbolic links above it lead in a "
				  "circle",
				  e->path);
			free(moved);
			return err;
		}
		if (!path) {
			plain = e->path;
			plain_len = len;
			continue;
		}
		/* find() needs the old paths until the end. */
		if (!moved)
			moved = xrealloc(NULL, img->n_order * sizeof(*moved));
		while (n < i)
			moved[n++] = NULL;
		moved[n++] = image_dup(img, path, strlen(path));
		free(path);
	}
	if (!moved)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (moved[i])
			img->order[i]->path = moved[i];
	free(moved);
	sort(img);
	return merge(img);
}

static int not_dir(const struct image_entry *parent,
		   const struct image_entry *e)
{
	char *above = xstrdup(image_source(parent));

	msg_error("%s: from %s, but %s is no directory there, by %s", e->path,
		  image_source(e), parent->path, above);
	free(above);
	return -ENOTDIR;
}

static bool is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return !strncmp(path, dir, len) && path[len] == '/';
}

/* The directories that lead to @e and that nobody has added. */
static void add_parents(struct image *img, const struct image_entry *prev,
			const struct image_entry *e)
{
	const char *path = e->path, *slash = path;

	if (prev && is_below(path, prev->path))
		slash += strlen(prev->path) + 1;
	else if (prev)
		slash += same_parents(path, prev->path);
	while ((slash = strchr(slash, '/'))) {
		size_t len = (size_t)(slash++ - path);

		if (!(img->n_made & (img->n_made + 1)))
			img->made =
				xrealloc(img->made, (2 * img->n_made + 2) *
							    sizeof(*img->made));
		img->made[img->n_made++] = (struct image_entry){
			.path = image_dup(img, path, len),
			.mode = S_IFDIR | 0755,
			.rank = IMAGE_WEAK,
		};
	}
}

/*
 * Checks that what holds something is a directory, adds directories that are
 * missing and leaves out what the base has.
 */
static int complete(struct image *img)
{
	struct image_entry **out = NULL;
	const struct image_entry *prev = NULL;
	size_t n = 0, cap = 0, made = 0;

	for (size_t i = 0; i < img->n_order; i++) {
		struct image_entry *e = img->order[i];

		if (prev && !S_ISDIR(prev->mode) &&
		    is_below(e->path, prev->path)) {
			if (e->rank == IMAGE_WEAK)
				continue;
			free(out);
			return not_dir(prev, e);
		}
		add_parents(img, prev, e);
		prev = e;
		if (!out || n + (img->n_made - made) + 1 > cap) {
			cap = 2 * (n + (img->n_made - made) + 1);
			out = xrealloc(out, cap * sizeof(*out));
		}
		/* Their place; @made may still move. */
		while (made < img->n_made) {
			out[n++] = NULL;
			made++;
		}
		if (e->rank != IMAGE_BASE)
			out[n++] = e;
	}
	made = 0;
	for (size_t i = 0; i < n; i++)
		if (!out[i])
			out[i] = &img->made[made++];
	free(img->order);
	img->order = out;
	img->n_order = n;
	return 0;
}

int image_plan(struct image *img)
{
	int err;

	free(img->order);
	img->order = xrealloc(NULL, (img->n + 1) * sizeof(*img->order));
	img->n_order = img->n;
	img->n_made = 0;
	for (size_t i = 0; i < img->n; i++)
		img->order[i] = &img->e[i];
	sort(img);
	err = merge(img);
	if (!err)
		err = follow_links(img);
	if (!err)
		err = complete(img);
	if (!err)
		image_number(img);
	return err;
}
